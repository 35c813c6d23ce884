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
	v.readNames(r, entries)
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
	names  map[uint64]bool  // of the source, by the hash of their key: whether two entries have it
	files  []fs.DirEntry    // what is not a folder
	next   int
}

// readNames finds out which names in a folder are the same to the destination, before
// anything of it is copied.
func (v *visit) readNames(r *run, entries []fs.DirEntry) {
	v.names = make(map[uint64]bool, len(entries))
	for _, e := range entries {
		if _, key, err := r.name(e); err == nil && key != "" {
			hash := r.hash(key)
			_, v.names[hash] = v.names[hash]
		}
	}
}

// name returns the name and the key that an entry has at the destination. The key is ""
// for what is neither a file nor a folder: it is not copied, and so in the way of no other.
func (r *run) name(e fs.DirEntry) (stored, key string, err error) {
	if !e.IsDir() && !e.Type().IsRegular() {
		return e.Name(), "", nil
	}
	return r.to.Name(e.Name(), e.IsDir())
}

// sort parts the entries of a folder into files, which the visit hands out, and folders,
// which it returns. It reuses the list.
func (v *visit) sort(r *run, entries []fs.DirEntry) (folders []*folderJob) {
	v.files = entries[:0]
	for _, e := range entries {
		if !e.IsDir() {
			v.files = append(v.files, e)
			continue
		}
		f := &folderJob{path: path.Join(v.folder.path, e.Name()), entry: e}
		stored, there, err := v.place(r, e)
		f.target = path.Join(v.folder.target, stored)
		if err != nil {
			r.yield(f.failed(err))
			continue
		}
		f.there = there
		if v.folder.there != nil { // otherwise this is a dry run
			f.parent = v.folder.there.ID
		}
		folders = append(folders, f)
	}
	clear(entries[len(v.files):])
	return folders
}

func (v *visit) empty() bool { return v.next == len(v.files) }

// take returns the next file.
func (v *visit) take() *fileJob {
	e := v.files[v.next]
	v.files[v.next] = nil // it is not needed here any more
	v.next++
	return &fileJob{DirEntry: e, visit: v, path: path.Join(v.folder.path, e.Name()),
		target: path.Join(v.folder.target, e.Name())}
}

// place returns the name that an entry has at the destination, and what is there under
// that name already, perhaps in other letters. It fails if the entry cannot be copied
// because of its name.
func (v *visit) place(r *run, e fs.DirEntry) (stored string, there *Entry, err error) {
	stored, key, err := r.name(e)
	if err != nil {
		return e.Name(), nil, err
	}
	found, ok := v.there[key]
	switch {
	case key == "":
		return stored, nil, nil
	case v.names[r.hash(key)]:
		return stored, nil, fmt.Errorf("%w in the same folder", ErrCollision)
	case !ok:
		return stored, nil, nil
	case found.ID == "":
		return stored, nil, fmt.Errorf("%w: more than one entry there has it", ErrCollision)
	case found.Folder != e.IsDir():
		return stored, nil, fmt.Errorf("%w: one is a folder, the other a file", ErrCollision)
	}
	return found.Name, &found, nil
}
