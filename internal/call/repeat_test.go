package call

import (
	"errors"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
)

// What may be repeated after which failure. The server counts, so that a
// request which something below the client repeats on its own is seen too.
func TestRepetition(t *testing.T) {
	all, repeatable, once := []int{3, 3, 3}, []int{1, 3, 3}, []int{1, 1, 1}
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		want    []int // requests of an Unsafe, an Idempotent and a Safe operation
		kind    error
		unknown bool // the outcome
	}{
		"lost answer":        {hangUp, repeatable, nil, true},
		"cut answer":         {cut(200), repeatable, nil, true},
		"cut refusal":        {cut(404), once, docferry.ErrNotFound, false},
		"429":                {reply(429, ""), all, docferry.ErrThrottled, false},
		"429 with a code":    {reply(429, `{"code":"X"}`), all, docferry.ErrThrottled, false},
		"throttle as 400":    {reply(400, `{"code":"Throttled"}`), all, docferry.ErrThrottled, false},
		"quota as 429":       {reply(429, `{"code":"Quota"}`), once, docferry.ErrQuota, false},
		"quota as 500":       {reply(500, `{"code":"Quota"}`), once, docferry.ErrQuota, false},
		"busy as 409":        {reply(409, `{"code":"Busy"}`), all, docferry.ErrConflict, false},
		"503 of the service": {reply(503, `{"code":"X"}`), all, docferry.ErrUnavailable, false},
		"503 of a proxy":     {reply(503, "<html>"), repeatable, docferry.ErrUnavailable, true},
		"500":                {reply(500, `{"code":"X"}`), repeatable, docferry.ErrUnavailable, true},
		"500 empty":          {reply(500, ""), repeatable, docferry.ErrUnavailable, true},
		"501":                {reply(501, ""), once, nil, true},
		"502":                {reply(502, "<html>"), repeatable, docferry.ErrUnavailable, true},
		"504":                {reply(504, "<html>"), repeatable, docferry.ErrUnavailable, true},
		"999":                {reply(999, ""), repeatable, nil, true},
		"400":                {reply(400, ""), once, docferry.ErrInvalid, false},
		"401":                {reply(401, ""), once, docferry.ErrUnauthenticated, false},
		"403":                {reply(403, ""), once, docferry.ErrForbidden, false},
		"404":                {reply(404, ""), once, docferry.ErrNotFound, false},
		"408":                {reply(408, ""), repeatable, docferry.ErrUnavailable, true},
		"425":                {reply(425, ""), all, docferry.ErrUnavailable, false},
		"409":                {reply(409, ""), once, docferry.ErrConflict, false},
		"418":                {reply(418, ""), once, nil, false},
		"304":                {reply(304, ""), once, docferry.ErrProtocol, false},
		"unreadable success": {reply(200, "<html>"), once, docferry.ErrProtocol, true},
	} {
		for repeat, want := range tt.want {
			address, requests := serve(t, tt.handler)
			out, err := do(t, client(t, address), exchange.Repeat(repeat))
			if out != nil || err == nil || requests() != want {
				t.Errorf("%s, class %d: %d requests, want %d; %v", name, repeat, requests(), want, err)
			}
			if tt.kind != nil && !errors.Is(err, tt.kind) || docferry.OutcomeUnknown(err) != tt.unknown {
				t.Errorf("%s, class %d: %v, outcome unknown %v", name, repeat, err, docferry.OutcomeUnknown(err))
			}
			if refused, ok := errors.AsType[*docferry.Error](err); ok && refused.Attempts != want {
				t.Errorf("%s, class %d: the error says %d attempts", name, repeat, refused.Attempts)
			}
		}
	}
}

func TestRepetitionOfWhatWasNotSent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	for repeat := range 3 {
		_, err := do(t, client(t, "http://"+l.Addr().String()), exchange.Repeat(repeat))
		lost, ok := errors.AsType[*docferry.TransportError](err)
		if !ok || lost.Sent || lost.Attempts != 3 || docferry.OutcomeUnknown(err) || lost.Service != "test" ||
			lost.Operation != "MakeItem" {
			t.Errorf("class %d: %+v", repeat, err)
		}
		if _, ok := errors.AsType[*net.OpError](err); !ok {
			t.Errorf("class %d: the cause is lost: %v", repeat, err)
		}
	}
}

// An attempt after one that had no effect may fail for good in another way;
// only the attempts that may have had an effect count for the outcome.
func TestOutcomeOfSeveralAttempts(t *testing.T) {
	for name, tt := range map[string]struct {
		first   http.HandlerFunc
		unknown bool
	}{
		"refused for now": {reply(429, "", "Connection", "close"), false},
		"server fault":    {reply(500, "", "Connection", "close"), true},
		"answer lost":     {hangUp, true},
	} {
		n := 0
		address, _ := serve(t, tt.first)
		c := client(t, address, func(h *docferry.HTTP) {
			h.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
				if n++; n > 1 {
					r.URL.Host = "127.0.0.1:1" // where nobody listens
				}
				return http.DefaultTransport.RoundTrip(r)
			})
		})
		_, err := do(t, c, Idempotent)
		lost, ok := errors.AsType[*docferry.TransportError](err)
		if !ok || lost.Sent != tt.unknown || lost.Attempts != 3 {
			t.Errorf("%s: %+v", name, err)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestSuccessAfterFailures(t *testing.T) {
	n := 0
	address, requests := serve(t, func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		if string(text) != `{"Text":"canary-text"}` || r.ContentLength != int64(len(text)) ||
			r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("attempt %d: body %q, length %d", n+1, text, r.ContentLength)
		}
		if n++; n < 3 {
			reply(503, `{"code":"X"}`)(w, r)
			return
		}
		reply(201, `{"Name":"n"}`, "Location", "/items/1")(w, r)
	})
	out, err := do(t, client(t, address), Unsafe)
	if err != nil || *out != (answer{"n", "/items/1"}) || requests() != 3 {
		t.Errorf("%+v, %v after %d requests", out, err, requests())
	}
}

func TestCallsOfAllForms(t *testing.T) {
	address, _ := serve(t, reply(200, `{"Name":"n"}`))
	c := client(t, address)
	if err := Exec(t.Context(), c, NewOp("Drop", "DELETE /items/{Id}", Idempotent), bare{ID: "x"}, nil); err != nil {
		t.Errorf("Exec: %v", err)
	}
	resp, err := Open(t.Context(), c, NewOp("Get", "GET /items/{Id}", Safe), bare{ID: "x"}, Content{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(resp.Body); err != nil || string(text) != `{"Name":"n"}` {
		t.Errorf("Open: %q, %v", text, err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	if err := Exec(t.Context(), c, NewOp("Drop", "DELETE /items/{Id}", Idempotent), bare{}, nil); err == nil ||
		err.Error() != "test Drop: ID is required" {
		t.Errorf("Exec without a required member: %v", err)
	}
	if _, err := Open(t.Context(), c, NewOp("Get", "GET /items/{Id}", Safe), bare{ID: ".."}, Content{}, nil); err == nil {
		t.Error("Open with a path that goes up")
	}
}
