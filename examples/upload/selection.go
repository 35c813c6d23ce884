package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// selection is a file system whose root has the files and folders that were chosen, by
// name. No link within them leads out of them.
type selection map[string]chosen

// chosen is a file or folder of the disk.
type chosen struct {
	where string   // the whole path
	root  *os.Root // of the folder, or of the one that the file is in
	name  string   // in the root; "." for a folder
}

// choose opens files and folders. A link among the arguments is followed.
func choose(names []string) (selection, error) {
	s := make(selection)
	for _, name := range names {
		if err := s.add(name); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

func (s selection) add(argument string) error {
	where, err := filepath.Abs(argument)
	if err != nil {
		return err
	}
	name := filepath.Base(where)
	if !fs.ValidPath(name) || name == "." || name == string(filepath.Separator) {
		return fmt.Errorf("%q has no name of its own to be stored under", argument)
	}
	if other, taken := s[name]; taken {
		return fmt.Errorf("%q and %q have the same name: upload one of them in another run", other.where, where)
	}
	actual, err := filepath.EvalSymlinks(where)
	if err != nil {
		return err
	}
	info, err := os.Stat(actual)
	if err != nil {
		return err
	}
	c := chosen{where: where, name: "."}
	if !info.IsDir() {
		actual, c.name = filepath.Split(actual)
	}
	if c.root, err = os.OpenRoot(actual); err != nil {
		return err
	}
	s[name] = c
	return nil
}

// Close closes what is open.
func (s selection) Close() {
	for _, c := range s {
		_ = c.root.Close() // it was only read
	}
}

// String returns all paths.
func (s selection) String() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(s)) {
		all = append(all, fmt.Sprintf("%q", s[name].where))
	}
	return strings.Join(all, " ")
}

// find returns the file system that has a path, and the path there.
func (s selection) find(op, name string) (fs.FS, string, error) {
	first, rest, _ := strings.Cut(name, "/")
	c, ok := s[first]
	switch {
	case !fs.ValidPath(name):
		return nil, "", &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	case !ok:
		return nil, "", &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return c.root.FS(), path.Join(c.name, rest), nil
}

// Open implements [fs.FS].
func (s selection) Open(name string) (fs.File, error) {
	files, there, err := s.find("open", name)
	if err != nil {
		return nil, err
	}
	return files.Open(there)
}

// ReadDir implements [fs.ReadDirFS].
func (s selection) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != "." {
		files, there, err := s.find("readdir", name)
		if err != nil {
			return nil, err
		}
		return fs.ReadDir(files, there)
	}
	var all []fs.DirEntry
	for _, name := range slices.Sorted(maps.Keys(s)) {
		info, err := s.Lstat(name)
		if err != nil {
			return nil, err
		}
		all = append(all, named{fs.FileInfoToDirEntry(info), name})
	}
	return all, nil
}

// Lstat implements [fs.ReadLinkFS].
func (s selection) Lstat(name string) (fs.FileInfo, error) {
	files, there, err := s.find("lstat", name)
	if err != nil {
		return nil, err
	}
	return fs.Lstat(files, there)
}

// ReadLink implements [fs.ReadLinkFS].
func (s selection) ReadLink(name string) (string, error) {
	files, there, err := s.find("readlink", name)
	if err != nil {
		return "", err
	}
	return fs.ReadLink(files, there)
}

// named is a file or folder under the name that it was chosen by, which is another one
// than its own if it was chosen by a link.
type named struct {
	fs.DirEntry

	name string
}

// Name implements [fs.DirEntry].
func (n named) Name() string { return n.name }
