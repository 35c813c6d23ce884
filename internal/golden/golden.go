// Package golden compares the requests that operations send with files, one for
// each operation. The files are meant to be read beside the service's reference:
// they show what is sent, in the form of an HTTP message. A change in the code that
// changes a request shows up as a difference in a file.
//
// Tests that are run with -update rewrite the files. Read the differences before
// you commit them: after an update, the test always passes.
//
//	golden.Request(t, "testdata/golden", "GetFolder", func(rt http.RoundTripper) {
//		var req GetFolderRequest
//		golden.Fill(&req)
//		newClient(rt).GetFolder(t.Context(), req)
//	})
package golden

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// update is the flag -update of a test that uses this package.
var update = flag.Bool("update", false, "rewrite the golden files")

// Request calls send, which must send exactly one request through the transport
// that it is given, and compares that request with the file dir/name.http. The
// transport sends nothing; it answers with status 200 and an empty JSON object.
// Errors of send are for send to report.
func Request(t testing.TB, dir, name string, send func(http.RoundTripper)) {
	t.Helper()
	var sent []string
	send(transport(func(req *http.Request) (*http.Response, error) {
		text, err := dump(req)
		sent = append(sent, text)
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
			Body: io.NopCloser(strings.NewReader("{}")), Request: req}, err
	}))
	if len(sent) != 1 {
		t.Errorf("%s sent %d requests, want 1", name, len(sent))
		return
	}
	file := filepath.Join(dir, name+".http")
	// The comparison below follows an update too, and then always succeeds.
	if *update {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(sent[0]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("%v: run the test with -update and read what it has written", err)
		return
	}
	if diff := cmp.Diff(string(want), sent[0]); diff != "" {
		t.Errorf("the request of %s differs from %s; if it should, run the test with -update (-file +sent):\n%s",
			name, file, diff)
	}
}

// Only checks that dir contains no other files than those of the given names, so
// that the file of a removed operation is not forgotten.
func Only(t testing.TB, dir string, names []string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name, ok := strings.CutSuffix(file.Name(), ".http"); !ok || !slices.Contains(names, name) {
			t.Errorf("%s belongs to no request; delete it", filepath.Join(dir, file.Name()))
		}
	}
}

// transport is a function that answers requests.
type transport func(*http.Request) (*http.Response, error)

// RoundTrip implements [http.RoundTripper].
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) { return t(req) }

// changing lists the headers that are left out: those that differ from run to run,
// such as a signature, and those that follow from the rest of the request.
var changing = []string{"Authorization", "X-Amz-Date", "User-Agent", "Content-Length", "Accept-Encoding"}

// dump returns the text of a request: its target, its headers in alphabetical
// order, and its body, indented if it is JSON. The boundary of a multipart body is
// random, so it is replaced by the word "boundary".
func dump(req *http.Request) (string, error) {
	var body []byte
	if req.Body != nil {
		defer req.Body.Close()
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return "", err
		}
	}
	header := req.Header.Clone()
	for _, name := range changing {
		header.Del(name)
	}
	switch media, params, _ := mime.ParseMediaType(header.Get("Content-Type")); {
	case media == "application/json":
		var indented bytes.Buffer
		if err := json.Indent(&indented, body, "", "\t"); err != nil {
			return "", err
		}
		body = indented.Bytes()
	case params["boundary"] != "":
		header.Set("Content-Type", strings.ReplaceAll(header.Get("Content-Type"), params["boundary"], "boundary"))
		body = bytes.ReplaceAll(body, []byte(params["boundary"]), []byte("boundary"))
		body = bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s\nHost: %s\n", req.Method, req.URL.RequestURI(), req.URL.Host)
	if err := header.Write(&out); err != nil {
		return "", err
	}
	text := strings.ReplaceAll(out.String(), "\r\n", "\n")
	if len(body) > 0 {
		text += "\n" + strings.TrimSuffix(string(body), "\n") + "\n"
	}
	return text, nil
}
