package connectparticipant_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

// recall returns the IDs of a chat's transcript and the error of the range. It calls
// before, if it is set, for each item, before it goes on.
func (w *world) recall(ch *connectparticipant.Chat, before func(n int)) (ids []string, err error) {
	w.t.Helper()
	for item, failed := range ch.Transcript(w.t.Context()) {
		if err != nil {
			w.t.Error("something comes after an error")
		}
		if failed != nil {
			err = failed
			continue
		}
		ids = append(ids, item.ID)
		if before != nil {
			before(len(ids))
		}
	}
	return ids, err
}

// sameItems wants all items of the transcript, in order, without an error.
func (w *world) sameItems(want, got []string, err error) {
	w.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		w.t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func TestChatTranscript(t *testing.T) {
	inBubble(t, "all pages", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		all := w.talk(24)
		w.srv.SetPageSize(7)
		for range 2 { // each range starts over
			w.wire.forget()
			got, err := w.recall(ch, nil)
			w.sameItems(all, got, err)
			if n := len(w.wire.to(transcriptPath)); n != 4 {
				t.Errorf("%d pages of 7 for %d items", n, len(all))
			}
		}
	})
	inBubble(t, "a range that is left", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		all := w.talk(24)
		w.srv.SetPageSize(7)
		w.wire.forget()
		for item, err := range ch.Transcript(t.Context()) {
			if err != nil || item.ID != all[0] {
				t.Errorf("the first item is %q, error %v", item.ID, err)
			}
			break
		}
		if n := len(w.wire.to(transcriptPath)); n != 1 {
			t.Errorf("%d pages were requested, want 1", n)
		}
	})
	inBubble(t, "beside Events and after Close", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		v := w.follow(ch)
		v.joined(2)
		all := w.talk(1)
		got, err := w.recall(ch, nil)
		w.sameItems(all, got, err)
		v.says("0")
		_ = ch.Close()
		got, err = w.recall(ch, nil)
		w.sameItems(all, got, err)
	})
	inBubble(t, "pages that overlap", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		all := w.talk(9)
		w.srv.SetPageSize(4)
		var last any
		w.next(3, "GetTranscript", connectparticipanttest.EditAnswer(func(m map[string]any) {
			items := m["Transcript"].([]any)
			if last != nil {
				m["Transcript"] = append([]any{last}, items...)
			}
			last = items[len(items)-1]
		}))
		got, err := w.recall(ch, nil)
		w.sameItems(all, got, err)
	})
	inBubble(t, "odd entries", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		all := w.talk(9)
		w.srv.SetPageSize(4)
		w.srv.Next("GetTranscript", connectparticipanttest.EditAnswer(func(m map[string]any) {
			items := m["Transcript"].([]any)
			items[2].(map[string]any)["AbsoluteTime"] = []any{"yesterday"}
			m["Transcript"] = append([]any{"x", nil, 7}, items...)
		}))
		got, err := w.recall(ch, nil)
		w.sameItems(all, got, err)
	})
}

func TestChatTranscriptRenewsTheToken(t *testing.T) {
	// tokens wants pages to have been requested with these tokens, each numbered
	// by the order of its first use.
	tokens := func(w *world, want ...int) {
		w.t.Helper()
		number := map[string]int{}
		var got []int
		for _, request := range w.wire.to(transcriptPath) {
			token := request.header.Get("X-Amz-Bearer")
			if number[token] == 0 {
				number[token] = len(number) + 1
			}
			got = append(got, number[token])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			w.t.Errorf("tokens of the requests for pages (-want +got):\n%s", diff)
		}
	}
	inBubble(t, "that has expired between two pages", func(t *testing.T, w *world) {
		w.srv.SetTokenLifetime(time.Hour)
		ch := w.enterWith(w.strict(), "CUSTOMER", "Bea")
		all := w.talk(9)
		w.srv.SetPageSize(4)
		w.wire.forget()
		got, err := w.recall(ch, func(n int) {
			if n == 4 {
				time.Sleep(2 * time.Hour)
			}
		})
		w.sameItems(all, got, err)
		tokens(w, 1, 2, 2)
	})
	inBubble(t, "that the service refuses", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		all := w.talk(9)
		w.srv.SetPageSize(4)
		w.wire.forget()
		got, err := w.recall(ch, func(n int) {
			if n == 4 {
				w.srv.Next("GetTranscript", connectparticipanttest.Refuse(403, connectparticipant.CodeAccessDenied, "expired"))
			}
		})
		w.sameItems(all, got, err)
		tokens(w, 1, 1, 2, 2)
		if sent := member(w.wire.to(transcriptPath), "NextToken"); len(sent) != 4 || sent[1] == nil || sent[1] != sent[2] {
			t.Errorf("the page that was refused is requested again as another one: %v", sent)
		}
	})
	inBubble(t, "until the chat has ended", func(t *testing.T, w *world) {
		ch := w.enter("CUSTOMER", "Bea")
		all := w.talk(9)
		w.srv.SetPageSize(4)
		got, err := w.recall(ch, func(n int) {
			if n == 4 {
				w.chat.End()
			}
		})
		if diff := cmp.Diff(all[:4], got); diff != "" {
			t.Error("items (-want +got):\n", diff)
		}
		if !errors.Is(err, connectparticipant.ErrChatEnded) || !errors.Is(err, docferry.ErrForbidden) {
			t.Errorf("error %v, want ErrChatEnded and the refusal", err)
		}
		w.safeError(err)
	})
}
