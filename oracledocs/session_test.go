package oracledocs_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
)

// session is a client of a test server, and what it has sent.
type session struct {
	*oracledocs.Client
	sent []sentRequest
	next http.RoundTripper
}

// sentRequest is a request as it went out.
type sentRequest struct {
	method, path, query, body string
	header                    http.Header
}

// RoundTrip notes a request and passes it on.
func (s *session) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.sent = append(s.sent, sentRequest{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), r.Header.Clone()})
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	return s.next.RoundTrip(r)
}

// last is the request that was sent last.
func (s *session) last(t *testing.T) sentRequest {
	t.Helper()
	if len(s.sent) == 0 {
		t.Fatal("nothing was sent")
	}
	return s.sent[len(s.sent)-1]
}

// logIn makes a session of an account.
func logIn(t *testing.T, srv *oracledocstest.Server, login, password string, version oracledocs.Version) *session {
	t.Helper()
	s := &session{next: srv}
	c, err := oracledocs.New(oracledocs.Config{
		BaseURL: srv.URL, APIVersion: version,
		Auth: oracledocs.BasicAuth(login, docferry.Secret(password)),
		HTTP: docferry.HTTP{Transport: s, Retry: docferry.Retry{MinWait: time.Millisecond, MaxWait: time.Millisecond}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Client = c
	return s
}

// both makes a server, and a session of its administrator in each version.
func both(t *testing.T) (srv *oracledocstest.Server, v11, v12 *session) {
	t.Helper()
	srv = oracledocstest.NewServer(t)
	return srv, logIn(t, srv, oracledocstest.User, oracledocstest.Password, oracledocs.V1_1),
		logIn(t, srv, oracledocstest.User, oracledocstest.Password, oracledocs.V1_2)
}

// wantInputError fails the test unless err names the field of a request, and
// nothing was sent since.
func (s *session) wantInputError(t *testing.T, field string, call func() error) {
	t.Helper()
	before := len(s.sent)
	err := call()
	bad, ok := errors.AsType[*docferry.InputError](err)
	if !ok || bad.Field != field {
		t.Errorf("got %v, want an InputError about %s", err, field)
	}
	if len(s.sent) != before {
		t.Errorf("a request with a bad %s was sent", field)
	}
}
