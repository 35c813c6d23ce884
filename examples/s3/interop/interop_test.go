// Package interop runs the s3 example against a server of S3's protocol that
// others wrote, and that checks signatures. It is a module of its own, so that
// nobody who imports docferry gets to see that server.
package interop

import (
	"bytes"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rclone/gofakes3"
	"github.com/rclone/gofakes3/s3mem"
)

const (
	keyID  = "AKIAEXAMPLE"
	secret = "secret/example"
)

func TestPut(t *testing.T) {
	program := filepath.Join(t.TempDir(), "s3.exe")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = ".." // in the main module
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	backend := s3mem.New()
	if err := backend.CreateBucket(t.Context(), "my-bucket"); err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(gofakes3.New(backend, gofakes3.WithV4Auth(map[string]string{keyID: secret})).Server())
	t.Cleanup(front.Close)

	large := bytes.Repeat([]byte("docferry"), 1<<18)
	for key, content := range map[string][]byte{
		"plain.txt":                 []byte("All is well."),
		"empty.txt":                 nil,
		"large.bin":                 large,
		"reports/2026/may 1+1.txt":  []byte("reports"),
		"Übersicht (1)=$&,;:@!*'~#": []byte("odd"),
	} {
		t.Run(key, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(file, content, 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := put(program, secret, front.URL, key, file); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			object, err := backend.GetObject(t.Context(), "my-bucket", key, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer object.Contents.Close()
			var got bytes.Buffer
			if _, err := got.ReadFrom(object.Contents); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), content) {
				t.Errorf("the server holds %d other bytes, not the %d that were sent", got.Len(), len(content))
			}
		})
	}
	t.Run("wrong secret", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, large, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := put(program, "wrong", front.URL, "refused.txt", file)
		if err == nil || !bytes.Contains(out, []byte("SignatureDoesNotMatch")) {
			t.Errorf("%v: %s", err, out)
		}
	})
}

func put(program, secret, endpoint, key, file string) ([]byte, error) {
	cmd := exec.Command(program, "-endpoint", endpoint, "-bucket", "my-bucket", "-key", key, file)
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+keyID, "AWS_SECRET_ACCESS_KEY="+secret, "AWS_SESSION_TOKEN=")
	return cmd.CombinedOutput()
}
