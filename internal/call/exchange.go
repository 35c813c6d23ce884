package call

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/retry"
	"github.com/docferry/docferry/internal/transport"
)

// Exchange is one request and its answer, over as many attempts as it takes.
// Everything that is sent goes through it: operations, and content that goes
// to a presigned URL.
type Exchange struct {
	Service, Operation string
	Method, Route      string
	Host               string
	RequestID          string // header that names the request
	HTTP               docferry.HTTP
	Policy             retry.Policy
	Repeatable         bool // an attempt that may have had its effect may be made again
	Transport          http.RoundTripper
	Governor           *retry.Governor

	// Build makes the request of one attempt, afresh. The body is nil unless
	// it is streamed. An error ends the exchange; see [Local].
	Build func(ctx context.Context) (*http.Request, *transport.Body, error)
	// Judge reads an answer and says what it means. If it keeps the answer,
	// its body is left open, and closing it is up to whoever has it then.
	Judge func(resp *http.Response) (result retry.Result, keep bool)

	Secrets []string // values that no text may show

	// What is known when Run returns.
	Attempts int
	Sent     bool        // some attempt may have had its effect
	Status   int         // of the last answer; 0 if there was none
	Header   http.Header // of the last answer

	last   error              // of the last attempt
	cancel context.CancelFunc // ends the attempt
}

// Local marks an error of this machine's that is already in the caller's
// terms, such as an unreadable source. It ends an exchange and is returned
// as it is.
func Local(err error) error { return &localError{err} }

type localError struct{ error }

func (e *localError) Unwrap() error { return e.error }

// Run makes attempts until one is final. The error is a *docferry.Error, a
// *docferry.TransportError or what was marked with [Local].
func (x *Exchange) Run(ctx context.Context) error {
	var result retry.Result
	result, x.Attempts = retry.Run(ctx, x.Policy, x.Governor, x.Repeatable, x.attempt)
	if result.Err == nil {
		return nil
	}
	if local, ok := result.Err.(*localError); ok { //nolint:errorlint // with more around it, it is told with that
		return local.error
	}
	if refused, ok := errors.AsType[*docferry.Error](result.Err); ok {
		refused.Attempts = x.Attempts
		if result.Err == error(refused) { //nolint:errorlint // likewise
			return refused
		}
		// Something kept the next attempt from being made.
	}
	return &docferry.TransportError{Service: x.Service, Operation: x.Operation, Attempts: x.Attempts,
		Sent: x.Sent, Err: redact.Error(result.Err, x.Secrets...)}
}

// attempt sends once, and tells the observer.
func (x *Exchange) attempt(ctx context.Context, n int) retry.Result {
	seen := docferry.Attempt{Service: x.Service, Operation: x.Operation, Method: x.Method,
		Route: x.Route, Host: x.Host, Number: n}
	if start := x.HTTP.Observer.Start; start != nil {
		ctx = start(ctx, seen)
	}
	began := time.Now()
	x.Status, x.Header = 0, nil
	result := x.once(ctx)
	x.last = result.Err
	seen.Duration, seen.Status = time.Since(began), x.Status
	if result.Err != nil && x.Status == 0 {
		seen.Err = redact.Error(result.Err, x.Secrets...)
	}
	if done := x.HTTP.Observer.Done; done != nil {
		done(ctx, seen)
	}
	return result
}

// once waits for the limiter, builds, sends and judges.
func (x *Exchange) once(ctx context.Context) retry.Result {
	if x.HTTP.Limit != nil {
		if err := x.HTTP.Limit.Wait(ctx); err != nil {
			return retry.Result{Verdict: retry.Stopped, Err: retry.Then(x.last, fmt.Errorf("waiting for the limiter: %w", err))}
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	x.cancel = cancel
	kept := false
	defer func() {
		if !kept {
			cancel()
		}
	}()
	req, body, err := x.Build(ctx)
	if err != nil {
		return retry.Result{Verdict: retry.Stopped, Err: err}
	}
	resp, sent, err := transport.Send(x.Transport, req)
	if body != nil {
		defer body.Close()
		if failed := body.Err(); failed != nil {
			if err == nil {
				_ = resp.Body.Close()
			}
			return retry.Result{Verdict: retry.Stopped, Err: Local(failed)}
		}
	}
	switch {
	case err != nil && sent:
		x.Sent = true
		return retry.Result{Verdict: retry.Failed, Err: err}
	case err != nil && transport.Lasting(err):
		return retry.Result{Verdict: retry.Stopped, Err: err}
	case err != nil:
		return retry.Result{Verdict: retry.NotSent, Err: err}
	}
	x.Status, x.Header = resp.StatusCode, resp.Header
	result, keep := x.Judge(resp)
	x.Sent = x.Sent || result.Verdict == retry.Failed
	if kept = keep; kept {
		resp.Body = &answerBody{resp.Body, cancel}
	} else {
		_ = resp.Body.Close()
	}
	return result
}

// answerBody ends the attempt's context with the body.
type answerBody struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (b *answerBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

// How long reading an answer may take, however slowly it comes.
const (
	answerTime  = 5 * time.Minute
	refusalTime = 10 * time.Second
)

// Read reads an answer's body up to limit bytes. A success has to be read
// whole; of a refusal, what can be had soon will do.
func (x *Exchange) Read(resp *http.Response, limit int64) (Answer, retry.Result) {
	patience := answerTime
	if resp.StatusCode/100 != 2 {
		patience = refusalTime
	}
	timer := time.AfterFunc(patience, x.cancel)
	text, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if !timer.Stop() && err != nil {
		err = fmt.Errorf("not at its end after %v: %w", patience, os.ErrDeadlineExceeded)
	}
	answer := Answer{Status: resp.StatusCode, Header: resp.Header, Body: text}
	switch {
	case resp.StatusCode/100 != 2:
		answer.Body = text[:min(int64(len(text)), limit)]
		return answer, retry.Result{}
	case err != nil:
		return answer, retry.Result{Verdict: retry.Failed, Err: fmt.Errorf("the answer broke off: %w", err)}
	case int64(len(text)) > limit:
		return answer, x.Protocol(answer, fmt.Sprintf("the answer is longer than %d bytes", limit))
	}
	return answer, retry.Result{}
}

// Protocol refuses an answer that the API does not promise.
func (x *Exchange) Protocol(a Answer, message string) retry.Result {
	return x.Refuse(a, &docferry.Error{Message: message, Kind: docferry.ErrProtocol}, retry.Refused)
}

// Refuse ends an attempt with a refusal. It fills in what every refusal has,
// and cleans what the other side wrote.
func (x *Exchange) Refuse(a Answer, e *docferry.Error, verdict retry.Verdict) retry.Result {
	e.Service, e.Operation, e.StatusCode = x.Service, x.Operation, a.Status
	e.Code = redact.Text(e.Code, x.Secrets...)
	e.Message = redact.Text(e.Message, x.Secrets...)
	e.RequestID = redact.Text(cmp.Or(e.RequestID, a.Header.Get(x.RequestID)), x.Secrets...)
	e.RetryAfter = retry.After(a.Header)
	if e.Kind == nil {
		e.Kind = kindOf(a.Status)
	}
	return retry.Result{Verdict: verdict, Wait: e.RetryAfter, Err: e}
}

// Redirected refuses a redirect, which is never followed: it would carry the
// request to an address that nobody has vouched for.
func (x *Exchange) Redirected(a Answer) retry.Result {
	return x.Protocol(a, "a redirect, which is not followed; check the address")
}

// kindOf is the kind of a refusal of which only the status is known.
func kindOf(status int) error {
	switch status {
	case http.StatusBadRequest:
		return docferry.ErrInvalid
	case http.StatusUnauthorized:
		return docferry.ErrUnauthenticated
	case http.StatusForbidden:
		return docferry.ErrForbidden
	case http.StatusNotFound:
		return docferry.ErrNotFound
	case http.StatusConflict:
		return docferry.ErrConflict
	case http.StatusTooManyRequests:
		return docferry.ErrThrottled
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return docferry.ErrUnavailable
	default:
		return nil
	}
}
