package call

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/retry"
	"github.com/docferry/docferry/internal/transport"
)

// exchange is one PUT to a storage.
func exchange(t *testing.T, address string, repeatable bool) *Exchange {
	t.Helper()
	rt := transport.New(false)
	t.Cleanup(rt.CloseIdleConnections)
	x := &Exchange{
		Service: "upload", Operation: "PutObject", Method: "PUT", Route: "/{key}", Policy: retry.Policy(fast), Repeatable: repeatable,
		Transport: rt, Governor: new(retry.Governor), RequestID: "X-Amz-Request-Id", Secrets: []string{"canary-token"},
	}
	x.Build = func(ctx context.Context) (*http.Request, *transport.Body, error) {
		req, err := http.NewRequestWithContext(ctx, x.Method, address, http.NoBody)
		return req, nil, err
	}
	x.Judge = func(resp *http.Response) (retry.Result, bool) {
		a, result := x.Read(resp, 1<<20)
		if result.Err != nil || a.Status == 200 {
			return result, false
		}
		return x.StorageRefusal(a), false
	}
	return x
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
		"412":             {reply(412, body("PreconditionFailed")), "PreconditionFailed", nil, 1, 1},
		"empty":           {reply(400, ""), "", docferry.ErrInvalid, 1, 1},
		"other XML":       {reply(400, "<a><b/></a>"), "", docferry.ErrInvalid, 1, 1},
		"bad XML":         {reply(400, "<Error><Code>X</Code><Message>"), "X", docferry.ErrInvalid, 1, 1},
		"JSON":            {reply(400, `{"Code":"X"}`), "", docferry.ErrInvalid, 1, 1},
		"binary":          {reply(400, "\x00\xff\xfe<Error>"), "", docferry.ErrInvalid, 1, 1},
		"external entity": {reply(400, `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Error><Code>&e;</Code></Error>`), "", docferry.ErrInvalid, 1, 1},
		"very long":       {reply(403, "<Error><Message>"+strings.Repeat("x", 1<<20)), "", docferry.ErrForbidden, 1, 1},
	} {
		for repeatable, want := range map[bool]int{false: tt.once, true: tt.several} {
			address, requests := serve(t, tt.handler)
			x := exchange(t, address, repeatable)
			err := x.Run(t.Context())
			refused, ok := errors.AsType[*docferry.Error](err)
			if !ok || refused.Code != tt.code || refused.Kind != tt.kind || refused.Service != "upload" || refused.Operation != "PutObject" {
				t.Errorf("%s: %#v", name, err)
				continue
			}
			if requests() != want || x.Attempts != want || refused.Attempts != want || x.Status != refused.StatusCode {
				t.Errorf("%s, repeatable %v: %d requests, want %d", name, repeatable, requests(), want)
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
		refused, ok := errors.AsType[*docferry.Error](exchange(t, address, true).Run(t.Context()))
		if !ok || refused.RequestID != want {
			t.Errorf("%+v, want request %q", refused, want)
		}
	}
}

func TestExchangeThatCannotBeBuilt(t *testing.T) {
	x := exchange(t, "http://127.0.0.1:1", true)
	own := errors.New("own terms")
	for _, tt := range []struct {
		err   error
		plain bool
	}{{Local(own), true}, {own, false}} {
		x.Build = func(context.Context) (*http.Request, *transport.Body, error) { return nil, nil, tt.err }
		err := x.Run(t.Context())
		if !errors.Is(err, own) || (err == own) != tt.plain || x.Attempts != 1 || docferry.OutcomeUnknown(err) {
			t.Errorf("%v after %d attempts", err, x.Attempts)
		}
	}
}
