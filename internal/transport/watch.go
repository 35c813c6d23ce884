package transport

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
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
	between                // for the caller, who reads the answer's body
	arriving               // for more of the answer's body
	over
)

// watch ends an attempt that stands still, while its request is sent and while the body
// of the answer is read. It is safe for concurrent use: a transport reads the body of
// the request on a goroutine of its own.
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
	running bool          // the timer is
	until   time.Time     // when the whole of the answer has to be there; zero if there is no limit
	whole   time.Duration // how long that is
	broken  func()        // is called when the connection is closed; may be nil
	conn    *movingConn   // that tells so
}

// looks is into how many parts the stall limit is divided: at the end of each,
// the connection is asked whether it has moved.
const looks = 12

// enter begins a phase of sending, or notes that something has moved in it. A transport
// may still read the body of the request when the answer is there: that no longer counts.
func (w *watch) enter(p phase) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.phase >= between {
		return
	}
	w.phase, w.moved = p, time.Now()
	if p != elsewhere {
		w.run(w.limits.stall() / looks)
	}
}

// run makes sure that the timer looks at the request within d.
func (w *watch) run(d time.Duration) {
	switch {
	case w.timer == nil:
		w.timer = time.AfterFunc(d, w.look)
	case !w.running:
		w.timer.Reset(d)
	}
	w.running = true
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
	w.running = false
	now, limit := time.Now(), w.limits.stall()
	if w.queue != nil && w.phase == taking {
		if queued, ok := w.queue(); ok && queued != w.queued {
			w.queued, w.moved = queued, now
		}
	}
	left := limit
	switch w.phase {
	case between, over: // the next read starts the timer again
		return
	case elsewhere:
	case answering:
		limit = w.limits.answer(w.content)
		fallthrough
	case taking, arriving:
		left = limit - now.Sub(w.moved)
	}
	if w.phase == arriving && !w.until.IsZero() {
		left = min(left, w.until.Sub(now))
	}
	if left <= 0 {
		w.cancel(w.stalled(limit, now))
		return
	}
	w.run(min(left, w.limits.stall()/looks))
}

// stalled says what has not moved.
func (w *watch) stalled(limit time.Duration, now time.Time) *StallError {
	switch {
	case w.phase == answering:
		return &StallError{Unanswered: true,
			text: fmt.Sprintf("no answer came within %v after the request was sent; HTTP.AnswerTimeout allows more", limit)}
	case w.phase == arriving && !w.until.IsZero() && !now.Before(w.until):
		return &StallError{text: fmt.Sprintf("the answer was not complete after %v", w.whole)}
	case w.phase == arriving:
		return &StallError{text: fmt.Sprintf(
			"the other side sent nothing more of the answer for %v; HTTP.StallTimeout allows more", limit)}
	}
	return &StallError{text: fmt.Sprintf(
		"the other side took nothing more of the body for %v; HTTP.StallTimeout allows more", limit)}
}

// sent ends the phases of sending. If there is an answer to read, the watch goes on.
func (w *watch) sent(next phase) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.phase = next
	if w.timer != nil && next == over {
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

// arrival is the body of an answer. A read of it that waits too long for the next byte
// ends the attempt. The time between two reads is the caller's own and does not count.
type arrival struct {
	io.ReadCloser
	ctx   context.Context
	watch *watch
}

// Read implements [io.Reader].
func (b *arrival) Read(p []byte) (int, error) {
	b.watch.reads(true)
	n, err := b.ReadCloser.Read(p)
	b.watch.reads(false)
	return n, stallOr(b.ctx, err)
}

// Close ends the watch and closes the body.
func (b *arrival) Close() error {
	b.watch.sent(over)
	return b.ReadCloser.Close()
}

// Bound limits how long reading the body of an answer may take as a whole, from now on.
// It has no effect on a body that does not come from [Send].
func Bound(body io.Reader, limit time.Duration) {
	if b, ok := body.(*arrival); ok {
		b.watch.bound(limit)
	}
}

// reads notes that a read of the answer begins or ends.
func (w *watch) reads(begin bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.phase == over:
	case begin:
		w.phase, w.moved = arriving, time.Now()
		next := w.limits.stall() / looks
		if !w.until.IsZero() {
			next = min(next, w.until.Sub(w.moved))
		}
		w.run(next)
	default:
		w.phase = between
	}
}

// bound limits how long the rest of the answer may take.
func (w *watch) bound(limit time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.until, w.whole = time.Now().Add(limit), limit
	w.running = false // the timer may be set for later
	w.run(min(limit, w.limits.stall()/looks))
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
