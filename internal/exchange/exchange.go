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

type localError struct{ error }

func (e *localError) Unwrap() error { return e.error }

// run is an exchange that is under way.
type run struct {
	Exchange
	task    Task
	report  Report
	secrets []string // of the exchange, and of the request that was made last
	last    error    // why the last attempt failed
	doubt   error    // why an attempt before the last one left doubt; nil if none did
}

// Run makes attempts until one is final. The error is a *docferry.Error, a
// *docferry.TransportError, or one that was marked with [Local].
func (x Exchange) Run(ctx context.Context, task Task) (Report, error) {
	r := &run{Exchange: x, task: task, secrets: x.Secrets}
	policy := retry.Policy(x.Peer.http.Retry)
	if x.Policy != nil {
		policy = *x.Policy
	}
	governor := (*retry.Governor)(x.Peer.http.Pace)
	result, attempts := retry.Run(ctx, policy, governor, x.Repeat != Unsafe, r.attempt)
	r.report.Attempts = attempts
	return r.report, r.ending(result.Err)
}

// ending is the error of the whole exchange, made from that of its last attempt.
func (r *run) ending(err error) error {
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
		if r.Repeat != Safe { // a read has no effect that could be in doubt
			refused.Earlier = r.doubt
		}
		if err == error(refused) { //nolint:errorlint // see above
			return refused
		}
	}
	return r.unanswered(err)
}

func (r *run) unanswered(err error) error {
	return &docferry.TransportError{Service: r.Peer.service, Operation: r.Operation, Attempts: r.report.Attempts,
		Sent: r.report.Doubt, Err: redact.Error(err, r.secrets...)}
}

// attempt sends the request once, and tells the observer.
func (r *run) attempt(ctx context.Context, n int) retry.Result {
	seen := docferry.Attempt{Service: r.Peer.service, Operation: r.Operation, Method: r.Method,
		Route: r.Route, Host: r.Host, Number: n}
	observer := r.Peer.http.Observer
	if observer.Start != nil {
		if observed := observer.Start(ctx, seen); observed != nil {
			ctx = observed
		}
	}
	if r.report.Doubt && r.doubt == nil {
		r.doubt = redact.Error(r.last, r.secrets...)
	}
	began := time.Now()
	r.report.Status, r.report.Header = 0, nil
	result := r.once(ctx)
	r.last = result.Err
	seen.Duration, seen.Status = time.Since(began), r.report.Status
	if result.Err != nil && r.report.Status == 0 {
		seen.Err = redact.Error(result.Err, r.secrets...)
	}
	if observer.Done != nil {
		observer.Done(ctx, seen)
	}
	return result
}

// once waits for the limiter, builds the request, sends it and has the answer
// judged.
func (r *run) once(ctx context.Context) retry.Result {
	if limit := r.Peer.http.Limit; limit != nil {
		if err := limit.Wait(ctx); err != nil {
			err = fmt.Errorf("waiting for the limiter in HTTP.Limit: %w", err)
			return retry.Result{Verdict: retry.Stopped, Err: retry.Then(r.last, err)}
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	answer := &Answer{run: r, cancel: cancel}
	defer answer.release()
	req, err := r.task.Build(ctx)
	if err != nil {
		return retry.Result{Verdict: retry.Stopped, Err: err}
	}
	defer req.Discard()
	r.secrets = slices.Concat(req.secrets, r.Secrets)
	resp, sent, err := transport.Send(r.Peer.transport, req.Request)
	if err == nil {
		answer.response = resp
	}
	if failed := req.failed(); failed != nil {
		// The source failed, whatever the peer made of that. A request that was
		// cut short in its body is incomplete, and incomplete requests have no
		// effect: so this leaves no doubt of its own.
		return retry.Result{Verdict: retry.Stopped, Err: Local(failed)}
	}
	switch {
	case err != nil && sent:
		r.report.Doubt = true
		return retry.Result{Verdict: retry.Failed, Err: err}
	case err != nil && transport.Lasting(err):
		return retry.Result{Verdict: retry.Stopped, Err: err}
	case err != nil:
		return retry.Result{Verdict: retry.NotSent, Err: err}
	}
	answer.Status, answer.Header = resp.StatusCode, resp.Header
	unreadable := decode(resp)
	r.report.Status, r.report.Header = resp.StatusCode, resp.Header
	var result retry.Result
	switch {
	case unreadable != nil && answer.Success():
		result = answer.Protocol(unreadable.Error())
	case unreadable != nil: // the status says enough
		resp.Body = readCloser{http.NoBody, resp.Body}
		fallthrough
	default:
		result = r.task.Judge(answer)
	}
	r.report.Doubt = r.report.Doubt || result.Verdict == retry.Failed
	req.Discard()
	if failed := req.failed(); failed != nil {
		// The source failed when it was closed, after the peer had the body.
		r.report.Doubt = r.report.Doubt || result.Verdict == retry.Done
		result = retry.Result{Verdict: retry.Stopped, Err: Local(failed)}
	}
	return result
}
