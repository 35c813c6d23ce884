package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"

	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/journal"
)

// Options are the choices of a [Copy]. The zero value is a good one.
type Options struct {
	// Workers is how many files or folders are worked on at a time. 0 means 4.
	Workers int
	// Journal lets a later copy finish this one if it is killed: give the journal of the
	// same file to it. A journal is for one source and one destination. Without one, a
	// later copy finds out by comparing contents what is stored already, and leaves
	// alone what an upload that was killed has left unfinished.
	Journal *journal.Journal
	// DryRun changes nothing: the outcomes say what would be done. Contents are compared.
	DryRun bool
	// Compare says when a file is taken for the document that has its name.
	Compare Compare
	// Include says which files and folders are copied; nothing is said of the others. A
	// folder that is not included is not read. Nil includes everything. It is called from
	// several goroutines.
	Include func(path string, d fs.DirEntry) bool
	// Source changes how a file is uploaded, such as its ContentType, or adds a progress
	// or a throttle. Its Name, Size and content must stay. It is called from several goroutines.
	Source func(path string, info fs.FileInfo, src upload.Source) upload.Source
	// Stored is called when a file is stored or was found to be there, before its
	// outcome is yielded, to copy what a service knows beside the content, such as labels
	// and comments; info.Sys describes the source. An error of it becomes the outcome's.
	// With a journal, a later copy calls it again for files for which it has failed or
	// was not called, so it has to be repeatable. It is called from several goroutines.
	Stored func(ctx context.Context, info fs.FileInfo, o Outcome) error
	// Stop ends the copy when it is closed: what is in progress is finished, and nothing
	// else is begun. The files and folders that were found and not begun are outcomes with
	// [ErrStopped]. Nil never ends it.
	Stop <-chan struct{}
	// Meter counts the files and their bytes. Nil counts nothing.
	Meter *upload.Meter
}

// Compare says when a file of the source is the same as a document of the destination,
// so that it is not uploaded. The sizes are equal in each case.
type Compare int

const (
	// CompareContent compares the contents. If the destination tells the SHA-256 of its
	// documents, the file is read; otherwise, the document is read as well.
	CompareContent Compare = iota
	// CompareTime takes a document of the same size and time, to the second, for the same.
	// Of other documents of the same size, the content is compared. It is for destinations
	// that keep the time of the source, as WorkDocs and disks do.
	CompareTime
	// CompareSize takes a document of the same size for the same, which it may not be.
	CompareSize
)

// Action is what a copy does with a file or a folder.
type Action string

// The actions.
const (
	ActionCreate  Action = "create"      // upload it as a new document
	ActionVersion Action = "new version" // upload it as a new version of a document
	ActionSkip    Action = "skip"        // leave what is there, which is the same
	ActionFolder  Action = "make folder"
	ActionClean   Action = "clean up" // what an earlier copy has left of a file that is no longer in the source
	ActionNone    Action = "none"     // nothing, because of the error
)

// Outcome says what has become of a file, or of a folder that was made or that could not
// be copied.
type Outcome struct {
	Path   string // in the source
	Target string // the path below the destination's root; its last part may differ from that of Path
	Action Action
	Reason string // why, in a few words
	Size   int64  // of a file
	// ID and Version are what is stored, whether it was uploaded or was there. They are
	// empty in a dry run and after an error, unless Result is set.
	ID, Version string
	// Result is that of the upload. If it is set, the content is stored, even if Err is
	// not nil, because something else has failed after it.
	Result *upload.Result
	// Err is nil if everything was done that the action needs, or if this is a dry run and
	// nothing is known that would fail. Otherwise it is an [*Error].
	Err error
}

var (
	// ErrNotRegular means that something is neither a regular file nor a folder. Links
	// are not followed, since they may lead anywhere.
	ErrNotRegular = errors.New("tree: it is neither a regular file nor a folder")
	// ErrCollision means that the destination cannot hold this beside something else, or
	// may take both for the same.
	ErrCollision = errors.New("tree: its name is the same as another one to the destination")
	// ErrStopped means that Options.Stop was closed before this was begun.
	ErrStopped = errors.New("tree: the copy was stopped before it")
	// ErrTooDeep means that a folder is in too many others.
	ErrTooDeep = errors.New("tree: it is more than 500 folders deep")
)

// Error is why a file or folder was not copied.
type Error struct {
	Path string // in the source
	Err  error
}

// Error returns one line.
func (e *Error) Error() string { return redact.Line(fmt.Sprintf("copy %q: %v", e.Path, e.Err)) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Copy copies all files and folders of a file system into a destination, and yields an
// outcome for each file and for each folder that it makes, as they come. It goes on
// after a failure; a file that fails does not hold up others.
//
// A file becomes a new document, or a new version of the document that has its name and
// other content. Nothing is removed or renamed at the destination, except what is proven
// to be left unfinished by an earlier copy with the same journal.
//
// Only regular files and folders are copied. Links, devices and the like are outcomes
// with [ErrNotRegular]. For files of a disk, use the FS of an [os.Root], which no link
// can lead out of. Files whose names the destination does not tell apart, such as
// "a.txt" and "A.TXT", are outcomes with [ErrCollision]: none of them is copied.
//
// When ctx ends, uploads in progress end as their uploader does, and all files and
// folders that were found and not begun are outcomes with its error. When the caller
// stops ranging, uploads in progress are cancelled and waited for.
//
// Memory does not grow with the number of files, but with that of the largest folder.
func Copy(ctx context.Context, to Destination, from fs.FS, o Options) iter.Seq[Outcome] {
	return func(yield func(Outcome) bool) {
		ctx, cancel := context.WithCancel(ctx)
		r := newRun(to, from, o)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			r.work(ctx)
		}()
		defer func() { // also if the caller stops, or panics
			cancel()
			for {
				select {
				case <-r.outcomes:
				case <-ended:
					return
				}
			}
		}()
		for {
			select {
			case o := <-r.outcomes:
				if !yield(o) {
					return
				}
			case <-ended:
				return
			}
		}
	}
}
