package retry

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var errRefused = errors.New("refused")

// always gives one result to all attempts.
func always(r Result) func(context.Context, int) Result {
	return func(context.Context, int) Result { return r }
}

// in runs f in a bubble, where time is fake and no goroutine may be left over.
func in(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

func TestAttempts(t *testing.T) {
	for _, tt := range []struct {
		verdict    Verdict
		repeatable bool
		want       int
	}{
		{Done, true, 1}, {Done, false, 1},
		{Refused, true, 1}, {Refused, false, 1},
		{Stopped, true, 1}, {Stopped, false, 1},
		{NotSent, true, 3}, {NotSent, false, 3},
		{Again, true, 3}, {Again, false, 3},
		{Failed, true, 3}, {Failed, false, 1},
	} {
		in(t, func(t *testing.T) {
			var numbers []int
			_, n := runFunc(t.Context(), Policy{Attempts: 3}, new(Governor), tt.repeatable, func(_ context.Context, n int) Result {
				numbers = append(numbers, n)
				return Result{Verdict: tt.verdict, Err: errRefused}
			})
			if diff := cmp.Diff([]int{1, 2, 3}[:tt.want], numbers); diff != "" || n != tt.want {
				t.Errorf("verdict %d, repeatable %v: %d attempts: %s", tt.verdict, tt.repeatable, n, diff)
			}
		})
	}
}

func TestPolicyDefaults(t *testing.T) {
	in(t, func(t *testing.T) {
		for _, tt := range []struct{ attempts, want int }{{0, 4}, {-3, 4}, {1, 1}, {2, 2}, {7, 7}} {
			if _, n := runFunc(t.Context(), Policy{Attempts: tt.attempts}, new(Governor), true,
				always(Result{Verdict: Failed, Err: errRefused})); n != tt.want {
				t.Errorf("Attempts %d: %d attempts, want %d", tt.attempts, n, tt.want)
			}
		}
		want := Policy{Attempts: 4, MinWait: 200 * time.Millisecond, MaxWait: 20 * time.Second, MaxRetryAfter: time.Minute}
		if diff := cmp.Diff(want, Policy{Attempts: -1, MinWait: -1, MaxWait: -1,
			MaxRetryAfter: -1}.withDefaults()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestEndsAtTheFirstFinalResult(t *testing.T) {
	in(t, func(t *testing.T) {
		got, n := runFunc(t.Context(), Policy{}, new(Governor), true, func(_ context.Context, n int) Result {
			if n == 3 {
				return Result{Verdict: Done}
			}
			return Result{Verdict: Failed, Err: errRefused}
		})
		if got.Verdict != Done || got.Err != nil || n != 3 {
			t.Errorf("%+v after %d attempts", got, n)
		}
	})
}

func TestWaitsAsLongAsAsked(t *testing.T) {
	for _, asked := range []time.Duration{1, time.Millisecond, 2 * time.Second, time.Minute} {
		in(t, func(t *testing.T) {
			began := time.Now()
			_, n := runFunc(t.Context(), Policy{Attempts: 3}, new(Governor), false,
				always(Result{Verdict: Again, Wait: asked, Err: errRefused}))
			if waited := time.Since(began); waited != 2*asked || n != 3 {
				t.Errorf("asked for %v twice, waited %v in %d attempts", asked, waited, n)
			}
		})
	}
}

func TestTooLongARetryAfterFailsAtOnce(t *testing.T) {
	for _, asked := range []time.Duration{time.Minute + 1, 24 * time.Hour, math.MaxInt64} {
		in(t, func(t *testing.T) {
			began := time.Now()
			got, n := runFunc(t.Context(), Policy{}, new(Governor), true,
				always(Result{Verdict: Again, Wait: asked, Err: errRefused}))
			if time.Since(began) != 0 || n != 1 || got.Err != errRefused || got.Wait != asked {
				t.Errorf("asked for %v: %+v, %d attempts, %v", asked, got, n, time.Since(began))
			}
		})
	}
}

// Full jitter: each wait is anywhere from nothing to a bound that doubles.
func TestJitter(t *testing.T) {
	p := Policy{MinWait: 200 * time.Millisecond, MaxWait: time.Second}
	for n, bound := range map[int]time.Duration{1: 200 * time.Millisecond, 2: 400 * time.Millisecond,
		3: 800 * time.Millisecond, 4: time.Second, 50: time.Second} {
		low, high := bound, time.Duration(0)
		for range 2000 {
			wait := p.wait(n, 0)
			low, high = min(low, wait), max(high, wait)
		}
		if low <= 0 || high > bound || low > bound/10 || high < bound*9/10 {
			t.Errorf("attempt %d: waits from %v to %v, the bound is %v", n, low, high, bound)
		}
	}
}

// Bounds that a caller sets as high as they go must not overflow.
func TestJitterWithoutBounds(t *testing.T) {
	for _, p := range []Policy{
		{MinWait: 1, MaxWait: math.MaxInt64},
		{MinWait: math.MaxInt64, MaxWait: math.MaxInt64},
		{MinWait: math.MaxInt64, MaxWait: time.Second},
		{MinWait: math.MaxInt64/2 + 1, MaxWait: math.MaxInt64},
	} {
		for n := 1; n < 200; n++ {
			if wait := p.wait(n, 0); wait <= 0 || wait > p.MaxWait {
				t.Fatalf("%+v: wait %v before attempt %d", p, wait, n+1)
			}
		}
	}
}

func TestDeadlineBeforeTheWaitEnds(t *testing.T) {
	for _, tt := range []struct {
		deadline time.Duration
		want     int
	}{{2 * time.Second, 1}, {2*time.Second - 1, 1}, {2*time.Second + 1, 2}, {4*time.Second + 1, 3}} {
		in(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), tt.deadline)
			defer cancel()
			began := time.Now()
			got, n := runFunc(ctx, Policy{}, new(Governor), false,
				always(Result{Verdict: Again, Wait: 2 * time.Second, Err: errRefused}))
			if n != tt.want || got.Err != errRefused || time.Since(began) != time.Duration(n-1)*2*time.Second {
				t.Errorf("deadline %v: %d attempts, %v after %v", tt.deadline, n, got.Err, time.Since(began))
			}
		})
	}
}

func TestSuccessCountsAfterTheContextEnded(t *testing.T) {
	in(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		got, n := runFunc(ctx, Policy{}, new(Governor), true, func(context.Context, int) Result {
			cancel()
			return Result{Verdict: Done}
		})
		if got.Verdict != Done || got.Err != nil || n != 1 {
			t.Errorf("%+v after %d attempts", got, n)
		}
	})
}

func TestNoAttemptWithAnEndedContext(t *testing.T) {
	in(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		got, n := runFunc(ctx, Policy{}, new(Governor), true, func(context.Context, int) Result {
			t.Error("an attempt was made")
			return Result{}
		})
		if n != 0 || got.Verdict != Stopped || got.Err != context.Canceled {
			t.Errorf("%+v after %d attempts", got, n)
		}
	})
}

func TestContextEndsDuringTheAttempt(t *testing.T) {
	in(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		got, n := runFunc(ctx, Policy{}, new(Governor), true, func(context.Context, int) Result {
			cancel()
			return Result{Verdict: Failed, Err: errRefused}
		})
		if n != 1 || got.Err != errRefused {
			t.Errorf("%+v after %d attempts", got, n)
		}
	})
}

func TestCancelledWaitKeepsTheLastError(t *testing.T) {
	in(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(500*time.Millisecond, cancel)
		began := time.Now()
		refusal := fmt.Errorf("attempt: %w", errRefused)
		got, n := runFunc(ctx, Policy{}, new(Governor), false, always(Result{Verdict: Again, Wait: time.Second, Err: refusal}))
		if n != 1 || time.Since(began) != 500*time.Millisecond || got.Verdict != Again {
			t.Errorf("%+v, %d attempts, %v", got, n, time.Since(began))
		}
		if !errors.Is(got.Err, errRefused) || !errors.Is(got.Err, context.Canceled) ||
			strings.Contains(got.Err.Error(), "\n") {
			t.Errorf("error %q", got.Err)
		}
	})
}

func TestThen(t *testing.T) {
	got := Then(errRefused, context.Canceled)
	if diff := cmp.Diff("refused; then context canceled", got.Error()); diff != "" {
		t.Error(diff)
	}
	if Then(nil, errRefused) != errRefused {
		t.Error("an error alone has changed")
	}
}

// attempts is a function that makes the attempts of a call.
type attempts func(ctx context.Context, n int) Result

// Attempt implements [Attempter].
func (f attempts) Attempt(ctx context.Context, n int) Result { return f(ctx, n) }

// runFunc is Run with a function.
func runFunc(ctx context.Context, p Policy, g *Governor, repeatable bool, f attempts) (Result, int) {
	return Run(ctx, p, g, repeatable, f)
}
