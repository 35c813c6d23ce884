package docferry

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Save writes the content to a file in dir and closes the download. The file
// appears under its name only when it is complete and on disk: until then it
// has a temporary name in the same directory, which is removed if anything
// fails. An existing file of that name is replaced.
//
// Complete means that the file holds d.Size bytes. If d.Size is -1, the length of
// the content is unknown: Save then stores what the service sent and returns nil,
// although the content may have been cut short. Check d.Size before Save if that
// must not happen.
//
// The name must be a single path element. A name that would lead out of dir, or
// that is invalid on some operating system, is refused with an [*InputError].
// Do not trust names that come from a service; see [SafeName].
func (d *Download) Save(dir *os.Root, name string) (err error) {
	defer func() {
		if closing := d.Close(); err == nil {
			err = closing
		}
	}()
	if SafeName(name) != name {
		return &InputError{Operation: "Save", Field: "name",
			Reason: fmt.Sprintf("is %q, which is not a safe file name on every system; SafeName makes one", name)}
	}
	temporary := ".docferry-" + rand.Text()
	f, err := dir.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return fmt.Errorf("save %q: %w", name, err)
	}
	err = d.fill(f)
	if err == nil {
		err = dir.Rename(temporary, name)
	}
	if err != nil {
		if left := dir.Remove(temporary); left != nil {
			err = fmt.Errorf("%w; the temporary file could not be removed: %w", err, left)
		}
		return fmt.Errorf("save %q: %w", name, err)
	}
	return nil
}

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

// SafeName returns a file name that is valid on every common system and safe to
// print on a terminal. That is name itself if possible; otherwise characters
// that are invalid in file names, or that change how a line is displayed, are
// replaced with "_". It never returns "", "." or "..".
func SafeName(name string) string {
	name = strings.ToValidUTF8(name, "_")
	safe := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || !unicode.IsPrint(r) || unicode.In(r, unicode.Bidi_Control) {
			return '_'
		}
		return r
	}, name)
	safe = cut(safe, maxName)
	if trimmed := strings.TrimRight(safe, ". "); trimmed != safe {
		safe = trimmed + strings.Repeat("_", len(safe)-len(trimmed))
	}
	base, _, _ := strings.Cut(safe, ".")
	if safe == "" || device(base) {
		safe = cut("_"+safe, maxName)
	}
	return safe
}

// maxName is the limit of common file systems in bytes.
const maxName = 255

// cut shortens s to n bytes, at a character's end.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// device reports whether a name means a device on Windows.
func device(base string) bool {
	base = strings.ToUpper(strings.TrimSpace(base))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	digit, ok := strings.CutPrefix(base, "COM")
	if !ok {
		digit, ok = strings.CutPrefix(base, "LPT")
	}
	return ok && len(digit) == 1 && digit[0] >= '0' && digit[0] <= '9'
}
