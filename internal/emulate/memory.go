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

// Memory serves a handler over connections that exist only in this process,
// whatever the host that a request names. No socket is involved, so it works
// inside a testing/synctest bubble.
type Memory struct {
	http.Transport

	server *http.Server
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// NewMemory starts serving h. Close ends it.
func NewMemory(h http.Handler) *Memory {
	m := &Memory{
		server: &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)},
		conns:  make(chan net.Conn),
		closed: make(chan struct{}),
	}
	m.DisableCompression = true
	m.DialContext = m.dial
	go func() { _ = m.server.Serve(listener{m}) }()
	return m
}

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

// Close ends all connections and the server.
func (m *Memory) Close() error {
	m.stop()
	m.CloseIdleConnections()
	if err := m.server.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

func (m *Memory) stop() { m.once.Do(func() { close(m.closed) }) }

// listener is where the server inside accepts connections. The server closes
// it, holding a lock that Memory.Close needs: so its Close must be another.
type listener struct{ memory *Memory }

func (l listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.memory.conns:
		return c, nil
	case <-l.memory.closed:
		return nil, net.ErrClosed
	}
}

func (l listener) Close() error {
	l.memory.stop()
	return nil
}

func (l listener) Addr() net.Addr { return memoryAddr{} }

type memoryAddr struct{}

func (memoryAddr) Network() string { return "memory" }
func (memoryAddr) String() string  { return "memory" }
