package workdocs

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// facts is what testdata/operations.json says about the API. The tests hold
// the code against it, so it is not made from the code.
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
	limitFacts
	Each, Keys, Values *limitFacts
}

type limitFacts struct {
	Min, Max  *int
	Pattern   string
	Sensitive bool
}

func loadFacts(t *testing.T) *facts {
	t.Helper()
	file, err := os.Open("testdata/operations.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	dec := json.NewDecoder(file)
	dec.DisallowUnknownFields()
	f := new(facts)
	if err := dec.Decode(f); err != nil {
		t.Fatal(err)
	}
	return f
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

// split takes "list<X>" and "map<K,V>" apart. A type that is neither has no outer.
func split(apiType string) (outer string, inner []string) {
	outer, rest, ok := strings.Cut(strings.TrimSuffix(apiType, ">"), "<")
	if !ok {
		return "", []string{apiType}
	}
	return outer, strings.Split(rest, ",")
}

// reachable returns the types that the members hold, and those within them.
func (f *facts) reachable(members []memberFacts, found map[string]bool) {
	for _, m := range members {
		_, inner := split(m.Type)
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
	for name, op := range f.Operations {
		for _, m := range slices.Concat(op.Request, op.Response) {
			if !yield(name, m) {
				return
			}
		}
	}
	for name, members := range f.Types {
		for _, m := range members {
			if !yield(name, m) {
				return
			}
		}
	}
}

var word = regexp.MustCompile(`[A-Z][a-z0-9]*`)

var initialisms = map[string]string{"Id": "ID", "Ids": "IDs", "Url": "URL"}

// goName is the Go name of a member or operation of the API.
func goName(name string) string {
	return word.ReplaceAllStringFunc(name, func(w string) string {
		if initialism, ok := initialisms[w]; ok {
			return initialism
		}
		return w
	})
}

// goTypeName is the Go name of a type of the API: without the suffix Type,
// unless members that hold it are named so too.
func (f *facts) goTypeName(name string) string {
	for _, m := range f.members {
		_, inner := split(m.Type)
		if slices.Contains(inner, name) && regexp.MustCompile(`Types?$`).MatchString(m.Name) {
			return name
		}
	}
	return strings.TrimSuffix(name, "Type")
}

var plainTypes = map[string]string{
	"string": "string", "boolean": "bool", "integer": "int64", "long": "int64", "timestamp": "time.Time",
}

// goType is the Go type of a member.
func (f *facts) goType(m memberFacts) string {
	one := func(name string) string {
		if plain, ok := plainTypes[name]; ok {
			return plain
		}
		return "workdocs." + f.goTypeName(name)
	}
	outer, inner := split(m.Type)
	last := one(inner[len(inner)-1])
	if m.Secret {
		last = "docferry.Secret"
	}
	switch {
	case outer == "list":
		return "[]" + last
	case outer == "map":
		return "map[" + one(inner[0]) + "]" + last
	case m.Zero:
		return "*" + last
	}
	return last
}

// TestFacts checks that the facts agree with each other.
func TestFacts(t *testing.T) {
	f := loadFacts(t)
	if len(f.Operations) != 44 {
		t.Errorf("there are %d operations, want 44", len(f.Operations))
	}
	used := map[string]bool{}
	for owner, m := range f.members {
		_, inner := split(m.Type)
		for _, name := range inner {
			used[name] = true
			if plainTypes[name] == "" && f.Types[name] == nil && f.Enums[name] == nil {
				t.Errorf("%s.%s has the unknown type %s", owner, m.Name, name)
			}
		}
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(f.Types)), slices.Collect(maps.Keys(f.Enums))) {
		if !used[name] {
			t.Errorf("nothing has the type %s", name)
		}
	}
	placeholder := regexp.MustCompile(`\{(\w+)\}`)
	refused := map[string]bool{}
	for name, op := range f.Operations {
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
			if _, ok := f.Errors[code]; !ok {
				t.Errorf("%s fails with the unknown %s", name, code)
			}
		}
	}
	for code := range f.Errors {
		if !refused[code] {
			t.Errorf("nothing fails with %s", code)
		}
	}
}
