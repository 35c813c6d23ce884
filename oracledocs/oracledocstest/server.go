package oracledocstest

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docferry/docferry/internal/emulate"
)

// User and Password are the credentials of the account that every server
// starts with. It is an administrator of the service.
const (
	User     = "docferry"
	Password = "docferry-secret"
)

// Server is an in-memory Oracle document service that speaks the versions 1.1
// and 1.2 of its REST API. It is an [http.Handler] and an [http.RoundTripper],
// safe for concurrent use. Make one with [New] or [NewServer].
type Server struct {
	// URL is the base address to configure a client with.
	URL string

	life *emulate.Server
	tb   testing.TB // nil if made by New

	table []operation

	mu       sync.Mutex
	sequence int
	chunked  bool

	users       map[string]*user // by folded login name
	groups      []*user
	tokens      map[string]*user
	items       map[string]*item
	shared      map[*item]bool // the folders that were ever shared
	links       map[string]*publicLink
	applinks    map[string]*applink
	collections []*collection // of metadata
	searchable  []string      // "Collection.field", in the order of their admission
	jobs        map[string]*job
	apps        []*clientApp
	assets      []*assetCollection
	sites       map[string]*site
	cdn         []deliveryDomain
	mailOff     bool
}

// New makes a server without a socket. Its URL is reachable only through
// [Server.RoundTrip]; a standalone program serves it as a handler instead.
func New() *Server {
	s := &Server{
		URL:      "http://oracledocs.test",
		table:    routes(),
		users:    map[string]*user{},
		tokens:   map[string]*user{},
		items:    map[string]*item{},
		shared:   map[*item]bool{},
		links:    map[string]*publicLink{},
		applinks: map[string]*applink{},
		jobs:     map[string]*job{},
		sites:    map[string]*site{},
	}
	names := toolkitNames()
	for _, op := range s.table {
		names = append(names, op.name)
	}
	s.life = emulate.New(s, names)
	s.AddUser(User, Password, WithAdmin())
	return s
}

// NewServer makes a server that listens on a loopback port over plain HTTP
// until the test ends. A mistake in seeding it fails the test, and so do faults
// of Next that were never met.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s := New()
	s.tb = t
	s.URL = s.life.Listen(t, s.Close)
	return s
}

// ServeHTTP implements [http.Handler]. Addresses in its answers name the host
// that the request named.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.life.Preflight(w, r) {
		return
	}
	if name, run := s.toolkit(r); run != nil {
		s.life.Serve(name, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.serveToolkit(w, r, run)
		}), w, r)
		return
	}
	op, c, err := s.route(r)
	if err != nil {
		drain(r)
		err.write(w)
		return
	}
	s.life.Serve(op.name, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.r = r
		s.answer(c, w)
	}), w, r)
}

// RoundTrip implements [http.RoundTripper] over connections that exist only in
// this process, whatever the host that the request names.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) { return s.life.RoundTrip(r) }

// Close ends all connections and stops listening.
func (s *Server) Close() { s.life.Close() }

// SetClock makes now the source of all times that the server reports and
// checks: creation and modification, expiry of links and tokens, progress of
// jobs. The default is [time.Now].
func (s *Server) SetClock(now func() time.Time) { s.life.SetClock(now) }

// AllowChunked tells whether uploads may come without a Content-Length. By
// default they may not: the answer is 411, so that a client that streams
// without declaring a length is found out. Oracle's own command-line client
// does stream that way, so a server that is meant for it has to allow it.
func (s *Server) AllowChunked(allow bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chunked = allow
}

// SetCORS tells whether pages in a browser, of any origin, may call the server.
// By default they may; the service lets its administrators name the origins.
func (s *Server) SetCORS(on bool) { s.life.SetCORS(on) }

// Next makes the next call of the operation pass through fault, once. Faults for
// one operation are used up in the order in which they were given. The
// services that Oracle's own command line uses have their own names, such as
// FLD_BROWSE_TRASH.
//
// An operation that does not exist is a mistake of the test: it fails at once,
// or, for a server made by New, which belongs to no test, Next panics.
func (s *Server) Next(operation string, fault Fault) {
	s.life.Test().Helper()
	s.life.Next(operation, fault)
}

// Keep makes every call of the operation pass through fault until stop is
// called; see [Every] and [While]. A call that a fault of Next waits for is left
// to that one. An operation that does not exist is a mistake, as for Next.
func (s *Server) Keep(operation string, fault Fault) (stop func()) {
	s.life.Test().Helper()
	return s.life.Keep(operation, fault)
}

// ClearFaults drops all faults that were given to Next and Keep.
func (s *Server) ClearFaults() { s.life.ClearFaults() }

// Calls returns the names of the operations that were called, in order of
// arrival, those that were refused or ended by a fault included.
func (s *Server) Calls() []string { return s.life.Calls() }

// clock is the current time in the service's resolution.
func (s *Server) clock() time.Time { return s.life.Now().UTC().Truncate(time.Second) }

// origin is the scheme and host under which a request reached the server.
func origin(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + strings.TrimSuffix(r.Host, "/")
}
