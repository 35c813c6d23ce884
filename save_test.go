package docferry_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
)

// body is a download's body that can fail and that counts how often it is closed.
type body struct {
	io.Reader
	closed int
}

func (b *body) Close() error {
	b.closed++
	return nil
}

// files returns the content of the files in a directory by name.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		found[e.Name()] = string(content)
	}
	return found
}

func TestDownloadSave(t *testing.T) {
	broken := errors.New("broken line")
	for name, c := range map[string]struct {
		content io.Reader
		size    int64
		file    string
		err     error  // nil for success
		field   string // of an InputError
		want    map[string]string
	}{
		"new": {strings.NewReader("content"), 7, "new.txt", nil, "",
			map[string]string{"old.txt": "old", "new.txt": "content"}},
		"replaces": {strings.NewReader("content"), 7, "old.txt", nil, "", map[string]string{"old.txt": "content"}},
		"of unknown size": {strings.NewReader("content"), -1, "new.txt", nil, "",
			map[string]string{"old.txt": "old", "new.txt": "content"}},
		"empty": {strings.NewReader(""), 0, "new.txt", nil, "",
			map[string]string{"old.txt": "old", "new.txt": ""}},
		"short": {strings.NewReader("con"), 7, "old.txt", io.ErrUnexpectedEOF, "",
			map[string]string{"old.txt": "old"}},
		"breaks": {io.MultiReader(strings.NewReader("con"), brokenReader{broken}), 7, "old.txt", broken, "",
			map[string]string{"old.txt": "old"}},
		"name that goes up": {strings.NewReader("content"), 7, "../up.txt", nil, "name", map[string]string{"old.txt": "old"}},
		"name with NUL":     {strings.NewReader("content"), 7, "a\x00.txt", nil, "name", map[string]string{"old.txt": "old"}},
		"no name":           {strings.NewReader("content"), 7, "", nil, "name", map[string]string{"old.txt": "old"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "old.txt"), []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			root, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			b := &body{Reader: c.content}
			err = (&docferry.Download{Body: b, Size: c.size}).Save(root, c.file)
			bad, input := errors.AsType[*docferry.InputError](err)
			switch {
			case c.field != "" && (!input || bad.Field != c.field), c.field == "" && !errors.Is(err, c.err):
				t.Errorf("got %v, want %v %s", err, c.err, c.field)
			}
			if diff := cmp.Diff(c.want, files(t, dir)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if b.closed != 1 {
				t.Errorf("the body was closed %d times", b.closed)
			}
		})
	}
}

type brokenReader struct{ err error }

func (r brokenReader) Read([]byte) (int, error) { return 0, r.err }

// TestDownloadSaveLink plants a link that leads out of the directory where
// the file is to be.
func TestDownloadSaveLink(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	target := filepath.Join(outside, "target")
	if err := os.WriteFile(target, []byte("untouched"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, filepath.Join(dir, "a.txt")); err != nil {
		t.Skip(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := (&docferry.Download{Body: io.NopCloser(strings.NewReader("new")), Size: 3}).Save(root, "a.txt"); err != nil {
		t.Error(err)
	}
	if got, _ := os.ReadFile(target); string(got) != "untouched" {
		t.Errorf("the file outside now holds %q", got)
	}
	if diff := cmp.Diff(map[string]string{"a.txt": "new"}, files(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestSafeName(t *testing.T) {
	for name, want := range map[string]string{
		"report.txt":             "report.txt",
		"Grüße 🎉.txt":            "Grüße 🎉.txt",
		".hidden":                ".hidden",
		"":                       "_",
		".":                      "_",
		"..":                     "__",
		"../x":                   ".._x",
		`C:\x`:                   "C__x",
		"a/b":                    "a_b",
		"a\x00b":                 "a_b",
		"a\x1b[31mb":             "a_[31mb",
		"a\u202eb":               "a_b",
		"a\r\nb":                 "a__b",
		"trailing. ":             "trailing__",
		"con":                    "_con",
		"NUL.txt":                "_NUL.txt",
		"com1.tar.gz":            "_com1.tar.gz",
		"com10":                  "com10",
		"\xff\xfe":               "_",
		strings.Repeat("é", 200): strings.Repeat("é", 127),
	} {
		if got := docferry.SafeName(name); got != want {
			t.Errorf("SafeName(%q) = %q, want %q", name, got, want)
		}
	}
}

func FuzzSafeName(f *testing.F) {
	for _, name := range []string{"a", "..", "con", "a/b", "\xff", strings.Repeat("é", 300), "_.", "aux. "} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		safe := docferry.SafeName(name)
		if safe == "" || safe == "." || safe == ".." || len(safe) > 255 || !utf8.ValidString(safe) ||
			strings.ContainsAny(safe, "/\\\x00\n\r\x1b") || filepath.Base(safe) != safe || !filepath.IsLocal(safe) {
			t.Errorf("SafeName(%q) = %q", name, safe)
		}
		if again := docferry.SafeName(safe); again != safe {
			t.Errorf("SafeName(%q) = %q, and of that %q", name, safe, again)
		}
	})
}
