package connectparticipant_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/upload"
)

const (
	messagePath    = "/participant/message"
	disconnectPath = "/participant/disconnect"
)

var (
	// expired refuses a connection token, as the service does.
	expired = connectparticipanttest.Refuse(http.StatusForbidden, connectparticipant.CodeAccessDenied, "expired")
	// faulty does too, with the status of a server fault: behind it, the request
	// may have been carried out.
	faulty  = connectparticipanttest.Refuse(http.StatusInternalServerError, connectparticipant.CodeAccessDenied, "expired")
	invalid = connectparticipanttest.Refuse(http.StatusBadRequest, connectparticipant.CodeValidation, "no")
)

// queue makes the next calls of an operation pass through faults, one each.
func (w *world) queue(operation string, faults ...connectparticipanttest.Fault) {
	for _, fault := range faults {
		w.srv.Next(operation, fault)
	}
}

// One upload starts one attachment, also if the connection token is renewed
// between an answer that is lost and the repetition.
func TestChatUploadStartsOnce(t *testing.T) {
	for name, faults := range map[string][]connectparticipanttest.Fault{
		"the token is refused at once":        {expired},
		"after the answer was lost":           {lose, expired},
		"after the answer was lost, by a 500": {lose, faulty, faulty, faulty},
		"and the next answer is lost":         {expired, lose},
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			ch := w.enter("CUSTOMER", "Bea")
			w.wire.forget()
			w.srv.SetAttachmentQuota(1) // a second start would be refused
			w.queue("StartAttachmentUpload", faults...)
			w.stored(ch.Uploader().Upload(t.Context(), upload.Bytes("note.txt", content)))
			w.sameToken(startPath, len(faults)+1)
			if n := len(w.wire.to(connectionPath)); n != 1 {
				t.Errorf("%d tokens were asked for, want 1", n)
			}
		})
	}
	inBubble(t, "each time that it begins", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		w.wire.forget()
		past := expiring(func(string) string { return time.Now().Add(-time.Minute).UTC().Format(time.RFC3339) })
		w.queue("StartAttachmentUpload", expired, past, expired)
		w.stored(ch.Uploader().Upload(t.Context(), upload.Bytes("note.txt", content)))
		tokens := member(w.wire.to(startPath), "ClientToken")
		if len(tokens) != 4 || !same(tokens[:2]) || !same(tokens[2:]) || tokens[0] == tokens[2] {
			t.Errorf("the starts have the ClientTokens %q, want one for the first two and another for the rest", tokens)
		}
	})
}

// A call that is repeated with a new connection token happens once.
func TestChatSendsOnceAcrossRenewal(t *testing.T) {
	for name, faults := range map[string][]connectparticipanttest.Fault{
		"the answer is lost before": {lose, expired},
		"the answer is lost after":  {expired, lose},
		"both answers are lost":     {lose, expired, lose},
		"a 500 after a lost answer": {lose, faulty, faulty, faulty},
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			ch := w.enter("CUSTOMER", "Bea")
			w.wire.forget()
			w.queue("SendMessage", faults...)
			sent, err := ch.SendMessage(t.Context(), "once")
			if err != nil {
				t.Fatal(err)
			}
			w.sameToken(messagePath, len(faults)+1)
			if ids := w.said("once"); !slices.Equal(ids, []string{sent.ID}) {
				t.Errorf("the chat has the messages %q, want %q alone", ids, sent.ID)
			}
		})
	}
}

// said returns the IDs of the messages with a content.
func (w *world) said(content string) (ids []string) {
	for _, item := range w.chat.Transcript() {
		if item.Content == content {
			ids = append(ids, item.ID)
		}
	}
	return ids
}

// list makes a list of faults.
func list(faults ...connectparticipanttest.Fault) []connectparticipanttest.Fault { return faults }

// four makes a list of a fault for each attempt of a call.
func four(fault connectparticipanttest.Fault) []connectparticipanttest.Fault {
	return list(fault, fault, fault, fault)
}

// wantError wants an error that matches target, if there is one to match.
func wantError(t *testing.T, err, target error) {
	t.Helper()
	if err == nil || target != nil && !errors.Is(err, target) {
		t.Errorf("error %v, want one that matches %v", err, target)
	}
}

// A doubt about the first request stays in the error, whatever becomes of the
// second. The client's own call shows whether there is a doubt.
func TestChatKeepsDoubtAcrossRenewal(t *testing.T) {
	for name, test := range map[string]struct {
		first, second []connectparticipanttest.Fault
		want          error
		unknown       bool
	}{
		"refused, then refused":          {list(expired), list(invalid), docferry.ErrInvalid, false},
		"refused, then throttled":        {list(expired), four(throttle), docferry.ErrThrottled, false},
		"refused, then lost":             {list(expired), four(lose), nil, true},
		"a server fault, then refused":   {list(lose, faulty, faulty, faulty), list(invalid), docferry.ErrInvalid, true},
		"a server fault, then throttled": {four(faulty), four(throttle), docferry.ErrThrottled, true},
		"a server fault, then lost":      {four(faulty), four(lose), nil, true},
		"lost and refused, then refused": {list(lose, expired), list(invalid), docferry.ErrInvalid, false},
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			w.queue("SendMessage", test.first...)
			_, err := w.SendMessage(t.Context(), connectparticipant.SendMessageRequest{
				ContentType: "text/plain", Content: "by the client", ConnectionToken: w.token})
			doubtful := docferry.OutcomeUnknown(err)

			ch := w.enter("CUSTOMER", "Bea")
			w.queue("SendMessage", slices.Concat(test.first, test.second)...)
			_, err = ch.SendMessage(t.Context(), "by the chat")
			if unknown := docferry.OutcomeUnknown(err); unknown != (test.unknown || doubtful) {
				t.Errorf("the outcome is unknown: %t, and was after the first request: %t; error %v", unknown, doubtful, err)
			}
			wantError(t, err, test.want)
			w.safeError(err)
		})
	}
	inBubble(t, "an upload", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		w.queue("StartAttachmentUpload", lose, faulty, faulty, faulty, invalid)
		_, err := ch.Uploader().Upload(t.Context(), upload.Bytes("note.txt", content))
		w.failed(err, upload.StageBegin, upload.StateUnknown, 0)
		wantError(t, err, docferry.ErrInvalid)
	})
	inBubble(t, "the completion of an upload", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		w.queue("CompleteAttachmentUpload", lose, faulty, faulty, faulty, invalid)
		w.stored(ch.Uploader().Upload(t.Context(), upload.Bytes("note.txt", content)))
	})
	inBubble(t, "no new token", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		w.queue("SendMessage", lose, faulty, faulty, faulty)
		w.next(4, "CreateParticipantConnection", throttle)
		_, err := ch.SendMessage(t.Context(), "carried out")
		if !docferry.OutcomeUnknown(err) || len(w.said("carried out")) != 1 {
			t.Errorf("error %v", err)
		}
		w.safeError(err)
	})
	inBubble(t, "no new token after a plain refusal", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		w.queue("SendMessage", expired)
		w.next(4, "CreateParticipantConnection", lose)
		_, err := ch.SendMessage(t.Context(), "not carried out")
		if docferry.OutcomeUnknown(err) || len(w.said("not carried out")) != 0 {
			t.Errorf("error %v: the outcome is that of the message, not that of the request for a token", err)
		}
		wantError(t, err, docferry.ErrForbidden)
		w.safeError(err)
	})
	inBubble(t, "the chat has ended", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		w.queue("SendMessage", lose, faulty, faulty, faulty)
		w.next(1, "CreateParticipantConnection", expired)
		_, err := ch.SendMessage(t.Context(), "the last word")
		if !docferry.OutcomeUnknown(err) || len(w.said("the last word")) != 1 {
			t.Errorf("error %v", err)
		}
		wantError(t, err, connectparticipant.ErrChatEnded)
		w.safeError(err)
	})
	inBubble(t, "leaving", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		w.wire.forget()
		w.queue("DisconnectParticipant", faulty, faulty, faulty, faulty, invalid)
		err := ch.Disconnect(t.Context())
		if !docferry.OutcomeUnknown(err) {
			t.Errorf("error %v", err)
		}
		wantError(t, err, docferry.ErrInvalid)
		w.sameToken(disconnectPath, 5)
	})
}
