package upload_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/upload"
)

// write makes a file with content.
func write(t *testing.T, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// kinds makes a source of each kind.
var kinds = map[string]func(t *testing.T, content []byte) (upload.Source, error){
	"Bytes": func(_ *testing.T, content []byte) (upload.Source, error) { return upload.Bytes("a.txt", content), nil },
	"File":  func(t *testing.T, content []byte) (upload.Source, error) { return upload.File(write(t, content)) },
	"FS": func(_ *testing.T, content []byte) (upload.Source, error) {
		return upload.FS(fstest.MapFS{"dir/a.txt": {Data: content}}, "dir/a.txt")
	},
	"From os.File": func(t *testing.T, content []byte) (upload.Source, error) {
		name := write(t, content)
		return upload.From("a.txt", int64(len(content)),
			func(context.Context) (io.ReadCloser, error) { return os.Open(name) }), nil
	},
	"From SectionReader": func(t *testing.T, content []byte) (upload.Source, error) {
		f, err := os.Open(write(t, slices.Concat([]byte("before"), content, []byte("after"))))
		if err != nil {
			return upload.Source{}, err
		}
		t.Cleanup(func() { _ = f.Close() })
		return upload.From("a.txt", int64(len(content)), func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(io.NewSectionReader(f, int64(len("before")), int64(len(content)))), nil
		}), nil
	},
	"From one byte at a time": func(_ *testing.T, content []byte) (upload.Source, error) {
		return upload.From("a.txt", int64(len(content)), func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(struct{ io.Reader }{bytes.NewReader(content)}), nil
		}), nil
	},
	"Spool": func(t *testing.T, content []byte) (upload.Source, error) {
		src, remove, err := upload.Spool(t.Context(), "a.txt", bytes.NewReader(content), t.TempDir(), 1<<30)
		if err == nil {
			t.Cleanup(func() {
				if err := remove(); err != nil {
					t.Error(err)
				}
			})
		}
		return src, err
	},
}

// TestLengthIsDeclared is F26 and F49: whatever the source, a PUT says how
// long it is and is never sent in chunks.
func TestLengthIsDeclared(t *testing.T) {
	for kind, source := range kinds {
		t.Run(kind, func(t *testing.T) {
			for _, size := range []int{0, 1, 4095, 4096, 1 << 20, 1<<20 + 1} {
				src, err := source(t, noise(size))
				if err != nil {
					t.Fatal(err)
				}
				s, _ := overTCP(t)
				s.ends(background, src, ending{calls: allStages})
				if diff := cmp.Diff([]string{fmt.Sprintf("%d [%d] []", size, size)}, s.lengths); diff != "" {
					t.Errorf("%d bytes (-want +got):\n%s", size, diff)
				}
			}
		})
	}
}

// TestWire is F34: what a storage gets is what the service listed, the
// length, a User-Agent, and nothing else, to the byte.
func TestWire(t *testing.T) {
	agent := "User-Agent: docferry/" + exchange.Version
	for name, c := range map[string]struct {
		query  string
		header map[string]string
		agent  string
		size   int
		want   []string // besides Host and Content-Length
	}{
		"nothing listed": {size: 3, want: []string{agent}},
		"empty":          {size: 0, want: []string{agent}},
		"own agent":      {agent: "tool/1", size: 3, want: []string{"User-Agent: tool/1 docferry/" + exchange.Version}},
		"listed agent": {header: map[string]string{"user-agent": "signed/1"}, agent: "tool/1", size: 3,
			want: []string{"User-Agent: signed/1"}},
		"large": {size: 1<<20 + 1, want: []string{"Expect: 100-continue", agent}},
		"odd case": {size: 3, header: map[string]string{"cONTENT-tYPE": "text/plain", "X-AMZ-ACL": "private",
			"x-amz-meta-empty": "", "x-amz-meta-tab": "a\tb"},
			want: []string{"Content-Type: text/plain", agent, "X-Amz-Acl: private", "X-Amz-Meta-Empty: ",
				"X-Amz-Meta-Tab: a\tb"}},
		"host and length": {size: 3, header: map[string]string{"host": "HOST", "CONTENT-LENGTH": "3"}, want: []string{agent}},
		"all signed": {size: 3, query: "?X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bx-amz-meta-empty&X-Amz-Signature=0123",
			header: map[string]string{"Content-Type": "text/plain", "Content-Length": "3", "x-amz-meta-empty": ""},
			want:   []string{"Content-Type: text/plain", agent, "X-Amz-Meta-Empty: "}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			srv := listen(t, func(_ int, c *conn) {
				if lines, _, err := c.receive(); err == nil {
					got = lines
					c.answer(200, "", `ETag: "opaque-1"`, "Connection: close")
				}
			})
			host := strings.TrimPrefix(srv.URL, "http://")
			s := newService(t, docferry.HTTP{UserAgent: c.agent})
			s.place = func(string, upload.Source) (string, map[string]string) {
				if c.header["host"] != "" {
					c.header["host"] = host
				}
				return srv.URL + "/key" + c.query, c.header
			}
			_, err := s.Upload(background, upload.Bytes("a.txt", noise(c.size)))
			if err != nil {
				t.Fatal(err)
			}
			want := append([]string{"Host: " + host, "Content-Length: " + strconv.Itoa(c.size)}, c.want...)
			slices.Sort(want)
			slices.Sort(got[1:])
			if diff := cmp.Diff(append([]string{"PUT /key" + c.query + " HTTP/1.1"}, want...), got); diff != "" {
				t.Errorf("on the wire (-want +got):\n%s", diff)
			}
		})
	}
}
