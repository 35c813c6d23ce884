package retry

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// What a service asks of one call it asks of all that share the governor.
func TestPauseIsShared(t *testing.T) {
	in(t, func(t *testing.T) {
		g, began := new(Governor), time.Now()
		go runFunc(t.Context(), Policy{Attempts: 2}, g, false, func(_ context.Context, n int) Result {
			if n == 1 {
				return Result{Verdict: Again, Wait: 2 * time.Second, Err: errRefused}
			}
			return Result{Verdict: Done}
		})
		synctest.Wait()
		time.Sleep(500 * time.Millisecond) // of the bubble
		runFunc(t.Context(), Policy{}, g, false, func(context.Context, int) Result {
			if at := time.Since(began); at != 2*time.Second {
				t.Errorf("the other call went out after %v", at)
			}
			return Result{Verdict: Done}
		})
		runFunc(t.Context(), Policy{}, new(Governor), false, always(Result{Verdict: Done}))
	})
}

// A longer pause that another call was given meanwhile is waited for, a
// shorter one does not cut it.
func TestPauseOnlyGrows(t *testing.T) {
	in(t, func(t *testing.T) {
		g, began := new(Governor), time.Now()
		g.state.pause(3 * time.Second)
		g.state.pause(time.Second)
		time.AfterFunc(2*time.Second, func() { g.state.pause(5 * time.Second) })
		if err := g.state.pass(t.Context()); err != nil || time.Since(began) != 7*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

func TestBackoffWithoutAskingDoesNotPauseOthers(t *testing.T) {
	in(t, func(t *testing.T) {
		g, began := new(Governor), time.Now()
		go runFunc(t.Context(), Policy{MinWait: time.Hour, MaxWait: time.Hour}, g, true,
			always(Result{Verdict: Failed, Err: errRefused}))
		synctest.Wait()
		runFunc(t.Context(), Policy{}, g, false, always(Result{Verdict: Done}))
		if time.Since(began) != 0 {
			t.Errorf("an innocent call waited %v", time.Since(began))
		}
	})
}

func TestPauseAndTheContext(t *testing.T) {
	in(t, func(t *testing.T) {
		g, began := new(Governor), time.Now()
		g.state.pause(10 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		got, n := runFunc(ctx, Policy{}, g, true, always(Result{Verdict: Done}))
		if n != 0 || !errors.Is(got.Err, context.DeadlineExceeded) || time.Since(began) != 0 {
			t.Errorf("a pause beyond the deadline: %+v, %d attempts, %v", got, n, time.Since(began))
		}
		if !strings.Contains(got.Err.Error(), "10s") {
			t.Errorf("the error %q does not tell the pause", got.Err)
		}
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		got, n = runFunc(ctx, Policy{}, g, true, always(Result{Verdict: Done}))
		if n != 0 || !errors.Is(got.Err, context.Canceled) || time.Since(began) != time.Second {
			t.Errorf("cancelled in a pause: %+v, %d attempts, %v", got, n, time.Since(began))
		}
	})
}

// A pause that comes up between two attempts does not lose the first one's error.
func TestPauseKeepsTheLastError(t *testing.T) {
	in(t, func(t *testing.T) {
		g := new(Governor)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		got, n := runFunc(ctx, Policy{}, g, true, func(context.Context, int) Result {
			g.state.pause(time.Minute)
			return Result{Verdict: Failed, Err: errRefused}
		})
		if n != 1 || !errors.Is(got.Err, errRefused) || !errors.Is(got.Err, context.DeadlineExceeded) {
			t.Errorf("%+v, %d attempts", got, n)
		}
	})
}

// When all fails, the retries of many calls are bounded together, and each
// call still gets its one attempt. Successes earn retries again.
func TestBudget(t *testing.T) {
	in(t, func(t *testing.T) {
		const workers, calls = 64, 20
		g := new(Governor)
		var sent, working atomic.Int64
		attempt := func(context.Context, int) Result {
			sent.Add(1)
			if working.Load() > 0 {
				return Result{Verdict: Done}
			}
			return Result{Verdict: Failed, Err: errRefused}
		}
		each := func(check func(r Result, n int) bool) {
			var wg sync.WaitGroup
			for range workers {
				wg.Go(func() {
					for range calls {
						if r, n := runFunc(t.Context(), Policy{}, g, true, attempt); !check(r, n) {
							t.Errorf("%+v after %d attempts", r, n)
						}
					}
				})
			}
			wg.Wait()
		}
		each(func(r Result, n int) bool { return r.Err == errRefused && n >= 1 && n <= 4 })
		if want := int64(workers*calls + credit/retryCost); sent.Load() != want {
			t.Errorf("%d requests for %d calls, want %d", sent.Load(), workers*calls, want)
		}
		working.Store(1)
		each(func(r Result, n int) bool { return r.Err == nil && n == 1 })
		working.Store(0)
		if _, n := runFunc(t.Context(), Policy{}, g, true, attempt); n != 4 {
			t.Errorf("after recovery a call is tried %d times, want 4", n)
		}
	})
}

func TestBudgetIsEarnedSlowly(t *testing.T) {
	g := new(Governor)
	for range credit / retryCost {
		if !g.state.pay() {
			t.Fatal("the credit is smaller than it should be")
		}
	}
	for i := range retryCost / successPay {
		if g.state.pay() {
			t.Fatalf("a retry was paid with %d successes", i)
		}
		g.state.refund()
	}
	if !g.state.pay() || g.state.pay() {
		t.Error("the successes have not paid for one retry")
	}
}
