package connectparticipant_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

func TestConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		resp, err := w.CreateParticipantConnection(t.Context(), connectparticipant.CreateParticipantConnectionRequest{
			Type: []connectparticipant.ConnectionType{connectparticipant.ConnectionTypeWebsocket,
				connectparticipant.ConnectionTypeConnectionCredentials, connectparticipant.ConnectionTypeWebRTCConnection},
			ConnectParticipant: new(true),
			ParticipantToken:   docferry.Secret(w.chat.Join("AGENT", "Ben")),
		})
		if err != nil {
			t.Fatal(err)
		}
		address, expiry := string(resp.Websocket.URL), resp.Websocket.ConnectionExpiry
		if !strings.HasPrefix(address, "ws://") || !expiry.Equal(time.Now().Add(time.Hour)) {
			t.Errorf("the websocket is %q until %v", address, expiry)
		}
		credentials := resp.ConnectionCredentials
		if credentials.ConnectionToken == "" || !credentials.Expiry.Equal(time.Now().Add(24*time.Hour)) {
			t.Errorf("the credentials are good until %v", credentials.Expiry)
		}
		meeting := resp.WebRTCConnection.Meeting
		if resp.WebRTCConnection.Attendee.JoinToken == "" || meeting.MeetingID == "" ||
			meeting.MediaPlacement.SignalingURL == "" ||
			meeting.MeetingFeatures.Audio.EchoReduction != connectparticipant.MeetingFeatureStatusUnavailable {
			t.Errorf("the meeting is %+v", meeting)
		}
		req := connectparticipant.DisconnectParticipantRequest{ConnectionToken: credentials.ConnectionToken}
		w.srv.Next("DisconnectParticipant", lose)
		if err := w.DisconnectParticipant(t.Context(), req); err != nil {
			t.Errorf("an answer was lost: %v", err)
		}
		if err := w.DisconnectParticipant(t.Context(), req); !errors.Is(err, docferry.ErrForbidden) {
			t.Errorf("disconnected twice: error %v, want ErrForbidden", err)
		}
		kinds := []string{}
		for _, item := range w.chat.Transcript() {
			kinds = append(kinds, item.DisplayName+" "+item.ContentType)
		}
		want := []string{
			"Ana " + connectparticipant.ContentTypeParticipantJoined,
			"Ben " + connectparticipant.ContentTypeParticipantJoined,
			"Ben " + connectparticipant.ContentTypeParticipantLeft,
		}
		if diff := cmp.Diff(want, kinds); diff != "" {
			t.Errorf("the transcript (-want +got):\n%s", diff)
		}
	})
}

func TestMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		agent := w.join("AGENT", "Ben")
		w.srv.SetProcessing(func(string) string { return "PROCESSING" })
		said, err := w.SendMessage(t.Context(), connectparticipant.SendMessageRequest{
			ContentType: connectparticipant.ContentTypeMarkdown, Content: "**Hello**", ConnectionToken: w.token})
		if err != nil {
			t.Fatal(err)
		}
		if said.MessageMetadata.MessageProcessingStatus != connectparticipant.MessageProcessingStatusProcessing ||
			!said.AbsoluteTime.Equal(time.Now()) {
			t.Errorf("the answer is %+v", said)
		}
		sent := time.Now().UTC()
		for _, contentType := range []string{
			connectparticipant.ContentTypeMessageDelivered, connectparticipant.ContentTypeMessageRead,
		} {
			time.Sleep(1500 * time.Millisecond)
			event, err := w.SendEvent(t.Context(), connectparticipant.SendEventRequest{
				ContentType: contentType, Content: `{"messageId":"` + said.ID + `"}`, ConnectionToken: agent})
			if err != nil || event.ID == "" || !event.AbsoluteTime.Equal(time.Now()) {
				t.Fatalf("%s: %+v, %v", contentType, event, err)
			}
		}
		page, err := w.GetTranscript(t.Context(), connectparticipant.GetTranscriptRequest{ConnectionToken: agent,
			StartPosition: connectparticipant.StartPosition{ID: said.ID}})
		if err != nil {
			t.Fatal(err)
		}
		want := &connectparticipant.GetTranscriptResponse{
			InitialContactID: w.chat.ContactID,
			Transcript: []connectparticipant.Item{{
				AbsoluteTime: sent, Content: "**Hello**", ContentType: connectparticipant.ContentTypeMarkdown, ID: said.ID,
				Type: connectparticipant.ChatItemTypeMessage, DisplayName: "Ana",
				ParticipantRole: connectparticipant.ParticipantRoleCustomer,
				ParticipantID:   page.Transcript[0].ParticipantID, ContactID: w.chat.ContactID,
				MessageMetadata: connectparticipant.MessageMetadata{MessageID: said.ID,
					MessageProcessingStatus: connectparticipant.MessageProcessingStatusProcessing,
					Receipts: []connectparticipant.Receipt{{
						RecipientParticipantID: page.Transcript[0].MessageMetadata.Receipts[0].RecipientParticipantID,
						DeliveredTimestamp:     sent.Add(1500 * time.Millisecond), ReadTimestamp: sent.Add(3 * time.Second)}}},
			}},
		}
		if diff := cmp.Diff(want, page); diff != "" {
			t.Errorf("the page (-want +got):\n%s", diff)
		}
		w.join("SUPERVISOR", "Cyd")
		_, err = w.SendEvent(t.Context(), connectparticipant.SendEventRequest{
			ContentType: connectparticipant.ContentTypeMessageRead, Content: `{"messageId":"` + said.ID + `"}`,
			ConnectionToken: agent})
		if !errors.Is(err, docferry.ErrConflict) {
			t.Errorf("a receipt among three: error %v, want ErrConflict", err)
		}
	})
}

// TestClientToken checks that the attempts of one call have one ClientToken, and
// are carried out once, and that two calls have two.
func TestClientToken(t *testing.T) {
	for name, send := range map[string]func(w *world, token string) error{
		"/participant/message": func(w *world, token string) error {
			_, err := w.SendMessage(w.t.Context(), connectparticipant.SendMessageRequest{
				ContentType: connectparticipant.ContentTypePlain, Content: "Hello", ClientToken: token, ConnectionToken: w.token})
			return err
		},
		"/participant/event": func(w *world, token string) error {
			_, err := w.SendEvent(w.t.Context(), connectparticipant.SendEventRequest{
				ContentType: connectparticipant.ContentTypeTyping, ClientToken: token, ConnectionToken: w.token})
			return err
		},
		"/participant/disconnect": func(w *world, token string) error {
			return w.DisconnectParticipant(w.t.Context(), connectparticipant.DisconnectParticipantRequest{
				ClientToken: token, ConnectionToken: w.token})
		},
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			for _, operation := range []string{"SendMessage", "SendEvent", "DisconnectParticipant"} {
				w.srv.Next(operation, lose)
				w.srv.Next(operation, connectparticipanttest.Answer(http.StatusInternalServerError, ""))
			}
			if err := send(w, ""); err != nil {
				t.Fatal(err)
			}
			w.sameToken(name, 3)
			_ = send(w, "") // a participant who has left cannot leave again
			if tokens := member(w.wire.to(name), "ClientToken"); len(tokens) != 4 || tokens[3] == tokens[0] {
				t.Errorf("two calls have the tokens %q", tokens)
			}
			_ = send(w, "the caller's")
			if tokens := member(w.wire.to(name), "ClientToken"); tokens[4] != "the caller's" {
				t.Errorf("the caller's token was sent as %q", tokens[4])
			}
			said := 0
			for _, item := range w.chat.Transcript() {
				if item.Type == "MESSAGE" {
					said++
				}
			}
			if name == "/participant/message" && said != 3 {
				t.Errorf("3 calls made %d messages", said)
			}
		})
	}
}

func TestAuthentication(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		session := w.chat.Authenticate()
		req := connectparticipant.GetAuthenticationURLRequest{
			SessionID: session, RedirectURI: "https://example.com/back?a=b", ConnectionToken: w.token}
		resp, err := w.GetAuthenticationURL(t.Context(), req)
		if err != nil || !strings.Contains(resp.AuthenticationURL, "https%3A%2F%2Fexample.com%2Fback%3Fa%3Db") {
			t.Fatalf("%+v, %v", resp, err)
		}
		cancel := connectparticipant.CancelParticipantAuthenticationRequest{SessionID: session, ConnectionToken: w.token}
		w.srv.Next("CancelParticipantAuthentication", lose)
		if err := w.CancelParticipantAuthentication(t.Context(), cancel); err != nil {
			t.Errorf("an answer was lost: %v", err)
		}
		if _, err := w.GetAuthenticationURL(t.Context(), req); !errors.Is(err, docferry.ErrInvalid) {
			t.Errorf("after it was cancelled: error %v, want ErrInvalid", err)
		}
	})
}

func TestDescribeView(t *testing.T) {
	w := newWorld(t)
	token := w.chat.Show(connectparticipanttest.View{ID: "view", ARN: "arn:aws:connect:view", Name: "Cards", Version: 3,
		Content: connectparticipanttest.ViewContent{InputSchema: "{}", Template: "{}", Actions: []string{"Back", "Next"}}})
	resp, err := w.DescribeView(t.Context(), connectparticipant.DescribeViewRequest{
		ViewToken: docferry.Secret(token), ConnectionToken: w.token})
	if err != nil {
		t.Fatal(err)
	}
	want := connectparticipant.View{ID: "view", ARN: "arn:aws:connect:view", Name: "Cards", Version: 3,
		Content: connectparticipant.ViewContent{InputSchema: "{}", Template: "{}", Actions: []string{"Back", "Next"}}}
	if diff := cmp.Diff(want, resp.View); diff != "" {
		t.Errorf("the view (-want +got):\n%s", diff)
	}
	_, err = w.DescribeView(t.Context(), connectparticipant.DescribeViewRequest{
		ViewToken: "other/../token", ConnectionToken: w.token})
	w.safeError(err)
	refused, ok := errors.AsType[*docferry.Error](err)
	if !ok || !errors.Is(err, docferry.ErrNotFound) {
		t.Fatalf("error %v, want ErrNotFound", err)
	}
	detail, ok := refused.Detail.(*connectparticipant.ErrorDetail)
	// The service repeats the token that it was sent, which is a secret.
	if !ok || detail.ResourceID != "[redacted]" || detail.ResourceType != connectparticipant.ResourceTypeContactFlow {
		t.Errorf("the detail is %+v", refused.Detail)
	}
}

// TestErrorKinds checks that each code of the service matches its sentinel.
func TestErrorKinds(t *testing.T) {
	w := newWorld(t)
	client := w.client(docferry.Retry{Attempts: 1})
	for code, c := range map[string]struct {
		status int
		kind   error
	}{
		connectparticipant.CodeAccessDenied:         {403, docferry.ErrForbidden},
		connectparticipant.CodeConflict:             {409, docferry.ErrConflict},
		connectparticipant.CodeInternalServer:       {500, docferry.ErrUnavailable},
		connectparticipant.CodeResourceNotFound:     {404, docferry.ErrNotFound},
		connectparticipant.CodeServiceQuotaExceeded: {402, docferry.ErrQuota},
		connectparticipant.CodeThrottling:           {429, docferry.ErrThrottled},
		connectparticipant.CodeValidation:           {400, docferry.ErrInvalid},
	} {
		w.srv.Next("GetTranscript", connectparticipanttest.Refuse(c.status, code, "because"))
		_, err := client.GetTranscript(t.Context(), connectparticipant.GetTranscriptRequest{ConnectionToken: w.token})
		refused, ok := errors.AsType[*docferry.Error](err)
		if !ok || refused.Code != code || refused.Message != "because" || refused.StatusCode != c.status ||
			!errors.Is(err, c.kind) {
			t.Errorf("error %v, want %s, status %d, %v", err, code, c.status, c.kind)
		}
	}
}
