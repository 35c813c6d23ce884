package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// outcome is what a run of the program left behind.
type outcome struct {
	code           int
	stdout, stderr string
}

func ran(t *testing.T, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, &stdout, &stderr)
	return outcome{code, stdout.String(), stderr.String()}
}

// rows returns the table without its head, by column.
func (o outcome) rows(t *testing.T) [][]string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(o.stdout, "\n"), "\n")
	if !strings.HasPrefix(lines[0], "SERVICE ") {
		t.Fatalf("no table in stdout %q, stderr %q", o.stdout, o.stderr)
	}
	var rows [][]string
	for _, line := range lines[1:] {
		rows = append(rows, regexp.MustCompile(` {2,}`).Split(line, -1))
	}
	return rows
}

// failed checks for exit code 1 and a last line that says why. There is no
// more on standard error than that and a line for each upload that worked.
func (o outcome) failed(t *testing.T, uploads int, want ...string) {
	t.Helper()
	lines := strings.SplitAfter(o.stderr, "\n")
	if o.code != 1 || len(lines) != uploads+2 || lines[uploads+1] != "" {
		t.Errorf("exit %d with %d uploads expected; stderr:\n%s", o.code, uploads, o.stderr)
	}
	for _, part := range append(want, "quickstart: ") {
		if last := lines[max(len(lines)-2, 0)]; !strings.Contains(last, part) {
			t.Errorf("the last line lacks %q: %q", part, last)
		}
	}
}

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// shortDigest is how the table shows a SHA-256.
func shortDigest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])[:12]
}

var services = []string{"workdocs", "connectparticipant", "oracledocs"}

func TestNoArguments(t *testing.T) {
	project := t.TempDir()
	for name, content := range map[string]string{"go.mod": module + "\n\ngo 1.26.0\n", "README.md": "# this project\n",
		"sub/x": ""} {
		path := filepath.Join(project, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	foreign := t.TempDir()
	for name, content := range map[string]string{"go.mod": "module example.com/other\n",
		"README.md": "# another project\n"} {
		if err := os.WriteFile(filepath.Join(foreign, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		dir  string
		want []byte
	}{
		"in the project":     {filepath.Join(project, "sub"), []byte("# this project\n")},
		"in another project": {foreign, readme},
		"nowhere":            {t.TempDir(), readme},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(c.dir)
			got := ran(t)
			if got.code != 0 {
				t.Fatalf("exit %d: %s", got.code, got.stderr)
			}
			rows := got.rows(t)
			if len(rows) != 3 {
				t.Fatalf("%d rows, want one for each service:\n%s", len(rows), got.stdout)
			}
			for i, row := range rows {
				if len(row) != 7 || row[0] != services[i] || row[1] != "README.md" || row[5] != shortDigest(c.want) {
					t.Errorf("row %q, want %s and %s", row, services[i], shortDigest(c.want))
				}
				if _, err := time.ParseDuration(row[6]); err != nil {
					t.Error(err)
				}
			}
			if n := strings.Count(got.stderr, "\n"); n != 3 || strings.Contains(got.stderr, "\r") {
				t.Errorf("stderr is no terminal, so it gets one line for each upload, not %q", got.stderr)
			}
		})
	}
}

func TestSeveralFiles(t *testing.T) {
	contents := map[string][]byte{
		"May report.txt":         []byte("All is well.\n"),
		"résumé – 履歴書 🎉.pdf":     []byte("%PDF-1.7"),
		"it's 100% \"q\" & +.md": []byte("# Ünïcode\n"),
		"large.bin":              bytes.Repeat([]byte{0, 1, 2, 253, 254, 255}, 500_000),
	}
	var args []string
	for name, content := range contents {
		if runtime.GOOS == "windows" && strings.Contains(name, `"`) {
			continue
		}
		args = append(args, write(t, name, content))
	}
	got := ran(t, args...)
	if got.code != 0 {
		t.Fatalf("exit %d: %s", got.code, got.stderr)
	}
	rows := got.rows(t)
	if len(rows) != len(services)*len(args) {
		t.Fatalf("%d rows for %d files:\n%s", len(rows), len(args), got.stdout)
	}
	for i, row := range rows {
		name := filepath.Base(args[i%len(args)])
		if row[0] != services[i/len(args)] || row[1] != name || row[5] != shortDigest(contents[name]) {
			t.Errorf("row %q, want %s of %s", row, name, services[i/len(args)])
		}
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	good := write(t, "good.txt", []byte("good"))
	dir := t.TempDir()
	// A bad file is found before anything is sent, wherever it stands.
	ran(t, good, good+"x").failed(t, 0, `good.txtx": `, "no such file")
	ran(t, good, dir).failed(t, 0, filepath.Base(dir), "is a directory")
	ran(t, "").failed(t, 0, `source ""`)
	secret := write(t, "secret.txt", []byte("secret"))
	if err := os.Chmod(secret, 0); err != nil {
		t.Fatal(err)
	}
	if f, err := os.Open(secret); err == nil {
		_ = f.Close()
		t.Skip("this user can read every file")
	}
	ran(t, good, secret).failed(t, 0, `secret.txt": `, "permission denied")
}

// WorkDocs takes empty files, and Connect does not.
func TestEmptyFile(t *testing.T) {
	got := ran(t, write(t, "empty.txt", nil))
	got.failed(t, 1, "connectparticipant", "empty.txt", "Size is 0", "at least 1 byte")
	if rows := got.rows(t); len(rows) != 1 || rows[0][0] != "workdocs" || rows[0][4] != "0 B" {
		t.Errorf("the table has %q, want what worked", rows)
	}
}

func TestTooLargeForConnect(t *testing.T) {
	name := write(t, "large.bin", nil)
	if err := os.Truncate(name, 20<<20+1); err != nil {
		t.Fatal(err)
	}
	ran(t, name).failed(t, 1, "connectparticipant", "large.bin", "more than the 20971520 bytes")
}

// The second file of a name is a new version to WorkDocs and Oracle, and
// another attachment to Connect.
func TestSameNameTwice(t *testing.T) {
	got := ran(t, write(t, "a.txt", []byte("1")), write(t, "a.txt", []byte("2")))
	if got.code != 0 {
		t.Fatal(got.stderr)
	}
	rows := got.rows(t)
	if len(rows) != 2*len(services) {
		t.Fatalf("%d rows instead of two per service:\n%s", len(rows), got.stdout)
	}
	for i, service := range services {
		first, second := rows[2*i], rows[2*i+1]
		sameID, newVersion := first[2] == second[2], first[3] != second[3]
		if isConnect := service == "connectparticipant"; sameID == isConnect || newVersion == isConnect {
			t.Errorf("%s stored %q, then %q", service, first, second)
		}
	}
}

func TestHelp(t *testing.T) {
	got := ran(t, "-h")
	if got.code != 0 || got.stderr != "" || !strings.HasPrefix(got.stdout, "Usage: ") {
		t.Errorf("exit %d, stderr %q, stdout:\n%s", got.code, got.stderr, got.stdout)
	}
	for _, want := range []string{"memory", "SHA-256", "-workdocs-region", "-connect-participant-token", "-oracle-url",
		"AWS_ACCESS_KEY_ID", "ORACLE_PASSWORD"} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("the help lacks %s", want)
		}
	}
}

func TestUnknownFlag(t *testing.T) {
	ran(t, "-frobnicate").failed(t, 0, "-frobnicate", "see -h")
}

func TestNothingKeepsRunning(t *testing.T) {
	name := write(t, "a.txt", []byte("a"))
	before := runtime.NumGoroutine()
	if got := ran(t, name); got.code != 0 {
		t.Fatal(got.stderr)
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	stacks := make([]byte, 1<<16)
	t.Errorf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
}
