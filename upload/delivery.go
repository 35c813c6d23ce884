package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/retry"
)

// delivery is the task of sending one body to a URL.
type delivery struct {
	peer      *exchange.Peer
	operation string
	method    string
	repeat    exchange.Repeat
	url       *url.URL
	header    http.Header
	length    int64
	content   content
	// asked means that judge may accept a redirect.
	asked bool
	// refusal, if not nil, reads refusals first.
	refusal func(status int, header http.Header, body []byte) *docferry.Error

	host     exchange.SignedHost
	doubted  bool // the additional attempt was used
	attempts int
	answered bool // in some attempt
}

// content is what a delivery sends.
type content interface {
	// ready is called before each attempt; its error ends the delivery.
	ready() error
	// open returns the body of one attempt.
	open(ctx context.Context) (io.ReadCloser, error)
	// judge reads an answer of status 2xx, 302 or 303. ErrIntegrity allows one more
	// attempt; any other error ends the delivery.
	judge(answer *exchange.Answer) error
}

// lazyPeer is the peer of an engine. It is made at the first upload, because an
// engine is a struct that its user fills in. The zero value is ready.
type lazyPeer struct {
	mu   sync.Mutex
	peer *exchange.Peer
}

func (l *lazyPeer) get(from func() (*exchange.Peer, error)) (*exchange.Peer, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.peer == nil {
		peer, err := from()
		if err != nil {
			return nil, err
		}
		l.peer = peer
	}
	return l.peer, nil
}

func (l *lazyPeer) closeIdleConnections() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.peer != nil {
		l.peer.CloseIdleConnections()
	}
}

// minSecret is the length from which the value of any header is treated as a
// key or a token.
const minSecret = 20

// run sends the body, and returns a nil error once judge has accepted an
// answer.
func (d *delivery) run(ctx context.Context) (exchange.Report, error) {
	secrets := append(redact.Secrets(d.header), redact.Query(d.url)...)
	for name, values := range d.header {
		if name == "Host" { // it is in the text of many an error
			continue
		}
		secrets = append(secrets, slices.DeleteFunc(slices.Clone(values),
			func(v string) bool { return len(v) < minSecret })...)
	}
	return exchange.Exchange{
		Peer: d.peer, Operation: d.operation, Method: d.method, Route: "/{key}", Host: d.url.Host,
		Repeat: d.repeat, Secrets: secrets,
	}.Run(ctx, d)
}

// Build makes the request of one attempt, with a body of its own.
func (d *delivery) Build(ctx context.Context) (*exchange.Request, error) {
	if err := d.content.ready(); err != nil {
		return nil, exchange.Local(err)
	}
	source, err := d.content.open(ctx)
	if err != nil {
		return nil, exchange.Local(err)
	}
	header := d.header.Clone()
	d.host.Set(header, d.url)
	req := d.peer.NewRequest(ctx, d.method, d.url, header)
	// A storage that refuses early may close the connection, and its refusal may be
	// lost with it. So after an attempt without an answer, the next one waits for a
	// 100 Continue, whatever its length.
	d.attempts++
	expect := d.attempts > 1 && !d.answered
	if err := req.Stream(source, d.length, expect); err != nil {
		return nil, err
	}
	return req, nil
}

// Judge reads the answer to one attempt.
func (d *delivery) Judge(answer *exchange.Answer) retry.Result {
	d.answered = true
	if result, ok := answer.Read(1 << 20); !ok {
		return result
	}
	switch {
	case ambiguous(answer.Status) && d.asked: // judge decides
	case ambiguous(answer.Status) && d.method == http.MethodPost:
		return retry.Result{Verdict: retry.Failed, Err: exchange.Local(fmt.Errorf("status %d may be "+
			"the answer to a form that was stored; set Multipart.Accept to read it", answer.Status))}
	case answer.Status/100 == 3:
		return answer.Redirected()
	case answer.Status == http.StatusSwitchingProtocols:
		return answer.Protocol("the answer switches protocols, which was not asked for")
	case !answer.Success() && answer.Status/100 != 3:
		return d.refused(answer)
	}
	err := d.content.judge(answer)
	if err == nil {
		return retry.Result{Verdict: retry.Done}
	}
	if errors.Is(err, ErrIntegrity) {
		return retry.Result{Verdict: d.doubt(), Err: exchange.Local(err)}
	}
	if refused, ok := errors.AsType[*docferry.Error](err); ok {
		return answer.Refuse(refused, verdictOn(refused))
	}
	return answer.Protocol(err.Error())
}

// doubt allows one more attempt after a failure that may have been accidental.
func (d *delivery) doubt() retry.Verdict {
	if d.doubted {
		return retry.Refused
	}
	d.doubted = true
	return retry.Failed
}

// refused classifies a refusal by a storage.
func (d *delivery) refused(answer *exchange.Answer) retry.Result {
	if d.refusal != nil {
		if said := d.refusal(answer.Status, answer.Header.Clone(), answer.Body); said != nil {
			e := *said
			return answer.Refuse(&e, verdictOnRefusal(&e, answer.Status))
		}
	}
	result := answer.RefuseStorage()
	if refused, ok := errors.AsType[*docferry.Error](result.Err); ok && refused.Code == "RequestTimeout" {
		result.Verdict = d.doubt() // the connection stalled, or the length is wrong
	}
	return d.host.Judge(result, d.header, d.url)
}

// verdictOnRefusal is what a refusal that a hook has read means for the next
// attempt.
func verdictOnRefusal(e *docferry.Error, status int) retry.Verdict {
	switch {
	case errors.Is(e.Kind, docferry.ErrThrottled), status == http.StatusTooManyRequests && e.Kind == nil:
		return retry.Again
	case errors.Is(e.Kind, docferry.ErrUnavailable), e.Kind == nil && status >= 500 && status != http.StatusNotImplemented:
		return retry.Failed
	}
	return retry.Refused
}
