package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/docferry/docferry/workdocs/workdocstest"
)

func list(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// serve starts a server that the program knows nothing of but its flags.
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
	return srv, []string{"-endpoint", srv.URL, "-region", "eu-west-1"}
}

var dates = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d`)

func TestDemo(t *testing.T) {
	code, stdout, stderr := list(t)
	if code != 0 || stderr != "" || !strings.Contains(stdout, "\n    May report.txt  26 bytes, ") ||
		!strings.HasSuffix(stdout, "\n3 folders, 4 documents, 2467 bytes\n") {
		t.Errorf("exit %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
}

func TestPages(t *testing.T) {
	srv, flags := serve(t)
	srv.SetPageSize(1)
	inner := srv.AddFolder(srv.AddFolder(srv.RootFolder(), "a"), "b")
	srv.AddDocument(inner, "evil\x1b[2J\u202e.txt", []byte("12"))
	srv.AddDocument(inner, "ümläut.txt", nil)
	srv.AddDocument(srv.RootFolder(), "top.txt", []byte("345"))
	const want = "a/\n  b/\n    evil\ufffd[2J\ufffd.txt  2 bytes, DATE\n    ümläut.txt  0 bytes, DATE\ntop.txt  3 bytes, DATE\n2 folders, 3 documents, 5 bytes\n"
	code, stdout, stderr := list(t, append(flags, "-folder", srv.RootFolder())...)
	if got := dates.ReplaceAllString(stdout, "DATE"); code != 0 || got != want {
		t.Errorf("exit %d, stderr %q, stdout:\n%q, want\n%q", code, stderr, got, want)
	}
}

func TestToken(t *testing.T) {
	srv, _ := serve(t)
	_, token := srv.AddUser("ada@example.com")
	code, stdout, stderr := list(t, "-endpoint", srv.URL, "-token", token)
	if code != 0 || stdout != "0 folders, 0 documents, 0 bytes\n" {
		t.Errorf("exit %d, stderr %q, stdout %q", code, stderr, stdout)
	}
}

func TestFailures(t *testing.T) {
	_, flags := serve(t)
	for want, args := range map[string][]string{
		"see -h":                   {"-x"},
		"unexpected argument":      {"folder"},
		"-folder is needed":        flags,
		"Region is required":       {"-folder", "f"},
		"EntityNotExistsException": append(flags, "-folder", "nowhere"),
		"UnauthorizedOperation":    append(flags[:2:2], "-token", "nobody"),
	} {
		code, stdout, stderr := list(t, args...)
		if code != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%q: exit %d, stdout %q, stderr %q, want %q", args, code, stdout, stderr, want)
		}
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	if code, _, stderr := list(t, flags...); code != 1 || !strings.Contains(stderr, "AWS_ACCESS_KEY_ID") {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
	if code, stdout, _ := list(t, "-h"); code != 0 || !strings.Contains(stdout, "Usage: ") ||
		!strings.Contains(stdout, "-folder ID") {
		t.Errorf("exit %d, stdout %q", code, stdout)
	}
}
