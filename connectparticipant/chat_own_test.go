package connectparticipant_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

// said ranges over the events of a chat until a message with the text "end", and
// returns for each message whether it is the participant's own.
func said(t *testing.T, ch *connectparticipant.Chat) (own []string) {
	t.Helper()
	for e, err := range ch.Events(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case e.Kind != connectparticipant.ChatItemTypeMessage:
			if e.Own && e.DisplayName != "Ana" {
				t.Errorf("an event of %s is Ana's own", e.DisplayName)
			}
			continue
		case e.Own:
			own = append(own, e.Content)
		}
		if e.Content == "end" {
			break
		}
	}
	return own
}

// A program that answers messages must not answer its own.
func TestChatKnowsItsOwnEvents(t *testing.T) {
	for _, known := range []bool{false, true} {
		inBubble(t, map[bool]string{false: "learned", true: "told"}[known], func(t *testing.T, w *world) {
			token := docferry.Secret(w.chat.Join("CUSTOMER", "Ana"))
			options := connectparticipant.ChatOptions{}
			if known {
				options.ParticipantID = w.chat.ParticipantID(string(token))
			}
			ana, err := w.Chat(t.Context(), token, options)
			if err != nil {
				t.Fatal(err)
			}
			defer ana.Close()
			ben := w.enter("AGENT", "Ben")
			say := func(ch *connectparticipant.Chat, text string) {
				if _, err := ch.SendMessage(t.Context(), text); err != nil {
					t.Error(err)
				}
			}
			if got := ana.ParticipantID(); (got != "") != known {
				t.Errorf("before anything was said, the ID is %q", got)
			}
			say(ben, "from Ben")
			say(ana, "from Ana")
			say(ana, "again")
			say(ben, "end")
			if got := strings.Join(said(t, ana), ", "); got != "from Ana, again" {
				t.Errorf("Ana's own: %s", got)
			}
			if got := strings.Join(said(t, ben), ", "); got != "from Ben, end" {
				t.Errorf("Ben's own: %s", got)
			}
			if ana.ParticipantID() != w.chat.ParticipantID(string(token)) || ben.ParticipantID() == ana.ParticipantID() {
				t.Errorf("the IDs are %q and %q", ana.ParticipantID(), ben.ParticipantID())
			}
		})
	}
}

// An agent is marked as connected, which a customer is not.
func TestChatConnectsTheParticipant(t *testing.T) {
	inBubble(t, "", func(t *testing.T, w *world) {
		for role, connect := range map[string]bool{"CUSTOMER": false, "AGENT": true} {
			before := len(w.wire.all())
			w.enter(role, role, connectparticipant.ChatOptions{ConnectParticipant: connect})
			body := string(w.wire.all()[before].body)
			if strings.Contains(body, `"ConnectParticipant":true`) != connect {
				t.Errorf("%s: %s", role, body)
			}
		}
	})
}

// A message whose answer was lost can be sent again, and is heard once.
func TestMessageIsSentAgain(t *testing.T) {
	inBubble(t, "", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Ana")
		m := connectparticipant.NewMessage(connectparticipant.ContentTypePlain, "once")
		w.next(4, "SendMessage", lose)
		if _, err := ch.Send(t.Context(), m); !docferry.OutcomeUnknown(err) {
			t.Fatalf("error %v", err)
		}
		sent, err := ch.Send(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ch.Send(t.Context(), m)
		if err != nil || again.ID != sent.ID {
			t.Errorf("the same message got the ID %s, then %s: %v", sent.ID, again.ID, err)
		}
		if other, err := ch.Send(t.Context(), connectparticipant.NewMessage(m.ContentType, m.Content)); err != nil || other.ID == sent.ID {
			t.Errorf("another message of the same text got the ID %s: %v", other.ID, err)
		}
		heard := 0
		for _, item := range w.chat.Transcript() {
			if item.Content == "once" {
				heard++
			}
		}
		if heard != 2 {
			t.Errorf("two messages were heard %d times", heard)
		}
		w.srv.Next("SendMessage", connectparticipanttest.Refuse(403, connectparticipant.CodeAccessDenied, "no"))
		w.srv.Next("SendMessage", connectparticipanttest.Refuse(403, connectparticipant.CodeAccessDenied, "no"))
		if _, err := ch.Send(t.Context(), m); !errors.Is(err, docferry.ErrForbidden) {
			t.Errorf("refused: %v", err)
		}
	})
}
