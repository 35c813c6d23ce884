package connectparticipant_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/upload"
)

// TestF73LostCompletion is about completions that have worked but seem to have
// failed.
func TestF73LostCompletion(t *testing.T) {
	for name, faults := range map[string][]connectparticipanttest.Fault{
		"then the same answer":      {lose},
		"then a conflict":           {lose, conflict},
		"then a server fault, last": {lose, drop, drop, connectparticipanttest.Answer(500, "")},
		"then a refusal":            {lose, invalid},
		"answer cut":                {connectparticipanttest.CutAnswer(1)},
		"all answers":               {lose, lose, lose, lose},
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			for _, fault := range faults {
				w.srv.Next("CompleteAttachmentUpload", fault)
			}
			result, err := w.upload(t.Context())
			w.stored(result, err)
			w.sameToken(completePath, len(w.wire.to(completePath)))
			asked := len(w.wire.to(transcriptPath)) > 0
			item, ok := result.Detail.(*connectparticipant.AttachmentItem)
			if ok != asked ||
				asked && (item.AttachmentID != result.ID || item.Status != connectparticipant.ArtifactStatusApproved) {
				t.Errorf("the transcript was asked: %v, and Detail is %+v", asked, result.Detail)
			}
		})
	}
	inBubble(t, "in a lively chat", func(t *testing.T, w *world) {
		for range 250 {
			w.chat.Say("hello")
		}
		w.srv.Next("CompleteAttachmentUpload", func(next http.Handler) http.Handler {
			return lose(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(rw, r)
				for range 120 {
					w.chat.Say("hello")
				}
			}))
		})
		w.srv.Next("CompleteAttachmentUpload", conflict)
		w.stored(w.upload(t.Context()))
	})
	inBubble(t, "transcript lags behind", func(t *testing.T, w *world) {
		w.srv.Next("CompleteAttachmentUpload", lose)
		w.srv.Next("CompleteAttachmentUpload", conflict)
		w.next(2, "GetTranscript", connectparticipanttest.EditAnswer(func(m map[string]any) { m["Transcript"] = []any{} }))
		w.stored(w.upload(t.Context()))
		if n := len(w.wire.to(transcriptPath)); n != 3 {
			t.Errorf("the transcript was asked %d times, want 3", n)
		}
	})
	inBubble(t, "the caller has gone", func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		w.srv.Next("CompleteAttachmentUpload", func(next http.Handler) http.Handler {
			return lose(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(rw, r)
				cancel()
			}))
		})
		w.stored(w.upload(ctx))
	})
}

// TestCompletionAgain is about completions that get lost on their way to the
// service.
func TestCompletionAgain(t *testing.T) {
	inBubble(t, "for a while", func(t *testing.T, w *world) {
		w.next(5, "CompleteAttachmentUpload", drop)
		w.stored(w.upload(t.Context()))
		w.sameToken(completePath, 6)
	})
	inBubble(t, "for good", func(t *testing.T, w *world) {
		w.next(100, "CompleteAttachmentUpload", drop)
		_, err := w.upload(t.Context())
		w.failed(err, upload.StageCommit, upload.StateUnknown, 1)
		if n := len(w.wire.to(completePath)); n != 12 {
			t.Errorf("%d requests, want 12", n)
		}
	})
	inBubble(t, "refused in the end", func(t *testing.T, w *world) {
		w.next(2, "CompleteAttachmentUpload", throttle)
		w.srv.Next("CompleteAttachmentUpload", connectparticipanttest.Refuse(403, connectparticipant.CodeAccessDenied, "no"))
		_, err := w.upload(t.Context())
		w.failed(err, upload.StageCommit, upload.StateOrphaned, 1)
		if !errors.Is(err, docferry.ErrForbidden) {
			t.Errorf("error %v, want ErrForbidden", err)
		}
	})
	inBubble(t, "refused at once", func(t *testing.T, w *world) {
		w.srv.Next("CompleteAttachmentUpload",
			connectparticipanttest.Refuse(402, connectparticipant.CodeServiceQuotaExceeded, "no"))
		_, err := w.upload(t.Context())
		w.failed(err, upload.StageCommit, upload.StateOrphaned, 1)
		completions, looks := len(w.wire.to(completePath)), len(w.wire.to(transcriptPath))
		if completions != 1 || looks != 0 || !errors.Is(err, docferry.ErrQuota) {
			t.Errorf("error %v after %d completions and %d looks", err, completions, looks)
		}
	})
	inBubble(t, "nobody to ask", func(t *testing.T, w *world) {
		w.next(4, "CompleteAttachmentUpload", lose)
		w.next(4, "GetTranscript", drop)
		_, err := w.upload(t.Context())
		ended := w.failed(err, upload.StageCommit, upload.StateUnknown, 1)
		if _, status, _ := w.srv.Attachment(ended.Left[0].ID); status != "APPROVED" {
			t.Errorf("what is left, %+v, has the status %q", ended.Left, status)
		}
	})
}

func TestF74Conflict(t *testing.T) {
	inBubble(t, "unresolved", func(t *testing.T, w *world) {
		for range 500 {
			w.chat.Say("hello")
		}
		w.srv.Next("CompleteAttachmentUpload", conflict)
		began := time.Now()
		_, err := w.upload(t.Context())
		ended := w.failed(err, upload.StageCommit, upload.StateUnknown, 1)
		refused, ok := errors.AsType[*docferry.Error](err)
		if !ok || refused.Code != connectparticipant.CodeConflict || !errors.Is(err, docferry.ErrConflict) {
			t.Errorf("error %v, want %s", err, connectparticipant.CodeConflict)
		}
		if _, status, ok := w.srv.Attachment(ended.Left[0].ID); !ok || status != "" {
			t.Errorf("what is left, %+v, has the status %q", ended.Left, status)
		}
		if took := time.Since(began); took < 2*time.Second || took > 15*time.Second {
			t.Errorf("it took %v", took)
		}
		if n := len(w.wire.to(completePath)); n != 1 {
			t.Errorf("%d completions, want 1", n)
		}
		if n := len(w.wire.to(transcriptPath)); n < 2 || n > 10 {
			t.Errorf("%d looks into the transcript", n)
		}
	})
	for name, patience := range map[string]time.Duration{
		"completed by another":                time.Minute,
		"completed after the caller has gone": time.Second,
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			w.srv.Next("CompleteAttachmentUpload", func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					conflict(next).ServeHTTP(rw, r)
					id := w.lastCompleted()
					time.AfterFunc(2*time.Second, func() {
						_ = w.CompleteAttachmentUpload(t.Context(), connectparticipant.CompleteAttachmentUploadRequest{
							AttachmentIDs: []string{id}, ConnectionToken: w.token})
					})
				})
			})
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			w.stored(w.upload(ctx))
		})
	}
	inBubble(t, "and no transcript", func(t *testing.T, w *world) {
		w.srv.Next("CompleteAttachmentUpload", conflict)
		w.srv.Next("GetTranscript", connectparticipanttest.Refuse(403, connectparticipant.CodeAccessDenied, "no"))
		_, err := w.upload(t.Context())
		w.failed(err, upload.StageCommit, upload.StateUnknown, 1)
		if !errors.Is(err, docferry.ErrConflict) || errors.Is(err, docferry.ErrForbidden) {
			t.Errorf("error %v, want the conflict and not what came of asking", err)
		}
	})
	inBubble(t, "and a slow service", func(t *testing.T, w *world) {
		w.srv.Next("CompleteAttachmentUpload", conflict)
		w.next(3, "GetTranscript", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				time.Sleep(3500 * time.Millisecond)
				next.ServeHTTP(rw, r)
			})
		})
		began := time.Now()
		_, err := w.upload(t.Context())
		w.failed(err, upload.StageCommit, upload.StateUnknown, 1)
		if took := time.Since(began); took > 16*time.Second {
			t.Errorf("it took %v", took)
		}
	})
	inBubble(t, "and no time", func(t *testing.T, w *world) {
		w.srv.Next("CompleteAttachmentUpload", conflict)
		w.srv.Next("GetTranscript", connectparticipanttest.Hang())
		began := time.Now()
		_, err := w.upload(t.Context())
		w.failed(err, upload.StageCommit, upload.StateUnknown, 1)
		if took := time.Since(began); took > 16*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// lastCompleted returns the attachment that completion was last asked for.
func (w *world) lastCompleted() string {
	ids := member(w.wire.to(completePath), "AttachmentIds")
	return ids[len(ids)-1].([]any)[0].(string)
}
