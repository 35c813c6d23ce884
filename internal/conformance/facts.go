package conformance

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// facts is the content of a service's file of facts. Types are named as in the
// API's model: "string", "list<Name>", "map<Key,Value>", or a name in Types or
// Enums.
type facts struct {
	About, Service, Version string
	Operations              map[string]*operationFacts
	Types                   map[string][]memberFacts
	Enums                   map[string][]string
	Errors                  map[string]struct {
		Status  int
		Members []memberFacts
	}
}

// operationFacts describes an operation.
type operationFacts struct {
	// Repeat is "safe", "idempotent" or "unsafe".
	Method, Path, Repeat string
	// Status is that of a successful answer.
	Status            int
	Request, Response []memberFacts
	// Pages is set if the operation returns a listing in pages: the method that
	// iterates over it, the members with the marker of a page, in the request and
	// in the response, and the members of the response that are lists of items.
	Pages *struct {
		Iterator, From, Next string
		Items                []string
	}
	// Errors are the codes that the operation can fail with.
	Errors []string
}

// memberFacts describes a member of a request, a response, a type or an error. Wire
// is its name in a message, if that differs from Name; In is its place, a tag of
// package wire, with json as the default. Zero means that the zero value differs
// from a missing one, so that the field is a pointer.
type memberFacts struct {
	Name, Wire, In, Type               string
	Required, Secret, Zero, Deprecated bool
	Filled                             bool // the client sets it if the caller does not
	limitFacts
	Each, Keys, Values *limitFacts
}

// limitFacts are the constraints on a value. Max has to be documented; see
// checkLimitNamed. Each, Keys and Values of memberFacts are those of the items of a
// list and of the keys and values of a map.
type limitFacts struct {
	Min, Max  *int
	Pattern   string
	Sensitive bool
}

// loadFacts reads the facts of the package that is tested.
func loadFacts(t testing.TB) *facts {
	t.Helper()
	f := new(facts)
	ReadJSON(t, file, f)
	return f
}

// ReadJSON decodes a file of facts into to. A member of the file that to does not
// have fails the test, because it would be a fact that nothing checks.
func ReadJSON(t testing.TB, name string, to any) {
	t.Helper()
	text, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	dec := json.NewDecoder(text)
	dec.DisallowUnknownFields()
	if err := dec.Decode(to); err != nil {
		t.Fatal(err)
	}
}

// names returns the names of the operations in alphabetical order.
func (f *facts) names() []string { return slices.Sorted(maps.Keys(f.Operations)) }

// wire returns the member's name in a message.
func (m memberFacts) wire() string {
	if m.Wire != "" {
		return m.Wire
	}
	return m.Name
}

// Split splits "list<X>" into "list" and X, and "map<K,V>" into "map", K and V.
// For any other type, outer is empty and inner is the type itself. Types are
// not nested any deeper.
func Split(apiType string) (outer string, inner []string) {
	outer, rest, ok := strings.Cut(strings.TrimSuffix(apiType, ">"), "<")
	if !ok {
		return "", []string{apiType}
	}
	return outer, strings.Split(rest, ",")
}

// reachable adds to found the types of the members and, recursively, those of
// their own members. A type that is already in found is not visited again,
// which ends the recursion in types that contain themselves.
func (f *facts) reachable(members []memberFacts, found map[string]bool) {
	for _, m := range members {
		_, inner := Split(m.Type)
		for _, name := range inner {
			if !found[name] {
				found[name] = true
				f.reachable(f.Types[name], found)
			}
		}
	}
}

// sent returns the types and enums that occur in requests, at any depth.
func (f *facts) sent() map[string]bool {
	found := map[string]bool{}
	for _, op := range f.Operations {
		f.reachable(op.Request, found)
	}
	return found
}

// received returns the types and enums that occur in responses, at any depth.
func (f *facts) received() map[string]bool {
	found := map[string]bool{}
	for _, op := range f.Operations {
		f.reachable(op.Response, found)
	}
	return found
}

// members iterates over all members of the API, each with the name of the type,
// operation or error that it belongs to. The order is random.
func (f *facts) members(yield func(owner string, m memberFacts) bool) {
	owned := map[string][]memberFacts{}
	maps.Copy(owned, f.Types)
	for name, op := range f.Operations {
		owned[name] = slices.Concat(op.Request, op.Response)
	}
	for name, e := range f.Errors {
		owned[name] = e.Members
	}
	for owner, members := range owned {
		for _, m := range members {
			if !yield(owner, m) {
				return
			}
		}
	}
}

// testFacts checks that the facts are consistent: the number of operations is
// right, every type that is used is described and every type that is described
// is used, the placeholders of a path are the members in the path, and error
// codes are described and used as well.
func (c *suite) testFacts(t *testing.T) {
	if len(c.Operations) != c.Count || c.facts.Service != c.Name {
		t.Errorf("the facts have %d operations of %q, want %d of %q", len(c.Operations), c.facts.Service, c.Count, c.Name)
	}
	used := map[string]bool{}
	for owner, m := range c.members {
		_, inner := Split(m.Type)
		for _, name := range inner {
			used[name] = true
			if plainTypes[name] == "" && c.Types[name] == nil && c.Enums[name] == nil {
				t.Errorf("%s.%s has the type %s, which the facts do not describe", owner, m.Name, name)
			}
		}
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(c.Types)), slices.Collect(maps.Keys(c.Enums))) {
		if !used[name] {
			t.Errorf("no member has the type %s; remove it from the facts", name)
		}
	}
	placeholder := regexp.MustCompile(`\{(\w+)\}`)
	refused := map[string]bool{}
	for name, op := range c.Operations {
		var inPath, inRoute []string
		for _, m := range op.Request {
			if m.In == "path" {
				inPath = append(inPath, m.wire())
			}
		}
		for _, found := range placeholder.FindAllStringSubmatch(op.Path, -1) {
			inRoute = append(inRoute, found[1])
		}
		slices.Sort(inPath)
		slices.Sort(inRoute)
		if !slices.Equal(inPath, inRoute) {
			t.Errorf("%s has the placeholders %v in its path, but the path members %v", name, inRoute, inPath)
		}
		for _, code := range op.Errors {
			refused[code] = true
			if _, ok := c.Errors[code]; !ok {
				t.Errorf("%s can fail with %s, which the facts do not describe", name, code)
			}
		}
	}
	for code := range c.Errors {
		if !refused[code] {
			t.Errorf("no operation fails with %s; remove it from the facts", code)
		}
	}
}
