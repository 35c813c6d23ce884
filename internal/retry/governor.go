package retry

import (
	"context"
	"fmt"
	"sync"
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

// governor is the state of a [Governor].
type governor struct {
	mu     sync.Mutex
	spent  int       // of the credit: 0 is a full credit, so the zero value is ready
	paused time.Time // no attempt may start before
}

// pay takes the cost of one retry from the credit. It returns false, and takes
// nothing, if the credit is too low.
func (g *governor) pay() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.spent+retryCost > credit {
		return false
	}
	g.spent += retryCost
	return true
}

// refund gives back what a success pays.
func (g *governor) refund() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.spent = max(0, g.spent-successPay)
}

// pause holds back all attempts, of all calls, for d. A service that asks one call
// to wait means the client, not this call. A pause never shortens a longer one.
func (g *governor) pause(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := time.Now().Add(d); until.After(g.paused) {
		g.paused = until
	}
}

// pass waits until no pause is in effect. Another call may extend the pause
// meanwhile, so it looks again after each wait. It returns an error when ctx ends,
// or immediately if the deadline of ctx is before the end of the pause: waiting
// would only delay the same error.
func (g *governor) pass(ctx context.Context) error {
	for {
		g.mu.Lock()
		left := time.Until(g.paused)
		g.mu.Unlock()
		if err := ctx.Err(); err != nil {
			return err
		}
		if left <= 0 {
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
