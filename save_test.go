package docferry_test

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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

// saving is how a download gets a name: Save or Replace.
type saving func(d *docferry.Download, dir *os.Root, name string) error

func TestDownloadSave(t *testing.T) {
	save, replace := (*docferry.Download).Save, (*docferry.Download).Replace
	broken := errors.New("broken line")
	for name, c := range map[string]struct {
		save    saving
		content io.Reader
		size    int64
		file    string
		err     error  // nil for success
		field   string // of an InputError
		want    map[string]string
	}{
		"new": {save, strings.NewReader("content"), 7, "new.txt", nil, "",
			map[string]string{"old.txt": "old", "new.txt": "content"}},
		"taken": {save, strings.NewReader("content"), 7, "old.txt", fs.ErrExist, "", map[string]string{"old.txt": "old"}},
		"taken by the same": {save, strings.NewReader("old"), 3, "old.txt", fs.ErrExist, "",
			map[string]string{"old.txt": "old"}},
		"replaces": {replace, strings.NewReader("content"), 7, "old.txt", nil, "", map[string]string{"old.txt": "content"}},
		"replaces nothing": {replace, strings.NewReader("content"), 7, "new.txt", nil, "",
			map[string]string{"old.txt": "old", "new.txt": "content"}},
		"of unknown size": {save, strings.NewReader("content"), -1, "new.txt", nil, "",
			map[string]string{"old.txt": "old", "new.txt": "content"}},
		"empty": {save, strings.NewReader(""), 0, "new.txt", nil, "",
			map[string]string{"old.txt": "old", "new.txt": ""}},
		"short": {replace, strings.NewReader("con"), 7, "old.txt", io.ErrUnexpectedEOF, "",
			map[string]string{"old.txt": "old"}},
		"short and new": {save, strings.NewReader("con"), 7, "new.txt", io.ErrUnexpectedEOF, "",
			map[string]string{"old.txt": "old"}},
		"breaks": {replace, io.MultiReader(strings.NewReader("con"), brokenReader{broken}), 7, "old.txt", broken, "",
			map[string]string{"old.txt": "old"}},
		"name that goes up": {save, strings.NewReader("content"), 7, "../up.txt", nil, "name",
			map[string]string{"old.txt": "old"}},
		"name with NUL": {replace, strings.NewReader("content"), 7, "a\x00.txt", nil, "name",
			map[string]string{"old.txt": "old"}},
		"no name": {save, strings.NewReader("content"), 7, "", nil, "name", map[string]string{"old.txt": "old"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			root := open(t, dir)
			if err := root.WriteFile("old.txt", []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			b := &body{Reader: c.content}
			err := c.save(&docferry.Download{Body: b, Size: c.size}, root, c.file)
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

// open opens a directory until the test ends.
func open(t testing.TB, dir string) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return root
}

// holding returns a download with some content.
func holding(content string) *docferry.Download {
	return &docferry.Download{Body: io.NopCloser(strings.NewReader(content)), Size: int64(len(content))}
}

type brokenReader struct{ err error }

func (r brokenReader) Read([]byte) (int, error) { return 0, r.err }

// TestDownloadSaveUnread checks that a name that is taken is known before the
// content is read.
func TestDownloadSaveUnread(t *testing.T) {
	root := open(t, t.TempDir())
	if err := root.Mkdir("taken", 0o700); err != nil {
		t.Fatal(err)
	}
	content := strings.NewReader("content")
	err := (&docferry.Download{Body: io.NopCloser(content), Size: 7}).Save(root, "taken")
	if !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), "Replace") || content.Len() != 7 {
		t.Errorf("got %v, with %d bytes not read", err, content.Len())
	}
}

// TestDownloadSaveRace lets a file take the name while the content is read.
func TestDownloadSaveRace(t *testing.T) {
	dir := t.TempDir()
	root := open(t, dir)
	late := readerFunc(func([]byte) (int, error) {
		if err := root.WriteFile("a.txt", []byte("theirs"), 0o600); err != nil {
			t.Error(err)
		}
		return 0, io.EOF
	})
	err := (&docferry.Download{Body: io.NopCloser(io.MultiReader(strings.NewReader("ours"), late)), Size: 4}).
		Save(root, "a.txt")
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v, want %v", err, fs.ErrExist)
	}
	if diff := cmp.Diff(map[string]string{"a.txt": "theirs"}, files(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestDownloadSaveTwins saves downloads whose names are or may be one to a file
// system. Both are there in the end, or the second is refused.
func TestDownloadSaveTwins(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, c := range []struct {
		first, second string
		one           bool // everywhere
	}{
		{"a/b", "a_b", true},
		{"a_b", `a\b`, true},
		{"con", "_con", true},
		{"COM\u00b9", "_COM\u00b9", true},
		{"a\u202eb", "a\u202db", true},
		{"end.", "end_", true},
		{long + "1.pdf", long + "2.pdf", true},
		{"Readme", "README", false},
		{"Stra\u00dfe", "STRASSE", false},
		{"caf\u00e9", "cafe\u0301", false},
		{"\uac00", "\u1100\u1161", false},
		{"a b", "a\u00a0b", false},
		{"\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u062e", false},
	} {
		dir := t.TempDir()
		root := open(t, dir)
		if err := holding("first").Save(root, docferry.SafeName(c.first)); err != nil {
			t.Errorf("%+q: %v", c.first, err)
		}
		err := holding("second").Save(root, docferry.SafeName(c.second))
		want := []string{"first", "second"}
		if err != nil {
			want = want[:1]
		}
		if err != nil && !errors.Is(err, fs.ErrExist) || err == nil && c.one {
			t.Errorf("%+q after %+q: %v", c.second, c.first, err)
		}
		if got := slices.Sorted(maps.Values(files(t, dir))); !slices.Equal(got, want) {
			t.Errorf("%+q after %+q: the files hold %q, want %q", c.second, c.first, got, want)
		}
	}
}

// TestDownloadSaveLink plants a link that leads out of the directory where
// the file is to be, and one that leads nowhere.
func TestDownloadSaveLink(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "target")
	if err := os.WriteFile(outside, []byte("untouched"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{outside, outside + "-missing"} {
		dir := t.TempDir()
		root := open(t, dir)
		if err := os.Symlink(target, filepath.Join(dir, "a.txt")); err != nil {
			t.Skip(err)
		}
		if err := holding("new").Save(root, "a.txt"); !errors.Is(err, fs.ErrExist) {
			t.Errorf("got %v, want %v", err, fs.ErrExist)
		}
		if err := holding("new").Replace(root, "a.txt"); err != nil {
			t.Error(err)
		}
		if got, _ := os.ReadFile(outside); string(got) != "untouched" {
			t.Errorf("the file outside now holds %q", got)
		}
		if _, err := os.Stat(outside + "-missing"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a file was made outside: %v", err)
		}
		if diff := cmp.Diff(map[string]string{"a.txt": "new"}, files(t, dir)); diff != "" {
			t.Errorf("files (-want +got):\n%s", diff)
		}
	}
}
