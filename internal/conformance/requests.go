package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/golden"
	gocmp "github.com/google/go-cmp/cmp"
)

// Stub answers requests with a function.
type Stub func(*http.Request) (*http.Response, error)

// RoundTrip implements [http.RoundTripper].
func (s Stub) RoundTrip(req *http.Request) (*http.Response, error) { return s(req) }

// Answer is an answer of a service.
func Answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body))}
}

// fullRequest returns a request of an operation with all members filled.
func (c *suite) fullRequest(t testing.TB, operation string) reflect.Value {
	t.Helper()
	method, ok := c.client.MethodByName(GoName(operation))
	if !ok {
		t.Fatalf("Client has no method %s", GoName(operation))
	}
	req := reflect.New(method.Type.In(2))
	golden.Fill(req.Interface(), c.Examples...)
	return req.Elem()
}

// leastRequest returns a request of an operation with its required members
// filled.
func (c *suite) leastRequest(t *testing.T, operation string) reflect.Value {
	t.Helper()
	req := c.fullRequest(t, operation)
	for _, m := range c.Operations[operation].Request {
		if !m.Required || m.Filled {
			req.FieldByName(GoName(m.Name)).SetZero()
		}
	}
	return req
}

// Invoke calls a method of a client with a request. It returns the first thing
// that the method does, and the error if there is one.
func Invoke(t *testing.T, client any, method string, req reflect.Value) (reflect.Value, error) {
	t.Helper()
	results := reflect.ValueOf(client).MethodByName(method).Call([]reflect.Value{reflect.ValueOf(t.Context()), req})
	err, _ := reflect.TypeAssert[error](results[len(results)-1])
	return results[0], err
}

// do calls an operation. The answer means nothing if it has none.
func (c *suite) do(t *testing.T, h docferry.HTTP, operation string, req reflect.Value) (reflect.Value, error) {
	t.Helper()
	return Invoke(t, c.Client(t, h), GoName(operation), req)
}

func (c *suite) testExamples(t *testing.T) {
	enums, sent := map[string]bool{}, c.sent()
	for name := range c.Enums {
		enums[c.goTypeName(name)] = sent[name]
	}
	CheckExamples(t, c.Examples, enums)
}

// CheckExamples checks that every enum that is sent has an example, so that no
// request is filled with a value that does not exist, and no other has.
func CheckExamples(t *testing.T, examples []any, sent map[string]bool) {
	t.Helper()
	have := map[string]bool{}
	for _, example := range examples {
		have[reflect.TypeOf(example).Name()] = true
	}
	for enum, sent := range sent {
		if sent != have[enum] {
			t.Errorf("%s is in requests: %t. It has an example: %t", enum, sent, have[enum])
		}
	}
}

// testMembersSent checks under which name and route each operation goes out,
// and that it holds all the members that are set and none of the others.
func (c *suite) testMembersSent(t *testing.T) {
	for _, name := range c.names() {
		op := c.Operations[name]
		for _, full := range []bool{true, false} {
			var got []string
			h := docferry.HTTP{Transport: Stub(func(req *http.Request) (*http.Response, error) {
				got = append(got, c.sentMembers(t, req)...)
				return Answer(op.Status, "{}"), nil
			})}
			h.Observer.Done = func(_ context.Context, a docferry.Attempt) {
				got = append(got, a.Operation+" "+a.Method+" "+a.Route)
			}
			req, path := c.leastRequest(t, name), op.Path
			if full {
				req = c.fullRequest(t, name)
			}
			want := []string{name + " " + op.Method + " " + op.Path}
			for _, m := range op.Request {
				switch {
				case m.In == "path":
					path = strings.Replace(path, "{"+m.wire()+"}", GoName(m.Name)+"%2B1", 1)
				case m.Required || m.Filled || full:
					want = append(want, m.In+" "+m.wire())
				}
			}
			want = append(want, "path "+path)
			if _, err := c.do(t, h, name, req); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("%s with all members: %t. It differs (-facts +sent):\n%s", name, full, diff)
			}
		}
	}
}

// sentMembers lists what a request holds where, such as "query limit".
func (c *suite) sentMembers(t *testing.T, req *http.Request) []string {
	t.Helper()
	members := []string{"path " + req.URL.EscapedPath()}
	for name := range req.URL.Query() {
		members = append(members, "query "+name)
	}
	seen := map[string]bool{}
	for _, m := range c.members {
		if m.In == "header" && !seen[m.wire()] && req.Header.Get(m.wire()) != "" {
			seen[m.wire()] = true
			members = append(members, "header "+m.wire())
		}
	}
	for name := range jsonBody(t, req) {
		members = append(members, "json "+name)
	}
	return members
}

func jsonBody(t *testing.T, req *http.Request) map[string]any {
	t.Helper()
	body, err := io.ReadAll(req.Body)
	if err != nil {
		t.Error(err)
	}
	var members map[string]any
	if len(body) > 0 {
		if err := json.Unmarshal(body, &members); err != nil {
			t.Error(err)
		}
	}
	return members
}

// testRequiredMembers checks that nothing is sent without a member that is
// required. A flag or number that is required is sent when it is zero.
func (c *suite) testRequiredMembers(t *testing.T) {
	for _, name := range c.names() {
		for _, m := range c.Operations[name].Request {
			if !m.Required || m.Filled {
				continue
			}
			var sent []string
			h := docferry.HTTP{Transport: Stub(func(req *http.Request) (*http.Response, error) {
				sent = c.sentMembers(t, req)
				return Answer(c.Operations[name].Status, "{}"), nil
			})}
			req := c.fullRequest(t, name)
			field := req.FieldByName(GoName(m.Name))
			field.SetZero()
			_, err := c.do(t, h, name, req)
			if kind := field.Kind(); kind == reflect.Bool || kind == reflect.Int64 {
				if err != nil || !slices.Contains(sent, m.In+" "+m.wire()) {
					t.Errorf("%s with a zero %s: error %v, sent %v", name, m.Name, err, sent)
				}
				continue
			}
			bad, ok := errors.AsType[*docferry.InputError](err)
			if !ok || bad.Operation != name || bad.Field != GoName(m.Name) {
				t.Errorf("%s without %s: error %v, want one that names both", name, m.Name, err)
			}
			if sent != nil {
				t.Errorf("%s without %s was sent", name, m.Name)
			}
		}
	}
}
