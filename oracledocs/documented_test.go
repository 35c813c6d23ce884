package oracledocs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/conformance"
	gocmp "github.com/google/go-cmp/cmp"
)

// statusKinds has the sentinel errors of refusals whose code does not decide.
var statusKinds = map[int]error{400: docferry.ErrInvalid, 403: docferry.ErrForbidden, 404: docferry.ErrNotFound,
	409: docferry.ErrConflict}

var sentinelNames = map[error]string{docferry.ErrInvalid: "docferry.ErrInvalid",
	docferry.ErrForbidden: "docferry.ErrForbidden", docferry.ErrNotFound: "docferry.ErrNotFound",
	docferry.ErrConflict: "docferry.ErrConflict"}

// names returns the words by which a doc comment can name a refusal: the constant of
// its code and the sentinel error that it matches; without these, its key or its
// status.
func (e errorFacts) names(codes map[string]string) []string {
	var words []string
	if e.Code != "" {
		words = append(words, codes[e.Code])
	}
	kind := kinds[e.Code]
	if kind == nil {
		kind = statusKinds[e.Status]
	}
	if kind != nil {
		words = append(words, sentinelNames[kind])
	}
	if len(words) == 0 {
		words = append(words, cmp.Or(e.Key, fmt.Sprintf("status %d", e.Status)))
	}
	return words
}

// codesOf returns the constants of error codes by their values.
func codesOf(s *conformance.Source) map[string]string {
	codes := map[string]string{}
	for constant, code := range s.Consts[""] {
		if strings.HasPrefix(constant, "Code") {
			codes[code] = constant
		}
	}
	return codes
}

// TestErrorsNamed checks that each code has a constant, and that each error of each
// operation is documented: one that means the same for all operations in the doc
// comment of the package, any other one in that of the operation, which also says if
// it is inferred.
func TestErrorsNamed(t *testing.T) {
	f, s := loadFacts(t), conformance.ParseSource(t)
	codes := codesOf(s)
	if diff := gocmp.Diff(slices.Sorted(maps.Keys(f.Errors)), slices.Sorted(maps.Keys(codes))); diff != "" {
		t.Errorf("the codes differ (-facts +code):\n%s", diff)
	}
	for _, name := range f.names() {
		for _, e := range f.Operations[name].Errors {
			if e.Code != "" && f.Errors[e.Code] == "" {
				t.Errorf("%s fails with the unknown code %s", name, e.Code)
			}
			words := e.names(codes)
			inPackage := func(word string) bool { return conformance.Names(s.Package, word) }
			if e.When == "" {
				if !slices.ContainsFunc(words, inPackage) {
					t.Errorf("the doc comment of the package does not name %v, an error of %s", words, name)
				}
				continue
			}
			s.CheckNamed(t, f.method(name), words...)
			if e.Inferred {
				s.CheckNamed(t, f.method(name), "inferred", "reported")
			}
		}
	}
}

// TestLimitsNamed checks that the comment of each member of a request has the limits
// of its length, size or value.
func TestLimitsNamed(t *testing.T) {
	f, s := loadFacts(t), conformance.ParseSource(t)
	check := func(of string, members []memberFacts) {
		for _, m := range members {
			for _, limit := range []int{m.Min, m.Max} {
				if limit != 0 {
					s.CheckLimit(t, of, m.goName(), limit)
				}
			}
		}
	}
	for _, name := range f.names() {
		check(f.method(name)+"Request", f.Operations[name].Request)
	}
	for name, members := range f.Types {
		check(name, members)
	}
}
