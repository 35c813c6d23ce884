package tree_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/journal"
	"github.com/docferry/docferry/upload/tree"
)

func openJournal(t *testing.T, name string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(name, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// With a journal, what is stored is not even read again, and Stored is called once for
// each file.
func TestJournalRemembers(t *testing.T) {
	j := openJournal(t, filepath.Join(t.TempDir(), "journal"))
	m := tree.NewMemory()
	reads := 0
	from := spoiled{files("a", "b", "sub/c"), func(op, name string) error {
		if op == "open" && name != "." && name != "sub" {
			reads++
		}
		return nil
	}}
	var told []string
	o := tree.Options{Journal: j, Workers: 1, Stored: func(_ context.Context, info fs.FileInfo, o tree.Outcome) error {
		told = append(told, o.Path)
		if info.Name() == "b" && len(told) < 4 {
			return errors.New("no comment")
		}
		return nil
	}}
	done, failed := outcomes(t, m, from, o)
	if len(failed) != 1 || failed["b"] == nil || len(done) != 3 || reads != 3 {
		t.Errorf("done: %v, failed: %v, %d reads", done, failed, reads)
	}
	reads = 0
	same(t, m, from, o, map[string]tree.Action{"a": "skip", "b": "skip", "sub/c": "skip"})
	if slices.Sort(told); !slices.Equal(told, []string{"a", "b", "b", "sub/c"}) || reads != 1 {
		t.Errorf("told %q, %d reads", told, reads)
	}
	reads = 0
	same(t, m, from, o, map[string]tree.Action{"a": "skip", "b": "skip", "sub/c": "skip"})
	if reads != 0 || len(told) != 4 {
		t.Errorf("told %q, %d reads", told, reads)
	}
	// Another user has stored a later version: it stays the latest.
	for e, err := range m.List(t.Context(), m.Root()) {
		if err != nil || e.Name != "a" {
			continue
		}
		if _, err := m.Uploader(tree.Target{FolderID: m.Root(), Name: "a", DocumentID: e.ID}).
			Upload(t.Context(), upload.Bytes("a", []byte("theirs"))); err != nil {
			t.Fatal(err)
		}
	}
	same(t, m, from, o, map[string]tree.Action{"a": "skip", "b": "skip", "sub/c": "skip"})
}

// If the journal cannot be written, nothing is uploaded.
func TestJournalThatFails(t *testing.T) {
	j := openJournal(t, filepath.Join(t.TempDir(), "journal"))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	m := tree.NewMemory()
	_, failed := outcomes(t, m, files("a", "b"), tree.Options{Journal: j})
	if !errors.Is(failed["a"], os.ErrClosed) || !errors.Is(failed["b"], os.ErrClosed) || len(all(t, m)) > 0 {
		t.Errorf("failed: %v, stored: %v", failed, slices.Collect(maps.Keys(all(t, m))))
	}
}

// untidy is a destination that is told to clean up.
type untidy struct {
	*tree.Memory

	clean func() error
}

func (u untidy) Clean(context.Context, tree.Target) error { return u.clean() }

// A copy that is stopped while it cleans up begins nothing else, and the next one cleans up
// the rest.
func TestStopWhileCleaningUp(t *testing.T) {
	j := openJournal(t, filepath.Join(t.TempDir(), "journal"))
	for _, name := range []string{"a", "b", "c"} {
		if err := j.Append(journal.Record{Path: name, State: journal.Begun, Claim: upload.NewClaim()}); err != nil {
			t.Fatal(err)
		}
	}
	stop, cleaned := make(chan struct{}), 0
	d := untidy{tree.NewMemory(), func() error {
		if cleaned++; cleaned == 1 {
			close(stop)
		}
		return nil
	}}
	_, failed := outcomes(t, d, files("a", "b", "c"), tree.Options{Journal: j, Stop: stop})
	if len(failed) != 1 || !errors.Is(failed["."], tree.ErrStopped) || cleaned != 1 {
		t.Errorf("failed: %v, %d cleaned, want one, and the root stopped", failed, cleaned)
	}
	same(t, d, files("a", "b", "c"), tree.Options{Journal: j}, map[string]tree.Action{"a": "create", "b": "create", "c": "create"})
	if cleaned != 4 {
		t.Errorf("%d cleaned, want one and then all three", cleaned)
	}
}

// A destination that panics while it cleans up does not end the program.
func TestPanicWhileCleaningUp(t *testing.T) {
	j := openJournal(t, filepath.Join(t.TempDir(), "journal"))
	if err := j.Append(journal.Record{Path: "b", State: journal.Begun, Claim: upload.NewClaim()}); err != nil {
		t.Fatal(err)
	}
	d := untidy{tree.NewMemory(), func() error { panic("ouch") }}
	done, failed := outcomes(t, d, files("a"), tree.Options{Journal: j})
	if failed["."] == nil || !strings.Contains(failed["."].Error(), "ouch") || done["a"] != tree.ActionCreate {
		t.Errorf("done: %v, failed: %v", done, failed)
	}
}
