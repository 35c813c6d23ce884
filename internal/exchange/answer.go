package exchange

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/retry"
	"github.com/docferry/docferry/internal/transport"
)

// The most that is read of an answer, after decompression. Content that is
// streamed has no such limit.
const (
	MaxSuccess = 8 << 20
	MaxRefusal = 64 << 10
)

// Answer is what came back in one attempt.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte // what [Answer.Read] has read

	run      *run
	response *http.Response // nil if there was none
	arriving io.Reader      // its body as it arrives, which may be compressed
	cancel   context.CancelCauseFunc
	kept     bool
}

// Success reports whether the status is one of 2xx.
func (a *Answer) Success() bool { return a.Status/100 == 2 }

// Response is the answer as it came. Its body is open during Judge.
func (a *Answer) Response() *http.Response { return a.response }

// Keep takes the answer out of the exchange, with its body open. Closing the
// body ends the attempt and is up to the caller.
func (a *Answer) Keep() *http.Response {
	a.kept = true
	a.response.Body = &keptBody{a.response.Body, a.cancel}
	return a.response
}

// release ends the attempt, unless its answer was kept.
func (a *Answer) release() {
	if a.kept {
		return
	}
	if a.response != nil {
		_ = a.response.Body.Close()
	}
	a.cancel(nil)
}

// keptBody ends the context of its attempt when it is closed.
type keptBody struct {
	io.ReadCloser
	cancel context.CancelCauseFunc
}

// Close closes the body and then ends the attempt, in this order: a connection whose
// body was read to its end can be used again, but not if its context ended first.
func (b *keptBody) Close() error {
	defer b.cancel(nil)
	return b.ReadCloser.Close()
}

// How long reading an answer may take, however slowly it arrives.
const (
	answerTime  = 5 * time.Minute
	refusalTime = 10 * time.Second
)

// Read reads the body into a.Body: at most limit bytes of a success, which has
// to be read whole, and at most MaxRefusal of anything else, of which a part is
// good enough. It returns false if the answer cannot be used, with the result
// of the attempt.
func (a *Answer) Read(limit int64) (result retry.Result, ok bool) {
	if a.Status == http.StatusSwitchingProtocols { // what follows is not a body
		return retry.Result{}, true
	}
	if a.response.Body == http.NoBody {
		a.Body = []byte{}
		return retry.Result{}, true
	}
	patience := answerTime
	if !a.Success() {
		patience, limit = refusalTime, MaxRefusal
	}
	transport.Bound(a.arriving, patience)
	text, err := readUpTo(limit+1, a.response)
	a.Body = readable(text, a.Header.Get("Content-Type"))
	switch {
	case !a.Success():
		a.Body = a.Body[:min(int64(len(a.Body)), limit)]
	case err != nil:
		return retry.Result{Verdict: retry.Failed, Err: fmt.Errorf("the answer broke off: %w", err)}, false
	case int64(len(text)) > limit:
		return a.Protocol(fmt.Sprintf("the answer is longer than %d bytes", limit)), false
	}
	return retry.Result{}, true
}

// readUpTo reads the body of an answer, but not more than limit bytes of it.
func readUpTo(limit int64, resp *http.Response) ([]byte, error) {
	// What the header says of the length is a hint, and may be a lie. One byte more lets the
	// end be found without more room.
	size := int64(bytes.MinRead)
	if resp.ContentLength > 0 {
		size = min(resp.ContentLength, limit, 1<<20) + 1
	}
	text := make([]byte, 0, size)
	for int64(len(text)) < limit {
		if len(text) == cap(text) {
			text = slices.Grow(text, bytes.MinRead)
		}
		n, err := resp.Body.Read(text[len(text):min(int64(cap(text)), limit)])
		if text = text[:len(text)+n]; err == io.EOF {
			return text, nil
		} else if err != nil {
			return text, err
		}
	}
	return text, nil
}

// Protocol is the result for an answer that the API does not promise.
func (a *Answer) Protocol(message string) retry.Result {
	return a.Refuse(&docferry.Error{Message: message, Kind: docferry.ErrProtocol}, retry.Refused)
}

// Redirected is the result for a redirect. Redirects are never followed: they
// would carry the request, and perhaps credentials, to an address that only
// this answer vouches for.
func (a *Answer) Redirected() retry.Result {
	said := explain(a)
	return a.Refuse(&docferry.Error{Code: said.code, Kind: docferry.ErrProtocol,
		Message: "the answer is a redirect, which is not followed; check the configured address" + said.elsewhere()},
		retry.Refused)
}

// Refuse is the result for a refusal. It completes e with what every refusal
// has, and cleans what the peer wrote.
func (a *Answer) Refuse(e *docferry.Error, verdict retry.Verdict) retry.Result {
	r, said, secrets := a.run, explain(a), a.run.secrets()
	if e.Code == "" && e.Message == "" && e.Kind != docferry.ErrProtocol {
		e.Code, e.Message = said.code, said.message
	}
	if a.Status == http.StatusProxyAuthRequired {
		e.Message = "a proxy asks for credentials; put them into the URL that HTTP.Proxy returns"
	}
	e.Service, e.Operation, e.StatusCode = r.Peer.service, r.Operation, a.Status
	e.Code = redact.Text(e.Code, secrets...)
	e.Message = redact.Text(e.Message, secrets...)
	e.RequestID = redact.Text(cmp.Or(e.RequestID, a.Header.Get(r.Peer.requestID)), secrets...)
	redact.Strings(e.Detail, secrets...)
	e.RetryAfter = cmp.Or(e.RetryAfter, retry.After(a.Header), said.wait)
	if e.Kind == nil {
		e.Kind = kindOf(a.Status)
	}
	return retry.Result{Verdict: verdict, Wait: e.RetryAfter, Err: e}
}

// kindOf is the kind of a refusal of which only the status is known.
func kindOf(status int) error {
	switch status {
	case http.StatusBadRequest:
		return docferry.ErrInvalid
	case http.StatusUnauthorized, http.StatusProxyAuthRequired:
		return docferry.ErrUnauthenticated
	case http.StatusForbidden:
		return docferry.ErrForbidden
	case http.StatusNotFound:
		return docferry.ErrNotFound
	case http.StatusConflict, http.StatusPreconditionFailed:
		return docferry.ErrConflict
	case http.StatusTooManyRequests:
		return docferry.ErrThrottled
	case http.StatusRequestTimeout, http.StatusTooEarly,
		http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return docferry.ErrUnavailable
	default:
		return nil
	}
}
