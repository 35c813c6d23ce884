package tree

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"time"

	"github.com/docferry/docferry/upload"
)

// Entry is a folder or a document of a [Reader].
type Entry struct {
	ID      string // of the folder or document; never empty
	Version string // of the document's content; "" where there are none
	Name    string // in its folder
	Folder  bool
	Size    int64 // of a document, in bytes
	// SHA256 is the digest of a document's content in hexadecimal, or "" if the
	// service does not tell it.
	SHA256   string
	Modified time.Time // when the content was changed; zero if that is unknown
	// Sys is the service's own description, in a type of its package; or nil.
	Sys any
}

// Reader is a folder at a service, or elsewhere, that can be read with all that is in
// it. It must be safe for concurrent use.
type Reader interface {
	// Root returns the ID of the folder itself.
	Root() string
	// List ranges over what is directly in a folder: other folders, and documents whose
	// upload is complete. An error is yielded once and ends the range. If the folder does
	// not exist, the error matches [docferry.ErrNotFound] or [fs.ErrNotExist].
	List(ctx context.Context, folderID string) iter.Seq2[Entry, error]
	// Open returns the content of a document, in the version that the entry names.
	Open(ctx context.Context, document Entry) (io.ReadCloser, error)
}

// Destination is a folder that a tree can be copied into. It must be safe for
// concurrent use, also beside other programs that do the same.
type Destination interface {
	Reader
	// Name returns the name under which a file or a folder can be stored that has the
	// given name elsewhere, and its key: two entries of a folder whose keys are equal
	// cannot both be there, or are not certain to be two. It fails for a name that the
	// destination does not accept.
	Name(name string, folder bool) (stored, key string, err error)
	// MakeFolder returns the folder of a name in another one, and makes it if it is not
	// there. made reports whether this call has made it, so that it is empty.
	MakeFolder(ctx context.Context, parentID, name string) (folder Entry, made bool, err error)
	// Uploader returns an uploader for one source, whose Name is that of the target.
	Uploader(to Target) upload.Uploader
}

// Target says where one file is stored.
type Target struct {
	FolderID string // the folder that it is in
	Name     string // as it is stored
	// DocumentID is the document that gets a new version, or "" for a new document. A
	// destination without versions replaces the content of that document.
	DocumentID string
	// Claim proves that what the upload leaves unfinished belongs to it. It is only set
	// if the destination is a [Cleaner].
	Claim upload.Claim
	// ModTime is that of the source.
	ModTime time.Time
}

// Cleaner is a [Destination] where an upload that is killed leaves something unfinished
// behind, such as a draft.
type Cleaner interface {
	// Clean removes what the upload to a target has left unfinished, as far as its claim
	// proves that it is this upload's. It succeeds if there is nothing. It must not be
	// called while that upload is in progress.
	Clean(ctx context.Context, to Target) error
}

// Skipped is called for each entry of a [Reader] that has no place in a file system.
type Skipped func(path string, err error)

// FS returns a file system that reads from a Reader. It is an [fs.ReadDirFS] and an
// [fs.StatFS]; its files are [io.Seeker]s. It is safe for concurrent use; each of its
// files is not.
//
// The context is that of all requests. The last folders that were listed are
// remembered, so a change at the service may not be seen at once.
//
// An entry that has no place in a file system, because its name is no [fs.ValidPath] or
// is that of another entry, is left out, and skipped is called for it each time that its
// folder is listed, from the goroutine that lists it. A nil skipped leaves such entries
// out silently.
func FS(ctx context.Context, r Reader, skipped Skipped) fs.FS {
	return &fileSystem{ctx: ctx, reader: r, skipped: skipped, cache: &cache{}}
}

// EarlierName returns the name of an earlier version of a document beside it, in the way
// of many programs that keep backups: the third version of "a.txt" is "a.txt.~3~".
func EarlierName(name string, number int) string { return fmt.Sprintf("%s.~%d~", name, number) }
