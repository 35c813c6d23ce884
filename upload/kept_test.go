package upload_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// onDisk is the source of a new file.
func onDisk(t *testing.T, content string) (src upload.Source, name string) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := upload.File(name)
	if err != nil {
		t.Fatal(err)
	}
	return src, name
}

// keepingReaders keeps the readers that a source opens.
func keepingReaders(src upload.Source, readers *[]io.ReadCloser) upload.Source {
	open := src.Open
	src.Open = func(ctx context.Context) (io.ReadCloser, error) {
		rc, err := open(ctx)
		*readers = append(*readers, rc)
		return rc, err
	}
	return src
}

// A file and content in memory are opened once for an upload and once more for each attempt
// after the first. Readers of other kinds are opened for the check as well.
func TestHowOftenASourceIsOpened(t *testing.T) {
	disk, _ := onDisk(t, "some content")
	custom := upload.From("a.txt", 12, func(ctx context.Context) (io.ReadCloser, error) {
		rc, err := file.Open(ctx)
		return struct{ io.ReadCloser }{rc}, err
	})
	for name, c := range map[string]struct {
		src            upload.Source
		status, opened int
	}{
		"a file":                {disk, 200, 1},
		"memory":                {file, 200, 1},
		"a reader of its own":   {custom, 200, 2},
		"a file, four attempts": {disk, 500, 4},
	} {
		t.Run(name, func(t *testing.T) {
			s := &storage{status: c.status, header: header("Etag", `"x"`)}
			var readers []io.ReadCloser
			p := &upload.Presigned{HTTP: docferry.HTTP{Transport: s, Retry: soon},
				Begin: func(context.Context, upload.Source) (*upload.Slot, error) {
					return &upload.Slot{URL: "https://bucket.example.com/key"}, nil
				}}
			if _, err := p.Upload(t.Context(), keepingReaders(c.src, &readers)); (err == nil) != (c.status == 200) {
				t.Fatal(err)
			}
			if len(readers) != c.opened {
				t.Errorf("opened %d times, want %d", len(readers), c.opened)
			}
			for n, sent := range s.sent {
				if sent != "some content" {
					t.Errorf("attempt %d has sent %q", n, sent)
				}
			}
		})
	}
}

// A file that was opened before Begin is closed, whatever Begin does, and is not sent if it
// has changed in the meantime.
func TestFileThatWaitsForBegin(t *testing.T) {
	errBegin := errors.New("no")
	for name, c := range map[string]struct {
		begin func(name string) (*upload.Slot, error)
		want  error // nil means any
	}{
		"Begin fails":         {func(string) (*upload.Slot, error) { return nil, errBegin }, errBegin},
		"the URL is not good": {func(string) (*upload.Slot, error) { return &upload.Slot{URL: "ftp://x"}, nil }, nil},
		"the file changes": {func(name string) (*upload.Slot, error) {
			err := os.WriteFile(name, []byte("other content of another length"), 0o600)
			return &upload.Slot{URL: "https://bucket.example.com/key"}, err
		}, upload.ErrSourceChanged},
		"the file is replaced": {func(name string) (*upload.Slot, error) {
			err := errors.Join(os.WriteFile(name+"2", []byte("more content"), 0o600), os.Rename(name+"2", name))
			return &upload.Slot{URL: "https://bucket.example.com/key"}, err
		}, upload.ErrSourceChanged},
	} {
		t.Run(name, func(t *testing.T) {
			src, at := onDisk(t, "some content")
			s := &storage{status: 200, header: header("Etag", `"x"`)}
			var readers []io.ReadCloser
			p := &upload.Presigned{HTTP: docferry.HTTP{Transport: s, Retry: soon},
				Begin: func(context.Context, upload.Source) (*upload.Slot, error) { return c.begin(at) }}
			if _, err := p.Upload(t.Context(), keepingReaders(src, &readers)); err == nil ||
				c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if len(s.sent) != 0 {
				t.Errorf("%d requests were sent", len(s.sent))
			}
			if len(readers) != 1 {
				t.Fatalf("opened %d times", len(readers))
			}
			if _, err := readers[0].Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
				t.Errorf("the file is not closed: %v", err)
			}
		})
	}
}

// deaf is a transport that does nothing until the end of the test, whatever its context says.
type deaf struct{ end chan struct{} }

func (d deaf) RoundTrip(*http.Request) (*http.Response, error) {
	<-d.end
	return nil, errors.New("too late")
}

// Content in memory needs no guard against a source that hangs, but a transport of the
// caller's own may hang too.
func TestMemoryAndADeafTransport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deaf{make(chan struct{})}
		defer close(d.end)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		p := &upload.Presigned{HTTP: docferry.HTTP{Transport: d},
			Begin: func(context.Context, upload.Source) (*upload.Slot, error) {
				return &upload.Slot{URL: "https://bucket.example.com/key"}, nil
			}}
		began := time.Now()
		if _, err := p.Upload(ctx, file); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 10*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}
