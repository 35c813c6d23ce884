package connectparticipant_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

// F127: all chats of a program lose their connections at once, and the service admits
// only some of them each second.
func TestChatStorm(t *testing.T) {
	const chats = 400
	for name, test := range map[string]struct {
		limit    docferry.Limiter
		admitted int      // calls a second
		header   []string // of a refusal
		ideal    time.Duration
	}{
		"the service throttles":                  {nil, 100, nil, chats * time.Second / 100},
		"the service throttles and asks to wait": {nil, 25, []string{"Retry-After", "1"}, chats * time.Second / 25},
		// Each chat makes three requests: for a connection, a websocket, and the transcript.
		"the program has a limit of its own": {new(ticker), 100, nil, 3 * chats * time.Second / 100},
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			client, err := connectparticipant.New(connectparticipant.Config{Endpoint: w.srv.URL,
				HTTP: docferry.HTTP{Transport: w.srv, Limit: test.limit}})
			if err != nil {
				t.Fatal(err)
			}
			var all []*view
			for n := range chats {
				ch := w.enterWith(client, "CUSTOMER", fmt.Sprint(n))
				all = append(all, w.follow(ch))
			}
			for _, v := range all {
				v.joined(1 + chats) // Ana, and all of them
			}
			time.Sleep(time.Minute)
			calls := w.count("CreateParticipantConnection")
			w.srv.Keep("CreateParticipantConnection", connectparticipanttest.Beyond(test.admitted, connectparticipanttest.Refuse(
				http.StatusTooManyRequests, connectparticipant.CodeThrottling, "slow down", test.header...)))
			w.srv.DropWebsockets()
			began := time.Now()
			w.chat.Say("back")
			var following sync.WaitGroup
			for _, v := range all {
				following.Go(func() { v.says("back") })
			}
			following.Wait()
			took := time.Since(began)
			each := float64(w.count("CreateParticipantConnection")-calls) / chats
			t.Logf("all back after %v, %.2f calls for each", took, each)
			if took > test.ideal*13/10 || each > 2 {
				t.Errorf("all back after %v, where %v are ideal, and %.2f calls for each", took, test.ideal, each)
			}
		})
	}
}

// ticker is a limiter of 100 requests a second.
type ticker struct {
	mu   sync.Mutex
	next time.Time
}

func (l *ticker) Wait(ctx context.Context) error {
	l.mu.Lock()
	now := time.Now()
	if l.next.Before(now) {
		l.next = now
	}
	wait := l.next.Sub(now)
	l.next = l.next.Add(10 * time.Millisecond)
	l.mu.Unlock()
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
