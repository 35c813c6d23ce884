package main

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

func ran(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestDemo(t *testing.T) {
	code, stdout, stderr := ran(t)
	kinds := regexp.MustCompile(`(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  Administrator  (\w+) `).FindAllStringSubmatch(stdout, -1)
	want := []string{"DOCUMENT_RECYCLED", "DOCUMENT_SHARED", "DOCUMENT_COMMENT_ADDED", "DOCUMENT_VERSION_UPLOADED",
		"FOLDER_CREATED"}
	if code != 0 || stderr != "" || len(kinds) != len(want) ||
		!strings.Contains(stdout, "June report.txt with ben@example.com\n") {
		t.Fatalf("exit %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
	for i := range want {
		if kinds[i][1] != want[i] {
			t.Errorf("line %d has %s, want %s", i, kinds[i][1], want[i])
		}
	}
}

func TestDay(t *testing.T) {
	srv := workdocstest.NewServer(t)
	srv.SetPageSize(1)
	_, token := srv.AddUser("ada@example.com")
	client, err := workdocs.New(workdocs.Config{Endpoint: srv.URL, Credentials: srv.Credentials()})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	// The first of June in between two other days.
	for hour, name := range map[int]string{23: "before", 24: "early", 47: "late", 48: "after"} {
		srv.SetClock(func() time.Time { return time.Date(2026, 5, 31, hour, 30, 0, 0, time.UTC) })
		if _, err := client.CreateFolder(context.Background(),
			workdocs.CreateFolderRequest{ParentFolderID: srv.RootFolder(), Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	srv.SetClock(time.Now)
	keys, err := srv.Credentials().Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", keys.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", keys.SecretAccessKey)
	t.Setenv("AWS_SESSION_TOKEN", keys.SessionToken)
	at := []string{"-endpoint", srv.URL, "-day", "2026-06-01"}

	code, stdout, stderr := ran(t, append(at, "-organization", srv.OrganizationID())...)
	if code != 0 || strings.Count(stdout, "\n") != 2 || !strings.Contains(stdout, "FOLDER_CREATED  late\n") ||
		!strings.Contains(stdout, "FOLDER_CREATED  early\n") {
		t.Errorf("exit %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
	if code, stdout, stderr = ran(t, append(at, "-organization", srv.OrganizationID(), "-types",
		"DOCUMENT_SHARED")...); code != 0 || stdout != "" {
		t.Errorf("exit %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
	if code, stdout, stderr = ran(t, append(at, "-token", token)...); code != 0 || stdout != "" {
		t.Errorf("with a user's token: exit %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
	for want, args := range map[string][]string{
		"not a date":               {"-endpoint", srv.URL, "-day", "today"},
		"InvalidArgumentException": at, // for want of an organization
		"Region is required":       {"-organization", "d-1", "-day", "2026-06-01"},
	} {
		code, stdout, stderr := ran(t, args...)
		if code != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%q: exit %d, stdout %q, stderr %q, want %q", args, code, stdout, stderr, want)
		}
	}
}
