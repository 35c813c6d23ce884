package call

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/google/go-cmp/cmp"
)

// watch records what an observer is told.
type watch struct {
	mu            sync.Mutex
	started, done []docferry.Attempt
}

type marked struct{}

func (w *watch) observer() docferry.Observer {
	return docferry.Observer{
		Start: func(ctx context.Context, a docferry.Attempt) context.Context {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.started = append(w.started, a)
			return context.WithValue(ctx, marked{}, a.Number)
		},
		Done: func(ctx context.Context, a docferry.Attempt) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if ctx.Value(marked{}) != a.Number {
				a.Operation = "the context of Start is lost"
			}
			w.done = append(w.done, a)
		},
	}
}

func TestObserver(t *testing.T) {
	n := 0
	address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 2 {
			hangUp(w, r)
		}
		reply(503, `{"code":"canary-token","message":"canary-marker"}`)(w, r)
	})
	base, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	w := new(watch)
	_, _ = do(t, client(t, address, func(h *docferry.HTTP) { h.Observer = w.observer() }), Safe)
	attempt := docferry.Attempt{Service: "test", Operation: "MakeItem", Method: "POST", Route: "/items/{Id}",
		Host: base.Host}
	var started, done []docferry.Attempt
	for number, status := range []int{503, 0, 503} {
		attempt.Number = number + 1
		started = append(started, attempt)
		ended := attempt
		ended.Status = status
		done = append(done, ended)
	}
	if diff := cmp.Diff(started, w.started); diff != "" {
		t.Errorf("Start: %s", diff)
	}
	for i := range w.done {
		if w.done[i].Duration <= 0 || (w.done[i].Err != nil) != (i == 1) {
			t.Errorf("Done: %+v", w.done[i])
		}
		if strings.Contains(fmt.Sprintf("%+v %v", w.done[i], w.done[i].Err), "canary") {
			t.Errorf("Done shows a secret: %+v", w.done[i])
		}
		w.done[i].Duration, w.done[i].Err = 0, nil
	}
	if diff := cmp.Diff(done, w.done); diff != "" {
		t.Errorf("Done: %s", diff)
	}
}

// No error shows what was sent, even where a transport puts it all in its own.
func TestErrorsShowNothing(t *testing.T) {
	w := new(watch)
	c := client(t, "http://user.example", func(h *docferry.HTTP) {
		h.Observer = w.observer()
		h.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Post", URL: r.URL.String(),
				Err: fmt.Errorf("sending %v %q: %w", r.Header, r.Header.Get("Authentication"), context.DeadlineExceeded)}
		})
	})
	_, err := do(t, c, Unsafe)
	texts := fmt.Sprintf("%v %+v %#v %v %+v", err, err, err, w.done, w.done)
	for e := err; e != nil; e = errors.Unwrap(e) {
		texts += e.Error()
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		texts += u.Error()
	}
	for _, secret := range []string{"canary-token", "canary-marker", "canary-credential", "canary-text"} {
		if strings.Contains(texts, secret) {
			t.Errorf("%s is shown: %s", secret, texts)
		}
	}
	if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v", err)
	}
}

// counter is a limiter that counts, and fails from its limit on.
type counter struct {
	n, limit int
	err      error
}

func (l *counter) Wait(context.Context) error {
	if l.n++; l.n > l.limit {
		return l.err
	}
	return nil
}

func TestLimiterIsAskedOncePerAttempt(t *testing.T) {
	address, requests := serve(t, reply(503, ""))
	limit := &counter{limit: 100}
	if _, err := do(t, client(t, address, func(h *docferry.HTTP) { h.Limit = limit }), Safe); err == nil || limit.n != 3 ||
		requests() != 3 {
		t.Errorf("asked %d times for %d requests: %v", limit.n, requests(), err)
	}
}

func TestLimiterThatRefuses(t *testing.T) {
	address, requests := serve(t, reply(429, ""))
	refusal := errors.New("rate: would exceed the deadline")
	for _, allowed := range []int{0, 1} {
		before := requests()
		limit := &counter{limit: allowed, err: refusal}
		_, err := do(t, client(t, address, func(h *docferry.HTTP) { h.Limit = limit }), Unsafe)
		lost, ok := errors.AsType[*docferry.TransportError](err)
		if !ok || lost.Sent || !errors.Is(err, refusal) || !strings.Contains(err.Error(), "limiter") ||
			requests()-before != allowed {
			t.Errorf("after %d attempts: %v, %d requests", allowed, err, requests()-before)
		}
		// What the service said before is not lost.
		if errors.Is(err, docferry.ErrThrottled) != (allowed > 0) || docferry.OutcomeUnknown(err) {
			t.Errorf("after %d attempts: %v", allowed, err)
		}
	}
}

func TestContextThatEnds(t *testing.T) {
	address, requests := serve(t, reply(200, `{"Name":"n"}`))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Do[answer](ctx, client(t, address), NewOp("Get", "GET /items/{Id}", Safe), bare{ID: "x"}, nil)
	lost, ok := errors.AsType[*docferry.TransportError](err)
	if !ok || lost.Sent || !errors.Is(err, context.Canceled) || requests() != 0 || lost.Attempts != 0 {
		t.Errorf("ended before: %+v", err)
	}
	// The credentials take so long that the context ends meanwhile.
	c := client(t, address)
	ctx, cancel = context.WithCancel(t.Context())
	c.Authorize = func(context.Context, *http.Request, []byte) error { cancel(); return nil }
	_, err = Do[answer](ctx, c, NewOp("Get", "GET /items/{Id}", Safe), bare{ID: "x"}, nil)
	if lost, ok = errors.AsType[*docferry.TransportError](err); !ok || lost.Sent || !errors.Is(err, context.Canceled) ||
		requests() != 0 {
		t.Errorf("ended before sending: %+v", err)
	}
	// It ends while the service works.
	ctx, cancel = context.WithCancel(t.Context())
	working, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	_, err = Do[answer](ctx, client(t, working), NewOp("Make", "POST /items/{Id}", Idempotent), bare{ID: "x"}, nil)
	if lost, ok = errors.AsType[*docferry.TransportError](err); !ok || !lost.Sent || !errors.Is(err, context.Canceled) ||
		lost.Attempts != 1 {
		t.Errorf("ended while the service works: %+v", err)
	}
}

// The context ends in the wait for the next attempt: the refusal is kept.
func TestContextThatEndsInAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := emulate.NewMemory(reply(503, `{"code":"X"}`, "Retry-After", "50"))
		defer memory.Close()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Second, cancel)
		c := client(t, "http://h.example", func(h *docferry.HTTP) { h.Transport = memory })
		_, err := Do[answer](ctx, c, NewOp("Make", "POST /items/{Id}", Unsafe), bare{ID: "x"}, nil)
		lost, ok := errors.AsType[*docferry.TransportError](err)
		if !ok || lost.Sent || !errors.Is(err, context.Canceled) || !errors.Is(err, docferry.ErrUnavailable) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v", err)
		}
		if refused, ok := errors.AsType[*docferry.Error](err); !ok || refused.StatusCode != 503 || refused.Attempts != 1 {
			t.Errorf("the refusal is lost: %v", err)
		}
	})
}

// Credentials that cannot be had end the call; nothing is sent.
func TestAuthorizeThatFails(t *testing.T) {
	address, requests := serve(t, reply(200, `{"Name":"n"}`))
	c := client(t, address)
	failed := errors.New("no profile")
	c.Authorize = func(context.Context, *http.Request, []byte) error { return failed }
	_, err := do(t, c, Safe)
	lost, ok := errors.AsType[*docferry.TransportError](err)
	if !ok || lost.Sent || lost.Attempts != 1 || !errors.Is(err, failed) || requests() != 0 {
		t.Errorf("%+v, %d requests", err, requests())
	}
	own := &docferry.InputError{Operation: "authorize", Reason: "is missing"}
	c.Authorize = func(context.Context, *http.Request, []byte) error { return exchange.Local(own) }
	if _, err := do(t, c, Safe); err != error(own) {
		t.Errorf("an error that is in the caller's terms became %v", err)
	}
}
