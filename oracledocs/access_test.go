package oracledocs_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
)

func TestNewRefuses(t *testing.T) {
	for field, bad := range map[string][]oracledocs.Config{
		"Config.BaseURL": {{}, {BaseURL: "docs.example.com"}, {BaseURL: "ftp://docs.example.com"},
			{BaseURL: "https://user:secret@docs.example.com"},
			{BaseURL: "https://docs.example.com?x=secret"}, {BaseURL: "https://"}, {BaseURL: "https://docs.example.com/../x"}},
		"Config.APIVersion": {{BaseURL: "https://docs.example.com", APIVersion: "1.0"},
			{BaseURL: "https://docs.example.com", APIVersion: "v1.2"}},
	} {
		for _, cfg := range bad {
			c, err := oracledocs.New(cfg)
			refused, ok := errors.AsType[*docferry.InputError](err)
			if !ok || refused.Field != field || c != nil || strings.Contains(err.Error(), "secret") {
				t.Errorf("%+v: %v, want an InputError that names %s", cfg, err, field)
			}
		}
	}
}

// sending is a client whose requests are noted and answered with a folder.
func sending(t *testing.T, cfg oracledocs.Config) (c *oracledocs.Client, sent *[]*http.Request) {
	t.Helper()
	sent = new([]*http.Request)
	if cfg.BaseURL == "" {
		cfg.BaseURL = "https://docs.example.com"
	}
	cfg.HTTP = docferry.HTTP{Retry: docferry.Retry{Attempts: 3, MinWait: 1, MaxWait: 1},
		Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			*sent = append(*sent, r)
			status := http.StatusOK
			if len(*sent) == 1 {
				status = http.StatusServiceUnavailable
			}
			return &http.Response{StatusCode: status, Header: http.Header{},
				Body: io.NopCloser(strings.NewReader(`{"errorCode":"0","id":"F1"}`))}, nil
		})}
	c, err := oracledocs.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c, sent
}

// Credentials are asked for before each attempt. The address and the version
// are those of the configuration.
func TestAuth(t *testing.T) {
	tokens := []string{"second", "first"}
	for name, test := range map[string]struct {
		cfg  oracledocs.Config
		want []string // headers of the attempts
		path string
	}{
		"basic": {oracledocs.Config{Auth: oracledocs.BasicAuth("ada", "s:ecret")},
			[]string{"Basic YWRhOnM6ZWNyZXQ=", "Basic YWRhOnM6ZWNyZXQ="}, "/documents/api/1.2/folders/self"},
		"bearer": {oracledocs.Config{APIVersion: oracledocs.V1_1,
			Auth: oracledocs.BearerToken(func(context.Context) (string, error) {
				token := tokens[len(tokens)-1]
				tokens = tokens[:len(tokens)-1]
				return token, nil
			})}, []string{"Bearer first", "Bearer second"}, "/documents/api/1.1/folders/self"},
		"none": {oracledocs.Config{BaseURL: "https://docs.example.com/tenant/"}, []string{"", ""},
			"/tenant/documents/api/1.2/folders/self"},
	} {
		c, sent := sending(t, test.cfg)
		if _, err := c.GetFolder(t.Context(), oracledocs.GetFolderRequest{FolderID: oracledocs.Self}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var got []string
		for _, r := range *sent {
			got = append(got, r.Header.Get("Authorization"))
			if r.URL.Path != test.path || r.URL.Host != "docs.example.com" || r.URL.Scheme != "https" {
				t.Errorf("%s: sent to %s", name, r.URL)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: sent with %q, want %q", name, got, test.want)
		}
	}
}

func TestAuthRefuses(t *testing.T) {
	noToken := errors.New("the identity service is down")
	bearer := func(token string, err error) oracledocs.Auth {
		return oracledocs.BearerToken(func(context.Context) (string, error) { return token, err })
	}
	for name, test := range map[string]struct {
		auth  oracledocs.Auth
		field string // of the InputError; "" for another error
		is    error
		text  string // after the name of the operation
	}{
		"no user": {oracledocs.BasicAuth("", "canary-secret"), "BasicAuth", nil, "BasicAuth needs a user name"},
		"a user with a colon": {oracledocs.BasicAuth("a:b", "canary-secret"), "BasicAuth", nil,
			"BasicAuth cannot send a user name that has a colon"},
		"no function": {oracledocs.BearerToken(nil), "BearerToken", nil, "BearerToken needs a function; it got nil"},
		"a token of lines": {bearer("canary-secret\r\nX: y", nil), "BearerToken", nil,
			"BearerToken got a token with a control character, which a header cannot carry"},
		"an empty token": {bearer("", nil), "", nil,
			"not sent: the function given to BearerToken returned an empty token"},
		"a failure": {bearer("canary-secret", noToken), "", noToken,
			"not sent: the function given to BearerToken failed: the identity service is down"},
	} {
		c, sent := sending(t, oracledocs.Config{Auth: test.auth})
		_, err := c.GetFolder(t.Context(), oracledocs.GetFolderRequest{FolderID: oracledocs.Self})
		bad, isInput := errors.AsType[*docferry.InputError](err)
		lost, isLost := errors.AsType[*docferry.TransportError](err)
		switch {
		case test.field != "" && (!isInput || bad.Field != test.field),
			test.field == "" && (!isLost || lost.Sent || test.is != nil && !errors.Is(err, test.is)):
			t.Errorf("%s: %v (%T)", name, err, err)
		}
		if want := "oracledocs GetFolder: " + test.text; err.Error() != want {
			t.Errorf("%s: got %q, want %q", name, err, want)
		}
		if len(*sent) > 0 || strings.Contains(err.Error(), "canary") || docferry.OutcomeUnknown(err) {
			t.Errorf("%s: sent %d times, error %v", name, len(*sent), err)
		}
	}
}

// signedIn is a transport with a session of its own.

type signedIn struct {
	next    http.RoundTripper
	session string // valid cookie
}

func (s *signedIn) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Header.Get("Authorization") != "" {
		return nil, errors.New("credentials beside the session")
	}
	req = req.Clone(req.Context())
	req.AddCookie(&http.Cookie{Name: "JSESSIONID", Value: s.session})
	return s.next.RoundTrip(req)
}

// gateway lets requests with a valid cookie through, as a user of the server.
func gateway(srv *oracledocstest.Server, valid string) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		if cookie, err := req.Cookie("JSESSIONID"); err != nil || cookie.Value != valid {
			return &http.Response{StatusCode: http.StatusFound, Body: http.NoBody, //nolint:nilerr // the answer says it
				Header: http.Header{"Location": {"https://login.example.com/?state=canary-secret"}}}, nil
		}
		req = req.Clone(req.Context())
		req.SetBasicAuth(oracledocstest.User, oracledocstest.Password)
		return srv.RoundTrip(req)
	})
}

// A session is the business of the caller's own transport. That it has ended
// is an error of a known kind.
func TestSession(t *testing.T) {
	srv := newServer(t)
	file := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("one"))
	for session, want := range map[string]error{"valid": nil, "expired": docferry.ErrUnauthenticated} {
		rt := &signedIn{next: gateway(srv, "valid"), session: session}
		c, err := oracledocs.New(oracledocs.Config{BaseURL: srv.URL, HTTP: docferry.HTTP{Transport: rt}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.GetFile(t.Context(), oracledocs.GetFileRequest{FileID: file})
		if !errors.Is(err, want) || err != nil && (strings.Contains(err.Error(), "canary") ||
			!strings.Contains(err.Error(), "session")) {
			t.Errorf("%s session: %v, want %v", session, err, want)
		}
		_, err = c.Uploader(oracledocs.UploadTo{FolderID: oracledocs.Self}).Upload(t.Context(), text)
		if !errors.Is(err, want) {
			t.Errorf("%s session, uploading: %v, want %v", session, err, want)
		}
	}
}
