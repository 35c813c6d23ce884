package connectparticipanttest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

// requests are one of each operation. {M} stands for a message, {A} for an
// attachment whose upload has begun, {B} for one that is there, {N} for the token
// of a second page, {S} for a session, {P} for the path of an upload URL, {Q} for
// that of a download URL and {W} for that of a websocket.
const requests = `
POST /participant/connection {"Type":["WEBSOCKET","CONNECTION_CREDENTIALS"],"ConnectParticipant":true}
POST /participant/message {"ContentType":"text/plain","Content":"hello","ClientToken":"t"}
POST /participant/message {"ContentType":"application/json","Content":"{\"a\":1}"}
POST /participant/event {"ContentType":"application/vnd.amazonaws.connect.event.message.read","Content":"{\"messageId\":\"{M}\"}"}
POST /participant/event {"ContentType":"application/vnd.amazonaws.connect.event.typing"}
POST /participant/transcript {"MaxResults":1,"ScanDirection":"FORWARD","SortOrder":"ASCENDING","StartPosition":{"Id":"{M}"}}
POST /participant/transcript {"StartPosition":{"AbsoluteTime":"2026-01-02T03:04:05.678Z"},"NextToken":"{N}"}
POST /participant/transcript {"StartPosition":{"MostRecent":5},"ContactId":"none"}
POST /participant/start-attachment-upload {"AttachmentName":"a.csv","ContentType":"text/csv","AttachmentSizeInBytes":3,"ClientToken":"t"}
POST /participant/complete-attachment-upload {"AttachmentIds":["{A}"],"ClientToken":"t"}
POST /participant/attachment {"AttachmentId":"{B}","UrlExpiryInSeconds":9}
POST /participant/disconnect {"ClientToken":"t"}
POST /participant/authentication-url {"SessionId":"{S}","RedirectUri":"https://example.com"}
POST /participant/cancel-authentication {"SessionId":"{S}"}
GET /participant/views/view
GET {W}
PUT {P} abc
GET {Q}
POST /participant/nothing {}
`

// FuzzRequest sends requests of any kind, with tokens of each kind, to a server
// that has one of everything. The server must answer each, and a refusal must have
// the service's form.
func FuzzRequest(f *testing.F) {
	for line := range strings.Lines(strings.TrimSpace(requests)) {
		method, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		path, body, _ := strings.Cut(rest, " ")
		for caller := range byte(3) {
			f.Add(caller, method, path, body)
		}
	}
	f.Fuzz(func(t *testing.T, caller byte, method, path, body string) {
		w := newFuzzed(t)
		r, err := http.NewRequest(method, w.srv.URL+w.names.Replace(path), strings.NewReader(w.names.Replace(body)))
		if err != nil || r.URL.Host != strings.TrimPrefix(w.srv.URL, "http://") {
			t.Skip("this is not a request of HTTP")
		}
		operation := strings.HasPrefix(r.URL.Path, "/participant/")
		if operation {
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Amz-Bearer", []string{w.connection, w.participant, "none"}[caller%3])
		}
		answer := httptest.NewRecorder()
		w.srv.ServeHTTP(answer, r)
		switch {
		case answer.Code < 200 || answer.Code >= 500:
			t.Errorf("the answer is %d %s", answer.Code, answer.Body)
		case answer.Code < 300 || !operation:
		case answer.Header().Get("X-Amzn-Errortype") == "" || !json.Valid(answer.Body.Bytes()):
			t.Errorf("the refusal is %d %v %s", answer.Code, answer.Header(), answer.Body)
		}
	})
}

// FuzzFrame sends frames of any kind over a websocket. The server must answer each
// or close the websocket properly.
func FuzzFrame(f *testing.F) {
	for _, text := range []string{
		`{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`, `{"topic":"aws/heartbeat"}`, `{"topic":"aws/ping"}`,
		`{"topic":"aws/subscribe","content":{"topics":null}}`, `{"topic":"aws/subscribe"}`, `{"topic":1}`, `[]`, ``, "\xff",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w := newFuzzed(t)
		k := guest{t: t, url: w.websocket}
		if status := k.open(w.srv); status != http.StatusSwitchingProtocols {
			t.Fatalf("the websocket: %d", status)
		}
		k.write(text)
		_, _, err := k.conn.Read(t.Context())
		if code := websocket.CloseStatus(err); err != nil && code != websocket.StatusGoingAway {
			t.Errorf("the websocket has ended with %d, %v", code, err)
		}
	})
}

// fuzzed is a server that has one of everything. names replaces what requests has
// in braces.
type fuzzed struct {
	srv                     *connectparticipanttest.Server
	participant, connection string
	websocket               string
	names                   *strings.Replacer
}

func newFuzzed(t *testing.T) fuzzed {
	srv := newServer(t)
	chat := srv.NewChat()
	f := fuzzed{srv: srv, participant: chat.Join("CUSTOMER", "Ana")}
	made := must(t, srv, "CreateParticipantConnection", f.participant,
		object{"Type": []string{"WEBSOCKET", "CONNECTION_CREDENTIALS"}})
	f.connection, f.websocket = made.text("ConnectionCredentials", "ConnectionToken"), made.text("Websocket", "Url")
	chat.Say("Welcome")
	message := must(t, srv, "SendMessage", f.connection, object{"ContentType": "text/plain", "Content": "a"}).text("Id")
	begun, done := startUpload(t, f, "a.csv"), startUpload(t, f, "b.csv")
	put := httptest.NewRequest(http.MethodPut, done.text("UploadMetadata", "Url"), strings.NewReader("abc"))
	headers, _ := done.at("UploadMetadata", "HeadersToInclude").(object)
	for name, value := range headers {
		put.Header.Set(name, value.(string))
	}
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, put)
	if w.Code != http.StatusOK {
		t.Fatalf("the PUT: %d %s", w.Code, w.Body)
	}
	must(t, srv, "CompleteAttachmentUpload", f.connection,
		object{"AttachmentIds": []string{done.text("AttachmentId")}, "ClientToken": "done"})
	there := must(t, srv, "GetAttachment", f.connection, object{"AttachmentId": done.text("AttachmentId")})
	page := must(t, srv, "GetTranscript", f.connection, object{"MaxResults": 1})
	f.names = strings.NewReplacer("{M}", message, "{A}", begun.text("AttachmentId"), "{B}", done.text("AttachmentId"),
		"{N}", page.text("NextToken"), "{S}", strings.Repeat("s", 36), "{W}", uri(t, f.websocket),
		"{P}", uri(t, begun.text("UploadMetadata", "Url")), "{Q}", uri(t, there.text("Url")))
	return f
}

func startUpload(t *testing.T, f fuzzed, name string) reply {
	t.Helper()
	return must(t, f.srv, "StartAttachmentUpload", f.connection, object{"AttachmentName": name, "ContentType": "text/csv",
		"AttachmentSizeInBytes": 3, "ClientToken": name})
}

// uri returns what a request for a URL has in its first line.
func uri(t *testing.T, raw string) string {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil || raw == "" {
		t.Fatalf("there is no URL, %v", err)
	}
	return u.RequestURI()
}
