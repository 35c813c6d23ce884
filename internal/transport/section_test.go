package transport

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// lastRead is a source of which only the last bytes have to be read.
type lastRead struct {
	file *os.File
	left int64
	last int64
	read int64 // how many were read
}

func (s *lastRead) Read(p []byte) (int, error) {
	n, err := s.file.Read(p)
	s.left -= int64(n)
	s.read += int64(n)
	return n, err
}

func (s *lastRead) Close() error            { return s.file.Close() }
func (s *lastRead) File() (*os.File, int64) { return s.file, s.left - s.last }
func (s *lastRead) Skip(n int64)            { s.left -= n }

// A file goes over plain http byte for byte, and only what has to be read is. Over TLS all of
// it is read.
func TestFilesAreSentByTheKernel(t *testing.T) {
	content := make([]byte, 3*sectionSize+1)
	for i := range content {
		content[i] = byte(i * 7 >> 3)
	}
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	var got []byte
	handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got, _ = io.ReadAll(r.Body) })
	plain, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	defer plain.Close()
	defer secure.Close()
	for _, server := range []*httptest.Server{plain, secure} {
		var options Options
		if server == secure {
			options.TLS = server.Client().Transport.(*http.Transport).TLSClientConfig
		}
		rt := New(options)
		defer rt.CloseIdleConnections()
		for _, last := range []int64{1, 4096, int64(len(content)) - 1, int64(len(content)) + 1} {
			f, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			source := &lastRead{file: f, left: int64(len(content)), last: last}
			body := NewBody(t.Context(), source)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, server.URL, body)
			if err != nil {
				t.Fatal(err)
			}
			req.ContentLength = int64(len(content))
			resp, trace, err := Send(rt, req, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if !bytes.Equal(got, content) {
				t.Errorf("%s, last %d: other content has arrived, of %d bytes", server.URL, last, len(got))
			}
			want := min(last, int64(len(content)))
			if server == secure || !canSendFiles {
				want = int64(len(content))
			}
			if source.read != want || !trace.Begun || source.left != 0 {
				t.Errorf("%s, last %d: %d bytes were read, want %d; begun %v, left %d",
					server.URL, last, source.read, want, trace.Begun, source.left)
			}
		}
	}
}
