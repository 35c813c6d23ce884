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
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/awsrest"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/retry"
	"github.com/docferry/docferry/internal/transport"
	"github.com/go-json-experiment/json"
)

const (
	maxFrame      = 1 << 20          // far above any message, which has some kilobytes and is escaped twice
	handshakeTime = time.Minute      // for all attempts together
	subscribeTime = 20 * time.Second // the service allows 100 s for the handshake and the subscription
	farewellTime  = time.Second      // for the closing handshake

	// The service closes a websocket on which nothing is sent, and answers every
	// heartbeat: if nothing arrives for silenceTime, the connection is dead.
	heartbeatTime = 10 * time.Second
	silenceTime   = 3 * heartbeatTime

	// renewTime is the least time between the opening of a websocket and its
	// renewal, however short a life the service gives it.
	renewTime = 10 * time.Second
)

// openWebsocket names the handshake where the names of operations stand: in
// errors, and for the Observer.
const openWebsocket = "OpenWebsocket"

// socket is a websocket that has subscribed to a chat. One goroutine, in keep,
// sends heartbeats and ends with the socket. One other goroutine at a time reads.
type socket struct {
	conn *websocket.Conn
	cut  func() error // closes the underlying connection at once
	born time.Time

	// waiting is when the read that is under way began, as a time.Duration since
	// born, or 0 if none is under way. renewed is set when the socket was closed to
	// be replaced, shortly before it expires. Both are written by one goroutine and
	// read by the other.
	waiting atomic.Int64
	renewed atomic.Bool

	closing sync.Once
	stop    chan struct{} // closed to end the goroutine
	done    chan struct{} // closed when the goroutine has ended
}

// openSocket opens a websocket and subscribes to the chat. life is how long the
// URL and the websocket are valid, or 0 if that is unknown.
func (c *Client) openSocket(ctx context.Context, address docferry.Secret, life time.Duration) (*socket, error) {
	s, err := c.dial(ctx, address)
	if err != nil {
		return nil, err
	}
	if err := s.subscribe(ctx); err != nil {
		_ = s.conn.CloseNow()
		return nil, err
	}
	s.stop, s.done = make(chan struct{}), make(chan struct{})
	go s.keep(life) //nolint:contextcheck // it lives as long as the websocket, not as long as the call
	return s, nil
}

// dial opens a websocket. ctx bounds the handshake, but not the websocket.
func (c *Client) dial(ctx context.Context, raw docferry.Secret) (*socket, error) {
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
	h := &handshake{storage: c.storage, address: address, end: end}
	conn, _, err := websocket.Dial(life, address.String(), &websocket.DialOptions{HTTPClient: &http.Client{Transport: h}})
	inTime, wanted := timer.Stop(), follow()
	switch {
	case err == nil && inTime && wanted:
		conn.SetReadLimit(maxFrame)
		return &socket{conn: conn, cut: h.link.Close, born: time.Now()}, nil
	case err == nil:
		_ = conn.CloseNow()
	}
	end()
	switch {
	case !wanted:
		return nil, unheard(ctx.Err())
	case !inTime:
		return nil, unheard(fmt.Errorf("the websocket was not open after %v: %w", handshakeTime, os.ErrDeadlineExceeded))
	case h.err != nil:
		return nil, h.err
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

// handshake sends the request that opens a websocket as operations are sent:
// with attempts, limiter and observer. It is the http.RoundTripper of one call
// of websocket.Dial, and the task of the exchange which that call makes.
type handshake struct {
	storage *exchange.Peer
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
		Repeat: exchange.Safe, Secrets: redact.Query(h.address),
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

// subscribe asks for the events of the chat and waits until the service agrees.
// Other frames that arrive before are dropped: what they carry is in the
// transcript, which is read afterwards.
func (s *socket) subscribe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, subscribeTime)
	defer cancel()
	if err := s.write(ctx, `{"topic":"`+topicSubscribe+`","content":{"topics":["`+topicChat+`"]}}`); err != nil {
		return err
	}
	for {
		text, err := s.read(ctx)
		if err != nil {
			return err
		}
		f := readFrame(text)
		if f.Topic != topicSubscribe {
			continue
		}
		var answer struct {
			Status string `json:"status"`
		}
		if json.Unmarshal(f.Content, &answer, dialect.JSON) == nil && answer.Status == "success" {
			return nil
		}
		return socketError(docferry.ErrUnavailable, "the service did not confirm the subscription to the chat")
	}
}

// socketError returns the error for something wrong that arrives over a websocket.
func socketError(kind error, message string) error {
	return &docferry.Error{Service: service, Operation: openWebsocket, StatusCode: http.StatusSwitchingProtocols,
		Attempts: 1, Kind: kind, Message: message}
}

func (s *socket) write(ctx context.Context, text string) error {
	if err := s.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		return broken(err)
	}
	return nil
}

// read returns the next frame. Only one goroutine may read at a time. If ctx ends,
// the websocket is closed.
func (s *socket) read(ctx context.Context) ([]byte, error) {
	s.waiting.Store(max(int64(s.age()), 1))
	defer s.waiting.Store(0)
	_, text, err := s.conn.Read(ctx)
	switch {
	case errors.Is(err, websocket.ErrMessageTooBig):
		return nil, socketError(docferry.ErrProtocol, fmt.Sprintf("the service sent a frame of more than %d bytes", maxFrame))
	case err != nil:
		return nil, broken(err)
	}
	return text, nil
}

func (s *socket) age() time.Duration { return time.Since(s.born) }

// keep sends heartbeats until the socket is closed. It closes the socket itself
// when it is time to renew it, or if the service does not seem to be there.
func (s *socket) keep(life time.Duration) {
	defer close(s.done)
	beat := time.NewTicker(heartbeatTime)
	defer beat.Stop()
	var over <-chan time.Time
	if life > 0 {
		timer := time.NewTimer(max(soon(life), renewTime))
		defer timer.Stop()
		over = timer.C
	}
	for {
		select {
		case <-s.stop:
			return
		case <-over:
			s.renewed.Store(true)
			_ = s.conn.CloseNow()
			return
		case <-beat.C:
			if !s.beat() {
				_ = s.conn.CloseNow()
				return
			}
		}
	}
}

// beat sends a heartbeat. It returns false if the connection is dead. Silence
// counts only while a read is under way, since frames that are not read cannot be
// seen to arrive.
func (s *socket) beat() bool {
	if since := time.Duration(s.waiting.Load()); since > 0 && s.age()-since >= silenceTime {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), heartbeatTime)
	defer cancel()
	return s.write(ctx, `{"topic":"`+topicHeartbeat+`"}`) == nil
}

// leave closes the socket with a closing handshake, if that does not take long.
func (s *socket) leave() {
	late := time.AfterFunc(farewellTime, func() { _ = s.cut() })
	defer late.Stop()
	_ = s.conn.Close(websocket.StatusNormalClosure, "") // it may be closed already
	s.close()
}

// close closes the socket and waits until its goroutine has ended.
func (s *socket) close() {
	s.closing.Do(func() { close(s.stop) })
	_ = s.conn.CloseNow()
	<-s.done
}
