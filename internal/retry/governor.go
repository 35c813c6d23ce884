package retry

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A retry costs, a success gives a little back. When most calls fail, the
// credit is soon spent and each call is tried once only, so that retries do
// not multiply the load on a service that is down.
const (
	credit     = 500
	retryCost  = 5
	successPay = 1
)

type governor struct {
	mu     sync.Mutex
	spent  int
	paused time.Time
}

// pay takes the cost of one retry, or reports that there is no credit left.
func (g *governor) pay() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.spent+retryCost > credit {
		return false
	}
	g.spent += retryCost
	return true
}

func (g *governor) refund() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.spent = max(0, g.spent-successPay)
}

// pause keeps all attempts back for d: what a service asks of one call it
// asks of all.
func (g *governor) pause(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := time.Now().Add(d); until.After(g.paused) {
		g.paused = until
	}
}

// pass waits until no pause is left. It fails when ctx ends, or at once if ctx
// would end before the pause does.
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
			return fmt.Errorf("the service wants no request for %v: %w", left.Round(time.Second), context.DeadlineExceeded)
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
