package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

// server is the process with the test server.
type server struct {
	*connectparticipanttest.Server

	hole  *hole
	chats []*connectparticipanttest.Chat

	mu   sync.Mutex
	said []said
	hush context.CancelFunc
	talk sync.WaitGroup
}

// serve obeys orders until there are no more.
func serve(ctx context.Context, orders io.Reader, answers io.Writer) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &server{
		Server: connectparticipanttest.New(), hush: func() {},
		hole: &hole{Listener: listener, open: make(map[*holed]bool)},
	}
	front := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = front.Serve(s.hole) }()
	defer func() {
		s.silence()
		_ = front.Close()
		s.Close()
	}()
	encode := json.NewEncoder(answers).Encode
	if err := encode(news{URL: "http://" + listener.Addr().String()}); err != nil {
		return err
	}
	for decode := json.NewDecoder(orders); ; {
		var o order
		if err := decode.Decode(&o); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := encode(s.obey(ctx, o)); err != nil {
			return err
		}
	}
}

// obey carries out an order.
func (s *server) obey(ctx context.Context, o order) (n news) {
	switch o.Do {
	case "join":
		for range o.Chats {
			n.Places = append(n.Places, s.join())
		}
	case "talk":
		s.speak(ctx, o.PerSecond)
	case "hush":
		s.silence()
		n.Said = s.said
	case "fault":
		n.At = time.Now().UnixNano()
		s.fault(o)
		s.mu.Lock()
		n.Next = len(s.said)
		s.mu.Unlock()
	case "count":
		n.Calls = make(map[string]int)
		for _, call := range s.Calls() {
			n.Calls[call]++
		}
		for _, chat := range s.chats {
			n.Websockets += chat.Websockets()
		}
	default:
		n.Error = fmt.Sprintf("there is no order %q", o.Do)
	}
	return n
}

// join starts a chat with one customer.
func (s *server) join() place {
	chat := s.NewChat()
	s.chats = append(s.chats, chat)
	token := chat.Join("CUSTOMER", "Ana")
	return place{Index: len(s.chats) - 1, Token: token, Contact: chat.ContactID, Participant: chat.ParticipantID(token)}
}

// fault does what a network or a service does wrong. From then on, it admits only so
// many calls for a connection each second, if the order says so.
func (s *server) fault(o order) {
	if o.PerSecond > 0 {
		s.Keep("CreateParticipantConnection", admit(o.PerSecond, o.RetryAfter))
	}
	switch o.Fault {
	case faultDrop:
		s.DropWebsockets()
	case faultHole:
		s.hole.swallow()
	case faultZombie:
		s.StallWebsockets(true)
	}
}

// speak says so many messages a second, in one chat after the other.
func (s *server) speak(ctx context.Context, perSecond float64) {
	ctx, s.hush = context.WithCancel(ctx)
	tick := time.NewTicker(time.Duration(float64(time.Second) / perSecond))
	s.talk.Go(func() {
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			m := said{Chat: n % len(s.chats), Text: strconv.Itoa(n), At: time.Now().UnixNano()}
			s.mu.Lock()
			s.said = append(s.said, m)
			s.mu.Unlock()
			s.chats[m.Chat].Say(m.Text)
		}
	})
}

// silence ends what speak has begun.
func (s *server) silence() {
	s.hush()
	s.talk.Wait()
}

// admit is a fault that refuses calls beyond so many a second.
func admit(perSecond float64, retryAfter bool) connectparticipanttest.Fault {
	var header []string
	if retryAfter {
		header = []string{"Retry-After", "1"}
	}
	refused := connectparticipanttest.Refuse(http.StatusTooManyRequests, connectparticipant.CodeThrottling,
		"slow down", header...)
	return connectparticipanttest.Beyond(int(perSecond), refused)
}
