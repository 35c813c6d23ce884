package tree

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/names"
)

const (
	// remembered is how many folders a file system remembers the contents of.
	remembered = 8
	// fresh is how long it remembers them.
	fresh = 10 * time.Second
)

// fileSystem reads from a Reader.
type fileSystem struct {
	ctx     context.Context
	reader  Reader
	skipped Skipped
	cache   *cache
}

// cache holds the folders that were listed last.
type cache struct {
	mu      sync.Mutex // guards the field below
	folders []listing  // the latest last
}

// listing is the contents of a folder, sorted by name.
type listing struct {
	id      string
	entries []fs.DirEntry
	at      time.Time
}

// with returns the file system with another context.
func (f *fileSystem) with(ctx context.Context) *fileSystem {
	g := *f
	g.ctx = ctx
	return &g
}

// root returns the entry of the root folder.
func (f *fileSystem) root() Entry { return Entry{ID: f.reader.Root(), Name: ".", Folder: true} }

// Open implements [fs.FS].
func (f *fileSystem) Open(name string) (fs.File, error) {
	e, err := f.find("open", name)
	if err != nil {
		return nil, err
	}
	if e.Folder {
		return &folder{fs: f, entry: e, name: name}, nil
	}
	return &document{fs: f, entry: e, name: name}, nil
}

// Stat implements [fs.StatFS].
func (f *fileSystem) Stat(name string) (fs.FileInfo, error) {
	e, err := f.find("stat", name)
	if err != nil {
		return nil, err
	}
	return info{e}, nil
}

// ReadDir implements [fs.ReadDirFS].
func (f *fileSystem) ReadDir(name string) ([]fs.DirEntry, error) {
	e, err := f.find("readdir", name)
	switch {
	case err != nil:
		return nil, err
	case !e.Folder:
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("it is not a folder")}
	}
	entries, err := f.list(e.ID, name)
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: asNotExist(err)}
	}
	return slices.Clone(entries), nil
}

// find returns the entry at a path.
func (f *fileSystem) find(op, name string) (Entry, error) {
	if !fs.ValidPath(name) {
		return Entry{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	at := f.root()
	if name == "." {
		return at, nil
	}
	path := ""
	for part := range strings.SplitSeq(name, "/") {
		if !at.Folder {
			return Entry{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
		}
		entries, err := f.list(at.ID, path)
		if err != nil {
			return Entry{}, &fs.PathError{Op: op, Path: name, Err: asNotExist(err)}
		}
		i, found := slices.BinarySearchFunc(entries, part, func(e fs.DirEntry, name string) int {
			return strings.Compare(e.Name(), name)
		})
		if !found {
			return Entry{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
		}
		at = entries[i].(info).entry //nolint:forcetypeassert // list makes them
		path = join(path, part)
	}
	return at, nil
}

// list returns the contents of the folder at a path, sorted by name.
func (f *fileSystem) list(id, path string) ([]fs.DirEntry, error) {
	if entries, ok := f.cache.recall(id); ok {
		return entries, nil
	}
	entries, err := f.read(id, path)
	if err == nil {
		f.cache.remember(listing{id, entries, time.Now()})
	}
	return entries, err
}

// read requests the contents of the folder at a path, and sorts them by name.
func (f *fileSystem) read(id, path string) ([]fs.DirEntry, error) {
	var entries []fs.DirEntry
	for e, err := range f.reader.List(f.ctx, id) {
		if err != nil {
			return nil, err
		}
		if names.CheckElement(e.Name) != nil {
			f.skip(path, e.Name, errors.New("its name cannot be a part of a path"))
			continue
		}
		entries = append(entries, info{e})
	}
	slices.SortStableFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	unique := entries[:0]
	for i, e := range entries {
		if i > 0 && e.Name() == entries[i-1].Name() {
			f.skip(path, e.Name(), errors.New("another entry has its name"))
			continue
		}
		unique = append(unique, e)
	}
	return unique, nil
}

func (f *fileSystem) skip(path, name string, err error) {
	if f.skipped != nil {
		f.skipped(join(path, name), err)
	}
}

func join(path, name string) string {
	if path == "" || path == "." {
		return name
	}
	return path + "/" + name
}

// recall returns the contents of a folder that was listed before.
func (c *cache) recall(id string) ([]fs.DirEntry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.folders = slices.DeleteFunc(c.folders, func(l listing) bool { return time.Since(l.at) > fresh })
	i := slices.IndexFunc(c.folders, func(l listing) bool { return l.id == id })
	if i < 0 {
		return nil, false
	}
	l := c.folders[i]
	c.folders = append(slices.Delete(c.folders, i, i+1), l)
	return l.entries, true
}

func (c *cache) remember(l listing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.folders = slices.DeleteFunc(c.folders, func(known listing) bool { return known.id == l.id })
	if len(c.folders) == remembered {
		c.folders = slices.Delete(c.folders, 0, 1)
	}
	c.folders = append(c.folders, l)
}

// asNotExist makes the refusal of a service match [fs.ErrNotExist] if it says that
// something does not exist.
func asNotExist(err error) error {
	if errors.Is(err, docferry.ErrNotFound) {
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return err
}

// info is an entry as package fs sees it.
type info struct{ entry Entry }

func (i info) Name() string               { return i.entry.Name }
func (i info) IsDir() bool                { return i.entry.Folder }
func (i info) Type() fs.FileMode          { return i.Mode().Type() }
func (i info) Info() (fs.FileInfo, error) { return i, nil }
func (i info) Size() int64                { return i.entry.Size }
func (i info) ModTime() time.Time         { return i.entry.Modified }
func (i info) Sys() any                   { return i.entry.Sys }
func (i info) String() string             { return fs.FormatDirEntry(i) }

func (i info) Mode() fs.FileMode {
	if i.entry.Folder {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

// folder is an open folder.
type folder struct {
	fs      *fileSystem
	entry   Entry
	name    string
	entries []fs.DirEntry // that were not read yet; nil before the first
	listed  bool
}

func (d *folder) Stat() (fs.FileInfo, error) { return info{d.entry}, nil }
func (d *folder) Close() error               { return nil }

func (d *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.name, Err: errors.New("it is a folder")}
}

// ReadDir implements [fs.ReadDirFile].
func (d *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if !d.listed {
		entries, err := d.fs.ReadDir(d.name)
		if err != nil {
			return nil, err
		}
		d.entries, d.listed = entries, true
	}
	if n <= 0 {
		n = len(d.entries)
	} else if len(d.entries) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(d.entries))
	read := d.entries[:n:n]
	d.entries = d.entries[n:]
	return read, nil
}
