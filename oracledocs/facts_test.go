package oracledocs

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/docferry/docferry/internal/conformance"
)

// facts is what testdata/operations.json says about the API. The tests hold
// the code against it, so it is not made from the code.
type facts struct {
	About, Service string
	Versions       []Version
	Operations     map[string]*operationFacts
	Types          map[string][]memberFacts
	Enums          map[string][]string
	Errors         map[string]string // what each code means
}

type operationFacts struct {
	Method, Path, Repeat, Page, By, Iterator string
	Only                                     Version
	Status                                   int
	Content                                  bool
	Returns                                  string // the struct of the answer, where several operations share one
	OneOf                                    []string
	Request, Response                        []memberFacts
	Errors                                   []errorFacts
}

// errorFacts is one way in which the service refuses an operation: by a status and
// mostly a code, or by an error key alone where neither is known. When is set if
// status and code mean something particular for this operation.
type errorFacts struct {
	Status          int
	Code, Key, When string
	Inferred        bool
}

type memberFacts struct {
	Name, Go, In, Type, With, Embed               string
	Only, Body                                    Version
	Required, Digit, Bare, Zero, Secret, Inferred bool
	Min, Max                                      int
}

func loadFacts(t *testing.T) *facts {
	t.Helper()
	f := new(facts)
	conformance.ReadJSON(t, "testdata/operations.json", f)
	return f
}

// names returns the names of the operations in order.
func (f *facts) names() []string { return slices.Sorted(maps.Keys(f.Operations)) }

// in reports whether a version has the operation.
func (op *operationFacts) in(v Version) bool { return op.Only == "" || op.Only == v }

// newest is the newest version that has the operation.
func (op *operationFacts) newest() Version { return cmp.Or(op.Only, V1_2) }

// method is the Go method of an operation.
func (f *facts) method(operation string) string {
	return cmp.Or(f.Operations[operation].By, operation)
}

// answer is the Go struct of an operation's answer.
func (f *facts) answer(operation string) string {
	return cmp.Or(f.Operations[operation].Returns, f.method(operation)+"Response")
}

// responds reports whether the operation's answer holds more than its status.
func (op *operationFacts) responds() bool { return len(op.Response) > 0 }

// flat returns the members with those that they embed.
func (f *facts) flat(members []memberFacts) []memberFacts {
	var all []memberFacts
	for _, m := range members {
		if m.Embed != "" {
			all = append(all, f.flat(f.Types[m.Embed])...)
			continue
		}
		all = append(all, m)
	}
	return all
}

// at is where a member is in a version of the API; "" if it is not in it.
func (m memberFacts) at(v Version) string {
	switch {
	case m.Only != "" && m.Only != v:
		return ""
	case m.Body == v:
		return "json"
	}
	return m.In
}

// inner is the type of what a list or map holds, or the type itself.
func inner(apiType string) string {
	_, inner := conformance.Split(apiType)
	return inner[0]
}

// goName is the Go name of a member.
func (m memberFacts) goName() string {
	if m.Go != "" {
		return m.Go
	}
	return conformance.GoName(m.Name)
}

var plainTypes = map[string]string{
	"string": "string", "boolean": "bool", "integer": "int64", "time": "time.Time", "list": "[]string",
	"values": "map[string]map[string]string", "object": "map[string]interface {}", "source": "upload.Source",
}

// entries are types whose members are not documented.
var entries = map[string]bool{"ZipEntry": true}

// goType is the Go type of a member.
func (m memberFacts) goType() string {
	one := cmp.Or(plainTypes[inner(m.Type)], "oracledocs."+inner(m.Type))
	switch outer, _ := conformance.Split(m.Type); {
	case m.Secret:
		return "docferry.Secret"
	case m.Zero:
		return "*" + one
	case outer == "map":
		return "map[string]" + one
	case outer == "list":
		return "[]" + one
	}
	return one
}

// field is the field that a member has to become. Those of an answer are never
// required: whatever comes is decoded.
func (m memberFacts) field(sent bool) string {
	if m.Embed != "" {
		return "embedded oracledocs." + m.Embed
	}
	tag := m.Name
	if m.In == "cookie" {
		tag += "-{linkID}"
	}
	required := m.Required && sent
	if m.In == "json" && !required {
		tag += ",omitzero"
	}
	if required && m.In != "json" && m.In != "path" {
		tag += ",required"
	}
	for option, set := range map[string]bool{",digit": m.Digit, ",bare": m.Bare, ",body=" + string(m.Body): m.Body != "",
		",with=" + m.With: m.With != ""} {
		if set {
			tag += option // no member has two of them
		}
	}
	tag = m.In + `:"` + tag + `"`
	if m.Only != "" {
		tag += ` api:"` + string(m.Only) + `"`
	}
	return m.goName() + " " + m.goType() + " `" + tag + "`"
}

// TestFacts checks that the facts agree with each other.
func TestFacts(t *testing.T) {
	f := loadFacts(t)
	if len(f.Operations) != 124 {
		t.Errorf("there are %d operations, want 124", len(f.Operations))
	}
	used := map[string]bool{}
	use := func(owner string, members []memberFacts) {
		for _, m := range members {
			name := cmp.Or(m.Embed, inner(m.Type))
			used[name] = true
			if plainTypes[name] == "" && f.Types[name] == nil && f.Enums[name] == nil && !entries[name] {
				t.Errorf("%s.%s has the unknown type %s", owner, m.Name, name)
			}
		}
	}
	for name, members := range f.Types {
		use(name, members)
	}
	placeholder := regexp.MustCompile(`\{(\w+)\}`)
	for name, op := range f.Operations {
		use(name, op.Request)
		use(name, op.Response)
		inPath := map[string]bool{"version": true}
		for _, m := range op.Request {
			if m.In == "path" && op.By == "" {
				inPath[m.Name] = true
			}
		}
		inRoute := map[string]bool{"version": true}
		for _, found := range placeholder.FindAllStringSubmatch(op.Path, -1) {
			inRoute[found[1]] = true
		}
		if !maps.Equal(inPath, inRoute) {
			t.Errorf("%s has %v in its path, but the members %v", name, inRoute, inPath)
		}
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(f.Types)), slices.Collect(maps.Keys(f.Enums))) {
		if !used[name] {
			t.Errorf("nothing has the type %s", name)
		}
	}
}
