package upload

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
)

// Progress is the progress of sending a source.
type Progress struct {
	Name    string // of the source
	Attempt int    // attempt to read the source, from 1; each starts again at 0 bytes
	Sent    int64  // bytes handed to the connection in this attempt
	Size    int64  // of the source
}

// WithProgress returns src with report called as it is read: at the start of
// each attempt and after every read. When Sent equals Size, the upload has not
// succeeded yet; wait for Upload to return. Calls for one attempt come in
// order. If report panics, the upload fails.
func WithProgress(src Source, report func(Progress)) Source {
	var attempts atomic.Int64
	return src.through(func(rc io.ReadCloser) io.ReadCloser {
		return &progressReader{ReadCloser: rc, report: report, attempts: &attempts,
			now: Progress{Name: src.Name, Size: src.Size}}
	})
}

// through returns the source with all of its readers wrapped.
func (s Source) through(wrap func(io.ReadCloser) io.ReadCloser) Source {
	open := s.Open
	if open == nil {
		return s // which no upload accepts
	}
	s.Open = func(ctx context.Context) (io.ReadCloser, error) {
		rc, err := open(ctx)
		if err != nil || rc == nil {
			return nil, err
		}
		return wrap(rc), nil
	}
	return s
}

type progressReader struct {
	io.ReadCloser
	report   func(Progress)
	attempts *atomic.Int64 // of all readers of the source
	now      Progress
}

func (r *progressReader) Read(p []byte) (int, error) {
	if r.now.Attempt == 0 { // a reader that is not read does not count as an attempt
		r.now.Attempt = int(r.attempts.Add(1))
		if panicked := r.tell(); panicked != nil {
			return 0, panicked
		}
	}
	n, err := r.ReadCloser.Read(p)
	if n > 0 {
		r.now.Sent = min(r.now.Sent+int64(n), r.now.Size) // the upload fails if there is more
		if panicked := r.tell(); panicked != nil {
			return n, panicked
		}
	}
	return n, err
}

// tell calls the callback, and recovers from a panic. The callback runs on a
// goroutine of the transport, where a panic would end the program.
func (r *progressReader) tell() (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the progress callback panicked: %v", v)
		}
	}()
	r.report(r.now)
	return nil
}

// ByteLimiter bounds a rate of bytes. A *rate.Limiter of golang.org/x/time/rate
// is a ByteLimiter; its burst must be at least 16 KiB.
type ByteLimiter interface {
	WaitN(ctx context.Context, n int) error
}

// maxBurst is how many bytes a throttled source requests from its limiter at
// most.
const maxBurst = 16 << 10

// WithThrottle returns src with its reading limited by limiter, which several
// sources may share. Waiting ends when ctx does; pass the context of the
// upload.
func WithThrottle(ctx context.Context, src Source, limiter ByteLimiter) Source {
	return src.through(func(rc io.ReadCloser) io.ReadCloser { return &throttledReader{rc, ctx, limiter} })
}

type throttledReader struct {
	io.ReadCloser
	ctx     context.Context
	limiter ByteLimiter
}

func (r *throttledReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p[:min(len(p), maxBurst)])
	if n > 0 {
		if wait := r.limiter.WaitN(r.ctx, n); wait != nil {
			return 0, wait
		}
	}
	return n, err
}
