package call

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/transport"
)

// dialed is a transport of ours that counts its connections.
func dialed(t *testing.T, wrap func(net.Conn) net.Conn) (*http.Transport, *atomic.Int64) {
	t.Helper()
	rt, dials := transport.New(transport.Options{}), new(atomic.Int64)
	dial := rt.DialContext
	rt.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		dials.Add(1)
		c, err := dial(ctx, network, address)
		if err == nil && wrap != nil {
			c = wrap(c)
		}
		return c, err
	}
	return rt, dials
}

func with(rt http.RoundTripper) func(*docferry.HTTP) {
	return func(h *docferry.HTTP) { h.Transport = rt }
}

// A call that fails for good does not close the idle connections of others.
func TestFailuresLeaveConnectionsAlone(t *testing.T) {
	good, _ := serve(t, reply(200, `{"Name":"n"}`))
	bad, _ := serve(t, reply(500, `{"code":"X"}`))
	rt, dials := dialed(t, nil)
	working, failing := client(t, good, with(rt)), client(t, bad, with(rt))
	if _, err := do(t, working, Safe); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 5 {
		if _, err := do(t, failing, Safe); err == nil {
			t.Fatal("it succeeded")
		}
		if _, err := Do[answer](ended, failing, NewOp("Get", "GET /items/{Id}", Safe), bare{ID: "x"}, nil); err == nil {
			t.Fatal("it succeeded")
		}
		if _, err := do(t, client(t, "http://127.0.0.1:1", with(rt)), Safe); err == nil {
			t.Fatal("it succeeded")
		}
		if _, err := do(t, working, Safe); err != nil {
			t.Error(err)
		}
	}
	if refused := int64(5 * 3); dials.Load() != 2+refused {
		t.Errorf("%d connections, want %d", dials.Load(), 2+refused)
	}
}

// Answers of every kind leave a connection that can be used again.
func TestConnectionsAreReused(t *testing.T) {
	statuses := []int{200, 400, 429, 500, 302, 404, 200}
	n := 0
	address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		reply(statuses[n%len(statuses)], `{"Name":"n"}`)(w, r)
		n++
	})
	rt, dials := dialed(t, nil)
	c := client(t, address, with(rt))
	for range statuses {
		_, _ = do(t, c, Unsafe, docferry.WithRetry(docferry.Retry{Attempts: 1}))
	}
	if dials.Load() != 1 {
		t.Errorf("%d connections", dials.Load())
	}
}

// deaf is a connection that takes so many requests and then nothing more, as
// one that the other side has closed while it was idle.
type deaf struct {
	net.Conn
	writes int
}

func (d *deaf) Write(p []byte) (int, error) {
	if d.writes--; d.writes < 0 {
		return 0, syscall.EPIPE
	}
	return d.Conn.Write(p)
}

// An idle connection turns out to be closed when a request is written to it:
// nothing has left, so that even what makes something goes out again.
func TestIdleConnectionClosedBeforeTheRequest(t *testing.T) {
	address, requests := serve(t, reply(200, `{"Name":"n"}`))
	rt, dials := dialed(t, func(c net.Conn) net.Conn { return &deaf{c, 1} })
	c := client(t, address, with(rt))
	for i := range 4 {
		if _, err := do(t, c, Unsafe); err != nil {
			t.Errorf("call %d: %v", i+1, err)
		}
	}
	if requests() != 4 || dials.Load() != 4 {
		t.Errorf("%d requests over %d connections", requests(), dials.Load())
	}
}

// The other side took the request from an idle connection, may have carried
// it out, and hung up. What makes something is not sent again by anybody.
func TestIdleConnectionClosedAfterTheRequest(t *testing.T) {
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		var taken atomic.Int64
		address := script(t, func(_ int, c *net.TCPConn) {
			r := bufio.NewReader(c)
			for first := true; ; first = false {
				req, err := http.ReadRequest(r)
				if err != nil {
					return
				}
				if _, err := io.Copy(io.Discard, req.Body); err != nil {
					return
				}
				if taken.Add(1); !first {
					return
				}
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"Name\":\"n\"}")
			}
		})
		c := client(t, address)
		op := NewOp("Make", method+" /items/{Id}", Unsafe)
		in := request{ID: "x", Text: "t"}
		if _, err := Do[answer](t.Context(), c, op, in, nil); err != nil {
			t.Fatal(err)
		}
		_, err := Do[answer](t.Context(), c, op, in, nil)
		lost, ok := errors.AsType[*docferry.TransportError](err)
		if !ok || !lost.Sent || lost.Attempts != 1 || taken.Load() != 2 {
			t.Errorf("%s: %v, the server took %d requests", method, err, taken.Load())
		}
	}
}

// A failure that would only come again is not repeated: it is answered at once.
func TestLastingFailuresAreNotRepeated(t *testing.T) {
	address, requests := serve(t, reply(200, `{"Name":"n"}`))
	c := client(t, address, with(transport.New(transport.Options{PublicOnly: true})))
	_, err := do(t, c, Safe)
	lost, ok := errors.AsType[*docferry.TransportError](err)
	if !ok || lost.Sent || lost.Attempts != 1 || !errors.Is(err, transport.ErrPrivate) || requests() != 0 {
		t.Errorf("%+v", err)
	}
}
