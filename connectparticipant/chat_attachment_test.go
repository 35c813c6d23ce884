package connectparticipant_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/upload"
)

// attachment wants the next event to show an attachment with a status.
func (v *view) attachment(id string, status connectparticipant.ArtifactStatus, update bool) {
	v.t.Helper()
	e := v.kind(connectparticipant.ChatItemTypeAttachment)
	if len(e.Attachments) != 1 || e.Attachments[0].AttachmentID != id || e.Attachments[0].Status != status ||
		e.Update != update {
		v.t.Fatalf("the attachment %s, an update: %t; want %s %s, %t", e.Raw, e.Update, id, status, update)
	}
}

// attach uploads an attachment.
func (w *world) attach() *upload.Result {
	w.t.Helper()
	stored, err := w.upload(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return stored
}

func TestChatAttachments(t *testing.T) {
	verdict := "APPROVED"
	scan := func(string, []byte) (string, time.Duration) { return verdict, time.Minute }
	inBubble(t, "scans", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		v := w.follow(ch)
		v.joined(2)
		for _, verdict = range []string{"APPROVED", "REJECTED"} {
			w.srv.SetScan(scan)
			stored, err := ch.Uploader().Upload(t.Context(), upload.Bytes("note.txt", content))
			if err != nil {
				t.Fatal(err)
			}
			v.attachment(stored.ID, "IN_PROGRESS", false)
			v.attachment(stored.ID, connectparticipant.ArtifactStatus(verdict), true)
		}
		w.srv.SetScan(nil)
		small := ch.Uploader(connectparticipant.UploadOptions{MaxSize: 100})
		stored, err := small.Upload(t.Context(), upload.Bytes("note.txt", content[:100]))
		if err != nil {
			t.Fatal(err)
		}
		v.attachment(stored.ID, "APPROVED", false)
		// None of these is delivered again.
		w.srv.DropWebsockets()
		w.chat.Say("next")
		v.says("next")
	})
	inBubble(t, "scans that end in a hole", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		verdict = "APPROVED"
		w.srv.SetScan(scan)
		first := w.attach()
		v.attachment(first.ID, "IN_PROGRESS", false)
		verdict = "REJECTED"
		second := w.attach()
		v.attachment(second.ID, "IN_PROGRESS", false)
		w.chat.Say("seen")
		v.says("seen")
		w.srv.DropWebsockets()
		time.Sleep(time.Hour)
		w.srv.Tick()
		third := w.attach() // its scan goes on
		w.chat.Say("not seen")
		v.attachment(first.ID, "APPROVED", true)
		v.attachment(second.ID, "REJECTED", true)
		v.attachment(third.ID, "IN_PROGRESS", false)
		v.says("not seen")
		v.attachment(third.ID, "REJECTED", true)
		w.srv.DropWebsockets()
		w.chat.Say("at last")
		v.says("at last")
	})
	inBubble(t, "a transcript that is ahead of the websocket", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		w.srv.SetScan(nil)
		stored := w.attach()
		v.attachment(stored.ID, "APPROVED", false)
		item := w.chat.Transcript()[2]
		old := fmt.Sprintf(`{"Id":%q,"Type":"ATTACHMENT","Attachments":[{"AttachmentId":%q,"Status":"IN_PROGRESS"}]}`,
			item.ID, stored.ID)
		w.chat.Push(chatItem(old)) // it was on its way
		w.chat.Say("next")
		v.says("next")
	})
	inBubble(t, "a scan without end, far back", func(t *testing.T, w *world) {
		w.srv.SetScan(func(string, []byte) (string, time.Duration) { return "APPROVED", 1000 * time.Hour })
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		v.attachment(w.attach().ID, "IN_PROGRESS", false)
		pages := func() int { // that the next reconnect takes
			w.wire.forget()
			w.srv.DropWebsockets()
			w.chat.Say("x")
			v.says("x")
			return len(w.wire.to(transcriptPath))
		}
		for range 950 {
			w.chat.Say("y")
			v.says("y")
		}
		if n := pages(); n != 10 {
			t.Errorf("%d pages, want those from the attachment on", n)
		}
		for range 100 {
			w.chat.Say("y")
			v.says("y")
		}
		if n := pages(); n != 1 {
			t.Errorf("%d pages, want 1", n)
		}
	})
	inBubble(t, "a scan that the transcript does not know", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		w.chat.Push(chatItem(`{"Id":"a","Type":"ATTACHMENT","Attachments":[{"AttachmentId":"b","Status":"IN_PROGRESS"}]}`))
		v.attachment("b", "IN_PROGRESS", false)
		w.chat.Say("seen")
		v.says("seen")
		w.srv.DropWebsockets()
		w.chat.Say("not seen")
		v.says("not seen")
	})
	inBubble(t, "messages that are processed", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		for _, status := range []string{"PROCESSING", "PROCESSING", "FAILED", "FAILED", "PROCESSING"} {
			w.chat.Push(chatItem(`{"Id":"m","Type":"MESSAGE","Content":"x",` +
				`"MessageMetadata":{"MessageProcessingStatus":"` + status + `"}}`))
		}
		v.says("x")
		e := v.kind(connectparticipant.ChatItemTypeMessage)
		if !e.Update || e.MessageMetadata.MessageProcessingStatus != "FAILED" {
			t.Errorf("the update: %+v", e)
		}
		w.chat.Say("next")
		v.says("next")
	})
}

func TestF75WaitForAttachment(t *testing.T) {
	wait := func(ctx context.Context, w *world, id string) (*connectparticipant.AttachmentItem, error) {
		return w.WaitForAttachment(ctx, connectparticipant.WaitForAttachmentRequest{
			AttachmentID: id, ConnectionToken: w.token})
	}
	upTo := func(w *world, verdict string, delay time.Duration) string {
		w.srv.SetScan(func(string, []byte) (string, time.Duration) { return verdict, delay })
		return w.attach().ID
	}
	inBubble(t, "approved", func(t *testing.T, w *world) {
		for _, delay := range []time.Duration{0, time.Millisecond, 90 * time.Second} {
			id, began := upTo(w, "APPROVED", delay), time.Now()
			item, err := wait(t.Context(), w, id)
			if err != nil || item.AttachmentID != id || item.Status != "APPROVED" || item.AttachmentName != "note.txt" {
				t.Errorf("%+v, error %v", item, err)
			}
			if took := time.Since(began); took < delay || took > delay+10*time.Second {
				t.Errorf("after %v of %v", took, delay)
			}
		}
	})
	inBubble(t, "rejected", func(t *testing.T, w *world) {
		id := upTo(w, "REJECTED", 30*time.Second)
		_, err := wait(t.Context(), w, id)
		failed, ok := errors.AsType[*connectparticipant.AttachmentError](err)
		if !ok || !errors.Is(err, connectparticipant.ErrAttachmentRejected) ||
			failed.Status != "REJECTED" || failed.AttachmentID != id {
			t.Errorf("error %v", err)
		}
		w.safeError(err)
	})
	inBubble(t, "time runs out", func(t *testing.T, w *world) {
		id := upTo(w, "APPROVED", time.Hour)
		w.wire.forget()
		ctx, cancel := context.WithTimeout(t.Context(), 61*time.Second)
		defer cancel()
		_, err := wait(ctx, w, id)
		failed, ok := errors.AsType[*connectparticipant.AttachmentError](err)
		if !ok || !errors.Is(err, context.DeadlineExceeded) || failed.Status != "IN_PROGRESS" {
			t.Errorf("error %v", err)
		}
		w.safeError(err)
		if n := len(w.wire.to(transcriptPath)); n < 5 || n > 12 {
			t.Errorf("%d looks in a minute", n)
		}
	})
	inBubble(t, "not there", func(t *testing.T, w *world) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := wait(ctx, w, "nothing")
		failed, ok := errors.AsType[*connectparticipant.AttachmentError](err)
		if !ok || !errors.Is(err, context.DeadlineExceeded) || failed.Status != "" {
			t.Errorf("error %v", err)
		}
	})
	inBubble(t, "far back", func(t *testing.T, w *world) {
		id := upTo(w, "APPROVED", time.Minute)
		for range 500 {
			w.chat.Say("x")
		}
		if _, err := wait(t.Context(), w, id); err != nil {
			t.Error(err)
		}
	})
	inBubble(t, "the transcript cannot be read", func(t *testing.T, w *world) {
		id := upTo(w, "APPROVED", 30*time.Second)
		time.AfterFunc(10*time.Second, w.chat.End)
		_, err := wait(t.Context(), w, id)
		failed, ok := errors.AsType[*connectparticipant.AttachmentError](err)
		if !ok || !errors.Is(err, docferry.ErrForbidden) || failed.Status != "IN_PROGRESS" {
			t.Errorf("error %v", err)
		}
		w.safeError(err)
	})
	inBubble(t, "missing members", func(t *testing.T, w *world) {
		for _, req := range []connectparticipant.WaitForAttachmentRequest{{AttachmentID: "x"}, {ConnectionToken: "x"}} {
			_, err := w.WaitForAttachment(t.Context(), req)
			if _, ok := errors.AsType[*docferry.InputError](err); !ok || len(w.wire.all()) != 0 {
				t.Errorf("error %v", err)
			}
		}
	})
}
