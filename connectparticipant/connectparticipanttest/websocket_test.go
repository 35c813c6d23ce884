package connectparticipanttest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

const (
	subscribe  = `{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`
	subscribed = `{"topic":"aws/subscribe","content":{"status":"success","topics":["aws/chat"]}}`
)

// guest is a participant with a websocket.
type guest struct {
	t     *testing.T
	token string // of the connection
	url   string // of the websocket
	conn  *websocket.Conn
}

// join connects a new participant; the websocket is not opened.
func join(
	t *testing.T, srv *connectparticipanttest.Server, chat *connectparticipanttest.Chat, role, name string,
) *guest {
	t.Helper()
	r := must(t, srv, "CreateParticipantConnection", chat.Join(role, name),
		object{"Type": []string{"WEBSOCKET", "CONNECTION_CREDENTIALS"}})
	return &guest{t: t, token: r.text("ConnectionCredentials", "ConnectionToken"), url: r.text("Websocket", "Url")}
}

// open opens the websocket and returns the status of the answer.
func (g *guest) open(transport http.RoundTripper) int {
	g.t.Helper()
	conn, res, err := websocket.Dial(g.t.Context(), g.url,
		&websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		if res == nil {
			return 0
		}
		return res.StatusCode
	}
	conn.SetReadLimit(-1)
	g.conn = conn
	g.t.Cleanup(func() { _ = conn.CloseNow() })
	return res.StatusCode
}

// listen opens the websocket and subscribes.
func (g *guest) listen(transport http.RoundTripper) {
	g.t.Helper()
	if status := g.open(transport); status != http.StatusSwitchingProtocols {
		g.t.Fatalf("websocket: %d", status)
	}
	g.write(subscribe)
	if got := g.read(); got != subscribed {
		g.t.Fatalf("subscription: %s", got)
	}
}

func (g *guest) write(text string) {
	g.t.Helper()
	if err := g.conn.Write(g.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		g.t.Fatal(err)
	}
}

func (g *guest) read() string {
	g.t.Helper()
	_, text, err := g.conn.Read(g.t.Context())
	if err != nil {
		g.t.Fatal(err)
	}
	return string(text)
}

// item reads a frame with an item.
func (g *guest) item() object {
	g.t.Helper()
	var frame struct{ Topic, ContentType, Content string }
	var item object
	text := g.read()
	if err := json.Unmarshal([]byte(text), &frame); err != nil || frame.Topic != "aws/chat" ||
		frame.ContentType != "application/json" {
		g.t.Fatalf("frame %s: %v", text, err)
	}
	if err := json.Unmarshal([]byte(frame.Content), &item); err != nil {
		g.t.Fatal(err)
	}
	return item
}

// closed reads until the websocket ends and returns the close status, -1 if
// there was none.
func (g *guest) closed() websocket.StatusCode {
	for {
		if _, _, err := g.conn.Read(g.t.Context()); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

// inBubble runs a test on a fake clock. It fails if the closed server leaves
// anything running.
func inBubble(t *testing.T, test func(t *testing.T, srv *connectparticipanttest.Server)) {
	synctest.Test(t, func(t *testing.T) {
		srv := connectparticipanttest.New()
		defer srv.Close()
		test(t, srv)
	})
}

// room is a chat in which Ana and Ben listen.
type room struct {
	chat     *connectparticipanttest.Chat
	ana, ben *guest
}

func newRoom(t *testing.T, srv *connectparticipanttest.Server) room {
	t.Helper()
	chat := srv.NewChat()
	r := room{chat, join(t, srv, chat, "CUSTOMER", "Ana"), join(t, srv, chat, "AGENT", "Ben")}
	r.ana.listen(srv)
	r.ben.listen(srv)
	return r
}

// both fails the test unless the next item of both passes the check.
func (r room) both(t *testing.T, check func(item object) bool) {
	t.Helper()
	for _, g := range []*guest{r.ana, r.ben} {
		if item := g.item(); !check(item) {
			t.Errorf("unexpected %v", item)
		}
	}
}

func TestWebsocketShowsItems(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *connectparticipanttest.Server) {
		r := newRoom(t, srv)
		other := join(t, srv, srv.NewChat(), "CUSTOMER", "Eve")
		other.listen(srv)

		sent := must(t, srv, "SendMessage", r.ana.token, object{"ContentType": "text/plain", "Content": "hello"})
		message := r.chat.Transcript()[2]
		want := object{
			"AbsoluteTime": message.AbsoluteTime, "Content": "hello", "ContentType": "text/plain", "Id": sent.text("Id"),
			"Type":          "MESSAGE",
			"ParticipantId": message.ParticipantID, "DisplayName": "Ana", "ParticipantRole": "CUSTOMER",
			"InitialContactId": r.chat.ContactID, "ContactId": r.chat.ContactID,
		}
		r.both(t, func(item object) bool { return cmp.Equal(want, item) })

		must(t, srv, "SendEvent", r.ben.token, object{"ContentType": event + "typing"})
		r.both(t, func(item object) bool { return item["ContentType"] == event+"typing" && item["DisplayName"] == "Ben" })

		must(t, srv, "SendEvent", r.ben.token, object{"ContentType": event + "message.read",
			"Content": `{"messageId":"` + sent.text("Id") + `"}`})
		r.both(t, func(item object) bool {
			metadata, _ := item["MessageMetadata"].(object)
			return item["Type"] == "MESSAGEMETADATA" && metadata["MessageId"] == sent.text("Id")
		})

		other.write(`{"topic":"aws/heartbeat"}`)
		if got := other.read(); got != `{"topic":"aws/heartbeat"}` {
			t.Errorf("another chat sees %s", got)
		}
	})
}

func TestWebsocketShowsScans(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *connectparticipanttest.Server) {
		srv.SetScan(func(string, []byte) (string, time.Duration) { return "REJECTED", time.Second })
		r := newRoom(t, srv)
		upload(t, srv, r.ana.token, "note.txt", "12345")
		for _, want := range []string{"IN_PROGRESS", "REJECTED"} {
			r.both(t, func(item object) bool {
				list, _ := item["Attachments"].([]any)
				return item["Type"] == "ATTACHMENT" && item["Id"] == r.chat.Transcript()[2].ID &&
					len(list) == 1 && list[0].(object)["Status"] == want
			})
		}
	})
}

func TestWebsocketShowsWhoComesAndGoes(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *connectparticipanttest.Server) {
		r := newRoom(t, srv)
		join(t, srv, r.chat, "AGENT", "Cleo")
		r.both(t, func(item object) bool {
			return item["ContentType"] == event+"participant.joined" && item["DisplayName"] == "Cleo"
		})
		must(t, srv, "DisconnectParticipant", r.ben.token, object{})
		r.both(t, func(item object) bool {
			return item["ContentType"] == event+"participant.left" && item["DisplayName"] == "Ben"
		})
		if status := r.ben.closed(); status != websocket.StatusGoingAway {
			t.Errorf("the websocket of who left ends with %v", status)
		}
		r.chat.End()
		if item := r.ana.item(); item["ContentType"] != event+"chat.ended" {
			t.Errorf("Ana sees %v, want that the chat ended", item)
		}
		if n := r.chat.Websockets(); n != 1 {
			t.Errorf("%d websockets are open, want 1", n)
		}
		if err := r.ana.conn.Close(websocket.StatusNormalClosure, ""); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if n := r.chat.Websockets(); n != 0 {
			t.Errorf("%d websockets are open, want none", n)
		}
	})
}

func TestWebsocketFrames(t *testing.T) {
	for _, test := range []struct{ name, frame, want string }{
		{"subscribe", subscribe, subscribed},
		{"other topic", `{"topic":"aws/subscribe","content":{"topics":["aws/chat","x"]}}`,
			`{"topic":"aws/subscribe","content":{"status":"failure","topics":["aws/chat","x"]}}`},
		{"heartbeat", `{"topic":"aws/heartbeat"}`, `{"topic":"aws/heartbeat"}`},
		{"ping", `{"topic":"aws/ping"}`, `{"topic":"aws/ping","statusCode":200,"statusContent":"OK"}`},
		{"unknown topic", `{"topic":"aws/x"}`, ""},
		{"no topic", `{}`, ""},
		{"no topics", `{"topic":"aws/subscribe"}`, ""},
		{"no JSON", `x`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, srv *connectparticipanttest.Server) {
				g := join(t, srv, srv.NewChat(), "CUSTOMER", "Ana")
				g.open(srv)
				g.write(test.frame)
				if test.want == "" {
					if status := g.closed(); status != websocket.StatusGoingAway {
						t.Errorf("it ends with %v", status)
					}
				} else if got := g.read(); got != test.want {
					t.Errorf("the answer is %s, want %s", got, test.want)
				}
			})
		})
	}
}

func TestWebsocketAges(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *connectparticipanttest.Server) {
		srv.SetWebsocketLifetime(10 * time.Minute)
		chat := srv.NewChat()
		ana, ben, cleo := join(t, srv, chat, "CUSTOMER", "Ana"), join(t, srv, chat, "AGENT", "Ben"),
			join(t, srv, chat, "AGENT", "Cleo")
		start := time.Now()
		ben.open(srv)
		ana.listen(srv)
		if status := ben.closed(); status != websocket.StatusGoingAway || time.Since(start) != 100*time.Second {
			t.Errorf("without a subscription it ends with %v after %v", status, time.Since(start))
		}
		if status := cleo.open(srv); status != http.StatusForbidden {
			t.Errorf("a stale URL answers %d", status)
		}
		if status := ana.closed(); status != websocket.StatusGoingAway || time.Since(start) != 10*time.Minute {
			t.Errorf("it ends with %v after %v", status, time.Since(start))
		}
	})
}

func TestWebsocketOnTheClockOfATest(t *testing.T) {
	srv := connectparticipanttest.NewServer(t)
	clock := newClock(srv)
	g := join(t, srv, srv.NewChat(), "CUSTOMER", "Ana")
	g.listen(http.DefaultTransport)
	clock.advance(time.Hour)
	srv.Tick()
	if status := g.closed(); status != websocket.StatusGoingAway {
		t.Errorf("it ends with %v", status)
	}
}

func TestWebsocketURLIsRefused(t *testing.T) {
	srv := newServer(t)
	chat := srv.NewChat()
	g := join(t, srv, chat, "CUSTOMER", "Ana")
	srv.Next("OpenWebsocket", connectparticipanttest.Refuse(http.StatusServiceUnavailable, "ServiceUnavailable", "later"))
	if status := g.open(srv); status != http.StatusServiceUnavailable {
		t.Errorf("through a fault: %d", status)
	}
	srv.Next("OpenWebsocket", connectparticipanttest.Answer(http.StatusBadGateway, "bad gateway"))
	if status := g.open(srv); status != http.StatusBadGateway {
		t.Errorf("through another fault: %d", status)
	}
	if r := do(t, srv, "GET "+strings.TrimPrefix(g.url, "ws://participant.connect.test")+"x", "",
		nil); r.status != http.StatusForbidden {
		t.Errorf("an unknown URL: %d", r.status)
	}
	leaver := join(t, srv, chat, "AGENT", "Ben")
	must(t, srv, "DisconnectParticipant", leaver.token, object{})
	if status := leaver.open(srv); status != http.StatusForbidden {
		t.Errorf("after leaving: %d", status)
	}
	chat.End()
	if status := g.open(srv); status != http.StatusForbidden {
		t.Errorf("after the end: %d", status)
	}
}
