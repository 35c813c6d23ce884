package docferry_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// TestReadme checks that the README's snippets are the bodies of examples
// that are compiled and run.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	tests, err := os.ReadFile("readme_test.go")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile("examples/aws/upload/main.go") // a module of its own, which is built with the others
	if err != nil {
		t.Fatal(err)
	}
	code := unindented(string(examples) + string(tests) + string(program))
	snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(snippets) < 6 {
		t.Errorf("the README has %d snippets, fewer than it has topics", len(snippets))
	}
	for _, s := range snippets {
		if !strings.Contains(code, unindented(s[1])) {
			t.Errorf("no example has this snippet of the README:\n%s", s[1])
		}
	}
	if lines := strings.Count(string(readme), "\n"); lines > 200 {
		t.Errorf("the README has %d lines, more than a reader takes in", lines)
	}
}

func unindented(code string) string {
	return regexp.MustCompile(`(?m)^\s+`).ReplaceAllString(code, "")
}

// The README's snippet for tests.
func TestReadmeFault(t *testing.T) {
	srv := workdocstest.NewServer(t)
	srv.Next("UpdateDocumentVersion", workdocstest.LoseAnswer())
	client, err := workdocs.New(workdocs.Config{Endpoint: srv.URL, Credentials: srv.Credentials()})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	if _, err := client.Uploader(workdocs.UploadTo{FolderID: srv.RootFolder()}).
		Upload(t.Context(), upload.Bytes("a.txt", []byte("a"))); err != nil {
		t.Error(err)
	}
}
