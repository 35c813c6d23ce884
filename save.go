package docferry

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Save writes the content to a new file in dir and closes the download. The file
// appears under its name only when it is complete and on disk: until then it
// has a temporary name in the same directory, which is removed if anything
// fails.
//
// A file that has the name already stays as it is: Save then fails with
// [fs.ErrExist]. So two downloads never become one file, whatever names the file
// system takes for the same. To replace a file, use [Download.Replace].
//
// Complete means that the file holds d.Size bytes. If d.Size is -1, the length of
// the content is unknown: Save then stores what the service sent and returns nil,
// although the content may have been cut short. Check d.Size before Save if that
// must not happen.
//
// The name must be a single path element. A name that would lead out of dir, or
// that is invalid on some operating system, is refused with an [*InputError].
// Do not trust names that come from a service; see [SafeName].
func (d *Download) Save(dir *os.Root, name string) error {
	return d.save(dir, name, false)
}

// Replace is [Download.Save], but a file that has the name already is replaced,
// once the content is complete. Some file systems take names that differ in case
// or in their Unicode form for the same name. So if you replace files by names
// that others have chosen, take care that no two of these are the same in your
// directory.
func (d *Download) Replace(dir *os.Root, name string) error {
	return d.save(dir, name, true)
}

// save writes the content to a temporary file, which then gets its name.
func (d *Download) save(dir *os.Root, name string, replace bool) (err error) {
	defer func() {
		if closing := d.Close(); err == nil {
			err = closing
		}
	}()
	operation, rename := "Save", appear
	if replace {
		operation, rename = "Replace", (*os.Root).Rename
	}
	if SafeName(name) != name {
		return &InputError{Operation: operation, Field: "name",
			Reason: fmt.Sprintf("is %q, which is not a safe file name on every system; SafeName makes one", name)}
	}
	if _, err := dir.Lstat(name); err == nil && !replace { // known before the content is read in vain
		return fmt.Errorf("save %q: %w", name, errTaken)
	}
	temporary := ".docferry-" + rand.Text()
	f, err := dir.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return fmt.Errorf("save %q: %w", name, err)
	}
	err = d.fill(f)
	if err == nil {
		err = rename(dir, temporary, name)
	}
	if err != nil {
		if left := dir.Remove(temporary); left != nil && !errors.Is(left, fs.ErrNotExist) {
			err = fmt.Errorf("%w; the temporary file could not be removed: %w", err, left)
		}
		return fmt.Errorf("save %q: %w", name, err)
	}
	return nil
}

// appear names a complete file, unless there is one of that name: a link never
// replaces a file, as a renaming would.
func appear(dir *os.Root, temporary, name string) error {
	err := dir.Link(temporary, name)
	switch {
	case errors.Is(err, fs.ErrExist):
		return errTaken
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
		return errTaken
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

var errTaken = fmt.Errorf("%w; choose another name, or use Replace", fs.ErrExist)

// fill copies the content to a file and closes that.
func (d *Download) fill(f *os.File) error {
	n, err := io.Copy(f, d)
	if err == nil && d.Size >= 0 && n != d.Size {
		err = fmt.Errorf("the content has %d bytes, not %d: %w", n, d.Size, io.ErrUnexpectedEOF)
	}
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}
