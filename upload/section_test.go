package upload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// undigested is an engine without a digest for a server of plain http.
func undigested(at *httptest.Server) *upload.Presigned {
	return &upload.Presigned{
		HTTP: docferry.HTTP{AllowPrivate: true, Retry: soon}, Digests: upload.DigestsNone,
		Begin: func(context.Context, upload.Source) (*upload.Slot, error) {
			return &upload.Slot{URL: docferry.Secret(at.URL + "/key")}, nil
		},
		Accept: func(int, http.Header, []byte) error { return nil },
	}
}

// serving is a server of plain http, which is closed at the end of the test, before connections
// that it has left alone.
func serving(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server
}

// Whatever its size, a file that the kernel sends arrives as it is, also at the second attempt
// and after one that broke off.
func TestFilesOverPlainHTTP(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	sizes := []int{1, 4095, 4096, 4097, 8191, 1<<20 - 1, 1 << 20, 1<<20 + 1, 1<<20 + 4096, 3<<20 + 4097}
	for range 10 {
		sizes = append(sizes, random.IntN(3<<20))
	}
	for n, size := range sizes {
		content := make([]byte, size)
		for i := range content {
			content[i] = byte(random.Uint32())
		}
		var attempts atomic.Int64
		stored := make(chan []byte, 1)
		server := serving(t, func(_ http.ResponseWriter, r *http.Request) {
			if attempts.Add(1) == 1 && n%2 == 1 {
				_, _ = io.CopyN(io.Discard, r.Body, int64(size/2))
				panic(http.ErrAbortHandler)
			}
			if content, err := io.ReadAll(r.Body); err == nil {
				stored <- content
			}
		})
		src, _ := onDisk(t, string(content))
		p := undigested(server)
		result, err := p.Upload(t.Context(), src)
		p.CloseIdleConnections()
		if err != nil || result.Size != int64(size) || result.SHA256 != "" {
			t.Fatalf("%d bytes: %+v, %v", size, result, err)
		}
		if got := <-stored; !bytes.Equal(got, content) {
			t.Errorf("%d bytes: other content has arrived, of %d bytes, after %d attempts", size, len(got), attempts.Load())
		}
	}
}

// A file that changes its length while the kernel sends it ends the upload, and the request
// never becomes complete.
func TestFilesThatChangeWhileTheyAreSent(t *testing.T) {
	for name, length := range map[string]int64{"shorter": 17 << 20, "one byte shorter": 32<<20 - 1, "longer": 32<<20 + 1} {
		t.Run(name, func(t *testing.T) {
			_, at := onDisk(t, "")
			if err := os.Truncate(at, 32<<20); err != nil {
				t.Fatal(err)
			}
			src, err := upload.File(at)
			if err != nil {
				t.Fatal(err)
			}
			whole := make(chan bool, 1)
			server := serving(t, func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.ReadFull(r.Body, make([]byte, 1))
				if err := os.Truncate(at, length); err != nil {
					t.Error(err)
				}
				n, err := io.Copy(io.Discard, r.Body)
				whole <- err == nil && n == 32<<20-1
			})
			p := undigested(server)
			defer p.CloseIdleConnections()
			if _, err := p.Upload(t.Context(), src); !errors.Is(err, upload.ErrSourceChanged) {
				t.Errorf("%v", err)
			}
			if <-whole {
				t.Error("the request was complete")
			}
		})
	}
}

// A storage that takes nothing more of a file ends the attempt, and the end of the context the
// upload.
func TestFilesThatStandStill(t *testing.T) {
	_, at := onDisk(t, "")
	if err := os.Truncate(at, 64<<20); err != nil { // more than sockets hold
		t.Fatal(err)
	}
	src, err := upload.File(at)
	if err != nil {
		t.Fatal(err)
	}
	begun, stop := make(chan struct{}, 1), make(chan struct{})
	server := serving(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadFull(r.Body, make([]byte, 1))
		begun <- struct{}{}
		<-stop
	})
	t.Cleanup(func() { close(stop) })
	var readers []io.ReadCloser
	p := undigested(server)
	p.HTTP.StallTimeout = 300 * time.Millisecond
	p.HTTP.Retry.Attempts = 1
	if _, err = p.Upload(t.Context(), keepingReaders(src, &readers)); err == nil ||
		!strings.Contains(err.Error(), "the other side took nothing more of the body for 300ms") {
		t.Errorf("standing still: %v", err)
	}
	<-begun
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-begun
		cancel()
	}()
	p = undigested(server)
	if _, err = p.Upload(ctx, keepingReaders(src, &readers)); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	for _, r := range readers {
		if _, err := r.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
			t.Errorf("a file is not closed: %v", err)
		}
	}
}
