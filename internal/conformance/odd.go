package conformance

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/docferry/docferry"
)

// testOddParts checks that an odd part of an answer does not cost the others.
func (c *suite) testOddParts(t *testing.T) {
	for _, name := range c.names() {
		op := c.Operations[name]
		req := c.leastRequest(t, name)
		CheckOdd(t, name, c.object(op.Response), func(body []byte, opt docferry.CallOption) (reflect.Value, error) {
			h := docferry.HTTP{Transport: Stub(func(*http.Request) (*http.Response, error) {
				return Answer(op.Status, string(body)), nil
			})}
			return Invoke(t, c.Client(t, h), GoName(name), req, opt)
		})
	}
}

// oddValues are values of several forms. No part of an answer has all of them.
var oddValues = []any{"odd", map[string]any{"odd": 1}, []any{[]any{"odd"}}}

// CheckOdd puts odd values in the place of each member and each entry of an answer,
// at any depth. Unless the value can be read all the same, the response must be that
// of an answer without this part, and Meta must name the part; or the call must fail
// because it is needed. Parts whose path begins with one of open can be anything.
func CheckOdd(t *testing.T, operation string, answer map[string]any,
	call func(body []byte, opt docferry.CallOption) (reflect.Value, error), open ...string) {
	t.Helper()
	read := func(value any) (reflect.Value, docferry.Meta, error) {
		body, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		var meta docferry.Meta
		response, err := call(body, docferry.WithMeta(&meta))
		return response, meta, err
	}
	for _, path := range partsOf(plainJSON(t, answer)) {
		want := "/" + strings.Join(path, "/")
		if slices.ContainsFunc(open, func(prefix string) bool { return strings.HasPrefix(want, prefix) }) {
			continue
		}
		without, _, err := read(replaced(plainJSON(t, answer), path, nil))
		if err != nil {
			t.Errorf("%s without %s: %v", operation, want, err)
		}
		noticed := false
		for _, odd := range oddValues {
			response, meta, err := read(replaced(plainJSON(t, answer), path, odd))
			switch {
			case errors.Is(err, docferry.ErrProtocol) && strings.Contains(err.Error(), "cannot be used, because its member /"):
				noticed = true
			case err != nil:
				t.Errorf("%s with an odd %s: %v", operation, want, err)
			case slices.Equal(meta.Unread, []string{want}):
				noticed = true
				if !reflect.DeepEqual(response.Interface(), without.Interface()) {
					t.Errorf("%s with an odd %s: %+v, want %+v", operation, want, response, without)
				}
			default: // it was read, or a part of it was
				for _, part := range meta.Unread {
					if !strings.HasPrefix(part, want+"/") {
						t.Errorf("%s with an odd %s: %s is unread", operation, want, part)
					}
				}
			}
		}
		if !noticed {
			t.Errorf("%s: nobody notices an odd %s", operation, want)
		}
	}
}

// plainJSON returns a value as encoding/json reads it, in a copy.
func plainJSON(t *testing.T, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	return plain
}

// partsOf returns the paths of all members and entries in a value.
func partsOf(v any) [][]string {
	var paths [][]string
	add := func(name string, part any) {
		paths = append(paths, []string{name})
		for _, path := range partsOf(part) {
			paths = append(paths, append([]string{name}, path...))
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			add(name, v[name])
		}
	case []any:
		for i, entry := range v {
			add(strconv.Itoa(i), entry)
		}
	}
	return paths
}

// replaced returns v with another part at path, or without it if part is nil.
func replaced(v any, path []string, part any) any {
	switch v := v.(type) {
	case map[string]any:
		switch {
		case len(path) > 1:
			v[path[0]] = replaced(v[path[0]], path[1:], part)
		case part == nil:
			delete(v, path[0])
		default:
			v[path[0]] = part
		}
		return v
	case []any:
		i, _ := strconv.Atoi(path[0])
		switch {
		case len(path) > 1:
			v[i] = replaced(v[i], path[1:], part)
		case part == nil:
			return slices.Delete(v, i, i+1)
		default:
			v[i] = part
		}
		return v
	}
	return v
}
