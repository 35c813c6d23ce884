package exchange

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/retry"
)

// F119: what a refusal says is kept, in whichever form it comes.
func TestRefusalsInManyForms(t *testing.T) {
	for name, tt := range map[string]struct {
		status                   int
		body                     string
		header                   []string
		code, message, requestID string
		wait                     time.Duration
	}{
		"S3": {404, "<Error><Code>NoSuchKey</Code><Message>no such\nkey</Message><RequestId>r</RequestId></Error>", nil,
			"NoSuchKey", "no such key", "r", 0},
		"S3 after a byte order mark": {404, "\ufeff<Error><Code>NoSuchKey</Code></Error>", nil, "NoSuchKey", "", "", 0},
		"Latin 1": {403, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><Error><Code>A</Code><Message>d\xe9j\xe0</Message></Error>", nil,
			"A", "déjà", "", 0},
		"US-ASCII": {403, "<?xml version=\"1.0\" encoding=\"us-ascii\"?><Error><Code>A</Code></Error>", nil, "A",
			"", "", 0},
		"another encoding": {403, "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><Error><Code>A</Code></Error>", nil, "A",
			"", "", 0},
		"UTF-16": {403, "\xff\xfe<\x00E\x00>\x00<\x00C\x00o\x00d\x00e\x00>\x00A\x00<\x00/\x00C\x00o\x00d\x00e\x00>\x00", nil,
			"A", "", "", 0},
		"Azure's header only": {404, "", []string{"X-Ms-Error-Code", "BlobNotFound", "X-Ms-Request-Id", "r"}, "BlobNotFound",
			"", "r", 0},
		"WebDAV": {423, `<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"><s:exception>Locked</s:exception><s:message>busy</s:message></d:error>`, nil,
			"Locked", "busy", "", 0},
		"Google": {403, `{"error":{"code":403,"message":"no","errors":[{"message":"no","domain":"global","reason":"forbidden"}]}}`, nil,
			"forbidden", "no", "", 0},
		"Google's newer": {429, `{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"3.5s"}]}}`,
			nil, "RESOURCE_EXHAUSTED", "slow", "", 3500 * time.Millisecond},
		"OAuth":   {400, `{"error":"invalid_grant","error_description":"gone"}`, nil, "invalid_grant", "gone", "", 0},
		"a list":  {400, `[{"errorCode":"X","errorMessage":"y"}]`, nil, "X", "y", "", 0},
		"problem": {403, `{"type":"https://example.com/probs/x","title":"Out of credit","status":403,"detail":"30 is too little"}`, nil, "", "30 is too little", "", 0},
		"a wait":  {429, `{"retry_after":0.6}`, nil, "", "", "", 600 * time.Millisecond},
		"a wait until a time": {429, `{"retryAfter":"2030-01-01T00:01:00Z"}`,
			[]string{"Date", "Tue, 01 Jan 2030 00:00:00 GMT"}, "", "", "", time.Minute},
		"another wait": {503, `{"code":"B","retryAfterMs":"250"}`, nil, "B", "", "", 250 * time.Millisecond},
		"plain text": {403, "out of\r\nmemory\x00", []string{"Content-Type", "text/plain; charset=utf-8"}, "",
			`out of  memory\x00`, "", 0},
		"HTML": {502, "<html><head><title>502 Bad\n Gateway</title></head>secret-page", nil, "",
			`a page with the title "502 Bad Gateway"`, "", 0},
		"a proxy's": {407, "<html><title>Squid</title>", nil, "",
			"a proxy asks for credentials; put them into the URL that HTTP.Proxy returns", "", 0},
		"no more of it": {400, `{"code":"A`, nil, "", "", "", 0},
		"deep": {400, strings.Repeat(`{"error":`, 3000) + `{"code":"A"}` + strings.Repeat("}", 3000), nil, "", "",
			"", 0},
		"other content": {400, "\x89PNG", []string{"Content-Type", "image/png"}, "", "", "", 0},
		"region": {301, "<Error><Code>PermanentRedirect</Code><Endpoint>b.s3-eu-west-1.example</Endpoint></Error>",
			[]string{"X-Amz-Bucket-Region", "eu-west-1"}, "PermanentRedirect",
			"the right endpoint is b.s3-eu-west-1.example; the right region is eu-west-1", "", 0},
	} {
		address, _ := serve(t, reply(tt.status, tt.body, tt.header...))
		x, task := exchange(t, address, Unsafe)
		x.Policy = &once
		_, err := x.Run(t.Context(), task)
		refused, ok := errors.AsType[*docferry.Error](err)
		if !ok || refused.Code != tt.code || refused.Message != tt.message || refused.RequestID != tt.requestID ||
			refused.RetryAfter != tt.wait {
			t.Errorf("%s: %#v", name, err)
		}
		if strings.ContainsAny(err.Error(), "\r\n\x00") || strings.Contains(err.Error(), "secret-page") {
			t.Errorf("%s: %q", name, err)
		}
	}
}

// once makes one attempt.
var once = retry.Policy{Attempts: 1}

// F120: some refusals pass, whatever their status is.
func TestRefusalsThatPass(t *testing.T) {
	xml := func(code string) string { return "<Error><Code>" + code + "</Code></Error>" }
	for name, tt := range map[string]struct {
		handler       http.HandlerFunc
		once, several int // requests of what is not repeatable, and of what is
		unknown       bool
	}{
		"408":                       {reply(408, ""), 1, 3, true},
		"425":                       {reply(425, ""), 3, 3, false},
		"409 aborted":               {reply(409, xml("OperationAborted")), 3, 3, false},
		"409 conditional":           {reply(409, xml("ConditionalRequestConflict")), 3, 3, false},
		"409 of another kind":       {reply(409, xml("BucketAlreadyExists")), 1, 1, false},
		"throttle in a 400":         {reply(400, xml("RequestLimitExceeded")), 3, 3, false},
		"throttle in a 403 in JSON": {reply(403, `{"error":{"errors":[{"reason":"rateLimitExceeded"}]}}`), 3, 3, false},
		"throttle with a suffix":    {reply(400, `{"__type":"com.amazon#ThrottlingException"}`), 3, 3, false},
		"precondition":              {reply(412, xml("PreconditionFailed")), 1, 1, false},
	} {
		for repeat, want := range map[Repeat]int{Unsafe: tt.once, Idempotent: tt.several} {
			address, requests := serve(t, tt.handler)
			x, task := exchange(t, address, repeat)
			_, err := x.Run(t.Context(), task)
			if requests() != want || docferry.OutcomeUnknown(err) != tt.unknown {
				t.Errorf("%s, %v: %d requests, want %d: %v", name, repeat, requests(), want, err)
			}
		}
	}
}
