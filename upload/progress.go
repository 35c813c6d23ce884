package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
)

// Progress is how far the sending of a source has come.
type Progress struct {
	Name    string // of the source
	Attempt int    // how often the source was opened; each attempt starts again from 0
	Sent    int64  // bytes handed to the connection in this attempt
	Size    int64  // of the source
}

// WithProgress returns src with report called as it is read: at the start of
// each attempt and after every read. Sent equal to Size is not success; that
// is when Upload returns. Calls for one attempt come in order. If report
// panics, the upload fails.
func WithProgress(src Source, report func(Progress)) Source {
	open := src.Open
	var attempts atomic.Int64
	src.Open = func() (io.ReadCloser, error) {
		rc, err := open()
		if err != nil {
			return nil, err
		}
		r := &progressReader{ReadCloser: rc, report: report,
			now: Progress{Name: src.Name, Attempt: int(attempts.Add(1)), Size: src.Size}}
		if err := r.tell(); err != nil {
			return nil, errors.Join(err, rc.Close())
		}
		return r, nil
	}
	return src
}

type progressReader struct {
	io.ReadCloser
	report func(Progress)
	now    Progress
}

func (r *progressReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if n > 0 {
		r.now.Sent += int64(n)
		if panicked := r.tell(); panicked != nil {
			return n, panicked
		}
	}
	return n, err
}

// tell calls the callback. It runs on a goroutine of the transport, where a
// panic would end the program.
func (r *progressReader) tell() (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the progress callback panicked: %v", v)
		}
	}()
	r.report(r.now)
	return nil
}

// ByteLimiter bounds a rate of bytes. A *rate.Limiter of
// golang.org/x/time/rate fits; its burst must be at least 16 KiB.
type ByteLimiter interface {
	WaitN(ctx context.Context, n int) error
}

// maxBurst is the most that a throttled source asks its limiter for at once.
const maxBurst = 16 << 10

// WithThrottle returns src with every byte waiting for limiter. Sources may
// share one. Waiting ends when ctx does; give the context of the upload.
func WithThrottle(ctx context.Context, src Source, limiter ByteLimiter) Source {
	open := src.Open
	src.Open = func() (io.ReadCloser, error) {
		rc, err := open()
		if err != nil {
			return nil, err
		}
		return &throttledReader{rc, ctx, limiter}, nil
	}
	return src
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
