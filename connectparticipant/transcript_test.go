package connectparticipant_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

const (
	forward    = connectparticipant.ScanDirectionForward
	backward   = connectparticipant.ScanDirectionBackward
	ascending  = connectparticipant.SortKeyAscending
	descending = connectparticipant.SortKeyDescending
)

// talk sends n messages, a second apart, and returns the IDs of the whole
// transcript, oldest first.
func (w *world) talk(n int) []string {
	for i := range n {
		time.Sleep(time.Second)
		w.chat.Say(fmt.Sprint(i))
	}
	var ids []string
	for _, item := range w.chat.Transcript() {
		ids = append(ids, item.ID)
	}
	return ids
}

// listen returns the ids of all that AllTranscript yields, and its error.
func (w *world) listen(req connectparticipant.GetTranscriptRequest) (ids []string, err error) {
	w.t.Helper()
	req.ConnectionToken = w.token
	for item, failed := range w.AllTranscript(w.t.Context(), req) {
		if err != nil {
			w.t.Error("something comes after an error")
		}
		if failed != nil {
			err = failed
			continue
		}
		ids = append(ids, item.ID)
	}
	return ids, err
}

// chunks cuts a list as pages do.
func chunks(ids []string, size int) [][]string {
	return slices.Collect(slices.Chunk(ids, size))
}

func reversed(ids []string) []string {
	ids = slices.Clone(ids)
	slices.Reverse(ids)
	return ids
}

func TestAllTranscript(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		all := w.talk(24)
		n := len(all)
		const size = 7
		at := w.chat.Transcript()[10].AbsoluteTime
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		turned := func(all []string) (ids []string) { // page by page
			for _, page := range chunks(all, size) {
				ids = append(ids, reversed(page)...)
			}
			return ids
		}
		type (
			request = connectparticipant.GetTranscriptRequest
			from    = connectparticipant.StartPosition
		)
		for name, c := range map[string]struct {
			req  request
			want []string
		}{
			"newest first":      {request{ScanDirection: backward, SortOrder: descending}, reversed(all)},
			"oldest first":      {request{ScanDirection: forward, SortOrder: ascending}, all},
			"defaults":          {request{}, reversed(all)},
			"pages turned":      {request{ScanDirection: backward, SortOrder: ascending}, turned(reversed(all))},
			"pages turned too":  {request{ScanDirection: forward}, turned(all)},
			"from an item":      {request{StartPosition: from{ID: all[9]}, SortOrder: ascending}, all[9:]},
			"back from an item": {request{StartPosition: from{ID: all[9]}, ScanDirection: backward}, reversed(all[:10])},
			"from a time":       {request{StartPosition: from{AbsoluteTime: when}, SortOrder: ascending}, all[10:]},
			"most recent":       {request{StartPosition: from{MostRecent: new(int64(8))}, SortOrder: ascending}, all[n-8:]},
			"most recent, zero": {request{StartPosition: from{MostRecent: new(int64(0))}}, all[n-1:]},
		} {
			c.req.MaxResults = size
			got, err := w.listen(c.req)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

// TestAllTranscriptFrom begins a range where a page has ended.
func TestAllTranscriptFrom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		all := reversed(w.talk(24))
		req := connectparticipant.GetTranscriptRequest{MaxResults: 7, ConnectionToken: w.token}
		page, err := w.GetTranscript(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		req.NextToken = page.NextToken
		got, err := w.listen(req)
		if diff := cmp.Diff(all[7:], got); diff != "" || err != nil {
			t.Errorf("error %v (-want +got):\n%s", err, diff)
		}
	})
}

// TestAllTranscriptBorders ranges over pages that overlap or are empty.
func TestAllTranscriptBorders(t *testing.T) {
	inBubble(t, "overlapping pages", func(t *testing.T, w *world) {
		all := w.talk(24)
		var last any
		repeat := connectparticipanttest.EditAnswer(func(m map[string]any) {
			items := m["Transcript"].([]any)
			if last != nil {
				m["Transcript"] = append([]any{last}, items...)
			}
			last = items[len(items)-1]
		})
		for range 2 { // an iterator remembers nothing of an earlier range
			last = nil
			w.next(9, "GetTranscript", repeat)
			got, err := w.listen(connectparticipant.GetTranscriptRequest{
				MaxResults: 3, ScanDirection: forward, SortOrder: ascending})
			if diff := cmp.Diff(all, got); diff != "" || err != nil {
				t.Errorf("error %v (-want +got):\n%s", err, diff)
			}
		}
	})
	inBubble(t, "empty page between overlapping ones", func(t *testing.T, w *world) {
		all := w.talk(5)
		item := func(i int) any { return map[string]any{"Id": all[i]} }
		for _, page := range []struct {
			items []any
			next  string
		}{{[]any{item(0), item(1)}, "a"}, {nil, "b"}, {[]any{item(1), item(2)}, ""}} {
			body, err := json.Marshal(map[string]any{"Transcript": page.items, "NextToken": page.next})
			if err != nil {
				t.Fatal(err)
			}
			w.srv.Next("GetTranscript", connectparticipanttest.Answer(200, string(body)))
		}
		got, err := w.listen(connectparticipant.GetTranscriptRequest{})
		if diff := cmp.Diff(all[:3], got); diff != "" || err != nil {
			t.Errorf("error %v (-want +got):\n%s", err, diff)
		}
	})
	inBubble(t, "items without ids", func(t *testing.T, w *world) {
		for _, page := range []string{
			`{"Transcript":[{"Content":"a"},{"Content":"b"}],"NextToken":"n"}`,
			`{"Transcript":[{"Content":"c"}]}`,
		} {
			w.srv.Next("GetTranscript", connectparticipanttest.Answer(200, page))
		}
		got, err := w.listen(connectparticipant.GetTranscriptRequest{})
		if len(got) != 3 || err != nil {
			t.Errorf("%d items, error %v; want 3", len(got), err)
		}
	})
	inBubble(t, "refused on the way", func(t *testing.T, w *world) {
		w.talk(9)
		w.srv.Next("GetTranscript", connectparticipanttest.EditAnswer(func(map[string]any) { w.chat.End() }))
		got, err := w.listen(connectparticipant.GetTranscriptRequest{MaxResults: 5})
		if len(got) != 5 || !errors.Is(err, docferry.ErrForbidden) {
			t.Errorf("%d items, error %v; want 5 and ErrForbidden", len(got), err)
		}
	})
}

// TestOddAnswers checks that what is not documented is passed over, or is
// ErrProtocol.
func TestOddAnswers(t *testing.T) {
	w := newWorld(t)
	for body, want := range map[string]connectparticipant.GetTranscriptResponse{
		`{"Transcript":[{"AbsoluteTime":"soon","Type":"DANCE","ParticipantRole":"CAT","New":{"a":1}}]}`: {
			Transcript: []connectparticipant.Item{{Type: "DANCE", ParticipantRole: "CAT"}}},
		`{"Transcript":[{"AbsoluteTime":"2019-11-08T02:41:28.172Z"},{"AbsoluteTime":"2019-11-08T02:41:28Z"}],` +
			`"NextToken":null}`: {
			Transcript: []connectparticipant.Item{
				{AbsoluteTime: time.Date(2019, 11, 8, 2, 41, 28, 172e6, time.UTC)},
				{AbsoluteTime: time.Date(2019, 11, 8, 2, 41, 28, 0, time.UTC)},
			}},
		`{}`: {},
	} {
		w.srv.Next("GetTranscript", connectparticipanttest.Answer(200, body))
		got, err := w.GetTranscript(t.Context(), connectparticipant.GetTranscriptRequest{ConnectionToken: w.token})
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
	for _, body := range []string{"", "<html>", `{"Transcript":{}}`, `[]`} {
		w.srv.Next("GetTranscript", connectparticipanttest.Answer(200, body))
		client := w.client(docferry.Retry{Attempts: 1})
		_, err := client.GetTranscript(t.Context(), connectparticipant.GetTranscriptRequest{ConnectionToken: w.token})
		if !errors.Is(err, docferry.ErrProtocol) {
			t.Errorf("%s: error %v, want ErrProtocol", body, err)
		}
	}
}
