// Package workdocstest is an in-memory Amazon WorkDocs to test against.
//
// A [Server] speaks the whole API, version 2016-05-01: all 44 operations and
// the storage host that uploads go to and downloads come from. It keeps state,
// so that a folder that was created is listed and a document that was uploaded
// has its bytes. It is strict: signatures are computed anew and compared,
// members, query parameters and content types that the service does not know
// are refused, and so are credentials that are sent to the storage host.
//
// [NewServer] is for tests and listens on a loopback port. [New] opens no
// socket: the Server is then an [http.RoundTripper] for tests that run in a
// testing/synctest bubble, and an [http.Handler] to mount anywhere.
//
//	srv := workdocstest.NewServer(t)
//	folder := srv.AddFolder(srv.RootFolder(), "Reports")
//	srv.Next("UpdateDocumentVersion", workdocstest.LoseAnswer())
//
// Calls are signed with [Server.Credentials], for any region, and act as the
// built-in administrator, or they carry a user's token from [Server.AddUser].
//
// The service's documentation leaves a lot open. Where the Server's behaviour
// is a guess, a comment at the code says "inferred".
package workdocstest

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/internal/storagehost"
)

// Region is a region to sign requests for. The Server accepts any other too.
const Region = "us-east-1"

// Server is an in-memory Amazon WorkDocs with one organization, whose built-in
// administrator owns a root folder. It is an [http.Handler] and an
// [http.RoundTripper], safe for concurrent use. Use [New] or [NewServer]; the
// zero Server is not ready.
type Server struct {
	// URL is the base address to configure a client with. That of a Server
	// made by New leads nowhere but through RoundTrip.
	URL string

	life    *emulate.Server
	storage *storagehost.Host

	mu            sync.Mutex // guards everything below
	credentials   aws.Credentials
	lifetime      time.Duration // of the URLs handed out
	pageSize      int           // at most so many items a page, if not 0
	serial        int           // of the last id given out
	administrator *user
	users         []*user
	groups        []*group
	resources     map[string]*resource
	activities    []activity // oldest first
	subscriptions []subscription
}

// New returns a Server that opens no socket: send requests through it as an
// [http.RoundTripper], or serve it as an [http.Handler]. Close ends it.
func New() *Server {
	s := &Server{
		URL: "http://workdocs.test",
		credentials: aws.Credentials{AccessKeyID: "AKIAWORKDOCSTEST", SecretAccessKey: "workdocstest",
			Source: "workdocstest"},
		lifetime:  15 * time.Minute,
		resources: make(map[string]*resource),
	}
	names := storagehost.Operations()
	for _, op := range operations {
		names = append(names, op.name)
	}
	s.life = emulate.New(s, names)
	s.storage = storagehost.New(&s.life.Desk, s.time)
	s.administrator = s.newUser("Administrator")
	s.administrator.kind = "ADMIN"
	return s
}

// NewServer returns a Server that listens on a loopback port over plain HTTP
// until the test ends. The test fails if faults of Next were never met.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s := New()
	s.URL = s.life.Listen(t, s.Close)
	return s
}

// Close ends all connections. A Server that was closed refuses new ones; its
// state can still be looked at.
func (s *Server) Close() { s.life.Close() }

// RoundTrip sends the request to the Server over a connection inside this
// process, whatever host the request names. It implements [http.RoundTripper].
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) { return s.life.RoundTrip(r) }

// ServeHTTP serves the API and, below a path of its own, the storage host that
// presigned URLs lead to. It implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.time().UTC().Format(http.TimeFormat))
	if strings.HasPrefix(r.URL.Path, storagehost.Prefix) {
		s.storage.ServeHTTP(w, r)
		return
	}
	w.Header().Set("X-Amzn-Requestid", requestID())
	op, path, ok := route(r)
	if !ok {
		refuse("UnknownOperationException", "there is no operation %s %s", r.Method, r.URL.Path).write(w)
		return
	}
	s.life.Serve(op.name, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, err := s.perform(op, path, w, r)
		if err != nil {
			asRefusal(err).write(w)
			return
		}
		write(w, op.status, answer)
	}), w, r)
}

// SetClock makes the Server take the time from now: for what it reports, for
// the age of signatures and the expiry of presigned URLs. The default is
// [time.Now].
func (s *Server) SetClock(now func() time.Time) { s.life.SetClock(now) }

func (s *Server) time() time.Time { return s.life.Now() }

// SetURLLifetime sets how long the URLs for uploads and downloads that are
// handed out from now on can be used, in whole seconds. The default is 15
// minutes.
func (s *Server) SetURLLifetime(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lifetime = d
}

// SetPageSize makes listings return at most n items a page, whatever the
// request asks for. Zero takes the cap away.
func (s *Server) SetPageSize(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pageSize = n
}

// Next makes the next call of the operation pass through fault, once. Faults for
// one operation are used up in the order in which they were given. The
// storage host's operations are PutObject and GetObject.
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

// Calls returns the names of the operations that have arrived, in order of
// arrival, with those of the storage host.
func (s *Server) Calls() []string { return s.life.Calls() }
