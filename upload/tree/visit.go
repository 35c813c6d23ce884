package tree

import (
	"context"
	"fmt"
	"io/fs"
	"path"
)

// folderJob is a folder to visit.
type folderJob struct {
	path   string      // in the source
	target string      // at the destination
	entry  fs.DirEntry // nil for the root
	parent string      // the ID of the folder that it is in
	there  *Entry      // at the destination; nil if it has to be made
}

func (f *folderJob) failed(err error) Outcome {
	return Outcome{Path: f.path, Target: f.target, Action: ActionNone, Err: err}
}

// fail implements [job].
func (f *folderJob) fail(r *run, err error) { r.yield(f.failed(err)) }

// run reads a folder, makes it at the destination, and finds out what to do with the
// entries.
func (f *folderJob) run(ctx context.Context, r *run) {
	if depth(f.path) >= maxDepth {
		r.yield(f.failed(ErrTooDeep))
		return
	}
	entries, err := r.readDir(ctx, f)
	if err != nil {
		r.yield(f.failed(fmt.Errorf("the folder cannot be read: %w", err)))
		return
	}
	made, err := f.make(ctx, r)
	if err != nil {
		r.yield(f.failed(fmt.Errorf("the folder cannot be made: %w", err)))
		return
	}
	v := &visit{folder: f}
	if !made && f.there != nil {
		if v.there, err = r.list(ctx, f.there.ID); err != nil {
			r.yield(f.failed(fmt.Errorf("the folder at the destination cannot be listed: %w", err)))
			return
		}
	}
	folders := v.sort(r, entries)
	if r.o.Meter != nil {
		r.o.Meter.Expect(int64(len(v.files)), 0)
	}
	r.add(v, folders)
}

// make makes the folder, unless it is there.
func (f *folderJob) make(ctx context.Context, r *run) (made bool, err error) {
	if f.there != nil {
		return false, nil
	}
	o := Outcome{Path: f.path, Target: f.target, Action: ActionFolder, Reason: "it is not there"}
	if !r.o.DryRun {
		folder, isNew, err := r.to.MakeFolder(ctx, f.parent, path.Base(f.target))
		if err != nil {
			return false, err
		}
		f.there, made, o.ID = &folder, isNew, folder.ID
		if !made {
			return false, nil // another program was faster
		}
	}
	r.yield(o)
	return made, nil
}

// readDir returns the entries of a folder of the source, as far as they are included.
func (r *run) readDir(ctx context.Context, f *folderJob) ([]fs.DirEntry, error) {
	var entries []fs.DirEntry
	var err error
	if i, ok := f.entry.(info); r.remote != nil && (ok || f.entry == nil) {
		remote := r.remote.with(ctx)
		if !ok {
			i = info{remote.root()}
		}
		entries, err = remote.read(i.entry.ID, f.path)
	} else {
		entries, err = fs.ReadDir(r.from, f.path)
	}
	if err != nil || r.o.Include == nil {
		return entries, err
	}
	included := entries[:0]
	for _, e := range entries {
		if r.o.Include(path.Join(f.path, e.Name()), e) {
			included = append(included, e)
		}
	}
	clear(entries[len(included):])
	return included, nil
}

// list returns what is in a folder of the destination, by key.
func (r *run) list(ctx context.Context, id string) (map[string]Entry, error) {
	there := make(map[string]Entry)
	for e, err := range r.to.List(ctx, id) {
		if err != nil {
			return nil, err
		}
		_, key, err := r.to.Name(e.Name, e.Folder)
		if err != nil {
			continue // nothing that is copied can have such a name
		}
		if _, twice := there[key]; twice {
			e = Entry{Name: e.Name} // which of them is meant cannot be said
		}
		e.Sys = nil // nothing looks at it
		there[key] = e
	}
	return there, nil
}

// visit hands out the files of a folder.
type visit struct {
	folder *folderJob
	there  map[string]Entry // at the destination, by key
	files  []fileEntry
	next   int
}

// fileEntry is an entry that is not a folder, or one that cannot be copied.
type fileEntry struct {
	fs.DirEntry
	stored string // its name at the destination
	key    string
	err    error // why it cannot be copied
}

func (v *visit) empty() bool { return v.next == len(v.files) }

// take returns the next file.
func (v *visit) take() *fileJob {
	f := v.files[v.next]
	v.files[v.next] = fileEntry{} // nothing of it is needed any more
	v.next++
	return &fileJob{fileEntry: f, folder: v.folder, there: v.find(f.key), path: path.Join(v.folder.path, f.Name()),
		target: path.Join(v.folder.target, f.stored)}
}

func (v *visit) find(key string) *Entry {
	if e, ok := v.there[key]; ok {
		return &e
	}
	return nil
}

// sort parts the entries of a folder into files, which the visit hands out, and
// folders, which it returns.
func (v *visit) sort(r *run, entries []fs.DirEntry) (folders []*folderJob) {
	keys := make(map[string]int, len(entries)) // how many entries have a key
	named := make([]fileEntry, len(entries))
	for i, e := range entries {
		f := fileEntry{DirEntry: e, stored: e.Name()}
		if e.IsDir() || e.Type().IsRegular() { // nothing else is copied, and so in the way of others
			stored, key, err := r.to.Name(e.Name(), e.IsDir())
			if err == nil {
				f.stored, f.key = stored, key
				keys[key]++
			}
			f.err = err
		}
		named[i] = f
	}
	for _, f := range named {
		switch there, ok := v.there[f.key]; {
		case f.err != nil:
		case f.key != "" && keys[f.key] > 1:
			f.err = fmt.Errorf("%w in the same folder", ErrCollision)
		case !ok:
		case there.ID == "":
			f.err = fmt.Errorf("%w: more than one entry there has it", ErrCollision)
		case there.Folder != f.IsDir():
			f.err = fmt.Errorf("%w: one is a folder, the other a file", ErrCollision)
		}
		if !f.IsDir() || f.err != nil {
			v.files = append(v.files, f)
			continue
		}
		folders = append(folders, &folderJob{path: path.Join(v.folder.path, f.Name()), entry: f.DirEntry,
			target: path.Join(v.folder.target, f.stored), parent: v.id(), there: v.find(f.key)})
	}
	return folders
}

// id returns the ID of the folder at the destination, or "" in a dry run if it is not there.
func (v *visit) id() string {
	if v.folder.there == nil {
		return ""
	}
	return v.folder.there.ID
}
