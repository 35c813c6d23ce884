package uploadtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"

	"github.com/docferry/docferry/upload"
)

// Harness is the uploader to test, together with functions that look into its
// destination. Uploader, Content and Count are required. Each check gets a harness
// of its own, whose destination must be empty.
type Harness struct {
	// Uploader is the uploader to test.
	Uploader upload.Uploader
	// Content returns the content that the destination has stored for a result. It
	// should read the destination, not what the uploader remembers.
	Content func(*upload.Result) ([]byte, error)
	// Count returns how many objects the destination holds: those that are stored,
	// and those that were begun but neither finished nor removed.
	Count func() (stored, unfinished int)
	// Name returns the name under which the destination lists the object of a
	// result. If it is nil, names are not compared.
	Name func(*upload.Result) (string, error)
	// Existing stores an object with a name at the destination, as another user
	// would. If it is nil, the checks of names that are taken are skipped. Set it
	// for every destination that lists objects by name.
	Existing func(name string, content []byte) (*upload.Result, error)
	// LoseNext makes the last request of the next upload, the one that makes its
	// content final, get lost before it reaches the destination, so that nothing is
	// stored and there is no answer. If it is nil, the check of this is skipped.
	LoseNext func()
	// NoEmpty means that the destination refuses empty content.
	NoEmpty bool
	// ContentType is the content type of all sources. The default is "text/plain";
	// set it if the destination refuses that.
	ContentType string
}

// Test runs each check as a subtest. It calls harness for each of them, with the
// subtest as the argument.
func Test(t *testing.T, harness func(t testing.TB) *Harness) {
	t.Helper()
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			if err := c.run(harness(t)); err != nil {
				t.Error(err)
			}
		})
	}
}

// Check runs all checks, each with a new harness, and returns the failures joined, or
// nil if there are none. It exists to test that the checks themselves find faults. To
// test an uploader, use [Test].
func Check(harness func() *Harness) error {
	var found []error
	for _, c := range checks {
		if err := c.run(harness()); err != nil {
			found = append(found, fmt.Errorf("%s: %w", c.name, err))
		}
	}
	return errors.Join(found...)
}

// checks lists the checks: first that uploads succeed, then that bad input, failing
// sources and cancellation are reported as they should be, and at last that other
// content with the same name is safe.
var checks = []struct {
	name string
	run  func(*Harness) error
}{
	{"Sizes", sizes},
	{"Names", names},
	{"Readers", readers},
	{"Twice", twice},
	{"Concurrent", concurrent},
	{"BadInput", badInput},
	{"OpenFails", openFails},
	{"ReadFails", readFails},
	{"Shrinks", shrinks},
	{"Grows", grows},
	{"NoProgress", noProgress},
	{"ChangedAfterwards", changedAfterwards},
	{"CancelledBefore", cancelledBefore},
	{"CancelledDuring", cancelledDuring},
	{"TakenName", takenName},
	{"LostAnswer", lostAnswer},
}

// source returns a watched source of n bytes of pattern.
func (h *Harness) source(name string, n int) *watched {
	w := &watched{content: pattern(n)}
	w.Source = upload.From(name, int64(n), w.open)
	w.ContentType = h.ContentType
	if w.ContentType == "" {
		w.ContentType = "text/plain"
	}
	return w
}

// pattern returns n pseudo-random bytes (xorshift32), the same for each call. Unlike a
// repeated byte, they show it when parts of the content are swapped or repeated.
func pattern(n int) []byte {
	b := make([]byte, n)
	state := uint32(2463534242)
	for i := range b {
		state ^= state << 13
		state ^= state >> 17
		state ^= state << 5
		b[i] = byte(state)
	}
	return b
}

// stores uploads a source, and checks the result, the stored content and the readers.
func (h *Harness) stores(w *watched) error {
	result, err := h.Uploader.Upload(context.Background(), w.Source)
	if err != nil {
		return fmt.Errorf("%q of %d bytes: %w", w.Name, w.Size, err)
	}
	return errors.Join(h.is(result, w), w.balanced())
}

// is checks that a result describes the source, and that the destination has stored
// exactly its content.
func (h *Harness) is(result *upload.Result, w *watched) error {
	if result == nil {
		return fmt.Errorf("%q: neither a result nor an error", w.Name)
	}
	got, err := h.Content(result)
	if err != nil {
		return fmt.Errorf("%q was reported as stored: %w", w.Name, err)
	}
	var found []error
	if !bytes.Equal(got, w.content) {
		found = append(found, fmt.Errorf("%q: stored %d bytes that differ from the %d of the source", w.Name, len(got),
			len(w.content)))
	}
	if result.Size != int64(len(w.content)) {
		found = append(found, fmt.Errorf("%q: Size is %d, not %d", w.Name, result.Size, len(w.content)))
	}
	if sum := sha256.Sum256(w.content); result.SHA256 != hex.EncodeToString(sum[:]) {
		found = append(found, fmt.Errorf("%q: SHA256 is %q, not %x", w.Name, result.SHA256, sum))
	}
	if result.ID == "" {
		found = append(found, fmt.Errorf("%q: no ID", w.Name))
	}
	return errors.Join(found...)
}

// refuses uploads and checks that it fails for the cause, with an ending, and
// that nothing is stored or left unnamed. Cause may be nil.
func (h *Harness) refuses(ctx context.Context, w *watched, cause error) (*upload.Error, error) {
	result, err := h.Uploader.Upload(ctx, w.Source)
	if err == nil {
		return nil, fmt.Errorf("%q: succeeded", w.Name)
	}
	var found []error
	complain := func(format string, args ...any) {
		found = append(found, fmt.Errorf("%q: %s (%w)", w.Name, fmt.Sprintf(format, args...), err))
	}
	if result != nil {
		complain("both a result and an error")
	}
	if cause != nil && !errors.Is(err, cause) {
		complain("the error does not wrap its cause, %v", cause)
	}
	ended, ok := errors.AsType[*upload.Error](err)
	if !ok {
		complain("the error is a %T, not an *upload.Error", err)
		return nil, errors.Join(found...)
	}
	switch ended.State {
	case upload.StateNotStarted, upload.StateRolledBack, upload.StateOrphaned, upload.StateUnknown:
	default:
		complain("ended in the state %q", ended.State)
	}
	stored, unfinished := h.Count()
	if stored != 0 && ended.State != upload.StateUnknown && ended.State != upload.StateOrphaned {
		complain("%d things are stored all the same", stored)
	}
	if unfinished > len(ended.Left) {
		complain("%d unfinished things remain, and Left names %d", unfinished, len(ended.Left))
	}
	if ended.State == upload.StateNotStarted && unfinished+stored > 0 {
		complain("not started, but %d things were begun", unfinished+stored)
	}
	found = append(found, w.balanced())
	return ended, errors.Join(found...)
}
