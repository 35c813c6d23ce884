// Package retry repeats attempts of a call. The loop itself is go-retryablehttp's,
// from the second attempt on; this package decides what may be repeated, and how
// long to wait in between.
//
// go-retryablehttp never sees the real request or its body. It is given a
// placeholder request to an address that does not exist, and a transport that
// calls the attempt function, which builds the real request anew each time. This
// has three benefits: nothing of a request can reach the log or the errors of
// go-retryablehttp, no body is buffered or shared between attempts, and no
// attempt sees the headers of another.
//
// The answers that it sees are placeholders as well, always with status 200. What
// really happened is in the [Result] that the attempt returned.
package retry

import (
	"context"
	"errors"
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

// Verdict classifies the result of one attempt. It answers two questions: can the
// request have had an effect at the service, and may another attempt do better?
type Verdict int

// The verdicts. Only NotSent and Again may be repeated without further thought.
// Failed may be repeated if a second execution is harmless.
const (
	// Done means that the attempt succeeded.
	Done Verdict = iota
	// Refused means that the service refused the request, had no effect, and
	// would refuse it again.
	Refused
	// NotSent means that nothing reached the service, for example because no
	// connection could be made.
	NotSent
	// Again means that the service refused the request for now, as throttling
	// does, and that it had no effect.
	Again
	// Failed means that the request may have had its effect: the service answered
	// with a server error, or there was no answer.
	Failed
	// Stopped means that the attempt failed on this side, for example because
	// ctx ended or the source could not be read, and would fail again.
	Stopped
)

// Result is what one attempt returns.
type Result struct {
	Verdict Verdict
	Wait    time.Duration // what the service asked for; 0 if it did not ask
	Err     error         // nil if Done
	// AtOnce asks for another attempt without any wait, as a part of this one.
	// Run leaves that to its caller.
	AtOnce bool
	// GaveUp is why Run made no further attempt, although the verdict allows one
	// and there were attempts left.
	GaveUp error
}

// Governor is the state that all calls to one service share: until when the
// service asked them to wait, how much of the retry budget is left, and how many
// requests a second it admits. The zero value is ready to use. It is safe for
// concurrent use.
type Governor struct {
	state governor
	rates rates
}

// Attempter makes the attempts of a call. Its calls are numbered from 1.
type Attempter interface {
	Attempt(ctx context.Context, n int) Result
}

// Run makes attempts until the result is final. It returns the last result and the
// number of attempts. repeatable reports whether an attempt may be made again after the
// verdict Failed.
//
// A result is final if its verdict does not allow a repetition, if the attempts
// or the retry budget are used up, if the service asks for a longer wait than
// p.MaxRetryAfter, or if ctx would end during the wait.
//
// A success counts even if ctx has ended meanwhile. If ctx ends during a wait, Run
// returns the result of the last attempt, with an error that wraps both its error
// and that of ctx.
func Run(ctx context.Context, p Policy, g *Governor, repeatable bool, attempter Attempter) (Result, int) {
	r := run{policy: p.withDefaults(), governor: g, repeatable: repeatable, attempter: attempter}
	r.once(ctx)
	if r.again(ctx) { // seldom, so only then is anything set up for it
		return repeat(ctx, r)
	}
	return r.last, r.n
}

// run is a call of Run.
type run struct {
	policy     Policy
	governor   *Governor
	repeatable bool
	attempter  Attempter

	last Result        // of the last attempt
	n    int           // attempts that were made
	wait time.Duration // before the next
}

// once makes an attempt.
func (r *run) once(ctx context.Context) {
	if err := r.governor.state.pass(ctx); err != nil {
		r.last = Result{Verdict: Stopped, Err: Then(r.last.Err, err)}
		return
	}
	r.n++
	if r.last = r.attempter.Attempt(ctx, r.n); r.last.Verdict == Done {
		r.governor.state.refund()
	}
}

// again decides whether another attempt is made, and when.
func (r *run) again(ctx context.Context) bool {
	if !r.last.mayRepeat(r.repeatable) || r.n >= r.policy.Attempts || ctx.Err() != nil {
		return false
	}
	r.wait = r.policy.wait(r.n, r.last.Wait)
	if r.last.GaveUp = r.policy.giveUp(ctx, r.governor, r.last.Wait, r.wait); r.last.GaveUp != nil {
		return false
	}
	if r.last.Wait > 0 {
		r.governor.state.pause(r.wait)
	}
	return true
}

// repeat has go-retryablehttp make the other attempts. The first one was made
// already: go-retryablehttp is told that it failed, and begins with the wait.
func repeat(ctx context.Context, r run) (Result, int) {
	first := true
	client := &retryablehttp.Client{
		HTTPClient: &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
			if !first {
				r.once(req.Context())
			}
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: req}, nil
		})},
		RetryMax: r.policy.Attempts - 1,
		CheckRetry: func(ctx context.Context, _ *http.Response, _ error) (bool, error) {
			if first {
				first = false
				return true, nil
			}
			return r.again(ctx), nil
		},
		Backoff: func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return r.wait },
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, "http://attempt.invalid/", nil)
	if err != nil {
		return Result{Verdict: Stopped, Err: err}, r.n
	}
	if resp, err := client.Do(req); err != nil {
		// Only a wait that ctx ended can fail: the attempts themselves report through last.
		r.last.Err = Then(r.last.Err, err)
	} else {
		_ = resp.Body.Close()
	}
	return r.last, r.n
}

// ErrBudget is the same as docferry.ErrRetryBudget.
var ErrBudget = errors.New("docferry: the budget for retries is spent, since too many requests failed; see HTTP.Pace")

// giveUp returns why another attempt after a wait is not to be made, or nil. It
// takes the cost of the attempt from the budget.
func (p Policy) giveUp(ctx context.Context, g *Governor, asked, wait time.Duration) error {
	switch {
	case asked > p.MaxRetryAfter:
		return errors.New("the wait is longer than HTTP.Retry.MaxRetryAfter allows")
	case tooLate(ctx, wait):
		return errors.New("the deadline is before the next attempt")
	case !g.state.pay():
		return ErrBudget
	}
	return nil
}

// mayRepeat reports whether the verdict allows another attempt.
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

// wait returns how long to wait after attempt n: exactly what the service asked
// for, or otherwise a random time between 0 and a bound. The bound is MinWait at
// first and doubles with each attempt, up to MaxWait. The time is random over the
// whole range so that clients which failed together do not return together.
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

// Backoff returns how long to wait after the n-th consecutive failure. It is for
// loops that do not use Run, such as reconnecting a websocket.
func (p Policy) Backoff(n int) time.Duration { return p.withDefaults().wait(n, 0) }

// Spread returns a random time between 0 and most, for what many may do at the same
// moment and should not.
func Spread(most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	return rand.N(most)
}

// Then joins the error of an attempt with err, the reason why no further attempt
// was made, on one line. The result wraps both. It is err if last is nil.
func Then(last, err error) error {
	if last == nil || last.Error() == err.Error() {
		return err
	}
	return fmt.Errorf("%w; then %w", last, err)
}

// tooLate reports whether the deadline of ctx is before the end of a wait.
func tooLate(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) <= wait
}

// roundTrip is a RoundTripper without the method CloseIdleConnections.
// go-retryablehttp calls that method when a call has failed for good, which would
// close the connections that other calls are about to use.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
