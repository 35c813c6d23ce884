package connectparticipant_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

// changes notes the states of a connection.
type changes struct {
	mu  sync.Mutex
	all []connectparticipant.ConnectionChange
}

func (c *changes) observe(change connectparticipant.ConnectionChange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, change)
}

// states returns what was noted, and forgets it.
func (c *changes) states() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var states []string
	for _, change := range c.all {
		state := string(change.State)
		if change.Attempt > 0 {
			state += fmt.Sprint(" ", change.Attempt)
		}
		if (change.Err != nil) != (change.State == connectparticipant.ConnectionLost) {
			state += fmt.Sprint(" with ", change.Err)
		}
		states = append(states, state)
	}
	c.all = nil
	return states
}

func (c *changes) want(t *testing.T, want ...string) {
	t.Helper()
	if got := c.states(); !slices.Equal(got, want) {
		t.Errorf("the connection was %q, want %q", got, want)
	}
}

func TestChatTellsOfItsConnection(t *testing.T) {
	inBubble(t, "lost, restored, renewed, ended", func(t *testing.T, w *world) {
		var seen changes
		w.srv.SetWebsocketLifetime(time.Hour)
		ch := w.enter("CUSTOMER", "Bea", connectparticipant.ChatOptions{Observe: seen.observe})
		v := w.follow(ch)
		v.joined(2)
		seen.want(t, "ESTABLISHED")
		w.next(2, "CreateParticipantConnection", outOfOrder)
		w.srv.DropWebsockets()
		w.chat.Say("again")
		v.says("again")
		seen.want(t, "LOST", "RECONNECTING 1", "RECONNECTING 2", "RECONNECTING 3", "RESTORED 3")
		time.AfterFunc(59*time.Minute+30*time.Second, func() { w.chat.Say("later") })
		v.says("later")
		seen.want(t, "RENEWED")
		w.chat.End()
		v.kind(connectparticipant.ChatItemTypeChatEnded)
		v.ends()
		_ = ch.Close()
		seen.want(t, "ENDED")
	})
	inBubble(t, "given up, and tried again", func(t *testing.T, w *world) {
		var seen changes
		ch := w.enterWith(w.over(w.wire, docferry.Retry{Attempts: 1}), "CUSTOMER", "Bea",
			connectparticipant.ChatOptions{Observe: seen.observe})
		v := w.follow(ch)
		v.joined(2)
		w.next(1, "CreateParticipantConnection", outOfOrder)
		w.srv.DropWebsockets()
		v.fails(docferry.ErrUnavailable)
		seen.want(t, "ESTABLISHED", "LOST", "RECONNECTING 1", "LOST")
		w.chat.Say("again")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		again := w.followIn(ctx, ch)
		again.says("again")
		again.fails(context.DeadlineExceeded)
		_ = ch.Close()
		seen.want(t, "ESTABLISHED", "LOST", "ENDED")
	})
}

// F130: the connection is restored although the loop does not ask for events.
func TestChatKeepsConnectionInBackground(t *testing.T) {
	inBubble(t, "while the loop does something else", func(t *testing.T, w *world) {
		var seen changes
		ch := w.enter("CUSTOMER", "Bea", connectparticipant.ChatOptions{Buffer: 2, Observe: seen.observe})
		v := w.follow(ch)
		v.joined(2)
		seen.want(t, "ESTABLISHED")
		var want []string
		for n := range 30 { // far more than the buffer holds
			text := fmt.Sprint(n)
			w.chat.Say(text)
			want = append(want, text)
			synctest.Wait() // it has arrived
			if n%10 == 5 {
				w.srv.DropWebsockets()
				time.Sleep(time.Minute) // the loop does not ask
				w.live(1)
				seen.want(t, "LOST", "RECONNECTING 1", "RESTORED 1")
			}
		}
		v.says(want...)
		w.chat.Say("live")
		v.says("live")
		seen.want(t) // it goes on with the last websocket
	})
	inBubble(t, "lost again while the transcript is read", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea", connectparticipant.ChatOptions{Buffer: 1}))
		v.joined(2)
		synctest.Wait()
		w.srv.DropWebsockets()
		for n := range 5 {
			w.chat.Say(fmt.Sprint(n))
		}
		time.Sleep(10 * time.Second)
		w.live(1)
		w.srv.DropWebsockets()
		for n := range 5 {
			w.chat.Say(fmt.Sprint(5 + n)) // after the page of the transcript that is being delivered
		}
		time.Sleep(10 * time.Second)
		w.live(1)
		w.chat.Say("10")
		v.says("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10")
	})
	inBubble(t, "while there is no loop, until it is closed", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea", connectparticipant.ChatOptions{Buffer: 100})
		for range 5 {
			w.srv.DropWebsockets()
			time.Sleep(10 * time.Second)
			w.live(1)
		}
		w.chat.Say("meanwhile")
		v := w.follow(ch)
		v.joined(2)
		v.says("meanwhile")
		v.stop()
		w.chat.Say("between two loops")
		v = w.follow(ch)
		v.says("between two loops")
		v.stop()
		began := time.Now()
		if err := ch.Close(); err != nil || time.Since(began) > time.Second {
			t.Errorf("closed after %v: %v", time.Since(began), err)
		}
		synctest.Wait()
		w.follow(ch).ends()
	})
	inBubble(t, "and the service stays away for a while", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea", connectparticipant.ChatOptions{Buffer: 1})
		v := w.follow(ch)
		v.joined(2)
		for n := range 3 {
			w.chat.Say(fmt.Sprint(n)) // the buffer is full
		}
		synctest.Wait()
		w.next(5, "CreateParticipantConnection", outOfOrder)
		w.srv.DropWebsockets()
		time.Sleep(2 * time.Minute)
		w.live(1)
		w.chat.Say("3")
		v.says("0", "1", "2", "3")
	})
	inBubble(t, "an error, and another try", func(t *testing.T, w *world) {
		client := w.over(w.wire, docferry.Retry{Attempts: 1})
		ch := w.enterWith(client, "CUSTOMER", "Bea", connectparticipant.ChatOptions{Buffer: 9})
		v := w.follow(ch)
		v.joined(2)
		w.next(1, "CreateParticipantConnection", outOfOrder)
		w.srv.DropWebsockets()
		v.fails(docferry.ErrUnavailable)
		w.chat.Say("again")
		w.follow(ch).says("again")
	})
	inBubble(t, "the end of the chat, and of the loop's context", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea", connectparticipant.ChatOptions{Buffer: 9})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		v := w.followIn(ctx, ch)
		v.joined(2)
		if err := secondRange(t.Context(), ch); err != nil {
			t.Error(err)
		}
		v.fails(context.DeadlineExceeded)
		w.chat.Say("still here")
		w.chat.End()
		synctest.Wait()
		again := w.follow(ch)
		again.says("still here")
		again.kind(connectparticipant.ChatItemTypeChatEnded)
		again.ends()
		w.follow(ch).ends()
	})
	inBubble(t, "bad input", func(t *testing.T, w *world) {
		_, err := w.Chat(t.Context(), "token", connectparticipant.ChatOptions{Buffer: -1})
		if bad, ok := errors.AsType[*docferry.InputError](err); !ok || bad.Field != "ChatOptions.Buffer" {
			t.Errorf("error %v", err)
		}
	})
}

// A participant who leaves sees what follows.
func TestChatLeave(t *testing.T) {
	inBubble(t, "an agent", func(t *testing.T, w *world) {
		ben := w.enter("AGENT", "Ben")
		v := w.follow(ben)
		v.joined(2)
		if err := ben.Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		v.kind(connectparticipant.ChatItemTypeParticipantLeft)
		v.ends()
		w.follow(ben).ends()
	})
	inBubble(t, "the last customer, with whom the chat ends", func(t *testing.T, w *world) {
		w.enter("AGENT", "Ben")
		bea := w.enter("CUSTOMER", "Bea")
		w.leave(w.token)
		v := w.follow(bea)
		v.joined(3)
		v.kind(connectparticipant.ChatItemTypeParticipantLeft)
		if err := bea.Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		v.kind(connectparticipant.ChatItemTypeParticipantLeft)
		v.kind(connectparticipant.ChatItemTypeChatEnded)
		v.ends()
	})
	inBubble(t, "refused", func(t *testing.T, w *world) {
		bea := w.enter("CUSTOMER", "Bea")
		v := w.follow(bea)
		v.joined(2)
		w.srv.Next("DisconnectParticipant",
			connectparticipanttest.Refuse(400, connectparticipant.CodeValidation, "not now"))
		if err := bea.Leave(t.Context()); !errors.Is(err, docferry.ErrInvalid) {
			t.Errorf("error %v", err)
		}
		w.srv.DropWebsockets()
		w.chat.Say("still here")
		v.says("still here")
	})
}
