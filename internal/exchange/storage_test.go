package exchange

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/retry"
)

// fast retries at once.
var fast = docferry.Retry{Attempts: 3, MinWait: 1, MaxWait: 1}

// put is the task of one PUT to a storage.
type put struct {
	peer    *Peer
	address *url.URL
	fails   error // of Build
}

func (p *put) Build(ctx context.Context) (*Request, error) {
	if p.fails != nil {
		return nil, p.fails
	}
	return p.peer.NewRequest(ctx, http.MethodPut, p.address, nil), nil
}

func (p *put) Judge(answer *Answer) retry.Result {
	if result, ok := answer.Read(MaxSuccess); !ok || answer.Status == 200 {
		return result
	}
	return answer.RefuseStorage()
}

// exchange returns a PUT to an address, and its task.
func exchange(t *testing.T, address string, repeat Repeat) (Exchange, *put) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	peer := must(NewStorage("upload", docferry.HTTP{Retry: fast, AllowPrivate: true}))
	t.Cleanup(peer.CloseIdleConnections)
	return Exchange{Peer: peer, Operation: "PutObject", Method: http.MethodPut, Route: "/{key}", Repeat: repeat,
		Secrets: []string{"canary-token"}}, &put{peer: peer, address: u}
}

// serve counts the requests that reach a handler on loopback.
func serve(t *testing.T, h http.HandlerFunc) (address string, requests func() int) {
	t.Helper()
	var count atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count.Add(1)
		h(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, func() int { return int(count.Load()) }
}

// reply answers with a status, a body, and headers in pairs.
func reply(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestStorageRefusal(t *testing.T) {
	const declaration = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	body := func(code string) string {
		return declaration + "<Error><Code>" + code + "</Code><Message>no\ncanary-token</Message><RequestId>r-1</RequestId><Resource>/k</Resource></Error>"
	}
	for name, tt := range map[string]struct {
		handler       http.HandlerFunc
		code          string
		kind          error
		once, several int // attempts of what is not repeatable, and of what is
	}{
		"slow down":       {reply(503, body("SlowDown")), "SlowDown", docferry.ErrThrottled, 3, 3},
		"slow down, 400":  {reply(400, body("SlowDown")), "SlowDown", docferry.ErrThrottled, 3, 3},
		"429":             {reply(429, ""), "", docferry.ErrThrottled, 3, 3},
		"503":             {reply(503, body("ServiceUnavailable")), "ServiceUnavailable", docferry.ErrUnavailable, 3, 3},
		"503 of a proxy":  {reply(503, "<html><p>no"), "", docferry.ErrUnavailable, 1, 3},
		"500":             {reply(500, body("InternalError")), "InternalError", docferry.ErrUnavailable, 1, 3},
		"501":             {reply(501, body("NotImplemented")), "NotImplemented", nil, 1, 1},
		"403":             {reply(403, body("AccessDenied")), "AccessDenied", docferry.ErrForbidden, 1, 1},
		"404":             {reply(404, body("NoSuchKey")), "NoSuchKey", docferry.ErrNotFound, 1, 1},
		"412":             {reply(412, body("PreconditionFailed")), "PreconditionFailed", docferry.ErrConflict, 1, 1},
		"empty":           {reply(400, ""), "", docferry.ErrInvalid, 1, 1},
		"other XML":       {reply(400, "<a><b/></a>"), "", docferry.ErrInvalid, 1, 1},
		"bad XML":         {reply(400, "<Error><Code>X</Code><Message>"), "X", docferry.ErrInvalid, 1, 1},
		"JSON":            {reply(400, `{"Code":"X"}`), "X", docferry.ErrInvalid, 1, 1},
		"binary":          {reply(400, "\x00\xff\xfe<Error>"), "", docferry.ErrInvalid, 1, 1},
		"external entity": {reply(400, `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Error><Code>&e;</Code></Error>`), "", docferry.ErrInvalid, 1, 1},
		"very long":       {reply(403, "<Error><Message>"+strings.Repeat("x", 1<<20)), "", docferry.ErrForbidden, 1, 1},
	} {
		for repeat, want := range map[Repeat]int{Unsafe: tt.once, Idempotent: tt.several} {
			address, requests := serve(t, tt.handler)
			x, task := exchange(t, address, repeat)
			report, err := x.Run(t.Context(), task)
			refused, ok := errors.AsType[*docferry.Error](err)
			if !ok || refused.Code != tt.code || refused.Kind != tt.kind || refused.Service != "upload" ||
				refused.Operation != "PutObject" {
				t.Errorf("%s: %#v", name, err)
				continue
			}
			if requests() != want || report.Attempts != want || refused.Attempts != want || report.Status != refused.StatusCode {
				t.Errorf("%s, repeat %v: %d requests, want %d", name, repeat, requests(), want)
			}
			if len(refused.Message) > 1100 || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %s", name, err)
			}
		}
	}
}

func TestStorageRequestID(t *testing.T) {
	for want, handler := range map[string]http.HandlerFunc{
		"of-body":   reply(403, "<Error><RequestId>of-body</RequestId></Error>", "X-Amz-Request-Id", "of-header"),
		"of-header": reply(403, "<Error></Error>", "X-Amz-Request-Id", "of-header"),
		"":          reply(403, ""),
	} {
		address, _ := serve(t, handler)
		x, task := exchange(t, address, Idempotent)
		_, err := x.Run(t.Context(), task)
		refused, ok := errors.AsType[*docferry.Error](err)
		if !ok || refused.RequestID != want {
			t.Errorf("%+v, want request %q", refused, want)
		}
	}
}

func TestExchangeThatCannotBeBuilt(t *testing.T) {
	own := errors.New("own terms")
	for _, tt := range []struct {
		err   error
		plain bool
	}{{Local(own), true}, {own, false}} {
		x, task := exchange(t, "http://127.0.0.1:1", Idempotent)
		task.fails = tt.err
		report, err := x.Run(t.Context(), task)
		if !errors.Is(err, own) || (err == own) != tt.plain || report.Attempts != 1 || docferry.OutcomeUnknown(err) {
			t.Errorf("%v after %d attempts", err, report.Attempts)
		}
	}
}
