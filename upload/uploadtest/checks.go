package uploadtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing/iotest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// large is a size that exceeds every buffer between the source and the destination,
// so that a fault in the middle of it happens while data is being sent.
const large = 1<<20 + 7

// sizes uploads content of various lengths, around the sizes of common buffers.
func sizes(h *Harness) error {
	var found []error
	all := []int{1, 4095, 4096, 4097, 64<<10 + 1, 1 << 20, large}
	if !h.NoEmpty {
		all = append(all, 0)
	}
	for _, n := range all {
		found = append(found, h.stores(h.source(fmt.Sprintf("size-%d.txt", n), n)))
	}
	if stored, unfinished := h.Count(); stored != len(all) || unfinished != 0 {
		found = append(found, fmt.Errorf("%d things are stored and %d unfinished after %d uploads", stored, unfinished,
			len(all)))
	}
	return errors.Join(found...)
}

// names uploads under names that need quoting or escaping somewhere on the way. Each
// has to arrive unchanged.
func names(h *Harness) error {
	var found []error
	for _, name := range []string{
		"a b.txt", `quote".txt`, "semi;colon,comma.txt", "per%20cent.txt", "grüße.txt", "日本語.txt", "🎉.txt",
		"plus+and&.txt", "'single'.txt",
	} {
		w := h.source(name, 10)
		result, err := h.Uploader.Upload(context.Background(), w.Source)
		if err != nil {
			found = append(found, fmt.Errorf("%q: %w", name, err))
			continue
		}
		found = append(found, h.is(result, w))
		if h.Name == nil {
			continue
		}
		switch got, err := h.Name(result); {
		case err != nil:
			found = append(found, fmt.Errorf("%q: its name: %w", name, err))
		case got != name:
			found = append(found, fmt.Errorf("%q is shown as %q", name, got))
		}
	}
	return errors.Join(found...)
}

// readers uploads from readers that behave unusually, but as io.Reader allows.
func readers(h *Harness) error {
	var found []error
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"one-byte.txt":  iotest.OneByteReader,
		"half.txt":      iotest.HalfReader,
		"data-err.txt":  iotest.DataErrReader,
		"hesitant.txt":  func(r io.Reader) io.Reader { return &hesitant{r: r} },
		"no-seeker.txt": func(r io.Reader) io.Reader { return struct{ io.Reader }{r} },
	} {
		w := h.source(name, 9000)
		w.wrap = wrap
		found = append(found, h.stores(w))
	}
	return errors.Join(found...)
}

// twice uploads one source under two names, because a source must be reusable.
func twice(h *Harness) error {
	w := h.source("once.txt", 5000)
	first := h.stores(w)
	w.Name = "twice.txt"
	return errors.Join(first, h.stores(w))
}

// concurrent runs several uploads at the same time.
func concurrent(h *Harness) error {
	const n = 8
	found := make(chan error, n)
	for i := range n {
		go func() { found <- h.stores(h.source(fmt.Sprintf("file-%d.txt", i), 50000+i)) }()
	}
	var all []error
	for range n {
		all = append(all, <-found)
	}
	if stored, unfinished := h.Count(); stored != n || unfinished != 0 {
		all = append(all, fmt.Errorf("%d things are stored and %d unfinished after %d uploads at once", stored,
			unfinished, n))
	}
	return errors.Join(all...)
}

// badInput checks that a source that is not valid is refused before anything is sent,
// with an error that names the field. The map has a key more than once, told apart
// by spaces that are trimmed.
func badInput(h *Harness) error {
	var found []error
	for field, spoil := range map[string]func(*upload.Source){
		"Source.Name":   func(s *upload.Source) { s.Name = "" },
		"Source.Name ":  func(s *upload.Source) { s.Name = "a\r\nb.txt" },
		"Source.Name  ": func(s *upload.Source) { s.Name = "a\x00b.txt" },
		"Source.Size":   func(s *upload.Source) { s.Size = -1 },
		"Source.Open":   func(s *upload.Source) { s.Open = nil },
	} {
		field = strings.TrimSpace(field)
		w := h.source("bad.txt", 10)
		spoil(&w.Source)
		ended, err := h.refuses(context.Background(), w, nil)
		found = append(found, err)
		if ended == nil {
			continue
		}
		if ended.State != upload.StateNotStarted {
			found = append(found, fmt.Errorf("%s: ended in the state %q", field, ended.State))
		}
		if bad, ok := errors.AsType[*docferry.InputError](ended); !ok || bad.Field != field {
			found = append(found, fmt.Errorf("no InputError that names %s: %w", field, ended))
		}
	}
	return errors.Join(found...)
}

var errDisk = errors.New("the disk is on fire")

// openFails uploads a source that cannot be opened.
func openFails(h *Harness) error {
	w := h.source("gone.txt", 100)
	w.Open = func(context.Context) (io.ReadCloser, error) { return nil, errDisk }
	_, err := h.refuses(context.Background(), w, errDisk)
	return err
}

// readFails uploads a source that fails at various positions. This must be reported as
// a failure of the source, and must not be retried.
func readFails(h *Harness) error {
	var found []error
	for _, at := range []int{0, 1, 70000, large - 1} {
		w := h.source(fmt.Sprintf("fails-at-%d.txt", at), large)
		w.wrap = func(r io.Reader) io.Reader { return &failAfter{r, at, errDisk} }
		ended, err := h.refuses(context.Background(), w, errDisk)
		found = append(found, err)
		if ended == nil {
			continue
		}
		if _, ok := errors.AsType[*upload.SourceError](ended); !ok {
			found = append(found, fmt.Errorf("%q: a failure of the source is not a SourceError: %w", w.Name, ended))
		}
		if n := len(w.opened); n > 2 { // one look whether it can be opened, and one attempt
			found = append(found, fmt.Errorf("%q: a failing source was opened %d times", w.Name, n))
		}
	}
	return errors.Join(found...)
}

// shrinks uploads a source that has fewer bytes than its Size.
func shrinks(h *Harness) error {
	var found []error
	for _, missing := range []int{1, 5000, large} {
		w := h.source(fmt.Sprintf("short-by-%d.txt", missing), large)
		w.content = w.content[:large-missing]
		_, err := h.refuses(context.Background(), w, upload.ErrSourceChanged)
		found = append(found, err)
	}
	return errors.Join(found...)
}

// grows uploads a source that has more bytes than its Size.
func grows(h *Harness) error {
	w := h.source("long.txt", large)
	w.content = append(w.content, "more"...)
	_, err := h.refuses(context.Background(), w, upload.ErrSourceChanged)
	return err
}

// noProgress uploads a source whose reads return nothing and no error.
func noProgress(h *Harness) error {
	w := h.source("stuck.txt", 100)
	w.wrap = func(io.Reader) io.Reader { return &never{} }
	_, err := h.refuses(context.Background(), w, io.ErrNoProgress)
	return err
}

// changedAfterwards uploads a source whose Check reports, after it was read, that it
// has changed. Nothing may be made final then.
func changedAfterwards(h *Harness) error {
	w := h.source("touched.txt", 5000)
	w.Check = func() error { return upload.ErrSourceChanged }
	_, err := h.refuses(context.Background(), w, upload.ErrSourceChanged)
	return err
}

// cancelledBefore uploads with a context that has already ended.
func cancelledBefore(h *Harness) error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := h.refuses(ctx, h.source("never.txt", 100), context.Canceled)
	return err
}

// cancelledDuring cancels the context during a read. The source then stalls for a
// moment, which gives an uploader that ignores the context the time to be noticed:
// the upload must not succeed.
func cancelledDuring(h *Harness) error {
	var found []error
	for _, at := range []int{1, large / 2} {
		ctx, cancel := context.WithCancel(context.Background())
		returned := make(chan struct{})
		w := h.source(fmt.Sprintf("cancelled-at-%d.txt", at), large)
		w.wrap = func(r io.Reader) io.Reader {
			return &afterBytes{r, at, func() {
				cancel()
				select {
				case <-returned:
				case <-time.After(stall):
				}
			}}
		}
		_, err := h.refuses(ctx, w, context.Canceled)
		found = append(found, err)
		close(returned)
		cancel()
	}
	return errors.Join(found...)
}

// stall is how long cancelledDuring lets a source stall at most.
const stall = 200 * time.Millisecond

// takenName uploads under a name that another user's object has. The upload may succeed
// or be refused. In both cases the other object must stay as it is, and must not be
// named as left behind.
func takenName(h *Harness) error {
	if h.Existing == nil {
		return nil
	}
	w := h.source("taken.txt", 300)
	return h.beside(w, func() (*upload.Result, error) { return h.Uploader.Upload(context.Background(), w.Source) })
}

// lostAnswer uploads under a name that an older object of the same size has, and loses
// the last request. The uploader must not mistake the older object for its own.
func lostAnswer(h *Harness) error {
	if h.Existing == nil || h.LoseNext == nil {
		return nil
	}
	w := h.source("older.txt", 300)
	return h.beside(w, func() (*upload.Result, error) {
		h.LoseNext()
		return h.Uploader.Upload(context.Background(), w.Source)
	})
}

// beside stores other content of the same name and size at the destination, and checks
// that the upload neither reports it as its own nor changes or removes it.
func (h *Harness) beside(w *watched, send func() (*upload.Result, error)) error {
	older := bytes.Clone(w.content)
	older[0]++
	before, err := h.Existing(w.Name, older)
	if err != nil {
		return fmt.Errorf("%q: putting something there first: %w", w.Name, err)
	}
	result, err := send()
	found := []error{w.balanced()}
	complain := func(format string, args ...any) {
		found = append(found, fmt.Errorf("%q: "+format, append([]any{w.Name}, args...)...))
	}
	if now, reading := h.Content(before); reading != nil || !bytes.Equal(now, older) {
		complain("what was there before is gone or changed (%v)", reading)
	}
	if err == nil {
		return errors.Join(append(found, h.is(result, w))...)
	}
	ended, ok := errors.AsType[*upload.Error](err)
	if !ok {
		complain("the error is a %T, not an *upload.Error", err)
		return errors.Join(found...)
	}
	if slices.Contains(ended.Left, upload.Ref{ID: before.ID, Version: before.Version}) {
		complain("what was there before is named as left behind: %w", err)
	}
	if errors.Is(err, docferry.ErrConflict) && ended.State == upload.StateRolledBack {
		complain("nothing was stored, and it is called rolled back: %w", err)
	}
	return errors.Join(found...)
}
