package connectparticipant

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/awsrest"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/retry"
	"github.com/docferry/docferry/internal/transport"
)

// openWebsocket names the handshake where the names of operations stand: in
// errors, and for the Observer.
const openWebsocket = "OpenWebsocket"

// dial opens a websocket. ctx bounds the handshake, but not the websocket. The second result
// closes the underlying connection at once.
func (c *Client) dial(ctx context.Context, raw docferry.Secret, how attempt) (
	conn *websocket.Conn, cut func() error, err error,
) {
	address, err := websocketAddress(string(raw), c.storage.HTTP().AllowPrivate)
	if err != nil {
		return nil, nil, &docferry.InputError{Service: service, Operation: openWebsocket, Field: "the websocket URL",
			Reason: err.Error()}
	}
	// The connection is closed when the context of its request ends, so that one
	// must last as long as the websocket. Until the handshake is done, it ends with
	// ctx, or after handshakeTime.
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	follow := context.AfterFunc(ctx, end)
	timer := time.AfterFunc(handshakeTime, end)
	h := &handshake{storage: c.storage, how: how, address: address, end: end}
	conn, _, err = websocket.Dial(life, address.String(), &websocket.DialOptions{HTTPClient: &http.Client{Transport: h}})
	inTime, wanted := timer.Stop(), follow()
	switch {
	case err == nil && inTime && wanted:
		conn.SetReadLimit(maxFrame)
		return conn, h.link.Close, nil
	case err == nil:
		_ = conn.CloseNow()
	}
	end()
	switch {
	case !wanted:
		return nil, nil, unheard(ctx.Err())
	case !inTime:
		return nil, nil, unheard(fmt.Errorf("the websocket was not open after %v: %w", handshakeTime, os.ErrDeadlineExceeded))
	case h.err != nil:
		return nil, nil, h.err
	}
	return nil, nil, socketError(docferry.ErrProtocol, "the answer does not open a websocket")
}

// websocketAddress turns the URL of a websocket into that of the request which
// opens it. The scheme must be wss and the address public, unless private ones
// are allowed.
func websocketAddress(raw string, allowPrivate bool) (*url.URL, error) {
	scheme, rest, _ := strings.Cut(raw, "://")
	switch {
	case scheme == "wss":
		scheme = "https"
	case scheme == "ws" && allowPrivate:
		scheme = "http"
	default:
		return nil, errors.New("does not begin with wss://; HTTP.AllowPrivate allows ws:// too")
	}
	if i := strings.IndexAny(rest, "/?"); i >= 0 && rest[i] == '?' {
		rest = rest[:i] + "/" + rest[i:] // the path may be missing
	}
	return transport.CheckURL(scheme+"://"+rest, allowPrivate)
}

// handshake sends the request that opens a websocket as operations are sent:
// with attempts, limiter and observer. It is the http.RoundTripper of one call
// of websocket.Dial, and the task of the exchange which that call makes.
type handshake struct {
	storage *exchange.Peer
	how     attempt
	address *url.URL
	end     context.CancelFunc // of the context of all attempts

	host   exchange.SignedHost
	header http.Header // of the handshake, as the websocket library made it
	answer *http.Response
	link   *link
	err    error // why there is no answer; what comes back through net/http has the URL in it
}

// RoundTrip implements [http.RoundTripper].
func (h *handshake) RoundTrip(ask *http.Request) (*http.Response, error) {
	h.header = ask.Header
	_, h.err = exchange.Exchange{
		Peer: h.storage, Operation: openWebsocket, Method: http.MethodGet, Route: "/", Host: h.address.Host,
		Repeat: exchange.Safe, Policy: h.how.policy, Answer: h.how.answer, Secrets: redact.Query(h.address),
	}.Run(ask.Context(), h)
	if h.err != nil {
		return nil, h.err
	}
	h.link.under = h.answer.Body // since it is kept, closing it ends the attempt
	h.answer.Body = h.link
	return h.answer, nil
}

// Build makes the request of one attempt.
func (h *handshake) Build(ctx context.Context) (*exchange.Request, error) {
	header := h.header.Clone()
	header.Del("User-Agent")
	h.host.Set(header, h.address)
	return h.storage.NewRequest(ctx, http.MethodGet, h.address, header), nil
}

// Judge says what an answer to the handshake means.
func (h *handshake) Judge(answer *exchange.Answer) retry.Result {
	if answer.Status == http.StatusSwitchingProtocols {
		raw, ok := answer.Response().Body.(io.ReadWriter)
		if !ok {
			return retry.Result{Verdict: retry.Stopped, Err: exchange.Local(h.storage.InputError(openWebsocket,
				"Config.HTTP.Transport", "returns a body that cannot be written to; a websocket needs that of *http.Transport"))}
		}
		h.answer, h.link = answer.Keep(), &link{ReadWriter: raw, end: h.end}
		return retry.Result{Verdict: retry.Done}
	}
	if result, ok := answer.Read(exchange.MaxRefusal); !ok {
		return result
	}
	refused, _ := refusal(answer)
	if refused != nil {
		refused.RequestID = answer.Header.Get(awsrest.RequestID)
	}
	switch {
	case refused == nil && answer.Status/100 == 3:
		return answer.Redirected()
	case refused == nil:
		return answer.Protocol("the answer does not open a websocket")
	case refused.Kind == docferry.ErrThrottled, answer.Status == http.StatusTooManyRequests,
		answer.Status == http.StatusTooEarly:
		return answer.Refuse(refused, retry.Again)
	case answer.Status >= 500, answer.Status == http.StatusRequestTimeout:
		return answer.Refuse(refused, retry.Failed)
	}
	return h.host.Judge(answer.Refuse(refused, retry.Refused), h.header, h.address)
}

// link is the connection that carries the frames of a websocket.
type link struct {
	io.ReadWriter
	under  io.Closer
	end    context.CancelFunc
	closed sync.Once
}

func (l *link) Close() (err error) {
	l.closed.Do(func() {
		err = l.under.Close()
		l.end()
	})
	return err
}

// unheard returns the error for a websocket that does not answer.
func unheard(cause error) error {
	return &docferry.TransportError{Service: service, Operation: openWebsocket, Attempts: 1, Sent: true,
		Err: redact.Error(cause)}
}

// broken returns the error for an open websocket that fails.
func broken(cause error) error { return unheard(fmt.Errorf("the websocket broke off: %w", cause)) }

// socketError returns the error for something wrong that arrives over a websocket.
func socketError(kind error, message string) error {
	return &docferry.Error{Service: service, Operation: openWebsocket, StatusCode: http.StatusSwitchingProtocols,
		Attempts: 1, Kind: kind, Message: message}
}
