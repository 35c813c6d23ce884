package transport

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// Limits bound how long one request may stand still. They hold whatever the
// transport and the protocol are, because what is watched is the body, not the
// connection. Zero means the default.
type Limits struct {
	// Stall is how long a body may make no progress in either direction. A slow
	// transfer that moves is never cut off.
	Stall time.Duration
	// Answer is how long the other side may take to answer once it has all of
	// the request.
	Answer time.Duration
	// Cancel cancels the context of the request. Nil makes a context for that.
	Cancel context.CancelCauseFunc
}

// The defaults. Services check and copy content before they answer, so an
// answer to content takes longer than any other.
const (
	stallLimit         = time.Minute
	answerLimit        = time.Minute
	contentAnswerLimit = 15 * time.Minute
)

// stall returns the limit for a body.
func (l Limits) stall() time.Duration { return cmp.Or(max(l.Stall, 0), stallLimit) }

// answer returns the limit for an answer, which is longer for one to content.
func (l Limits) answer(content bool) time.Duration {
	if limit := max(l.Answer, 0); limit > 0 || !content {
		return cmp.Or(limit, answerLimit)
	}
	return contentAnswerLimit
}

// StallError says that the other side stopped moving.
type StallError struct {
	// Unanswered is set if all of the request was sent and no answer came.
	Unanswered bool
	text       string
}

// Error returns what the other side did not do, and which option allows more.
func (e *StallError) Error() string { return e.text }

// Timeout returns true, as for every error of a time that is over.
func (e *StallError) Timeout() bool { return true }

// Unwrap returns [os.ErrDeadlineExceeded].
func (e *StallError) Unwrap() error { return os.ErrDeadlineExceeded }

// phase is what a request waits for.
type phase int

const (
	elsewhere phase = iota // for a connection or for the source, which have limits of their own or none
	taking                 // for the other side, which is to take the body
	answering              // for the answer
	over
)

// watch ends an attempt that stands still while its request is sent. It is safe
// for concurrent use: a transport reads the body on a goroutine of its own.
type watch struct {
	limits Limits
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	content bool // the body is streamed
	traced  bool // the transport tells what it does
	phase   phase
	moved   time.Time // when something moved last, or the phase began
	queue   func() (int64, bool)
	queued  int64 // what queue returned last
	timer   *time.Timer
	broken  func()      // is called when the connection is closed; may be nil
	conn    *movingConn // that tells so
}

// looks is into how many parts the stall limit is divided: at the end of each,
// the connection is asked whether it has moved.
const looks = 12

// enter begins a phase, or notes that something has moved in it.
func (w *watch) enter(p phase) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.phase == over {
		return
	}
	w.phase, w.moved = p, time.Now()
	if w.timer == nil && p != elsewhere {
		w.timer = time.AfterFunc(w.limits.stall()/looks, w.look)
	}
}

// stillAtWork notes that the other side says that its answer takes longer.
func (w *watch) stillAtWork() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.phase == answering {
		w.moved = time.Now()
	}
}

// look ends the attempt if nothing has moved for too long.
func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.phase == over {
		return
	}
	now, limit := time.Now(), w.limits.stall()
	if w.phase == answering {
		limit = w.limits.answer(w.content)
	}
	if w.queue != nil && w.phase == taking {
		if queued, ok := w.queue(); ok && queued != w.queued {
			w.queued, w.moved = queued, now
		}
	}
	left := limit - now.Sub(w.moved)
	switch {
	case w.phase == elsewhere:
		left = limit
	case left <= 0 && w.phase == answering:
		w.cancel(&StallError{Unanswered: true,
			text: fmt.Sprintf("no answer came within %v after the request was sent; HTTP.AnswerTimeout allows more", limit)})
		return
	case left <= 0:
		w.cancel(&StallError{text: fmt.Sprintf(
			"the other side took nothing more of the body for %v; HTTP.StallTimeout allows more", limit)})
		return
	}
	w.timer.Reset(min(left, w.limits.stall()/looks))
}

// stop ends the watch.
func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.phase = over
	if w.timer != nil {
		w.timer.Stop()
	}
	if w.conn != nil {
		w.conn.closed.CompareAndSwap(&w.broken, nil)
	}
}

// wroteHeader notes that the transport tells what it does, and that the other
// side is to take the body now.
func (w *watch) wroteHeader() {
	w.mu.Lock()
	w.traced = true
	content := w.content
	w.mu.Unlock()
	if content {
		w.enter(taking)
	}
}

// readAll notes that the transport has all of the body. Part of it may still be
// on the way; a transport that tells will say when it is not.
func (w *watch) readAll() {
	w.mu.Lock()
	traced := w.traced
	w.mu.Unlock()
	if traced {
		w.enter(taking)
	} else {
		w.enter(answering)
	}
}

// connected finds out how to see that a connection moves although the body is
// not read: systems buffer megabytes, which a slow peer takes long to drain. An
// HTTP/2 connection is shared, so that its progress says nothing about one body.
func (w *watch) connected(c net.Conn) {
	if secure, ok := c.(*tls.Conn); ok {
		if secure.ConnectionState().NegotiatedProtocol == "h2" {
			return
		}
		c = secure.NetConn()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if own, ok := c.(*movingConn); ok {
		w.queue = func() (int64, bool) { return own.written.Load(), true }
		if w.broken != nil && w.phase != over {
			w.conn = own
			own.closed.Store(&w.broken)
		}
	} else {
		w.queue = unsent(c)
	}
	if w.queue != nil {
		w.queued, _ = w.queue()
	}
}

// watchAnswer returns the body of an answer, so that a read which waits too long
// for the next byte ends the attempt.
func watchAnswer(ctx context.Context, limits Limits, cancel context.CancelCauseFunc,
	resp *http.Response) io.ReadCloser {
	if resp.StatusCode == http.StatusSwitchingProtocols || resp.Body == nil || resp.Body == http.NoBody {
		return resp.Body
	}
	return &watchedBody{ReadCloser: resp.Body, ctx: ctx, limit: limits.stall(), cancel: cancel}
}

// watchedBody limits each read of an answer's body. The time between two reads is the
// caller's own and does not count.
type watchedBody struct {
	io.ReadCloser
	ctx    context.Context
	limit  time.Duration
	cancel context.CancelCauseFunc
	timer  *time.Timer // runs during a read
}

// Read implements [io.Reader].
func (b *watchedBody) Read(p []byte) (int, error) {
	if b.timer == nil {
		b.timer = time.AfterFunc(b.limit, func() {
			b.cancel(&StallError{text: fmt.Sprintf(
				"the other side sent nothing more of the answer for %v; HTTP.StallTimeout allows more", b.limit)})
		})
	} else {
		b.timer.Reset(b.limit)
	}
	n, err := b.ReadCloser.Read(p)
	b.timer.Stop()
	return n, stallOr(b.ctx, err)
}

// stallOr returns the reason why a watch ended the attempt, in place of the
// error to which that led. Of io.EOF nothing is changed.
func stallOr(ctx context.Context, err error) error {
	if err == nil || err == io.EOF { //nolint:errorlint // an answer that is complete
		return err
	}
	if stalled, ok := context.Cause(ctx).(*StallError); ok { //nolint:errorlint // it is the cause itself
		return stalled
	}
	return err
}
