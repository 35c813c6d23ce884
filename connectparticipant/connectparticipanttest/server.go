package connectparticipanttest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/internal/storagehost"
)

// Server is an in-memory Amazon Connect Participant Service. It is an
// [http.Handler] and an [http.RoundTripper], and it is safe for concurrent use.
// Make one with [New] or [NewServer].
type Server struct {
	// URL is the address to configure a client with.
	URL string

	life    *emulate.Server
	storage *storagehost.Host

	// root is the parent of the contexts of all websockets, which cancel ends.
	root   context.Context
	cancel context.CancelFunc
	// work counts the open websockets and the timer.
	work sync.WaitGroup

	// mu guards everything below. Take it with lock, which brings the state up
	// to date.
	mu           sync.Mutex
	closed       bool
	timer        *time.Timer
	due          time.Time // see expect; zero if nothing is expected
	limits       limits
	scan         func(name string, content []byte) (status string, delay time.Duration)
	process      func(content string) (status string)
	chats        []*Chat                 // in the order in which they were started
	participants map[string]*participant // by participant token
	connections  map[string]*connection  // by connection token
	replays      map[replayKey]replay
	attachments  map[string]*attachment
	scans        []*attachment // that have not ended
	views        map[string]shownView
	sessions     map[string]*session
	tickets      map[string]*ticket
	websockets   map[*websocketConn]bool
}

// openWebsocket is the name for [Server.Next] of the opening of a websocket,
// which is not an operation of the API.
const openWebsocket = "OpenWebsocket"

// limits are the settings that a test can change. Zero means no limit for
// attachments and page, and nil means any content type.
type limits struct {
	token, url, websocket time.Duration
	attachmentSize        int64
	attachments           int
	contentTypes          []string
	page                  int
	eventTokenReuse       bool
	composing             bool // names of attachments, into Unicode's NFC
}

// New returns a server without a socket. Serve it as a handler or use it as a
// transport; its URL can be reached through RoundTrip only. Call [Server.Close]
// when done with it.
func New() *Server {
	s := &Server{
		URL: "http://participant.connect.test",
		limits: limits{
			token:          24 * time.Hour,
			url:            15 * time.Minute,
			websocket:      time.Hour,
			attachmentSize: 20 << 20,
		},
		participants: map[string]*participant{},
		connections:  map[string]*connection{},
		replays:      map[replayKey]replay{},
		attachments:  map[string]*attachment{},
		views:        map[string]shownView{},
		sessions:     map[string]*session{},
		tickets:      map[string]*ticket{},
		websockets:   map[*websocketConn]bool{},
	}
	names := append(storagehost.Operations(), openWebsocket)
	for _, op := range operations {
		names = append(names, op.name)
	}
	s.life = emulate.New(s, names)
	s.storage = storagehost.New(&s.life.Desk, s.now)
	s.root, s.cancel = context.WithCancel(context.Background())
	return s
}

// NewServer returns a server that listens on a loopback port over plain HTTP
// until the test ends. The test fails if a fault given to Next was never used.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s := New()
	s.URL = s.life.Listen(t, s.Close)
	return s
}

// Close closes all connections, among them websockets, and waits until
// everything that the server has started has ended.
func (s *Server) Close() {
	s.lock()
	// From here on neither websockets nor timers start, so that work can only
	// shrink.
	s.closed = true
	s.cancel()
	s.unlock()
	s.work.Wait()
	s.life.Close()
}

// ServeHTTP serves the operations, the websocket and the storage host. It
// implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Amzn-Requestid", uuid())
	if s.life.Preflight(w, r) {
		return
	}
	if strings.HasPrefix(r.URL.Path, storagehost.Prefix) {
		s.storage.ServeHTTP(w, r)
		return
	}
	if r.URL.Path == websocketPath {
		s.life.Serve(openWebsocket, http.HandlerFunc(s.openWebsocket), w, r)
		return
	}
	op, path, ok := match(r)
	if !ok {
		(&refusal{status: http.StatusNotFound, code: "UnknownOperationException",
			message: "no operation has this method and path"}).write(w)
		return
	}
	s.life.Serve(op.name, s.handler(op, path), w, r)
}

// RoundTrip sends the request to this server over a connection in memory,
// whatever host the request names. Websockets can be opened through it too. It
// implements [http.RoundTripper].
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) { return s.life.RoundTrip(r) }

// Next makes the next call of the operation pass through fault, once. Several
// faults for one operation are used in the order in which they were given. The
// storage host has the operations PutObject and GetObject, and OpenWebsocket is
// the opening of a websocket.
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
// their arrival. Calls that a fault has ended are included.
func (s *Server) Calls() []string { return s.life.Calls() }

// Operations returns the names that Next and Keep accept, in alphabetical order.
func (s *Server) Operations() []string { return slices.Sorted(slices.Values(s.life.Operations)) }

// uuid returns a random identifier in the form that the service uses.
func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// baseURL returns the scheme and host by which a request reached the server.
func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
