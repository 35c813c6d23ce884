package main

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write makes a file below dir, and the folders that it needs.
func write(t *testing.T, dir, name, content string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

// stored returns what WorkDocs and Oracle have, as "service owner path content".
func stored(e *emulator) []string {
	var all []string
	for _, item := range e.workdocs.Items() {
		content, _ := currentVersion(e.workdocs, item)
		all = append(all, strings.Join([]string{"workdocs", item.Owner, strings.Join(item.Path, "/"), string(content)}, " "))
	}
	for _, item := range e.oracle.Items() {
		content, _ := e.oracle.Content(item.ID, 0)
		all = append(all, strings.Join([]string{"oracle", item.Owner, strings.Join(item.Path, "/"), string(content)}, " "))
	}
	slices.Sort(all)
	return all
}

// seeded returns an emulator with the files below dir, and what was said about
// them.
func seeded(t *testing.T, dir string) (e *emulator, said string) {
	t.Helper()
	e = newEmulator()
	t.Cleanup(e.close)
	var stderr strings.Builder
	if err := e.seed(t.Context(), dir, &stderr); err != nil {
		t.Fatal(err)
	}
	return e, stderr.String()
}

func TestSeed(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.txt", "A")
	write(t, dir, "Reports/2026/May report.txt", "all was well")
	write(t, dir, "Reports/empty.txt", "")
	if err := os.Mkdir(filepath.Join(dir, "Empty"), 0o777); err != nil {
		t.Fatal(err)
	}
	e, said := seeded(t, dir)
	var want []string
	for _, service := range []string{"oracle docferry ", "workdocs Administrator "} {
		for _, item := range []string{"Empty ", "Reports ", "Reports/2026 ", "Reports/2026/May report.txt all was well",
			"Reports/empty.txt ", "a.txt A"} {
			want = append(want, service+item)
		}
	}
	if diff := cmp.Diff(want, stored(e)); diff != "" || said != "" {
		t.Errorf("stderr %q; stored (-want +got):\n%s", said, diff)
	}
}

// A link may lead out of the folder, and a name may be one that a service does
// not take. Neither stops the rest.
func TestSeedSkips(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such names, and links need a privilege")
	}
	dir, outside := t.TempDir(), t.TempDir()
	write(t, outside, "secret.txt", "not meant to be stored")
	for name, to := range map[string]string{"link.txt": filepath.Join(outside, "secret.txt"), "linked": outside,
		"inside.txt": "a.txt", "null": os.DevNull} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, dir, "a.txt", "A")
	write(t, dir, "What?/b.txt", "B")              // Oracle's folders have no question mark
	write(t, dir, "tab\there.txt", "no service's") // a control character
	e, said := seeded(t, dir)
	want := []string{"oracle docferry a.txt A", "workdocs Administrator What? ", "workdocs Administrator What?/b.txt B",
		"workdocs Administrator a.txt A"}
	if diff := cmp.Diff(want, stored(e)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	for _, line := range []string{`skipped the link "link.txt"`, `skipped the link "linked"`, `skipped the link "inside.txt"`,
		`skipped the link "null"`, `Oracle did not take the folder "What?": `, `WorkDocs did not take the file "tab\there.txt": `,
		`Oracle did not take the file "tab\there.txt": `} {
		if !strings.Contains(said, "emulator: -seed: "+line) {
			t.Errorf("nothing says %s in:\n%s", line, said)
		}
	}
	if lines := strings.Count(said, "\n"); lines != 7 {
		t.Errorf("%d lines were written, want 7:\n%s", lines, said)
	}
}

// Oracle has one name where a disk can have two. Neither content may be lost
// without a word.
func TestSeedNamesThatDifferInCase(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.txt", "small")
	write(t, dir, "A.txt", "large")
	write(t, dir, "b/1.txt", "small")
	write(t, dir, "B/1.txt", "large")
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 4 {
		t.Skip("this file system does not tell the names apart")
	}
	e, said := seeded(t, dir)
	want := []string{"oracle docferry A.txt large", "oracle docferry B ", "oracle docferry B/1.txt large",
		"workdocs Administrator A.txt large", "workdocs Administrator B ", "workdocs Administrator B/1.txt large",
		"workdocs Administrator a.txt small", "workdocs Administrator b ", "workdocs Administrator b/1.txt small"}
	if diff := cmp.Diff(want, stored(e)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if strings.Count(said, "\n") != 2 || !strings.Contains(said, `Oracle did not take the file "a.txt": `) ||
		!strings.Contains(said, `Oracle did not take the folder "b": `) {
		t.Errorf("stderr is %q", said)
	}
}

// The program says what it skips, and serves the rest.
func TestSeedFlag(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.txt", "A")
	write(t, dir, "What?/b.txt", "B")
	p := start(t, "-seed", dir)
	p.complains = true
	if said := p.stderr.String(); !strings.Contains(said, `Oracle did not take the folder "What?"`) {
		t.Errorf("stderr is %q", said)
	}
	if text := p.get(t, "/"); strings.Count(text, "<bdi>a.txt</bdi>") != 2 {
		t.Errorf("the page does not show the document of each service:\n%s", text)
	}
}
