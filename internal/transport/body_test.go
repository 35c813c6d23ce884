package transport

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
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
