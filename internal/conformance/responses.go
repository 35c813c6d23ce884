package conformance

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry"
)

// testResponses checks that every member of every response is decoded.
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
		h := docferry.HTTP{Transport: stub(func(*http.Request) (*http.Response, error) {
			return answer(op.Status, string(body)), nil
		})}
		resp, err := c.do(t, h, name, c.leastRequest(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkDecoded(t, goName(name)+"Response", resp.Elem())
	}
}

var someTime = time.Unix(1456700000, 0)

// object is a JSON object in which each text is the name of its member.
func (c *suite) object(members []memberFacts) map[string]any {
	object := map[string]any{}
	for _, m := range members {
		outer, inner := split(m.Type)
		value := c.value(m.wire(), inner[len(inner)-1])
		switch outer {
		case "list":
			value = []any{value, value}
		case "map":
			value = map[string]any{c.value(m.wire(), inner[0]).(string): value}
		}
		object[m.wire()] = value
	}
	return object
}

func (c *suite) value(name, apiType string) any {
	switch plainTypes[apiType] {
	case "string":
		return name
	case "bool":
		return true
	case "int64":
		return 7
	case "time.Time":
		return c.Time(someTime)
	}
	if values, ok := c.Enums[apiType]; ok {
		return values[0]
	}
	return c.object(c.Types[apiType])
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
			if !at.Equal(someTime) {
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
