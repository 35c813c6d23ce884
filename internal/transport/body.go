package transport

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Body is the body of one attempt. Unlike what it wraps, it can be closed
// while a transport still reads it, and it remembers why reading failed: a
// disk error must not pass for a network error.
type Body struct {
	ctx    context.Context
	source io.ReadCloser
	busy   chan struct{} // holds a token while the source is in use
	closed atomic.Bool
	failed atomic.Pointer[error]
	read   atomic.Bool // some of it was, so that it may have been sent
	prompt bool        // reading and closing it never has to be waited for
	watch  *watch      // is told when reading begins and ends; nil if nobody watches

	mu     sync.Mutex
	begun  bool          // being read, or may be
	held   chan struct{} // closed when the wait is over; nil if nothing is against reading
	over   bool          // the wait is over, or will be when it begins
	broken bool          // because the connection is closed
}

// Prompt is a source whose functions return at once, because the content is in memory. They
// are called without the goroutine that would let an attempt end while one of them hangs.
type Prompt interface{ Prompt() bool }

// NewBody wraps source, and closes it exactly once.
func NewBody(ctx context.Context, source io.ReadCloser) *Body {
	b := &Body{ctx: ctx, source: source, busy: make(chan struct{}, 1)}
	if p, ok := source.(Prompt); ok {
		b.prompt = p.Prompt()
	}
	return b
}

// What a transport gets that reads a body which it is not to send. It is never shown
// for an error of the source.
var (
	errClosed = errors.New("read after the attempt ended")
	errBroken = errors.New("the answer broke off before it said whether to send the body")
)

// holdLimit is how long an answer that has begun may take to say whether the body
// is to be sent.
const holdLimit = 10 * time.Second

// Read implements [io.Reader].
func (b *Body) Read(p []byte) (int, error) {
	if !b.begin() {
		return 0, errBroken
	}
	b.busy <- struct{}{}
	defer b.release()
	if b.closed.Load() {
		return 0, errClosed
	}
	b.read.Store(true)
	if b.watch != nil {
		b.watch.enter(elsewhere) // how long the source takes is not the other side's fault
	}
	n, err := b.source.Read(p)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		b.fail(err)
	case b.watch != nil && err != nil:
		b.watch.readAll()
	case b.watch != nil:
		b.watch.enter(taking)
	}
	return n, err
}

// hold makes the first read wait for permit or for the end of the attempt. It
// does nothing once reading has begun.
func (b *Body) hold() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.begun || b.held != nil {
		return
	}
	b.held = make(chan struct{})
	if b.over {
		close(b.held)
	}
}

// permit lets reading begin.
func (b *Body) permit() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begun, b.broken = true, false
	b.endWait()
}

// abandon ends a read that is held back: the connection is closed, so nothing
// will permit it.
func (b *Body) abandon() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.begun {
		b.broken = true
		b.endWait()
	}
}

// endWait ends the wait of a read that is held back. The caller holds mu.
func (b *Body) endWait() {
	if b.held != nil && !b.over {
		close(b.held)
	}
	b.over = true
}

// begin waits until the body may be read. It returns false if it never may: net/http
// waits for the read, so that the attempt would hang.
func (b *Body) begin() bool {
	b.mu.Lock()
	held, over := b.held, b.over
	b.begun = b.begun || held == nil
	b.mu.Unlock()
	if held == nil {
		return true
	}
	if !over { // as at the first read only
		timer := time.NewTimer(holdLimit)
		defer timer.Stop()
		select {
		case <-held:
		case <-b.ctx.Done():
		case <-timer.C:
			return false
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.broken
}

// release gives the source back. After Close was called, the source is closed
// by the goroutine that gives it back. An error of that counts like one of
// reading: it may be where a source reports that its content is not right.
func (b *Body) release() {
	if source := b.source; b.closed.Load() && source != nil {
		b.source = nil
		if err := b.end(source); err != nil {
			b.fail(err)
		}
	}
	<-b.busy
}

// fail keeps the first error.
func (b *Body) fail(err error) { b.failed.CompareAndSwap(nil, &err) }

// end closes the source.
func (b *Body) end(source io.Closer) error {
	if b.prompt {
		return source.Close()
	}
	return Within(b.ctx, source.Close, nil)
}

// Close closes the source once no read is under way. It waits for that, but
// not beyond the end of the attempt's context. It always returns nil; see Err.
func (b *Body) Close() error {
	if b.closed.CompareAndSwap(false, true) {
		b.mu.Lock()
		b.endWait()
		b.mu.Unlock()
	}
	select {
	case b.busy <- struct{}{}:
		b.release()
	case <-b.ctx.Done():
		select {
		case b.busy <- struct{}{}:
			b.release()
		default: // the read under way closes it
		}
	}
	return nil
}

// Err returns the first error of reading or closing the source, or nil.
func (b *Body) Err() error {
	if err := b.failed.Load(); err != nil {
		return *err
	}
	return nil
}
