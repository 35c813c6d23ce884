package fetch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/storagehost"
	"github.com/docferry/docferry/internal/transport"
	"github.com/google/go-cmp/cmp"
)

// world is a storage on loopback and what reads from it.
type world struct {
	*storagehost.Host
	desk     emulate.Desk
	storage  *exchange.Peer
	address  string
	mu       sync.Mutex
	requests []*http.Request
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := new(world)
	w.Host = storagehost.New(&w.desk, time.Now)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.requests = append(w.requests, r)
		w.mu.Unlock()
		w.ServeHTTP(rw, r)
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.Start()
	t.Cleanup(srv.Close)
	w.address = srv.URL
	endpoint, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	w.storage = must(exchange.NewPeer("test", "", docferry.HTTP{Retry: docferry.Retry{Attempts: 3, MinWait: 1, MaxWait: 1},
		UserAgent: "tool"})).Storage(endpoint)
	t.Cleanup(w.storage.CloseIdleConnections)
	return w
}

// seen returns the requests that arrived since it was last asked.
func (w *world) seen() []*http.Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := w.requests
	w.requests = nil
	return seen
}

// get reads an object to its end.
func (w *world) get(t *testing.T, raw string, size int64) ([]byte, error) {
	t.Helper()
	d, err := Presigned(t.Context(), w.storage, docferry.Secret(raw), nil, size)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return io.ReadAll(d)
}

// The storage computes the signature over the host that it receives.
func TestStorageGetFromHostsOfEveryForm(t *testing.T) {
	w := newWorld(t)
	w.Put("k", "", []byte("content"))
	rt := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, strings.TrimPrefix(w.address, "http://"))
	}}
	var err error
	w.storage, err = exchange.NewStorage("test", docferry.HTTP{Transport: rt, AllowPrivate: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.storage.CloseIdleConnections)
	for inURL, signed := range map[string]string{
		"h.example:80": "h.example", "h.example": "h.example", "H.Example:80": "H.Example:80",
		"h.example:443": "h.example:443", "[::1]:80": "[::1]:80", "[::1]": "[::1]",
		"[fe80::1%25lo]:80": "[fe80::1]:80", "[fe80::1%25lo]": "[fe80::1]",
	} {
		raw := w.PresignGet("http://"+signed, "k", time.Minute)
		raw = "http://" + inURL + strings.TrimPrefix(raw, "http://"+signed)
		if content, err := w.get(t, raw, 7); err != nil || string(content) != "content" {
			t.Errorf("%s: %q, %v", inURL, content, err)
		}
	}
	// Three are signed with the default port, without which they are tried first.
	if got := len(w.seen()); got != 8+3 {
		t.Errorf("%d requests for 8 downloads", got)
	}
}

func TestStorageGet(t *testing.T) {
	w := newWorld(t)
	content := bytes.Repeat([]byte("0123456789"), 1000)
	w.Put("k", "text/x", content)
	raw := w.PresignGet(w.address, "k", time.Minute)
	d, err := Presigned(t.Context(), w.storage, docferry.Secret(raw), nil, int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(d)
	if err != nil || !bytes.Equal(text, content) || d.Size != int64(len(content)) || d.ContentType != "text/x" ||
		d.Range != "" {
		t.Errorf("%d bytes, %v, %+v", len(text), err, d)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	header := w.seen()[0].Header
	if diff := cmp.Diff(http.Header{"User-Agent": {"tool docferry/0.1.0"}, "Accept-Encoding": {"identity"}},
		header); diff != "" {
		t.Errorf("header: %s", diff)
	}
	if _, err := w.get(t, raw, int64(len(content))+1); !errors.Is(err, docferry.ErrProtocol) {
		t.Errorf("a size that is not the recorded one: %v", err)
	}
}

// A download that breaks is taken up where it stopped, for the same content.
func TestStorageGetGoesOn(t *testing.T) {
	w := newWorld(t)
	content := bytes.Repeat([]byte("0123456789"), 100<<10)
	w.Put("k", "text/x", content)
	o, _ := w.Object("k")
	raw := w.PresignGet(w.address, "k", time.Minute)
	for range 3 {
		w.desk.Next("GetObject", emulate.CutAnswer(200<<10))
	}
	text, err := w.get(t, raw, -1)
	if err != nil || !bytes.Equal(text, content) {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	requests := w.seen()
	if len(requests) != 4 {
		t.Fatalf("%d requests", len(requests))
	}
	for i, r := range requests[1:] {
		if !strings.HasPrefix(r.Header.Get("Range"), "bytes=") || r.Header.Get("If-Range") != o.ETag {
			t.Errorf("request %d: %v", i+2, r.Header)
		}
	}
	// The object is replaced while it is read.
	w.desk.Next("GetObject", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			cut := emulate.CutAnswer(200 << 10)(next)
			defer w.Put("k", "text/x", bytes.ToUpper(append(content[1:], 'x')))
			cut.ServeHTTP(rw, r)
		})
	})
	if text, err := w.get(t, raw, -1); !errors.Is(err, docferry.ErrProtocol) || len(text) > 200<<10 {
		t.Errorf("replaced meanwhile: %d bytes, %v", len(text), err)
	}
}

func TestStorageGetRepeats(t *testing.T) {
	w := newWorld(t)
	w.Put("k", "", []byte("text"))
	raw := w.PresignGet(w.address, "k", time.Minute)
	for name, tt := range map[string]struct {
		fault    emulate.Fault
		requests int
		kind     error
	}{
		"slow down": {emulate.Answer(503, "<Error><Code>SlowDown</Code></Error>"), 2, nil},
		"fault":     {emulate.Answer(500, ""), 2, nil},
		"lost":      {emulate.LoseRequest(), 2, nil},
		"refused":   {emulate.Answer(403, "<Error><Code>AccessDenied</Code></Error>"), 1, docferry.ErrForbidden},
		"missing":   {emulate.Answer(404, ""), 1, docferry.ErrNotFound},
		"part":      {emulate.Answer(206, "te", "Content-Range", "bytes 0-1/4"), 1, nil},
	} {
		w.desk.Next("GetObject", tt.fault)
		text, err := w.get(t, raw, 4)
		ok, requests := err == nil && string(text) == "text", len(w.seen())
		if ok != (tt.requests == 2) || !errors.Is(err, tt.kind) && tt.kind != nil || requests != tt.requests {
			t.Errorf("%s: %q, %v after %d requests", name, text, err, requests)
		}
		if err != nil && strings.Contains(err.Error(), "X-Amz-Signature=") {
			t.Errorf("%s: the URL is shown: %v", name, err)
		}
	}
	if _, err := w.get(t, w.PresignGet(w.address, "k", -time.Minute), -1); !errors.Is(err, docferry.ErrForbidden) ||
		!strings.Contains(err.Error(), "expired") {
		t.Errorf("a URL of yesterday: %v", err)
	}
}

func TestStorageFollowsNoRedirect(t *testing.T) {
	var reached atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer other.Close()
	w := newWorld(t)
	raw := w.PresignGet(w.address, "k", time.Minute)
	for _, status := range []int{301, 302, 303, 307, 308} {
		w.desk.Next("GetObject", emulate.Answer(status, "", "Location", other.URL))
		if _, err := w.get(t, raw, -1); !errors.Is(err, docferry.ErrProtocol) || reached.Load() != 0 {
			t.Errorf("%d: %v, %d requests at the other host", status, err, reached.Load())
		}
	}
}

func TestStorageChecksURLs(t *testing.T) {
	w := newWorld(t)
	endpoint, err := url.Parse("https://service.example")
	if err != nil {
		t.Fatal(err)
	}
	strict := must(exchange.NewPeer("test", "", docferry.HTTP{})).Storage(endpoint)
	for raw, s := range map[string]*exchange.Peer{
		w.address + "/_storage/k?sig=canary":           strict,
		"https://169.254.169.254/k?sig=canary":         strict,
		"http://bucket.example/k?sig=canary":           strict,
		"ftp://bucket.example/k?sig=canary":            w.storage,
		"https://u:canary@bucket.example/k":            w.storage,
		"https://bucket.example/" + "k?sig=canary\r\n": w.storage,
	} {
		d, err := Presigned(t.Context(), s, docferry.Secret(raw), nil, -1)
		if _, ok := errors.AsType[*docferry.InputError](err); !ok || d != nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", raw, err)
		}
	}
	if n := len(w.seen()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	if _, ok := strict.HTTP().Transport.(*http.Transport); !ok || strict.HTTP().AllowPrivate ||
		!w.storage.HTTP().AllowPrivate {
		t.Errorf("strict %+v, loopback %+v", strict.HTTP(), w.storage.HTTP())
	}
	// A public name that leads to a private address is stopped on the way.
	if _, _, err := transport.Send(strict.HTTP().Transport,
		httptest.NewRequest(http.MethodGet, w.address, nil), transport.Limits{}); !errors.Is(err, transport.ErrPrivate) {
		t.Errorf("a private address was dialed: %v", err)
	}
}

// must returns v, if there is no error.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
