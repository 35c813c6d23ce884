package connectparticipant_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

func TestChatPassesOddFramesOn(t *testing.T) {
	inBubble(t, "frames", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		for _, frame := range []string{
			"garbage", "{", "null", "[]", "7", `"x"`, "{}", `{"topic":7}`, "\xff\xfe",
			`{"topic":"aws/unheard-of","content":{"x":1}}`,
			`{"topic":"aws/chat"}`, `{"topic":"aws/chat","content":"no JSON"}`, `{"topic":"aws/chat","content":["x"]}`,
			`{"message":"Internal server error","connectionId":"a","requestId":"b"}`,
		} {
			w.chat.Push(frame)
			if e := v.kind(""); string(e.Raw) != frame || e.ID != "" {
				t.Errorf("%q became %+v", frame, e)
			}
		}
		for frame, item := range map[string]string{
			chatItem(`{"Id":7,"Content":{"x":1}}`):            `{"Id":7,"Content":{"x":1}}`,
			`{"topic":"aws/chat","content":{"AbsoluteTime":}`: "",
			`{"topic":"aws/chat","content":{"Id":[]}}`:        `{"Id":[]}`,
		} {
			w.chat.Push(frame)
			if e := v.kind(""); string(e.Raw) != item && string(e.Raw) != frame {
				t.Errorf("%q became %q", frame, e.Raw)
			}
		}
		for _, quiet := range []string{
			"", " \n", `{"topic":"aws/heartbeat"}`, `{"topic":"aws/ping","statusCode":200}`, subscribed,
		} {
			w.chat.Push(quiet)
		}
		w.chat.Push(`{"topic":"aws/chat","content":{"Type":"MESSAGE","Content":"not in a string"}}`)
		v.says("not in a string")
		for range 2 { // an item without an ID is not known to be the same
			w.chat.Push(chatItem(`{"Type":"MESSAGE","Content":"no ID"}`))
			v.says("no ID")
		}
		w.chat.Say("still here")
		v.says("still here")
	})
	inBubble(t, "times", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		for _, at := range []string{
			"yesterday", "9999-99-99T99:99:99Z", "1000-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "2026-01-02T03:04:05+01:00",
		} {
			w.chat.Add(connectparticipanttest.Item{ContentType: "text/plain", Content: at, AbsoluteTime: at})
			v.says(at)
			w.srv.DropWebsockets()
			w.chat.Say("after " + at)
			v.says("after " + at)
		}
		w.chat.Push(chatItem(`{"Type":"MESSAGE","Content":"x","AbsoluteTime":{"y":[1]}}`))
		if e := v.kind(connectparticipant.ChatItemTypeMessage); !e.AbsoluteTime.IsZero() {
			t.Errorf("the time is %v", e.AbsoluteTime)
		}
	})
	inBubble(t, "odd items in a transcript", func(t *testing.T, w *world) {
		odd := connectparticipanttest.EditAnswer(func(members map[string]any) {
			odd := []any{map[string]any{"Content": 7}, "text", map[string]any{"Type": "MESSAGE", "Content": "no ID"}}
			members["Transcript"] = append(odd, members["Transcript"].([]any)...)
		})
		w.srv.Next("GetTranscript", odd)
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.kind("")
		v.kind("")
		v.says("no ID")
		v.joined(2)
		w.srv.Next("GetTranscript", odd)
		w.srv.DropWebsockets()
		w.chat.Say("once") // and the odd ones are not told again
		v.says("once")
	})
	inBubble(t, "a message that is being written", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		piece := func(n, text, done string) string {
			return chatItem(`{"Id":"m","Type":"MESSAGE","ParticipantRole":"SYSTEM","Content":"` + text +
				`","MessageMetadata":{"ChunkNumber":` + n + `,"MessageCompleted":` + done + `}}`)
		}
		w.chat.Push(piece("1", "he", "false"))
		w.chat.Push(piece("2", "llo", "false"))
		w.chat.Push(piece("3", "hello", "true"))
		w.chat.Push(piece("2", "llo", "false")) // late
		w.chat.Say("next")
		for _, want := range []string{"he", "llo"} {
			if e := v.kind(""); e.Content != want || e.ID != "m" {
				t.Errorf("the piece %+v", e)
			}
		}
		v.says("hello", "next")
	})
	inBubble(t, "a message that is written in a hole", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		written := time.Now().UTC().Format(time.RFC3339)
		w.chat.Push(chatItem(`{"Id":"m","AbsoluteTime":"` + written +
			`","Type":"MESSAGE","Content":"he","MessageMetadata":{"MessageCompleted":false}}`))
		v.kind("")
		w.srv.DropWebsockets()
		w.chat.Say("seen")
		v.says("seen")
		w.chat.Add(connectparticipanttest.Item{ID: "m", AbsoluteTime: written, ContentType: "text/plain", Content: "hello"})
		v.says("hello")
		w.srv.DropWebsockets()
		w.chat.Say("next")
		v.says("next")
	})
}

func TestChatFrameTooLarge(t *testing.T) {
	inBubble(t, "10 MiB", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		v := w.follow(ch)
		v.joined(2)
		w.chat.Push(chatItem(strings.Repeat("x", 1<<20-100)))
		if e := v.kind(""); len(e.Raw) < 1<<20-100 {
			t.Errorf("%d bytes came", len(e.Raw))
		}
		w.chat.Push(strings.Repeat("x", 10<<20))
		w.chat.Say("behind it")
		began := time.Now()
		v.fails(docferry.ErrProtocol)
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
		w.follow(ch).says("behind it")
	})
	inBubble(t, "in pieces without end", func(t *testing.T, w *world) {
		endless := w.rogue(func(ctx context.Context, conn *websocket.Conn) {
			_, _, _ = conn.Read(ctx)
			out, err := conn.Writer(ctx, websocket.MessageText)
			for err == nil {
				_, err = io.WriteString(out, strings.Repeat("x", 1000))
			}
		})
		_, err := w.over(endless, docferry.Retry{}).Chat(t.Context(), docferry.Secret(w.chat.Join("CUSTOMER", "Bea")))
		if !errors.Is(err, docferry.ErrProtocol) {
			t.Errorf("error %v", err)
		}
	})
}

// edited returns a client that gets an edited answer when it asks for a connection.
func (w *world) edited(edit func(websocket, credentials map[string]any)) *connectparticipant.Client {
	w.srv.Next("CreateParticipantConnection", connectparticipanttest.EditAnswer(func(members map[string]any) {
		edit(members["Websocket"].(map[string]any), members["ConnectionCredentials"].(map[string]any))
	}))
	return w.Client
}

func TestChatRefusesOddConnections(t *testing.T) {
	for name, edit := range map[string]func(websocket, credentials map[string]any){
		"no URL":   func(websocket, _ map[string]any) { delete(websocket, "Url") },
		"no token": func(_, credentials map[string]any) { credentials["ConnectionToken"] = "" },
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			_, err := w.edited(edit).Chat(t.Context(), docferry.Secret(w.chat.Join("CUSTOMER", "Bea")))
			if !errors.Is(err, docferry.ErrProtocol) {
				t.Errorf("error %v", err)
			}
			w.safeError(err)
		})
	}
	for name, url := range map[string]string{
		"plain":          "http://participant.connect.test/?ticket=abcdefghijklmnopqrstuvwxyz",
		"https":          "https://participant.connect.test/?ticket=abcdefghijklmnopqrstuvwxyz",
		"no URL at all":  "abcdefghijklmnopqrstuvwxyz",
		"user name":      "wss://user:abcdefghijklmnopqrstuvwxyz@participant.connect.test/",
		"not byte clean": "wss://participant.connect.test/?ticket=abcdefghijklmnopqrstuvwxyz\n",
	} {
		inBubble(t, "URL: "+name, func(t *testing.T, w *world) {
			client := w.edited(func(websocket, _ map[string]any) { websocket["Url"] = url })
			w.wire.forget()
			_, err := client.Chat(t.Context(), docferry.Secret(w.chat.Join("CUSTOMER", "Bea")))
			if _, ok := errors.AsType[*docferry.InputError](err); !ok || strings.Contains(err.Error(), "abcdefghij") {
				t.Errorf("error %v", err)
			}
			if n := len(w.wire.all()); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
	for name, answer := range map[string]connectparticipanttest.Fault{
		"redirect":      connectparticipanttest.Answer(302, "", "Location", "https://elsewhere.test/?ticket=secret"),
		"page":          connectparticipanttest.Answer(200, "<html>"),
		"half a switch": connectparticipanttest.Answer(400, `{"Message":"no websocket"}`),
		"no key": func(http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Connection", "Upgrade")
				rw.Header().Set("Upgrade", "websocket")
				rw.WriteHeader(http.StatusSwitchingProtocols)
			})
		},
	} {
		inBubble(t, "handshake: "+name, func(t *testing.T, w *world) {
			w.srv.Next("OpenWebsocket", answer)
			_, err := w.Chat(t.Context(), docferry.Secret(w.chat.Join("CUSTOMER", "Bea")))
			refused, ok := errors.AsType[*docferry.Error](err)
			if !ok || refused.Operation != "OpenWebsocket" ||
				!errors.Is(err, docferry.ErrProtocol) && !errors.Is(err, docferry.ErrInvalid) {
				t.Errorf("error %v", err)
			}
			w.safeError(err)
			synctest.Wait()
		})
	}
	inBubble(t, "a farewell with a secret", func(t *testing.T, w *world) {
		rude := w.rogue(func(ctx context.Context, conn *websocket.Conn) {
			_, _, _ = conn.Read(ctx)
			_ = conn.Close(websocket.StatusPolicyViolation, "no https://host/?X-Amz-Signature=abcdefghijklmnop\x1b[2J")
		})
		_, err := w.over(rude, docferry.Retry{}).Chat(t.Context(), docferry.Secret(w.chat.Join("CUSTOMER", "Bea")))
		if err == nil || websocket.CloseStatus(err) == websocket.StatusPolicyViolation ||
			strings.ContainsRune(err.Error(), '\x1b') {
			t.Errorf("error %q", err)
		}
		w.safeError(err)
	})
	inBubble(t, "a transport that cannot switch", func(t *testing.T, w *world) {
		client := w.over(roundTrip(func(r *http.Request) (*http.Response, error) {
			resp, err := w.wire.RoundTrip(r)
			if err == nil && isHandshake(r) {
				resp.Body = struct{ io.ReadCloser }{resp.Body}
			}
			return resp, err
		}), docferry.Retry{})
		_, err := client.Chat(t.Context(), docferry.Secret(w.chat.Join("CUSTOMER", "Bea")))
		if bad, ok := errors.AsType[*docferry.InputError](err); !ok || bad.Field != "Config.HTTP.Transport" {
			t.Errorf("error %v", err)
		}
	})
}

// The context of Chat bounds the opening alone, also with a transport that ties a
// connection to its request.
func TestChatOutlivesItsOpening(t *testing.T) {
	inBubble(t, "a strict transport", func(t *testing.T, w *world) {
		net := newNetwork(roundTrip(func(r *http.Request) (*http.Response, error) {
			resp, err := w.wire.RoundTrip(r)
			if err == nil && isHandshake(r) {
				body := resp.Body
				context.AfterFunc(r.Context(), func() { _ = body.Close() })
			}
			return resp, err
		}))
		ctx, cancel := context.WithCancel(t.Context())
		ch, err := w.over(net, docferry.Retry{}).Chat(ctx, docferry.Secret(w.chat.Join("CUSTOMER", "Bea")))
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		defer ch.Close()
		v := w.follow(ch)
		v.joined(2)
		time.Sleep(5 * time.Minute)
		w.chat.Say("still here")
		v.says("still here")
		if n := net.opened(); n != 1 {
			t.Errorf("%d websockets", n)
		}
	})
}

// The websocket URL of a service on the internet must be public and encrypted.
func TestChatWebsocketAddress(t *testing.T) {
	for _, test := range []struct {
		endpoint, url string
		private       bool
		asked         string // "" if it is refused
	}{
		{"https://participant.example.com", "wss://a.example.com/x?y=z", false, "https://a.example.com/x?y=z"},
		{"https://participant.example.com", "wss://a.example.com?y=z", false, "https://a.example.com/?y=z"},
		{"https://participant.example.com", "wss://a.example.com", false, "https://a.example.com"},
		{"https://participant.example.com", "ws://a.example.com/x?y=z", false, ""},
		{"https://participant.example.com", "wss://127.0.0.1/x?y=z", false, ""},
		{"https://participant.example.com", "wss://127.0.0.1/x?y=z", true, "https://127.0.0.1/x?y=z"},
		{"https://participant.example.com", "wss://169.254.169.254/x", false, ""},
		{"https://participant.example.com", "wss://localhost/x", false, ""},
		{"https://participant.example.com", "ws://10.0.0.1/x", true, "http://10.0.0.1/x"},
		{"http://127.0.0.1:1", "ws://127.0.0.1:2/x", false, "http://127.0.0.1:2/x"},
		{"https://participant.example.com", "wss://a.example.com:443/x?y=z", false, "https://a.example.com:443/x?y=z"},
		{"https://participant.example.com", "wss://[64:ff9b::808:808]/x", false, "https://[64:ff9b::808:808]/x"},
		{"https://participant.example.com", "wss://[64:ff9b::7f00:1]/x", false, ""},
		{"https://participant.example.com", "wss://[::ffff:0:7f00:1]/x", false, ""},
		{"http://[::1]:80", "ws://[::1]:80/x", false, "http://[::1]:80/x"},
		{"http://[::1]:80", "ws://[::1%25lo]:80/x", false, "http://[::1%25lo]:80/x"},
	} {
		asked := ""
		transport := roundTrip(func(r *http.Request) (*http.Response, error) {
			if isHandshake(r) {
				asked = r.URL.String()
				name, zone, _ := strings.Cut(r.URL.Host, "%lo")
				if bare := strings.TrimSuffix(strings.TrimSuffix(name+zone, ":443"), ":80"); r.Host != bare {
					t.Errorf("the handshake with %s has the host %q", asked, r.Host)
				}
				got := r.Header.Get("User-Agent")
				if !strings.HasPrefix(got, "me docferry/") || r.Header.Get("X-Amz-Bearer") != "" {
					t.Errorf("the handshake has the header %v", r.Header)
				}
				return nil, errors.New("no network")
			}
			body := `{"Websocket":{"Url":"` + test.url + `"},"ConnectionCredentials":{"ConnectionToken":"t"}}`
			return &http.Response{StatusCode: 200, Header: http.Header{},
				Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
		})
		client, err := connectparticipant.New(connectparticipant.Config{Endpoint: test.endpoint, HTTP: docferry.HTTP{
			Transport: transport, Retry: docferry.Retry{Attempts: 1}, UserAgent: "me", AllowPrivate: test.private}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Chat(t.Context(), "token")
		_, refused := errors.AsType[*docferry.InputError](err)
		if asked != test.asked || refused != (test.asked == "") {
			t.Errorf("%s at %s: asked for %q, error %v; want %q", test.url, test.endpoint, asked, err, test.asked)
		}
	}
}
