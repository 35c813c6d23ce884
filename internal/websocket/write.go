package websocket

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"net"
)

// send sends a frame. Nothing is sent after a closing frame.
func (c *Conn) send(ctx context.Context, op opcode, payload []byte) error {
	if err := c.lock(ctx, c.writing); err != nil {
		return err
	}
	defer func() { <-c.writing }()
	if c.bid {
		return net.ErrClosed
	}
	c.bid = op == opClose
	if ctx.Done() != nil {
		defer context.AfterFunc(ctx, c.CloseNow)()
	}
	_, err := c.under.Write(frame(op, payload))
	return c.reason(ctx, err)
}

// frame returns a frame with a payload, which a client has to mask.
func frame(op opcode, payload []byte) []byte {
	f := make([]byte, 0, 14+len(payload))
	f = append(f, final|byte(op))
	switch size := len(payload); {
	case size < 126:
		f = append(f, masked|byte(size))
	case size < 1<<16:
		f = binary.BigEndian.AppendUint16(append(f, masked|126), uint16(size))
	default:
		f = binary.BigEndian.AppendUint64(append(f, masked|127), uint64(size))
	}
	var mask [4]byte
	_, _ = rand.Read(mask[:]) // it never fails
	f = append(f, mask[:]...)
	for i, b := range payload {
		f = append(f, b^mask[i%4])
	}
	return f
}
