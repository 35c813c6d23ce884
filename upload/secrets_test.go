package upload_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/upload"
)

// TestSecrets is F111 for what sets out to tell secrets; all other tests of
// faults run with the same canary.
func TestSecrets(t *testing.T) {
	t.Run("a storage that repeats the request", func(t *testing.T) {
		inBubble(t, func(s *service, desk *emulate.Desk) {
			desk.Next("PutObject", echo)
			s.ends(background, file, at(upload.StageSend, rolledBack, docferry.ErrForbidden, callBegin, callPut, callAbort))
		})
	})
	t.Run("a storage that redirects to the same URL", func(t *testing.T) {
		inBubble(t, func(s *service, desk *emulate.Desk) {
			desk.Next("PutObject", func(http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					http.Redirect(w, r, "https://elsewhere.test/?"+r.URL.RawQuery, http.StatusTemporaryRedirect)
				})
			})
			s.ends(background, file, at(upload.StageSend, rolledBack, docferry.ErrProtocol, callBegin, callPut, callAbort))
		})
	})
	for name, fail := range map[string]func(address string) error{
		"value": func(address string) error { return leaky{address} },
		"url":   func(address string) error { return &url.Error{Op: "Put", URL: address, Err: errUntyped} },
		"wrapped": func(address string) error {
			return fmt.Errorf("while sending: %w", &url.Error{Op: "Put", URL: address, Err: leaky{address}})
		},
		"joined":  func(address string) error { return errors.Join(errUntyped, leaky{address}) },
		"context": func(address string) error { return fmt.Errorf("%s: %w", address, context.DeadlineExceeded) },
		"quoted":  func(address string) error { return fmt.Errorf("%q", address) },
		"escaped": func(address string) error { return errors.New(url.QueryEscape(address)) },
	} {
		t.Run("a transport that tells the URL: "+name, func(t *testing.T) {
			s := newService(t, docferry.HTTP{Retry: soon})
			s.HTTP.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
				_ = r.Body.Close()
				return nil, fail(r.URL.String())
			})
			s.place = func(string, upload.Source) (string, map[string]string) {
				return "https://bucket.example/key?X-Amz-Signature=canary0123456789abcdef&X-Amz-Security-Token=canary0123456789ghijkl", nil
			}
			s.ends(background, file, at(upload.StageSend, rolledBack, nil, callBegin, callAbort))
		})
	}
	t.Run("nobody to connect to", func(t *testing.T) {
		gone := httptest.NewServer(http.NotFoundHandler())
		gone.Close()
		s := newPeered(t, gone.URL, docferry.HTTP{Retry: soon})
		_, ended := s.ends(background, file, at(upload.StageSend, rolledBack, nil, callBegin, callAbort))
		if unsent, ok := errors.AsType[*docferry.TransportError](ended); !ok || unsent.Sent || unsent.Attempts != 4 {
			t.Error(ended)
		}
	})
}

// The canary sings when there is something to sing about.
func TestCanary(t *testing.T) {
	const secret = "canary0123456789"
	for _, err := range []error{
		errors.New(secret), fmt.Errorf("a: %w", errors.New(secret)), errors.Join(errUntyped, leaky{secret}),
		&upload.Error{Err: errUntyped, Cleanup: errors.New(secret)},
		&docferry.TransportError{Err: &url.Error{URL: secret, Err: errUntyped}},
	} {
		found := false
		for _, e := range reachable(err) {
			found = found || strings.Contains(fmt.Sprintf("%v %+v %#v", e, e, e), secret)
		}
		if !found {
			t.Errorf("%v: not found", err)
		}
	}
}
