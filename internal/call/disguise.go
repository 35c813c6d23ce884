package call

import (
	"bufio"
	"bytes"
	"io"

	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/retry"
)

// maxDisguised is how much is read of an answer that may be a refusal. A
// service's own refusals are short; a login page can be longer.
const maxDisguised = 256 << 10

// disguised finds a refusal where content should be: one that a service sends
// with a status of 2xx, or the login page of a proxy. It reads no more of the
// content than it needs to tell, and what it has read is read again from the
// response.
//
// Content can read like a refusal as well: a stored HTML file, or a JSON file
// with an errorCode. Then Genuine is asked whether this is the content.
func (inv *invocation) disguised(answer *exchange.Answer) (retry.Result, bool) {
	resp := answer.Response()
	if doubtful := inv.client.Doubtful; doubtful == nil || !doubtful(resp) {
		return retry.Result{}, false
	}
	source := resp.Body
	content := bufio.NewReader(source)
	resp.Body = readCloser{content, source}
	_, _ = content.Peek(len("\ufeff") + 1) // an error comes again
	start, _ := content.Peek(content.Buffered())
	start = bytes.TrimSpace(exchange.TrimMark(bytes.TrimSpace(start)))
	if len(start) > 0 && start[0] != '<' && start[0] != '{' {
		return retry.Result{}, false
	}
	text, err := io.ReadAll(io.LimitReader(content, maxDisguised+1))
	resp.Body = readCloser{io.MultiReader(bytes.NewReader(text), content), source} // which fails again if it did
	if err != nil {
		return retry.Result{}, false // nothing passes for whole that breaks off
	}
	whole := len(text) <= maxDisguised
	if whole && resp.ContentLength < 0 {
		resp.ContentLength = int64(len(text))
	}
	answer.Body = exchange.TrimMark(bytes.TrimSpace(text))
	refused, again := inv.client.Refusal(answer)
	if refused == nil {
		return retry.Result{}, false
	}
	if !whole && resp.ContentLength < 0 && inv.content.Sized {
		return retry.Result{}, false // the size tells, at the end
	}
	result := answer.Refuse(refused, verdict(refused, again, answer.Status))
	if genuine := inv.content.Genuine; genuine != nil && genuine(resp, refused) {
		return retry.Result{}, false
	}
	if renewed := inv.refuse(answer, refused, again); renewed.AtOnce {
		return renewed, true
	}
	return result, true
}

// readCloser reads from one thing and closes another.
type readCloser struct {
	io.Reader
	io.Closer
}
