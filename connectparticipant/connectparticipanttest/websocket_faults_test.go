package connectparticipanttest_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

func TestDropWebsockets(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *connectparticipanttest.Server) {
		chat := srv.NewChat()
		g := join(t, srv, chat, "CUSTOMER", "Ana")
		for i := range 3 {
			g.listen(srv)
			chat.Say(fmt.Sprint(i))
			if item := g.item(); item["Content"] != fmt.Sprint(i) {
				t.Errorf("got %v, want message %d", item, i)
			}
			srv.DropWebsockets()
			chat.Say("lost")
			if status := g.closed(); status != -1 {
				t.Errorf("a drop ends with %v", status)
			}
			if n := chat.Websockets(); n != 0 {
				t.Errorf("%d websockets after the drop", n)
			}
		}
		if n := len(chat.Transcript()); n != 7 {
			t.Errorf("%d items, want 7", n)
		}
	})
}

func TestPush(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *connectparticipanttest.Server) {
		chat := srv.NewChat()
		g := join(t, srv, chat, "CUSTOMER", "Ana")
		g.listen(srv)
		for _, want := range []string{"garbage", "", strings.Repeat("x", 10<<20)} {
			chat.Push(want)
			if got := g.read(); got != want {
				t.Errorf("got %d bytes, want %d", len(got), len(want))
			}
		}
	})
}

func TestCloseEndsWebsockets(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *connectparticipanttest.Server) {
		chat := srv.NewChat()
		var guests []*guest
		for range 3 {
			guests = append(guests, join(t, srv, chat, "AGENT", "Ben"))
		}
		guests[0].listen(srv)
		guests[1].open(srv)
		guests[2].listen(srv)
		for range 10 {
			chat.Say("nobody reads this")
		}
		start := time.Now()
		must(t, srv, "DisconnectParticipant", guests[2].token, object{})
		srv.Close()
		srv.Close()
		if waited := time.Since(start); waited != 0 {
			t.Errorf("Close took %v", waited)
		}
		for _, g := range guests {
			g.closed()
		}
		req, _ := http.NewRequestWithContext(context.Background(), "GET", srv.URL, nil)
		if _, err := srv.RoundTrip(req); err == nil {
			t.Error("a closed server answers")
		}
	})
}

func TestWebsocketKeepsOrder(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *connectparticipanttest.Server) {
		chat := srv.NewChat()
		g := join(t, srv, chat, "CUSTOMER", "Ana")
		g.listen(srv)
		var senders sync.WaitGroup
		for range 10 {
			senders.Go(func() {
				for range 20 {
					do(t, srv, routes["SendMessage"], g.token, object{"ContentType": "text/plain", "Content": "x"})
				}
			})
		}
		var got []string
		for range 200 {
			id, _ := g.item()["Id"].(string)
			got = append(got, id)
		}
		senders.Wait()
		var want []string
		for _, item := range chat.Transcript()[1:] {
			want = append(want, item.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
	})
}

// A stalled websocket stays open and brings nothing, or answers to heartbeats only.
func TestStallWebsockets(t *testing.T) {
	for name, heartbeats := range map[string]bool{"a dead network": false, "a gateway without a chat": true} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, srv *connectparticipanttest.Server) {
				chat := srv.NewChat()
				g := join(t, srv, chat, "CUSTOMER", "Ana")
				g.listen(srv)
				srv.StallWebsockets(heartbeats)
				chat.Say("unheard")
				g.write(`{"topic":"aws/ping"}`)
				g.write(`{"topic":"aws/heartbeat"}`)
				arrived := make(chan string, 1)
				go func() {
					if _, text, err := g.conn.Read(t.Context()); err == nil {
						arrived <- string(text)
					}
				}()
				synctest.Wait()
				want := ""
				if heartbeats {
					want = `{"topic":"aws/heartbeat"}`
				}
				select {
				case got := <-arrived:
					if got != want {
						t.Errorf("got %s, want %q", got, want)
					}
				default:
					if want != "" {
						t.Errorf("nothing arrived, want %s", want)
					}
				}
				if n := chat.Websockets(); n != 1 {
					t.Errorf("%d websockets are open", n)
				}
				other := join(t, srv, chat, "AGENT", "Ben")
				other.listen(srv)
				chat.Say("heard")
				if item := other.item(); item["Content"] != "heard" {
					t.Errorf("a new websocket brings %v", item)
				}
				_ = g.conn.CloseNow()
			})
		})
	}
}
