package exchange

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
)

// script answers the attempts of an exchange one after the other: with a status,
// or with a lost connection if that is 0.
type script struct {
	statuses []int
	header   http.Header
	attempts int
}

func (s *script) RoundTrip(*http.Request) (*http.Response, error) {
	status := s.statuses[min(s.attempts, len(s.statuses)-1)]
	if s.attempts++; status == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return &http.Response{StatusCode: status, Header: s.header.Clone(), Body: http.NoBody}, nil
}

func perform(
	t *testing.T, repeat Repeat, s *script, change func(*docferry.HTTP), fails func(attempt int) error,
) (Report, error) {
	t.Helper()
	h := docferry.HTTP{Transport: s, Retry: fast, AllowPrivate: true}
	if change != nil {
		change(&h)
	}
	x, task := exchange(t, "http://h.example/k", repeat)
	x.Peer = must(NewStorage("upload", h))
	task.peer = x.Peer
	return x.Run(t.Context(), &failing{task, fails, s})
}

// failing is a task whose request cannot always be built.
type failing struct {
	*put
	fails  func(attempt int) error
	script *script
}

func (f *failing) Build(ctx context.Context) (*Request, error) {
	if f.fails != nil {
		if err := f.fails(f.script.attempts + 1); err != nil {
			return nil, err
		}
	}
	return f.put.Build(ctx)
}

// The refusal of a later attempt does not prove that the first did nothing.
func TestDoubtSurvivesARefusal(t *testing.T) {
	for _, first := range []int{0, 500, 502, 504} {
		for _, then := range []int{400, 401, 403, 404, 409, 412} {
			report, err := perform(t, Idempotent, &script{statuses: []int{first, then}}, nil, nil)
			refused, ok := errors.AsType[*docferry.Error](err)
			if !ok || refused.StatusCode != then || refused.Attempts != 2 || refused.Earlier == nil ||
				!docferry.OutcomeUnknown(err) || !report.Doubt {
				t.Errorf("%d, then %d: %v", first, then, err)
			}
			if first == 0 && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("the cause is not the answer that was lost: %v", err)
			}
		}
		// A success settles it.
		if _, err := perform(t, Idempotent, &script{statuses: []int{first, 200}}, nil, nil); err != nil {
			t.Errorf("%d, then 200: %v", first, err)
		}
		// A read has no effect that could be in doubt.
		if _, err := perform(t, Safe, &script{statuses: []int{first, 404}}, nil, nil); docferry.OutcomeUnknown(err) {
			t.Errorf("%d, then 404, of a read: %v", first, err)
		}
	}
	// Throttled to the end, after an answer was lost.
	_, err := perform(t, Idempotent, &script{statuses: []int{0, 429, 429}}, nil, nil)
	if !docferry.OutcomeUnknown(err) || !errors.Is(err, docferry.ErrThrottled) {
		t.Errorf("lost, then throttled: %v", err)
	}
	// Without a lost answer, a refusal is proof.
	for _, statuses := range [][]int{{404}, {429, 404}, {429, 429, 429}} {
		if _, err := perform(t, Idempotent, &script{statuses: statuses}, nil, nil); docferry.OutcomeUnknown(err) ||
			err == nil {
			t.Errorf("%v: %v", statuses, err)
		}
	}
}

// What fails on this machine afterwards does not clear up the first attempt.
func TestDoubtSurvivesALocalError(t *testing.T) {
	own := &docferry.InputError{Service: "upload", Reason: "is required"}
	second := func(err error) func(int) error {
		return func(attempt int) error {
			if attempt == 2 {
				return err
			}
			return nil
		}
	}
	for name, err := range map[string]error{"local": Local(own), "other": errors.New("no credentials")} {
		_, got := perform(t, Idempotent, &script{statuses: []int{0}}, nil, second(err))
		lost, ok := errors.AsType[*docferry.TransportError](got)
		if !ok || !lost.Sent || !docferry.OutcomeUnknown(got) {
			t.Errorf("%s: %v", name, got)
		}
		if name == "local" && !errors.Is(got, own) {
			t.Errorf("the local error is lost: %v", got)
		}
	}
	if _, got := perform(t, Idempotent, &script{statuses: []int{429}}, nil, second(Local(own))); got != error(own) {
		t.Errorf("after a clear refusal: %v", got)
	}
	// The limiter refuses the second attempt.
	limit := &refusingLimiter{allow: 1}
	_, got := perform(t, Idempotent, &script{statuses: []int{0}}, func(h *docferry.HTTP) { h.Limit = limit }, nil)
	if !docferry.OutcomeUnknown(got) {
		t.Errorf("the limiter: %v", got)
	}
}

type refusingLimiter struct{ allow int }

func (l *refusingLimiter) Wait(context.Context) error {
	if l.allow--; l.allow < 0 {
		return errors.New("the rate is exceeded")
	}
	return nil
}

// An observer that forgets to return a context does no harm.
func TestObserverWithoutContext(t *testing.T) {
	seen := 0
	_, err := perform(t, Safe, &script{statuses: []int{500, 200}}, func(h *docferry.HTTP) {
		h.Observer = docferry.Observer{
			Start: func(context.Context, docferry.Attempt) context.Context { return nil },
			Done: func(ctx context.Context, _ docferry.Attempt) {
				if seen++; ctx == nil {
					t.Error("Done got no context")
				}
			},
		}
	}, nil)
	if err != nil || seen != 2 {
		t.Errorf("%v after %d attempts", err, seen)
	}
}

// What a service asks to wait for holds back everything that has its Pace.
func TestPaceIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := new(docferry.Pace)
		shared := func(h *docferry.HTTP) { h.Pace = pace }
		began := time.Now()
		done := make(chan error, 1)
		go func() {
			_, err := perform(t, Idempotent, &script{statuses: []int{429, 200}, header: http.Header{"Retry-After": {"30"}}},
				shared, nil)
			done <- err
		}()
		synctest.Wait() // the first has been told to wait
		if _, err := perform(t, Safe, &script{statuses: []int{200}}, shared, nil); err != nil ||
			time.Since(began) != 30*time.Second {
			t.Errorf("another client went ahead after %v: %v", time.Since(began), err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		began = time.Now()
		if _, err := perform(t, Safe, &script{statuses: []int{200}}, nil, nil); err != nil || time.Since(began) != 0 {
			t.Errorf("a client with a pace of its own waited %v: %v", time.Since(began), err)
		}
	})
}

// must returns v, if there is no error.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
