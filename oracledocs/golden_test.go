package oracledocs

import (
	"net/http"
	"slices"
	"testing"

	"github.com/docferry/docferry/internal/conformance"
	"github.com/docferry/docferry/internal/golden"
)

// TestGoldenRequests compares all that each operation sends with its file: in
// the newest version that has it, and in 1.1 where that sends something else.
func TestGoldenRequests(t *testing.T) {
	f := loadFacts(t)
	send := func(dir, name string, v Version) {
		golden.Request(t, dir, name, func(rt http.RoundTripper) {
			if _, err := do(t, f, stubbed(t, v, rt), name, fullRequest(t, f, name, v)); err != nil {
				t.Errorf("%s in %s: %v", name, v, err)
			}
		})
	}
	var older []string
	for _, name := range f.names() {
		op := f.Operations[name]
		send("testdata/golden", name, op.newest())
		differs := slices.ContainsFunc(op.Request, func(m memberFacts) bool { return m.Only != "" || m.Body != "" })
		if differs && op.in(V1_1) {
			send("testdata/golden-1.1", name, V1_1)
			older = append(older, name)
		}
	}
	golden.Only(t, "testdata/golden", f.names())
	golden.Only(t, "testdata/golden-1.1", older)
}

// TestExamples checks that every enum in a request has an example.
func TestExamples(t *testing.T) {
	f := loadFacts(t)
	sent, enums := f.reached(func(op *operationFacts) []memberFacts { return op.Request }), map[string]bool{}
	for name := range f.Enums {
		enums[name] = sent[name]
	}
	conformance.CheckExamples(t, examples, enums)
}
