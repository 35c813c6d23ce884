// Package websocket is the client's side of an open websocket (RFC 6455). It reads and
// writes whole messages and has no buffers, so that a websocket on which nothing arrives
// takes next to no memory: a message gets the room that it needs, and a connection over
// TLS has a buffer of its own.
//
// The request that opens a websocket is sent elsewhere; see [Ask] and [Agreed].
package websocket

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// opcode says what a frame is.
type opcode byte

const (
	opContinuation opcode = 0x0
	opText         opcode = 0x1
	opBinary       opcode = 0x2
	opClose        opcode = 0x8
	opPing         opcode = 0x9
	opPong         opcode = 0xA
)

// Bits of a frame's first two bytes.
const (
	final  = 0x80
	masked = 0x80
)

// maxControl is how many bytes a control frame carries at most.
const maxControl = 125

// The status of a closing frame.
const (
	statusNormal   = 1000
	statusProtocol = 1002
	statusTooBig   = 1009
)

// controlTime bounds the sending of a control frame that answers one.
const controlTime = 5 * time.Second

// ErrTooBig says that a message is longer than the limit.
var ErrTooBig = errors.New("the message is too long")

// CloseError says that the other side has closed the websocket.
type CloseError struct {
	Status int // 0 if the other side gave none
	Reason string
}

// Error returns the status and the reason.
func (e *CloseError) Error() string {
	return fmt.Sprintf("the other side closed it with status %d (%q)", e.Status, e.Reason)
}

// Conn is an open websocket. Its methods may be called from any goroutine; calls of Read
// wait for each other, and so do those of Write.
type Conn struct {
	under io.ReadWriteCloser
	limit uint64

	reading chan struct{} // holds an element while frames are being read
	writing chan struct{} // holds an element while a frame is being written
	ending  sync.Once
	closed  chan struct{} // closed by CloseNow

	head  [8]byte // of the frame that is being read
	parts []byte  // of a message whose end has not come
	begun bool    // a message has begun and not ended
	bid   bool    // a closing frame was sent; guarded by writing
}

// New returns the websocket that a connection carries. Messages of more than limit bytes
// end it.
func New(under io.ReadWriteCloser, limit uint64) *Conn {
	return &Conn{under: under, limit: limit, reading: make(chan struct{}, 1), writing: make(chan struct{}, 1),
		closed: make(chan struct{})}
}

// Read returns the next message. It answers pings. The error is a [*CloseError] if the
// other side has closed the websocket, [ErrTooBig], that of ctx, [net.ErrClosed] after
// Close or CloseNow, or that of the connection. After an error, and when ctx ends during
// the call, the websocket is closed.
func (c *Conn) Read(ctx context.Context) ([]byte, error) {
	if err := c.lock(ctx, c.reading); err != nil {
		return nil, err
	}
	defer func() { <-c.reading }()
	if ctx.Done() != nil {
		defer context.AfterFunc(ctx, c.CloseNow)()
	}
	message, err := c.message(ctx)
	if err != nil {
		c.CloseNow()
		return nil, err
	}
	return message, nil
}

// Write sends a message of text. When ctx ends during the call, the websocket is closed.
func (c *Conn) Write(ctx context.Context, text []byte) error {
	return c.send(ctx, opText, text)
}

// Close tells the other side that the websocket ends, waits until it has answered, and
// closes the connection, at the latest after patience.
//
//nolint:contextcheck,nolintlint // it has a limit of its own, and only its callers would be reported
func (c *Conn) Close(patience time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if c.bye(ctx, statusNormal, "") == nil && c.lock(ctx, c.reading) == nil {
		stop := context.AfterFunc(ctx, c.CloseNow)
		for { // what still arrives is not wanted any more
			if _, err := c.message(ctx); err != nil {
				break
			}
		}
		stop()
		<-c.reading
	}
	c.CloseNow()
}

// CloseNow closes the connection at once.
func (c *Conn) CloseNow() {
	c.ending.Do(func() {
		close(c.closed)
		_ = c.under.Close()
	})
}

// lock waits until nothing else reads or writes. After the end, nothing does, even if
// something that has arrived could still be read.
func (c *Conn) lock(ctx context.Context, gate chan struct{}) error {
	select {
	case <-c.closed:
		return net.ErrClosed
	default:
	}
	select {
	case gate <- struct{}{}:
		return nil
	case <-c.closed:
		return net.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reason returns why reading or writing has failed with err; nil if it has not.
func (c *Conn) reason(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	select {
	case <-c.closed:
		return net.ErrClosed
	default:
		return err
	}
}

// message reads frames until a message is complete.
func (c *Conn) message(ctx context.Context) ([]byte, error) {
	for {
		op, last, size, err := c.header(ctx)
		if err == nil {
			err = c.check(ctx, op, last, size)
		}
		if err != nil {
			return nil, err
		}
		payload, err := c.payload(ctx, size)
		if err != nil {
			return nil, err
		}
		switch {
		case op >= opClose:
			if err := c.control(ctx, op, payload); err != nil {
				return nil, err
			}
			continue
		case c.begun:
			payload = append(c.parts, payload...)
		}
		if c.begun = !last; last {
			c.parts = nil
			return payload, nil
		}
		c.parts = payload
	}
}

// roomAtOnce is how much room a payload gets before any of it has arrived.
const roomAtOnce = 16 << 10

// payload reads the payload of a frame, whose size the other side has only announced: it
// gets more room as it arrives.
func (c *Conn) payload(ctx context.Context, size uint64) ([]byte, error) {
	p := []byte{}
	for size > uint64(len(p)) {
		n := len(p)
		p = append(p, make([]byte, min(size-uint64(n), uint64(max(n, roomAtOnce))))...)
		if err := c.fill(ctx, p[n:]); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// header reads the header of a frame.
func (c *Conn) header(ctx context.Context) (op opcode, last bool, size uint64, err error) {
	if err := c.fill(ctx, c.head[:2]); err != nil {
		return 0, false, 0, err
	}
	first, second := c.head[0], c.head[1]
	size = uint64(second &^ masked)
	switch size {
	case 126:
		err = c.fill(ctx, c.head[:2])
		size = uint64(binary.BigEndian.Uint16(c.head[:]))
	case 127:
		err = c.fill(ctx, c.head[:8])
		size = binary.BigEndian.Uint64(c.head[:])
	}
	if err == nil && (first&0x70 != 0 || second&masked != 0) {
		err = c.refuse(ctx, statusProtocol, "a frame is masked or has reserved bits")
	}
	return opcode(first & 0xF), first&final != 0, size, err
}

// fill reads all of p.
func (c *Conn) fill(ctx context.Context, p []byte) error {
	_, err := io.ReadFull(c.under, p)
	if errors.Is(err, io.EOF) { // not even a closing frame has come
		err = io.ErrUnexpectedEOF
	}
	return c.reason(ctx, err)
}

// check looks whether a frame is in order.
func (c *Conn) check(ctx context.Context, op opcode, last bool, size uint64) error {
	switch {
	case op >= opClose && (!last || size > maxControl), op > opPong, op > opBinary && op < opClose,
		op < opClose && (op == opContinuation) != c.begun:
		return c.refuse(ctx, statusProtocol, "a frame is out of order, of an unknown kind, or a control frame that is too long")
	case op < opClose && (size > c.limit || size+uint64(len(c.parts)) > c.limit):
		_ = c.refuse(ctx, statusTooBig, "")
		return ErrTooBig
	}
	return nil
}

// control deals with a control frame. The error says why the websocket ends with it.
func (c *Conn) control(ctx context.Context, op opcode, payload []byte) error {
	ctx, cancel := context.WithTimeout(ctx, controlTime)
	defer cancel()
	switch op { //nolint:exhaustive // the rest needs no answer
	case opPing:
		_ = c.send(ctx, opPong, payload) // what has broken shows when the next frame is read
	case opClose:
		_ = c.send(ctx, opClose, payload[:min(2, len(payload))])
		e := &CloseError{}
		if len(payload) >= 2 {
			e.Status, e.Reason = int(binary.BigEndian.Uint16(payload)), string(payload[2:])
		}
		return e
	}
	return nil
}

// refuse tells the other side why the websocket ends, and returns that as an error.
func (c *Conn) refuse(ctx context.Context, status uint16, why string) error {
	ctx, cancel := context.WithTimeout(ctx, controlTime)
	defer cancel()
	_ = c.bye(ctx, status, why)
	return errors.New(why)
}

// bye sends a closing frame.
func (c *Conn) bye(ctx context.Context, status uint16, why string) error {
	return c.send(ctx, opClose, append(binary.BigEndian.AppendUint16(nil, status), why...))
}
