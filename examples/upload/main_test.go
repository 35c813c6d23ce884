package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// ran runs the program, and returns its exit code and what it prints.
func ran(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, problems bytes.Buffer
	code = run(t.Context(), args, &out, &problems)
	return code, out.String(), problems.String()
}

// write writes files below a folder.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDemo(t *testing.T) {
	code, stdout, stderr := ran(t)
	if code != 0 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stdout, "make folder Sample\n") ||
		!strings.Contains(stdout, "\n8 new files, 0 new versions (14.7 MB), 0 unchanged, 5 new folders, 0 failed, ") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// Files, folders and links to them are stored under their own names, once.
func TestUpload(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.txt": "one", "papers/b.txt": "two", "papers/old/c.txt": "three",
		"there/d.txt": "four", "hidden/e.txt": "five", "unwanted.txt": "six"})
	names := []string{filepath.Join(dir, "a.txt"), filepath.Join(dir, "papers"), filepath.Join(dir, "folder"),
		filepath.Join(dir, "file.txt")}
	for link, to := range map[string]string{"folder": "there", "file.txt": "hidden/e.txt"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip("there are no links")
		}
	}
	wd, oc, disk := workdocstest.NewServer(t), oracledocstest.NewServer(t), t.TempDir()
	_, token := wd.AddUser(workdocstest.Administrator)
	t.Setenv("WORKDOCS_TOKEN", token)
	t.Setenv("ORACLE_PASSWORD", oracledocstest.Password)
	flags := []string{"-workdocs-endpoint", wd.URL, "-oracle-url", oc.URL, "-oracle-user", oracledocstest.User}
	for _, to := range []string{"workdocs:" + wd.RootFolder(), "oracle:self", disk} {
		journal := filepath.Join(t.TempDir(), "journal")
		args := slices.Concat(flags, []string{"-journal", journal}, names, []string{to})
		code, stdout, stderr := ran(t, args...)
		if code != 0 || stderr != "" || !strings.Contains(stdout,
			"\n5 new files, 0 new versions (19 B), 0 unchanged, 3 new folders, 0 failed, 0 not begun\n") {
			t.Errorf("to %s: exit %d, stdout %q, stderr %q", to, code, stdout, stderr)
		}
		code, stdout, stderr = ran(t, append([]string{"-resume"}, args...)...)
		if code != 0 || stderr != "" || !strings.HasPrefix(stdout, "0 new files, 0 new versions (0 B), 5 unchanged, 0 new ") {
			t.Errorf("to %s again: exit %d, stdout %q, stderr %q", to, code, stdout, stderr)
		}
	}
	want := map[string]string{"a.txt": "one", "papers/b.txt": "two", "papers/old/c.txt": "three", "folder/d.txt": "four",
		"file.txt": "five"}
	got := map[string]map[string]string{"WorkDocs": {}, "Oracle": {}, "disk": {}}
	for _, i := range wd.Items() {
		for _, v := range i.Versions {
			content, _ := wd.Content(i.ID, v.ID)
			got["WorkDocs"][strings.Join(i.Path, "/")] += string(content)
		}
	}
	for _, i := range oc.Items() {
		for _, v := range i.Versions {
			content, _ := oc.Content(i.ID, v.Number)
			got["Oracle"][strings.Join(i.Path, "/")] += string(content)
		}
	}
	for name := range want {
		content, err := os.ReadFile(filepath.Join(disk, name))
		if err != nil {
			t.Error(err)
		}
		got["disk"][name] = string(content)
	}
	if diff := cmp.Diff(map[string]map[string]string{"WorkDocs": want, "Oracle": want, "disk": want}, got); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

// A folder that is uploaded into itself does not grow without an end.
func TestIntoItself(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"x/a.txt": "one", "x/y/b.txt": "two"})
	x := filepath.Join(dir, "x")
	code, stdout, _ := ran(t, x, x)
	if code != 1 || !strings.Contains(stdout, `copy "x": it is the folder that the copy leads to`) {
		t.Errorf("into itself: exit %d, stdout %q", code, stdout)
	}
	code, stdout, _ = ran(t, x, filepath.Join(x, "y"))
	if code != 1 || !strings.Contains(stdout, "\n1 new files, ") {
		t.Errorf("into a folder of it: exit %d, stdout %q", code, stdout)
	}
}

func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.txt": "one", "sub/a.txt": "two"})
	to := filepath.Join(dir, "to")
	for want, args := range map[string][]string{
		"-x; see -h":       {"-x"},
		"at least one":     {dir},
		"the same name":    {filepath.Join(dir, "a.txt"), filepath.Join(dir, "sub", "a.txt"), to},
		"no such file":     {filepath.Join(dir, "missing"), to},
		"no name of its":   {"/", to},
		"lacks the ID":     {dir, "oracle:"},
		"not a directory":  {dir, filepath.Join(dir, "a.txt")},
		"./workdoc:folder": {dir, "workdoc:folder"},
	} {
		code, stdout, stderr := ran(t, args...)
		if code != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%q: exit %d, stdout %q, stderr %q, want %q", args, code, stdout, stderr, want)
		}
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("a mistake has made the folder TO")
	}
	if code, stdout, stderr := ran(t, "-h"); code != 0 || stderr != "" || !strings.HasPrefix(stdout, "Usage: upload ") {
		t.Errorf("-h: exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}
