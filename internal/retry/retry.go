// Package retry repeats attempts. What drives them is go-retryablehttp; what
// may be repeated, and after which wait, is decided here.
//
// go-retryablehttp sees neither the real request nor its body. It gets a
// request without address, and each attempt builds the real one afresh. So
// nothing of a request can reach its log or its errors, no body is buffered or
// shared between attempts, and no attempt sees the headers of another.
package retry

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Policy bounds the repetition; docferry.Retry documents the fields.
type Policy struct {
	Attempts      int
	MinWait       time.Duration
	MaxWait       time.Duration
	MaxRetryAfter time.Duration
}

func (p Policy) withDefaults() Policy {
	defaults := Policy{Attempts: 4, MinWait: 200 * time.Millisecond, MaxWait: 20 * time.Second, MaxRetryAfter: time.Minute}
	if p.Attempts <= 0 {
		p.Attempts = defaults.Attempts
	}
	if p.MinWait <= 0 {
		p.MinWait = defaults.MinWait
	}
	if p.MaxWait <= 0 {
		p.MaxWait = defaults.MaxWait
	}
	if p.MaxRetryAfter <= 0 {
		p.MaxRetryAfter = defaults.MaxRetryAfter
	}
	return p
}

// Verdict is what one attempt has come to.
type Verdict int

// Verdicts, by what they say of the request's effect.
const (
	Done    Verdict = iota // it succeeded
	Refused                // it was refused, and would be again
	NotSent                // nothing left this machine
	Again                  // it was refused for now and had no effect
	Failed                 // it may have had its effect: a server fault, or no answer
	Stopped                // it failed here, and would again
)

// Result is the end of one attempt.
type Result struct {
	Verdict Verdict
	Wait    time.Duration // what the service asks for; 0 if it did not say
	Err     error         // nil if Done
}

// Governor is the memory that the calls of one client share: how long the
// service wants to be left alone, and how many retries it can still take.
// The zero value is ready.
type Governor struct{ state governor }

// Run calls attempt, with numbers from 1, until its result is final. It
// returns the last result and how many attempts there were. repeatable says
// that a Failed attempt may be made again.
//
// A success counts even if ctx has ended meanwhile. If ctx ends during a wait,
// the result is the last attempt's, its error together with the context's.
func Run(
	ctx context.Context, p Policy, g *Governor, repeatable bool, attempt func(ctx context.Context, n int) Result,
) (Result, int) {
	p = p.withDefaults()
	var last Result
	n := 0
	var wait time.Duration
	client := &retryablehttp.Client{
		HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if err := g.state.pass(r.Context()); err != nil {
				last = Result{Verdict: Stopped, Err: Then(last.Err, err)}
			} else {
				n++
				last = attempt(r.Context(), n)
			}
			if last.Verdict == Done {
				g.state.refund()
			}
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, nil
		})},
		RetryMax: p.Attempts - 1,
		CheckRetry: func(ctx context.Context, _ *http.Response, _ error) (bool, error) {
			if !last.mayRepeat(repeatable) || n >= p.Attempts || ctx.Err() != nil {
				return false, nil
			}
			wait = p.wait(n, last.Wait)
			if last.Wait > p.MaxRetryAfter || tooLate(ctx, wait) || !g.state.pay() {
				return false, nil
			}
			if last.Wait > 0 {
				g.state.pause(wait)
			}
			return true, nil
		},
		Backoff: func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return wait },
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, "http://attempt.invalid/", nil)
	if err != nil {
		return Result{Verdict: Stopped, Err: err}, 0
	}
	if resp, err := client.Do(req); err != nil {
		// Only a wait that ctx ended can fail: the attempts themselves report through last.
		last.Err = Then(last.Err, err)
	} else {
		_ = resp.Body.Close()
	}
	return last, n
}

func (r Result) mayRepeat(repeatable bool) bool {
	switch r.Verdict {
	case NotSent, Again:
		return true
	case Failed:
		return repeatable
	default:
		return false
	}
}

// wait returns how long to wait after attempt n: what the service asked for,
// or else a random time below a bound that doubles.
func (p Policy) wait(n int, asked time.Duration) time.Duration {
	if asked > 0 {
		return asked
	}
	bound := p.MinWait
	for range n - 1 {
		if bound > p.MaxWait/2 {
			bound = p.MaxWait
			break
		}
		bound *= 2
	}
	return rand.N(min(bound, p.MaxWait)) + 1
}

// Backoff returns how long to wait after the n-th failure in a row of
// something that is not repeated by Run.
func (p Policy) Backoff(n int) time.Duration { return p.withDefaults().wait(n, 0) }

// Then is the error of an attempt together with what kept the next one from
// being made, on one line. It matches both.
func Then(last, err error) error {
	if last == nil {
		return err
	}
	return fmt.Errorf("%w; then %w", last, err)
}

// tooLate reports whether ctx would end before a wait does.
func tooLate(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) <= wait
}

// roundTrip is a RoundTripper without CloseIdleConnections, so that a failed
// call does not close the connections of others.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
