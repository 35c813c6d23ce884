// Package workdocstest is an in-memory Amazon WorkDocs to test against.
//
// A [Server] implements the whole API, version 2016-05-01: all 44 operations, and
// the storage host for uploads and downloads. It keeps state, so a folder that
// was created is listed, and a document that was uploaded can be downloaded. It
// is strict: it verifies signatures, and rejects members, query parameters and
// content types that the service does not know, as well as credentials that are
// sent to the storage host.
//
// [NewServer] is for tests; its Server listens on a loopback port. The Server that
// [New] returns opens no socket. Use it as an [http.RoundTripper], for example in
// a testing/synctest bubble, or as an [http.Handler].
//
//	srv := workdocstest.NewServer(t)
//	folder := srv.AddFolder(srv.RootFolder(), "Reports")
//	srv.Next("UpdateDocumentVersion", workdocstest.LoseAnswer())
//
// Calls that are signed with [Server.Credentials], for any region, act as the
// built-in administrator. Calls with a token from [Server.AddUser] act as that
// user.
//
// The service's documentation does not answer every question. Where the Server's
// behaviour is a guess, a comment in its code says "inferred".
package workdocstest

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/text/unicode/norm"

	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/internal/storagehost"
)

// Region is a region to sign requests for. The Server accepts any other region
// too.
const Region = "us-east-1"

// Administrator is the name of the built-in administrator, as [Item] has it.
const Administrator = "Administrator"

// Server is an in-memory Amazon WorkDocs with one organization, whose built-in
// administrator owns a root folder. It is an [http.Handler] and an
// [http.RoundTripper], safe for concurrent use. Use [New] or [NewServer]; the
// zero Server cannot be used.
type Server struct {
	// URL is the base URL to configure a client with. For a Server that New
	// returned, it can be reached only through RoundTrip.
	URL string

	// life has the connections, the faults and the clock; storage has the
	// contents of versions. Both lock for themselves.
	life    *emulate.Server
	storage *storagehost.Host

	// mu guards everything below. Operations run one at a time.
	mu          sync.Mutex
	credentials aws.Credentials
	// lifetime is that of presigned URLs. pageSize is the largest number of
	// items on a page, if it is not 0.
	lifetime time.Duration
	pageSize int
	// composing says whether names are stored in Unicode's composed form.
	composing bool
	// serial is the number of the last ID that was made.
	serial        int
	administrator *user
	users         []*user
	groups        []*group
	resources     map[string]*resource
	// activities are in the order in which they happened.
	activities    []activity
	subscriptions []subscription
}

// New returns a Server that opens no socket: send requests through it as an
// [http.RoundTripper], or serve it as an [http.Handler]. Call [Server.Close]
// when done with it.
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
	s.administrator = s.newUser(Administrator)
	s.administrator.kind = "ADMIN"
	return s
}

// NewServer returns a Server that listens on a loopback port over plain HTTP
// until the test ends. The test fails if a fault that was given to Next has not
// been used by then.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s := New()
	s.URL = s.life.Listen(t, s.Close)
	return s
}

// Close closes all connections and stops the Server from accepting new ones. Its
// state can still be read.
func (s *Server) Close() { s.life.Close() }

// RoundTrip sends the request to the Server over a connection inside this
// process, whatever host the request names. It implements [http.RoundTripper].
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) { return s.life.RoundTrip(r) }

// ServeHTTP serves the API and, under a separate path, the storage host of the
// presigned URLs. It implements [http.Handler]. The Date header has the time of
// the Server's clock, from which clients can correct their own.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.time().UTC().Format(http.TimeFormat))
	if s.life.Preflight(w, r) {
		return
	}
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

// SetClock makes the Server read the time from now, for its timestamps, the age of
// signatures and the expiry of presigned URLs. The default is [time.Now].
func (s *Server) SetClock(now func() time.Time) { s.life.SetClock(now) }

// time returns the time by the Server's clock.
func (s *Server) time() time.Time { return s.life.Now() }

// SetURLLifetime sets how long presigned URLs that the Server makes from now on
// are valid, in whole seconds. The default is 15 minutes.
func (s *Server) SetURLLifetime(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lifetime = d
}

// SetPageSize makes listings return at most n items a page, whatever the
// request asks for. Zero removes the cap.
func (s *Server) SetPageSize(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pageSize = n
}

// SetCORS tells whether pages in a browser, of any origin, may call the Server and
// its storage host. By default they may.
func (s *Server) SetCORS(on bool) { s.life.SetCORS(on) }

// ComposeNames makes the Server store the names of documents and folders from
// now on in Unicode's composed form, NFC, whatever form they come in. By default
// it stores them as they come. Which of the two the service does is not
// documented, and a program should work with either: files of macOS have
// decomposed names.
func (s *Server) ComposeNames(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.composing = on
}

// spelled returns a name of a request in the form in which it is stored.
func (s *Server) spelled(name string) string {
	if s.composing {
		return norm.NFC.String(name)
	}
	return name
}

// Next makes the next call of the operation pass through fault, once. Faults for
// one operation are used in the order in which they were given. The operations of
// the storage host are PutObject and GetObject.
//
// If there is no such operation, the test of a Server that NewServer returned
// fails at once. For a Server that New returned, which belongs to no test, Next
// panics.
func (s *Server) Next(operation string, fault Fault) {
	s.life.Test().Helper()
	s.life.Next(operation, fault)
}

// Keep makes every call of the operation pass through fault until stop is
// called; see [Every] and [While]. If a fault of Next is waiting for the call, the
// call passes through only that fault. An operation that does not exist is
// handled as in Next.
func (s *Server) Keep(operation string, fault Fault) (stop func()) {
	s.life.Test().Helper()
	return s.life.Keep(operation, fault)
}

// ClearFaults removes all faults that were given to Next and Keep.
func (s *Server) ClearFaults() { s.life.ClearFaults() }

// Calls returns the names of the operations that were called, including those of
// the storage host, in order of arrival.
func (s *Server) Calls() []string { return s.life.Calls() }

// Operations returns the names that Next and Keep accept, in alphabetical order:
// the operations of the API and those of the storage host.
func (s *Server) Operations() []string { return slices.Sorted(slices.Values(s.life.Operations)) }
