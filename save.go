package docferry

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"

	"github.com/docferry/docferry/internal/atomicfile"
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
	operation := "Save"
	if replace {
		operation = "Replace"
	}
	if SafeName(name) != name {
		return &InputError{Operation: operation, Field: "name",
			Reason: fmt.Sprintf("is %q, which is not a safe file name on every system; SafeName makes one", name)}
	}
	if _, err := dir.Lstat(name); err == nil && !replace { // known before the content is read in vain
		return fmt.Errorf("save %q: %w", name, atomicfile.ErrTaken)
	}
	if err := atomicfile.Write(dir, ".docferry-"+rand.Text(), name, replace, d.fill); err != nil {
		return fmt.Errorf("save %q: %w", name, err)
	}
	return nil
}

// fill copies the content to a file.
func (d *Download) fill(f *os.File) error {
	n, err := io.Copy(f, d)
	if err == nil && d.Size >= 0 && n != d.Size {
		err = fmt.Errorf("the content has %d bytes, not %d: %w", n, d.Size, io.ErrUnexpectedEOF)
	}
	return err
}
