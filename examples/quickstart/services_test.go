package main

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// Flags name services; here these are test servers, but the program does not
// know that.

func workDocsFlags(t *testing.T, srv *workdocstest.Server) []string {
	t.Helper()
	keys, err := srv.Credentials().Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", keys.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", keys.SecretAccessKey)
	t.Setenv("AWS_SESSION_TOKEN", keys.SessionToken)
	return []string{"-workdocs-endpoint", srv.URL, "-workdocs-region", "eu-west-1", "-workdocs-folder", srv.RootFolder()}
}

func connectFlags(srv *connectparticipanttest.Server) []string {
	return []string{"-connect-endpoint", srv.URL, "-connect-participant-token", srv.NewChat().Join("CUSTOMER", "Ana")}
}

func TestEachServiceAlone(t *testing.T) {
	content := []byte("All is well.\n")
	name := write(t, "report.txt", content)
	wd, cp, oc := workdocstest.NewServer(t), connectparticipanttest.NewServer(t), oracledocstest.NewServer(t)
	folder := oc.AddFolder(oracledocstest.User, "self", "Reports")
	t.Setenv("ORACLE_PASSWORD", oracledocstest.Password)
	for want, flags := range map[string][]string{
		"workdocs":           workDocsFlags(t, wd),
		"connectparticipant": connectFlags(cp),
		"oracledocs":         {"-oracle-url", oc.URL, "-oracle-user", oracledocstest.User, "-oracle-folder", folder},
	} {
		t.Run(want, func(t *testing.T) {
			got := ran(t, append(flags, name)...)
			if got.code != 0 {
				t.Fatalf("exit %d: %s", got.code, got.stderr)
			}
			rows := got.rows(t)
			if len(rows) != 1 || rows[0][0] != want {
				t.Fatalf("table %q, want %s alone", rows, want)
			}
			var stored []byte
			switch id, version := rows[0][2], rows[0][3]; want {
			case "workdocs":
				stored, _ = wd.Content(id, version)
			case "connectparticipant":
				stored, _, _ = cp.Attachment(id)
			case "oracledocs":
				stored, _ = oc.Content(id, 1)
			}
			if !bytes.Equal(stored, content) {
				t.Errorf("the server has %q", stored)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "not used")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "not used")
	wd, oc := workdocstest.NewServer(t), oracledocstest.NewServer(t)
	_, token := wd.AddUser("ada@example.com")
	client, err := workdocs.New(workdocs.Config{Endpoint: wd.URL, AuthenticationToken: docferry.Secret(token)})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	mine, err := client.DescribeRootFolders(t.Context(), workdocs.DescribeRootFoldersRequest{})
	if err != nil {
		t.Fatal(err)
	}
	flags := []string{"-workdocs-endpoint", wd.URL, "-workdocs-token", token, "-oracle-url", oc.URL, "-oracle-token",
		oc.AddToken(oracledocstest.User)}
	name := write(t, "a.txt", []byte("a"))
	got := ran(t, append(flags, "-workdocs-folder", mine.Folders[0].ID, name)...)
	if rows := got.rows(t); got.code != 0 || len(rows) != 2 || rows[0][0] != "workdocs" || rows[1][0] != "oracledocs" {
		t.Errorf("exit %d, table %q, stderr %q", got.code, rows, got.stderr)
	}
	// The administrator's folder is not shared with the user.
	got = ran(t, append(flags, "-workdocs-folder", wd.RootFolder(), name)...)
	got.failed(t, 0, "workdocs", "UnauthorizedResourceAccessException")
	if strings.Contains(got.stderr, token) {
		t.Errorf("the token is in %q", got.stderr)
	}
}

func TestIncompleteFlags(t *testing.T) {
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "ORACLE_PASSWORD"} {
		t.Setenv(name, "")
	}
	name := write(t, "a.txt", []byte("a"))
	for flags, want := range map[string]string{
		"-workdocs-region=eu-west-1 -workdocs-folder=f": "AWS_ACCESS_KEY_ID",
		"-workdocs-region=eu-west-1 -workdocs-token=t":  "-workdocs-folder",
		"-workdocs-folder=f -workdocs-token=t":          "Region is required",
		"-connect-region=us-west-2":                     "-connect-participant-token",
		"-connect-participant-token=t":                  "Region is required",
		"-oracle-folder=f":                              "-oracle-token",
		"-oracle-user=u -oracle-token=t":                "not both",
		"-oracle-token=t":                               "BaseURL",
		"-oracle-url=ftp://x -oracle-token=t":           "BaseURL",
	} {
		t.Run(flags, func(t *testing.T) {
			ran(t, append(strings.Fields(flags), name)...).failed(t, 0, want)
		})
	}
}

func TestRefusals(t *testing.T) {
	name := write(t, "a.txt", []byte("a"))
	t.Setenv("ORACLE_PASSWORD", "canary-password")
	oc := oracledocstest.NewServer(t)
	got := ran(t, "-oracle-url", oc.URL, "-oracle-user", oracledocstest.User, name)
	got.failed(t, 0, "oracledocs", "401")
	if strings.Contains(got.stderr, "canary") {
		t.Errorf("the password is in %q", got.stderr)
	}
	cp := connectparticipanttest.NewServer(t)
	ran(t, "-connect-endpoint", cp.URL, "-connect-participant-token", "wrong", name).failed(t, 0, "AccessDeniedException")
}

func TestOtherContentComesBack(t *testing.T) {
	wd := workdocstest.NewServer(t)
	flags := workDocsFlags(t, wd)
	wd.Next("GetObject", workdocstest.Answer(200, "evil"))
	ran(t, append(flags, write(t, "a.txt", []byte("good")))...).failed(t, 1, "workdocs", `"a.txt" came back changed`,
		shortDigest([]byte("good")))
	wd.Next("GetObject", workdocstest.Answer(200, "longer"))
	ran(t, append(flags, write(t, "b.txt", []byte("good")))...).failed(t, 1, "workdocs", `download of "b.txt"`, "6 bytes")
}

func TestScanUnderWay(t *testing.T) {
	cp := connectparticipanttest.NewServer(t)
	cp.SetScan(func(string, []byte) (string, time.Duration) { return "APPROVED", 200 * time.Millisecond })
	if got := ran(t, append(connectFlags(cp), write(t, "a.txt", []byte("a")))...); got.code != 0 {
		t.Errorf("exit %d: %s", got.code, got.stderr)
	}
	if calls := cp.Calls(); !slices.Contains(calls, "GetObject") {
		t.Errorf("calls %v lack the download", calls)
	}
}

// An interrupt in the middle of an upload removes what was begun.
func TestInterrupt(t *testing.T) {
	wd := workdocstest.NewServer(t)
	flags := workDocsFlags(t, wd)
	wd.Next("PutObject", workdocstest.Hang())
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	go func() {
		for !slices.Contains(wd.Calls(), "PutObject") {
			time.Sleep(time.Millisecond)
		}
		interrupt()
	}()
	var stdout, stderr bytes.Buffer
	start := time.Now()
	code := run(ctx, append(flags, write(t, "a.txt", []byte("a"))), &stdout, &stderr)
	outcome{code, stdout.String(), stderr.String()}.failed(t, 0, "interrupted", "workdocs", "rolled back")
	if strings.Contains(stderr.String(), "may have been carried out") {
		t.Errorf("it says both that nothing remains and that something may: %q", &stderr)
	}
	if stdout.Len() > 0 || time.Since(start) > 10*time.Second {
		t.Errorf("after %v, stdout %q", time.Since(start), &stdout)
	}
	if left := wd.Drafts(wd.RootFolder()); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestInterruptedBefore(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{write(t, "a.txt", []byte("a"))}, &stdout, &stderr)
	outcome{code, stdout.String(), stderr.String()}.failed(t, 0, "interrupted", "canceled")
}
