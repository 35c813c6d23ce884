package connectparticipanttest

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"
)

const (
	websocketPath = "/_websocket"

	// subscribeWithin is the documented time to connect and subscribe in. That
	// both share it, counted from when the URL was given out, is inferred.
	subscribeWithin = 100 * time.Second

	topicSubscribe = "aws/subscribe"
	topicChat      = "aws/chat"
	topicHeartbeat = "aws/heartbeat"
	topicPing      = "aws/ping" // a heartbeat that the service's own chat libraries send
)

// ticket is what a websocket URL stands for. It may be used again while it is
// fresh.
type ticket struct {
	who       *participant
	subscribe time.Time // until when
	expiry    time.Time
}

// newTicket returns the websocket of an answer.
func (s *Server) newTicket(c *call) *websocketAnswer {
	now, id := s.now(), newToken()
	t := &ticket{who: c.who, subscribe: now.Add(subscribeWithin), expiry: now.Add(s.limits.websocket)}
	s.tickets[id] = t
	return &websocketAnswer{
		URL:              websocketBase(c.request) + websocketPath + "?ticket=" + url.QueryEscape(id),
		ConnectionExpiry: timestamp(t.expiry),
	}
}

// websocketBase returns scheme and host of websockets. Without TLS, the
// service's own chat client accepts no address but 127.0.0.1 with a port, so
// this is what localhost is called.
func websocketBase(r *http.Request) string {
	if r.TLS != nil {
		return "wss://" + r.Host
	}
	name, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		name, port = r.Host, "80"
	}
	if strings.EqualFold(name, "localhost") || name == "127.0.0.1" {
		return "ws://" + net.JoinHostPort("127.0.0.1", port)
	}
	return "ws://" + r.Host
}

// websocketConn is an open websocket. The server's lock guards what changes.
type websocketConn struct {
	*ticket
	conn   *websocket.Conn
	ctx    context.Context
	cancel context.CancelFunc
	wake   chan struct{} // has room for one; says that there is something to write

	subscribed bool
	queue      [][]byte
	closing    string // why, once it is to be closed after the queue is written
}

// deadline is when the websocket is closed unless something happens.
func (k *websocketConn) deadline() time.Time {
	if !k.subscribed && k.subscribe.Before(k.expiry) {
		return k.subscribe
	}
	return k.expiry
}

func (k *websocketConn) expire(now time.Time) {
	if now.Before(k.deadline()) {
		return
	}
	if k.subscribed {
		k.farewell("the connection has expired")
	} else {
		k.farewell("no subscription in time")
	}
}

// send queues a frame.
func (k *websocketConn) send(frame []byte) {
	k.queue = append(k.queue, frame)
	k.poke()
}

// farewell closes the websocket, in order, after what is queued. It is no more
// one of the server's, so nothing else gets there.
func (k *websocketConn) farewell(reason string) {
	delete(k.who.chat.server.websockets, k)
	k.closing = reason
	k.poke()
}

func (k *websocketConn) poke() {
	select {
	case k.wake <- struct{}{}:
	default: // it knows already
	}
}

// Websockets returns how many websockets are open that have subscribed to the
// chat.
func (c *Chat) Websockets() int {
	c.server.lock()
	defer c.server.unlock()
	n := 0
	for k := range c.server.websockets {
		if k.who.chat == c && k.subscribed {
			n++
		}
	}
	return n
}

// DropWebsockets breaks all open websockets without a close frame, as a network
// does. What was not yet written to them is lost. A websocket surely counts as
// open when its client has had an answer on it.
func (s *Server) DropWebsockets() {
	s.lock()
	var dropped []*websocketConn
	for k := range s.websockets {
		dropped = append(dropped, k)
		delete(s.websockets, k)
		k.queue = nil
	}
	s.unlock()
	for _, k := range dropped {
		k.cancel()
		_ = k.conn.CloseNow()
	}
}

// openWebsocket serves a websocket until it ends.
func (s *Server) openWebsocket(w http.ResponseWriter, r *http.Request) {
	s.lock()
	t, no := s.admitTicket(r)
	s.unlock()
	if no != nil {
		no.write(w)
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // Accept has answered
	}
	k := &websocketConn{ticket: t, conn: conn, wake: make(chan struct{}, 1)}
	k.ctx, k.cancel = context.WithCancel(s.root)
	if s.register(k) {
		defer s.work.Done()
		k.serve(s)
	}
	k.cancel()
	_ = conn.CloseNow()
}

func (s *Server) admitTicket(r *http.Request) (*ticket, *refusal) {
	t := s.tickets[r.URL.Query().Get("ticket")]
	switch {
	case t == nil:
		return nil, denied("the websocket URL is not valid")
	case t.who.chat.ended:
		return nil, denied("the chat has ended")
	case t.who.departed:
		return nil, denied("the participant has left the chat")
	case !s.now().Before(t.subscribe) || !s.now().Before(t.expiry):
		return nil, denied("the websocket URL has expired")
	}
	return t, nil
}

// register makes the websocket one of the server's, unless that is closed.
func (s *Server) register(k *websocketConn) bool {
	s.lock()
	defer s.unlock()
	if s.closed {
		return false
	}
	s.work.Add(1)
	s.websockets[k] = true
	return true
}

// serve reads until the websocket ends, while another goroutine writes.
func (k *websocketConn) serve(s *Server) {
	written := make(chan struct{})
	go func() {
		defer close(written)
		k.write(s)
	}()
	for {
		kind, frame, err := k.conn.Read(k.ctx)
		if err != nil {
			break
		}
		s.lock()
		if kind != websocket.MessageText {
			k.farewell("only text is understood")
		} else if _, open := s.websockets[k]; open {
			k.receive(frame)
		}
		s.unlock()
	}
	s.lock()
	delete(s.websockets, k)
	s.unlock()
	k.cancel()
	<-written
}

// write empties the queue until the websocket ends.
func (k *websocketConn) write(s *Server) {
	for {
		s.mu.Lock()
		frames, reason := k.queue, k.closing
		k.queue = nil
		s.mu.Unlock()
		for _, frame := range frames {
			if k.conn.Write(k.ctx, websocket.MessageText, frame) != nil {
				return
			}
		}
		if reason != "" {
			_ = k.conn.Close(websocket.StatusGoingAway, reason)
			return
		}
		select {
		case <-k.wake:
		case <-k.ctx.Done():
			return
		}
	}
}

type frame struct {
	Topic         string          `json:"topic"`
	ContentType   string          `json:"contentType,omitempty"`
	Content       json.RawMessage `json:"content,omitempty"`
	StatusCode    int             `json:"statusCode,omitempty"`
	StatusContent string          `json:"statusContent,omitempty"`
}

type subscription struct {
	Status string   `json:"status,omitempty"`
	Topics []string `json:"topics"`
}

// receive answers a frame of the client. One that makes no sense ends the
// websocket, which is inferred.
func (k *websocketConn) receive(text []byte) {
	var f frame
	if json.Unmarshal(text, &f) != nil {
		k.farewell("a frame must be a JSON object with a topic")
		return
	}
	switch f.Topic {
	case topicHeartbeat:
		k.reply(frame{Topic: topicHeartbeat})
	case topicPing:
		k.reply(frame{Topic: topicPing, StatusCode: http.StatusOK, StatusContent: "OK"})
	case topicSubscribe:
		var wanted subscription
		if json.Unmarshal(f.Content, &wanted) != nil {
			k.farewell("a subscription must list its topics")
			return
		}
		wanted.Status = "failure"
		if len(wanted.Topics) > 0 && !slices.ContainsFunc(wanted.Topics, func(t string) bool { return t != topicChat }) {
			wanted.Status = "success"
			k.subscribed = true
		}
		content, _ := json.Marshal(wanted)
		k.reply(frame{Topic: topicSubscribe, Content: content})
	default:
		k.farewell("the topic is unknown")
	}
}

func (k *websocketConn) reply(f frame) {
	text, _ := json.Marshal(f)
	k.send(text)
}

// chatFrame wraps an item, which travels as a string.
func chatFrame(item []byte) []byte {
	content, _ := json.Marshal(string(item))
	text, _ := json.Marshal(frame{Topic: topicChat, ContentType: "application/json", Content: content})
	return text
}
