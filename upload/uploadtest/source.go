package uploadtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/docferry/docferry/upload"
)

// watched is a source that records its readers.
type watched struct {
	upload.Source
	content []byte
	// wrap, if not nil, stands between the content and the uploader.
	wrap func(io.Reader) io.Reader

	mu     sync.Mutex
	opened []*watchedReader
}

func (w *watched) open(context.Context) (io.ReadCloser, error) {
	var r io.Reader = bytes.NewReader(w.content)
	if w.wrap != nil {
		r = w.wrap(r)
	}
	wr := &watchedReader{Reader: r, done: make(chan struct{})}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opened = append(w.opened, wr)
	return wr, nil
}

type watchedReader struct {
	io.Reader
	done       chan struct{} // closed by the first Close
	closed     atomic.Int32
	afterClose atomic.Bool
}

func (r *watchedReader) Read(p []byte) (int, error) {
	if r.closed.Load() > 0 {
		r.afterClose.Store(true)
		return 0, errors.New("read after close")
	}
	return r.Reader.Read(p)
}

func (r *watchedReader) Close() error {
	if r.closed.Add(1) == 1 {
		close(r.done)
	}
	return nil
}

// lingering is how long a reader may stay open after the upload has returned: an HTTP
// transport may close a request body a little later.
const lingering = 5 * time.Second

// balanced returns an error if a reader was not closed exactly once, or was read
// after it was closed.
func (w *watched) balanced() error {
	w.mu.Lock()
	opened := slices.Clone(w.opened)
	w.mu.Unlock()
	for i, r := range opened {
		select {
		case <-r.done:
		case <-time.After(lingering):
		}
		if n := r.closed.Load(); n != 1 {
			return fmt.Errorf("%q: reader %d of %d was closed %d times", w.Name, i+1, len(opened), n)
		}
		if r.afterClose.Load() {
			return fmt.Errorf("%q: reader %d was read after it was closed", w.Name, i+1)
		}
	}
	return nil
}

// failAfter is a reader that fails with err after n bytes.
type failAfter struct {
	r   io.Reader
	n   int
	err error
}

func (f *failAfter) Read(p []byte) (int, error) {
	if f.n <= 0 {
		return 0, f.err
	}
	n, err := f.r.Read(p[:min(len(p), f.n)])
	f.n -= n
	return n, err
}

// afterBytes is a reader that calls do once, when n bytes have been read.
type afterBytes struct {
	r  io.Reader
	n  int
	do func()
}

func (a *afterBytes) Read(p []byte) (int, error) {
	n, err := a.r.Read(p[:min(len(p), 4096)])
	if a.n -= n; a.n <= 0 && a.do != nil {
		a.do()
		a.do = nil
	}
	return n, err
}

// hesitant is a reader whose every other Read returns nothing and no error.
type hesitant struct {
	r    io.Reader
	rest bool
}

func (h *hesitant) Read(p []byte) (int, error) {
	if h.rest = !h.rest; h.rest {
		return 0, nil
	}
	return h.r.Read(p)
}

// never is a reader that returns nothing and no error. It gives up after a million
// reads, so that an uploader that never does fails the check instead of hanging.
type never struct{ reads int }

func (n *never) Read([]byte) (int, error) {
	if n.reads++; n.reads > 1<<20 {
		return 0, errors.New("a million reads of nothing")
	}
	return 0, nil
}
