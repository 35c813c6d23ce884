package connectparticipanttest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

func TestNewServer(t *testing.T) {
	srv := connectparticipanttest.NewServer(t)
	chat := srv.NewChat()
	req, _ := http.NewRequestWithContext(t.Context(), "POST", srv.URL+"/participant/connection",
		strings.NewReader(`{"Type":["CONNECTION_CREDENTIALS"]}`))
	req.Header.Set("X-Amz-Bearer", chat.Join("CUSTOMER", "Ana"))
	req.Header.Set("Content-Type", "application/json")
	token := sendWith(t, http.DefaultTransport, req).text("ConnectionCredentials", "ConnectionToken")
	started := must(t, srv, "StartAttachmentUpload", token, note)
	if got := started.text("UploadMetadata", "Url"); !strings.HasPrefix(got, srv.URL+"/") {
		t.Errorf("the upload goes to %s, want %s", got, srv.URL)
	}
	if diff := cmp.Diff([]string{"CreateParticipantConnection", "StartAttachmentUpload"}, srv.Calls()); diff != "" {
		t.Errorf("Calls (-want +got):\n%s", diff)
	}
}

func TestUnknownRequests(t *testing.T) {
	srv := newServer(t)
	for _, route := range []string{"GET /participant/message", "POST /participant", "POST /participant/message/",
		"GET /participant/views/", "GET /"} {
		if r := do(t, srv, route, "", nil); r.status != http.StatusNotFound || r.code != "UnknownOperationException" {
			t.Errorf("%s: %d %s", route, r.status, r.code)
		}
	}
	if calls := srv.Calls(); len(calls) != 0 {
		t.Errorf("Calls = %q", calls)
	}
	token := connect(t, srv, srv.NewChat(), "CUSTOMER", "Ana")
	req, _ := http.NewRequestWithContext(t.Context(), "POST", srv.URL+"/participant/transcript", strings.NewReader("{}"))
	req.Header.Set("X-Amz-Bearer", token)
	if r := send(t, srv, req); r.status != 400 || !strings.Contains(r.text("Message"), "Content-Type") {
		t.Errorf("without Content-Type: %d %v", r.status, r.body)
	}
}

func TestFaults(t *testing.T) {
	srv := newServer(t)
	chat := srv.NewChat()
	token := connect(t, srv, chat, "CUSTOMER", "Ana")
	hello := object{"ContentType": "text/plain", "Content": "hello", "ClientToken": "1"}
	const op = "SendMessage"

	srv.Next(op, connectparticipanttest.Refuse(429, "ThrottlingException", "slow down", "Retry-After", "2"))
	srv.Next(op, connectparticipanttest.Answer(500, `{"x":1}`, "X-Test", "y"))
	r := do(t, srv, routes[op], token, hello)
	if r.status != 429 || r.code != "ThrottlingException" || r.text("Message") != "slow down" ||
		r.header.Get("Retry-After") != "2" || r.header.Get("X-Amzn-Requestid") == "" {
		t.Errorf("Refuse: %+v", r)
	}
	if r = do(t, srv, routes[op], token, hello); r.status != 500 || r.at("x") != 1.0 || r.header.Get("X-Test") != "y" {
		t.Errorf("Answer: %+v", r)
	}

	fails := func(name string, fault connectparticipanttest.Fault, done int) {
		t.Helper()
		srv.Next(op, fault)
		req, _ := http.NewRequestWithContext(t.Context(), "POST", srv.URL+"/participant/message",
			strings.NewReader(`{"ContentType":"text/plain","Content":"hello","ClientToken":"1"}`))
		req.Header.Set("X-Amz-Bearer", token)
		req.Header.Set("Content-Type", "application/json")
		res, err := srv.RoundTrip(req)
		if err == nil {
			_, err = io.ReadAll(res.Body)
			_ = res.Body.Close()
		}
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		if n := len(chat.Transcript()) - 1; n != done {
			t.Errorf("%s: %d messages, want %d", name, n, done)
		}
	}
	fails("LoseRequest", connectparticipanttest.LoseRequest(), 0)
	fails("LoseAnswer", connectparticipanttest.LoseAnswer(), 1)
	fails("CutAnswer", connectparticipanttest.CutAnswer(3), 1)

	srv.Next(op, connectparticipanttest.EditAnswer(func(members map[string]any) {
		delete(members, "Id")
		members["AbsoluteTime"] = "garbage"
	}))
	if diff := cmp.Diff(object{"AbsoluteTime": "garbage"}, must(t, srv, op, token, hello).body); diff != "" {
		t.Errorf("EditAnswer (-want +got):\n%s", diff)
	}
}

func TestHang(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *connectparticipanttest.Server) {
		srv.Next("GetTranscript", connectparticipanttest.Hang())
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, "POST", srv.URL+"/participant/transcript", strings.NewReader("{}"))
		if _, err := srv.RoundTrip(req); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("err = %v", err)
		}
		synctest.Wait()
	})
}
