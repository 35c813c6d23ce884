package connectparticipanttest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// crowd returns a server with n websockets, each in a chat of its own, and a call that
// one of the participants makes. The websockets have subscribed; nobody reads from them.
func crowd(tb testing.TB, n int) (s *Server, call func()) {
	tb.Helper()
	s = New()
	var token string
	for range n {
		p := s.participants[s.NewChat().Join("CUSTOMER", "Ana")]
		now := s.now()
		token = newToken()
		s.connections[token] = &connection{who: p, expiry: now.Add(time.Hour)}
		k := &websocketConn{ticket: &ticket{who: p, subscribe: now.Add(time.Minute), expiry: now.Add(time.Hour)},
			wake: make(chan struct{}, 1), subscribed: true}
		s.register(k)
	}
	tb.Cleanup(func() {
		s.work.Add(-n) // no websocket is served
		s.Close()
	})
	return s, func() {
		r := httptest.NewRequest(http.MethodPost, "/participant/event", strings.NewReader(`{"ContentType":"`+eventType+`typing"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Amz-Bearer", token)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			tb.Fatalf("status %d: %s", w.Code, w.Body)
		}
	}
}

// A websocket that is to be closed is forgotten at once: by the server and by its chat.
func TestForgetWebsockets(t *testing.T) {
	s, _ := crowd(t, 3)
	s.lock()
	defer s.unlock()
	for k := range s.websockets {
		k.farewell("enough")
		if len(k.who.chat.websockets) > 0 {
			t.Error("a chat still has the websocket")
		}
	}
	if len(s.websockets) > 0 {
		t.Errorf("the server still has %d websockets", len(s.websockets))
	}
}

// What a call costs does not grow with the number of chats and websockets.
func BenchmarkCalls(b *testing.B) {
	for name, n := range map[string]int{"chats=10": 10, "chats=1000": 1_000, "chats=10000": 10_000} {
		b.Run(name, func(b *testing.B) {
			_, call := crowd(b, n)
			b.ReportAllocs()
			for b.Loop() {
				call()
			}
		})
	}
}
