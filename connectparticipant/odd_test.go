package connectparticipant_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/upload"
)

// answering returns a client whose service always gives this answer.
func answering(t *testing.T, status int, body string) *connectparticipant.Client {
	t.Helper()
	client, err := connectparticipant.New(connectparticipant.Config{Region: "us-west-2", HTTP: docferry.HTTP{
		Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
		})}})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// One odd entry or member of a transcript does not cost the others.
func TestOddTranscript(t *testing.T) {
	const body = `{"InitialContactId":[],"Transcript":["x",{"Id":"1","Content":"a\ud83d.txt","AbsoluteTime":"yesterday"},null,` +
		`{"Id":2,"Type":"MESSAGE","Attachments":{},"AbsoluteTime":"2026-01-02T03:04:05Z"},{"Id":"3","MessageMetadata":"x"}]}`
	var meta docferry.Meta
	var got []string
	for item, err := range answering(t, 200, body).AllTranscript(t.Context(),
		connectparticipant.GetTranscriptRequest{ConnectionToken: "token"}, docferry.WithMeta(&meta)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, item.ID+" "+item.Content)
		if (item.ID == "2") != item.AbsoluteTime.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) {
			t.Errorf("item %s is of %v", item.ID, item.AbsoluteTime)
		}
	}
	if diff := cmp.Diff([]string{"1 a\ufffd.txt", "2 ", "3 "}, got); diff != "" {
		t.Error(diff)
	}
	want := []string{"/InitialContactId", "/Transcript/0", "/Transcript/1/AbsoluteTime", "/Transcript/2",
		"/Transcript/3/Attachments", "/Transcript/4/MessageMetadata"}
	if diff := cmp.Diff(want, meta.Unread); diff != "" {
		t.Error(diff)
	}
}

// What the client needs to go on has to be read.
func TestOddMembersThatAreNeeded(t *testing.T) {
	for _, body := range []string{`{"Transcript":[],"NextToken":{}}`, `{"Transcript":"x"}`, `{"Transcript":[{"Id":{}}`} {
		var failures []error
		for _, err := range answering(t, 200, body).AllTranscript(t.Context(),
			connectparticipant.GetTranscriptRequest{ConnectionToken: "token"}) {
			failures = append(failures, err)
		}
		if len(failures) != 1 || !errors.Is(failures[0], docferry.ErrProtocol) {
			t.Errorf("%s: %v", body, failures)
		}
	}
	for _, body := range []string{`{"Url":{},"UrlExpiry":"soon"}`, `{"Url":["https://x"]}`} {
		_, err := answering(t, 200, body).DownloadAttachment(t.Context(),
			connectparticipant.GetAttachmentRequest{AttachmentID: "a", ConnectionToken: "token"})
		if !errors.Is(err, docferry.ErrProtocol) || !strings.Contains(err.Error(), "lacks the download URL") {
			t.Errorf("%s: %v", body, err)
		}
	}
	for _, body := range []string{
		`{"ConnectionCredentials":{"ConnectionToken":{}},"Websocket":{"Url":"wss://x"}}`,
		`{"ConnectionCredentials":{"ConnectionToken":"t"},"Websocket":"wss://x"}`,
	} {
		_, err := answering(t, 200, body).Chat(t.Context(), "participant")
		if !errors.Is(err, docferry.ErrProtocol) || !strings.Contains(err.Error(), "lacks") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// An odd member of a refusal does not hide what the others say.
func TestOddRefusal(t *testing.T) {
	for _, body := range []string{
		`{"__type":"ResourceNotFoundException","Message":"a\ud83d","ResourceId":"r","ResourceType":{}}`,
		"{\"Message\":\"a\xff\",\"ResourceType\":[],\"ResourceId\":\"r\",\"code\":7,\"__type\":\"ResourceNotFoundException\"}",
	} {
		_, err := answering(t, 404, body).DescribeView(t.Context(),
			connectparticipant.DescribeViewRequest{ViewToken: "v", ConnectionToken: "token"})
		refused, ok := errors.AsType[*docferry.Error](err)
		if !ok || !errors.Is(err, docferry.ErrNotFound) || refused.Message != "a\ufffd" {
			t.Errorf("%s: %v", body, err)
			continue
		}
		if diff := cmp.Diff(&connectparticipant.ErrorDetail{ResourceID: "r"}, refused.Detail); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}

// An odd member of an item on the websocket does not cost the others, and Raw shows
// a time that could not be read.
func TestChatOddMembers(t *testing.T) {
	inBubble(t, "items", func(t *testing.T, w *world) {
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(2)
		for _, member := range []string{
			`"AbsoluteTime":"yesterday"`, `"DisplayName":{"a":"b"}`, `"Attachments":"x"`, `"MessageMetadata":[]`,
			`"Attachments":["x",null]`, `"MessageMetadata":{"Receipts":{}}`, `"Attachments":[null]`, `"ParticipantRole":[]`,
		} {
			item := `{` + member + `,"Id":"i","Type":"MESSAGE","ContentType":"text/plain","Content":"hello"}`
			w.chat.Push(chatItem(strings.Replace(item, `"i"`, `"`+strings.NewReplacer(`"`, "", `\`, "").Replace(member)+`"`, 1)))
			e := v.kind(connectparticipant.ChatItemTypeMessage)
			if e.Content != "hello" || e.ID == "" || !e.AbsoluteTime.IsZero() || len(e.Attachments) > 0 ||
				!strings.Contains(string(e.Raw), member) {
				t.Errorf("%s: %+v", item, e)
			}
		}
		for member, want := range map[string]string{
			`"Content":"a\ud83d.txt"`:   "a\ufffd.txt",
			"\"Content\":\"a\ufffd\"":   "a\ufffd",
			`"Content":12.50`:           "12.50",
			`"Content":true`:            "true",
			`"Content":"a","Id":["id"]`: "a",
		} {
			w.chat.Push(chatItem(`{` + member + `,"Type":"MESSAGE"}`))
			v.says(want)
		}
	})
	inBubble(t, "transcript", func(t *testing.T, w *world) {
		w.chat.Say("first")
		w.chat.Say("second")
		w.srv.Next("GetTranscript", connectparticipanttest.EditAnswer(func(m map[string]any) {
			for _, item := range m["Transcript"].([]any) {
				item.(map[string]any)["AbsoluteTime"] = []any{"odd"}
			}
		}))
		v := w.follow(w.enter("CUSTOMER", "Bea"))
		v.joined(1)
		v.says("first", "second")
		v.joined(1)
	})
}

// A wait for an attachment ends if its status cannot be read.
func TestWaitWithOddStatus(t *testing.T) {
	for body, want := range map[string]error{
		`{"Transcript":[{"Id":"i","Attachments":[{"AttachmentId":"a","Status":{}}]}]}`:               docferry.ErrProtocol,
		`{"Transcript":["x",{"Id":"i","Attachments":[7,{"AttachmentId":"a","Status":"APPROVED"}]}]}`: nil,
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		_, err := answering(t, 200, body).WaitForAttachment(ctx,
			connectparticipant.WaitForAttachmentRequest{AttachmentID: "a", ConnectionToken: "token"})
		cancel()
		if !errors.Is(err, want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// An upload goes on without what it does not need.
func TestUploadWithOddAnswers(t *testing.T) {
	edit := func(change func(metadata map[string]any)) connectparticipanttest.Fault {
		return connectparticipanttest.EditAnswer(func(m map[string]any) { change(m["UploadMetadata"].(map[string]any)) })
	}
	inBubble(t, "expiry", func(t *testing.T, w *world) {
		w.srv.Next("StartAttachmentUpload", edit(func(m map[string]any) { m["UrlExpiry"] = []any{} }))
		w.stored(w.upload(t.Context()))
	})
	for name, change := range map[string]func(m map[string]any){
		"URL":      func(m map[string]any) { m["Url"] = map[string]any{} },
		"headers":  func(m map[string]any) { m["HeadersToInclude"] = "x" },
		"a header": func(m map[string]any) { m["HeadersToInclude"] = map[string]any{"Content-Type": []any{}} },
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			w.next(5, "StartAttachmentUpload", edit(change))
			_, err := w.upload(t.Context())
			if _, ok := errors.AsType[*upload.Error](err); !ok || !errors.Is(err, docferry.ErrProtocol) ||
				!strings.Contains(err.Error(), "cannot be read") {
				t.Errorf("%v", err)
			}
			w.srv.ClearFaults()
		})
	}
	odd := func(name string, part any) connectparticipanttest.Fault {
		return connectparticipanttest.EditAnswer(func(m map[string]any) {
			for _, item := range m["Transcript"].([]any) {
				item.(map[string]any)[name] = part
			}
		})
	}
	inBubble(t, "transcript with an odd member", func(t *testing.T, w *world) {
		w.srv.Next("CompleteAttachmentUpload", lose)
		w.next(9, "GetTranscript", odd("AbsoluteTime", "soon"))
		w.stored(w.upload(t.Context()))
		w.srv.ClearFaults()
	})
	inBubble(t, "transcript that may hide the attachment", func(t *testing.T, w *world) {
		w.srv.Next("CompleteAttachmentUpload", lose)
		w.srv.Next("CompleteAttachmentUpload", conflict)
		w.next(9, "GetTranscript", odd("Attachments", "soon"))
		_, err := w.upload(t.Context())
		w.failed(err, upload.StageCommit, upload.StateUnknown, 1)
		w.srv.ClearFaults()
	})
}
