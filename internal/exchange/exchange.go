// Package exchange sends requests and reads their answers.
//
// It has two concepts. A [Peer] is the other side: how to reach it, what it is
// called in errors, and what it has asked us to wait for. An [Exchange] is one
// request and its answer, over as many attempts as it takes. Operations,
// uploads to presigned URLs, downloads and the handshake of a websocket all
// leave through here, so limits, retries, observation and redaction are the
// same for all of them.
//
// What is sent, and what an answer means, is up to a [Task].
//
// # Doubt
//
// An attempt whose request may have reached the peer, and which was not
// answered with a clear success or a clear refusal, leaves doubt: the peer may
// have carried the request out. Nothing that happens afterwards removes that
// doubt except a success. In particular, the refusal of a later attempt does
// not: a repeated deletion is answered with "not found" precisely because the
// first one worked. So every error that ends an exchange says whether doubt
// remains; see [docferry.OutcomeUnknown].
package exchange

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/retry"
	"github.com/docferry/docferry/internal/transport"
)

// Repeat says what repeating a request does. The HTTP method does not tell.
type Repeat int

// Unsafe is the zero value: a request that nothing is known about is repeated
// only if it certainly had no effect.
const (
	Unsafe     Repeat = iota // a second time makes a second thing
	Idempotent               // a second time changes nothing more
	Safe                     // it only reads
)

// Exchange describes one request, over all of its attempts.
type Exchange struct {
	Peer      *Peer
	Operation string // name in errors and for the Observer
	Method    string
	Route     string // the path as a template, for the Observer
	Host      string // for the Observer
	Repeat    Repeat
	Policy    *retry.Policy // nil means the peer's
	Answer    time.Duration // how long the peer may take to answer; 0 means as long as its settings say
	Secrets   []string      // values that no text may show
}

// Task is what an exchange does.
type Task interface {
	// Build makes the request of one attempt, afresh: attempts share nothing.
	// An error ends the exchange; see [Local].
	Build(ctx context.Context) (*Request, error)
	// Judge says what an answer means. The body is closed afterwards, unless
	// Judge took it with [Answer.Keep].
	Judge(answer *Answer) retry.Result
}

// Report is what is known of an exchange when it has ended.
type Report struct {
	Attempts int
	Status   int         // of the last answer; 0 if the last attempt got none
	Header   http.Header // of the last answer
	Doubt    bool        // some attempt may have been carried out without our knowing
}

// Local marks an error that arose on this machine and is already in the
// caller's terms, such as an unreadable source. It ends the exchange and is
// returned as it is, unless an earlier attempt has left doubt.
func Local(err error) error { return &localError{err} }

// localError is what [Local] returns. It is a type of its own so that only an error
// which was marked on purpose is taken for one.
type localError struct{ error }

func (e *localError) Unwrap() error { return e.error }

// run is an exchange that is under way.
type run struct {
	Exchange
	task    Task
	report  Report
	answer  Answer             // of the attempt that is under way
	carried redact.Credentials // by the request that was made last
	last    error              // why the last attempt failed
	doubt   error              // why an attempt before the last one left doubt; nil if none did
	plainly bool               // the next attempt does not ask for consent to send its body
}

// Run makes attempts until one is final. The error is a *docferry.Error, a
// *docferry.TransportError, or one that was marked with [Local].
func (x Exchange) Run(ctx context.Context, task Task) (Report, error) {
	r := &run{Exchange: x, task: task}
	policy := retry.Policy(x.Peer.http.Retry)
	if x.Policy != nil {
		policy = *x.Policy
	}
	result, _ := retry.Run(ctx, policy, r.governor(), x.Repeat != Unsafe, r)
	return r.report, r.ending(result)
}

// secrets are those of the exchange and of the request that was made last. They are
// collected when there is an error, since most exchanges have none.
func (r *run) secrets() []string { return slices.Concat(r.carried.Secrets(), r.Secrets) }

// ending is the error of the whole exchange, made from the result of its last
// attempt.
func (r *run) ending(result retry.Result) error {
	err := result.Err
	if err == nil {
		return nil
	}
	// Only an error that stands alone is returned in its own type. One that was
	// joined with another, as "refused; then the context ended", is reported as
	// the lack of an answer.
	if local, ok := err.(*localError); ok { //nolint:errorlint // see above
		if !r.report.Doubt {
			return local.error
		}
		return r.unanswered(retry.Then(r.doubt, local.error))
	}
	if refused, ok := errors.AsType[*docferry.Error](err); ok {
		refused.Attempts = r.report.Attempts
		refused.GaveUp = result.GaveUp
		if r.Repeat != Safe { // a read has no effect that could be in doubt
			refused.Earlier = r.doubt
		}
		if err == error(refused) { //nolint:errorlint // see above
			return refused
		}
	}
	if result.GaveUp != nil {
		err = retry.Then(err, result.GaveUp)
	}
	return r.unanswered(err)
}

// unanswered returns the error for an exchange that got no usable answer. Its text
// is cleaned of the secrets of the request, because errors of net/http hold URLs.
func (r *run) unanswered(err error) error {
	return &docferry.TransportError{Service: r.Peer.service, Operation: r.Operation, Attempts: r.report.Attempts,
		Sent: r.report.Doubt, Err: redact.Error(err, r.secrets()...)}
}

// atOnce is how often an attempt is repeated at once, for what can be put right:
// a peer that does not know Expect, and credentials that have ended.
const atOnce = 2

// Attempt implements [retry.Attempter]: it sends the request once, and again at once
// where a result asks for it.
func (r *run) Attempt(ctx context.Context, _ int) retry.Result {
	for again := 0; ; again++ {
		result := r.attempt(ctx)
		if !result.AtOnce || again == atOnce || ctx.Err() != nil {
			return result
		}
	}
}

// attempt sends the request once, and tells the observer.
func (r *run) attempt(ctx context.Context) retry.Result {
	r.report.Attempts++
	seen := docferry.Attempt{Service: r.Peer.service, Operation: r.Operation, Method: r.Method,
		Route: r.Route, Host: r.Host, Number: r.report.Attempts}
	observer := r.Peer.http.Observer
	if observer.Start != nil {
		if observed := observer.Start(ctx, seen); observed != nil {
			ctx = observed
		}
	}
	if r.report.Doubt && r.doubt == nil {
		r.doubt = redact.Error(r.last, r.secrets()...)
	}
	began := time.Now()
	r.report.Status, r.report.Header = 0, nil
	result := r.once(ctx)
	r.last = result.Err
	seen.Duration, seen.Status = time.Since(began), r.report.Status
	if result.Err != nil && r.report.Status == 0 {
		seen.Err = redact.Error(result.Err, r.secrets()...)
	}
	if observer.Done != nil {
		observer.Done(ctx, seen)
	}
	return result
}

// once waits for the limiter, builds the request, sends it and has the answer
// judged.
func (r *run) once(ctx context.Context) retry.Result {
	if err := r.turn(ctx); err != nil {
		return retry.Result{Verdict: retry.Stopped, Err: retry.Then(r.last, err)}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	r.answer = Answer{run: r, cancel: cancel}
	answer := &r.answer
	defer answer.release()
	req, err := r.task.Build(ctx)
	if err != nil {
		return retry.Result{Verdict: retry.Stopped, Err: err}
	}
	defer req.Discard()
	r.carried = req.carried
	asked := r.expect(req)
	resp, trace, err := transport.Send(r.Peer.transport, req.Request, r.limits(cancel))
	if err == nil {
		answer.response, answer.arriving = resp, resp.Body
	}
	if failed := req.failed(); failed != nil {
		// The source failed, whatever the peer made of that. A request that was
		// cut short in its body is incomplete, and incomplete requests have no
		// effect: so this leaves no doubt of its own.
		return retry.Result{Verdict: retry.Stopped, Err: Local(failed)}
	}
	r.Peer.expectations.learn(req.URL.Host, asked, r.plainly, trace, resp)
	if err != nil {
		return r.failed(err, trace, asked, req.streams())
	}
	answer.Status, answer.Header = resp.StatusCode, resp.Header
	unreadable := decode(resp)
	r.report.Status, r.report.Header = resp.StatusCode, resp.Header
	var result retry.Result
	switch {
	case asked && resp.StatusCode == http.StatusExpectationFailed:
		r.plainly = true
		result = answer.Refuse(&docferry.Error{}, retry.Again)
		result.AtOnce = true
	case unreadable != nil && answer.Success():
		result = answer.Protocol(unreadable.Error())
	case unreadable != nil: // the status says enough
		resp.Body = readCloser{http.NoBody, resp.Body}
		fallthrough
	default:
		result = r.task.Judge(answer)
	}
	r.governor().Answered(r.Operation, errors.Is(result.Err, docferry.ErrThrottled))
	r.report.Doubt = r.report.Doubt || result.Verdict == retry.Failed
	req.Discard()
	if failed := req.failed(); failed != nil {
		// The source failed when it was closed, after the peer had the body.
		r.report.Doubt = r.report.Doubt || result.Verdict == retry.Done
		result = retry.Result{Verdict: retry.Stopped, Err: Local(failed)}
	}
	return result
}

// turn waits until the next request may be sent: as often as the service admits
// them, as far as that is known, and as the limiter allows.
func (r *run) turn(ctx context.Context) error {
	if err := r.governor().Turn(ctx, r.Operation); err != nil {
		return err
	}
	if limit := r.Peer.http.Limit; limit != nil {
		if err := limit.Wait(ctx); err != nil {
			return fmt.Errorf("waiting for the limiter in HTTP.Limit: %w", err)
		}
	}
	return nil
}

// limits are how long a request may stand still, before cancel ends it.
func (r *run) limits(cancel context.CancelCauseFunc) transport.Limits {
	h := &r.Peer.http
	return transport.Limits{Stall: h.StallTimeout, Answer: cmp.Or(r.Answer, h.AnswerTimeout), Cancel: cancel}
}

func (r *run) governor() *retry.Governor { return (*retry.Governor)(r.Peer.http.Pace) }

// expect decides whether the request asks for consent before its body is sent,
// if its maker wants that. It reports whether it does.
func (r *run) expect(req *Request) bool {
	if req.Header.Get("Expect") == "" {
		return false
	}
	if r.plainly || r.Peer.http.NoExpect || r.Peer.expectations.vain(req.URL.Host) {
		req.Header.Del("Expect")
		return false
	}
	return true
}

// failed is the result of an attempt that got no answer. asked says that the
// peer was asked for its consent to the body, streamed that there was one.
func (r *run) failed(err error, trace transport.Trace, asked, streamed bool) retry.Result {
	stalled, slow := errors.AsType[*transport.StallError](err)
	switch {
	case trace.Sent && transport.Unprocessed(err):
		return retry.Result{Verdict: retry.NotSent, Err: err}
	case trace.Sent && streamed && !trace.Begun:
		// Nothing of the body was sent, so nothing was done. If the peer was asked
		// for its consent, something on the way may not know that question; but not
		// if an attempt without the question has failed before.
		r.plainly = r.plainly || asked && r.report.Attempts == 1
		return retry.Result{Verdict: retry.NotSent, Err: err, AtOnce: asked && r.report.Attempts == 1}
	case slow && stalled.Unanswered && streamed:
		// All was sent. To send it all again would help only if it was lost, and
		// may make a second one of it.
		r.report.Doubt = true
		return retry.Result{Verdict: retry.Stopped, Err: err}
	case trace.Sent:
		r.report.Doubt = true
		return retry.Result{Verdict: retry.Failed, Err: err}
	case transport.Lasting(err):
		return retry.Result{Verdict: retry.Stopped, Err: err}
	}
	return retry.Result{Verdict: retry.NotSent, Err: err}
}
