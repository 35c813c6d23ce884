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

// service admits so many requests a second, which it counts by the second or, with
// a burst, as a bucket that is filled again.
type service struct {
	mu       sync.Mutex
	perSec   int
	burst    int
	tokens   float64
	filled   time.Time
	requests int
}

func (s *service) admits() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	now := time.Now()
	if s.filled.IsZero() {
		s.tokens, s.filled = float64(s.burst), now
	}
	s.tokens = min(float64(s.burst), s.tokens+now.Sub(s.filled).Seconds()*float64(s.perSec))
	s.filled = now
	if s.tokens < 1 {
		return false
	}
	s.tokens--
	return true
}

// call makes one request after another until one is admitted, as a client does that
// waits up to wait in between.
func (s *service) call(ctx context.Context, t *testing.T, g *Governor, wait time.Duration) {
	for {
		if err := g.Turn(ctx, "op"); err != nil {
			t.Error(err)
			return
		}
		time.Sleep(5 * time.Millisecond) // on its way
		admitted := s.admits()
		g.Answered("op", !admitted)
		if admitted {
			return
		}
		time.Sleep(Spread(wait))
	}
}

// A storm of calls finds the rate that the service admits.
func TestRateFindsTheLimit(t *testing.T) {
	for name, s := range map[string]*service{
		"a bucket for a second":         {perSec: 100, burst: 100},
		"a small bucket":                {perSec: 100, burst: 10},
		"a fast service":                {perSec: 1000, burst: 1000},
		"a service of one at a time":    {perSec: 20, burst: 1},
		"a bucket for several seconds":  {perSec: 100, burst: 500},
		"a slow service, a large burst": {perSec: 20, burst: 200},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 30 * s.perSec
				var g Governor
				began := time.Now()
				var all sync.WaitGroup
				for range calls {
					all.Go(func() {
						time.Sleep(Spread(time.Second))
						s.call(t.Context(), t, &g, time.Second)
					})
				}
				all.Wait()
				ideal := float64(calls-s.burst) / float64(s.perSec)
				took, requests := time.Since(began).Seconds(), float64(s.requests)/float64(calls)
				t.Logf("%.2f of the ideal time, %.2f requests a call", took/ideal, requests)
				if took > 1.3*ideal+2 || requests > 2.25 {
					t.Errorf("it took %.1f s, where %.1f s are ideal, and %.2f requests a call", took, ideal, requests)
				}
			})
		})
	}
}

// Few calls, and few refusals among many, are not held back.
func TestRateLeavesFewAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Governor
		for n := range 2000 {
			if err := g.Turn(t.Context(), "op"); err != nil {
				t.Fatal(err)
			}
			g.Answered("op", n%3 == 0)
		}
		began := time.Now()
		for range 20 { // alone, and all are refused
			g.Answered("another", true)
			if err := g.Turn(t.Context(), "another"); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("held back for %v", took)
		}
	})
}

// Turns are taken in order. Who does not wait any longer does not cost the others
// theirs, and after some time without refusals there is no rate any more.
func TestRateTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Governor
		for range busy {
			g.Answered("op", true)
		}
		ended, end := context.WithCancel(t.Context())
		var mu sync.Mutex
		var order []int
		var all sync.WaitGroup
		var given atomic.Int32
		for n := range 6 {
			ctx := t.Context()
			if n%2 == 1 {
				ctx = ended
			}
			all.Go(func() {
				err := g.Turn(ctx, "op")
				switch {
				case err == nil:
					mu.Lock()
					order = append(order, n)
					mu.Unlock()
				case !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "the service admits 1 requests a second"):
					t.Error(err)
				default:
					given.Add(1)
				}
			})
			synctest.Wait()
		}
		end()
		began := time.Now()
		all.Wait()
		if len(order) != 3 || order[0] != 0 || order[1] != 2 || order[2] != 4 || given.Load() != 3 {
			t.Errorf("turns of %v, and %d gave up", order, given.Load())
		}
		if took := time.Since(began); took < 2*time.Second || took > 4*time.Second {
			t.Errorf("three turns, one each second, took %v", took)
		}
		time.Sleep(quiet)
		began = time.Now()
		for range 100 {
			if err := g.Turn(t.Context(), "op"); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("held back for %v after a quiet time", took)
		}
	})
}
