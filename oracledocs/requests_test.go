package oracledocs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/conformance"
	"github.com/docferry/docferry/internal/golden"
	"github.com/docferry/docferry/upload"
	"github.com/google/go-cmp/cmp"
)

// examples are values of types that cannot be made up.
var examples = []any{
	CatalogResourceFiles, DuplicateResolutionReviseDuplicates, ImageFormatWebP, MetadataFieldTypeDate,
	MetadataSettingDisable, RenditionTypeUploaded, RoleContributor, V1_2,
	upload.Bytes("a+1.txt", []byte("content")),
}

// stubbed returns a client that sends through rt.
func stubbed(t *testing.T, v Version, rt http.RoundTripper) *Client {
	t.Helper()
	c, err := New(Config{BaseURL: "https://docs.example.com", Auth: BasicAuth("user", "password"), APIVersion: v,
		HTTP: docferry.HTTP{Transport: rt}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fullRequest returns a request of an operation with all members filled that a
// version has.
func fullRequest(t *testing.T, f *facts, operation string, v Version) reflect.Value {
	t.Helper()
	method, ok := reflect.TypeFor[*Client]().MethodByName(f.method(operation))
	if !ok {
		t.Fatalf("Client has no method %s", f.method(operation))
	}
	req := reflect.New(method.Type.In(2))
	golden.Fill(req.Interface(), examples...)
	op := f.Operations[operation]
	for _, m := range f.flat(op.Request) {
		field := req.Elem().FieldByName(m.goName())
		switch {
		case m.at(v) == "":
			field.SetZero()
		case m.Name == "userID" && v == V1_1:
			field.SetLen(1) // as many as this version takes
		case m.Name == "resource":
			field.SetString(path.Base(op.Path))
		}
	}
	return req.Elem()
}

// leastRequest returns a request of an operation with its required members
// filled.
func leastRequest(t *testing.T, f *facts, operation string, v Version) reflect.Value {
	t.Helper()
	req := fullRequest(t, f, operation, v)
	op := f.Operations[operation]
	for _, m := range f.flat(op.Request) {
		if !m.Required && (len(op.OneOf) == 0 || m.Name != op.OneOf[0]) {
			req.FieldByName(m.goName()).SetZero()
		}
	}
	return req
}

// do calls an operation. The answer is nil if it has none.
func do(t *testing.T, f *facts, c *Client, operation string, req reflect.Value) (any, error) {
	t.Helper()
	result, err := conformance.Invoke(t, c, f.method(operation), req)
	if download, ok := reflect.TypeAssert[*docferry.Download](result); ok && err == nil {
		_ = download.Close()
	}
	return result.Interface(), err
}

// calls ranges over the operations and the versions that have them.
func (f *facts) calls(yield func(name string, v Version) bool) {
	for _, name := range f.names() {
		for _, v := range f.Versions {
			if f.Operations[name].in(v) && !yield(name, v) {
				return
			}
		}
	}
}

// TestMembersSent checks under which name and route each operation goes out,
// and that it holds all the members that are set and none of the others.
func TestMembersSent(t *testing.T) {
	f := loadFacts(t)
	for name, v := range f.calls {
		op := f.Operations[name]
		for _, full := range []bool{true, false} {
			var got []string
			c := stubbed(t, v, conformance.Stub(func(req *http.Request) (*http.Response, error) {
				got = append(got, sentMembers(t, req)...)
				return conformance.Answer(op.Status, "{}"), nil
			}))
			req := leastRequest(t, f, name, v)
			if full {
				req = fullRequest(t, f, name, v)
			}
			if _, err := do(t, f, c, name, req); err != nil {
				t.Errorf("%s in %s: %v", name, v, err)
			}
			want := f.sent(op, v, full)
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s in %s with all members: %t. It differs (-facts +sent):\n%s", name, v, full, diff)
			}
		}
	}
}

// sent lists what a request of an operation holds.
func (f *facts) sent(op *operationFacts, v Version, full bool) []string {
	target := strings.ReplaceAll(op.Path, "{version}", string(v))
	if strings.HasSuffix(op.Path, "{version}") {
		target = strings.ReplaceAll(op.Path, "{version}", string(V1_2)) // a member of the request
	}
	var want []string
	for _, m := range f.flat(op.Request) {
		at := m.at(v)
		switch {
		case at == "path":
			target = strings.Replace(target, "{"+m.Name+"}", m.goName()+"%2B1", 1)
		case at == "" || !full && !m.Required && (len(op.OneOf) == 0 || m.Name != op.OneOf[0]):
		case m.Name == "body": // metadata, whose names are those of collections and fields
			want = append(want, "json collection", "json MetadataValuesValueKey+1")
		default:
			want = append(want, at+" "+m.Name)
		}
	}
	return append(want, op.Method+" "+target)
}

// sentMembers lists what a request holds where, such as "query limit".
func sentMembers(t *testing.T, req *http.Request) []string {
	t.Helper()
	members := []string{req.Method + " " + req.URL.EscapedPath()}
	for name, values := range req.URL.Query() {
		members = append(members, "query "+name)
		if len(values) != 1 {
			t.Errorf("%s is there %d times", name, len(values))
		}
	}
	for _, name := range []string{"appLinkID", "accessToken", "refreshToken", "linkID", "Range"} {
		if req.Header.Get(name) != "" {
			members = append(members, "header "+name)
		}
	}
	for _, cookie := range req.Cookies() {
		name, of, _ := strings.Cut(cookie.Name, "-")
		if members = append(members, "cookie "+name); of != req.Header.Get("linkID") {
			t.Errorf("the cookie is of the link %q, not of %q", of, req.Header.Get("linkID"))
		}
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		t.Error(err)
	}
	media, params, _ := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if media != "multipart/form-data" {
		return append(members, jsonMembers(t, body)...)
	}
	form := multipart.NewReader(strings.NewReader(string(body)), params["boundary"])
	for {
		part, err := form.NextRawPart()
		if err == io.EOF {
			return members
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Error(err)
		}
		switch name := part.FormName(); name {
		case "jsonInputParameters", "metadata":
			members = append(members, jsonMembers(t, content)...)
		default:
			members = append(members, "part "+name)
		}
	}
}

func jsonMembers(t *testing.T, body []byte) (members []string) {
	t.Helper()
	if len(body) == 0 {
		return nil
	}
	var object map[string]any
	if err := json.Unmarshal(body, &object); err != nil {
		t.Errorf("%v: %s", err, body)
	}
	for name := range object {
		members = append(members, "json "+name)
	}
	return members
}

// input is a request that cannot be sent, because of one of some fields.
type input struct {
	request reflect.Value
	fields  []string
}

// badInputs are requests of an operation with a member that a version does not
// have, without one that is required, with half a pair, with none of several
// of which one is required, and with a value that cannot be.
func badInputs(t *testing.T, f *facts, operation string, v Version) (bad []input) {
	op := f.Operations[operation]
	members := f.flat(op.Request)
	var choice []memberFacts
	for _, m := range members {
		req := fullRequest(t, f, operation, v)
		field := req.FieldByName(m.goName())
		switch {
		case m.at(v) == "":
			field.Set(fullRequest(t, f, operation, m.Only).FieldByName(m.goName()))
		case m.With != "":
			i := slices.IndexFunc(members, func(other memberFacts) bool { return other.Name == m.With })
			req.FieldByName(members[i].goName()).SetZero()
		case m.Required && field.Kind() != reflect.Bool: // a flag is sent even if it is zero
			field.SetZero()
		case slices.Contains(op.OneOf, m.Name):
			choice = append(choice, m)
			continue
		default:
			continue
		}
		bad = append(bad, input{req, []string{m.goName()}})
	}
	if len(choice) > 0 {
		none := input{request: fullRequest(t, f, operation, v)}
		for _, m := range choice {
			none.request.FieldByName(m.goName()).SetZero()
			none.fields = append(none.fields, m.goName())
		}
		bad = append(bad, none)
	}
	return append(bad, badValues(t, f, operation, v)...)
}

// badValues are requests of an operation with a negative number, a name that
// cannot be shown, or more IDs than can be asked about at once.
func badValues(t *testing.T, f *facts, operation string, v Version) (bad []input) {
	for _, m := range f.flat(f.Operations[operation].Request) {
		req := fullRequest(t, f, operation, v)
		field := req.FieldByName(m.goName())
		switch at := m.at(v); {
		case at == "query" && (m.Name == "offset" || m.Name == "limit"):
			field.SetInt(-1)
		case at == "json" && strings.HasSuffix(strings.ToLower(m.Name), "name"):
			field.SetString("a\u0085b")
		case at == "query" && m.Name == "idList":
			field.Set(reflect.ValueOf(slices.Repeat([]string{"D1"}, 101)))
		default:
			continue
		}
		bad = append(bad, input{req, []string{m.goName()}})
	}
	return bad
}

// TestInputs checks that nothing is sent of bad inputs, nor by a version that
// does not have the operation, and that the error names both.
func TestInputs(t *testing.T) {
	f := loadFacts(t)
	for _, name := range f.names() {
		op := f.Operations[name]
		for _, v := range f.Versions {
			bad := []input{{fullRequest(t, f, name, v), []string{"Config.APIVersion"}}}
			if op.in(v) {
				bad = badInputs(t, f, name, v)
			}
			for _, in := range bad {
				sent := false
				c := stubbed(t, v, conformance.Stub(func(*http.Request) (*http.Response, error) {
					sent = true
					return conformance.Answer(op.Status, "{}"), nil
				}))
				_, err := do(t, f, c, name, in.request)
				refused, ok := errors.AsType[*docferry.InputError](err)
				if !ok || refused.Operation != name && refused.Operation != op.By || !slices.Contains(in.fields, refused.Field) {
					t.Errorf("%s in %s with a bad %v: error %v, want one that names both", name, v, in.fields, err)
				}
				if sent {
					t.Errorf("%s in %s with a bad %v was sent", name, v, in.fields)
				}
			}
		}
	}
}

// TestObserved checks that observers see the operation and its route, not what
// the request holds.
func TestObserved(t *testing.T) {
	f := loadFacts(t)
	for name, v := range f.calls {
		op := f.Operations[name]
		var seen string
		c, err := New(Config{BaseURL: "https://docs.example.com", APIVersion: v, HTTP: docferry.HTTP{
			Transport: conformance.Stub(func(*http.Request) (*http.Response, error) {
				return conformance.Answer(op.Status, "{}"),
					nil
			}),
			Observer: docferry.Observer{Done: func(_ context.Context, a docferry.Attempt) {
				seen = fmt.Sprint(a.Operation, " ", a.Method, " ", a.Route)
			}}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := do(t, f, c, name, fullRequest(t, f, name, v)); err != nil {
			t.Error(err)
		}
		want := name + " " + op.Method + " " + op.Path
		if op.By != "" {
			want = name + " " + op.Method + " " + path.Dir(op.Path) + "/{resource}"
		}
		if seen != want {
			t.Errorf("seen as %q, want %q", seen, want)
		}
	}
}
