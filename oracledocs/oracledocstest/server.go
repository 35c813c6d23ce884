package oracledocstest

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/docferry/docferry/internal/emulate"
)

// User and Password are the credentials of the account that every server starts
// with. It is an administrator of the service.
const (
	User     = "docferry"
	Password = "docferry-secret"
)

// Server is an in-memory Oracle document service that speaks versions 1.1 and
// 1.2 of its REST API. It is an [http.Handler] and an [http.RoundTripper], and
// it is safe for concurrent use. Make one with [New] or [NewServer].
type Server struct {
	// URL is the base address to configure a client with.
	URL string

	// life holds the connections, the faults and the clock, none of which need
	// mu.
	life *emulate.Server
	// tb is nil if the server was made by New.
	tb testing.TB

	table []operation

	// mu guards all fields below. Operations run one at a time.
	mu sync.Mutex
	// sequence counts the IDs that were made; chunked is set by AllowChunked.
	sequence int
	chunked  bool
	composes bool // names, into Unicode's NFC

	// The state of the service. Items, links, jobs and sites are keyed by their
	// IDs, and bearer tokens by the token.
	users  map[string]*user // by folded login name
	groups []*user
	tokens map[string]*user
	items  map[string]*item
	// shared has the folders that were ever shared, so that finding those of a
	// user does not visit every item.
	shared   map[*item]bool
	links    map[string]*publicLink
	applinks map[string]*applink
	// collections are those of metadata; searchable has their searchable
	// fields, as "Collection.field", in the order in which they became so.
	collections []*collection
	searchable  []string
	jobs        map[string]*job
	trashJobs   []string // IDs of the jobs that have emptied a trash
	apps        []*clientApp
	assets      []*assetCollection
	sites       map[string]*site
	cdn         []deliveryDomain
	mailOff     bool
}

// New makes a server without a socket. Its URL can be reached only through
// [Server.RoundTrip]; a program can also serve it as a handler. Call
// [Server.Close] when done with it.
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
// until the test ends. The test fails if it makes a mistake in seeding the
// server or if a fault given to Next was never used.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s := New()
	s.tb = t
	s.URL = s.life.Listen(t, s.Close)
	return s
}

// ServeHTTP implements [http.Handler]. URLs in its answers name the host that
// the request named.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Oracle-Dms-Ecid", rand.Text()) // which the vendor's support asks for
	if s.life.Preflight(w, r) {
		return
	}
	// Services outside the API have faults and a place in Calls too.
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

// RoundTrip implements [http.RoundTripper] over connections that exist in this
// process only, whatever host the request names.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) { return s.life.RoundTrip(r) }

// Close ends all connections and stops listening.
func (s *Server) Close() { s.life.Close() }

// SetClock makes now the source of all times that the server reports and
// checks: creation and modification times, the expiry of links and tokens, and
// the progress of jobs. The default is [time.Now].
func (s *Server) SetClock(now func() time.Time) { s.life.SetClock(now) }

// AllowChunked sets whether uploads may come without a Content-Length. By
// default they are answered with 411, to expose a client that streams a body
// without declaring its length. Oracle's own command-line client does that, so
// a server for it must allow it.
func (s *Server) AllowChunked(allow bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chunked = allow
}

// SetCORS tells whether pages in a browser, of any origin, may call the server.
// By default they may; the service lets its administrators name the origins.
func (s *Server) SetCORS(on bool) { s.life.SetCORS(on) }

// ComposeNames makes the server store the names of files and folders from now
// on in Unicode's composed form, NFC, whatever form they come in. By default it
// stores them as they come. Which of the two the service does is not
// documented, and a program should work with either: files of macOS have
// decomposed names. A filter of a listing is compared as it comes.
func (s *Server) ComposeNames(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.composes = on
}

// spelled returns a name in the form in which it is stored.
func (s *Server) spelled(name string) string {
	if s.composes {
		return norm.NFC.String(name)
	}
	return name
}

// Next makes the next call of the operation pass through fault, once. Several
// faults for one operation are used in the order in which they were given. The
// services that only Oracle's command-line client uses have their own names,
// such as FLD_BROWSE_TRASH.
//
// An operation that does not exist is a mistake in the test, which fails at
// once. On a server made by New, which belongs to no test, Next panics.
func (s *Server) Next(operation string, fault Fault) {
	s.life.Test().Helper()
	s.life.Next(operation, fault)
}

// Keep makes every call of the operation pass through fault until stop is
// called; see [Every] and [While]. Faults given to Next come first: a call that
// uses one of them does not pass through this one. An operation that does not
// exist is a mistake, as it is for Next.
func (s *Server) Keep(operation string, fault Fault) (stop func()) {
	s.life.Test().Helper()
	return s.life.Keep(operation, fault)
}

// ClearFaults removes all faults that were given to Next and Keep.
func (s *Server) ClearFaults() { s.life.ClearFaults() }

// Calls returns the names of the operations that were called, in the order of
// their arrival. Calls that were refused or ended by a fault are included.
func (s *Server) Calls() []string { return s.life.Calls() }

// clock returns the current time in UTC and in whole seconds, which is the
// resolution of the service's times.
func (s *Server) clock() time.Time { return s.life.Now().UTC().Truncate(time.Second) }

// origin returns the scheme and host by which a request reached the server.
func origin(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + strings.TrimSuffix(r.Host, "/")
}

// Operations returns the names that Next and Keep accept, in alphabetical order:
// the operations of the API and the services that only Oracle's command-line
// client uses.
func (s *Server) Operations() []string {
	return slices.Sorted(slices.Values(s.life.Operations))
}
