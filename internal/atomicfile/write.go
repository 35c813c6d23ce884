// Package atomicfile writes files that appear under their names only when they are
// complete and on disk.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrTaken means that there is a file of the name, which stays as it is.
var ErrTaken = fmt.Errorf("%w; choose another name, or use Replace", fs.ErrExist)

// Write makes a file under a temporary name in dir, fills it and then names it. A file
// that has the name already is replaced if replace is set, and otherwise stays. If
// anything fails, the temporary file is removed.
func Write(dir *os.Root, temporary, name string, replace bool, fill func(*os.File) error) error {
	f, err := dir.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	err = fill(f)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	switch {
	case err != nil:
	case replace:
		err = dir.Rename(temporary, name)
	default:
		err = appear(dir, temporary, name)
	}
	if err != nil {
		if left := dir.Remove(temporary); left != nil && !errors.Is(left, fs.ErrNotExist) {
			err = fmt.Errorf("%w; the temporary file could not be removed: %w", err, left)
		}
	}
	return err
}

// appear names a complete file, unless there is one of that name: a link never
// replaces a file, as a renaming would.
func appear(dir *os.Root, temporary, name string) error {
	err := dir.Link(temporary, name)
	switch {
	case errors.Is(err, fs.ErrExist):
		return ErrTaken
	case err != nil: // the file system may have no links
		return reserve(dir, temporary, name)
	}
	if err := dir.Remove(temporary); err != nil {
		return fmt.Errorf("it is there, but its temporary name remains as well: %w", err)
	}
	return nil
}

// reserve is appear without links: an empty file takes the name until the
// complete one replaces it.
func reserve(dir *os.Root, temporary, name string) error {
	f, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	switch {
	case errors.Is(err, fs.ErrExist):
		return ErrTaken
	case err != nil:
		return err
	}
	err = f.Close()
	if err == nil {
		err = dir.Rename(temporary, name)
	}
	if err != nil {
		if left := dir.Remove(name); left != nil {
			err = fmt.Errorf("%w; an empty file of that name remains: %w", err, left)
		}
	}
	return err
}
