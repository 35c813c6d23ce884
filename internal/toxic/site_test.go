package toxic

import (
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// patience is how long something may take that takes no time to speak of.
const patience = 20 * time.Second

// site serves a destination over TCP, and knows which connections are open.
type site struct {
	t       *testing.T
	address string
	server  *http.Server
	ended   chan error

	mu   sync.Mutex
	open int
	none *sync.Cond // signalled when open is 0
}

// serve starts a site; settle ends it.
func serve(t *testing.T, handler http.Handler) *site {
	t.Helper()
	s := &site{t: t, ended: make(chan error, 1),
		server: &http.Server{Handler: handler, ReadHeaderTimeout: patience}}
	s.none = sync.NewCond(&s.mu)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Error(err)
		s.ended <- http.ErrServerClosed
		return s
	}
	s.address = listener.Addr().String()
	go func() { s.ended <- s.server.Serve(counting{listener, s}) }()
	return s
}

// settle waits until the server has handled, or lost, all that was sent to it
// over the road, and ends both. The client's connections must be idle.
func (s *site) settle(to *road) {
	to.transport.CloseIdleConnections()
	s.wait()
	to.close() // now a proxy can only have what it has not passed on
	s.wait()
	if err := s.server.Close(); err != nil {
		s.t.Error(err)
	}
	if err := <-s.ended; !errors.Is(err, http.ErrServerClosed) {
		s.t.Error(err)
	}
}

// wait waits until no connection is open. A server closes one after it has
// handled what came over it.
func (s *site) wait() {
	late := time.AfterFunc(patience, func() {
		s.t.Error("a connection to the server stays open")
		s.mu.Lock()
		defer s.mu.Unlock()
		s.open = 0
		s.none.Broadcast()
	})
	defer late.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.open > 0 {
		s.none.Wait()
	}
}

func (s *site) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open += n; s.open == 0 {
		s.none.Broadcast()
	}
}

// counting is a listener whose connections are counted until the server closes
// them.
type counting struct {
	net.Listener
	site *site
}

func (l counting) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.site.count(1)
	return &counted{Conn: c, site: l.site}, nil
}

type counted struct {
	net.Conn
	site *site
	once sync.Once
}

func (c *counted) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { c.site.count(-1) })
	return err
}
