// Package emulate has what the in-memory test servers share and clients do not
// use: their life from New to Close, the record of calls, the faults for
// operations, and connections in memory for tests that run on a fake clock.
package emulate

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Server is the part that all test servers have in common: how requests reach
// the handler, what time it is, and what was called. Each public test server
// has one and adds the behaviour of its service.
type Server struct {
	Desk
	CORS

	handler http.Handler
	clock   atomic.Pointer[func() time.Time]
	// loopback is nil without Listen.
	loopback *httptest.Server

	mu sync.Mutex
	// memory is nil until the first RoundTrip.
	memory *Memory
	closed bool
}

// New returns a server without a socket, for operations with these names.
func New(handler http.Handler, operations []string) *Server {
	s := &Server{handler: handler}
	s.Operations = operations
	s.SetClock(time.Now)
	return s
}

// Listen serves on a loopback port over plain HTTP until the test ends, and
// then calls end. It returns the base URL. Faults of Next that were not used by
// then fail the test.
func (s *Server) Listen(tb testing.TB, end func()) (url string) {
	tb.Helper()
	s.tb = tb
	s.loopback = httptest.NewUnstartedServer(s.handler)
	s.loopback.Config.ErrorLog = log.New(io.Discard, "", 0) // an aborted handler is a fault, not news
	s.loopback.Start()
	tb.Cleanup(func() {
		end()
		for _, line := range s.unused() {
			tb.Error(line)
		}
	})
	return s.loopback.URL
}

// SetClock makes now the source of the server's time.
func (s *Server) SetClock(now func() time.Time) { s.clock.Store(&now) }

// Now returns the time by the server's clock.
func (s *Server) Now() time.Time { return (*s.clock.Load())() }

// RoundTrip sends a request to the handler over a connection in this process,
// whatever host the request names. It implements [http.RoundTripper], and so it
// closes the body even if the server has been closed.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	if s.memory == nil && !s.closed {
		s.memory = NewMemory(s.handler)
	}
	memory := s.memory
	s.mu.Unlock()
	if memory == nil {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, net.ErrClosed
	}
	return memory.RoundTrip(r)
}

// Close ends all connections and drops what [Late] has postponed. Neither
// connections nor late effects start afterwards.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	memory := s.memory
	s.mu.Unlock()
	if memory != nil {
		_ = memory.Close()
	}
	if s.loopback != nil {
		s.loopback.CloseClientConnections()
		s.loopback.Close()
	}
	// This comes last, because a request that was still being served could
	// postpone more.
	s.cancelLate()
}
