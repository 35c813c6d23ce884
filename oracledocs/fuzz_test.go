package oracledocs

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/conformance"
)

// Any text is taken apart, and nothing of it gets lost from the first "!" on.
func FuzzParseErrorKey(f *testing.F) {
	for _, chain := range []string{
		"!csUnableToCheckIn,example2.txt!csCloudItemInsufficientPrivileges,User BB,fFileGUID:D574,CHECKIN_UNIVERSAL",
		"!csUnableToCheckIn,idcTestNewFile1KB.txt!csAccessCodeRequiredForLinkAccess",
		"!csServiceStatusMessage_checkin,DOC", "!csA,,!", "no key", "before!csA", "!", "!!,", "", ",", "!cs\xff,\x00",
	} {
		f.Add(chain)
	}
	f.Fuzz(func(t *testing.T, chain string) {
		var again strings.Builder
		for _, key := range ParseErrorKey(chain) {
			if strings.ContainsAny(key.Key, "!,") || key.Args != nil && len(key.Args) == 0 {
				t.Errorf("%q has the key %q with %q", chain, key.Key, key.Args)
			}
			again.WriteString("!" + strings.Join(append([]string{key.Key}, key.Args...), ","))
		}
		_, want, found := strings.Cut(chain, "!")
		if found {
			want = "!" + want
		}
		if again.String() != want {
			t.Errorf("%q was taken apart as %q", chain, again.String())
		}
	})
}

// Whatever is said with whatever status, the error is one line without a
// secret of the request, and has no value beside it.
func FuzzRefusal(f *testing.F) {
	const secret = "canary-token"
	for i, body := range []string{
		`{"errorCode":"-20","errorKey":"!csUnableToCheckIn,a.txt!csCloudItemInsufficientPrivileges,User BB","errorMessage":"No.","title":"No.","type":"x","id":"D1"}`,
		`{"errorCode":-16,"errorMessage":"` + secret + `\n\u001b[31m"}`, `{"errorCode":{},"errorMessage":[]}`,
		`{"errorCode":"0"}`, `{"errorCode":""}`,
		`{"errorCode":"` + secret + `"}`, `{"errorCode":"-1","errorKey":7,"title":null}`, "<html>" + secret, "", "null", "[]",
		`{"errorCode":"-1`, "\xef\xbb\xbf{}", "{}{}", `{"size":"x"}`,
	} {
		for _, status := range []uint16{200, 302, 401, 403, 500} {
			f.Add(status, []byte(body), "ecid-"+strings.Repeat("x", i))
		}
	}
	f.Fuzz(func(t *testing.T, status uint16, body []byte, id string) {
		status = 200 + status%400
		c := stubbed(t, V1_2, conformance.Stub(func(*http.Request) (*http.Response, error) {
			resp := conformance.Answer(int(status), string(body))
			resp.Header.Set("X-Oracle-Dms-Ecid", id)
			return resp, nil
		}))
		file, err := c.GetFile(t.Context(), GetFileRequest{FileID: "D1",
			Access: Access{AppLinkID: "L1", AccessToken: secret}},
			docferry.WithRetry(docferry.Retry{Attempts: 1}))
		if (file == nil) != (err != nil) || status >= 300 && err == nil {
			t.Fatalf("got %+v with the error %v", file, err)
		}
		if err == nil {
			return
		}
		refused, ok := errors.AsType[*docferry.Error](err)
		if !ok || refused.StatusCode != int(status) {
			t.Fatalf("got %v (%T)", err, err)
		}
		hidden := func(r rune) bool { return !unicode.IsPrint(r) }
		if text := err.Error(); strings.ContainsFunc(text, hidden) || !utf8.ValidString(text) || len(text) > 4<<10 ||
			strings.Contains(text, secret) {
			t.Errorf("%q is not one short line without secrets", text)
		}
		if detail, ok := refused.Detail.(*ErrorDetail); ok {
			_ = detail.Keys()
		}
	})
}

// Any text is read as a time or as none. A time that was read is written so
// that it is read as the same second again, and so is any other.
func FuzzParseTime(f *testing.F) {
	for i, text := range []string{
		"2014-02-21T20:52:37Z", "2016-09-21T15:54:15.000Z", "2016-01-01T00:00:01", "{ts '2017-04-04 12:45:52.084'}",
		"2017-04-04 12:45:52", "2023-05-03", "2023-05-03T11:26:27+0200", "2023-05-03T11:26:27.5-07:00",
		" 2023-05-03T11:26:27z ",
		"9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00", "{ts '", "{ts ''}", "-0001-01-01T00:00:00Z", "12023-05-03",
		"garbage", "",
	} {
		f.Add(text, int64(i)*1e8, int64(i)*1e8)
	}
	f.Fuzz(func(t *testing.T, text string, seconds, nanos int64) {
		for _, at := range []time.Time{parseTime(text), time.Unix(seconds, nanos)} {
			if year := at.UTC().Year(); at.IsZero() || year < 0 || year > 9999 {
				continue // none, or one that the form has no place for
			}
			written := formatTime(at)
			if again := parseTime(written); !again.Equal(at.Truncate(time.Second)) {
				t.Errorf("%v is written as %s, which is %v", at, written, again)
			}
		}
		if at := parseTime(text); at.Location() != time.UTC {
			t.Errorf("%q is a time in %v", text, at.Location())
		}
	})
}
