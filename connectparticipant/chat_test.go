package connectparticipant_test

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

const eventType = "application/vnd.amazonaws.connect.event."

func TestChatOfTwo(t *testing.T) {
	inBubble(t, "all that they do", func(t *testing.T, w *world) {
		ana, ben := w.enter("CUSTOMER", "Bea"), w.enter("AGENT", "Ben")
		views := []*view{w.follow(ana), w.follow(ben)}
		both := func(kind connectparticipant.ChatItemType, name string) (e connectparticipant.Event) {
			t.Helper()
			for _, v := range views {
				if e = v.kind(kind); e.DisplayName != name || e.Update || len(e.Raw) == 0 || e.ID == "" || e.AbsoluteTime.IsZero() {
					t.Errorf("%s by %s: %+v", kind, name, e)
				}
			}
			return e
		}
		both(connectparticipant.ChatItemTypeParticipantJoined, "Ana") // by newWorld
		both(connectparticipant.ChatItemTypeParticipantJoined, "Bea")
		both(connectparticipant.ChatItemTypeParticipantJoined, "Ben")

		sent, err := ana.SendMessage(t.Context(), "hello")
		if err != nil {
			t.Fatal(err)
		}
		said := both(connectparticipant.ChatItemTypeMessage, "Bea")
		if said.ID != sent.ID || said.Content != "hello" || said.ContentType != "text/plain" ||
			said.ParticipantRole != "CUSTOMER" {
			t.Errorf("the message: %+v", said)
		}
		if err := ben.Typing(t.Context()); err != nil {
			t.Fatal(err)
		}
		both(connectparticipant.ChatItemTypeTyping, "Ben")
		leave := connectparticipant.DisconnectParticipantRequest{ConnectionToken: w.token}
		if err := w.DisconnectParticipant(t.Context(), leave); err != nil {
			t.Fatal(err) // three are too many for receipts
		}
		both(connectparticipant.ChatItemTypeParticipantLeft, "Ana")
		if err := errors.Join(ben.MarkDelivered(t.Context(), sent.ID), ben.MarkRead(t.Context(), sent.ID)); err != nil {
			t.Fatal(err)
		}
		both(connectparticipant.ChatItemTypeMessageDelivered, "Ben")
		m := both(connectparticipant.ChatItemTypeMessageRead, "Ben").MessageMetadata
		if m.MessageID != sent.ID || len(m.Receipts) != 1 || m.Receipts[0].ReadTimestamp.IsZero() {
			t.Errorf("the receipt: %+v", m)
		}
		if _, err := ben.SendContent(t.Context(), connectparticipant.ContentTypeMarkdown, "**hi**"); err != nil {
			t.Fatal(err)
		}
		both(connectparticipant.ChatItemTypeMessage, "Ben")
		if _, err := ben.SendEvent(t.Context(), connectparticipant.ContentTypeConnectionAcknowledged, ""); err != nil {
			t.Fatal(err)
		}
		both(connectparticipant.ChatItemTypeConnectionAck, "Ben")

		err = ben.MarkRead(t.Context(), "\xff")
		if _, ok := errors.AsType[*docferry.InputError](err); !ok {
			t.Errorf("a receipt for no message: %v", err)
		}

		if err := ben.Disconnect(t.Context()); err != nil {
			t.Fatal(err)
		}
		views[1].ends()
		views[0].kind(connectparticipant.ChatItemTypeParticipantLeft)
		if err := ben.Disconnect(t.Context()); !errors.Is(err, connectparticipant.ErrChatEnded) {
			t.Errorf("the second Disconnect: %v, want ErrChatEnded", err)
		}

		w.chat.End()
		views[0].kind(connectparticipant.ChatItemTypeChatEnded)
		w.live(0)
		views[0].ends()
		w.follow(ana).ends()
		_, err = ana.SendMessage(t.Context(), "too late")
		if !errors.Is(err, connectparticipant.ErrChatEnded) || !errors.Is(err, docferry.ErrForbidden) {
			t.Errorf("a message after the end: %v", err)
		}
		w.safeError(err)
	})
}

func TestChatKinds(t *testing.T) {
	type item = connectparticipanttest.Item
	read := &connectparticipanttest.MessageMetadata{
		Receipts: []connectparticipanttest.Receipt{{ReadTimestamp: "2026-01-02T03:04:05Z"}}}
	inBubble(t, "table", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		for _, test := range []struct {
			item item
			want connectparticipant.ChatItemType
		}{
			{item{ContentType: "text/plain", Content: "x"}, "MESSAGE"},
			{item{Type: "MESSAGE", ContentType: connectparticipant.ContentTypeInteractive, Content: "{}"}, "MESSAGE"},
			{item{Type: "MESSAGE", ContentType: eventType + "typing"}, "MESSAGE"},
			{item{Type: "ATTACHMENT"}, "ATTACHMENT"},
			{item{ContentType: eventType + "transfer.succeeded"}, "TRANSFER_SUCCEEDED"},
			{item{ContentType: eventType + "transfer.failed"}, "TRANSFER_FAILED"},
			{item{ContentType: eventType + "participant.left"}, "PARTICIPANT_LEFT"},
			{item{Type: "MESSAGEMETADATA", MessageMetadata: read}, "MESSAGE_READ"},
			{item{Type: "MESSAGEMETADATA"}, "MESSAGE_DELIVERED"},
			{item{ContentType: eventType + "participant.idle"}, "EVENT"},
			{item{Type: "NEWLY_INVENTED", ContentType: "a/b"}, "NEWLY_INVENTED"},
			{item{Type: "TYPING"}, "TYPING"},
			// The end of an earlier contact, which this one continues.
			{item{ContentType: eventType + "chat.ended", RelatedContactID: "before"}, "CHAT_ENDED"},
		} {
			sent := w.chat.Add(test.item)
			if e := v.kind(test.want); e.ID != sent.ID || e.ContentType != sent.ContentType || string(e.Type) != sent.Type {
				t.Errorf("%+v became %+v", sent, e)
			}
		}
		// The transcript has all of them too.
		w.srv.DropWebsockets()
		w.chat.Say("at last")
		v.says("at last")
	})
}

func TestChatClose(t *testing.T) {
	inBubble(t, "while reading", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		v := w.follow(ch)
		v.joined(2)
		began := time.Now()
		time.AfterFunc(time.Hour, func() { _ = ch.Close() })
		v.ends()
		if took := time.Since(began); took != time.Hour {
			t.Errorf("it ended after %v", took)
		}
		w.live(0)
		if err := ch.Close(); err != nil {
			t.Error(err)
		}
		w.follow(ch).ends()
		if _, err := ch.SendMessage(t.Context(), "from outside"); err != nil {
			t.Error(err)
		}
	})
	inBubble(t, "in the loop", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		n := 0
		for _, err := range ch.Events(t.Context()) {
			if n++; err != nil || n > 1 {
				t.Fatalf("event %d, error %v", n, err)
			}
			_ = ch.Close()
		}
	})
	inBubble(t, "during a reconnect", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		v := w.follow(ch)
		v.joined(2)
		w.srv.Next("CreateParticipantConnection", connectparticipanttest.Hang())
		w.srv.DropWebsockets()
		time.AfterFunc(time.Hour, func() { _ = ch.Close() })
		v.ends()
	})
	inBubble(t, "of a dead network", func(t *testing.T, w *world) {
		net := newNetwork(w.wire)
		ch := w.enterWith(w.over(net, docferry.Retry{}), "CUSTOMER", "Bea")
		net.kill()
		began := time.Now()
		_ = ch.Close()
		if took := time.Since(began); took > time.Second {
			t.Errorf("Close took %v", took)
		}
		stacks := make([]byte, 1<<20)
		if stacks = stacks[:runtime.Stack(stacks, true)]; bytes.Contains(stacks, []byte("(*socket).keep")) {
			t.Error("a goroutine outlives Close")
		}
	})
	inBubble(t, "with frames that nobody reads", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		for range 1000 {
			w.chat.Say("nobody reads this")
		}
		time.Sleep(time.Minute)
		_ = ch.Close()
		w.live(0)
	})
}

func TestChatContextEnds(t *testing.T) {
	inBubble(t, "while ranging", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		v := w.followIn(ctx, ch)
		v.joined(2)
		v.fails(context.DeadlineExceeded)
		w.live(0)
		w.followIn(ctx, ch).fails(context.DeadlineExceeded)
		w.chat.Say("meanwhile")
		v = w.follow(ch)
		v.says("meanwhile")
	})
	inBubble(t, "while opening", func(t *testing.T, w *world) {
		for _, operation := range []string{"CreateParticipantConnection", "OpenWebsocket"} {
			w.srv.Next(operation, connectparticipanttest.Hang())
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, err := w.Chat(ctx, docferry.Secret(w.chat.Join("CUSTOMER", "Bea")))
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s hangs: %v", operation, err)
			}
			w.safeError(err)
		}
	})
	inBubble(t, "no deadline, and a handshake that hangs", func(t *testing.T, w *world) {
		w.srv.Next("OpenWebsocket", connectparticipanttest.Hang())
		began := time.Now()
		_, err := w.Chat(t.Context(), docferry.Secret(w.chat.Join("CUSTOMER", "Bea")))
		if _, ok := errors.AsType[*docferry.TransportError](err); !ok || time.Since(began) > time.Minute {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		w.safeError(err)
	})
}

// A range continues where the last one stopped, wherever that was.
func TestChatRangesGoOn(t *testing.T) {
	inBubble(t, "one event each", func(t *testing.T, w *world) {
		for range 5 {
			w.chat.Say("before")
		}
		w.srv.SetPageSize(3)
		ch := w.enter("CUSTOMER", "Bea")
		var got []string
		for len(got) < 12 {
			for e, err := range ch.Events(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, e.ID)
				if len(got) >= 7 {
					w.chat.Say("now")
				}
				break
			}
		}
		var want []string
		for _, item := range w.chat.Transcript() {
			want = append(want, item.ID)
		}
		if diff := cmp.Diff(want[:12], got); diff != "" {
			t.Errorf("events (-transcript +delivered):\n%s", diff)
		}
	})
	inBubble(t, "two at a time", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		w.follow(ch).joined(2)
		_, err, _ := w.follow(ch).next()
		if _, ok := errors.AsType[*docferry.InputError](err); !ok {
			t.Errorf("the second range: %v", err)
		}
	})
	inBubble(t, "after a restart", func(t *testing.T, w *world) {
		w.chat.Say("known")
		known := w.chat.Say("known too")
		w.chat.Say("new")
		ch := w.enter("CUSTOMER", "Bea", connectparticipant.ChatOptions{After: known.ID})
		v := w.follow(ch)
		v.says("new")
		v.joined(1)
		v.stop()
		synctest.Wait()
		ch = w.enter("AGENT", "Ben", connectparticipant.ChatOptions{After: "no such item"})
		w.live(2)
		w.follow(ch).fails(docferry.ErrInvalid)
		w.live(1) // an error leaves nothing open
	})
}
