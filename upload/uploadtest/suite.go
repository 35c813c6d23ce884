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

// Harness is an uploader and a look behind it. Every check gets its own, with
// nothing stored.
type Harness struct {
	// Uploader is what is tested.
	Uploader upload.Uploader
	// Content returns what the destination has stored for a result.
	Content func(*upload.Result) ([]byte, error)
	// Count returns how many things the destination holds: stored ones, and
	// ones that were begun and neither finished nor removed.
	Count func() (stored, unfinished int)
	// Name returns the name that the destination shows for a result. Nil
	// skips the check of names.
	Name func(*upload.Result) (string, error)
	// Existing puts something with a name at the destination, as another user
	// would. Nil skips the checks of names that are taken: set it for every
	// destination that shows names.
	Existing func(name string, content []byte) (*upload.Result, error)
	// LoseNext loses what the next upload sends to make its content final, and
	// the answer to it: nothing is stored. Nil skips the check of that.
	LoseNext func()
	// NoEmpty says that the destination does not take content of no bytes.
	NoEmpty bool
	// ContentType is the type of the sources; "" means what the destination is
	// sure to take is text/plain.
	ContentType string
}

// Test runs all checks as subtests, each with a new harness.
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

// Check runs all checks, each with a new harness, and returns what they found,
// or nil. It is for tests of tests; use [Test].
func Check(harness func() *Harness) error {
	var found []error
	for _, c := range checks {
		if err := c.run(harness()); err != nil {
			found = append(found, fmt.Errorf("%s: %w", c.name, err))
		}
	}
	return errors.Join(found...)
}

// checks are the promises, in the order in which a reader would ask for them.
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

// source returns a watched source of n bytes that differ everywhere.
func (h *Harness) source(name string, n int) *watched {
	w := &watched{content: pattern(n)}
	w.Source = upload.From(name, int64(n), w.open)
	w.ContentType = h.ContentType
	if w.ContentType == "" {
		w.ContentType = "text/plain"
	}
	return w
}

// pattern is content in which no part can pass for another.
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

// stores uploads and checks that all of it is there.
func (h *Harness) stores(w *watched) error {
	result, err := h.Uploader.Upload(context.Background(), w.Source)
	if err != nil {
		return fmt.Errorf("%q of %d bytes: %w", w.Name, w.Size, err)
	}
	return errors.Join(h.is(result, w), w.balanced())
}

// is compares a result with what is stored.
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
