package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/docferry/docferry/internal/transport"
)

// maxEmptyReads is how often in a row a source may return no bytes and no
// error.
const maxEmptyReads = 100

// exactReader reads exactly as many bytes as the source was described with, and
// hashes them if that is wanted. It fails if there are fewer or more.
type exactReader struct {
	name   string
	source io.ReadCloser
	left   int64
	empty  int
	hashes hashes
	end    context.CancelFunc // of the context it was opened with; nil if the attempt ends that
	whole  atomic.Bool        // the source ended where it should; nothing changes after that
}

// look opens the source, to check that it can be read. A reader that can wait is kept for
// the first attempt; any other one is closed, since it may depend on when it was opened, and
// on the context.
func (s Source) look(ctx context.Context) (kept, error) {
	own, cancel := context.WithCancel(ctx)
	r, err := s.open(own)
	if err != nil {
		cancel()
		return kept{}, err
	}
	r.end = cancel
	if _, ok := r.source.(waiting); !ok {
		return kept{}, transport.Within(ctx, r.Close, nil)
	}
	return kept{r}, nil
}

// waiting is a reader of this package's own that can be opened long before it is read.
type waiting interface {
	io.ReadCloser
	// fresh reports whether it is still a reader of what the source describes, as opening the
	// source again would do.
	fresh() error
}

// kept is a reader that was opened before its attempt, or none.
type kept struct{ *exactReader }

// openOr returns the reader, if there is one, and only once; otherwise it opens the source.
func (k *kept) openOr(ctx context.Context, src Source) (*exactReader, error) {
	r := k.exactReader
	if r == nil {
		return src.open(ctx)
	}
	k.exactReader = nil
	if r.Prompt() {
		return r, nil
	}
	source := r.source.(waiting) //nolint:forcetypeassert // see look
	if err := transport.Within(ctx, source.fresh, nil); err != nil {
		k.exactReader = r
		k.drop(ctx)
		return nil, r.fail(err)
	}
	return r, nil
}

// drop closes a reader that was not taken. It was not read, so an error of that means nothing.
func (k *kept) drop(ctx context.Context) {
	r := k.exactReader
	if r == nil {
		return
	}
	k.exactReader = nil
	_ = transport.Within(ctx, r.Close, nil)
}

// check reports whether the source has changed.
func (s Source) check(ctx context.Context) error {
	if s.Check == nil {
		return nil
	}
	if err := transport.Within(ctx, s.Check, nil); err != nil {
		return s.fail(err)
	}
	return nil
}

// guarded calls a function of the source and turns a panic into an error,
// because what was begun must still be cleaned up, and because a panic on a
// goroutine of the transport would end the program.
func guarded(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("reading it panicked: %v", v)
		}
	}()
	return f()
}

// open opens a source for one attempt.
func (s Source) open(ctx context.Context) (*exactReader, error) {
	var opened io.ReadCloser // by a call that may outlive this one
	open := s.Open
	err := transport.Within(ctx, func() (err error) {
		opened, err = open(ctx)
		return err
	}, func() {
		if opened != nil {
			_ = opened.Close()
		}
	})
	if err != nil {
		return nil, s.fail(err)
	}
	if opened == nil {
		return nil, s.fail(errors.New("Source.Open returned neither a reader nor an error"))
	}
	return &exactReader{name: s.Name, source: opened, left: s.Size}, nil
}

// fail wraps an error of the source, once.
func (s Source) fail(err error) error {
	return sourceError(s.Name, err)
}

func sourceError(name string, err error) error {
	if known, ok := errors.AsType[*SourceError](err); ok {
		return known
	}
	return &SourceError{Name: name, Err: err}
}

// Read implements [io.Reader]. At the last byte it looks for the end of the
// source before it hands that byte on, so that a source which has grown fails
// before the request is complete.
func (r *exactReader) Read(p []byte) (int, error) {
	if r.whole.Load() {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	n, err := r.read(p[:min(int64(len(p)), r.left+1)])
	switch {
	case n < 0 || n > len(p):
		return 0, r.fail(errors.New("its reader returned an impossible number of bytes"))
	case int64(n) > r.left:
		return 0, r.fail(fmt.Errorf("%w: it has grown", ErrSourceChanged))
	case n == 0 && err == nil:
		if r.empty++; r.empty > maxEmptyReads {
			return 0, r.fail(io.ErrNoProgress)
		}
		return 0, nil
	}
	r.empty = 0
	r.hashes.write(p[:n])
	r.left -= int64(n)
	switch {
	case err == nil && r.left > 0:
		return n, nil
	case err == nil:
		err = r.probe()
	}
	if !errors.Is(err, io.EOF) {
		return 0, r.fail(err)
	}
	if r.left > 0 {
		return 0, r.fail(fmt.Errorf("%w: it ends %d bytes early", ErrSourceChanged, r.left))
	}
	r.hashes.end()
	r.whole.Store(true)
	return n, io.EOF
}

// probe reads past the last byte: io.EOF is what it should find.
func (r *exactReader) probe() error {
	var more [1]byte
	for range maxEmptyReads {
		switch n, err := r.read(more[:]); {
		case n > 0:
			return fmt.Errorf("%w: it has grown", ErrSourceChanged)
		case err != nil:
			return err
		}
	}
	return io.ErrNoProgress
}

// read reads from the source.
func (r *exactReader) read(p []byte) (n int, err error) {
	err = guarded(func() (err error) {
		n, err = r.source.Read(p)
		return err
	})
	return n, err
}

// Close closes the source.
func (r *exactReader) Close() error {
	if r.end != nil {
		defer r.end()
	}
	r.hashes.wait() // what is still being hashed, if sending has ended early
	if err := guarded(r.source.Close); err != nil {
		return r.fail(err)
	}
	return nil
}

func (r *exactReader) fail(err error) error { return sourceError(r.name, err) }

// Prompt implements [transport.Prompt]: content in memory is not waited for.
func (r *exactReader) Prompt() bool {
	_, ok := r.source.(*memory)
	return ok
}

// ended reports whether the source was read to its end.
func (r *exactReader) ended() bool { return r != nil && r.whole.Load() }

// sums returns the digests of the source, or false if it was not read to its
// end. It may be called while another goroutine reads.
func (r *exactReader) sums() (found sums, whole bool) {
	if !r.ended() {
		return sums{}, false
	}
	return r.hashes.sums, true
}

// lastBytes are those that are read in any case, to find out whether the source ends there.
const lastBytes = 4 << 10

// File implements [transport.FileSource]: a file that is not hashed need not be read.
func (r *exactReader) File() (*os.File, int64) {
	f, ok := r.source.(*opened)
	if !ok || r.hashes.wanted() {
		return nil, 0
	}
	return f.File, r.left - lastBytes
}

// Skip implements [transport.FileSource].
func (r *exactReader) Skip(n int64) { r.left -= n }
