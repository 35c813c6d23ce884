package tree

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"runtime"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/atomicfile"
	"github.com/docferry/docferry/internal/names"
	"github.com/docferry/docferry/upload"
)

// Dir is a folder of the disk as a [Destination]. IDs are paths below it. A file appears
// under its name only when it is complete and on disk, and a new version replaces it.
// Links are neither followed nor listed. Names that are invalid on some system are
// changed as [docferry.SafeName] does. A file gets the time of its source, as far as the
// disk keeps it.
type Dir struct{ root *os.Root }

// NewDir returns a destination in a folder of the disk. The caller closes the root when
// nothing uses the destination any more.
func NewDir(root *os.Root) *Dir { return &Dir{root} }

// Root implements [Reader].
func (d *Dir) Root() string { return "." }

// List implements [Reader].
func (d *Dir) List(ctx context.Context, folderID string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		entries, err := fs.ReadDir(d.root.FS(), folderID)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				yield(Entry{}, err)
				return
			}
			if !e.IsDir() && !e.Type().IsRegular() {
				continue
			}
			i, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // it was removed meanwhile
			}
			if err != nil {
				yield(Entry{}, err)
				return
			}
			if !yield(Entry{ID: path.Join(folderID, e.Name()), Name: e.Name(), Folder: i.IsDir(), Size: i.Size(),
				Modified: i.ModTime(), Sys: i}, nil) {
				return
			}
		}
	}
}

// Open implements [Reader].
func (d *Dir) Open(_ context.Context, document Entry) (io.ReadCloser, error) {
	return d.root.Open(document.ID)
}

// Name implements [Destination].
func (d *Dir) Name(name string, _ bool) (stored, key string, err error) {
	stored = docferry.SafeName(name)
	switch runtime.GOOS {
	case "windows", "darwin", "ios":
		return stored, names.Key(stored), nil
	}
	return stored, stored, nil
}

// MakeFolder implements [Destination].
func (d *Dir) MakeFolder(_ context.Context, parentID, name string) (Entry, bool, error) {
	id := path.Join(parentID, name)
	err := d.root.Mkdir(id, 0o777)
	made := err == nil
	if errors.Is(err, fs.ErrExist) {
		var there fs.FileInfo
		if there, err = d.root.Lstat(id); err == nil && !there.IsDir() {
			err = fmt.Errorf("%w: there is a file of the name", ErrCollision)
		}
	}
	if err != nil {
		return Entry{}, false, err
	}
	return Entry{ID: id, Name: name, Folder: true}, made, nil
}

// temporary returns the name of a file while it is written.
func temporary(c upload.Claim) string {
	if c.Key == "" {
		return ".docferry-" + rand.Text()
	}
	return ".docferry-" + docferry.SafeName(c.Key)
}

// Clean implements [Cleaner]: it removes the temporary file of the claim.
func (d *Dir) Clean(_ context.Context, to Target) error {
	if to.Claim.Key == "" {
		return nil
	}
	err := d.root.Remove(path.Join(to.FolderID, temporary(to.Claim)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Uploader implements [Destination].
func (d *Dir) Uploader(to Target) upload.Uploader {
	return upload.Func(func(ctx context.Context, src upload.Source) (*upload.Result, error) {
		ended := &upload.Error{Name: src.Name, Stage: upload.StageSource, State: upload.StateNotStarted}
		if docferry.SafeName(to.Name) != to.Name {
			ended.Err = &docferry.InputError{Service: "tree", Operation: "Upload", Field: "Source.Name",
				Reason: fmt.Sprintf("is %q, which is not a safe file name on every system; SafeName makes one", to.Name)}
			return nil, ended
		}
		folder, err := d.root.OpenRoot(to.FolderID)
		if err != nil {
			ended.Stage, ended.Err = upload.StageBegin, err
			return nil, ended
		}
		defer folder.Close()
		complete, sum := false, ""
		err = atomicfile.Write(folder, temporary(to.Claim), to.Name, to.DocumentID != "", func(f *os.File) (err error) {
			sum, err = src.CopyTo(ctx, f)
			complete = err == nil
			return err
		})
		if err != nil {
			ended = notStored(src, err)
			if complete && !errors.Is(err, fs.ErrExist) { // the name may have been given
				ended.Stage, ended.State = upload.StageCommit, upload.StateUnknown
			}
			return nil, ended
		}
		if !src.ModTime.IsZero() {
			_ = folder.Chtimes(to.Name, src.ModTime, src.ModTime) // some disks keep no times
		}
		return &upload.Result{ID: path.Join(to.FolderID, to.Name), Size: src.Size, SHA256: sum}, nil
	})
}

// notStored is the end of an upload whose source could not be read or written.
func notStored(src upload.Source, err error) *upload.Error {
	ended := &upload.Error{Name: src.Name, Stage: upload.StageSend, State: upload.StateRolledBack, Err: err}
	if _, ok := errors.AsType[*docferry.InputError](err); ok {
		ended.Stage, ended.State = upload.StageSource, upload.StateNotStarted
	}
	return ended
}
