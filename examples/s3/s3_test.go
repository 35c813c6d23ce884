package main

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// putFile runs the program with a server in S3's place and returns what came of it.
func putFile(t *testing.T, s3 *server, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	front := httptest.NewServer(s3)
	t.Cleanup(front.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", s3.keyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3.secret)
	t.Setenv("AWS_SESSION_TOKEN", s3.token)
	var out, errs bytes.Buffer
	code = run(t.Context(), append([]string{"-endpoint", front.URL}, args...), &out, &errs)
	return code, out.String(), errs.String()
}

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPut(t *testing.T) {
	large := bytes.Repeat([]byte("docferry"), 1<<18) // above what is sent without asking first
	for name, c := range map[string]struct {
		file    string
		content []byte
		key     string // flag
		token   string
		want    string // the object's path
	}{
		"plain": {file: "report.txt", content: []byte("All is well."), want: "/my-bucket/report.txt"},
		"empty": {file: "empty.csv", want: "/my-bucket/empty.csv"},
		"large": {file: "large.bin", content: large, want: "/my-bucket/large.bin"},
		"key": {file: "a.txt", content: []byte("a"), key: "reports/may/1.txt",
			want: "/my-bucket/reports/may/1.txt"},
		"unicode": {file: "Übersicht 1+1.txt", content: []byte("ü"), want: "/my-bucket/Übersicht 1+1.txt"},
		"odd characters": {file: "a.txt", content: []byte("a"), key: "a+b (1)=$&,;:@!*'~?#%41.txt",
			want: "/my-bucket/a+b (1)=$&,;:@!*'~?#%41.txt"},
		"session token":   {file: "a.txt", content: []byte("a"), token: "a/b+c==", want: "/my-bucket/a.txt"},
		"slashes in keys": {file: "a.txt", content: []byte("a"), key: "x//y/", want: "/my-bucket/x//y/"},
	} {
		t.Run(name, func(t *testing.T) {
			s3 := newServer()
			s3.token = c.token
			args := []string{"-bucket", "my-bucket", "-region", "eu-west-1"}
			if c.key != "" {
				args = append(args, "-key", c.key)
			}
			code, stdout, stderr := putFile(t, s3, append(args, write(t, c.file, c.content))...)
			if code != 0 || stderr != "" {
				t.Fatalf("exit %d, stderr %q", code, stderr)
			}
			if got, ok := s3.objects[c.want]; !ok || !bytes.Equal(got, c.content) {
				t.Errorf("%q holds %d bytes, want %d; there are %v", c.want, len(got), len(c.content), s3.keys())
			}
			sum := sha256.Sum256(c.content)
			if !strings.Contains(stdout, hex.EncodeToString(sum[:])) {
				t.Errorf("stdout %q lacks the digest", stdout)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	file := write(t, "a.txt", []byte("a"))
	for name, c := range map[string]struct {
		args   []string
		secret string // what the server expects, if not what is sent
		want   string
	}{
		"no bucket":    {args: []string{file}, want: "see -h"},
		"no file":      {args: []string{"-bucket", "b"}, want: "see -h"},
		"unknown flag": {args: []string{"-x"}, want: "see -h"},
		"missing file": {args: []string{"-bucket", "b", file + "x"}, want: "no such file"},
		"directory":    {args: []string{"-bucket", "b", t.TempDir()}, want: "is a directory"},
		"wrong secret": {args: []string{"-bucket", "b", file}, secret: "other", want: "SignatureDoesNotMatch"},
	} {
		t.Run(name, func(t *testing.T) {
			s3 := newServer()
			s3.expect = c.secret
			code, stdout, stderr := putFile(t, s3, c.args...)
			if code != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
				t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
			}
			if strings.Contains(stderr, "X-Amz-Signature") {
				t.Errorf("stderr holds the signed URL: %q", stderr)
			}
		})
	}
}

func TestNoCredentials(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	var stderr bytes.Buffer
	if code := run(t.Context(), []string{"-bucket", "b", "a.txt"}, io.Discard, &stderr); code != 1 ||
		!strings.Contains(stderr.String(), "AWS_ACCESS_KEY_ID") {
		t.Errorf("exit %d, stderr %q", code, &stderr)
	}
}

func TestHelp(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"-h"}, &stdout, &stderr); code != 0 || stderr.Len() > 0 ||
		!strings.Contains(stdout.String(), "-bucket") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, &stdout, &stderr)
	}
}

// The server of these tests agrees with the example in Amazon's description of
// Signature Version 4 in queries.
func TestServerAgreesWithAmazon(t *testing.T) {
	s3 := newServer()
	s3.secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	r := httptest.NewRequest(http.MethodGet, "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"+
		"&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z"+
		"&X-Amz-Expires=86400&X-Amz-SignedHeaders=host", nil)
	const want = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
	if got := s3.signature(r); got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

func etag(content []byte) string {
	sum := md5.Sum(content)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}
