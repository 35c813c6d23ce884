package tree

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"strings"
	"sync"

	"github.com/docferry/docferry/upload/journal"
)

const (
	defaultWorkers = 4
	maxDepth       = 500
)

// run is the state of one copy.
type run struct {
	to       Destination
	cleaner  Cleaner // nil if the destination is none
	from     fs.FS
	remote   *fileSystem // from, if it is one of this package
	o        Options
	outcomes chan Outcome
	seed     maphash.Seed

	mu      sync.Mutex // guards what follows
	changed *sync.Cond
	folders []*folderJob // to be visited, the next one last
	visits  []*visit     // the folders whose files are handed out, the next one last
	busy    int          // how many workers have something to do
	unclean map[string]error
}

func newRun(to Destination, from fs.FS, o Options) *run {
	r := &run{to: to, from: from, o: o, outcomes: make(chan Outcome), seed: maphash.MakeSeed(),
		unclean: make(map[string]error)}
	r.changed = sync.NewCond(&r.mu)
	r.cleaner, _ = to.(Cleaner)
	r.remote, _ = from.(*fileSystem)
	r.folders = []*folderJob{{path: ".", target: ".", there: &Entry{ID: to.Root(), Folder: true}}}
	return r
}

// work does everything, and returns when it is done.
func (r *run) work(ctx context.Context) {
	if r.o.Journal != nil && !r.o.DryRun {
		r.tidy(ctx)
	}
	workers := r.o.Workers
	if workers <= 0 {
		workers = defaultWorkers
	}
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for job := r.next(); job != nil; job = r.next() {
				r.do(ctx, job)
			}
		})
	}
	all.Wait()
	for path, err := range r.unclean { // these are no longer in the source
		r.yield(Outcome{Path: path, Target: path, Action: ActionClean, Err: err})
	}
}

// job is a file or a folder.
type job interface {
	// run does it. What it yields last is its outcome.
	run(ctx context.Context, r *run)
	// fail yields the outcome of a job that could not be done.
	fail(r *run, err error)
}

// next returns the next job, or nil if there is none left. Files come before folders, so
// that few folders are held at a time.
func (r *run) next() job {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		if n := len(r.visits); n > 0 {
			v := r.visits[n-1]
			f := v.take()
			if v.empty() {
				r.visits = r.visits[:n-1]
			}
			r.busy++
			return f
		}
		if n := len(r.folders); n > 0 {
			f := r.folders[n-1]
			r.folders = r.folders[:n-1]
			r.busy++
			return f
		}
		if r.busy == 0 {
			return nil
		}
		r.changed.Wait()
	}
}

// do does a job. A panic of a callback or of the destination is the job's failure.
func (r *run) do(ctx context.Context, j job) {
	ended := false
	defer func() {
		if v := recover(); v != nil {
			j.fail(r, fmt.Errorf("something panicked: %v", v))
		} else if !ended {
			j.fail(r, errors.New("something called runtime.Goexit"))
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.busy--
		r.changed.Broadcast()
	}()
	if err := r.over(ctx); err != nil {
		j.fail(r, err)
	} else {
		j.run(ctx, r)
	}
	ended = true
}

// over returns why nothing more is begun, or nil.
func (r *run) over(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-r.o.Stop:
		return ErrStopped
	default:
		return nil
	}
}

// add adds what a visit has found.
func (r *run) add(v *visit, folders []*folderJob) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !v.empty() {
		r.visits = append(r.visits, v)
	}
	r.folders = append(r.folders, folders...)
	r.changed.Broadcast()
}

// hash returns the hash of a key. That two keys of a folder have the same is as unlikely
// as a fault of the memory, and would be reported as a collision.
func (r *run) hash(key string) uint64 { return maphash.String(r.seed, key) }

// yield hands an outcome to the range loop.
func (r *run) yield(o Outcome) {
	if o.Err != nil {
		if _, ok := o.Err.(*Error); !ok { //nolint:errorlint // one that it wraps may name another path
			o.Err = &Error{Path: o.Path, Err: o.Err}
		}
	}
	r.outcomes <- o
}

// tidy cleans up. A panic of the destination is a failure of that.
func (r *run) tidy(ctx context.Context) {
	defer func() {
		if v := recover(); v != nil {
			r.yield(Outcome{Path: ".", Target: ".", Action: ActionClean, Err: fmt.Errorf("something panicked: %v", v)})
		}
	}()
	r.cleanUp(ctx)
}

// cleanUp removes what an earlier run has left unfinished.
func (r *run) cleanUp(ctx context.Context) {
	if r.cleaner == nil {
		return
	}
	doubts, err := r.o.Journal.Doubts()
	if err != nil {
		r.yield(Outcome{Path: ".", Target: ".", Action: ActionClean, Err: err})
		return
	}
	for _, d := range doubts {
		if r.over(ctx) != nil {
			return // nothing is uploaded either
		}
		if d.Claim.Key == "" {
			continue
		}
		err := r.cleaner.Clean(ctx, targetOf(&d))
		if err == nil && d.State == journal.Stored {
			d.Left = nil // it was only what an earlier attempt had left
			err = r.o.Journal.Append(d)
		}
		if err != nil {
			r.unclean[d.Path] = fmt.Errorf("it was not copied, since what an earlier copy has left cannot be removed: %w", err)
		}
	}
}

// takeUnclean returns why a file cannot be copied, if an earlier copy has left something of
// it: the claim that proves whose it is would be forgotten.
func (r *run) takeUnclean(path string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.unclean[path]
	delete(r.unclean, path)
	return err
}

// targetOf returns the target of an upload that a record describes.
func targetOf(d *journal.Record) Target {
	return Target{FolderID: d.Folder, DocumentID: d.Document, Name: d.Name, Claim: d.Claim, ModTime: d.ModTime}
}

// depth returns how many folders a path leads through.
func depth(path string) int { return strings.Count(path, "/") }
