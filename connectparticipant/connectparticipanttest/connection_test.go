package connectparticipanttest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCreateParticipantConnection(t *testing.T) {
	srv := newServer(t)
	newClock(srv)
	chat := srv.NewChat()
	token := chat.Join("CUSTOMER", "Ana")

	r := must(t, srv, "CreateParticipantConnection", token, object{
		"Type": []string{"WEBSOCKET", "CONNECTION_CREDENTIALS", "WEBRTC_CONNECTION"}, "ConnectParticipant": true,
	})
	if got, want := r.text("ConnectionCredentials", "Expiry"), "2026-03-05T05:06:07.089Z"; got != want {
		t.Errorf("credentials expire at %s, want %s", got, want)
	}
	if got, want := r.text("Websocket", "ConnectionExpiry"), "2026-03-04T06:06:07.089Z"; got != want {
		t.Errorf("the websocket expires at %s, want %s", got, want)
	}
	if got := r.text("Websocket", "Url"); !strings.HasPrefix(got, "ws://participant.connect.test/") {
		t.Errorf("the websocket is at %s", got)
	}
	if r.text("WebRTCConnection", "Attendee", "JoinToken") == "" ||
		r.text("WebRTCConnection", "Meeting", "MeetingId") == "" {
		t.Errorf("no WebRTC connection in %v", r.body)
	}

	r = must(t, srv, "CreateParticipantConnection", token, object{"ConnectParticipant": true})
	if diff := cmp.Diff(object{}, r.body); diff != "" {
		t.Errorf("an answer without Type (-want +got):\n%s", diff)
	}
	items := chat.Transcript()
	if len(items) != 1 || items[0].ContentType != "application/vnd.amazonaws.connect.event.participant.joined" ||
		items[0].Type != "EVENT" || items[0].ParticipantID != chat.ParticipantID(token) {
		t.Errorf("the transcript is %+v, want one join", items)
	}
}

func TestWebsocketURLOverTLS(t *testing.T) {
	srv := newServer(t)
	tls := newTLS(t, srv)
	req, _ := http.NewRequestWithContext(t.Context(), "POST", tls.URL+"/participant/connection",
		strings.NewReader(`{"Type":["WEBSOCKET"]}`))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Amz-Bearer", srv.NewChat().Join("CUSTOMER", "Ana"))
	r := sendWith(t, tls.Client().Transport, req)
	if got, want := r.text("Websocket", "Url"), "wss"+strings.TrimPrefix(tls.URL, "https")+"/"; !strings.HasPrefix(got,
		want) {
		t.Errorf("the websocket is at %s, want %s", got, want)
	}
}

func TestTokens(t *testing.T) {
	srv := newServer(t)
	clock := newClock(srv)
	srv.SetTokenLifetime(time.Hour)
	chat := srv.NewChat()
	invited := chat.Join("AGENT", "Ben")
	credentials := object{"Type": []string{"CONNECTION_CREDENTIALS"}}
	renew := func() string {
		t.Helper()
		return must(t, srv, "CreateParticipantConnection", invited, credentials).text("ConnectionCredentials",
			"ConnectionToken")
	}
	connected := renew()
	const code = "AccessDeniedException"

	refused(t, srv, "CreateParticipantConnection", connected, credentials, 403, code, "connection token was given")
	for operation := range routes {
		refused(t, srv, operation, "", nil, 403, code, "missing")
		refused(t, srv, operation, "x", nil, 403, code, "not valid")
		if operation != "CreateParticipantConnection" {
			refused(t, srv, operation, invited, nil, 403, code, "participant token was given")
		}
	}

	clock.advance(time.Hour - time.Millisecond)
	must(t, srv, "GetTranscript", connected, object{})
	clock.advance(time.Millisecond)
	refused(t, srv, "GetTranscript", connected, object{}, 403, code, "expired")
	connected = renew()
	must(t, srv, "GetTranscript", connected, object{})

	leaver := connect(t, srv, chat, "SUPERVISOR", "Cleo")
	leave := object{"ClientToken": "1"}
	must(t, srv, "DisconnectParticipant", leaver, leave)
	must(t, srv, "DisconnectParticipant", leaver, leave)
	refused(t, srv, "DisconnectParticipant", leaver, object{"ClientToken": "2"}, 403, code, "has left")
	refused(t, srv, "GetTranscript", leaver, object{}, 403, code, "has left")
	items := chat.Transcript()
	if last := items[len(items)-1]; last.ContentType != "application/vnd.amazonaws.connect.event.participant.left" ||
		last.DisplayName != "Cleo" {
		t.Errorf("the last item is %+v, want that Cleo left", last)
	}

	chat.End()
	chat.End()
	refused(t, srv, "GetTranscript", connected, object{}, 403, code, "chat has ended")
	refused(t, srv, "CreateParticipantConnection", invited, credentials, 403, code, "chat has ended")
	if last := chat.Transcript()[len(items)]; last.ContentType != "application/vnd.amazonaws.connect.event.chat.ended" {
		t.Errorf("the last item is %+v, want that the chat ended", last)
	}
}

// TestSignatureIsIgnored sends what the vendor's clients send when they have
// credentials.
func TestSignatureIsIgnored(t *testing.T) {
	srv := newServer(t)
	token := connect(t, srv, srv.NewChat(), "CUSTOMER", "Ana")
	req, _ := http.NewRequestWithContext(t.Context(), "POST", srv.URL+"/participant/transcript", strings.NewReader("{}"))
	for name, value := range map[string]string{"X-Amz-Bearer": token, "Content-Type": "application/json",
		"Authorization": "AWS4-HMAC-SHA256 Credential=x", "X-Amz-Date": "20260101T000000Z", "X-Amz-Security-Token": "x"} {
		req.Header.Set(name, value)
	}
	if r := send(t, srv, req); r.status != 200 {
		t.Errorf("%d %s %v", r.status, r.code, r.body)
	}
	req, _ = http.NewRequestWithContext(t.Context(), "POST", srv.URL+"/participant/transcript", strings.NewReader("{}"))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=x")
	if r := send(t, srv, req); r.status != 403 {
		t.Errorf("a signature without a token: %d %s %v", r.status, r.code, r.body)
	}
}

// TestChatEndsWithItsCustomers has two customers join, of whom one never
// connects.
func TestChatEndsWithItsCustomers(t *testing.T) {
	srv := newServer(t)
	chat := srv.NewChat()
	ana, eve := connect(t, srv, chat, "CUSTOMER", "Ana"), connect(t, srv, chat, "CUSTOMER", "Eve")
	chat.Join("CUSTOMER", "Nobody")
	ben := connect(t, srv, chat, "AGENT", "Ben")

	must(t, srv, "DisconnectParticipant", ana, object{})
	must(t, srv, "GetTranscript", eve, object{})
	leave := object{"ClientToken": "1"}
	must(t, srv, "DisconnectParticipant", eve, leave)
	must(t, srv, "DisconnectParticipant", eve, leave)
	refused(t, srv, "GetTranscript", eve, object{}, 403, "AccessDeniedException", "has left")
	refused(t, srv, "GetTranscript", ben, object{}, 403, "AccessDeniedException", "chat has ended")
	chat.End()
	var got []string
	for _, item := range chat.Transcript()[3:] {
		got = append(got, strings.TrimPrefix(item.ContentType, event)+" "+item.DisplayName)
	}
	if diff := cmp.Diff([]string{"participant.left Ana", "participant.left Eve", "chat.ended "}, got); diff != "" {
		t.Errorf("what happened (-want +got):\n%s", diff)
	}
}
