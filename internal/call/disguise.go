package call

import (
	"bufio"
	"bytes"
	"io"

	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/retry"
)

// maxDisguised is how long a refusal can be that looks like content.
const maxDisguised = 256 << 10

// disguised finds a refusal where content should be: one that a service sends
// with a status of 2xx, or the login page of a proxy. It reads no more of the
// content than it needs to tell, and what it has read is read again from the
// response.
func (inv *invocation) disguised(answer *exchange.Answer) (retry.Result, bool) {
	resp := answer.Response()
	if doubtful := inv.client.Doubtful; doubtful == nil || !doubtful(resp) {
		return retry.Result{}, false
	}
	source := resp.Body
	content := bufio.NewReader(source)
	resp.Body = readCloser{content, source}
	_, _ = content.Peek(1) // an error comes again
	start, _ := content.Peek(content.Buffered())
	if start = bytes.TrimSpace(start); len(start) > 0 && start[0] != '<' && start[0] != '{' {
		return retry.Result{}, false
	}
	text, err := io.ReadAll(io.LimitReader(content, maxDisguised+1))
	resp.Body = readCloser{io.MultiReader(bytes.NewReader(text), content), source} // which fails again if it did
	whole := err == nil && len(text) <= maxDisguised
	if whole && resp.ContentLength < 0 {
		resp.ContentLength = int64(len(text))
	}
	answer.Body = text
	refused, again := inv.client.Refusal(answer)
	if refused == nil {
		return retry.Result{}, false
	}
	result := answer.Refuse(refused, verdict(refused, again, answer.Status))
	// Longer text is not double-checked, because asking needs a second
	// connection and there may be none: this answer still occupies the first.
	if genuine := inv.content.Genuine; genuine != nil && (!whole || genuine(resp, refused)) {
		return retry.Result{}, false
	}
	return result, true
}

// readCloser reads from one thing and closes another.
type readCloser struct {
	io.Reader
	io.Closer
}
