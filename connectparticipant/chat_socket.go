package connectparticipant

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/websocket"
	"github.com/go-json-experiment/json"
)

const (
	maxFrame      = 1 << 20          // far above any message, which has some kilobytes and is escaped twice
	handshakeTime = time.Minute      // for all attempts together
	subscribeTime = 20 * time.Second // the service allows 100 s for the handshake and the subscription
	farewellTime  = time.Second      // for the closing handshake
	drainTime     = 3 * time.Second  // for what an old websocket still brings when a new one replaces it

	// renewTime is the least time between the opening of a websocket and its
	// renewal, however short a life the service gives it.
	renewTime = 10 * time.Second

	// readAhead is how many frames are read before they are asked for.
	readAhead = 16
)

// socket is a websocket that has subscribed to a chat. A goroutine of its own, in
// receive, reads from it until it ends. Its heartbeats are sent by timers; see
// pulse.
type socket struct {
	conn *websocket.Conn
	born time.Time

	frames chan []byte   // what has arrived; closed when the socket has ended
	err    error         // why the socket has ended; set before frames is closed
	due    chan struct{} // closed when it is time to replace the socket, before it expires
	expiry *time.Timer   // closes due; nil if the life of the socket is unknown

	pulse pulse

	closing sync.Once
	stop    chan struct{} // closed to end receive
	done    chan struct{} // closed when receive has ended
}

// openSocket opens a websocket and subscribes to the chat. life is how long the
// URL and the websocket are valid, or 0 if that is unknown.
func (c *Client) openSocket(
	ctx context.Context, address docferry.Secret, life time.Duration, deep *deepHeartbeats, how attempt,
) (*socket, error) {
	conn, err := c.dial(ctx, address, how)
	if err != nil {
		return nil, err
	}
	s := &socket{conn: conn, born: time.Now(), frames: make(chan []byte, readAhead),
		due: make(chan struct{}), stop: make(chan struct{}), done: make(chan struct{})}
	if err := s.subscribe(ctx, cmp.Or(min(how.answer, subscribeTime), subscribeTime)); err != nil {
		conn.CloseNow()
		return nil, err
	}
	if life > 0 {
		s.expiry = time.AfterFunc(max(soon(life), renewTime), func() { close(s.due) })
	}
	s.pulse.begin(s, c.beats, deep)
	go s.receive()
	return s, nil
}

// subscribe asks for the events of the chat and waits until the service agrees, for
// at most so long.
// Other frames that arrive before are dropped: what they carry is in the
// transcript, which is read afterwards.
func (s *socket) subscribe(ctx context.Context, most time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, most)
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

func (s *socket) write(ctx context.Context, text string) error {
	if err := s.conn.Write(ctx, []byte(text)); err != nil {
		return broken(err)
	}
	return nil
}

// read returns the next frame. Only one goroutine may read at a time. If ctx ends,
// the websocket is closed.
func (s *socket) read(ctx context.Context) ([]byte, error) {
	text, err := s.conn.Read(ctx)
	switch {
	case errors.Is(err, websocket.ErrTooBig):
		return nil, socketError(docferry.ErrProtocol, fmt.Sprintf("the service sent a frame of more than %d bytes", maxFrame))
	case err != nil:
		return nil, broken(err)
	}
	return text, nil
}

// receive reads frames until the socket ends.
func (s *socket) receive() {
	for s.err == nil {
		s.err = s.next()
	}
	close(s.frames)
	close(s.done)
}

// next reads a frame. Answers to heartbeats are for the pulse; all else is for the
// follower. While that does not take any, next waits for it, and so does the service. The
// error says why the socket has ended.
func (s *socket) next() error {
	text, err := s.read(context.Background())
	if err != nil {
		return s.pulse.reason(err)
	}
	own, end := s.pulse.hear(readFrame(text))
	if end == nil && !own && !s.pass(text) {
		end = broken(net.ErrClosed)
	}
	return end
}

// pass hands a frame to the follower. It returns false if the socket was closed.
func (s *socket) pass(text []byte) bool {
	select {
	case s.frames <- text:
		return true
	default:
	}
	s.pulse.block(true)
	defer s.pulse.block(false)
	select {
	case s.frames <- text:
		return true
	case <-s.stop:
		return false
	}
}

// drain makes the socket end when it has brought everything that the service had
// sent before it answers another heartbeat, or after a few seconds. The frames
// remain to be read.
func (s *socket) drain() {
	s.pulse.drain(drainTime)
}

func (s *socket) age() time.Duration { return time.Since(s.born) }

// leave closes the socket with a closing handshake, if that does not take long.
func (s *socket) leave() {
	s.conn.Close(farewellTime)
	s.close()
}

// close closes the socket and waits until nothing of it is running any more.
func (s *socket) close() {
	s.closing.Do(func() {
		close(s.stop)
		if s.expiry != nil {
			s.expiry.Stop()
		}
	})
	s.conn.CloseNow()
	<-s.done
	s.pulse.end()
}
