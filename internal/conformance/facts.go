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

// facts is what a service's file says about its API. The code is held against
// it, so it is not made from the code.
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

type operationFacts struct {
	Method, Path, Repeat string
	Status               int
	Request, Response    []memberFacts
	Pages                *struct {
		Iterator, From, Next string
		Items                []string
	}
	Errors []string
}

type memberFacts struct {
	Name, Wire, In, Type               string
	Required, Secret, Zero, Deprecated bool
	Filled                             bool // by the client, if the caller does not
	limitFacts
	Each, Keys, Values *limitFacts
}

type limitFacts struct {
	Min, Max  *int
	Pattern   string
	Sensitive bool
}

func loadFacts(t testing.TB) *facts {
	t.Helper()
	f := new(facts)
	ReadJSON(t, file, f)
	return f
}

// ReadJSON reads a file of facts, which has no members that to has not.
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

// names returns the names of the operations in order.
func (f *facts) names() []string { return slices.Sorted(maps.Keys(f.Operations)) }

// wire is the member's name in a message.
func (m memberFacts) wire() string {
	if m.Wire != "" {
		return m.Wire
	}
	return m.Name
}

// Split takes "list<X>" and "map<K,V>" apart. A type that is neither has no outer.
func Split(apiType string) (outer string, inner []string) {
	outer, rest, ok := strings.Cut(strings.TrimSuffix(apiType, ">"), "<")
	if !ok {
		return "", []string{apiType}
	}
	return outer, strings.Split(rest, ",")
}

// reachable adds the types that the members hold to found, and those within them.
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

// sent returns the types that requests hold, received those that responses do.
func (f *facts) sent() map[string]bool {
	found := map[string]bool{}
	for _, op := range f.Operations {
		f.reachable(op.Request, found)
	}
	return found
}

func (f *facts) received() map[string]bool {
	found := map[string]bool{}
	for _, op := range f.Operations {
		f.reachable(op.Response, found)
	}
	return found
}

// members ranges over every member of the API by the name of its owner.
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

// testFacts checks that the facts agree with each other.
func (c *suite) testFacts(t *testing.T) {
	if len(c.Operations) != c.Count || c.facts.Service != c.Name {
		t.Errorf("there are %d operations of %q, want %d of %q", len(c.Operations), c.facts.Service, c.Count, c.Name)
	}
	used := map[string]bool{}
	for owner, m := range c.members {
		_, inner := Split(m.Type)
		for _, name := range inner {
			used[name] = true
			if plainTypes[name] == "" && c.Types[name] == nil && c.Enums[name] == nil {
				t.Errorf("%s.%s has the unknown type %s", owner, m.Name, name)
			}
		}
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(c.Types)), slices.Collect(maps.Keys(c.Enums))) {
		if !used[name] {
			t.Errorf("nothing has the type %s", name)
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
			t.Errorf("%s has %v in its path, but the members %v", name, inRoute, inPath)
		}
		for _, code := range op.Errors {
			refused[code] = true
			if _, ok := c.Errors[code]; !ok {
				t.Errorf("%s fails with the unknown %s", name, code)
			}
		}
	}
	for code := range c.Errors {
		if !refused[code] {
			t.Errorf("nothing fails with %s", code)
		}
	}
}
