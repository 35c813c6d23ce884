package call

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/wire"
	jsonv2 "github.com/go-json-experiment/json"
)

// The service of these tests refuses with {"code", "message"}.
const (
	codeThrottled = "Throttled" // for now
	codeQuota     = "Quota"     // for good
	codeBusy      = "Busy"      // the service did nothing and may be asked again
)

type request struct {
	ID     string          `path:"Id"`
	Marker string          `query:"marker"`
	Token  docferry.Secret `header:"Authentication"`
	Text   string          `json:"Text,omitzero"`
}

type bare struct {
	ID     string `path:"Id"`
	Marker string `query:"marker"`
}

type answer struct {
	Name     string `json:"Name"`
	Location string `header:"Location"`
}

// fast retries at once.
var fast = docferry.Retry{Attempts: 3, MinWait: 1, MaxWait: 1}

// service is a service at an address.
func service(t *testing.T, address string) Service {
	t.Helper()
	base, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return Service{
		Base: base,
		Dialect: &wire.Dialect{
			JSON:   jsonv2.JoinOptions(Lenient(), jsonv2.WithMarshalers(WriteSecret())),
			Secret: reflect.TypeFor[docferry.Secret](),
			Time:   func(t time.Time) string { return t.Format(time.RFC3339) },
		},
		Authorize: func(_ context.Context, req *http.Request, _ []byte) error {
			req.Header.Set("Authorization", "Bearer canary-credential")
			return nil
		},
		Refusal: refusal,
	}
}

func refusal(a *exchange.Answer) (*docferry.Error, bool) {
	if a.Status < 400 {
		return nil, false
	}
	var body struct{ Code, Message string }
	_ = json.Unmarshal(a.Body, &body)
	e := &docferry.Error{Code: body.Code, Message: body.Message}
	switch body.Code {
	case codeThrottled:
		e.Kind = docferry.ErrThrottled
	case codeQuota:
		e.Kind = docferry.ErrQuota
	}
	return e, body.Code == codeBusy
}

// client returns a client for a server, with a transport of its own.
func client(t *testing.T, address string, change ...func(*docferry.HTTP)) *Client {
	t.Helper()
	h := docferry.HTTP{Retry: fast}
	for _, f := range change {
		f(&h)
	}
	c := &Client{Service: service(t, address), Peer: must(exchange.NewPeer("test", "X-Request-Id", h))}
	t.Cleanup(c.Peer.CloseIdleConnections)
	return c
}

// serve counts the requests that reach a handler on loopback. They are
// handled one at a time, so that handlers need no locks of their own; requests
// waits for the one that is being handled.
func serve(t *testing.T, h http.HandlerFunc) (address string, requests func() int) {
	t.Helper()
	var mu sync.Mutex
	count := 0
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		count++
		h(w, r)
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.URL, func() int {
		mu.Lock()
		defer mu.Unlock()
		return count
	}
}

// script serves the n-th connection, from 1, of a listener on loopback.
func script(t *testing.T, f func(n int, c *net.TCPConn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var conns sync.WaitGroup
	conns.Go(func() {
		for n := 1; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				f(n, c.(*net.TCPConn))
				_ = c.Close()
			})
		}
	})
	t.Cleanup(func() { _ = l.Close(); conns.Wait() })
	return "http://" + l.Addr().String()
}

// reply answers with a status, a body, and headers in pairs.
func reply(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// hangUp reads the request and closes the connection.
func hangUp(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	panic(http.ErrAbortHandler)
}

// cut announces more than it sends.
func cut(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"Name":`)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// do calls an operation that makes something.
func do(t *testing.T, c *Client, repeat exchange.Repeat, opts ...docferry.CallOption) (*answer, error) {
	t.Helper()
	return Do[answer](t.Context(), c, NewOp("MakeItem", "POST /items/{Id}", repeat),
		request{ID: "a b", Marker: "canary-marker", Token: "canary-token", Text: "canary-text"}, opts)
}

// must returns v, if there is no error.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
