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

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/awsrest"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/retry"
	"github.com/docferry/docferry/internal/transport"
	"github.com/docferry/docferry/internal/websocket"
)

// openWebsocket names the handshake where the names of operations stand: in
// errors, and for the Observer.
const openWebsocket = "OpenWebsocket"

// dial opens a websocket. ctx bounds the handshake, but not the websocket.
func (c *Client) dial(ctx context.Context, raw docferry.Secret, how attempt) (*websocket.Conn, error) {
	address, err := websocketAddress(string(raw), c.storage.HTTP().AllowPrivate)
	if err != nil {
		return nil, &docferry.InputError{Service: service, Operation: openWebsocket, Field: "the websocket URL",
			Reason: err.Error()}
	}
	// The connection is closed when the context of its request ends, so that one
	// must last as long as the websocket. Until the handshake is done, it ends with
	// ctx, or after handshakeTime.
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	follow := context.AfterFunc(ctx, end)
	timer := time.AfterFunc(handshakeTime, end)
	h := &handshake{storage: c.storage, address: address, header: websocket.Ask(), end: end}
	_, err = exchange.Exchange{
		Peer: h.storage, Operation: openWebsocket, Method: http.MethodGet, Route: "/", Host: address.Host,
		Repeat: exchange.Safe, Policy: how.policy, Answer: how.answer, Secrets: redact.Query(address),
	}.Run(life, h)
	inTime, wanted := timer.Stop(), follow()
	agreed := err == nil && websocket.Agreed(h.header, h.answer.Header)
	if agreed && inTime && wanted {
		h.link.under = h.answer.Body // since it is kept, closing it ends the attempt
		return websocket.New(h.link, maxFrame), nil
	}
	if err == nil {
		_ = h.answer.Body.Close()
	}
	end()
	switch {
	case !wanted:
		return nil, unheard(ctx.Err())
	case !inTime:
		return nil, unheard(fmt.Errorf("the websocket was not open after %v: %w", handshakeTime, os.ErrDeadlineExceeded))
	case err != nil:
		return nil, err
	}
	return nil, socketError(docferry.ErrProtocol, "the answer does not open a websocket")
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

// handshake is the request that opens a websocket. It is sent as operations are, with
// attempts, limiter and observer: it is the task of an exchange.
type handshake struct {
	storage *exchange.Peer
	address *url.URL
	header  http.Header        // of the request
	end     context.CancelFunc // of the context of all attempts

	host   exchange.SignedHost
	answer *http.Response
	link   *link
}

// Build makes the request of one attempt.
func (h *handshake) Build(ctx context.Context) (*exchange.Request, error) {
	header := h.header.Clone()
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
