package workdocs

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
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/golden"
	"github.com/google/go-cmp/cmp"
)

// stub answers requests with a function.
type stub func(*http.Request) (*http.Response, error)

func (s stub) RoundTrip(req *http.Request) (*http.Response, error) { return s(req) }

// answer is an answer of the service.
func answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body))}
}

// signing is the Config of a client with credentials that sends through rt.
func signing(rt http.RoundTripper) Config {
	return Config{
		Region: "eu-west-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
		HTTP: docferry.HTTP{Transport: rt},
	}
}

func mustNew(t *testing.T, cfg Config) *Client {
	t.Helper()
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fullRequest returns a request of an operation with all members filled.
func fullRequest(t *testing.T, operation string) reflect.Value {
	t.Helper()
	method, ok := reflect.TypeFor[*Client]().MethodByName(goName(operation))
	if !ok {
		t.Fatalf("Client has no method %s", goName(operation))
	}
	req := reflect.New(method.Type.In(2))
	golden.Fill(req.Interface(), examples...)
	return req.Elem()
}

// leastRequest returns a request of an operation with its required members
// filled.
func leastRequest(t *testing.T, f *facts, operation string) reflect.Value {
	t.Helper()
	req := fullRequest(t, operation)
	for _, m := range f.Operations[operation].Request {
		if !m.Required {
			req.FieldByName(goName(m.Name)).SetZero()
		}
	}
	return req
}

// invoke calls a method with a request and returns all that the method does.
func invoke(t *testing.T, c *Client, method string, req reflect.Value) []reflect.Value {
	t.Helper()
	m := reflect.ValueOf(c).MethodByName(method)
	if !m.IsValid() {
		t.Fatalf("Client has no method %s", method)
	}
	return m.Call([]reflect.Value{reflect.ValueOf(t.Context()), req})
}

// do calls an operation. The answer is nil if it has none.
func do(t *testing.T, c *Client, operation string, req reflect.Value) (reflect.Value, error) {
	t.Helper()
	results := invoke(t, c, goName(operation), req)
	err, _ := results[len(results)-1].Interface().(error)
	return results[0], err
}

// TestMembersSent checks under which name and route each operation goes out,
// and that it holds all the members that are set and none of the others.
func TestMembersSent(t *testing.T) {
	f := loadFacts(t)
	for _, name := range f.names() {
		op := f.Operations[name]
		for _, full := range []bool{true, false} {
			var got []string
			cfg := signing(stub(func(req *http.Request) (*http.Response, error) {
				got = append(got, sentMembers(t, req)...)
				return answer(op.Status, "{}"), nil
			}))
			cfg.HTTP.Observer.Done = func(_ context.Context, a docferry.Attempt) {
				got = append(got, a.Operation+" "+a.Method+" "+a.Route)
			}
			req, path := leastRequest(t, f, name), op.Path
			if full {
				req = fullRequest(t, name)
			}
			want := []string{name + " " + op.Method + " " + op.Path}
			for _, m := range op.Request {
				switch {
				case m.In == "path":
					path = strings.Replace(path, "{"+m.wire()+"}", goName(m.Name)+"%2B1", 1)
				case m.Required || full:
					want = append(want, m.In+" "+m.wire())
				}
			}
			want = append(want, "path "+path)
			if _, err := do(t, mustNew(t, cfg), name, req); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s with all members: %t. It differs (-facts +sent):\n%s", name, full, diff)
			}
		}
	}
}

// sentMembers lists what a request holds where, such as "query limit".
func sentMembers(t *testing.T, req *http.Request) []string {
	t.Helper()
	members := []string{"path " + req.URL.EscapedPath()}
	for name := range req.URL.Query() {
		members = append(members, "query "+name)
	}
	if req.Header.Get("Authentication") != "" {
		members = append(members, "header Authentication")
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

// TestRequiredMembers checks that nothing is sent without a member that is
// required. A flag or number that is required is sent when it is zero.
func TestRequiredMembers(t *testing.T) {
	f := loadFacts(t)
	for _, name := range f.names() {
		for _, m := range f.Operations[name].Request {
			if !m.Required {
				continue
			}
			var sent []string
			c := mustNew(t, signing(stub(func(req *http.Request) (*http.Response, error) {
				sent = sentMembers(t, req)
				return answer(f.Operations[name].Status, "{}"), nil
			})))
			req := fullRequest(t, name)
			field := req.FieldByName(goName(m.Name))
			field.SetZero()
			_, err := do(t, c, name, req)
			if kind := field.Kind(); kind == reflect.Bool || kind == reflect.Int64 {
				if err != nil || !slices.Contains(sent, m.In+" "+m.wire()) {
					t.Errorf("%s with a zero %s: error %v, sent %v", name, m.Name, err, sent)
				}
				continue
			}
			bad, ok := errors.AsType[*docferry.InputError](err)
			if !ok || bad.Operation != name || bad.Field != goName(m.Name) {
				t.Errorf("%s without %s: error %v, want one that names both", name, m.Name, err)
			}
			if sent != nil {
				t.Errorf("%s without %s was sent", name, m.Name)
			}
		}
	}
}

// TestUsersToken checks that the operations on oneself use the token of the
// client, unless the request has its own.
func TestUsersToken(t *testing.T) {
	for _, name := range []string{"DescribeRootFolders", "GetCurrentUser"} {
		var sent string
		cfg := Config{Region: "eu-west-1", AuthenticationToken: "of the client", HTTP: docferry.HTTP{
			Transport: stub(func(req *http.Request) (*http.Response, error) {
				sent = req.Header.Get("Authentication")
				return answer(http.StatusOK, "{}"), nil
			})}}
		for _, token := range []string{"", "of the request"} {
			req := fullRequest(t, name)
			req.FieldByName("AuthenticationToken").SetString(token)
			want := token
			if token == "" {
				want = "of the client"
			}
			if _, err := do(t, mustNew(t, cfg), name, req); err != nil || sent != want {
				t.Errorf("%s with the token %q: error %v, sent the token %q, want %q", name, token, err, sent, want)
			}
		}
	}
}

// TestResponses checks that every member of every response is decoded.
func TestResponses(t *testing.T) {
	f := loadFacts(t)
	for _, name := range f.names() {
		op := f.Operations[name]
		if len(op.Response) == 0 {
			continue
		}
		body, err := json.Marshal(f.object(op.Response))
		if err != nil {
			t.Fatal(err)
		}
		c := mustNew(t, signing(stub(func(*http.Request) (*http.Response, error) {
			return answer(op.Status, string(body)), nil
		})))
		resp, err := do(t, c, name, leastRequest(t, f, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkDecoded(t, goName(name)+"Response", resp.Elem())
	}
}

const someTime = "1.4567E9" // as the service is known to write times

// object is a JSON object in which each text is the name of its member.
func (f *facts) object(members []memberFacts) map[string]any {
	object := map[string]any{}
	for _, m := range members {
		outer, inner := split(m.Type)
		value := f.value(m.wire(), inner[len(inner)-1])
		switch outer {
		case "list":
			value = []any{value, value}
		case "map":
			value = map[string]any{f.value(m.wire(), inner[0]).(string): value}
		}
		object[m.wire()] = value
	}
	return object
}

func (f *facts) value(name, apiType string) any {
	switch plainTypes[apiType] {
	case "string":
		return name
	case "bool":
		return true
	case "int64":
		return 7
	case "time.Time":
		return json.Number(someTime)
	}
	if values, ok := f.Enums[apiType]; ok {
		return values[0]
	}
	return f.object(f.Types[apiType])
}

// checkDecoded checks that no field in v was left zero, and that texts are
// those of their own members.
func checkDecoded(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	if v.IsZero() {
		t.Errorf("%s was not decoded", path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		checkDecoded(t, path, v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			checkDecoded(t, path+"[]", v.Index(i))
		}
	case reflect.Map:
		for key, value := range v.Seq2() {
			checkDecoded(t, path+"[key]", key)
			checkDecoded(t, path+"[]", value)
		}
	case reflect.Struct:
		if at, ok := v.Interface().(time.Time); ok {
			if !at.Equal(time.Unix(1456700000, 0)) {
				t.Errorf("%s is %v", path, at)
			}
			return
		}
		for field, value := range v.Fields() {
			checkDecoded(t, path+"."+field.Name, value)
			if wire, _, _ := strings.Cut(field.Tag.Get("json"), ","); field.Type.Name() == "string" && value.String() != wire {
				t.Errorf("%s.%s is %q, want %q", path, field.Name, value, wire)
			}
		}
	}
}
