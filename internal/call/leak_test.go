package call

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/emulate"
)

// However a call ends, nothing of it goes on: a bubble fails where a goroutine
// remains. A source that hangs is let go once the context has ended.
func TestNothingIsLeftRunning(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"success":        reply(200, `{"Name":"n"}`),
		"refusal":        reply(404, ""),
		"unread refusal": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) },
		"fault":          reply(500, ""),
		"redirect":       reply(307, "", "Location", "http://other.example/"),
		"lost":           hangUp,
		"cut":            cut(200),
		"hangs":          emulate.Hang()(nil).ServeHTTP,
		"trickles":       trickle(200),
	} {
		for form, call := range map[string]func(ctx context.Context, c *Client){
			"plain": func(ctx context.Context, c *Client) {
				_, _ = Do[answer](ctx, c, NewOp("Get", "GET /items/{Id}", Safe), bare{ID: "x"}, nil)
			},
			"streamed": func(ctx context.Context, c *Client) {
				s := &stream{content: bytes.Repeat([]byte("x"), 3<<20)}
				_, _ = Send[answer](ctx, c, NewOp("Put", "PUT /items/{Id}", Idempotent), bare{ID: "x"}, s, nil)
				s.check(t, name, s.opened.Load())
			},
			"content": func(ctx context.Context, c *Client) {
				if resp, err := Open(ctx, c, NewOp("Get", "GET /items/{Id}", Safe), bare{ID: "x"}, Content{}, nil); err == nil {
					_, _ = io.CopyN(io.Discard, resp.Body, 3)
					_ = resp.Body.Close()
				}
			},
		} {
			synctest.Test(t, func(t *testing.T) {
				memory := emulate.NewMemory(handler)
				defer memory.Close()
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
				defer cancel()
				began := time.Now()
				call(ctx, client(t, "http://h.example", func(h *docferry.HTTP) { h.Transport = memory }))
				if time.Since(began) > 2*time.Minute {
					t.Errorf("%s, %s: it took %v", name, form, time.Since(began))
				}
			})
		}
	}
}

// hung is a source that never answers a read.
type hung struct{ released chan struct{} }

func (h hung) Read([]byte) (int, error) { <-h.released; return 0, io.EOF }

func TestHungSourceDoesNotOutliveTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := emulate.NewMemory(reply(200, `{"Name":"n"}`))
		defer memory.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		released := make(chan struct{})
		s := &stream{content: make([]byte, 1000), wrap: func(int, io.Reader) io.Reader { return hung{released} }}
		began := time.Now()
		c := client(t, "http://h.example", func(h *docferry.HTTP) { h.Transport = memory })
		_, err := Send[answer](ctx, c, NewOp("Put", "PUT /items/{Id}", Idempotent), bare{ID: "x"}, s, nil)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > time.Minute+2*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		close(released)
		synctest.Wait()
		s.check(t, "hung", 1)
	})
}
