package connectparticipant_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/internal/emulate"
)

// hole is a network in which the connections that are open can die without a word:
// what is written to them is lost, and nothing arrives. New ones work.
type hole struct {
	mu    sync.Mutex
	dead  chan struct{} // closed when those that are open are dead
	conns int
}

func newHole() *hole { return &hole{dead: make(chan struct{})} }

// open makes all connections dead that are open.
func (h *hole) open() {
	h.mu.Lock()
	defer h.mu.Unlock()
	close(h.dead)
	h.dead = make(chan struct{})
}

// transport is one with a pool of connections, over the network, to a handler.
func (h *hole) transport(t *testing.T, handler http.Handler) *http.Transport {
	memory := emulate.NewMemory(handler)
	dial := memory.DialContext
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.conns++
		return &holeConn{Conn: conn, dead: h.dead, closed: make(chan struct{})}, nil
	}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = memory.Close()
	})
	return transport
}

type holeConn struct {
	net.Conn

	dead   chan struct{}
	closed chan struct{}
	once   sync.Once
}

func (c *holeConn) isDead() bool {
	select {
	case <-c.dead:
		return true
	default:
		return false
	}
}

func (c *holeConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.isDead() {
		<-c.closed
		return 0, net.ErrClosed
	}
	return n, err
}

func (c *holeConn) Write(p []byte) (int, error) {
	if c.isDead() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

func (c *holeConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// F124: all connections of a program die without a word, as when a laptop changes
// its network: also those to the service that no call uses at the moment.
func TestChatSurvivesBlackHole(t *testing.T) {
	inBubble(t, "delivered again within 25 seconds", func(t *testing.T, w *world) {
		h := newHole()
		client := w.over(h.transport(t, w.srv), docferry.Retry{})
		ch := w.enterWith(client, "CUSTOMER", "Bea")
		v := w.follow(ch)
		v.joined(2)
		for range 5 {
			if _, err := ch.ConnectionToken(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.chat.Say("before")
			v.says("before")
			var began time.Time
			time.AfterFunc(17*time.Second, func() {
				began = time.Now()
				h.open()
				w.chat.Say("into the hole")
			})
			v.says("into the hole")
			if took := time.Since(began); took > 25*time.Second {
				t.Errorf("delivered after %v", took)
			}
		}
	})
}

// gateway is the script of a websocket that answers the frames of its client: the
// answers by topic, "" for none.
func gateway(answers map[string]string) func(ctx context.Context, conn *websocket.Conn) {
	return func(ctx context.Context, conn *websocket.Conn) {
		for {
			_, text, err := conn.Read(ctx)
			var f struct{ Topic string }
			if err == nil {
				err = json.Unmarshal(text, &f)
			}
			if answer := answers[f.Topic]; err == nil && answer != "" {
				err = conn.Write(ctx, websocket.MessageText, []byte(answer))
			}
			if err != nil {
				return
			}
		}
	}
}

// F125: a websocket stays open and its gateway answers heartbeats, but the chat behind
// it does not deliver anything.
func TestChatNoticesZombie(t *testing.T) {
	const alive = `{"topic":"aws/heartbeat"}`
	for name, answers := range map[string]map[string]string{
		"no answer to the deep heartbeat": {"aws/subscribe": subscribed, "aws/heartbeat": alive},
		"a failure": {"aws/subscribe": subscribed, "aws/heartbeat": alive,
			"aws/ping": `{"topic":"aws/ping","statusCode":500,"statusContent":"no"}`},
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			var websockets int
			zombie := w.rogue(gateway(answers))
			client := w.over(roundTrip(func(r *http.Request) (*http.Response, error) {
				if isHandshake(r) {
					if websockets++; websockets == 1 {
						return zombie.RoundTrip(r)
					}
				}
				return w.wire.RoundTrip(r)
			}), docferry.Retry{})
			v := w.follow(w.enterWith(client, "CUSTOMER", "Bea"))
			v.joined(2)
			began := time.Now()
			time.AfterFunc(time.Second, func() { w.chat.Say("unheard") })
			v.says("unheard")
			if took := time.Since(began); took > 22*time.Second {
				t.Errorf("delivered after %v", took)
			}
			w.chat.Say("live")
			v.says("live")
			if websockets != 2 {
				t.Errorf("%d websockets", websockets)
			}
		})
	}
	inBubble(t, "a gateway that does not know the deep heartbeat", func(t *testing.T, w *world) {
		var websockets int
		old := w.rogue(func(ctx context.Context, conn *websocket.Conn) {
			websockets++
			gateway(map[string]string{"aws/subscribe": subscribed, "aws/heartbeat": alive})(ctx, conn)
		})
		client := w.over(old, docferry.Retry{})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		v := w.followIn(ctx, w.enterWith(client, "CUSTOMER", "Bea"))
		v.joined(2)
		v.fails(context.DeadlineExceeded)
		if websockets != 2 {
			t.Errorf("%d websockets; the second shows that this is how the gateway is", websockets)
		}
	})
}

// F126: a websocket is replaced before it expires, and nothing is lost with it: not even
// what transcripts do not keep.
func TestChatRenewalLosesNothing(t *testing.T) {
	inBubble(t, "typing events and receipts", func(t *testing.T, w *world) {
		const typed = 700
		w.srv.SetWebsocketLifetime(time.Minute)
		w.srv.Keep("CreateParticipantConnection", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				time.Sleep(3 * time.Second) // it is slow
				next.ServeHTTP(rw, r)
			})
		})
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		var said []string
		go func() {
			for n := range typed {
				time.Sleep(500 * time.Millisecond)
				frame := fmt.Sprintf(`{"Type":"EVENT","ContentType":%q,"Content":"%d"}`, eventType+"typing", n)
				if n%3 == 0 { // a receipt has no ID of its own
					frame = fmt.Sprintf(`{"Type":"MESSAGEMETADATA","Content":"%d","MessageMetadata":{"MessageId":"m",`+
						`"Receipts":[{"DeliveredTimestamp":%q}]}}`, n, time.Now().UTC().Format(time.RFC3339Nano))
				}
				w.chat.Push(chatItem(frame))
			}
		}()
		for range typed {
			said = append(said, v.event().Content)
		}
		if !slices.IsSortedFunc(said, func(a, b string) int { return len(a) - len(b) }) {
			t.Error("not in order")
		}
		for n, content := range said {
			if content != fmt.Sprint(n) {
				t.Fatalf("event %d is %q: lost or twice", n, content)
			}
		}
	})
	inBubble(t, "a renewal that fails is tried again", func(t *testing.T, w *world) {
		w.srv.SetWebsocketLifetime(10 * time.Minute)
		var seen changes
		v := w.follow(w.enter("CUSTOMER", "Bea", connectparticipant.ChatOptions{Observe: seen.observe}))
		v.joined(2)
		w.next(5, "CreateParticipantConnection", outOfOrder)
		time.AfterFunc(9*time.Minute+30*time.Second, func() { w.chat.Say("meanwhile") })
		v.says("meanwhile")
		time.AfterFunc(5*time.Minute, func() { w.chat.Say("after it") })
		v.says("after it")
		seen.want(t, "ESTABLISHED", "RENEWED")
	})
}

// F128: what happened to messages while there was no connection is delivered too.
func TestChatDeliversReceiptsOfGap(t *testing.T) {
	inBubble(t, "delivered and read", func(t *testing.T, w *world) {
		ana, ben := w.enter("CUSTOMER", "Bea"), w.enter("AGENT", "Ben")
		w.leave(w.token)
		v := w.follow(ana)
		v.joined(3)
		v.kind(connectparticipant.ChatItemTypeParticipantLeft)
		var ids []string
		for n := range 3 {
			sent, err := ana.SendMessage(t.Context(), fmt.Sprint(n))
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, sent.ID)
			v.says(fmt.Sprint(n))
		}
		if err := ben.MarkRead(t.Context(), ids[0]); err != nil {
			t.Fatal(err)
		}
		v.kind(connectparticipant.ChatItemTypeMessageRead)
		w.srv.DropWebsockets()
		time.Sleep(10 * time.Millisecond) // on the clock of the bubble
		if err := ben.MarkRead(t.Context(), ids[1]); err != nil {
			t.Fatal(err)
		}
		if err := ben.FlushReceipts(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.chat.Say("next")
		e := v.kind(connectparticipant.ChatItemTypeMessage)
		if e.ID != ids[1] || !e.Update || len(e.MessageMetadata.Receipts) != 1 ||
			e.MessageMetadata.Receipts[0].ReadTimestamp.IsZero() {
			t.Fatalf("the event %+v, want an update of the second message", e)
		}
		v.says("next")
		w.srv.DropWebsockets()
		w.chat.Say("at last")
		v.says("at last") // and the receipt is not delivered again
	})
}

// leave takes a participant out of the chat.
func (w *world) leave(token docferry.Secret) {
	w.t.Helper()
	req := connectparticipant.DisconnectParticipantRequest{ConnectionToken: token}
	if err := w.DisconnectParticipant(w.t.Context(), req); err != nil {
		w.t.Fatal(err)
	}
}

// F129: a chat can continue an earlier one, whose end its transcript shows.
func TestChatGoesOnAfterEarlierEnd(t *testing.T) {
	ended := connectparticipant.ContentTypeChatEnded
	earlier := func(w *world) {
		w.chat.Add(connectparticipanttest.Item{Type: "MESSAGE", ContentType: "text/plain", Content: "then", ContactID: "before"})
		w.chat.Add(connectparticipanttest.Item{ContentType: ended, ContactID: "before"})
	}
	inBubble(t, "in the transcript", func(t *testing.T, w *world) {
		earlier(w)
		w.chat.Say("now")
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(1)
		v.says("then")
		v.kind(connectparticipant.ChatItemTypeChatEnded)
		v.says("now")
		v.joined(1)
		w.chat.Say("live")
		v.says("live")
		w.chat.End()
		v.kind(connectparticipant.ChatItemTypeChatEnded)
		v.ends()
	})
	inBubble(t, "at the beginning of the transcript", func(t *testing.T, w *world) {
		first := w.chat.Transcript()[0].ID
		earlier(w)
		w.chat.Say("now")
		v := w.follow(w.enter("CUSTOMER", "Bea", connectparticipant.ChatOptions{After: first}))
		v.says("then")
		v.kind(connectparticipant.ChatItemTypeChatEnded)
		v.says("now")
	})
	inBubble(t, "on the websocket", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		earlier(w)
		v.says("then")
		w.chat.Say("now")
		v.kind(connectparticipant.ChatItemTypeChatEnded)
		v.says("now")
	})
	inBubble(t, "of a contact that the caller knows", func(t *testing.T, w *world) {
		options := connectparticipant.ChatOptions{ContactID: w.chat.ContactID}
		v := w.follow(w.enter("CUSTOMER", "Bea", options))
		v.joined(2)
		earlier(w)
		v.says("then")
		v.kind(connectparticipant.ChatItemTypeChatEnded)
		w.chat.Say("now")
		v.says("now")
	})
}

// Pieces of a message that is being written are put together.
func TestChatStitchesPieces(t *testing.T) {
	inBubble(t, "in order, with one missing, and complete", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		piece := func(id string, chunk int, content string, complete bool) {
			w.chat.Push(chatItem(fmt.Sprintf(`{"Id":%q,"Type":"MESSAGE","ContentType":"text/plain","Content":%q,`+
				`"ParticipantRole":"SYSTEM","MessageMetadata":{"MessageCompleted":%t,"ChunkNumber":%d}}`,
				id, content, complete, chunk)))
		}
		piece("a", 1, "How ", false)
		piece("b", 1, "One", false)
		piece("a", 2, "are ", false)
		piece("b", 3, "three", false) // the second is missing
		piece("b", 4, "four", false)
		piece("a", 3, "you", false)
		piece("a", 4, "How are you?", true)
		var got []string
		for range 6 {
			e := v.event()
			if e.Kind != "" {
				t.Errorf("a piece of kind %q", e.Kind)
			}
			got = append(got, fmt.Sprintf("%s%d %s", e.ID, e.Chunk, e.Written))
		}
		want := "a1 How ;b1 One;a2 How are ;b3 ;b4 ;a3 How are you"
		if strings.Join(got, ";") != want {
			t.Errorf("%q, want %q", strings.Join(got, ";"), want)
		}
		if e := v.kind(connectparticipant.ChatItemTypeMessage); e.Content != "How are you?" || e.Chunk != 0 || e.Update {
			t.Errorf("the message is %+v", e)
		}
	})
}
