package retry

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A service that throttles admits requests at some rate, and often does not say at
// which. If a thousand calls merely back off, each by itself, they exceed that rate
// again and again, and most of what they send is refused. So the calls of an operation
// find the rate together, and take turns below it.
//
// When two of five requests are refused, the rate is set to what was admitted in the
// last second. It then doubles each second until there is another refusal. From then
// on it grows slowly, and shrinks a little with each refusal, so that it stays near the
// limit of the service.
//
// If only a few requests are made or refused, no rate is set: backing off is enough.
const (
	busy    = 30               // answers in a second, below which no rate is set
	window  = time.Second      // for which requests are counted
	growth  = 0.05             // of the rate in a second, once it is found: 1 for each 20 that were admitted
	shrink  = 0.95             // of the rate, or of what was admitted below it, with a refusal
	minRate = 1.0              // requests a second
	quiet   = 30 * time.Second // without refusals, after which there is no rate any more
)

// rates has the rate of each operation that is called. The zero value has none.
type rates struct{ all sync.Map } // string to *rate

// of returns the rate of an operation.
func (r *rates) of(operation string) *rate {
	found, ok := r.all.Load(operation)
	if !ok {
		found, _ = r.all.LoadOrStore(operation, new(rate))
	}
	return found.(*rate) //nolint:forcetypeassert // nothing else is stored
}

// Turn waits until a request for an operation may be sent. Only if the service has
// refused some for being too many is there anything to wait for.
func (g *Governor) Turn(ctx context.Context, operation string) error {
	return g.rates.of(operation).turn(ctx)
}

// Answered notes an answer to a request that had its turn: whether it was refused
// because there were too many.
func (g *Governor) Answered(operation string, throttled bool) {
	g.rates.of(operation).answered(time.Now(), throttled)
}

// rate is how many requests of one operation may be sent in a second. As long as there is
// no limit, requests only count what was admitted, without a lock.
type rate struct {
	limited  atomic.Bool               // there is a limit
	began    atomic.Pointer[time.Time] // of the window that counts now
	admitted atomic.Int64              // in that window

	mu sync.Mutex // guards the fields below, and changes of limited and began

	limit   float64   // requests a second; 0 means that there is no limit
	found   bool      // the limit was met since it was set
	next    time.Time // when the next request may be sent, if there is a limit
	refused time.Time // when the last request was refused
	lowered time.Time // when the limit was last lowered

	turnedDown   int   // in the window that counts now
	lastAdmitted int64 // in the window before

	waiting []chan struct{} // first come, first served
	timer   *time.Timer     // for the first of them; nil if none waits
}

// turn waits until the next request may be sent.
func (r *rate) turn(ctx context.Context) error {
	if !r.limited.Load() {
		return nil
	}
	r.mu.Lock()
	now := time.Now()
	if now.Sub(r.refused) > quiet && len(r.waiting) == 0 {
		r.limit = 0
		r.limited.Store(false)
	}
	if r.limit == 0 || len(r.waiting) == 0 && !now.Before(r.next) {
		r.send(now)
		r.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	r.waiting = append(r.waiting, turn)
	r.arm(now)
	r.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := slices.Index(r.waiting, turn); i >= 0 {
		r.waiting = slices.Delete(r.waiting, i, i+1)
		r.arm(time.Now())
	} // otherwise its turn has just come, and is lost
	return fmt.Errorf("waiting for a turn, since the service admits %.0f requests a second: %w", r.limit, ctx.Err())
}

// send says when the next request may be sent after one that is sent now.
func (r *rate) send(now time.Time) {
	if r.limit > 0 {
		if r.next.Before(now) {
			r.next = now
		}
		r.next = r.next.Add(time.Duration(float64(time.Second) / r.limit))
	}
}

// arm sets the timer for the first that waits, or stops it if none does.
func (r *rate) arm(now time.Time) {
	switch {
	case len(r.waiting) == 0 && r.timer != nil:
		r.timer.Stop()
		r.timer = nil
	case len(r.waiting) > 0 && r.timer == nil:
		r.timer = time.AfterFunc(r.next.Sub(now), r.release)
	}
}

// release lets those go whose turn has come.
func (r *rate) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.timer = nil
	now := time.Now()
	for len(r.waiting) > 0 && !now.Before(r.next) {
		close(r.waiting[0])
		r.waiting = r.waiting[1:]
		r.send(now)
	}
	r.arm(now)
}

// roll begins another window, if the time of this one is over.
func (r *rate) roll(now time.Time) {
	began := r.began.Load()
	switch {
	case began != nil && now.Sub(*began) < window:
	case began != nil && now.Sub(*began) < 2*window:
		next := began.Add(window)
		r.begin(next, r.admitted.Load())
	default:
		r.begin(now, 0)
	}
}

// begin begins a window.
func (r *rate) begin(at time.Time, lastAdmitted int64) {
	r.lastAdmitted, r.turnedDown = lastAdmitted, 0
	r.admitted.Store(0)
	r.began.Store(&at)
}

// answered notes an answer.
func (r *rate) answered(now time.Time, throttled bool) {
	if began := r.began.Load(); !throttled && !r.limited.Load() && began != nil && now.Sub(*began) < window {
		r.admitted.Add(1)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.roll(now)
	if !throttled {
		r.admitted.Add(1)
		switch {
		case r.limit == 0:
		case r.found:
			r.limit += growth
		default:
			r.limit++
		}
		return
	}
	r.refused = now
	r.turnedDown++
	inWindow := r.admitted.Load()
	few := int64(r.turnedDown)+inWindow < busy || 3*int64(r.turnedDown) < 2*inWindow
	if r.limit == 0 && few || now.Sub(r.lowered) < window {
		return // this request may have been sent before the limit was lowered
	}
	admitted := float64(max(inWindow, r.lastAdmitted))
	if r.limit > 0 {
		r.found = true
		admitted = shrink * min(r.limit, admitted)
	}
	r.limit, r.lowered = max(admitted, minRate), now
	r.limited.Store(true)
	// What was admitted before says nothing of what comes: it may have been a burst.
	r.begin(now, 0)
	if r.next.Before(now) {
		r.next = now.Add(time.Duration(float64(time.Second) / r.limit))
	}
}
