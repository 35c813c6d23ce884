package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/journal"
)

// fileJob is a file to copy.
type fileJob struct {
	fs.DirEntry

	visit  *visit
	path   string // in the source
	target string // at the destination
	stored string // its name there
	there  *Entry // what has that name there, or nil
	info   fs.FileInfo

	recorded bool           // the journal says that it is stored
	begun    journal.Record // what the journal says if it was uploaded
}

func (f *fileJob) failed(err error) Outcome {
	o := Outcome{Path: f.path, Target: f.target, Action: ActionNone, Err: err}
	if f.info != nil {
		o.Size = f.info.Size()
	}
	return o
}

// run copies a file.
func (f *fileJob) run(ctx context.Context, r *run) {
	o := f.copy(ctx, r)
	if o.Err == nil && !f.recorded && !r.o.DryRun {
		if r.o.Stored != nil {
			o.Err = r.o.Stored(ctx, f.info, o)
		}
		if o.Err == nil {
			o.Err = f.record(r, o)
		}
	}
	f.end(r, o)
}

// end counts and yields the outcome.
func (f *fileJob) end(r *run, o Outcome) {
	if m := r.o.Meter; m != nil {
		switch {
		case o.Err != nil:
			m.Fail(o.Size)
		case o.Action == ActionSkip:
			m.Skip(o.Size)
		case !r.o.DryRun:
			m.Store(o.Size)
		}
	}
	r.yield(o)
}

// fail implements [job].
func (f *fileJob) fail(r *run, err error) { f.end(r, f.failed(err)) }

// copy finds out what to do with a file, and does it.
func (f *fileJob) copy(ctx context.Context, r *run) Outcome {
	err := r.takeUnclean(f.path)
	if err == nil {
		f.stored, f.there, err = f.visit.place(r, f.DirEntry)
	}
	if err != nil {
		return f.failed(err)
	}
	f.target = path.Join(f.visit.folder.target, f.stored)
	if f.info, err = f.Info(); err != nil {
		return f.failed(err)
	}
	if mode := f.info.Mode(); !mode.IsRegular() {
		f.info = nil // its size is that of no content
		return f.failed(fmt.Errorf("%w; its mode is %v", ErrNotRegular, mode))
	}
	if r.o.Meter != nil {
		r.o.Meter.Expect(0, f.info.Size())
	}
	o := Outcome{Path: f.path, Target: f.target, Action: ActionCreate, Reason: "it is not there", Size: f.info.Size()}
	src := f.source(r)
	if f.there != nil {
		o.Action, o.Reason, err = f.compare(ctx, r, src)
		if err != nil {
			return f.failed(err)
		}
		o.ID, o.Version = f.there.ID, f.there.Version
		if f.recorded {
			o.Version = f.begun.Version
		}
	}
	if o.Action == ActionSkip {
		return o
	}
	o.ID, o.Version = "", ""
	if r.o.DryRun {
		return o
	}
	return f.upload(ctx, r, src, o)
}

// compare finds out whether what is there is the same.
func (f *fileJob) compare(ctx context.Context, r *run, src upload.Source) (Action, string, error) {
	if r.o.Journal != nil {
		last, ok, err := r.o.Journal.Last(f.path)
		if err != nil {
			return ActionNone, "", err
		}
		unchanged := last.Size == f.info.Size() && last.ModTime.Equal(f.info.ModTime())
		if ok && last.State == journal.Stored && last.ID == f.there.ID && unchanged {
			// A later version is another user's, who has made it on purpose.
			f.recorded, f.begun = true, last
			return ActionSkip, "an earlier copy has stored it", nil
		}
	}
	switch {
	case f.there.Size != f.info.Size():
		return ActionVersion, "the sizes differ", nil
	case r.o.Compare == CompareSize:
		return ActionSkip, "the size is the same", nil
	case r.o.Compare == CompareTime && sameSecond(f.there.Modified, f.info.ModTime()):
		return ActionSkip, "size and time are the same", nil
	}
	same, err := sameContent(ctx, r.to, *f.there, src)
	switch {
	case err != nil:
		return ActionNone, "", fmt.Errorf("it could not be compared with what is there: %w", err)
	case same:
		return ActionSkip, "the content is the same", nil
	}
	return ActionVersion, "the contents differ", nil
}

func sameSecond(a, b time.Time) bool {
	return !a.IsZero() && a.Truncate(time.Second).Equal(b.Truncate(time.Second))
}

// upload uploads a file.
func (f *fileJob) upload(ctx context.Context, r *run, src upload.Source, o Outcome) Outcome {
	to := Target{FolderID: f.visit.folder.there.ID, Name: f.stored, ModTime: f.info.ModTime()}
	if o.Action == ActionVersion {
		to.DocumentID, to.Name = f.there.ID, f.there.Name // another name would rename it
	}
	if r.cleaner != nil && r.o.Journal != nil {
		to.Claim = upload.NewClaim()
	}
	src.Name = to.Name
	if r.o.Source != nil {
		src = r.o.Source(f.path, f.info, src)
	}
	if r.o.Meter != nil {
		src = r.o.Meter.Source(src)
	}
	f.begun = journal.Record{Path: f.path, State: journal.Begun, Size: f.info.Size(), ModTime: f.info.ModTime(),
		Folder: to.FolderID, Document: to.DocumentID, Name: to.Name, Claim: to.Claim}
	if r.o.Journal != nil {
		if err := r.o.Journal.Append(f.begun); err != nil {
			o.Err = fmt.Errorf("it was not uploaded, because the journal cannot be written: %w", err)
			return o
		}
	}
	o.Result, o.Err = r.to.Uploader(to).Upload(ctx, src)
	if o.Err == nil && o.Result == nil {
		o.Err = errors.New("the uploader returned neither a result nor an error")
	}
	if o.Err == nil {
		o.ID, o.Version = o.Result.ID, o.Result.Version
		return o
	}
	o.Result = nil
	if r.o.Journal != nil {
		f.begun.State, f.begun.Left = endOf(o.Err)
		if err := r.o.Journal.Append(f.begun); err != nil {
			o.Err = fmt.Errorf("%w; and the journal cannot be written: %w", o.Err, err)
		}
	}
	return o
}

// endOf returns what the error of an upload says about its end.
func endOf(err error) (journal.State, []upload.Ref) {
	ended, ok := errors.AsType[*upload.Error](err)
	switch {
	case !ok:
		return journal.Unknown, nil
	case ended.State == upload.StateNotStarted || ended.State == upload.StateRolledBack:
		return journal.Failed, nil
	}
	return journal.Unknown, ended.Left
}

// record notes that a file is stored.
func (f *fileJob) record(r *run, o Outcome) error {
	if r.o.Journal == nil {
		return nil
	}
	stored := journal.Record{Path: f.path, State: journal.Stored, Size: f.info.Size(), ModTime: f.info.ModTime(),
		Folder: f.visit.folder.there.ID, Name: f.stored, ID: o.ID, Version: o.Version}
	if o.Result != nil {
		stored.Document, stored.Claim, stored.Name = f.begun.Document, f.begun.Claim, f.begun.Name
		stored.SHA256, stored.Left = o.Result.SHA256, o.Result.Left
	}
	if err := r.o.Journal.Append(stored); err != nil {
		return fmt.Errorf("it is stored, but the journal cannot be written: %w", err)
	}
	return nil
}
