package awsrest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/google/go-cmp/cmp"
)

type detail struct {
	IDs  []string `json:"EntityIds"`
	Type string   `json:"ResourceType"`
}

func TestRead(t *testing.T) {
	const long = "EntityNotExistsException"
	for _, tt := range []struct {
		name, header, body string
		want               Refusal
		detail             detail
	}{
		{"header", long, `{"Message":"gone"}`, Refusal{long, "gone"}, detail{}},
		{"header with an address", long + ":http://internal.amazon.com/coral/com.amazonaws.workdocs/", `{}`,
			Refusal{long, ""}, detail{}},
		{"header with a namespace", "com.amazonaws.workdocs#" + long, `{}`, Refusal{long, ""}, detail{}},
		{"header with both", "com.amazonaws.workdocs#" + long + ":http://x/#y", `{}`, Refusal{long, ""}, detail{}},
		{"type", "", `{"__type":"` + long + `","message":"gone"}`, Refusal{long, "gone"}, detail{}},
		{"type with a namespace", "", `{"__type":"com.amazonaws.workdocs#` + long + `"}`, Refusal{long, ""}, detail{}},
		{"type with an address", "", `{"__type":"` + long + `:http://x/"}`, Refusal{long, ""}, detail{}},
		{"code", "", `{"code":"` + long + `"}`, Refusal{long, ""}, detail{}},
		{"Code", "", `{"Code":"` + long + `"}`, Refusal{long, ""}, detail{}},
		{"type before code", "", `{"code":"B","__type":"A"}`, Refusal{"A", ""}, detail{}},
		{"header first", "A", `{"code":"C","__type":"B"}`, Refusal{"A", ""}, detail{}},
		{"empty members", "", `{"__type":"","code":"B","message":""}`, Refusal{"B", ""}, detail{}},
		{"message in any case", "A", `{"MESSAGE":"m"}`, Refusal{"A", "m"}, detail{}},
		{"number as code", "", `{"code":400,"message":"m"}`, Refusal{"", "m"}, detail{}},
		{"null", "A", `{"__type":null,"message":null}`, Refusal{"A", ""}, detail{}},
		{"object as message", "A", `{"message":{"text":"m"},"EntityIds":["x"]}`, Refusal{"A", ""},
			detail{IDs: []string{"x"}}},
		{"detail", "A", `{"Message":"m","EntityIds":["x","y"],"ResourceType":"DOC"}`, Refusal{"A", "m"},
			detail{[]string{"x", "y"}, "DOC"}},
		{"detail of another type", "A", `{"EntityIds":"x","Message":"m"}`, Refusal{"A", "m"}, detail{}},
		{"twice", "A", `{"message":"a","message":"b"}`, Refusal{"A", "b"}, detail{}},
		{"bad UTF-8", "A", "{\"message\":\"a\xff\"}", Refusal{"A", "a\ufffd"}, detail{}},
		{"cut", "A", `{"message":"a`, Refusal{"A", ""}, detail{}},
		{"cut after the message", "A", `{"message":"a","EntityIds":["x"`, Refusal{"A", "a"}, detail{}},
		{"page", "", "<html>no</html>", Refusal{}, detail{}},
		{"empty", "", "", Refusal{}, detail{}},
		{"list", "", `["__type"]`, Refusal{}, detail{}},
		{"garbage", "A", strings.Repeat("\x00\xff{[", 1<<18), Refusal{"A", ""}, detail{}},
	} {
		h := http.Header{}
		if tt.header != "" {
			h.Set("x-amzn-ErrorType", tt.header)
		}
		var d detail
		if diff := cmp.Diff(tt.want, Read(h, []byte(tt.body), &d)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		if len(d.IDs) != len(tt.detail.IDs) || tt.detail.Type != "" && tt.detail.Type != d.Type {
			t.Errorf("%s: detail %+v", tt.name, d)
		}
		if diff := cmp.Diff(tt.want, Read(h, []byte(tt.body), nil)); diff != "" {
			t.Errorf("%s, without detail: %s", tt.name, diff)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a#b:c", []byte(`{"__type":"a#b","Message":"m","EntityIds":["x"]}`))
	f.Add("", []byte(`{"code":1}`))
	f.Add("#", []byte("\xef\xbb\xbf[[[["))
	f.Fuzz(func(t *testing.T, errorType string, body []byte) {
		var d detail
		r := Read(http.Header{"X-Amzn-Errortype": {errorType}}, body, &d)
		if strings.ContainsAny(r.Code, "#:") {
			t.Errorf("%q, %q: code %q", errorType, body, r.Code)
		}
	})
}

func TestKind(t *testing.T) {
	for code, want := range map[string]error{
		"ThrottlingException":           docferry.ErrThrottled,
		"Throttling":                    docferry.ErrThrottled,
		"TooManyRequestsException":      docferry.ErrThrottled,
		"RequestLimitExceeded":          docferry.ErrThrottled,
		"SlowDown":                      docferry.ErrThrottled,
		"InvalidSignatureException":     docferry.ErrUnauthenticated,
		"UnrecognizedClientException":   docferry.ErrUnauthenticated,
		"ExpiredTokenException":         docferry.ErrUnauthenticated,
		"MissingAuthenticationToken":    docferry.ErrUnauthenticated,
		"AccessDeniedException":         docferry.ErrForbidden,
		"ValidationException":           docferry.ErrInvalid,
		"SerializationException":        docferry.ErrInvalid,
		"ServiceUnavailableException":   docferry.ErrUnavailable,
		"LimitExceededException":        nil, // means other things in each service
		"ServiceQuotaExceededException": nil,
		"":                              nil,
		"Exception":                     nil,
		"throttling":                    nil,
	} {
		if got := Kind(code); got != want {
			t.Errorf("%q: %v, want %v", code, got, want)
		}
	}
}
