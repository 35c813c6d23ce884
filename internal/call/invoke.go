package call

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/option"
	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/retry"
	"github.com/docferry/docferry/internal/wire"
)

// invocation is one call of an operation. It is the task of an exchange.
type invocation struct {
	client *Client
	op     *Op
	option option.Call
	msg    wire.Message
	url    url.URL
	body   Body // nil unless it is streamed

	out     any            // what a success is read into
	unread  wire.Unread    // what could not be read of it
	content *Content       // set if a success is handed over unread
	answer  *http.Response // what was handed over

	sent    *http.Request // the last one
	renewed Authorize     // set once the credentials had to be renewed
}

// run sends the request, over as many attempts as it takes, and tells the caller's
// docferry.Meta what came of it, also if that is an error.
func (inv *invocation) run(ctx context.Context) error {
	peer := inv.client.Peer
	report, err := exchange.Exchange{
		Peer: peer, Operation: inv.op.Name, Method: inv.op.Method, Route: inv.op.Route, Host: inv.url.Host,
		Repeat: inv.op.Repeat, Policy: inv.option.Retry, Answer: inv.option.Answer, Secrets: inv.secrets(),
	}.Run(ctx, inv)
	if inv.option.Done != nil {
		inv.option.Done(option.Report{RequestID: report.Header.Get(peer.RequestID()), Status: report.Status,
			Attempts: report.Attempts, Header: report.Header, Unread: inv.unread.Paths, LeftOut: inv.unread.LeftOut})
	}
	return err
}

// secrets are the values of this call that no text may show. A caller who sets
// a header may well put a credential into it.
func (inv *invocation) secrets() []string {
	found := inv.msg.Secrets
	for _, values := range inv.option.Header {
		found = append(found, values...)
	}
	return found
}

// ownHeaders is for how many headers besides those of the request struct there is room
// at once: the User-Agent, the type of the body, and what a signature adds.
const ownHeaders = 5

// header makes the header of one attempt. Its values lie in one piece of memory, since
// every call makes one.
func (inv *invocation) header() http.Header {
	header := make(http.Header, len(inv.msg.Header)+ownHeaders)
	values := make([]string, 0, len(inv.msg.Header)+2)
	add := func(name, value string) {
		if earlier, ok := header[name]; ok {
			header[name] = append(earlier, value)
			return
		}
		n := len(values)
		values = append(values, value)
		header[name] = values[n : n+1 : n+1]
	}
	add("User-Agent", inv.client.Peer.UserAgent())
	for _, value := range inv.msg.Header {
		add(value.Name, value.Text)
	}
	if inv.body == nil && inv.msg.Body != nil {
		add("Content-Type", "application/json")
	}
	return header
}

// Build makes the request: nothing of it is shared between attempts.
func (inv *invocation) Build(ctx context.Context) (*exchange.Request, error) {
	req := inv.client.Peer.NewRequest(ctx, inv.op.Method, &inv.url, inv.header())
	switch {
	case inv.body != nil:
		source, err := inv.body.Open(ctx)
		if err != nil {
			return nil, exchange.Local(err)
		}
		req.Header.Set("Content-Type", inv.body.ContentType())
		if err := req.Stream(source, inv.body.ContentLength(), false); err != nil {
			return nil, err
		}
	case inv.msg.Body != nil:
		req.SetBody(inv.msg.Body)
	}
	authorize := inv.client.Authorize
	if inv.renewed != nil {
		authorize = inv.renewed
	}
	if err := authorize(ctx, req.Request, inv.msg.Body); err != nil {
		req.Discard()
		if bad, ok := errors.AsType[*docferry.InputError](err); ok {
			bad.Operation = inv.op.Name // which Authorize does not know
		}
		return nil, err
	}
	req.HideCredentials()
	// The following headers are not signed, because proxies change such headers.
	if inv.content != nil {
		req.Header.Set("Accept-Encoding", "identity")
		if inv.content.Validator != "" {
			req.Header.Set("If-Range", inv.content.Validator)
		}
	}
	maps.Copy(req.Header, inv.option.Header)
	inv.sent = req.Request
	return req, nil
}

// refuse is the result for a refusal. If it is due to credentials that have ended
// meanwhile, the request is sent again at once with new ones; once, because a
// second refusal has another reason.
func (inv *invocation) refuse(answer *exchange.Answer, refused *docferry.Error, again bool) retry.Result {
	refused.StatusCode = answer.Status
	if renew := inv.client.Renew; renew != nil && inv.renewed == nil && !again {
		if inv.renewed = renew(inv.sent, refused); inv.renewed != nil {
			result := answer.Refuse(refused, retry.Again)
			result.AtOnce = true
			return result
		}
	}
	return answer.Refuse(refused, verdict(refused, again, answer.Status))
}

// Judge says what an answer means for the call.
func (inv *invocation) Judge(answer *exchange.Answer) retry.Result {
	if answer.Success() && inv.content != nil {
		if result, refused := inv.disguised(answer); refused {
			return result
		}
		inv.answer = answer.Keep()
		return retry.Result{Verdict: retry.Done}
	}
	if result, ok := answer.Read(exchange.MaxSuccess); !ok {
		return result
	}
	refused, again := inv.client.Refusal(answer)
	switch {
	case refused != nil:
		return inv.refuse(answer, refused, again)
	case answer.Status/100 == 3:
		return answer.Redirected()
	case !answer.Success():
		return answer.Refuse(&docferry.Error{}, verdict(&docferry.Error{}, false, answer.Status))
	}
	if err := inv.read(answer); err != nil {
		return answer.Protocol(err.Error())
	}
	return retry.Result{Verdict: retry.Done}
}

// read reads a success.
func (inv *invocation) read(answer *exchange.Answer) error {
	unread, err := inv.client.Dialect.Decode(answer.Body, answer.Header, inv.out)
	if err != nil {
		return err
	}
	if len(unread.Paths) > 0 && inv.option.Strict {
		return errors.New("the answer does not have the documented form at " + unread.Paths[0])
	}
	secrets := inv.secrets()
	for i, path := range unread.Paths { // which has names that the service chose
		unread.Paths[i] = redact.Text(path, secrets...)
	}
	inv.unread = unread
	return nil
}

// verdict classes a refusal by its kind first, because statuses mislead.
func verdict(e *docferry.Error, again bool, status int) retry.Verdict {
	switch {
	case again, e.Kind == docferry.ErrThrottled, status == http.StatusServiceUnavailable && e.Code != "",
		status == http.StatusTooEarly: // not processed, because it came before the TLS handshake was complete
		return retry.Again
	case e.Kind == docferry.ErrQuota:
		return retry.Refused
	case e.Kind == nil && status == http.StatusTooManyRequests:
		return retry.Again
	case status == http.StatusRequestTimeout, status >= 500 && status != http.StatusNotImplemented:
		return retry.Failed
	}
	return retry.Refused
}
