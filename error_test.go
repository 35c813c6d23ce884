package docferry_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/google/go-cmp/cmp"
)

func TestErrorText(t *testing.T) {
	base := docferry.Error{Service: "workdocs", Operation: "CreateFolder", StatusCode: 409}
	with := func(change func(e *docferry.Error)) *docferry.Error {
		e := base
		change(&e)
		return &e
	}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&base, "workdocs CreateFolder: refused (status 409)"},
		{with(func(e *docferry.Error) { e.Kind = docferry.ErrConflict }), "workdocs CreateFolder: conflict (status 409)"},
		{with(func(e *docferry.Error) { e.Code = "EntityAlreadyExistsException" }),
			"workdocs CreateFolder: EntityAlreadyExistsException (status 409)"},
		{with(func(e *docferry.Error) { e.Message, e.Kind = "taken", docferry.ErrConflict }),
			"workdocs CreateFolder: taken (status 409)"},
		{
			with(func(e *docferry.Error) { e.Code, e.Message, e.Detail = "-16", "no such file", "detail" }),
			"workdocs CreateFolder: -16: no such file (status 409)",
		},
		{with(func(e *docferry.Error) { e.Attempts = 1 }), "workdocs CreateFolder: refused (status 409)"},
		{
			with(func(e *docferry.Error) { e.RequestID, e.Attempts, e.RetryAfter = "r-1", 4, 90*time.Second }),
			"workdocs CreateFolder: refused (status 409, request r-1, 4 attempts, retry after 1m30s)",
		},
		{&docferry.InputError{Service: "oracledocs", Operation: "CreateFile", Field: "Name", Reason: "is required"},
			"oracledocs CreateFile: Name is required"},
		{&docferry.InputError{Service: "oracledocs", Operation: "CreateFile", Reason: "the request is too long"},
			"oracledocs CreateFile: the request is too long"},
		{&docferry.InputError{Operation: "File", Field: "path", Reason: "cannot be opened", Err: fs.ErrNotExist},
			"File: path cannot be opened: file does not exist"},
		{&docferry.InputError{Field: "size", Reason: "is negative"}, "size is negative"},
		{&docferry.InputError{Operation: "CheckNames", Field: "Name", Reason: "is taken", Err: docferry.ErrConflict},
			"CheckNames: Name is taken"},
		{
			&docferry.TransportError{Service: "workdocs", Operation: "GetFolder", Attempts: 1,
				Err: errors.New("connection refused")},
			"workdocs GetFolder: not sent: connection refused",
		},
		{
			&docferry.TransportError{Service: "workdocs", Operation: "GetFolder", Attempts: 4, Sent: true,
				Err: errors.New("EOF")},
			"workdocs GetFolder: no complete answer, and the request may have been carried out (4 attempts): EOF",
		},
	} {
		if got := tt.err.Error(); got != tt.want || strings.ContainsAny(got, "\r\n") {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestErrorsUnwrap(t *testing.T) {
	for _, tt := range []struct{ err, target error }{
		{&docferry.Error{Kind: docferry.ErrQuota}, docferry.ErrQuota},
		{&docferry.InputError{Err: fs.ErrPermission}, fs.ErrPermission},
		{&docferry.TransportError{Err: fmt.Errorf("x: %w", context.Canceled)}, context.Canceled},
	} {
		if !errors.Is(tt.err, tt.target) || !errors.Is(fmt.Errorf("outer: %w", tt.err), tt.target) {
			t.Errorf("%T does not match %v", tt.err, tt.target)
		}
		if errors.Is(tt.err, docferry.ErrProtocol) {
			t.Errorf("%T matches what it is not", tt.err)
		}
	}
	for _, err := range []error{&docferry.Error{}, &docferry.InputError{}, &docferry.TransportError{}} {
		if errors.Unwrap(err) != nil {
			t.Errorf("an empty %T wraps something", err)
		}
	}
}

func TestSentinelsDiffer(t *testing.T) {
	all := []error{docferry.ErrInvalid, docferry.ErrUnauthenticated, docferry.ErrForbidden, docferry.ErrNotFound,
		docferry.ErrConflict,
		docferry.ErrQuota, docferry.ErrThrottled, docferry.ErrUnavailable, docferry.ErrProtocol}
	texts := map[string]bool{}
	for _, err := range all {
		if !strings.HasPrefix(err.Error(), "docferry: ") {
			t.Errorf("%q does not say where it is from", err)
		}
		texts[err.Error()] = true
	}
	if diff := cmp.Diff(len(all), len(texts)); diff != "" {
		t.Error(diff)
	}
}

func TestOutcomeUnknown(t *testing.T) {
	refused := func(status int, code string, kind error) error {
		return &docferry.Error{StatusCode: status, Code: code, Kind: kind}
	}
	for _, tt := range []struct {
		name string
		err  error
		want bool
	}{
		{"nil", nil, false},
		{"not ours", errors.New("x"), false},
		{"context", context.Canceled, false},
		{"input", &docferry.InputError{}, false},
		{"not sent", &docferry.TransportError{}, false},
		{"answer lost", &docferry.TransportError{Sent: true}, true},
		{"answer lost, wrapped", fmt.Errorf("x: %w", &docferry.TransportError{Sent: true}), true},
		{"stopped after a refusal", &docferry.TransportError{Err: refused(500, "", docferry.ErrUnavailable)}, false},
		{"400", refused(400, "", docferry.ErrInvalid), false},
		{"404", refused(404, "", docferry.ErrNotFound), false},
		{"409", refused(409, "", docferry.ErrConflict), false},
		{"429", refused(429, "", docferry.ErrThrottled), false},
		{"500", refused(500, "", docferry.ErrUnavailable), true},
		{"500 with a code", refused(500, "InternalServerException", nil), true},
		{"500 that is a throttle", refused(500, "Throttling", docferry.ErrThrottled), false},
		{"500 that is a quota", refused(500, "Full", docferry.ErrQuota), false},
		{"501", refused(501, "", nil), true},
		{"502", refused(502, "", docferry.ErrUnavailable), true},
		{"503 of a proxy", refused(503, "", docferry.ErrUnavailable), true},
		{"503 of the service", refused(503, "ServiceUnavailableException", docferry.ErrUnavailable), false},
		{"504 with a code", refused(504, "Timeout", docferry.ErrUnavailable), true},
		{"unreadable success", refused(200, "", docferry.ErrProtocol), true},
		{"redirect", refused(302, "", docferry.ErrProtocol), false},
		{"joined", errors.Join(errors.New("x"), refused(500, "", nil)), true},
	} {
		if got := docferry.OutcomeUnknown(tt.err); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Whatever a caller or a service has named, an error is one line of bounded length.
func TestErrorsAreOneLine(t *testing.T) {
	for _, name := range []string{"a\nb", "a\r\nb", "a\x1b[2Jb", strings.Repeat("x", 1<<20), "\u202eb"} {
		for _, err := range []error{
			&docferry.Error{Service: "workdocs", Operation: "GetFolder", Code: name, Message: name, RequestID: name},
			&docferry.Error{Service: "workdocs", Operation: name, Earlier: errors.New(name)},
			&docferry.InputError{Service: "workdocs", Operation: "GetFolder", Field: name, Reason: "is " + name,
				Err: errors.New(name)},
			&docferry.TransportError{Service: "workdocs", Operation: "GetFolder", Err: errors.New(name)},
		} {
			text := err.Error()
			if strings.ContainsAny(text, "\r\n\x1b\u202e") || len(text) > 5000 {
				t.Errorf("%T with %.20q: %.200q of %d bytes", err, name, text, len(text))
			}
		}
	}
}

// A refusal after an attempt that may have been carried out proves nothing.
func TestEarlierAttempt(t *testing.T) {
	cause := errors.New("connection reset")
	err := &docferry.Error{Service: "workdocs", Operation: "DeleteFolder", StatusCode: 404, Kind: docferry.ErrNotFound,
		Attempts: 2, Earlier: cause}
	if !docferry.OutcomeUnknown(err) || !errors.Is(err, docferry.ErrNotFound) || !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
	if want := "workdocs DeleteFolder: an earlier attempt may have been carried out (connection reset); then not found (status 404, 2 attempts)"; err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	err.Earlier = nil
	if docferry.OutcomeUnknown(err) || docferry.OutcomeUnknown(nil) {
		t.Error("a plain refusal is in doubt")
	}
	for name, wrapped := range map[string]error{
		"joined":  errors.Join(errors.New("x"), &docferry.TransportError{Sent: true, Err: cause}),
		"wrapped": fmt.Errorf("x: %w", &docferry.TransportError{Sent: true, Err: cause}),
	} {
		if !docferry.OutcomeUnknown(wrapped) {
			t.Errorf("%s: not in doubt", name)
		}
	}
	// What a transport error wraps is explained by it.
	if docferry.OutcomeUnknown(&docferry.TransportError{Sent: false, Err: &docferry.Error{StatusCode: 500}}) {
		t.Error("an inner error decides")
	}
}

// A Meta can be logged: it shows no cookie.
func TestMetaIsSafeToLog(t *testing.T) {
	m := docferry.Meta{RequestID: "r-1", StatusCode: 200, Attempts: 1,
		Header: http.Header{"Set-Cookie": {"canary=1"}, "Date": {"today"}}, Unread: []string{"/Users/3"}}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("done", "meta", m, "pointer", &m)
	for _, text := range []string{fmt.Sprint(m), fmt.Sprintf("%v %+v %#v %s %q", m, m, m, m, &m),
		fmt.Sprintf("%+v", struct{ Meta docferry.Meta }{m}), log.String()} {
		if strings.Contains(text, "canary") || !strings.Contains(text, "r-1") || !strings.Contains(text, "Set-Cookie") ||
			!strings.Contains(text, "/Users/3") {
			t.Error(text)
		}
	}
}
