package connectparticipanttest_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

// browse sends a request as a page in a browser does: after a preflight, and
// with headers that the browser adds. An empty status means that the browser
// would not have let the page have the answer.
func browse(t *testing.T, srv *connectparticipanttest.Server, method, address, body string,
	header map[string]string) (status int, answer *http.Response) {
	t.Helper()
	const origin = "http://page.test"
	send := func(method string, body io.Reader, header map[string]string) *http.Response {
		req, err := http.NewRequestWithContext(t.Context(), method, address, body)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range header {
			if name != "Content-Length" { // browsers do not let a page set it
				req.Header.Set(name, value)
			}
		}
		req.Header.Set("Origin", origin)
		req.Header.Set("Referer", origin+"/chat")
		req.Header.Set("Accept-Language", "de-DE")
		req.Header.Set("Sec-Fetch-Mode", "cors")
		res, err := srv.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = res.Body.Close() })
		return res
	}
	var names []string
	for name := range header {
		names = append(names, strings.ToLower(name))
	}
	ask := send(http.MethodOptions, nil, map[string]string{"Access-Control-Request-Method": method,
		"Access-Control-Request-Headers": strings.Join(names, ",")})
	allowed := ask.Header.Get("Access-Control-Allow-Headers")
	if ask.StatusCode/100 != 2 || ask.Header.Get("Access-Control-Allow-Origin") != "*" ||
		ask.Header.Get("Access-Control-Allow-Methods") != method || allowed != strings.Join(names, ",") {
		return 0, ask
	}
	res := send(method, bytes.NewReader([]byte(body)), header)
	if res.Header.Get("Access-Control-Allow-Origin") != "*" {
		return 0, res
	}
	return res.StatusCode, res
}

// exposes reports whether a page may read a header of an answer that has it.
func exposes(res *http.Response, name string) bool {
	return res.Header.Get(name) != "" &&
		strings.Contains(strings.ToLower(res.Header.Get("Access-Control-Expose-Headers")), strings.ToLower(name))
}

func TestPagesMayCall(t *testing.T) {
	srv := newServer(t)
	token := connect(t, srv, srv.NewChat(), "CUSTOMER", "Ana")
	api := map[string]string{"X-Amz-Bearer": token, "Content-Type": "application/json"}

	status, res := browse(t, srv, "POST", srv.URL+"/participant/transcript", "{}", api)
	if status != 200 || !exposes(res, "X-Amzn-Requestid") {
		t.Errorf("a call answers %d %v", status, res.Header)
	}
	status, res = browse(t, srv, "POST", srv.URL+"/participant/transcript", "[]", api)
	if status != 400 || !exposes(res, "X-Amzn-Errortype") {
		t.Errorf("a bad call answers %d %v", status, res.Header)
	}
	srv.Next("GetTranscript", connectparticipanttest.Answer(500, "{}"))
	if status, res = browse(t, srv, "POST", srv.URL+"/participant/transcript", "{}", api); status != 500 {
		t.Errorf("through a fault: %d %v", status, res.Header)
	}

	started := must(t, srv, "StartAttachmentUpload", token, note)
	header := map[string]string{}
	for name, value := range started.at("UploadMetadata", "HeadersToInclude").(object) {
		header[name] = value.(string)
	}
	target := started.text("UploadMetadata", "Url")
	status, res = browse(t, srv, "PUT", target, "12345", header)
	if status != 200 || !exposes(res, "ETag") {
		t.Errorf("the upload answers %d %v", status, res.Header)
	}
	id := started.text("AttachmentId")
	must(t, srv, "CompleteAttachmentUpload", token, object{"AttachmentIds": []string{id}, "ClientToken": "1"})
	from := must(t, srv, "GetAttachment", token, object{"AttachmentId": id}).text("Url")
	status, res = browse(t, srv, "GET", from, "", nil)
	if content, _ := io.ReadAll(res.Body); status != 200 || string(content) != "12345" {
		t.Errorf("the download answers %d %q", status, content)
	}
	if calls := srv.Calls(); len(calls) != 9 {
		t.Errorf("%q were called; a preflight is no call", calls)
	}

	srv.SetCORS(false)
	for _, address := range []string{srv.URL + "/participant/transcript", target} {
		if status, res := browse(t, srv, "POST", address, "{}", api); status != 0 ||
			res.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("without permission, %s answers %d %v", res.Request.URL.Path, status, res.Header)
		}
	}
	if r := must(t, srv, "GetTranscript", token, object{}); r.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("who is no page is told %v", r.header)
	}
}

// amazon-connect-chatjs opens no websocket without TLS, except at 127.0.0.1.
func TestWebsocketURLOnLoopback(t *testing.T) {
	srv := newServer(t)
	for host, want := range map[string]string{
		"localhost:8080": "ws://127.0.0.1:8080/", "LocalHost:1": "ws://127.0.0.1:1/", "localhost": "ws://127.0.0.1:80/",
		"127.0.0.1:8080": "ws://127.0.0.1:8080/", "127.0.0.1": "ws://127.0.0.1:80/",
		"[::1]:8080": "ws://[::1]:8080/", "chat.test:8080": "ws://chat.test:8080/", "chat.test": "ws://chat.test/",
		"localhost.test:8080": "ws://localhost.test:8080/",
	} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+host+"/participant/connection",
			strings.NewReader(`{"Type":["WEBSOCKET"]}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Amz-Bearer", srv.NewChat().Join("CUSTOMER", "Ana"))
		if got := send(t, srv, req).text("Websocket", "Url"); !strings.HasPrefix(got, want) {
			t.Errorf("for %s, the websocket is at %s, want %s", host, got, want)
		}
	}
}

// amazon-connect-chatjs takes a websocket that closes for one that it has lost,
// until it has been told that the chat has ended.
func TestWhoLeavesIsToldSo(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *connectparticipanttest.Server) {
		r := newRoom(t, srv)
		must(t, srv, "DisconnectParticipant", r.ana.token, object{})
		for _, want := range []string{"participant.left", "chat.ended"} {
			r.both(t, func(item object) bool { return item["ContentType"] == event+want })
		}
		if status := r.ana.closed(); status != websocket.StatusGoingAway {
			t.Errorf("the websocket of who left ends with %v", status)
		}
		if n := r.chat.Websockets(); n != 1 {
			t.Errorf("%d websockets are open, want that of Ben", n)
		}
	})
}

func TestAnnounce(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *connectparticipanttest.Server) {
		r := newRoom(t, srv)
		before := r.chat.Transcript()
		sent := r.chat.Announce(connectparticipanttest.Item{ContentType: event + "participant.idle", DisplayName: "Ana"})
		if sent.ID == "" || sent.AbsoluteTime == "" || sent.Type != "EVENT" {
			t.Errorf("announced: %+v", sent)
		}
		r.both(t, func(item object) bool {
			return item["ContentType"] == event+"participant.idle" && item["DisplayName"] == "Ana" && item["Id"] == sent.ID
		})
		if diff := cmp.Diff(before, r.chat.Transcript()); diff != "" {
			t.Errorf("the transcript has changed (-want +got):\n%s", diff)
		}
	})
}
