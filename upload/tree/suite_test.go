package tree_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/tree"
	"github.com/docferry/docferry/upload/uploadtest"
)

// newDir returns a destination in a folder of the disk, and that folder.
func newDir(t testing.TB) (*tree.Dir, string) {
	t.Helper()
	name := t.TempDir()
	root, err := os.OpenRoot(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return tree.NewDir(root), name
}

func TestDestinations(t *testing.T) {
	t.Run("Memory", func(t *testing.T) {
		uploadtest.TestDestination(t, func(testing.TB) tree.Destination { return tree.NewMemory() })
	})
	t.Run("Dir", func(t *testing.T) {
		uploadtest.TestDestination(t, func(t testing.TB) tree.Destination { d, _ := newDir(t); return d })
	})
}

// byName uploads each source into the root of a destination, under the name that it can
// have there.
func byName(d tree.Destination) upload.Uploader {
	return upload.Func(func(ctx context.Context, src upload.Source) (*upload.Result, error) {
		name := src.Name
		if stored, _, err := d.Name(name, false); err == nil {
			name = stored
		}
		return d.Uploader(tree.Target{FolderID: d.Root(), Name: name}).Upload(ctx, src)
	})
}

func TestUploaders(t *testing.T) {
	t.Run("Memory", func(t *testing.T) {
		uploadtest.Test(t, func(testing.TB) *uploadtest.Harness {
			m := tree.NewMemory()
			return &uploadtest.Harness{Uploader: byName(m), Content: stored(m), Count: func() (int, int) { return count(t, m), 0 }}
		})
	})
	t.Run("Dir", func(t *testing.T) {
		uploadtest.Test(t, func(t testing.TB) *uploadtest.Harness {
			d, name := newDir(t)
			return &uploadtest.Harness{Uploader: byName(d), Content: stored(d), Count: func() (int, int) {
				unfinished, err := filepath.Glob(filepath.Join(name, ".docferry-*"))
				if err != nil {
					t.Fatal(err)
				}
				return count(t, d) - len(unfinished), len(unfinished)
			}, Existing: func(name string, content []byte) (*upload.Result, error) {
				return byName(d).Upload(t.Context(), upload.Bytes(name, content))
			}}
		})
	})
}

// stored reads what a result describes.
func stored(d tree.Destination) func(*upload.Result) ([]byte, error) {
	return func(r *upload.Result) ([]byte, error) {
		rc, err := d.Open(context.Background(), tree.Entry{ID: r.ID, Version: r.Version})
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(rc)
		return content, errors.Join(err, rc.Close())
	}
}

func count(t testing.TB, d tree.Destination) int {
	t.Helper()
	n := 0
	for _, err := range d.List(t.Context(), d.Root()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}
