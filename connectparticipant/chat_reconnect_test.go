package connectparticipant_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

var (
	refuseEntry = connectparticipanttest.Refuse(http.StatusForbidden, connectparticipant.CodeAccessDenied, "not you")
	outOfOrder  = connectparticipanttest.Answer(http.StatusInternalServerError, "")
)

func TestChatFillsHoles(t *testing.T) {
	inBubble(t, "while disconnected", func(t *testing.T, w *world) {
		w.srv.SetPageSize(2)
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		for range 3 {
			w.chat.Say("live")
			v.says("live")
			w.srv.DropWebsockets()
			for i := range 5 {
				w.chat.Say(fmt.Sprint(i))
			}
			v.says("0", "1", "2", "3", "4")
		}
	})
	inBubble(t, "while subscribing", func(t *testing.T, w *world) {
		net := newNetwork(w.wire)
		v := w.follow(w.enterWith(w.over(net, docferry.Retry{}), "CUSTOMER", "Bea"))
		v.joined(2)
		for bytes := range 100 { // the answer to the subscription is shorter
			w.srv.DropWebsockets()
			net.breakAfter(bytes)
			w.chat.Say(fmt.Sprint(bytes))
			v.says(fmt.Sprint(bytes))
		}
	})
	inBubble(t, "lost handshakes and answers", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		for _, operation := range []string{"CreateParticipantConnection", "OpenWebsocket", "GetTranscript"} {
			for _, fault := range []connectparticipanttest.Fault{lose, drop, outOfOrder, throttle} {
				w.next(9, operation, fault) // more than one request is tried
				w.srv.DropWebsockets()
				w.chat.Say(operation)
				v.says(operation)
			}
		}
	})
	inBubble(t, "refused handshakes", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		w.next(3, "OpenWebsocket", refuseEntry)
		w.srv.DropWebsockets()
		w.chat.Say("through")
		v.says("through")
	})
	inBubble(t, "an item that the transcript does not have", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		w.chat.Push(chatItem(`{"Id":"unknown","Type":"MESSAGE","Content":"only here","AbsoluteTime":"` +
			time.Now().UTC().Format(time.RFC3339) + `"}`))
		v.says("only here")
		w.srv.DropWebsockets()
		w.chat.Say("here too")
		v.says("here too")
	})
}

func TestChatEndsDuringHole(t *testing.T) {
	inBubble(t, "nothing can be read", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		w.wire.forget()
		w.srv.DropWebsockets()
		w.chat.Say("nobody will know")
		w.chat.End()
		v.fails(connectparticipant.ErrChatEnded, docferry.ErrForbidden)
		if n := len(w.wire.all()); n > 3 {
			t.Errorf("%d requests", n)
		}
	})
	inBubble(t, "the transcript can be read", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		w.srv.DropWebsockets()
		w.chat.Say("the last word")
		w.chat.Add(connectparticipanttest.Item{ContentType: connectparticipant.ContentTypeChatEnded})
		w.next(3, "CreateParticipantConnection", refuseEntry)
		v.says("the last word")
		v.kind(connectparticipant.ChatItemTypeChatEnded)
		v.ends()
	})
	inBubble(t, "the transcript can be read and has no end", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		w.srv.DropWebsockets()
		w.chat.Say("the last word")
		w.next(3, "CreateParticipantConnection", refuseEntry)
		v.says("the last word")
		v.fails(connectparticipant.ErrChatEnded, docferry.ErrForbidden)
	})
	inBubble(t, "the participant has left by another way", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		v := w.follow(ch)
		v.joined(2)
		token, err := ch.ConnectionToken(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		leave := connectparticipant.DisconnectParticipantRequest{ConnectionToken: token}
		if err := w.DisconnectParticipant(t.Context(), leave); err != nil {
			t.Fatal(err)
		}
		v.kind(connectparticipant.ChatItemTypeParticipantLeft)
		v.fails(connectparticipant.ErrChatEnded)
	})
}

// clocked notes when requests of an operation are sent.
type clocked struct {
	next http.RoundTripper
	path string

	mu sync.Mutex
	at []time.Time
}

func (c *clocked) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == c.path {
		c.mu.Lock()
		c.at = append(c.at, time.Now())
		c.mu.Unlock()
	}
	return c.next.RoundTrip(r)
}

// waits returns the times between requests, and forgets them.
func (c *clocked) waits() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var waits []time.Duration
	for i := 1; i < len(c.at); i++ {
		waits = append(waits, c.at[i].Sub(c.at[i-1]))
	}
	c.at = nil
	return waits
}

const connectionPath = "/participant/connection"

func TestChatBacksOff(t *testing.T) {
	retry := docferry.Retry{Attempts: 2, MinWait: time.Second, MaxWait: 8 * time.Second}
	inBubble(t, "out of order for long", func(t *testing.T, w *world) {
		down := make(chan struct{})
		clock := &clocked{path: connectionPath, next: roundTrip(func(r *http.Request) (*http.Response, error) {
			select {
			case <-down:
				return nil, errors.New("no network: https://host/?X-Amz-Signature=abcdefghijklmnop")
			default:
				return w.wire.RoundTrip(r)
			}
		})}
		ch := w.enterWith(w.over(clock, retry), "CUSTOMER", "Bea", connectparticipant.ChatOptions{Patience: time.Hour})
		v := w.follow(ch)
		v.joined(2)
		close(down)
		w.srv.DropWebsockets()
		began := time.Now()
		err := v.fails()
		if _, ok := errors.AsType[*docferry.TransportError](err); !ok {
			t.Errorf("error %v", err)
		}
		if took := time.Since(began); took > time.Hour || took < time.Hour-16*time.Second {
			t.Errorf("it gave up after %v", took)
		}
		waits := clock.waits()
		var sum, longest time.Duration
		for _, wait := range waits {
			sum, longest = sum+wait, max(longest, wait)
		}
		// Each round is one attempt, and nearly all waits are random times up to 8 s.
		mean := sum / time.Duration(len(waits))
		if longest > 8*time.Second || longest < 6*time.Second || mean < 3*time.Second || mean > 5*time.Second {
			t.Errorf("%d waits, %v at the longest and %v in the mean", len(waits), longest, mean)
		}
		down = make(chan struct{}) // it is up again
		w.chat.Say("meanwhile")
		w.follow(ch).says("meanwhile")
	})
	inBubble(t, "one attempt", func(t *testing.T, w *world) {
		clock := &clocked{path: connectionPath, next: w.wire}
		ch := w.enterWith(w.over(clock, docferry.Retry{Attempts: 1}), "CUSTOMER", "Bea")
		v := w.follow(ch)
		v.joined(2)
		w.srv.DropWebsockets()
		w.chat.Say("one is enough")
		v.says("one is enough")
		clock.waits()
		w.next(3, "CreateParticipantConnection", outOfOrder)
		w.srv.DropWebsockets()
		v.fails(docferry.ErrUnavailable)
		if n := len(clock.waits()) + 1; n != 1 {
			t.Errorf("%d tries", n)
		}
	})
	inBubble(t, "the service asks for time", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		w.srv.Next("CreateParticipantConnection",
			connectparticipanttest.Refuse(429, connectparticipant.CodeThrottling, "slow down", "Retry-After", "100"))
		w.srv.DropWebsockets()
		w.chat.Say("in time")
		began := time.Now()
		v.says("in time")
		if took := time.Since(began); took < 100*time.Second {
			t.Errorf("it took %v", took)
		}
	})
	inBubble(t, "websockets that break at once", func(t *testing.T, w *world) {
		clock := &clocked{path: connectionPath, next: w.rogue(func(ctx context.Context, conn *websocket.Conn) {
			_, _, _ = conn.Read(ctx)
			_ = conn.Write(ctx, websocket.MessageText, []byte(subscribed))
		})}
		ch := w.enterWith(w.over(clock, retry), "CUSTOMER", "Bea")
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		v := w.followIn(ctx, ch)
		v.joined(2)
		w.chat.Say("by the transcript")
		v.says("by the transcript")
		v.fails(context.DeadlineExceeded)
		if n := len(clock.waits()); n < 450 || n > 1800 {
			t.Errorf("%d connections in an hour, with waits of up to 8 s", n)
		}
	})
}

// After a connection that lasted, the waits start again from the shortest.
func TestChatBackoffStartsAgain(t *testing.T) {
	inBubble(t, "after an hour", func(t *testing.T, w *world) {
		client := w.over(w.wire, docferry.Retry{MinWait: time.Second, MaxWait: time.Hour})
		v := w.follow(w.enterWith(client, "CUSTOMER", "Bea"))
		v.joined(2)
		for range 50 {
			synctest.Wait()
			w.srv.DropWebsockets()
			began := time.Now()
			w.chat.Say("again")
			v.says("again")
			if took := time.Since(began); took > time.Second {
				t.Fatalf("back after %v", took)
			}
			time.AfterFunc(time.Minute, func() { w.chat.Say("a minute later") })
			v.says("a minute later")
		}
	})
}
