package upload_test

import (
	"context"
	"crypto/sha256"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// maxHeap is what an upload may have in use, of content of any size, all of
// the test program included.
const maxHeap = 16 << 20

// sparse makes a file of a size that takes no room.
func sparse(t testing.TB, size int64) upload.Source {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sparse.bin")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, size); err != nil {
		t.Fatal(err)
	}
	src, err := upload.File(name)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// heap watches how much of it is in use.
type heap struct {
	samples []metrics.Sample
	peak    uint64
	reads   int
}

func newHeap() *heap {
	runtime.GC() // what other tests left
	return &heap{samples: []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"}}}
}

func (h *heap) sample() {
	metrics.Read(h.samples)
	h.peak = max(h.peak, h.samples[0].Value.Uint64()+h.samples[1].Value.Uint64())
}

// watch returns the source with a look at the heap at every sixteenth read.
func (h *heap) watch(src upload.Source) upload.Source {
	return upload.WithProgress(src, func(upload.Progress) {
		if h.reads++; h.reads%16 == 1 {
			h.sample()
		}
	})
}

// drain starts a server that reads everything and keeps nothing.
func drain(t testing.TB) *httptest.Server {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n, err := io.Copy(io.Discard, r.Body); err != nil || n != r.ContentLength {
			t.Errorf("received %d bytes of %d: %v", n, r.ContentLength, err)
		}
		w.Header().Set("Etag", `"opaque-1"`)
	}))
	t.Cleanup(srv.Close)
	return srv
}

// engines are uploaders to a server.
var engines = map[string]func(t testing.TB, address string) upload.Uploader{
	"Presigned": func(t testing.TB, address string) upload.Uploader {
		p := &upload.Presigned{HTTP: docferry.HTTP{AllowPrivate: true}, MaxSize: 1 << 40,
			Begin: func(context.Context, upload.Source) (*upload.Slot, error) {
				return &upload.Slot{ID: "1", URL: docferry.Secret(address + "/1")}, nil
			}}
		t.Cleanup(p.CloseIdleConnections)
		return p
	},
	"Multipart": func(t testing.TB, address string) upload.Uploader {
		m := &upload.Multipart{URL: docferry.Secret(address)}
		t.Cleanup(m.CloseIdleConnections)
		return m
	},
}

// peak sends a sparse file through an engine, and returns the most heap that
// was in use.
func peak(t testing.TB, engine string, size int64) uint64 {
	t.Helper()
	u, src, h := engines[engine](t, drain(t).URL), sparse(t, size), newHeap()
	result, err := u.Upload(background, h.watch(src))
	h.sample()
	if err != nil || result.Size != size {
		t.Fatalf("%+v, %v", result, err)
	}
	if h.peak > maxHeap {
		t.Errorf("%d bytes of heap were in use, more than %d", h.peak, maxHeap)
	}
	return h.peak
}

func TestMemoryIsBounded(t *testing.T) {
	for engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Logf("%.1f MiB of heap", float64(peak(t, engine, 64<<20))/(1<<20))
		})
	}
}

func benchmark4GiB(b *testing.B, engine string) {
	b.Helper()
	b.SetBytes(4 << 30)
	most := uint64(0)
	for b.Loop() {
		most = max(most, peak(b, engine, 4<<30))
	}
	b.ReportMetric(float64(most)/(1<<20), "MiB-heap")
}

func BenchmarkPresigned4GiB(b *testing.B) { benchmark4GiB(b, "Presigned") }
func BenchmarkMultipart4GiB(b *testing.B) { benchmark4GiB(b, "Multipart") }

// BenchmarkThroughput compares with net/http alone, which neither hashes nor
// checks: the same file to the same server in the same run.
func BenchmarkThroughput(b *testing.B) {
	const size = 64 << 20
	for engine, dial := range engines {
		b.Run(engine, func(b *testing.B) {
			srv, src := drain(b), sparse(b, size)
			u := dial(b, srv.URL)
			b.SetBytes(size)
			var ours, floor time.Duration
			for b.Loop() {
				began := time.Now()
				if _, err := u.Upload(background, src); err != nil {
					b.Fatal(err)
				}
				ours += time.Since(began)
				began = time.Now()
				put(b, srv, src)
				floor += time.Since(began)
			}
			b.ReportMetric(float64(ours)/float64(floor), "x-floor")
		})
	}
}

// put sends a source with net/http and nothing else.
func put(b *testing.B, srv *httptest.Server, src upload.Source) {
	b.Helper()
	content, err := src.Open(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	req, err := http.NewRequestWithContext(background, http.MethodPut, srv.URL, content)
	if err != nil {
		b.Fatal(err)
	}
	req.ContentLength = src.Size
	resp, err := srv.Client().Do(req)
	if err != nil {
		b.Fatal(err)
	}
	_ = resp.Body.Close()
}

// BenchmarkForm compares with package mime/multipart, which writes the form
// and leaves its length to be found out. Both take a SHA-256 of the content.
func BenchmarkForm(b *testing.B) {
	content := noise(1 << 20)
	src := upload.Bytes("a.bin", content)
	value := []byte(`{"parentID":"self"}`)
	b.SetBytes(int64(len(content)))
	var ours, theirs time.Duration
	for b.Loop() {
		began := time.Now()
		form, err := upload.NewForm(src, "primaryFile", upload.Field{Name: "jsonInputParameters", Content: value})
		if err != nil {
			b.Fatal(err)
		}
		rc, err := form.Open(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, rc); err != nil || n != form.ContentLength() {
			b.Fatal(n, err)
		}
		_ = rc.Close()
		ours += time.Since(began)

		began = time.Now()
		w := multipart.NewWriter(io.Discard)
		field, _ := w.CreateFormField("jsonInputParameters")
		_, _ = field.Write(value)
		file, _ := w.CreateFormFile("primaryFile", "a.bin")
		again, _ := src.Open(context.Background())
		_, _ = io.Copy(io.MultiWriter(file, sha256.New()), again)
		_ = w.Close()
		theirs += time.Since(began)
	}
	b.ReportMetric(float64(ours)/float64(theirs), "x-mime")
}
