package call

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/option"
	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/retry"
	"github.com/docferry/docferry/internal/transport"
	"github.com/docferry/docferry/internal/version"
	"github.com/docferry/docferry/internal/wire"
)

const (
	maxAnswer  = 8 << 20  // of a success, after decompression
	maxRefusal = 64 << 10 // of anything else
)

// ExpectAbove is the length from which a streamed body waits for the other
// side's consent, so that a refusal is read and not lost in a broken
// connection.
const ExpectAbove = 1 << 20

// invocation is one call of an operation.
type invocation struct {
	exchange Exchange
	client   *Client
	op       *Op
	option   option.Call
	msg      *wire.Message
	url      *url.URL
	body     Body // nil unless it is streamed

	accept func(Answer) error // reads a success
	stream bool               // hand a success over unread
	answer *http.Response     // what was handed over
}

func (inv *invocation) run(ctx context.Context) error {
	c := inv.client
	x := &inv.exchange
	*x = Exchange{
		Service: c.Name, Operation: inv.op.Name, Method: inv.op.Method, Route: inv.op.Route, Host: inv.url.Host,
		RequestID: c.RequestID, HTTP: c.http, Policy: retry.Policy(c.http.Retry), Repeatable: inv.op.Repeat != Unsafe,
		Transport: c.base, Governor: &c.governor, Build: inv.build, Judge: inv.judge, Secrets: inv.msg.Secrets,
	}
	if inv.option.Retry != nil {
		x.Policy = *inv.option.Retry
	}
	err := x.Run(ctx)
	if inv.option.Done != nil {
		inv.option.Done(x.Header.Get(c.RequestID), x.Status, x.Attempts, x.Header)
	}
	return err
}

// build builds a request afresh: nothing of it is shared between attempts.
func (inv *invocation) build(ctx context.Context) (*http.Request, *transport.Body, error) {
	u := *inv.url
	req := (&http.Request{Method: inv.op.Method, URL: &u, Host: u.Host, Header: inv.msg.Header.Clone(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(ctx)
	var body *transport.Body
	switch {
	case inv.body != nil:
		source, err := inv.body.Open()
		if err != nil {
			return nil, nil, Local(err)
		}
		body = transport.NewBody(ctx, source)
		req.Body, req.ContentLength = body, inv.body.ContentLength()
		req.Header.Set("Content-Type", inv.body.ContentType())
		if req.ContentLength > ExpectAbove {
			req.Header.Set("Expect", "100-continue")
		}
		if req.ContentLength == 0 {
			req.Body = http.NoBody // net/http would send a body of no length in chunks
		}
	case inv.msg.Body != nil:
		// With GetBody, net/http can take another connection when the idle one
		// that it took has been closed and nothing could be written to it.
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(inv.msg.Body)), nil }
		req.Body, _ = req.GetBody()
		req.ContentLength = int64(len(inv.msg.Body))
		req.Header.Set("Content-Type", "application/json")
	default:
		req.Body = http.NoBody
	}
	if err := inv.client.Authorize(ctx, req, inv.msg.Body); err != nil {
		if body != nil {
			_ = body.Close()
		}
		return nil, nil, err
	}
	inv.exchange.Secrets = append(redact.Secrets(req.Header), inv.msg.Secrets...)
	// What follows is not signed, since proxies change such headers.
	req.Header.Set("User-Agent", version.UserAgent(inv.client.http.UserAgent))
	if inv.stream {
		req.Header.Set("Accept-Encoding", "identity")
	}
	maps.Copy(req.Header, inv.option.Header)
	if inv.option.IfRange != "" {
		req.Header.Set("If-Range", inv.option.IfRange)
	}
	return req, body, nil
}

// judge says what an answer means for the call.
func (inv *invocation) judge(resp *http.Response) (retry.Result, bool) {
	success := resp.StatusCode/100 == 2
	if success && inv.stream {
		if result, refused := inv.disguised(resp); refused {
			return result, false
		}
		inv.answer = resp
		return retry.Result{Verdict: retry.Done}, true
	}
	limit := int64(maxRefusal)
	if success {
		limit = maxAnswer
	}
	answer, result := inv.exchange.Read(resp, limit)
	if result.Err != nil {
		return result, false
	}
	refused, again := inv.client.Refusal(answer)
	switch {
	case refused != nil:
		return inv.exchange.Refuse(answer, refused, verdict(refused, again, answer.Status)), false
	case resp.StatusCode/100 == 3:
		return inv.exchange.Redirected(answer), false
	case !success:
		return inv.exchange.Refuse(answer, &docferry.Error{}, verdict(&docferry.Error{}, false, answer.Status)), false
	}
	if err := inv.accept(answer); err != nil {
		return inv.exchange.Protocol(answer, err.Error()), false
	}
	return retry.Result{Verdict: retry.Done}, false
}

// verdict classes a refusal by its kind first: statuses mislead.
func verdict(e *docferry.Error, again bool, status int) retry.Verdict {
	switch {
	case again, e.Kind == docferry.ErrThrottled, status == http.StatusServiceUnavailable && e.Code != "":
		return retry.Again
	case e.Kind == docferry.ErrQuota:
		return retry.Refused
	case e.Kind == nil && status == http.StatusTooManyRequests:
		return retry.Again
	case status >= 500 && status != http.StatusNotImplemented:
		return retry.Failed
	}
	return retry.Refused
}
