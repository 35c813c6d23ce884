package docferry_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	faultID    = regexp.MustCompile(`\bF(\d{2,3})\b(?: to F(\d{2,3})\b)?`)
	faultRow   = regexp.MustCompile(`(?m)^\| (F\d{2,3}) \|.*\| ([^|]*) \|$`)
	namedTests = regexp.MustCompile("`([\\w/]+)` (Test\\w+)")
)

// TestFaultCatalogue checks that docs/faults.md and the tests agree: each fault
// that a test cites has a row, and each row names tests that cite it.
func TestFaultCatalogue(t *testing.T) {
	page, err := os.ReadFile("docs/faults.md")
	if err != nil {
		t.Fatal(err)
	}
	cited := citations(t)
	rows := make(map[string]bool)
	for _, row := range faultRow.FindAllStringSubmatch(string(page), -1) {
		id, tests := row[1], namedTests.FindAllStringSubmatch(row[2], -1)
		if rows[id] {
			t.Errorf("%s has two rows", id)
		}
		if rows[id] = true; len(tests) == 0 {
			t.Errorf("%s names no test", id)
		}
		for _, test := range tests {
			if name := test[1] + " " + test[2]; !slices.Contains(cited[id], name) {
				t.Errorf("%s names %s, which is not a test that cites it; these are: %q", id, name, cited[id])
			}
		}
	}
	for id, tests := range cited {
		if !rows[id] {
			t.Errorf("docs/faults.md has no row for %s, which %s cites", id, tests[0])
		}
	}
}

// citations returns the tests that cite a fault, by its identifier: in their name
// or in a comment before or within them.
func citations(t *testing.T) map[string][]string {
	t.Helper()
	cited := make(map[string][]string)
	for _, s := range readSources(t) {
		if !s.test || s.nested {
			continue
		}
		files := token.NewFileSet()
		tree, err := parser.ParseFile(files, s.file, s.text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range tree.Decls {
			test, ok := decl.(*ast.FuncDecl)
			if !ok || test.Recv != nil || !strings.HasPrefix(test.Name.Name, "Test") {
				continue
			}
			text := regexp.MustCompile(`^Test(F\d+)`).ReplaceAllString(test.Name.Name, "$1 ") + "\n" + test.Doc.Text()
			for _, comment := range tree.Comments {
				if comment.Pos() > test.Pos() && comment.End() < test.End() {
					text += comment.Text()
				}
			}
			for _, id := range faultIDs(text) {
				if name := path.Clean(s.dir()) + " " + test.Name.Name; !slices.Contains(cited[id], name) {
					cited[id] = append(cited[id], name)
				}
			}
		}
	}
	return cited
}

// faultIDs returns the identifiers in a text, with those that "F02 to F05" spans.
func faultIDs(text string) []string {
	var ids []string
	for _, m := range faultID.FindAllStringSubmatch(text, -1) {
		first, _ := strconv.Atoi(m[1])
		last, err := strconv.Atoi(m[2])
		if err != nil {
			last = first
		}
		for n := first; n <= last; n++ {
			ids = append(ids, "F"+strings.Repeat("0", max(0, 2-len(strconv.Itoa(n))))+strconv.Itoa(n))
		}
	}
	return ids
}
