package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"runtime/metrics"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/docferry/docferry"
)

// fuzzer is a transport whose answer can be set, together with a client that uses it
// and a request for each operation. Making these once keeps the fuzzing fast.
type fuzzer struct {
	*suite
	client   reflect.Value
	names    []string // of the operations
	requests []reflect.Value
	// status, header and body are the next answer.
	status int
	header http.Header
	body   []byte
}

// fuzzer returns a fuzzer for the service, whose client does not retry.
func (s Service) fuzzer(f *testing.F) *fuzzer {
	f.Helper()
	z := &fuzzer{suite: s.suite(f)}
	z.client = reflect.ValueOf(s.Client(f, docferry.HTTP{Transport: z, Retry: docferry.Retry{Attempts: 1}}))
	z.names = z.suite.names()
	for _, name := range z.names {
		z.requests = append(z.requests, z.fullRequest(f, name))
	}
	return z
}

// RoundTrip implements [http.RoundTripper] with the answer that was set.
func (z *fuzzer) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: z.status, Header: z.header, Body: io.NopCloser(bytes.NewReader(z.body))}, nil
}

// call calls an operation. The value is the response; it is the zero
// [reflect.Value] if the operation has none.
func (z *fuzzer) call(t *testing.T, operation int) (value reflect.Value, err error) {
	t.Helper()
	method := z.client.MethodByName(GoName(z.names[operation]))
	results := method.Call([]reflect.Value{reflect.ValueOf(t.Context()), z.requests[operation]})
	err, _ = reflect.TypeAssert[error](results[len(results)-1])
	if len(results) == 2 {
		value = results[0]
	}
	return value, err
}

// oddBodies are answers that no operation documents: empty ones, other types of JSON,
// other formats, and what is at the limits of JSON.
var oddBodies = []string{
	"", "{}", "null", "[]", `"{}"`, "<html>", `{"`, "{}{}", "\xef\xbb\xbf{}", "{\"\xff\":\"\\ud800\"}",
	`{"a":` + strings.Repeat(`[`, 10001), `{"a":1e999999999}`,
}

// FuzzResponses answers operations with status 200 and arbitrary bytes. Each must
// return either a value or an error of kind ErrProtocol, and must not allocate
// more memory than is in proportion to the length of the answer.
func (s Service) FuzzResponses(f *testing.F) {
	z := s.fuzzer(f)
	// The seeds are the full answer, half of it, and two ways to spoil its
	// syntax.
	for i, name := range z.names {
		full, err := json.Marshal(z.object(z.Operations[name].Response))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(i), full)
		f.Add(byte(i), full[:len(full)/2])
		f.Add(byte(i), bytes.ReplaceAll(full, []byte(`"`), nil))
		f.Add(byte(i), bytes.ReplaceAll(full, []byte(`{`), []byte(`[{},null,`)))
	}
	for i, body := range oddBodies {
		f.Add(byte(i), []byte(body))
	}
	f.Fuzz(func(t *testing.T, n byte, body []byte) {
		operation := int(n) % len(z.requests)
		z.status, z.header, z.body = http.StatusOK, http.Header{"Content-Type": {"application/json"}}, body
		before := allocated()
		value, err := z.call(t, operation)
		// A short answer must not make the client allocate much memory. The
		// fixed part leaves room for what any call needs.
		if used, most := allocated()-before, uint64(4<<20+2048*len(body)); used > most {
			t.Errorf("an answer of %d bytes took %d bytes of memory, want at most %d", len(body), used, most)
		}
		switch text := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff"))); {
		case err != nil:
			z.checkRefused(t, operation, value, err, docferry.ErrProtocol)
		case value.IsValid() && value.IsNil():
			t.Error("the operation returned neither a value nor an error")
		case len(text) == 0 && !value.IsValid(): // nothing was expected
		case !json.Valid(text) || text[0] != '{':
			t.Errorf("%q was accepted as an answer", body)
		}
	})
}

// FuzzRefusal answers operations with an arbitrary status of 300 or more,
// headers and body. Each must return an error whose text is safe to show and to
// log. The seeds contain the secrets of the request, which a service might
// repeat in its answer.
func (s Service) FuzzRefusal(f *testing.F) {
	z := s.fuzzer(f)
	var bodies []string
	for i := range z.requests { // first, because the index of a seed selects the operation
		body := ""
		for _, secret := range z.secrets(i) {
			body = `{"code":"x-` + secret + `","message":"` + secret[:3] + `\n` + secret[3:] + secret + `"}`
		}
		bodies = append(bodies, body)
	}
	bodies = append(bodies, `{"__type":"a#b:c","Message":"m\u0000\u001b[31m\u202e"}`, `{"code":{},"message":["x"]}`)
	bodies = append(bodies, oddBodies...)
	for code := range z.Errors {
		bodies = append(bodies, `{"__type":"`+code+`","message":"no\nway","EntityIds":["a\n"],"ResourceId":"\u0085"}`)
	}
	for i, body := range bodies {
		f.Add(byte(i), uint16(i*37), "", "id\r\n", "1", []byte(body))
		f.Add(byte(i), uint16(i*41), "prefix#ThrottlingException:http://host/", "\x1b]0;", "\x00", []byte(body))
	}
	f.Fuzz(func(t *testing.T, n byte, status uint16, code, requestID, retryAfter string, body []byte) {
		operation := int(n) % len(z.requests)
		z.status, z.body = 300+int(status%400), body
		z.header = http.Header{"X-Amzn-Errortype": {code}, "X-Amzn-Requestid": {requestID}, "Retry-After": {retryAfter}}
		before := allocated()
		value, err := z.call(t, operation)
		if used, most := allocated()-before, uint64(4<<20+64*(len(body)+len(code)+len(requestID))); used > most {
			t.Errorf("an answer of %d bytes took %d bytes of memory, want at most %d", len(body), used, most)
		}
		z.checkRefused(t, operation, value, err, nil)
	})
}

// checkRefused checks that err is a *docferry.Error with the status of the answer and,
// unless kind is nil, of that kind. Its texts must be short printable lines without
// secrets, and there must be no value beside it.
func (z *fuzzer) checkRefused(t *testing.T, operation int, value reflect.Value, err error, kind error) {
	t.Helper()
	refused, ok := errors.AsType[*docferry.Error](err)
	if !ok || refused.StatusCode != z.status || kind != nil && !errors.Is(err, kind) {
		t.Fatalf("got the error %v (%T), want a *docferry.Error with status %d", err, err, z.status)
	}
	if value.IsValid() && !value.IsNil() {
		t.Errorf("a value was returned together with the error %v", err)
	}
	const longest = 4 << 10
	for _, text := range []string{err.Error(), refused.Code, refused.Message, refused.RequestID} {
		// A line break or an escape sequence from an answer could forge lines
		// of a log or change how a terminal shows it.
		hidden := func(r rune) bool { return !unicode.IsPrint(r) }
		if strings.ContainsFunc(text, hidden) || !utf8.ValidString(text) || len(text) > longest {
			t.Errorf("%q of %d bytes is not one short line", text, len(text))
		}
		for _, secret := range z.secrets(operation) {
			if strings.Contains(text, secret) {
				t.Errorf("%q contains the secret %s", text, secret)
			}
		}
	}
}

// secrets returns the values of the secret members in the request of an operation.
func (z *fuzzer) secrets(operation int) []string {
	var found []string
	for _, m := range z.Operations[z.names[operation]].Request {
		if m.Secret {
			found = append(found, GoName(m.Name)+"+1")
		}
	}
	return found
}

// allocated returns how many bytes this process has allocated since it started,
// including those that were freed. The difference of two calls is therefore what
// was allocated in between, whenever the garbage collector runs.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
