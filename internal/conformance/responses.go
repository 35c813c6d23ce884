package conformance

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry"
)

// testResponses checks that every member of every response is decoded, at any depth.
func (c *suite) testResponses(t *testing.T) {
	for _, name := range c.names() {
		op := c.Operations[name]
		if len(op.Response) == 0 {
			continue
		}
		body, err := json.Marshal(c.object(op.Response))
		if err != nil {
			t.Fatal(err)
		}
		h := docferry.HTTP{Transport: Stub(func(*http.Request) (*http.Response, error) {
			return Answer(op.Status, string(body)), nil
		})}
		resp, err := c.do(t, h, name, c.leastRequest(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		CheckDecoded(t, GoName(name)+"Response", resp.Elem())
	}
}

// SomeTime is the value of all times in the answers that the tests make up.
var SomeTime = time.Unix(1456700000, 0)

// object returns a JSON object with the given members. The value of each string is
// the member's own name, which shows a member that was decoded into the wrong field.
func (c *suite) object(members []memberFacts) map[string]any {
	object := map[string]any{}
	for _, m := range members {
		outer, inner := Split(m.Type)
		value := c.value(m.wire(), inner[len(inner)-1])
		switch outer {
		// Two equal items: one would not show a decoder that keeps only the
		// last.
		case "list":
			value = []any{value, value}
		case "map":
			value = map[string]any{c.value(m.wire(), inner[0]).(string): value}
		}
		object[m.wire()] = value
	}
	return object
}

// value returns a JSON value of a type for the member with the given name. No
// value is zero, so that one that was not decoded can be told.
func (c *suite) value(name, apiType string) any {
	switch plainTypes[apiType] {
	case "string":
		return name
	case "bool":
		return true
	case "int64":
		return 7
	case "time.Time":
		return c.Time(SomeTime)
	}
	if values, ok := c.Enums[apiType]; ok {
		return values[0]
	}
	return c.object(c.Types[apiType])
}

// CheckDecoded checks a decoded value recursively: no field is zero, times are
// SomeTime, and strings are the names on the wire of their own fields, except
// for the fields named in except. A decoder that mixes up two fields is found
// that way. path is the position in error messages.
func CheckDecoded(t *testing.T, path string, v reflect.Value, except ...string) {
	t.Helper()
	if v.IsZero() {
		t.Errorf("%s was not decoded; check the tag of the field", path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		CheckDecoded(t, path, v.Elem(), except...)
	case reflect.Slice:
		for i := range v.Len() {
			CheckDecoded(t, path+"[]", v.Index(i), except...)
		}
	case reflect.Map:
		for key, value := range v.Seq2() {
			CheckDecoded(t, path+"[key]", key, except...)
			CheckDecoded(t, path+"[]", value, except...)
		}
	case reflect.Struct:
		if at, ok := reflect.TypeAssert[time.Time](v); ok {
			if !at.Equal(SomeTime) {
				t.Errorf("%s is the time %v, want %v", path, at, SomeTime)
			}
			return
		}
		for field, value := range v.Fields() {
			CheckDecoded(t, path+"."+field.Name, value, except...)
			wire, _, _ := strings.Cut(field.Tag.Get("json")+field.Tag.Get("header"), ",")
			if field.Type.Name() == "string" && value.String() != wire && !slices.Contains(except, wire) {
				t.Errorf("%s.%s is %q, want %q", path, field.Name, value, wire)
			}
		}
	}
}
