package oracledocs

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/conformance"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	jsonv2 "github.com/go-json-experiment/json"
)

// checkKept checks that what was read from an answer, written again, holds all
// that the answer did.
func checkKept(t *testing.T, name string, v Version, body []byte, resp any) {
	t.Helper()
	again, err := jsonv2.Marshal(resp, newDialect(v).JSON)
	if err != nil {
		t.Errorf("%s in %s: %v", name, v, err)
		return
	}
	var want, got any
	if err := json.Unmarshal(body, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(again, &got); err != nil {
		t.Fatal(err)
	}
	for _, member := range lost("", want, got) {
		t.Errorf("%s in %s loses %s", name, v, member)
	}
}

// lost lists the members of a documented answer that are not in what became of
// it, or have another value there. Numbers and flags are compared by what they
// mean, times to the second. Zero values may be left out.
func lost(path string, want, got any) (members []string) {
	switch want := want.(type) {
	case map[string]any:
		there, ok := got.(map[string]any)
		if !ok && len(want) > 0 {
			return []string{path}
		}
		for name, value := range want {
			members = append(members, lost(path+"/"+name, value, there[name])...)
		}
	case []any:
		there, _ := got.([]any)
		if len(there) != len(want) {
			return []string{path}
		}
		for i := range want {
			members = append(members, lost(fmt.Sprintf("%s/%d", path, i), want[i], there[i])...)
		}
	default:
		if !sameScalar(fmt.Sprint(want), got) {
			members = append(members, fmt.Sprintf("%s: %v became %v", path, want, got))
		}
	}
	return members
}

func sameScalar(want string, there any) bool {
	got := fmt.Sprint(there)
	flag, err := parseBool(want)
	isFlag := err == nil && want != ""
	switch {
	case there == nil:
		return isFlag && !flag || want == ""
	case got == want:
		return true
	case isFlag && (got == "true" || got == "false"):
		return got == fmt.Sprint(flag)
	}
	at := parseTime(want)
	return !at.IsZero() && formatTime(at) == got
}

// TestDocumentedAnswers checks that nothing of the answers that Oracle's
// reference shows gets lost.
func TestDocumentedAnswers(t *testing.T) {
	f := loadFacts(t)
	answers := map[string]json.RawMessage{}
	conformance.ReadJSON(t, "testdata/answers.json", &answers)
	for name, body := range answers {
		op := f.Operations[name]
		if op == nil {
			t.Errorf("there is no operation %s", name)
			continue
		}
		c := stubbed(t, op.newest(), conformance.Stub(func(*http.Request) (*http.Response, error) {
			return conformance.Answer(op.Status, string(body)), nil
		}))
		resp, err := do(t, f, c, name, leastRequest(t, f, name, op.newest()))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if op.responds() {
			checkKept(t, name, op.newest(), body, resp)
		}
	}
}

// TestMembersRead checks that every member of every answer is read, whether
// the service writes numbers and flags as strings or not.
func TestMembersRead(t *testing.T) {
	f := loadFacts(t)
	for name, v := range f.calls {
		op := f.Operations[name]
		if !op.responds() {
			continue
		}
		for _, style := range styles {
			body, err := json.Marshal(f.object(op.Response, style))
			if err != nil {
				t.Fatal(err)
			}
			c := stubbed(t, v, conformance.Stub(func(*http.Request) (*http.Response, error) {
				resp := conformance.Answer(op.Status, string(body))
				resp.Header.Set("Location", "Location")
				return resp, nil
			}))
			resp, err := do(t, f, c, name, leastRequest(t, f, name, v))
			if err != nil {
				t.Errorf("%s in %s: %v in %s", name, v, err, body)
				continue
			}
			conformance.CheckDecoded(t, name+"Response", reflect.ValueOf(resp).Elem(), "errorCode")
			checkKept(t, name, v, body, resp)
		}
	}
}

// TestOddParts checks that an odd part of an answer does not cost the others.
func TestOddParts(t *testing.T) {
	f := loadFacts(t)
	for _, name := range f.names() {
		op := f.Operations[name]
		if !op.responds() {
			continue
		}
		v := op.newest()
		req := leastRequest(t, f, name, v)
		call := func(body []byte, opt docferry.CallOption) (reflect.Value, error) {
			c := stubbed(t, v, conformance.Stub(func(*http.Request) (*http.Response, error) {
				return conformance.Answer(op.Status, string(body)), nil
			}))
			return conformance.Invoke(t, c, f.method(name), req, opt)
		}
		// The properties of a schema are any JSON, and the members of an entry of a ZIP
		// file any text. An odd errorCode is a refusal, or cannot be told from one.
		conformance.CheckOdd(t, name, f.object(op.Response, styles[0]), call, "/properties", "/errorCode",
			"/ignoredItems/0/", "/ignoredItems/1/", "/skippedItems/0/", "/skippedItems/1/")
	}
}

// style is how numbers and flags are written.
type style struct{ number, flag any }

var styles = []style{{"7", "1"}, {"7", "true"}, {7, 1}, {7, true}}

// object is a JSON object in which each text is the name of its member.
func (f *facts) object(members []memberFacts, s style) map[string]any {
	object := map[string]any{}
	for _, m := range f.flat(members) {
		if m.In != "json" {
			continue
		}
		value := f.value(m, s)
		switch outer, _, _ := strings.Cut(m.Type, "<"); {
		case outer == "map":
			value = map[string]any{m.Name: value}
		case outer == "list" && m.Type != outer:
			value = []any{value, value}
		}
		object[m.Name] = value
	}
	return object
}

func (f *facts) value(m memberFacts, s style) any {
	apiType := inner(m.Type)
	switch {
	case m.Name == "errorCode":
		return "0"
	case apiType == "string":
		return m.Name
	case apiType == "boolean":
		return s.flag
	case apiType == "integer":
		return s.number
	case apiType == "time":
		return conformance.SomeTime.UTC().Format(time.RFC3339)
	case apiType == "list":
		return m.Name + "," + m.Name
	case apiType == "values":
		return map[string]any{m.Name: map[string]any{m.Name: m.Name}}
	case apiType == "object", entries[apiType]:
		return map[string]any{m.Name: m.Name}
	case f.Enums[apiType] != nil:
		return f.Enums[apiType][0]
	}
	return f.object(f.Types[apiType], s)
}

// TestServerHasOperations checks that the test server finds each operation
// from what the client sends, in each version.
func TestServerHasOperations(t *testing.T) {
	f := loadFacts(t)
	for name, v := range f.calls {
		srv := oracledocstest.New()
		c, err := New(Config{BaseURL: srv.URL, APIVersion: v,
			HTTP: docferry.HTTP{Transport: srv, Retry: docferry.Retry{Attempts: 1}},
			Auth: BasicAuth(oracledocstest.User, oracledocstest.Password)})
		if err != nil {
			t.Fatal(err)
		}
		// Most refuse what they are sent, which is made up.
		_, _ = do(t, f, c, name, fullRequest(t, f, name, v))
		if calls := srv.Calls(); !slices.Equal(calls, []string{name}) {
			t.Errorf("the server takes %s in %s for %v", name, v, calls)
		}
		srv.Close()
	}
}
