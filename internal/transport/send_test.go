package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// script serves each connection of a listener on loopback with f.
func script(t *testing.T, f func(c net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			f(c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String()
}

// send posts a body through a transport of New's.
func send(t *testing.T, ctx context.Context, rt http.RoundTripper, url string) (*http.Response, bool, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	resp, trace, err := Send(rt, req, Limits{})
	if err == nil {
		_ = resp.Body.Close()
	}
	return resp, trace.Sent, err
}

func plain(t *testing.T) *http.Transport {
	t.Helper()
	rt := New(Options{})
	t.Cleanup(rt.CloseIdleConnections)
	return rt
}

func TestSendTellsWhetherAnythingLeft(t *testing.T) {
	wrongTLS := httptest.NewUnstartedServer(nil)
	wrongTLS.Config.ErrorLog = discard
	wrongTLS.StartTLS()
	defer wrongTLS.Close()
	for name, tt := range map[string]struct {
		url  string
		want bool
	}{
		"refused":               {"http://127.0.0.1:1", false}, // a port that no test gets
		"certificate":           {wrongTLS.URL, false},
		"closed without answer": {"http://" + script(t, func(c net.Conn) { readRequest(c) }), true},
		"reset": {"http://" + script(t,
			func(c net.Conn) { readRequest(c); _ = c.(*net.TCPConn).SetLinger(0) }), true},
		"garbage": {"http://" + script(t, func(c net.Conn) {
			readRequest(c)
			_,
				_ = io.WriteString(c, "SSH-2.0\r\n")
		}), true},
		"half a header": {"http://" + script(t, func(c net.Conn) {
			readRequest(c)
			_,
				_ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Le")
		}), true},
		"no TLS at all": {"https://" + script(t, func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 no\r\n\r\n") }),
			false},
	} {
		resp, sent, err := send(t, t.Context(), plain(t), tt.url)
		if err == nil || resp != nil || sent != tt.want {
			t.Errorf("%s: sent %v, %v", name, sent, err)
		}
	}
	ok := "http://" + script(t, func(c net.Conn) {
		readRequest(c)
		_, _ = io.WriteString(c, "HTTP/1.1 204 x\r\nConnection: close\r\n\r\n")
	})
	if resp, sent, err := send(t, t.Context(), plain(t), ok); err != nil || !sent || resp.StatusCode != 204 {
		t.Errorf("success: %v, sent %v, %v", resp, sent, err)
	}
}

// readRequest reads a small request, body and all.
func readRequest(c net.Conn) {
	text := make([]byte, 0, 4096)
	for !strings.HasSuffix(string(text), "body") {
		n, err := c.Read(text[len(text):cap(text)])
		if err != nil {
			return
		}
		text = text[:len(text)+n]
	}
}

type function func(*http.Request) (*http.Response, error)

func (f function) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestSendWithATransportThatDoesNotTell(t *testing.T) {
	failed := errors.New("failed")
	_, sent, err := send(t, t.Context(), function(func(*http.Request) (*http.Response, error) { return nil, failed }),
		"http://h.example")
	if !sent || err != failed {
		t.Errorf("sent %v, %v", sent, err)
	}
}

// Transports of the caller's are often made by hand, for tests.
func TestSendWithACarelessTransport(t *testing.T) {
	resp, sent, err := send(t, t.Context(), function(func(*http.Request) (*http.Response, error) { return nil, nil }),
		"http://h.example")
	if resp != nil || !sent || err == nil {
		t.Errorf("nothing at all: %v, sent %v, %v", resp, sent, err)
	}
	resp, _, err = send(t, t.Context(), function(func(*http.Request) (*http.Response,
		error) {
		return &http.Response{StatusCode: 204}, nil
	}), "http://h.example")
	if err != nil || resp.Body == nil {
		t.Errorf("no body: %v, %v", resp, err)
	}
}

func TestSendWithAnEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	body := &closer{Reader: strings.NewReader("x")}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://h.example", body)
	if err != nil {
		t.Fatal(err)
	}
	_, trace, err := Send(function(func(*http.Request) (*http.Response, error) {
		t.Error("the transport was asked")
		return nil, nil
	}), req, Limits{})
	if trace.Sent || err != context.Canceled || !body.closed {
		t.Errorf("sent %v, %v, body closed %v", trace.Sent, err, body.closed)
	}
}

type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error { c.closed = true; return nil }

func TestSendCancelledWhileDialing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	rt := plain(t)
	rt.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if _, sent, err := send(t, ctx, rt, "http://h.example"); sent || !errors.Is(err, context.Canceled) {
		t.Errorf("sent %v, %v", sent, err)
	}
}

func TestSendOverHTTP2(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("spoken: %s", r.Proto)
		}
		if r.URL.Path == "/abort" {
			panic(http.ErrAbortHandler)
		}
	}))
	srv.EnableHTTP2 = true
	srv.Config.ErrorLog = discard
	srv.StartTLS()
	defer srv.Close()
	rt := plain(t)
	rt.TLSClientConfig = &tls.Config{RootCAs: srv.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	for range 2 { // a new connection and one that is there
		if _, sent, err := send(t, t.Context(), rt, srv.URL+"/abort"); err == nil || !sent {
			t.Errorf("abort: sent %v, %v", sent, err)
		}
		if resp, sent, err := send(t, t.Context(), rt, srv.URL+"/"); err != nil || !sent || resp.StatusCode != 200 {
			t.Errorf("success: sent %v, %v", sent, err)
		}
	}
}

// A transport that does not tell what it does, and does nothing, holds no request for
// longer than the limits.
func TestTransportThatHangs(t *testing.T) {
	for name, test := range map[string]struct {
		body  func() io.ReadCloser
		limit time.Duration
	}{
		"no body":          {func() io.ReadCloser { return nil }, time.Minute},
		"a short body":     {func() io.ReadCloser { return io.NopCloser(strings.NewReader("{}")) }, time.Minute},
		"a streamed body":  {func() io.ReadCloser { return NewBody(t.Context(), io.NopCloser(strings.NewReader("x"))) }, 30 * time.Second},
		"an answer, later": {nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				hang := function(func(r *http.Request) (*http.Response, error) {
					if test.body == nil {
						time.Sleep(59 * time.Second)
						return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
					}
					<-r.Context().Done()
					return nil, r.Context().Err()
				})
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://example.com", nil)
				if err != nil {
					t.Fatal(err)
				}
				if test.body != nil {
					req.Body = test.body()
				}
				start := time.Now()
				resp, trace, err := Send(hang, req, Limits{Stall: 30 * time.Second})
				if test.body == nil {
					if err != nil {
						t.Error(err)
					}
					return
				}
				if err == nil {
					_ = resp.Body.Close()
				}
				_, stalled := errors.AsType[*StallError](err)
				if took := time.Since(start); !stalled || took < test.limit || took > test.limit+5*time.Second || !trace.Sent {
					t.Errorf("after %v: %v, %+v", took, err, trace)
				}
			})
		})
	}
}
