package tree_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/tree"
)

// When the context ends, every file that was found is accounted for.
func TestCancel(t *testing.T) {
	names := []string{}
	for i := range 30 {
		names = append(names, fmt.Sprintf("f%02d", i), fmt.Sprintf("sub%d/g%02d", i%3, i))
	}
	from := files(names...)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	m := tree.NewMemory()
	stored, failed := 0, 0
	for o := range tree.Copy(ctx, m, from, tree.Options{Workers: 2}) {
		switch {
		case o.Err == nil:
			stored++
			if stored == 10 {
				cancel()
			}
		case errors.Is(o.Err, context.Canceled):
			failed++
		default:
			t.Error(o.Err)
		}
	}
	if got := len(all(t, m)); got != stored || stored < 10 || stored > 12 || stored+failed != 30+3 {
		t.Errorf("%d stored, %d reported as stored, %d as failed", got, stored, failed)
	}
}

// A copy that is stopped finishes what it has begun.
func TestStop(t *testing.T) {
	names := []string{}
	for i := range 30 {
		names = append(names, fmt.Sprintf("f%02d", i))
	}
	m := tree.NewMemory()
	stop := make(chan struct{})
	begun := 0
	done, failed := outcomes(t, m, files(names...), tree.Options{Workers: 1, Stop: stop,
		Source: func(_ string, _ fs.FileInfo, src upload.Source) upload.Source {
			if begun++; begun == 10 {
				close(stop)
			}
			return src
		}})
	if len(done) != 10 || len(failed) != 20 || len(all(t, m)) != 10 {
		t.Errorf("%d stored, %d failed, %d are there", len(done), len(failed), len(all(t, m)))
	}
	for path, err := range failed {
		if !errors.Is(err, tree.ErrStopped) {
			t.Errorf("%q: %v", path, err)
		}
	}
}

// When the caller stops, nothing goes on.
func TestStopRanging(t *testing.T) {
	m := tree.NewMemory()
	from := files("a", "b", "c", "d", "e", "f", "g", "h")
	for range tree.Copy(t.Context(), m, from, tree.Options{Workers: 2}) {
		break
	}
	n := len(all(t, m))
	if n == 0 || n > 5 {
		t.Errorf("%d are stored", n)
	}
}

// No more files are worked on at once than there are workers, and all workers are used.
func TestWorkers(t *testing.T) {
	var now, most atomic.Int64
	names := []string{}
	for i := range 40 {
		names = append(names, fmt.Sprintf("d%d/f", i))
	}
	gate := make(chan struct{})
	_, failed := outcomes(t, tree.NewMemory(), files(names...), tree.Options{Workers: 5,
		Source: func(_ string, _ fs.FileInfo, src upload.Source) upload.Source {
			open := src.Open
			src.Open = func(ctx context.Context) (io.ReadCloser, error) {
				n := now.Add(1)
				defer now.Add(-1)
				for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
				}
				if n == 5 {
					select {
					case <-gate:
					default:
						close(gate) // all five are here
					}
				}
				<-gate
				return open(ctx)
			}
			return src
		}})
	if len(failed) > 0 || most.Load() != 5 {
		t.Errorf("%d at once, failed: %v", most.Load(), failed)
	}
}

// distant is a destination each of whose calls takes a while.
type distant struct{ *tree.Memory }

const roundTrip = 20 * time.Millisecond

func (d distant) MakeFolder(ctx context.Context, parent, name string) (tree.Entry, bool, error) {
	time.Sleep(roundTrip)
	return d.Memory.MakeFolder(ctx, parent, name)
}

func (d distant) Uploader(to tree.Target) upload.Uploader {
	u := d.Memory.Uploader(to)
	return upload.Func(func(ctx context.Context, src upload.Source) (*upload.Result, error) {
		time.Sleep(3 * roundTrip)
		return u.Upload(ctx, src)
	})
}

// All workers are busy all the time, whatever the tree looks like.
func TestTimeIsIdeal(t *testing.T) {
	const count = 1280
	for name, path := range map[string]func(n int) string{
		"one folder":            func(n int) string { return fmt.Sprintf("%04d", n) },
		"a folder for each":     func(n int) string { return fmt.Sprintf("%04d/f", n) },
		"forty folders":         func(n int) string { return fmt.Sprintf("%02d/%04d", n%40, n) },
		"folders in each other": func(n int) string { return fmt.Sprintf("%d/%d/%d/%d/%04d", n%4, n/4%4, n/16%4, n/64%4, n) },
	} {
		for _, workers := range []int{1, 8, 64} {
			t.Run(fmt.Sprintf("%s, %d workers", name, workers), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					from, folders := fstest.MapFS{}, map[string]bool{}
					for n := range count {
						from[path(n)] = &fstest.MapFile{}
						for dir := filepath.Dir(path(n)); dir != "."; dir = filepath.Dir(dir) {
							folders[dir] = true
						}
					}
					ideal := time.Duration(3*count+len(folders)) * roundTrip / time.Duration(workers)
					start := time.Now()
					if _, failed := outcomes(t, distant{tree.NewMemory()}, from, tree.Options{Workers: workers}); len(failed) > 0 {
						t.Error(failed)
					}
					if took := time.Since(start); took > ideal*110/100 {
						t.Errorf("it took %v, more than 1.10 times the ideal %v", took, ideal)
					}
				})
			})
		}
	}
}
