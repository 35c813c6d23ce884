package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
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
func ran(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, problems bytes.Buffer
	code = run(ctx, args, &out, &problems)
	return code, out.String(), problems.String()
}

// site is both services, with a folder of each to copy to.
type site struct {
	workdocs *workdocstest.Server
	oracle   *oracledocstest.Server
	flags    []string
	wd, oc   string // the addresses of the folders
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{workdocs: workdocstest.NewServer(t), oracle: oracledocstest.NewServer(t)}
	_, token := s.workdocs.AddUser(workdocstest.Administrator)
	t.Setenv("WORKDOCS_TOKEN", token)
	t.Setenv("ORACLE_PASSWORD", oracledocstest.Password)
	s.flags = []string{"-workdocs-endpoint", s.workdocs.URL, "-oracle-url", s.oracle.URL,
		"-oracle-user", oracledocstest.User}
	s.wd = "workdocs:" + s.workdocs.AddFolder(s.workdocs.RootFolder(), "Copies")
	s.oc = "oracle:" + s.oracle.AddFolder(oracledocstest.User, "self", "Copies")
	return s
}

// run runs the program with the flags of the site.
func (s *site) run(args ...string) (code int, stdout, stderr string) {
	return ran(context.Background(), append(slices.Clip(s.flags), args...)...)
}

// contents are the files of the tests. A name that ends in a slash is a folder.
var contents = map[string]string{
	"a.txt": "one", "empty.txt": "", "caf\u00e9/menu.txt": "soup", "deep/er/est/b.bin": strings.Repeat("two", 1_000_000),
	"nothing/": "",
}

// write writes files into a new folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(file, 0o700); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// read returns the files of a folder, and the empty folders, as write takes them.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	got := make(map[string]string)
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			entries, err := os.ReadDir(filepath.Join(dir, name))
			if len(entries) == 0 && name != "." {
				got[name+"/"] = ""
			}
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, name))
		got[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestDemo(t *testing.T) {
	code, stdout, stderr := ran(t.Context())
	if code != 0 || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
	for _, want := range []string{"\nmake folder Reports\n", "\ncreate Reports/2026/May.txt, 26 B: it is not there\n",
		"\n8 new files, 0 new versions (14.7 MB), 0 unchanged, 4 new folders, 0 failed, 0 not begun\n14.7 MB sent in "} {
		if strings.Count("\n"+stdout, want) != 1 {
			t.Errorf("stdout has not one %q:\n%s", want, stdout)
		}
	}
}

// From the disk to WorkDocs, to Oracle, and to the disk again, the bytes stay the same. A
// second run finds nothing to do.
func TestAround(t *testing.T) {
	s := newSite(t)
	from, to := write(t, contents), filepath.Join(t.TempDir(), "new", "folder")
	for _, way := range [][2]string{{from, s.wd}, {s.wd, s.oc}, {s.oc, to}} {
		if code, stdout, stderr := s.run(way[0], way[1]); code != 0 || stderr != "" || !strings.Contains(stdout,
			"4 new files, 0 new versions (3.0 MB), 0 unchanged, 5 new folders, 0 failed, 0 not begun") {
			t.Fatalf("%q: exit %d, stdout %q, stderr %q", way, code, stdout, stderr)
		}
		for _, compare := range []string{"content", "time", "size"} {
			code, stdout, stderr := s.run("-compare", compare, way[0], way[1])
			if code != 0 || stderr != "" || !strings.HasPrefix(stdout,
				"0 new files, 0 new versions (0 B), 4 unchanged, 0 new folders, 0 failed, 0 not begun\n0 B sent") {
				t.Errorf("%q again: exit %d, stdout %q, stderr %q", way, code, stdout, stderr)
			}
		}
	}
	if diff := cmp.Diff(contents, read(t, to)); diff != "" {
		t.Errorf("after all (-want +got):\n%s", diff)
	}
}

func TestCompare(t *testing.T) {
	s := newSite(t)
	from := write(t, map[string]string{"a.txt": "one"})
	s.run(from, s.wd)
	file := filepath.Join(from, "a.txt")
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("two"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(file, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ compare, want string }{
		{"size", "1 unchanged"}, {"time", "1 unchanged"}, {"content", "1 new versions"}, {"content", "1 unchanged"},
	} {
		if code, stdout, _ := s.run("-compare", step.compare, from, s.wd); code != 0 || !strings.Contains(stdout, step.want) {
			t.Errorf("by %s: exit %d, %q, want %q", step.compare, code, stdout, step.want)
		}
	}
}

// A dry run prints the plan, and stores nothing, not even a journal or a folder.
func TestDryRun(t *testing.T) {
	s := newSite(t)
	from := write(t, contents)
	place := t.TempDir()
	journal := filepath.Join(place, "journal")
	for _, to := range []string{s.wd, s.oc, filepath.Join(place, "new")} {
		code, stdout, stderr := s.run("-dry-run", "-journal", journal, from, to)
		if code != 0 || stderr != "" {
			t.Errorf("%s: exit %d, stderr %q", to, code, stderr)
		}
		for _, want := range []string{"make folder deep/er/est\n", "create deep/er/est/b.bin, 3.0 MB: it is not there\n",
			"\nNothing was changed. The copy would be: 4 new files, "} {
			if !strings.Contains(stdout, want) {
				t.Errorf("%s: no %q in the plan\n%s", to, want, stdout)
			}
		}
	}
	if n, m := len(s.workdocs.Items()), len(s.oracle.Items()); n != 1 || m != 1 {
		t.Errorf("WorkDocs has %d items, and Oracle %d, want one folder each", n, m)
	}
	if got := read(t, place); len(got) > 0 {
		t.Errorf("the disk has %q", got)
	}
}

// What fails is told, and the rest is copied.
func TestFailures(t *testing.T) {
	s := newSite(t)
	from := write(t, map[string]string{"a.txt": "one", "b.txt": "two"})
	if err := os.Symlink("a.txt", filepath.Join(from, "link\x1b[2J")); err != nil {
		t.Skip("there are no links")
	}
	s.workdocs.Next("InitiateDocumentVersionUpload", workdocstest.Refuse(403, "UnauthorizedOperationException", ""))
	code, stdout, stderr := s.run("-n", "1", from, s.wd)
	if code != 1 || stderr != "migrate: 2 files or folders failed\n" || strings.Contains(stdout, "\x1b") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	unsafe := write(t, map[string]string{"x\x1b.txt": "one"})
	if _, stdout, _ := s.run(unsafe, t.TempDir()); !strings.HasPrefix(stdout, "create x\ufffd.txt as x_.txt, 3 B: ") {
		t.Errorf("of an unsafe name: %q", stdout)
	}
	for want, n := range map[string]int{"create b.txt, 3 B: ": 1, ", 2 failed, 0 not begun\n": 1, `copy "a.txt": `: 2,
		`copy "link\x1b[2J": `: 2, "\nNot stored, or not for certain:\n  copy ": 1} {
		if strings.Count(stdout, want) != n {
			t.Errorf("stdout has not %d times %q:\n%s", n, want, stdout)
		}
	}
}

func TestMistakes(t *testing.T) {
	s := newSite(t)
	from := write(t, map[string]string{"a.txt": "one"})
	for want, args := range map[string][]string{
		"-x; see -h":           {"-x"},
		"FROM and TO":          {from},
		"see -h":               {from, s.wd, "more"},
		"content, time or siz": {"-compare", "colour", from, s.wd},
		"no such file":         {filepath.Join(from, "missing"), s.wd},
		"lacks the ID":         {from, "workdocs:"},
		"./wordocs:abc":        {from, "wordocs:abc"},
		"into itself":          {from, from + "/."},
		"needs the -journal":   {"-resume", from, s.wd},
		"not a directory":      {from, filepath.Join(from, "a.txt", "b")},
	} {
		code, stdout, stderr := s.run(args...)
		if code != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%q: exit %d, stdout %q, stderr %q, want %q", args, code, stdout, stderr, want)
		}
	}
	for _, name := range []string{"WORKDOCS_TOKEN", "ORACLE_PASSWORD", "AWS_ACCESS_KEY_ID"} {
		t.Setenv(name, "")
	}
	for to, want := range map[string]string{s.wd: "WORKDOCS_TOKEN", s.oc: "ORACLE_PASSWORD"} {
		if code, _, stderr := s.run(from, to); code != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d, stderr %q", to, code, stderr)
		}
	}
	code, stdout, stderr := ran(t.Context(), "-h")
	if code != 0 || stderr != "" || !strings.HasPrefix(stdout, "Usage: migrate ") {
		t.Errorf("-h: exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// A folder that contains the one that the copy leads to is copied without that one.
func TestIntoItself(t *testing.T) {
	s := newSite(t)
	from := write(t, map[string]string{"a.txt": "one"})
	wd := "workdocs:" + s.workdocs.RootFolder()
	s.workdocs.AddDocument(s.workdocs.RootFolder(), "a.txt", []byte("one"))
	s.oracle.AddFile(oracledocstest.User, "self", "a.txt", []byte("one"))
	for _, way := range [][2]string{{from, filepath.Join(from, "Copies")}, {wd, s.wd}, {"oracle:self", s.oc}} {
		code, stdout, _ := s.run(way[0], way[1])
		if code != 1 || !strings.HasPrefix(stdout, "create a.txt, 3 B: it is not there\n1 new files, ") ||
			!strings.Contains(stdout, `copy "Copies": it is the folder that the copy leads to`) {
			t.Errorf("%q: exit %d, stdout %q", way, code, stdout)
		}
	}
}

// The first interrupt lets the upload in progress finish, and begins nothing new. With
// -resume, the rest follows.
func TestInterrupt(t *testing.T) {
	s := newSite(t)
	from := write(t, map[string]string{"a.txt": "one", "b.txt": "two", "c.txt": "three"})
	journal := filepath.Join(from, "journal")
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	s.workdocs.Next("InitiateDocumentVersionUpload", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			interrupt()
			next.ServeHTTP(w, r)
		})
	})
	args := append(slices.Clip(s.flags), "-n", "1", "-journal", journal, from, s.wd)
	code, stdout, stderr := ran(ctx, args...)
	if code != 1 || !strings.HasPrefix(stdout, "create a.txt, 3 B: it is not there\n1 new files, ") ||
		stderr != "What is in progress is finished, and nothing new is begun. Interrupt again to stop at once.\n"+
			"migrate: interrupted: 2 files or folders were not begun, and 0 failed; go on with -resume\n" {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	code, _, stderr = ran(t.Context(), args...)
	if code != 1 || !strings.Contains(stderr, "exists: go on with its copy with -resume") {
		t.Errorf("without -resume: exit %d, stderr %q", code, stderr)
	}
	code, stdout, stderr = ran(t.Context(), append([]string{"-resume"}, args...)...)
	if code != 0 || stderr != "" || !strings.Contains(stdout, "2 new files, 0 new versions (8 B), 1 unchanged, ") {
		t.Errorf("resumed: exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	if n := len(s.workdocs.Items()); n != 4 {
		t.Errorf("there are %d items, want a folder and three documents, without the journal", n)
	}
	args[len(args)-1] = s.oc
	code, _, stderr = ran(t.Context(), append([]string{"-resume"}, args...)...)
	if code != 1 || !strings.Contains(stderr, "belongs to another run") {
		t.Errorf("with another destination: exit %d, stderr %q", code, stderr)
	}
}

// So it is while a service is read.
func TestInterruptWhileReading(t *testing.T) {
	s := newSite(t)
	for _, name := range []string{"a.txt", "b.txt"} {
		s.workdocs.AddDocument(s.workdocs.RootFolder(), name, []byte(name))
	}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	s.workdocs.Next("GetObject", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			interrupt()
			next.ServeHTTP(w, r)
		})
	})
	code, stdout, stderr := ran(ctx, append(s.flags, "-n", "1", "workdocs:"+s.workdocs.RootFolder(), s.oc)...)
	if code != 1 || !strings.HasPrefix(stdout, "create a.txt, 5 B: it is not there\n1 new files, ") ||
		!strings.HasSuffix(stderr, " were not begun, and 0 failed; run the command again to go on\n") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestJSON(t *testing.T) {
	s := newSite(t)
	from := write(t, map[string]string{"a.txt": "one"})
	code, stdout, stderr := s.run("-json", from, s.oc)
	if code != 0 || stderr != "" {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	var file struct{ Path, Action, ID, Version, SHA256 string }
	var end struct {
		Summary struct{ Created, Bytes, Sent, Failed int64 }
	}
	for i, v := range []any{&file, &end} {
		if len(lines) != 2 || json.Unmarshal([]byte(lines[i]), v) != nil {
			t.Fatalf("stdout is %q", stdout)
		}
	}
	content, _ := s.oracle.Content(file.ID, 1)
	if string(content) != "one" || file.Path != "a.txt" || file.Action != "create" ||
		file.Version != "1" || len(file.SHA256) != 64 {
		t.Errorf("the file is %+v", file)
	}
	if got := end.Summary; got.Created != 1 || got.Bytes != 3 || got.Sent != 3 || got.Failed != 0 {
		t.Errorf("the summary is %+v", got)
	}
}
