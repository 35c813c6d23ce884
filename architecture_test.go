package docferry_test

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/docferry/docferry"

// layers are the packages from the bottom up, as folders. An import leads to
// a lower layer or to the same one. A package of internal that is not named
// here is a leaf, in the lowest layer.
var layers = [][]string{
	{"internal/*"},
	{"."},
	{"internal/exchange"}, // a request and its answer, in the public terms of the root
	{"internal/awsrest", "internal/call", "internal/fetch"},
	{"upload", "upload/*"},
	{"connectparticipant", "oracledocs", "workdocs"},
	{"connectparticipant/*", "oracledocs/*", "workdocs/*"}, // test servers, which have a rule of their own
	{"examples/*"},
}

// The modules that code may import, each with all of its packages.
var (
	modulesOfCode = []string{
		"github.com/aws/aws-sdk-go-v2",
		"github.com/coder/websocket",
		"github.com/go-json-experiment/json",
		"github.com/hashicorp/go-retryablehttp",
		"golang.org/x/text",
		"golang.org/x/time",
	}
	modulesOfTests = []string{
		"github.com/google/go-cmp",
		"github.com/jarcoal/httpmock",
	}
)

func TestImportsPointDown(t *testing.T) {
	imports := readSources(t).imports(t)
	used := inUse(imports)
	for _, dir := range slices.Sorted(maps.Keys(imports)) {
		from := layerOf(dir)
		if from < 0 {
			t.Errorf("package %s has no layer: give it one in this test", dir)
			continue
		}
		if !used[dir] {
			continue
		}
		for _, to := range imports[dir] {
			switch {
			case layerOf(to) > from:
				t.Errorf("%s imports %s, which stands above it", dir, to)
			case isService(dir) && isService(to):
				t.Errorf("%s imports %s: a service knows no other", dir, to)
			}
		}
	}
}

// A fake that shares its client's codec shares its mistakes.
func TestTestServersShareNoCodeWithClients(t *testing.T) {
	imports := readSources(t).imports(t)
	for _, dir := range slices.Sorted(maps.Keys(imports)) {
		if !isService(path.Dir(dir)) {
			continue
		}
		for _, to := range reachable(imports, dir) {
			if isService(to) || to == "upload" || to == "internal/wire" || to == "internal/call" || to == "internal/exchange" {
				t.Errorf("%s imports %s, perhaps through another package: a test server knows nothing of a client", dir, to)
			}
		}
	}
}

func TestModules(t *testing.T) {
	all := readSources(t)
	used := inUse(all.imports(t))
	for _, s := range all {
		if s.nested {
			continue
		}
		allowed := slices.Concat([]string{module}, modulesOfCode)
		if s.test || !used[s.dir()] {
			allowed = append(allowed, modulesOfTests...)
		}
		for _, imported := range s.imports {
			root, _, _ := strings.Cut(imported, "/")
			standard := !strings.Contains(root, ".")
			if !standard && !slices.ContainsFunc(allowed, func(m string) bool { return within(m, imported) }) {
				t.Errorf("%s imports %s, which is not of the modules that it may use", s.file, imported)
			}
		}
	}
}

func TestPackageNames(t *testing.T) {
	vague := []string{"base", "common", "helper", "helpers", "misc", "shared", "types", "util", "utils"}
	for _, s := range readSources(t) {
		name := strings.TrimSuffix(s.name, "_test")
		if slices.Contains(vague, name) || slices.Contains(vague, path.Base(s.dir())) {
			t.Errorf("%s: the name of package %s does not say what it is for", s.file, name)
		}
	}
}

func TestFiles(t *testing.T) {
	const longest = 400
	unfinished := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|X` + `XX)\b`)
	for _, s := range readSources(t) {
		if lines := bytes.Count(s.text, []byte("\n")); !s.test && lines > longest {
			t.Errorf("%s has %d lines, want at most %d: split it", s.file, lines, longest)
		}
		for i, line := range strings.Split(string(s.text), "\n") {
			if mark := unfinished.FindString(line); mark != "" {
				t.Errorf("%s:%d: holds the mark %s: do it, or file an issue", s.file, i+1, mark)
			}
		}
	}
}

func TestGoMod(t *testing.T) {
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile("CONTRIBUTING.md")
	if err != nil {
		t.Fatalf("CONTRIBUTING.md is to give the reason for each dependency: %v", err)
	}
	for _, d := range directives(string(text)) {
		switch d.verb {
		case "tool", "replace", "exclude":
			t.Errorf("go.mod has a %s directive, which its users would carry or not get", d.verb)
		case "require":
			if !d.indirect && !bytes.Contains(guide, []byte(d.subject)) {
				t.Errorf("CONTRIBUTING.md does not name %s, which go.mod requires", d.subject)
			}
		}
	}
}

// directive is a line of a go.mod file, such as "require example.com/m v1.2.3".
type directive struct {
	verb, subject string
	indirect      bool
}

func directives(gomod string) []directive {
	var all []directive
	block := "" // the verb of the block that the line is in
	for line := range strings.Lines(gomod) {
		code, comment, _ := strings.Cut(line, "//")
		code = strings.TrimSpace(code)
		switch {
		case code == "":
			continue
		case code == ")":
			block = ""
			continue
		case strings.HasSuffix(code, "("):
			block = strings.TrimSpace(strings.TrimSuffix(code, "("))
			continue
		case block != "":
			code = block + " " + code
		}
		words := append(strings.Fields(code), "")
		all = append(all, directive{verb: words[0], subject: words[1], indirect: strings.TrimSpace(comment) == "indirect"})
	}
	return all
}

// source is what a Go file says about itself.
type source struct {
	file    string // with slashes, from the root of the module
	name    string // of its package
	imports []string
	text    []byte
	test    bool // its name ends in _test.go
	nested  bool // it belongs to a module within this one
}

func (s *source) dir() string { return path.Dir(s.file) }

type sources []*source

// readSources reads the Go files of the tree, except test data.
func readSources(t *testing.T) sources {
	t.Helper()
	var all sources
	modules := []string{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		switch {
		case d.IsDir() && name != "." && (name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")):
			return filepath.SkipDir
		case name == "go.mod" && file != "go.mod":
			modules = append(modules, filepath.ToSlash(filepath.Dir(file)))
		case d.Type().IsRegular() && strings.HasSuffix(name, ".go"):
			s, err := readSource(file)
			if err != nil {
				return err
			}
			all = append(all, s)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		s.nested = slices.ContainsFunc(modules, func(m string) bool { return within(m, s.file) })
	}
	return all
}

func readSource(file string) (*source, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	s := &source{file: filepath.ToSlash(file), name: f.Name.Name, text: text, test: strings.HasSuffix(file, "_test.go")}
	for _, spec := range f.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		s.imports = append(s.imports, imported)
	}
	return s, nil
}

// imports are the folders that the code of each folder imports, tests aside.
func (all sources) imports(t *testing.T) map[string][]string {
	t.Helper()
	graph := make(map[string][]string)
	for _, s := range all {
		if s.test || s.nested {
			continue
		}
		graph[s.dir()] = append(graph[s.dir()], s.folders()...)
	}
	for dir, imports := range graph {
		slices.Sort(imports)
		graph[dir] = slices.Compact(imports)
	}
	if len(graph["."]) == 0 {
		t.Fatal("the root package imports nothing: this test reads the wrong tree")
	}
	return graph
}

// folders are those of the module that the file imports.
func (s *source) folders() []string {
	var dirs []string
	for _, imported := range s.imports {
		if within(module, imported) {
			dirs = append(dirs, path.Clean("."+strings.TrimPrefix(imported, module)))
		}
	}
	return dirs
}

// inUse are the public folders, and the internal ones that they import. The
// others are there for tests.
func inUse(imports map[string][]string) map[string]bool {
	used := make(map[string]bool)
	for dir := range imports {
		if within("internal", dir) {
			continue
		}
		used[dir] = true
		for _, to := range reachable(imports, dir) {
			used[to] = true
		}
	}
	return used
}

// layerOf returns the place in layers of the pattern that fits dir best, or -1.
func layerOf(dir string) int {
	layer, best := -1, ""
	for i, patterns := range layers {
		for _, pattern := range patterns {
			parent, open := strings.CutSuffix(pattern, "/*")
			fits := dir == pattern || open && within(parent, dir)
			if fits && len(pattern) > len(best) {
				layer, best = i, pattern
			}
		}
	}
	return layer
}

func isService(dir string) bool {
	return slices.Contains([]string{"connectparticipant", "oracledocs", "workdocs"}, dir)
}

// reachable returns the folders that dir imports, by whatever way.
func reachable(imports map[string][]string, dir string) []string {
	seen := make(map[string]bool)
	var visit func(string)
	visit = func(dir string) {
		for _, to := range imports[dir] {
			if !seen[to] {
				seen[to] = true
				visit(to)
			}
		}
	}
	visit(dir)
	return slices.Sorted(maps.Keys(seen))
}

// within reports whether a path is root or lies below it.
func within(root, name string) bool {
	return name == root || strings.HasPrefix(name, root+"/")
}
