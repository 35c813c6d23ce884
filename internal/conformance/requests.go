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

// Stub is a transport that answers requests by calling a function. Nothing is
// sent.
type Stub func(*http.Request) (*http.Response, error)

// RoundTrip implements [http.RoundTripper].
func (s Stub) RoundTrip(req *http.Request) (*http.Response, error) { return s(req) }

// Answer returns an answer with a JSON body.
func Answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body))}
}

// fullRequest returns a request of an operation with all members set; see
// golden.Fill.
func (c *suite) fullRequest(t testing.TB, operation string) reflect.Value {
	t.Helper()
	method, ok := c.client.MethodByName(GoName(operation))
	if !ok {
		t.Fatalf("Client has no method %s; the facts have an operation of that name", GoName(operation))
	}
	req := reflect.New(method.Type.In(2))
	golden.Fill(req.Interface(), c.Examples...)
	return req.Elem()
}

// leastRequest returns a request of an operation in which only those members
// are set that the caller must set.
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

// Invoke calls a method of a client with a request. It returns the first result of
// the method, and the last result if that is an error.
func Invoke(
	t *testing.T, client any, method string, req reflect.Value, opts ...docferry.CallOption,
) (reflect.Value, error) {
	t.Helper()
	args := []reflect.Value{reflect.ValueOf(t.Context()), req, reflect.ValueOf(opts)}
	results := reflect.ValueOf(client).MethodByName(method).CallSlice(args)
	err, _ := reflect.TypeAssert[error](results[len(results)-1])
	return results[0], err
}

// do calls an operation on a new client. If the operation has no response, the
// value that do returns has no meaning.
func (c *suite) do(t *testing.T, h docferry.HTTP, operation string, req reflect.Value) (reflect.Value, error) {
	t.Helper()
	return Invoke(t, c.Client(t, h), GoName(operation), req)
}

// testExamples checks the Examples of the Service; see CheckExamples.
func (c *suite) testExamples(t *testing.T) {
	enums, sent := map[string]bool{}, c.sent()
	for name := range c.Enums {
		enums[c.goTypeName(name)] = sent[name]
	}
	CheckExamples(t, c.Examples, enums)
}

// CheckExamples checks that there is an example for each enum that occurs in
// requests, and for no other. Without an example, requests would be filled with
// a value that the enum does not have. The map sent has all enums, and says
// whether they occur in requests.
func CheckExamples(t *testing.T, examples []any, sent map[string]bool) {
	t.Helper()
	have := map[string]bool{}
	for _, example := range examples {
		have[reflect.TypeOf(example).Name()] = true
	}
	for enum, sent := range sent {
		if sent != have[enum] {
			t.Errorf("%s occurs in requests: %t, but has an example in Examples: %t", enum, sent, have[enum])
		}
	}
}

// testMembersSent sends each operation twice, with all members set and with as few as
// possible. It checks the name and route that an observer sees, and that the request
// contains the members that are set, each in its place, and no others.
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
			// The observer sees the route with its placeholders, and the
			// request has their values.
			want := []string{name + " " + op.Method + " " + op.Path}
			for _, m := range op.Request {
				switch {
				// The plus sign of the filled value shows that the path is
				// escaped.
				case m.In == "path":
					path = strings.Replace(path, "{"+m.wire()+"}", GoName(m.Name)+"%2B1", 1)
				// A member that the client fills in is sent even if the caller
				// leaves it out.
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
				t.Errorf("the request of %s differs from the facts, all members set: %t (-facts +sent):\n%s", name, full, diff)
			}
		}
	}
}

// sentMembers returns the members that a request contains, each with its place, such
// as "query limit". Headers that are not members of the API are ignored.
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

// jsonBody reads the body of a request. It returns nil if the body is empty,
// and fails the test if it is not a JSON object.
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

// testRequiredMembers leaves out one required member after the other. It checks that
// nothing is sent, and that the error names the operation and the field. For bools
// and numbers it checks instead that the zero value is sent.
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
			// The client cannot tell a zero that the caller means from one that
			// was forgotten.
			if kind := field.Kind(); kind == reflect.Bool || kind == reflect.Int64 {
				if err != nil || !slices.Contains(sent, m.In+" "+m.wire()) {
					t.Errorf("%s with a zero %s: got error %v and sent %v, want the zero to be sent", name, m.Name, err, sent)
				}
				continue
			}
			bad, ok := errors.AsType[*docferry.InputError](err)
			if !ok || bad.Operation != name || bad.Field != GoName(m.Name) {
				t.Errorf("%s without %s: got error %v, want a *docferry.InputError that names both", name, m.Name, err)
			}
			if sent != nil {
				t.Errorf("%s without %s was sent, want it refused before anything is sent", name, m.Name)
			}
		}
	}
}
