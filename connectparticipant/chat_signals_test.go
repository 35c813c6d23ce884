package connectparticipant_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

// signalled returns the events that were sent to the service, and forgets them.
func (w *world) signalled() []string {
	w.t.Helper()
	var sent []string
	for _, r := range w.wire.to("/participant/event") {
		var event struct{ ContentType, Content string }
		var content struct{ MessageID string }
		if err := json.Unmarshal(r.body, &event); err != nil {
			w.t.Fatal(err)
		}
		_ = json.Unmarshal([]byte(event.Content), &content) // a typing event has none
		kind := strings.TrimPrefix(event.ContentType, eventType)
		sent = append(sent, strings.TrimSpace(kind+" "+content.MessageID))
	}
	w.wire.forget()
	return sent
}

func (w *world) wantSignals(want ...string) {
	w.t.Helper()
	if got := w.signalled(); !slices.Equal(got, want) {
		w.t.Errorf("sent %q, want %q", got, want)
	}
}

// talkers returns a chat of two, of which the agent has sent messages to the
// customer, and their IDs.
func (w *world) talkers(messages int, opts ...connectparticipant.ChatOptions) (*connectparticipant.Chat, []string) {
	w.t.Helper()
	bea := w.enter("CUSTOMER", "Bea", opts...)
	ben := w.enter("AGENT", "Ben")
	w.leave(w.token)
	var ids []string
	for range messages {
		sent, err := ben.SendMessage(w.t.Context(), "hello")
		if err != nil {
			w.t.Fatal(err)
		}
		ids = append(ids, sent.ID)
	}
	w.wire.forget()
	return bea, ids
}

func (w *world) fine(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Error(err)
	}
}

// F131: among others, a receipt that waited and was refused.
func TestChatSignalsAreThrottled(t *testing.T) {
	inBubble(t, "typing", func(t *testing.T, w *world) {
		bea, _ := w.talkers(0)
		for range 25 {
			w.fine(bea.Typing(t.Context()))
			time.Sleep(time.Second)
		}
		w.wantSignals("typing", "typing", "typing")
		time.Sleep(10 * time.Second)
		w.next(4, "SendEvent", outOfOrder)
		if err := bea.Typing(t.Context()); !errors.Is(err, docferry.ErrUnavailable) {
			t.Errorf("error %v", err)
		}
		w.wire.forget()
		w.fine(bea.Typing(t.Context())) // the one before was not seen
		w.wantSignals("typing")
	})
	inBubble(t, "receipts", func(t *testing.T, w *world) {
		bea, ids := w.talkers(4)
		w.fine(bea.MarkDelivered(t.Context(), ids[0]))
		w.fine(bea.MarkRead(t.Context(), ids[0])) // does not wait for the other kind
		w.wantSignals("message.delivered "+ids[0], "message.read "+ids[0])
		w.fine(bea.MarkDelivered(t.Context(), ids[0])) // it was read
		w.fine(bea.MarkDelivered(t.Context(), ids[1]))
		w.fine(bea.MarkRead(t.Context(), ids[1]))
		w.fine(bea.MarkRead(t.Context(), ids[2])) // stands for the one before
		w.fine(bea.MarkDelivered(t.Context(), ids[3]))
		w.wantSignals()
		time.Sleep(6 * time.Second)
		w.wantSignals("message.read "+ids[2], "message.delivered "+ids[3])
		w.fine(bea.MarkRead(t.Context(), ids[2]))
		time.Sleep(time.Minute)
		w.wantSignals()
	})
	inBubble(t, "sent before their time, or dropped", func(t *testing.T, w *world) {
		bea, ids := w.talkers(3)
		for _, id := range ids[:2] {
			w.fine(bea.MarkRead(t.Context(), id))
		}
		w.fine(bea.FlushReceipts(t.Context()))
		w.wantSignals("message.read "+ids[0], "message.read "+ids[1])
		w.fine(bea.MarkRead(t.Context(), ids[2]))
		w.fine(bea.Close())
		time.Sleep(time.Minute)
		w.wantSignals()
	})
	inBubble(t, "a receipt that waited and fails", func(t *testing.T, w *world) {
		bea, ids := w.talkers(3)
		w.fine(bea.MarkRead(t.Context(), ids[0]))
		w.srv.Next("SendEvent", connectparticipanttest.Refuse(409, connectparticipant.CodeConflict, "too many"))
		w.fine(bea.MarkRead(t.Context(), ids[1]))
		time.Sleep(time.Minute)
		w.wire.forget()
		if err := bea.MarkRead(t.Context(), ids[2]); !errors.Is(err, docferry.ErrConflict) {
			t.Errorf("error %v, want that of the one before", err)
		}
		w.wantSignals("message.read " + ids[2])
		w.srv.Next("SendEvent", connectparticipanttest.Refuse(409, connectparticipant.CodeConflict, "too many"))
		w.fine(bea.MarkRead(t.Context(), ids[1]))
		time.Sleep(time.Minute)
		if err := bea.FlushReceipts(t.Context()); !errors.Is(err, docferry.ErrConflict) {
			t.Errorf("error %v, want that of the one before", err)
		}
		w.fine(bea.FlushReceipts(t.Context()))
	})
	inBubble(t, "closed while a receipt is sent", func(t *testing.T, w *world) {
		bea, ids := w.talkers(2)
		w.fine(bea.MarkRead(t.Context(), ids[0]))
		w.fine(bea.MarkRead(t.Context(), ids[1]))
		w.next(4, "SendEvent", connectparticipanttest.Hang())
		time.Sleep(10 * time.Second)
		synctest.Wait()
		w.fine(bea.Close()) // and nothing is left running in the bubble
		w.srv.ClearFaults()
	})
	inBubble(t, "unless it is turned off", func(t *testing.T, w *world) {
		bea, ids := w.talkers(1, connectparticipant.ChatOptions{Unthrottled: true})
		for range 2 {
			w.fine(bea.Typing(t.Context()))
			w.fine(bea.MarkDelivered(t.Context(), ids[0]))
		}
		w.wantSignals("typing", "message.delivered "+ids[0], "typing", "message.delivered "+ids[0])
	})
}
