package main

import (
	"net"
	"sync"
	"sync/atomic"
)

// A hole is a listener whose connections can go dead without a word: what is sent
// over them is lost, in both directions, and they are never closed. The systems at
// both ends still acknowledge it.
type hole struct {
	net.Listener

	mu   sync.Mutex
	open map[*holed]bool
}

// Accept waits for a connection.
func (h *hole) Accept() (net.Conn, error) {
	conn, err := h.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &holed{Conn: conn, hole: h}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open[c] = true
	return c, nil
}

// swallow makes the connections dead that are open.
func (h *hole) swallow() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.open {
		c.dead.Store(true)
	}
	clear(h.open)
}

// holed is a connection of a hole.
type holed struct {
	net.Conn

	hole *hole
	dead atomic.Bool
}

// Read returns what the other side has sent before the connection went dead. Then it
// returns nothing until the other side has closed the connection.
func (c *holed) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		if err != nil || !c.dead.Load() {
			return n, err
		}
	}
}

// Write sends p, unless the connection is dead.
func (c *holed) Write(p []byte) (int, error) {
	if c.dead.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// Close closes the connection, unless it is dead: the other side would not learn of it.
func (c *holed) Close() error {
	c.hole.mu.Lock()
	delete(c.hole.open, c)
	c.hole.mu.Unlock()
	if c.dead.Load() {
		return nil
	}
	return c.Conn.Close()
}
