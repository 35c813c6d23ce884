package connectparticipant_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/upload"
)

// world is a chat on a server in memory, and a customer in it. When the test ends,
// it checks that no secret was logged.
type world struct {
	*connectparticipant.Client
	t     *testing.T
	srv   *connectparticipanttest.Server
	chat  *connectparticipanttest.Chat
	token docferry.Secret // the customer's connection token
	wire  *wiretap
	log   lockedBuffer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, srv: connectparticipanttest.New()}
	w.wire = &wiretap{next: w.srv}
	w.Client = w.client(docferry.Retry{})
	t.Cleanup(func() {
		w.safe(w.log.String())
		w.srv.Close()
	})
	w.chat = w.srv.NewChat()
	w.token = w.join("CUSTOMER", "Ana")
	w.wire.forget()
	return w
}

// client returns a client of the world's server.
func (w *world) client(retry docferry.Retry) *connectparticipant.Client {
	w.t.Helper()
	logger := slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	client, err := connectparticipant.New(connectparticipant.Config{Endpoint: w.srv.URL,
		HTTP: docferry.HTTP{Transport: w.wire, Retry: retry, Observer: docferry.LogTo(logger)}})
	if err != nil {
		w.t.Fatal(err)
	}
	return client
}

// join returns the connection token of a new participant.
func (w *world) join(role, name string) docferry.Secret {
	w.t.Helper()
	resp, err := w.CreateParticipantConnection(w.t.Context(), connectparticipant.CreateParticipantConnectionRequest{
		Type:             []connectparticipant.ConnectionType{connectparticipant.ConnectionTypeConnectionCredentials},
		ParticipantToken: docferry.Secret(w.chat.Join(role, name)),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.ConnectionCredentials.ConnectionToken
}

// attachments returns those that the chat shows.
func (w *world) attachments() []connectparticipanttest.AttachmentItem {
	var all []connectparticipanttest.AttachmentItem
	for _, item := range w.chat.Transcript() {
		all = append(all, item.Attachments...)
	}
	return all
}

// count returns how often an operation has arrived at the server.
func (w *world) count(operation string) int {
	n := 0
	for _, name := range w.srv.Calls() {
		if name == operation {
			n++
		}
	}
	return n
}

// next queues the same fault n times.
func (w *world) next(n int, operation string, fault connectparticipanttest.Fault) {
	for range n {
		w.srv.Next(operation, fault)
	}
}

// failed wants err to be the end of an upload with the given stage, state and
// number of things left, and to hold no secret.
func (w *world) failed(err error, stage upload.Stage, state upload.State, left int) *upload.Error {
	w.t.Helper()
	ended, ok := errors.AsType[*upload.Error](err)
	if !ok {
		w.t.Fatalf("error %v, want an *upload.Error", err)
	}
	w.safeError(err)
	if ended.Stage != stage || ended.State != state || len(ended.Left) != left {
		w.t.Errorf("%v\nis %s, %s, %d left; want %s, %s, %d left",
			err, ended.Stage, ended.State, len(ended.Left), stage, state, left)
	}
	if unknown := errors.Is(err, upload.ErrOutcomeUnknown); unknown != (state == upload.StateUnknown) {
		w.t.Errorf("%v: errors.Is(ErrOutcomeUnknown) is %v", err, unknown)
	}
	return ended
}

// safeError wants no secret in the text of an error, however it is printed,
// nor in any of its causes.
func (w *world) safeError(err error) {
	w.t.Helper()
	w.safe(fmt.Sprintf("%v %+v %#v %q", err, err, err, err))
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if cause := e.Unwrap(); cause != nil {
			w.safeError(cause)
		}
	case interface{ Unwrap() []error }:
		for _, cause := range e.Unwrap() {
			w.safeError(cause)
		}
	}
}

// safe wants no secret in a text: no token and no query of a URL.
func (w *world) safe(text string) {
	w.t.Helper()
	secrets := []string{string(w.token), "X-Amz-Signature", "X-Amz-Credential"}
	for _, sent := range w.wire.all() {
		secrets = append(secrets, sent.header.Get("X-Amz-Bearer"), sent.query)
	}
	for _, secret := range secrets {
		if secret != "" && strings.Contains(text, secret) {
			w.t.Errorf("a secret leaks: %s", text)
		}
	}
}

// wiretap records requests on their way to the server.
type wiretap struct {
	next http.RoundTripper

	mu   sync.Mutex
	sent []sent
}

type sent struct {
	method, scheme, host, path, query string
	header                            http.Header
	body                              []byte
}

func (s *wiretap) RoundTrip(r *http.Request) (*http.Response, error) {
	record := sent{method: r.Method, scheme: r.URL.Scheme, host: r.URL.Host, path: r.URL.Path, query: r.URL.RawQuery,
		header: r.Header.Clone()}
	if r.Method == http.MethodPost && r.Body != nil {
		record.body, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(record.body))
	}
	s.mu.Lock()
	s.sent = append(s.sent, record)
	s.mu.Unlock()
	return s.next.RoundTrip(r)
}

func (s *wiretap) all() []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]sent(nil), s.sent...)
}

func (s *wiretap) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = nil
}

// to returns the requests to a path, or to the storage if the path is "PUT" or
// "GET".
func (s *wiretap) to(path string) []sent {
	var found []sent
	for _, sent := range s.all() {
		if sent.path == path || sent.method == path {
			found = append(found, sent)
		}
	}
	return found
}

// member returns a member of each request's body.
func member(requests []sent, name string) []any {
	var values []any
	for _, request := range requests {
		var body map[string]any
		_ = json.Unmarshal(request.body, &body) // no body, no member
		values = append(values, body[name])
	}
	return values
}

// same reports whether all values are equal and none is empty.
func same(values []any) bool {
	for _, v := range values {
		if v != values[0] || v == nil || v == "" {
			return false
		}
	}
	return true
}

type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
