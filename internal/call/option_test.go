package call

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/option"
	"github.com/google/go-cmp/cmp"
)

func TestWithMeta(t *testing.T) {
	stale := docferry.Meta{RequestID: "old", StatusCode: 1, Attempts: 9, Header: http.Header{"X-Old": {"x"}},
		Unread: []string{"/Old"}}
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		want    docferry.Meta
	}{
		"success": {reply(200, `{"Name":"n"}`, "X-Request-Id", "r-1"),
			docferry.Meta{RequestID: "r-1", StatusCode: 200, Attempts: 1}},
		"refusal": {reply(503, `{"code":"X"}`, "X-Request-Id", "r-2"),
			docferry.Meta{RequestID: "r-2", StatusCode: 503, Attempts: 3}},
		"odd":  {reply(200, `{"Name":{}}`), docferry.Meta{StatusCode: 200, Attempts: 1, Unread: []string{"/Name"}}},
		"page": {reply(200, "<html>"), docferry.Meta{StatusCode: 200, Attempts: 1}},
		"lost": {hangUp, docferry.Meta{Attempts: 3}},
	} {
		address, _ := serve(t, tt.handler)
		meta := stale
		_, _ = do(t, client(t, address), Idempotent, docferry.WithMeta(&meta))
		if got := meta.Header.Get("X-Request-Id"); got != tt.want.RequestID || meta.Header.Get("X-Old") != "" {
			t.Errorf("%s: header %v", name, meta.Header)
		}
		meta.Header = nil
		if diff := cmp.Diff(tt.want, meta); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	meta := stale
	if _, err := Do[answer](t.Context(), client(t, "http://h.example"), NewOp("Get", "GET /items/{Id}", Safe), bare{},
		[]docferry.CallOption{docferry.WithMeta(&meta)}); err == nil {
		t.Fatal("a request without its required member was sent")
	}
	if diff := cmp.Diff(docferry.Meta{}, meta); diff != "" {
		t.Errorf("not sent at all: %s", diff)
	}
}

// What is told of odd members is safe to show, whatever the service calls them.
func TestUnreadIsSafe(t *testing.T) {
	type links struct {
		Links map[string]string `json:"Links,omitzero"`
	}
	address, _ := serve(t, reply(200, `{"Links":{"canary-value":[],"a\nb\u001b[2J":{"c":"canary"},"https://h/?Signature=canary":[]}}`))
	var meta docferry.Meta
	_, err := Do[links](t.Context(), client(t, address), NewOp("Get", "GET /items/{Id}", Safe), bare{ID: "x"},
		[]docferry.CallOption{docferry.WithMeta(&meta), docferry.WithHeader("X-Note", "canary-value")})
	if err != nil || len(meta.Unread) != 3 {
		t.Fatalf("%q, %v", meta.Unread, err)
	}
	for _, path := range meta.Unread {
		if strings.Contains(path, "canary") || strings.ContainsAny(path, "\n\x1b") || !strings.HasPrefix(path, "/Links/") {
			t.Errorf("%q", path)
		}
	}
}

// A strict call takes no answer of which anything is missing. The library hears of
// each answer, beside the caller.
func TestStrictAndReporting(t *testing.T) {
	address, _ := serve(t, reply(200, `{"Name":{"x":"canary"}}`))
	var meta docferry.Meta
	var told []string
	opts := Reporting([]docferry.CallOption{docferry.WithMeta(&meta)}, func(r option.Report) { told = r.Unread })
	out, err := do(t, client(t, address), Safe, opts...)
	if err != nil || !slices.Equal(told, []string{"/Name"}) || !slices.Equal(meta.Unread, told) {
		t.Errorf("%+v, %v; %q, %q", out, err, told, meta.Unread)
	}
	out, err = do(t, client(t, address), Safe, Strict(opts...)...)
	if !errors.Is(err, docferry.ErrProtocol) || out != nil || !strings.Contains(err.Error(), "at /Name") ||
		strings.Contains(err.Error(), "canary") {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestWithRetry(t *testing.T) {
	address, requests := serve(t, reply(503, ""))
	c := client(t, address)
	for _, tt := range []struct {
		opts []docferry.CallOption
		want int
	}{
		{nil, 3},
		{[]docferry.CallOption{docferry.WithRetry(docferry.Retry{Attempts: 1})}, 1},
		{[]docferry.CallOption{nil, docferry.WithRetry(docferry.Retry{Attempts: 5, MinWait: 1, MaxWait: 1}), nil}, 5},
	} {
		before := requests()
		_, err := do(t, c, Safe, tt.opts...)
		refused, ok := errors.AsType[*docferry.Error](err)
		if !ok || refused.Attempts != tt.want || requests()-before != tt.want {
			t.Errorf("%v after %d requests, want %d", err, requests()-before, tt.want)
		}
	}
}

func TestWithHeader(t *testing.T) {
	var got http.Header
	address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		reply(200, `{"Name":"n"}`)(w, r)
	})
	_, err := do(t, client(t, address), Safe, docferry.WithHeader("accept-language", "de"),
		docferry.WithHeader("X-Trace", "a\tb"),
		docferry.WithHeader("X-Trace", "c"))
	if err != nil || got.Get("Accept-Language") != "de" || len(got["X-Trace"]) != 1 || got.Get("X-Trace") != "c" {
		t.Errorf("%v, header %v", err, got)
	}
	if got.Get("Authorization") != "Bearer canary-credential" ||
		!strings.HasSuffix(got.Get("User-Agent"), "docferry/0.1.0") {
		t.Errorf("header %v", got)
	}
}

func TestWithHeaderRefuses(t *testing.T) {
	address, requests := serve(t, reply(200, `{"Name":"n"}`))
	for _, name := range []string{
		"Authorization", "authorization", "Authentication", "Cookie", "Cookie2", "Proxy-Authorization", "X-Amz-Bearer",
		"X-Amz-Security-Token", "x-amz-date",
		"accessToken", "refreshToken", "Host", "Content-Length", "content-type", "Content-MD5", "Transfer-Encoding", "TE",
		"Trailer", "Upgrade",
		"Connection", "Keep-Alive", "Expect", "Idempotency-Key", "X-Idempotency-Key", "User-Agent", "Accept-Encoding",
		"Range", "If-Range",
		"", " ", "A B", "A:", "A\r\nB", "Ä", "a/b", "(x)", "\x00", "X-\x7f",
	} {
		_, err := do(t, client(t, address), Safe, docferry.WithHeader(name, "canary-value"))
		bad, ok := errors.AsType[*docferry.InputError](err)
		if !ok || bad.Field != "WithHeader" || strings.Contains(err.Error(), "canary") ||
			strings.ContainsAny(err.Error(), "\r\n\x00") {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, value := range []string{"a\r\nX-Other: b", "a\nb", "a\x00", "a\x7f"} {
		if _, err := do(t, client(t, address), Safe, docferry.WithHeader("X-Trace", value)); err == nil ||
			!strings.Contains(err.Error(), "control character") {
			t.Errorf("%q: %v", value, err)
		}
	}
	if requests() != 0 {
		t.Errorf("%d requests were sent", requests())
	}
}

// A header of the operation's own cannot be replaced from outside.
func TestWithHeaderOfTheOperation(t *testing.T) {
	type ranged struct {
		ID   string `path:"Id"`
		Link string `header:"linkID"`
	}
	var got string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("linkID")
		reply(204, "")(w, r)
	}))
	defer srv.Close()
	op := NewOp("Get", "GET /items/{Id}", Safe)
	other := []docferry.CallOption{docferry.WithHeader("LINKid", "other")}
	if err := Exec(t.Context(), client(t, srv.URL), op, ranged{"x", "own"}, other); err == nil || got != "" {
		t.Errorf("%v, sent %q", err, got)
	}
	if err := Exec(t.Context(), client(t, srv.URL), op, ranged{"x", ""}, other); err != nil || got != "other" {
		t.Errorf("%v, sent %q", err, got)
	}
}

func TestUserAgent(t *testing.T) {
	for words, want := range map[string]string{"": "docferry/0.1.0", "tool/2 (x)": "tool/2 (x) docferry/0.1.0"} {
		var got string
		address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
			got = r.UserAgent()
			reply(200, `{"Name":"n"}`)(w, r)
		})
		if _, err := do(t, client(t, address, func(h *docferry.HTTP) { h.UserAgent = words }), Safe); err != nil ||
			got != want {
			t.Errorf("%v, %q, want %q", err, got, want)
		}
	}
}
