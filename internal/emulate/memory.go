package emulate

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
)

// Memory serves a handler over connections that exist in this process only,
// whatever host a request names. It opens no socket, so it works inside a
// testing/synctest bubble.
type Memory struct {
	// The embedded transport is the client side, which dials into this process.
	http.Transport

	// server is the other side. Connections go to it over conns until closed is
	// closed.
	server *http.Server
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// NewMemory starts to serve h. Call [Memory.Close] when done with it.
func NewMemory(h http.Handler) *Memory {
	m := &Memory{
		server: &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)},
		conns:  make(chan net.Conn),
		closed: make(chan struct{}),
	}
	// Answers arrive as the handler wrote them.
	m.DisableCompression = true
	m.DialContext = m.dial
	go func() { _ = m.server.Serve(listener{m}) }()
	return m
}

// dial makes a connection and hands its other end to the server. It fails once
// the server is closed, instead of waiting for it.
func (m *Memory) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case m.conns <- server:
		return client, nil
	case <-m.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close ends all connections and stops the server.
func (m *Memory) Close() error {
	m.stop()
	m.CloseIdleConnections()
	if err := m.server.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// stop makes dial and Accept fail. It may be called more than once.
func (m *Memory) stop() { m.once.Do(func() { close(m.closed) }) }

// listener is where the server accepts connections. It is not Memory itself,
// because the server calls its Close while holding a lock that Memory.Close
// needs.
type listener struct{ memory *Memory }

// Accept implements [net.Listener].
func (l listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.memory.conns:
		return c, nil
	case <-l.memory.closed:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (l listener) Close() error {
	l.memory.stop()
	return nil
}

// Addr implements [net.Listener].
func (l listener) Addr() net.Addr { return memoryAddr{} }

// memoryAddr is the address of every listener, since none has a real one.
type memoryAddr struct{}

func (memoryAddr) Network() string { return "memory" }
func (memoryAddr) String() string  { return "memory" }
