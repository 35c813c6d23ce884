package connectparticipanttest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

var routes = map[string]string{
	"CancelParticipantAuthentication": "POST /participant/cancel-authentication",
	"CompleteAttachmentUpload":        "POST /participant/complete-attachment-upload",
	"CreateParticipantConnection":     "POST /participant/connection",
	"DescribeView":                    "GET /participant/views/view",
	"DisconnectParticipant":           "POST /participant/disconnect",
	"GetAttachment":                   "POST /participant/attachment",
	"GetAuthenticationUrl":            "POST /participant/authentication-url",
	"GetTranscript":                   "POST /participant/transcript",
	"SendEvent":                       "POST /participant/event",
	"SendMessage":                     "POST /participant/message",
	"StartAttachmentUpload":           "POST /participant/start-attachment-upload",
}

// object is a JSON object.
type object = map[string]any

// reply is an answer of the service.
type reply struct {
	status int
	code   string
	header http.Header
	body   object
}

// at returns the member that the names lead to.
func (r reply) at(names ...string) any {
	var v any = r.body
	for _, name := range names {
		m, _ := v.(object)
		v = m[name]
	}
	return v
}

func (r reply) text(names ...string) string {
	s, _ := r.at(names...).(string)
	return s
}

// do sends a request; body may be nil, a string to send as it is, or an object.
func do(t *testing.T, srv *connectparticipanttest.Server, route, token string, body any) reply {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	var payload io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		payload = strings.NewReader(body)
	default:
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		payload = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, payload)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("X-Amz-Bearer", token)
	}
	if payload != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return send(t, srv, req)
}

func send(t *testing.T, srv *connectparticipanttest.Server, req *http.Request) reply {
	t.Helper()
	return sendWith(t, srv, req)
}

func sendWith(t *testing.T, transport http.RoundTripper, req *http.Request) reply {
	t.Helper()
	res, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := reply{status: res.StatusCode, code: res.Header.Get("X-Amzn-Errortype"), header: res.Header}
	if err := json.Unmarshal(text, &r.body); err != nil {
		t.Fatalf("status %d, body %q: %v", r.status, text, err)
	}
	return r
}

// must calls an operation and fails the test unless it succeeds.
func must(t *testing.T, srv *connectparticipanttest.Server, operation, token string, body any) reply {
	t.Helper()
	r := do(t, srv, routes[operation], token, body)
	if r.status != http.StatusOK {
		t.Fatalf("%s: %d %s %v", operation, r.status, r.code, r.body)
	}
	return r
}

// refused calls an operation and fails the test unless it is refused in this
// way. The message must have the given part.
func refused(t *testing.T, srv *connectparticipanttest.Server, operation, token string, body any, status int, code,
	part string) {
	t.Helper()
	r := do(t, srv, routes[operation], token, body)
	if r.status != status || r.code != code || !strings.Contains(r.text("Message"), part) {
		t.Errorf("%s: %d %s %v, want %d %s and %q", operation, r.status, r.code, r.body, status, code, part)
	}
	if r.header.Get("X-Amzn-Requestid") == "" {
		t.Errorf("%s: no request id", operation)
	}
}

// newServer returns a server in memory that ends with the test.
func newServer(t *testing.T) *connectparticipanttest.Server {
	srv := connectparticipanttest.New()
	t.Cleanup(srv.Close)
	return srv
}

// newTLS serves the server's handler over TLS.
func newTLS(t *testing.T, srv *connectparticipanttest.Server) *httptest.Server {
	tls := httptest.NewTLSServer(srv)
	t.Cleanup(tls.Close)
	return tls
}

// connect returns a connection token for a new participant of the chat.
func connect(
	t *testing.T, srv *connectparticipanttest.Server, chat *connectparticipanttest.Chat, role, name string,
) string {
	t.Helper()
	r := must(t, srv, "CreateParticipantConnection", chat.Join(role, name),
		object{"Type": []string{"CONNECTION_CREDENTIALS"}})
	return r.text("ConnectionCredentials", "ConnectionToken")
}

// with returns a copy of an object with other members; nil takes one away.
func with(o, changes object) object {
	o = maps.Clone(o)
	for name, value := range changes {
		o[name] = value
		if value == nil {
			delete(o, name)
		}
	}
	return o
}

// clock is a clock that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock(srv *connectparticipanttest.Server) *clock {
	c := &clock{now: time.Date(2026, 3, 4, 5, 6, 7, 89e6, time.UTC)}
	srv.SetClock(func() time.Time {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.now
	})
	return c
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
