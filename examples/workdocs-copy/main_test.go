package main

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry/workdocs/workdocstest"
	"golang.org/x/text/unicode/norm"
)

func ran(ctx context.Context, t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(ctx, args, &out, &errs)
	return code, out.String(), errs.String()
}

// files returns what is on disk below a folder.
func files(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(root, path))
		found[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func serve(t *testing.T) (srv *workdocstest.Server, flags []string) {
	t.Helper()
	srv = workdocstest.NewServer(t)
	keys, err := srv.Credentials().Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", keys.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", keys.SecretAccessKey)
	t.Setenv("AWS_SESSION_TOKEN", keys.SessionToken)
	return srv, []string{"-endpoint", srv.URL, "-to", filepath.Join(t.TempDir(), "backup")}
}

func TestDemo(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	code, stdout, stderr := ran(t.Context(), t)
	if code != 0 || stderr != "" || !strings.Contains(stdout, "Administrator/Reports/Costs_ plan_.csv\n") ||
		!strings.HasSuffix(stdout, "\n4 documents copied, 2467 bytes\n") {
		t.Errorf("exit %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
	if left := files(t, os.Getenv("TMPDIR")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Whatever names there are, every document gets a file of its own, in the
// folder of its own.
func TestNames(t *testing.T) {
	srv, flags := serve(t)
	srv.SetPageSize(2)
	want := map[string]string{}
	add := func(folder, name, file string) {
		content := "content of " + file
		srv.AddDocument(folder, name, []byte(content))
		want[file] = content
	}
	root := srv.RootFolder()
	add(srv.AddFolder(root, "A_b"), "inner.txt", "A_b/inner.txt")
	add(srv.AddFolder(root, ".."), "up.txt", "_/up.txt")
	add(root, "..\\..\\up.txt", ".._.._up.txt")
	add(root, "a:b", "(2) a_b")
	add(root, "a?b", "(3) a_b")
	add(root, "con", "_con")
	add(root, "r\u00e9sum\u00e9 – 履歴書.pdf", "résumé – 履歴書.pdf")
	add(root, "re\u0301sume\u0301 – 履歴書.pdf", "(2) résumé – 履歴書.pdf") // as macOS spells it
	add(root, "Readme", "Readme")
	add(root, "README", "(2) README")
	add(root, "stra\u00dfe", "straße")
	add(root, "STRASSE", "(2) STRASSE")
	add(root, "9.41\u202fAM", "9.41\u202fAM")
	code, stdout, stderr := ran(t.Context(), t, append(flags, "-folder", root)...)
	if code != 0 || stderr != "" {
		t.Fatalf("exit %d, stderr %q", code, stderr)
	}
	got := files(t, flags[3])
	if a, b := slices.Sorted(maps.Values(got)), slices.Sorted(maps.Values(want)); !slices.Equal(a, b) ||
		len(got) != len(want) {
		t.Errorf("files %q, want %q", got, want)
	}
	same := make(map[string]string) // to any file system
	for file := range got {
		k := norm.NFC.String(strings.ToLower(strings.ReplaceAll(file, "ß", "ss")))
		if other, twins := same[k]; twins {
			t.Errorf("%+q and %+q are one file to some systems", file, other)
		}
		same[k] = file
		if !strings.Contains(stdout, file+"\n") {
			t.Errorf("stdout lacks %q:\n%s", file, stdout)
		}
	}
}

func TestUsers(t *testing.T) {
	srv, flags := serve(t)
	_, token := srv.AddUser("ada@example.com")
	document, version := srv.AddDocument(srv.RootFolder(), "a.txt", []byte("first"))
	again := func(want string) {
		t.Helper()
		code, stdout, stderr := ran(t.Context(), t, append(flags, "-organization", srv.OrganizationID())...)
		content, _ := srv.Content(document, version)
		got := files(t, flags[3])
		if code != 0 || len(got) != 1 || got["Administrator/a.txt"] != string(content) {
			t.Errorf("exit %d, stderr %q, stdout %q, files %q, want %q", code, stderr, stdout, got, want)
		}
	}
	again("first")
	if err := os.WriteFile(filepath.Join(flags[3], "Administrator", "a.txt"), []byte("something longer"),
		0o600); err != nil {
		t.Fatal(err)
	}
	again("first")
	if info, err := os.Stat(filepath.Join(flags[3], "ada@example.com")); err != nil || !info.IsDir() {
		t.Errorf("the user without documents has no folder: %v", err)
	}
	if code, stdout, stderr := ran(t.Context(), t, append(flags, "-token", token)...); code != 0 ||
		stdout != "0 documents copied, 0 bytes\n" {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// What fails is told, and the rest is copied.
func TestFailures(t *testing.T) {
	srv, flags := serve(t)
	outside := t.TempDir()
	if err := os.MkdirAll(flags[3], 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(flags[3], "link")); err != nil {
		t.Skip("there are no links")
	}
	srv.AddDocument(srv.AddFolder(srv.RootFolder(), "link"), "a.txt", []byte("a"))
	for _, name := range []string{"1.txt", "2.txt", "3.txt"} {
		srv.AddDocument(srv.RootFolder(), name, []byte(name))
	}
	srv.Next("GetObject", workdocstest.Answer(403, "<Error><Code>AccessDenied</Code></Error>"))
	code, stdout, stderr := ran(t.Context(), t, append(flags, "-folder", srv.RootFolder())...)
	if code != 1 || stdout != "2.txt\n3.txt\n2 documents copied, 10 bytes\n" || strings.Count(stderr, "\n") != 3 ||
		!strings.Contains(stderr, "link: ") || !strings.Contains(stderr, "1.txt: ") ||
		!strings.Contains(stderr, "2 documents or folders") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	if got := files(t, outside); len(got) > 0 {
		t.Errorf("written outside: %q", got)
	}
	for want, args := range map[string][]string{
		"-to, and":           flags,
		"Region is required": append([]string{"-folder", "f"}, flags[2:]...),
		"not a directory":    {"-endpoint", srv.URL, "-folder", "f", "-to", filepath.Join(flags[3], "2.txt", "x")},
	} {
		if code, stdout, stderr := ran(t.Context(), t, args...); code != 1 || stdout != "" ||
			!strings.Contains(stderr, want) {
			t.Errorf("%q: exit %d, stdout %q, stderr %q, want %q", args, code, stdout, stderr, want)
		}
	}
}

func TestInterrupt(t *testing.T) {
	srv, flags := serve(t)
	srv.AddDocument(srv.RootFolder(), "a.txt", []byte("a"))
	srv.AddDocument(srv.RootFolder(), "b.txt", []byte("b"))
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	srv.Next("GetObject", workdocstest.Hang())
	go func() {
		for !slices.Contains(srv.Calls(), "GetObject") && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		interrupt()
	}()
	code, stdout, stderr := ran(ctx, t, append(flags, "-folder", srv.RootFolder())...)
	if code != 1 || stdout != "0 documents copied, 0 bytes\n" || strings.Count(stderr, "\n") != 1 ||
		!strings.Contains(stderr, "canceled") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	if got := files(t, flags[3]); len(got) > 0 {
		t.Errorf("left behind: %q", got)
	}
}

// With -to alone it copies the site inside the program, without credentials.
func TestDemoToFolder(t *testing.T) {
	to := filepath.Join(t.TempDir(), "copy")
	code, stdout, stderr := ran(t.Context(), t, "-to", to)
	if code != 0 || stderr != "" || !strings.Contains(stdout, "4 documents copied") || len(files(t, to)) != 4 {
		t.Errorf("exit %d, stderr %q, stdout %q, files %q", code, stderr, stdout, files(t, to))
	}
}
