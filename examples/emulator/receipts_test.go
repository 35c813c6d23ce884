package main

import (
	"slices"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
)

// Amazon's own chat client sends all receipts of a kind with one ClientToken.
func TestReceiptsShareAToken(t *testing.T) {
	p := start(t)
	client := connectClient(t, p.url(t))
	connect := func(token string) docferry.Secret {
		t.Helper()
		answer, err := client.CreateParticipantConnection(t.Context(),
			connectparticipant.CreateParticipantConnectionRequest{ParticipantToken: docferry.Secret(p.line(t, token)),
				Type: []connectparticipant.ConnectionType{connectparticipant.ConnectionTypeConnectionCredentials}})
		if err != nil {
			t.Fatal(err)
		}
		return answer.ConnectionCredentials.ConnectionToken
	}
	customer, agent := connect("customer's token"), connect("agent's token")
	for range 2 {
		sent, err := client.SendMessage(t.Context(), connectparticipant.SendMessageRequest{ConnectionToken: customer,
			ContentType: "text/plain", Content: "hello"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.SendEvent(t.Context(), connectparticipant.SendEventRequest{ConnectionToken: agent,
			ContentType: "application/vnd.amazonaws.connect.event.message.read",
			Content:     `{"messageId":"` + sent.ID + `"}`, ClientToken: "INCOMING_READ_RECEIPT"}); err != nil {
			t.Error(err)
		}
	}
	transcript, err := client.GetTranscript(t.Context(), connectparticipant.GetTranscriptRequest{ConnectionToken: agent})
	if err != nil {
		t.Fatal(err)
	}
	if transcript.InitialContactID != p.line(t, "contact") {
		t.Errorf("the contact is %s, and the guide says %s", transcript.InitialContactID, p.line(t, "contact"))
	}
	for _, title := range []string{"customer's id", "agent's id"} {
		id := p.line(t, title)
		if !slices.ContainsFunc(transcript.Transcript, func(item connectparticipant.Item) bool {
			return item.ParticipantID == id
		}) {
			t.Errorf("nobody is the guide's %s, %s", title, id)
		}
	}
}
