package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

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
	if code != 0 || stderr != "" || !regexp.MustCompile(`^USER \S+: OWNER, direct\nUSER \S+: VIEWER, direct\n$`).MatchString(stdout) {
		t.Errorf("exit %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
}

func TestShare(t *testing.T) {
	srv := workdocstest.NewServer(t)
	keys, err := srv.Credentials().Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", keys.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", keys.SecretAccessKey)
	t.Setenv("AWS_SESSION_TOKEN", keys.SessionToken)
	signed := []string{"-endpoint", srv.URL, "-organization", srv.OrganizationID()}
	_, token := srv.AddUser("ada@example.com")
	ben, _ := srv.AddUser("ben@example.com")
	srv.AddUser("ben@example.com.au") // its name begins so, too
	folder := srv.AddFolder(srv.RootFolder(), "Reports")
	document, _ := srv.AddDocument(folder, "May report.txt", []byte("All is well."))

	code, stdout, stderr := ran(t, append(signed, "-document", folder, "-with", "BEN@example.com", "-role", "CONTRIBUTOR",
		"-message", "Look")...)
	if code != 0 || !strings.Contains(stdout, "USER "+ben+": CONTRIBUTOR, direct\n") {
		t.Errorf("exit %d, stderr %q, stdout %q", code, stderr, stdout)
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"nothing to share": {append(signed, "-with", "ben@example.com"), "-document and -with"},
		"nobody":           {append(signed, "-document", document, "-with", "ben"), "there is no user ben"},
		"no document":      {append(signed, "-document", "nowhere", "-with", "ben@example.com"), "not yours"},
		"another's": {[]string{"-endpoint", srv.URL, "-token", token, "-document", document, "-with",
			"ben@example.com"}, "not yours"},
		"no role": {append(signed, "-document", document, "-with", "ben@example.com", "-role", "KING"), "InvalidArgument"},
	} {
		code, stdout, stderr := ran(t, c.args...)
		if code != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit %d, stdout %q, stderr %q, want %q", name, code, stdout, stderr, c.want)
		}
	}
	srv.Next("AddResourcePermissions", workdocstest.Answer(201,
		`{"ShareResults":[{"Status":"FAILURE","StatusMessage":"full\u001b"}]}`))
	code, _, stderr = ran(t, append(signed, "-document", document, "-with", "ben@example.com")...)
	if code != 1 || !strings.Contains(stderr, "not shared with ben@example.com: full\ufffd\n") {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
}
