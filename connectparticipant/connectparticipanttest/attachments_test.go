package connectparticipanttest_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

var note = object{"ContentType": "text/plain", "AttachmentSizeInBytes": 5, "AttachmentName": "note.txt",
	"ClientToken": "start"}

// put uploads content to where a start answer says and returns the status.
func put(t *testing.T, srv *connectparticipanttest.Server, started reply, content string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, started.text("UploadMetadata", "Url"),
		strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	headers, _ := started.at("UploadMetadata", "HeadersToInclude").(object)
	for name, value := range headers {
		if name != "Content-Length" {
			req.Header.Set(name, value.(string))
		}
	}
	res, err := srv.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

// upload starts, puts and completes an attachment and returns its id.
func upload(t *testing.T, srv *connectparticipanttest.Server, token, name, content string) string {
	t.Helper()
	started := must(t, srv, "StartAttachmentUpload", token, object{
		"ContentType": "text/plain", "AttachmentSizeInBytes": len(content), "AttachmentName": name,
		"ClientToken": "start " + name,
	})
	if status := put(t, srv, started, content); status != http.StatusOK {
		t.Fatalf("PUT: %d", status)
	}
	id := started.text("AttachmentId")
	must(t, srv, "CompleteAttachmentUpload", token,
		object{"AttachmentIds": []string{id}, "ClientToken": "complete " + name})
	return id
}

func TestAttachment(t *testing.T) {
	srv := newServer(t)
	newClock(srv)
	chat := srv.NewChat()
	token := connect(t, srv, chat, "CUSTOMER", "Ana")

	started := must(t, srv, "StartAttachmentUpload", token, note)
	want := object{
		"Content-Type": "text/plain", "Content-Length": "5", "Content-Disposition": `attachment; filename="note.txt"`,
		"x-amz-acl": "bucket-owner-full-control", "x-amz-meta-account_id": "123456789012",
		"x-amz-meta-organization_id": "00000000-0000-4000-8000-000000000000",
		"x-amz-meta-contact_id":      chat.ContactID, "x-amz-meta-initial_contact_id": chat.ContactID,
	}
	if diff := cmp.Diff(want, started.at("UploadMetadata", "HeadersToInclude")); diff != "" {
		t.Errorf("HeadersToInclude (-want +got):\n%s", diff)
	}
	if got, want := started.text("UploadMetadata", "UrlExpiry"), "2026-03-04T05:21:07.000Z"; got != want {
		t.Errorf("the URL expires at %s, want %s", got, want)
	}
	if again := must(t, srv, "StartAttachmentUpload", token, note); !cmp.Equal(started.body, again.body) {
		t.Errorf("the same ClientToken answers %v, then %v", started.body, again.body)
	}
	id := started.text("AttachmentId")
	complete := object{"AttachmentIds": []string{id}, "ClientToken": "complete"}

	refused(t, srv, "CompleteAttachmentUpload", token, complete, 400, "ValidationException", "nothing was uploaded")
	refused(t, srv, "GetAttachment", token, object{"AttachmentId": id}, 400, "ValidationException", "no such attachment")
	if status := put(t, srv, started, "1234"); status != http.StatusForbidden {
		t.Errorf("PUT of too little: %d", status)
	}
	if status := put(t, srv, started, "12345"); status != http.StatusOK {
		t.Fatalf("PUT: %d", status)
	}
	must(t, srv, "CompleteAttachmentUpload", token, complete)
	must(t, srv, "CompleteAttachmentUpload", token, complete)
	refused(t, srv, "CompleteAttachmentUpload", token, with(complete, object{"ClientToken": "other"}), 409,
		"ConflictException", "already")

	items := chat.Transcript()
	wantItem := []connectparticipanttest.AttachmentItem{{ContentType: "text/plain", AttachmentID: id,
		AttachmentName: "note.txt", Status: "APPROVED"}}
	if len(items) != 2 || items[1].Type != "ATTACHMENT" || !cmp.Equal(wantItem, items[1].Attachments) {
		t.Errorf("the transcript is %+v, want one attachment", items)
	}
	if content, status, ok := srv.Attachment(id); string(content) != "12345" || status != "APPROVED" || !ok {
		t.Errorf("Attachment = %q, %q, %v", content, status, ok)
	}
	if _, _, ok := srv.Attachment("x"); ok {
		t.Error("there is an attachment x")
	}
}

func TestGetAttachment(t *testing.T) {
	srv := newServer(t)
	clock := newClock(srv)
	chat := srv.NewChat()
	token := connect(t, srv, chat, "CUSTOMER", "Ana")
	id := upload(t, srv, token, "note.txt", "12345")

	r := must(t, srv, "GetAttachment", connect(t, srv, chat, "AGENT", "Ben"), object{"AttachmentId": id})
	if got, want := r.text("UrlExpiry"), "2026-03-04T05:11:07.000Z"; got != want {
		t.Errorf("the URL expires at %s, want %s", got, want)
	}
	if size := r.at("AttachmentSizeInBytes"); size != 5.0 {
		t.Errorf("the size is %v", size)
	}
	get := func() (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.text("Url"), nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := srv.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(text)
	}
	if status, text := get(); status != http.StatusOK || text != "12345" {
		t.Errorf("GET: %d %q", status, text)
	}
	r = must(t, srv, "GetAttachment", token, object{"AttachmentId": id, "UrlExpiryInSeconds": 5})
	clock.advance(5 * time.Second)
	if status, _ := get(); status != http.StatusForbidden {
		t.Errorf("GET after its time: %d", status)
	}
	for _, seconds := range []int{4, 301} {
		refused(t, srv, "GetAttachment", token, object{"AttachmentId": id, "UrlExpiryInSeconds": seconds}, 400,
			"ValidationException", "UrlExpiryInSeconds")
	}
	refused(t, srv, "GetAttachment", connect(t, srv, chat, "CUSTOM_BOT", "Bot"), object{"AttachmentId": id}, 403,
		"AccessDeniedException", "bot")
	refused(t, srv, "GetAttachment", connect(t, srv, srv.NewChat(), "CUSTOMER", "Eve"), object{"AttachmentId": id}, 400,
		"ValidationException", "AttachmentId")
}

func TestScan(t *testing.T) {
	srv := newServer(t)
	clock := newClock(srv)
	srv.SetScan(func(name string, content []byte) (string, time.Duration) {
		if strings.Contains(string(content), "virus") {
			return "REJECTED", time.Minute
		}
		return "APPROVED", 10 * time.Second
	})
	chat := srv.NewChat()
	token := connect(t, srv, chat, "CUSTOMER", "Ana")
	good, bad := upload(t, srv, token, "good", "fine"), upload(t, srv, token, "bad", "virus")

	statuses := func() []string {
		var got []string
		for _, item := range chat.Transcript()[1:] {
			got = append(got, item.Attachments[0].Status)
		}
		return got
	}
	for _, step := range []struct {
		wait time.Duration
		want []string
	}{
		{10*time.Second - 1, []string{"IN_PROGRESS", "IN_PROGRESS"}},
		{1, []string{"APPROVED", "IN_PROGRESS"}},
		{time.Minute, []string{"APPROVED", "REJECTED"}},
	} {
		refused(t, srv, "GetAttachment", token, object{"AttachmentId": bad}, 400, "ValidationException", "IN_PROGRESS")
		clock.advance(step.wait)
		if diff := cmp.Diff(step.want, statuses()); diff != "" {
			t.Errorf("after %v more (-want +got):\n%s", step.wait, diff)
		}
	}
	must(t, srv, "GetAttachment", token, object{"AttachmentId": good})
	refused(t, srv, "GetAttachment", token, object{"AttachmentId": bad}, 400, "ValidationException", "REJECTED")
}

func TestStartAttachmentUploadRefuses(t *testing.T) {
	srv := newServer(t)
	srv.SetAttachmentLimit(100)
	token := connect(t, srv, srv.NewChat(), "CUSTOMER", "Ana")
	for _, test := range []struct {
		name    string
		changes object
		part    string
	}{
		{"no name", object{"AttachmentName": nil}, "AttachmentName: is required"},
		{"empty name", object{"AttachmentName": ""}, "AttachmentName"},
		{"long name", object{"AttachmentName": strings.Repeat("é", 257)}, "AttachmentName"},
		{"control character", object{"AttachmentName": "a\nb"}, "AttachmentName"},
		{"no size", object{"AttachmentSizeInBytes": nil}, "AttachmentSizeInBytes: is required"},
		{"empty", object{"AttachmentSizeInBytes": 0}, "AttachmentSizeInBytes"},
		{"too large", object{"AttachmentSizeInBytes": 101}, "AttachmentSizeInBytes"},
		{"size as a string", object{"AttachmentSizeInBytes": "5"}, "AttachmentSizeInBytes"},
		{"fraction", object{"AttachmentSizeInBytes": 1.5}, "AttachmentSizeInBytes"},
		{"no type", object{"ContentType": nil}, "ContentType: is required"},
		{"bad type", object{"ContentType": "text"}, "ContentType"},
		{"no token", object{"ClientToken": nil}, "ClientToken: is required"},
		{"empty token", object{"ClientToken": ""}, "ClientToken"},
		{"long token", object{"ClientToken": strings.Repeat("x", 501)}, "ClientToken"},
		{"unknown member", object{"Size": 5}, "Size"},
	} {
		t.Run(test.name, func(t *testing.T) {
			refused(t, srv, "StartAttachmentUpload", token, with(note, test.changes), 400, "ValidationException", test.part)
		})
	}
	must(t, srv, "StartAttachmentUpload", token, with(note, object{"AttachmentName": strings.Repeat("é", 256)}))
	refused(t, srv, "StartAttachmentUpload", token, with(note, object{"AttachmentName": "other"}), 400,
		"ValidationException", "ClientToken")
	srv.SetContentTypes("image/png")
	refused(t, srv, "StartAttachmentUpload", token, with(note, object{"ClientToken": "2"}), 400, "ValidationException",
		"ContentType")
}

func TestAttachmentQuota(t *testing.T) {
	srv := newServer(t)
	srv.SetAttachmentQuota(2)
	chat := srv.NewChat()
	ana, ben := connect(t, srv, chat, "CUSTOMER", "Ana"), connect(t, srv, chat, "AGENT", "Ben")
	must(t, srv, "StartAttachmentUpload", ana, note)
	must(t, srv, "StartAttachmentUpload", ben, note)
	must(t, srv, "StartAttachmentUpload", ana, note)
	refused(t, srv, "StartAttachmentUpload", ana, with(note, object{"ClientToken": "2"}), 402,
		"ServiceQuotaExceededException", "")
}

func TestCompleteAttachmentUploadRefuses(t *testing.T) {
	srv := newServer(t)
	chat := srv.NewChat()
	token := connect(t, srv, chat, "CUSTOMER", "Ana")
	started := must(t, srv, "StartAttachmentUpload", token, note)
	put(t, srv, started, "12345")
	good := object{"AttachmentIds": []string{started.text("AttachmentId")}, "ClientToken": "c"}
	for _, test := range []struct {
		changes object
		part    string
	}{
		{object{"AttachmentIds": nil}, "AttachmentIds: is required"},
		{object{"AttachmentIds": []string{}}, "AttachmentIds"},
		{object{"AttachmentIds": []string{"a", "b"}}, "AttachmentIds"},
		{object{"AttachmentIds": []string{""}}, "AttachmentIds"},
		{object{"AttachmentIds": []string{"unknown"}}, "AttachmentIds"},
		{object{"AttachmentIds": "a"}, "AttachmentIds"},
		{object{"ClientToken": nil}, "ClientToken: is required"},
	} {
		refused(t, srv, "CompleteAttachmentUpload", token, with(good, test.changes), 400, "ValidationException", test.part)
	}
	refused(t, srv, "CompleteAttachmentUpload", connect(t, srv, chat, "AGENT", "Ben"), good, 403, "AccessDeniedException",
		"another participant")
	must(t, srv, "CompleteAttachmentUpload", token, good)
}

func TestUploadURLExpires(t *testing.T) {
	srv := newServer(t)
	clock := newClock(srv)
	token := connect(t, srv, srv.NewChat(), "CUSTOMER", "Ana")
	srv.SetURLLifetime(time.Minute)
	started := must(t, srv, "StartAttachmentUpload", token, note)
	clock.advance(time.Minute)
	if status := put(t, srv, started, "12345"); status != http.StatusForbidden {
		t.Errorf("PUT after its time: %d", status)
	}
	srv.SetURLLifetime(-time.Minute)
	started = must(t, srv, "StartAttachmentUpload", token, with(note, object{"ClientToken": "2"}))
	expiry, err := time.Parse(time.RFC3339, started.text("UploadMetadata", "UrlExpiry"))
	if err != nil || !expiry.Before(clock.now) {
		t.Errorf("UrlExpiry is %v, %v, want the past", expiry, err)
	}
	if status := put(t, srv, started, "12345"); status != http.StatusForbidden {
		t.Errorf("PUT to a URL of the past: %d", status)
	}
}

func TestDisposition(t *testing.T) {
	srv := newServer(t)
	token := connect(t, srv, srv.NewChat(), "CUSTOMER", "Ana")
	for i, test := range []struct{ name, want string }{
		{`a b.txt`, `attachment; filename="a b.txt"`},
		{`a"b\c`, `attachment; filename="a\"b\\c"`},
		{`é.txt`, `attachment; filename*=UTF-8''%C3%A9.txt`},
		{strings.Repeat("x", 256), `attachment; filename="` + strings.Repeat("x", 233) + `"`},
	} {
		started := must(t, srv, "StartAttachmentUpload", token,
			with(note, object{"AttachmentName": test.name, "ClientToken": strconv.Itoa(i)}))
		if got := started.at("UploadMetadata", "HeadersToInclude").(object)["Content-Disposition"]; got != test.want {
			t.Errorf("%q: %v, want %s", test.name, got, test.want)
		}
		if status := put(t, srv, started, "12345"); status != http.StatusOK {
			t.Errorf("%q: PUT %d", test.name, status)
		}
	}
}
