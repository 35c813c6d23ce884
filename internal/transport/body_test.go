package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// source counts what is done to it, and blocks in Read while gate is not nil.
type source struct {
	io.Reader
	gate   chan struct{}
	inRead bool
	closes int
	bad    bool // closed during a read
}

func (s *source) Read(p []byte) (int, error) {
	s.inRead = true
	defer func() { s.inRead = false }()
	if s.gate != nil {
		<-s.gate
	}
	return s.Reader.Read(p)
}

func (s *source) Close() error {
	s.closes++
	s.bad = s.bad || s.inRead
	return nil
}

func TestBodyClosesOnce(t *testing.T) {
	s := &source{Reader: strings.NewReader("text")}
	b := NewBody(t.Context(), s)
	if text, err := io.ReadAll(b); err != nil || string(text) != "text" {
		t.Errorf("%q, %v", text, err)
	}
	for range 3 {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := b.Read(make([]byte, 1)); err != errClosed {
		t.Errorf("a read after Close gives %v", err)
	}
	if s.closes != 1 || b.Err() != nil {
		t.Errorf("closed %d times, error %v", s.closes, b.Err())
	}
}

func TestBodyRemembersTheFirstError(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	for name, tt := range map[string]struct {
		errs []error
		want error
	}{
		"end":     {[]error{io.EOF}, nil},
		"one":     {[]error{first}, first},
		"two":     {[]error{first, second}, first},
		"cut":     {[]error{io.ErrUnexpectedEOF}, io.ErrUnexpectedEOF},
		"nothing": {[]error{nil, io.EOF}, nil},
	} {
		b := NewBody(t.Context(), &source{Reader: &failing{tt.errs}})
		for _, want := range tt.errs {
			if _, err := b.Read(make([]byte, 1)); err != want {
				t.Errorf("%s: read gives %v, want %v", name, err, want)
			}
		}
		if got := b.Err(); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

type failing struct{ errs []error }

func (f *failing) Read([]byte) (int, error) {
	err := f.errs[0]
	f.errs = f.errs[1:]
	return 0, err
}

// Close waits for a read that is under way, so that the source is not in use
// when the call returns.
func TestBodyCloseWaitsForTheRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{Reader: strings.NewReader("text"), gate: make(chan struct{})}
		b := NewBody(t.Context(), s)
		go func() { _, _ = b.Read(make([]byte, 1)) }()
		synctest.Wait()
		closed := false
		go func() {
			_ = b.Close()
			closed = true
		}()
		synctest.Wait()
		if closed || s.closes != 0 {
			t.Error("closed during a read")
		}
		s.gate <- struct{}{}
		synctest.Wait()
		if !closed || s.closes != 1 || s.bad {
			t.Errorf("closed %v, %d times, in a read %v", closed, s.closes, s.bad)
		}
	})
}

// Close does not wait for a read that hangs for longer than the attempt; the
// read closes the source when it returns.
func TestBodyCloseDoesNotOutliveTheAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &source{Reader: strings.NewReader("text"), gate: make(chan struct{})}
		b := NewBody(ctx, s)
		go func() { _, _ = b.Read(make([]byte, 1)) }()
		synctest.Wait()
		cancel()
		_ = b.Close()
		_ = b.Close()
		if s.closes != 0 {
			t.Error("closed during a read")
		}
		s.gate <- struct{}{}
		synctest.Wait()
		if s.closes != 1 || s.bad {
			t.Errorf("closed %d times, in a read %v", s.closes, s.bad)
		}
	})
}

// A transport that is stuck in a read of the body is left behind when the
// context has ended, and what it gives later is closed.
func TestSendLeavesAStuckTransportBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		s := &source{Reader: strings.NewReader("text"), gate: make(chan struct{})}
		answer := &source{Reader: strings.NewReader("late")}
		req, err := http.NewRequestWithContext(ctx, http.MethodPut, "http://h.example", NewBody(ctx, s))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		resp, trace, err := Send(function(func(r *http.Request) (*http.Response, error) {
			_, _ = r.Body.Read(make([]byte, 1))
			_ = r.Body.Close()
			return &http.Response{Body: answer}, nil
		}), req, Limits{})
		if resp != nil || !trace.Sent || err != context.DeadlineExceeded || time.Since(began) != time.Minute+patience {
			t.Errorf("%v, sent %v, %v after %v", resp, trace.Sent, err, time.Since(began))
		}
		s.gate <- struct{}{}
		synctest.Wait()
		if s.closes != 1 || answer.closes != 1 {
			t.Errorf("source closed %d times, late answer %d times", s.closes, answer.closes)
		}
	})
}

// A transport that heeds the context is waited for, and a panic in it comes
// out where it would.
func TestSendWaitsForAStreamedBody(t *testing.T) {
	body := func() io.ReadCloser { return NewBody(t.Context(), &source{Reader: strings.NewReader("text")}) }
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodPut, "http://h.example", body())
		if err != nil {
			t.Fatal(err)
		}
		finished := false
		_, _, err = Send(function(func(r *http.Request) (*http.Response, error) {
			cancel()
			time.Sleep(patience / 2)
			finished = true
			return nil, io.ErrUnexpectedEOF
		}), req, Limits{})
		if err != io.ErrUnexpectedEOF || !finished {
			t.Errorf("%v, finished %v", err, finished)
		}
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://h.example", body())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if got := recover(); got != "stop" {
			t.Errorf("recovered %v", got)
		}
	}()
	_, _, _ = Send(function(func(*http.Request) (*http.Response, error) { panic("stop") }), req, Limits{}) //nolint:dogsled // nothing of it matters
	t.Error("the panic was swallowed")
}
