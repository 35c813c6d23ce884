package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/tree"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// worker copies the files that the messages of a queue name. Each document is delivered
// until it is stored, so at least once, and stored exactly once:
//
//   - Only the holder of a document's lease works on it. Before each upload, it records what
//     it is about to do, with a claim that proves what is its own.
//   - The next holder first removes the drafts that the last record proves to be of an upload
//     that did not end. Then it compares the file with what the service has, and uploads it only
//     if that is other content. So what a worker has stored before it was killed is found.
//   - A worker that cannot renew its lease uploads nothing more: its context ends half a lease
//     after its last renewal, and then it at most removes its own draft. The next holder begins
//     half a lease later at the earliest.
//   - At WorkDocs there is one more barrier: content becomes a version in a request of its own,
//     and that fails once the next holder has removed the draft.
//
// What is not guaranteed: a request that a killed worker has sent, or that the service is
// still working on, can take effect after half a lease, and then be a draft or a second
// version. The same holds for a process, or its machine, that is stopped in the moment of
// sending and continues after that time; see gate. Choose a lease of more than twice the time that the
// service, and every gateway in front of it, may take for a request. When the answer to an
// upload was lost and the service does not show the content, the document is left alone for
// a whole lease. Other programs that write into the same folders are not held off.
type worker struct {
	queue  *queue
	folder func(id string) tree.Destination
	from   *os.Root
	logf   func(string, ...any)
	tally  tally
}

// tally counts what a worker has done.
type tally struct{ stored, same, failed, lost, changed int }

func (t tally) String() string {
	return fmt.Sprintf("%d stored, %d found stored, %d failed, %d leases lost, %d changed since they were planned",
		t.stored, t.same, t.failed, t.lost, t.changed)
}

// errChanged means that a file is not the one that was planned.
var errChanged = errors.New("the file was changed or removed since it was planned; plan again")

const (
	patience = 500 * time.Millisecond // for a message
	goodbye  = 5 * time.Second        // for what has to be said when the context has ended
)

// run copies until the context ends, or until the queue is empty if drain is set. A worker
// that is interrupted gives its document back. Messages are asked for one at a time: those
// that wait in a worker would run out of time.
func (w *worker) run(ctx context.Context, drain bool) error {
	for ctx.Err() == nil {
		msg, err := w.queue.consumer.Next(jetstream.FetchMaxWait(patience))
		switch {
		case err == nil:
			w.handle(ctx, msg)
			continue
		case errors.Is(err, nats.ErrConnectionClosed):
			return fmt.Errorf("NATS is gone: %w", err)
		case !errors.Is(err, nats.ErrTimeout):
			w.logf("no message: %v", err)
			_ = sleep(ctx, patience)
		}
		if info, err := w.queue.stream.Info(ctx); drain && err == nil && info.State.Msgs == 0 {
			break
		}
	}
	if w.tally.changed > 0 {
		return fmt.Errorf("%d files have changed since they were planned; plan again", w.tally.changed)
	}
	return nil
}

// handle works on a message, and tells the queue what has become of it.
func (w *worker) handle(ctx context.Context, msg jetstream.Msg) {
	var j job
	if err := json.Unmarshal(msg.Data(), &j); err != nil {
		w.logf("a message that is not a job was removed: %v", err)
		_ = msg.Term()
		return
	}
	holding, h, err := w.queue.acquire(ctx, j.Key, msg)
	if err != nil {
		if !errors.Is(err, errHeld) {
			w.logf("%q: %v", j.Path, err)
		}
		_ = msg.NakWithDelay(w.queue.lease / 4)
		return
	}
	err = w.copy(holding, &j)
	h.stop()
	if err != nil && errors.Is(context.Cause(holding), errLost) {
		err = fmt.Errorf("%w: %w", errLost, err)
	}
	if w.settle(ctx, &j, msg, err) {
		h.release(ctx)
	}
}

// settle tells the queue how work on a job has ended, also if the context has. It reports
// whether another worker may begin with the document at once.
func (w *worker) settle(ctx context.Context, j *job, msg jetstream.Msg, err error) (release bool) {
	if err == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
		defer cancel()
		// If the acknowledgement is lost, the next worker finds that the document is stored.
		_ = msg.DoubleAck(ctx)
		return true
	}
	ended, _ := errors.AsType[*upload.Error](err)
	w.logf("%q: %v", j.Path, err)
	switch {
	case errors.Is(err, errLost):
		w.tally.lost++
		return false // the message and the lease are for another worker
	case errors.Is(err, errChanged):
		w.tally.changed++
		_ = msg.TermWithReason("changed")
		return true
	case ended != nil && ended.State == upload.StateUnknown:
		w.tally.failed++
		_ = msg.NakWithDelay(w.queue.lease)
		return false
	}
	w.tally.failed++
	_ = msg.NakWithDelay(delay(msg))
	return true
}

// delay returns when a document that failed is tried again, which is later each time.
func delay(msg jetstream.Msg) time.Duration {
	about, err := msg.Metadata()
	if err != nil {
		return time.Minute
	}
	return time.Second << min(about.NumDelivered-1, 6)
}

// copy copies a file into the folder that plan has made for it, while the lease holds.
func (w *worker) copy(ctx context.Context, j *job) error {
	info, err := w.from.Lstat(filepath.FromSlash(j.Path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errChanged
	case err != nil:
		return err
	case !info.Mode().IsRegular() || info.Size() != j.Size || !info.ModTime().Equal(j.ModTime):
		return errChanged
	}
	last, revision, err := w.queue.load(ctx, j.Key)
	if err != nil {
		return err
	}
	to := &guarded{Destination: w.folder(j.FolderID), isNew: revision == 0 && !j.There}
	if cleaner, ok := to.Destination.(tree.Cleaner); ok && revision != 0 && !last.Stored {
		if err := cleaner.Clean(ctx, last.Target); err != nil {
			return fmt.Errorf("what an earlier worker has left cannot be removed: %w", err)
		}
	}
	last.Size, last.By = j.Size, self()
	to.begin = func(ctx context.Context, target tree.Target) (err error) {
		last.Target, last.Stored = target, false
		revision, err = w.queue.save(ctx, j.Key, last, revision)
		return err
	}
	for o := range tree.Copy(ctx, to, one{w.from.FS(), j.Path, info}, tree.Options{Workers: 1}) {
		switch {
		case o.Err != nil:
			return o.Err
		case o.Result != nil:
			w.tally.stored++
		default:
			w.tally.same++
		}
		last.Stored, last.ID, last.Version = true, o.ID, o.Version
	}
	_, err = w.queue.save(ctx, j.Key, last, revision)
	return err
}

// guarded is a folder at the service, whose uploads are recorded before they begin.
type guarded struct {
	tree.Destination

	// isNew says that there was no document of the name when the job was planned and that
	// no worker has begun one since, so that the folder need not be listed.
	isNew bool
	begin func(context.Context, tree.Target) error
}

// List implements [tree.Reader].
func (g *guarded) List(ctx context.Context, folderID string) iter.Seq2[tree.Entry, error] {
	if g.isNew {
		return func(func(tree.Entry, error) bool) {}
	}
	return g.Destination.List(ctx, folderID)
}

// Uploader implements [tree.Destination].
func (g *guarded) Uploader(to tree.Target) upload.Uploader {
	return upload.Func(func(ctx context.Context, src upload.Source) (*upload.Result, error) {
		to.Claim = upload.NewClaim()
		if err := g.begin(ctx, to); err != nil {
			return nil, &upload.Error{Name: src.Name, Stage: upload.StageBegin, State: upload.StateNotStarted,
				Err: fmt.Errorf("it cannot be recorded: %w", err)}
		}
		return g.Destination.Uploader(to).Upload(ctx, src)
	})
}

// one is a file system with one file of another one.
type one struct {
	files fs.FS
	path  string
	info  fs.FileInfo
}

// Open implements [fs.FS].
func (o one) Open(string) (fs.File, error) { return o.files.Open(o.path) }

// ReadDir implements [fs.ReadDirFS].
func (o one) ReadDir(string) ([]fs.DirEntry, error) { //nolint:unparam // fs.ReadDirFS has the error
	return []fs.DirEntry{fs.FileInfoToDirEntry(o.info)}, nil
}
