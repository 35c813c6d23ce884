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

// The path is this server's own. The topics and the time are those of the
// service.
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

// ticket is what a websocket URL stands for. It can be used more than once
// until the time to subscribe has passed.
type ticket struct {
	who *participant
	// subscribe is the end of the time to connect and subscribe. expiry is when
	// the websocket is closed in any case.
	subscribe time.Time
	expiry    time.Time
}

// newTicket makes a websocket URL for the caller. Neither time starts anew when
// the websocket is opened.
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

// websocketConn is an open websocket. The server's lock guards the fields that
// change. One goroutine reads from the connection and another writes to it, so
// that a slow client never blocks the server.
type websocketConn struct {
	*ticket
	conn   *websocket.Conn
	ctx    context.Context
	cancel context.CancelFunc
	// wake tells the writer that there is something to write. It has room for
	// one value, so sending never waits.
	wake chan struct{}

	subscribed bool
	queue      [][]byte
	// stalled websockets deliver nothing, and if they are mute too, they answer
	// nothing.
	stalled, mute bool
	// closing is the reason to close the websocket once the queue has been
	// written.
	closing string
}

// deadline returns when the websocket will be closed: when the time to
// subscribe has passed or, once it has subscribed, when it expires.
func (k *websocketConn) deadline() time.Time {
	if !k.subscribed && k.subscribe.Before(k.expiry) {
		return k.subscribe
	}
	return k.expiry
}

// expire closes the websocket, whose time has come.
func (k *websocketConn) expire() {
	if k.subscribed {
		k.farewell("the connection has expired")
	} else {
		k.farewell("no subscription in time")
	}
}

// send queues a frame, unless the websocket is stalled. The queue has no limit, so
// send never waits.
func (k *websocketConn) send(frame []byte) {
	if !k.stalled {
		k.put(frame)
	}
}

// put queues a frame.
func (k *websocketConn) put(frame []byte) {
	k.queue = append(k.queue, frame)
	k.poke()
}

// farewell closes the websocket properly, after the frames that are queued. The
// server forgets it at once, so that nothing more is queued.
func (k *websocketConn) farewell(reason string) {
	k.forget()
	k.closing = reason
	k.poke()
}

// forget takes the websocket out of those that are open.
func (k *websocketConn) forget() {
	delete(k.who.chat.server.websockets, k)
	delete(k.who.chat.websockets, k)
}

// poke tells the writer that there is something to do.
func (k *websocketConn) poke() {
	select {
	case k.wake <- struct{}{}:
	default: // it knows already
	}
}

// Websockets returns the number of open websockets that have subscribed to the
// chat.
func (c *Chat) Websockets() int {
	c.server.lock()
	defer c.server.unlock()
	n := 0
	for k := range c.websockets {
		if k.subscribed {
			n++
		}
	}
	return n
}

// DropWebsockets breaks all open websockets without a close frame, as a network
// failure does. Frames that were not yet written are lost. A websocket
// certainly counts as open once its client has received a frame.
func (s *Server) DropWebsockets() {
	s.lock()
	var dropped []*websocketConn
	for k := range s.websockets {
		dropped = append(dropped, k)
		k.forget()
		k.queue = nil
	}
	s.unlock()
	for _, k := range dropped {
		k.cancel()
		_ = k.conn.CloseNow()
	}
}

// StallWebsockets makes the open websockets deliver nothing any more, without
// breaking them. If heartbeats is true, they answer the heartbeats of the gateway, as
// when the gateway has lost the chat behind it; but not the deep ones (aws/ping).
// Otherwise they answer nothing, as when the network has gone dead. New websockets
// work.
func (s *Server) StallWebsockets(heartbeats bool) {
	s.lock()
	defer s.unlock()
	for k := range s.websockets {
		k.queue, k.stalled, k.mute = nil, true, !heartbeats
	}
}

// openWebsocket serves a websocket until it is closed.
func (s *Server) openWebsocket(w http.ResponseWriter, r *http.Request) {
	s.lock()
	t, no := s.admitTicket(r)
	s.unlock()
	if no != nil {
		no.write(w)
		return
	}
	// The origin is not checked: the ticket alone admits a client.
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

// admitTicket returns the ticket that a websocket URL stands for, or an error
// if the URL cannot be used any more.
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

// register adds the websocket to the server's, unless the server is closed.
func (s *Server) register(k *websocketConn) bool {
	s.lock()
	defer s.unlock()
	if s.closed {
		return false
	}
	s.work.Add(1)
	s.websockets[k], k.who.chat.websockets[k] = true, true
	s.expect(k.deadline())
	return true
}

// serve reads from the websocket until it is closed, while another goroutine
// writes. It returns only after that goroutine has ended.
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
	k.forget()
	s.unlock()
	k.cancel()
	<-written
}

// write sends the queued frames until the websocket is closed.
func (k *websocketConn) write(s *Server) {
	for {
		s.mu.Lock()
		// The frames are taken out under the lock and written without it.
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

// frame is a message on the websocket, in either direction.
type frame struct {
	Topic         string          `json:"topic"`
	ContentType   string          `json:"contentType,omitempty"`
	Content       json.RawMessage `json:"content,omitempty"`
	StatusCode    int             `json:"statusCode,omitempty"`
	StatusContent string          `json:"statusContent,omitempty"`
}

// subscription is the content of a subscribing frame and of the answer to it.
type subscription struct {
	Status string   `json:"status,omitempty"`
	Topics []string `json:"topics"`
}

// receive answers a frame of the client. That a frame which makes no sense
// closes the websocket is inferred.
func (k *websocketConn) receive(text []byte) {
	var f frame
	if json.Unmarshal(text, &f) != nil {
		k.farewell("a frame must be a JSON object with a topic")
		return
	}
	switch f.Topic {
	// Heartbeats of either kind are answered in kind.
	case topicHeartbeat:
		if !k.mute {
			k.put([]byte(`{"topic":"` + topicHeartbeat + `"}`))
		}
	case topicPing:
		k.reply(frame{Topic: topicPing, StatusCode: http.StatusOK, StatusContent: "OK"})
	case topicSubscribe:
		var wanted subscription
		if json.Unmarshal(f.Content, &wanted) != nil {
			k.farewell("a subscription must list its topics")
			return
		}
		// A subscription fails as a whole if it lists a topic other than the
		// chat.
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

// reply queues a frame for this websocket alone.
func (k *websocketConn) reply(f frame) {
	text, _ := json.Marshal(f)
	k.send(text)
}

// chatFrame returns a frame with an item. As in the service, the item is JSON
// inside a JSON string.
func chatFrame(item []byte) []byte {
	content, _ := json.Marshal(string(item))
	text, _ := json.Marshal(frame{Topic: topicChat, ContentType: "application/json", Content: content})
	return text
}
