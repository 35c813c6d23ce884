package retry

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// The retry budget keeps retries from multiplying the load on a service that is
// already in trouble. Each retry costs retryCost, and each call that succeeds gives
// successPay back, up to the full credit.
//
// From a full credit, 500/5 = 100 retries are possible without any success. After
// that, every call is tried only once, until calls succeed again: five successes
// pay for one retry. In the long run, retries therefore add at most one request
// for every five successful calls. The first attempt of a call is always free.
const (
	credit     = 500
	retryCost  = 5
	successPay = 1
)

// governor is the state of a [Governor]. It has no lock: thousands of calls look at it, and
// nearly always there is nothing to wait for and nothing to give back.
type governor struct {
	spent  atomic.Int64              // of the credit: 0 is a full credit, so the zero value is ready
	paused atomic.Pointer[time.Time] // no attempt may start before; nil if any may
}

// pay takes the cost of one retry from the credit. It returns false, and takes
// nothing, if the credit is too low.
func (g *governor) pay() bool {
	for {
		spent := g.spent.Load()
		if spent+retryCost > credit {
			return false
		}
		if g.spent.CompareAndSwap(spent, spent+retryCost) {
			return true
		}
	}
}

// refund gives back what a success pays.
func (g *governor) refund() {
	for {
		spent := g.spent.Load()
		if spent == 0 || g.spent.CompareAndSwap(spent, max(0, spent-successPay)) {
			return
		}
	}
}

// pause holds back all attempts, of all calls, for d. A service that asks one call
// to wait means the client, not this call. A pause never shortens a longer one.
func (g *governor) pause(d time.Duration) {
	until := time.Now().Add(d)
	for {
		paused := g.paused.Load()
		if paused != nil && !until.After(*paused) || g.paused.CompareAndSwap(paused, &until) {
			return
		}
	}
}

// pass waits until no pause is in effect. Another call may extend the pause
// meanwhile, so it looks again after each wait. It returns an error when ctx ends,
// or immediately if the deadline of ctx is before the end of the pause: waiting
// would only delay the same error.
func (g *governor) pass(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		paused := g.paused.Load()
		if paused == nil {
			return nil
		}
		left := time.Until(*paused)
		if left <= 0 {
			g.paused.CompareAndSwap(paused, nil)
			return nil
		}
		if tooLate(ctx, left) {
			return fmt.Errorf("the service asked to wait another %v, but the deadline is earlier: %w",
				left.Round(time.Second), context.DeadlineExceeded)
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}
