// Package emulate holds what the in-memory test servers share and no client
// uses: their life from New to Close, the record of calls, the faults for the
// operations, and a connection in memory for tests that run on a fake clock.
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

// Server is the life of a test server: how requests reach its handler, what
// time it is there, and what is recorded of the calls. A public test server has
// one and adds what it is a server of.
type Server struct {
	Desk
	CORS

	handler  http.Handler
	clock    atomic.Pointer[func() time.Time]
	loopback *httptest.Server // nil without Listen

	mu     sync.Mutex
	memory *Memory // nil until the first RoundTrip
	closed bool
}

// New returns a server without a socket, whose operations have these names.
func New(handler http.Handler, operations []string) *Server {
	s := &Server{handler: handler}
	s.Operations = operations
	s.SetClock(time.Now)
	return s
}

// Listen serves on a loopback port over plain HTTP until the test ends, when
// end is called, and returns the address. Faults of Next that no call has met
// by then fail the test.
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

// SetClock makes now the time of the server.
func (s *Server) SetClock(now func() time.Time) { s.clock.Store(&now) }

// Now is the time of the server.
func (s *Server) Now() time.Time { return (*s.clock.Load())() }

// RoundTrip sends a request to the handler over a connection in this process,
// whatever host the request names. It implements [http.RoundTripper].
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

// Close ends all connections and drops what [Late] has postponed. Nothing of
// either begins afterwards.
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
	s.cancelLate() // last: a request that was still being served could postpone more
}
