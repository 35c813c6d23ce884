package tree_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/tree"
)

// outcomes runs a copy. It returns what was done, by path, and the errors.
func outcomes(t *testing.T, d tree.Destination, from fs.FS, o tree.Options) (done map[string]tree.Action, failed map[string]error) {
	t.Helper()
	done, failed = make(map[string]tree.Action), make(map[string]error)
	for o := range tree.Copy(t.Context(), d, from, o) {
		if _, twice := done[o.Path]; twice || failed[o.Path] != nil {
			t.Errorf("%q has a second outcome: %+v", o.Path, o)
		}
		if o.Err != nil {
			failed[o.Path] = o.Err
		} else {
			done[o.Path] = o.Action
		}
	}
	return done, failed
}

// same compares what was done, and wants no error.
func same(t *testing.T, d tree.Destination, from fs.FS, o tree.Options, want map[string]tree.Action) {
	t.Helper()
	done, failed := outcomes(t, d, from, o)
	if diff := cmp.Diff(want, done); diff != "" || len(failed) > 0 {
		t.Errorf("done (-want +got):\n%s, failed: %v", diff, failed)
	}
}

// all returns all contents of a destination, by path.
func all(t *testing.T, d tree.Reader) map[string]string {
	t.Helper()
	got := make(map[string]string)
	fsys := tree.FS(t.Context(), d, nil)
	err := fs.WalkDir(fsys, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		if e.IsDir() {
			got[path+"/"] = ""
			return nil
		}
		content, err := fs.ReadFile(fsys, path)
		got[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func files(names ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for _, name := range names {
		m[name] = &fstest.MapFile{Data: []byte("content of " + name)}
	}
	return m
}

// From a disk into memory, and from there to another disk.
func TestCopyFromDiskToDisk(t *testing.T) {
	first, name := newDir(t)
	want := map[string]string{"a.txt": "one", "sub/": "", "sub/b.txt": "two", "sub/deep/": "", "sub/deep/c": "", "empty/": ""}
	for path, content := range want {
		full := filepath.Join(name, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, "/") {
			_ = os.Mkdir(full, 0o755)
		} else if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(name, "a.txt"), at, at); err != nil {
		t.Fatal(err)
	}
	m := tree.NewMemory()
	second, _ := newDir(t)
	for range 2 { // the second time, nothing is to be done
		if _, failed := outcomes(t, m, tree.FS(t.Context(), first, nil), tree.Options{}); len(failed) > 0 {
			t.Error(failed)
		}
		if _, failed := outcomes(t, second, tree.FS(t.Context(), m, nil), tree.Options{}); len(failed) > 0 {
			t.Error(failed)
		}
		if diff := cmp.Diff(want, all(t, second)); diff != "" {
			t.Errorf("the copy of the copy (-want +got):\n%s", diff)
		}
	}
	if info, err := fs.Stat(tree.FS(t.Context(), second, nil), "a.txt"); err != nil || !info.ModTime().Equal(at) {
		t.Errorf("the time of a.txt is %v, %v", info, err)
	}
	if diff := cmp.Diff(map[string]int{"a.txt": 1}, versions(t, m)); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
}

func TestCopyMakesVersionsOfWhatChanged(t *testing.T) {
	m := tree.NewMemory()
	from := files("a", "b", "c")
	same(t, m, from, tree.Options{}, map[string]tree.Action{"a": "create", "b": "create", "c": "create"})
	from["a"].Data = []byte("longer than it was before")
	from["b"].Data = []byte("CONTENT OF b")
	want := map[string]tree.Action{"a": "new version", "b": "new version", "c": "skip"}
	same(t, m, from, tree.Options{DryRun: true}, want)
	same(t, m, from, tree.Options{DryRun: true}, want)
	same(t, m, from, tree.Options{}, want)
	same(t, m, from, tree.Options{}, map[string]tree.Action{"a": "skip", "b": "skip", "c": "skip"})
	if diff := cmp.Diff(map[string]int{"a": 2, "b": 2, "c": 1}, versions(t, m)); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
}

// versions counts the versions of the documents in the root folder.
func versions(t *testing.T, m *tree.Memory) map[string]int {
	t.Helper()
	got := make(map[string]int)
	for e, err := range m.List(t.Context(), m.Root()) {
		if err != nil {
			t.Fatal(err)
		}
		if !e.Folder {
			got[e.Name] = len(m.Versions(e.ID))
		}
	}
	return got
}

func TestCompare(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	from := fstest.MapFS{"a": {Data: []byte("one"), ModTime: at}, "b": {Data: []byte("two"), ModTime: at}, "c": {Data: []byte("three")}}
	m := tree.NewMemory()
	same(t, m, from, tree.Options{}, map[string]tree.Action{"a": "create", "b": "create", "c": "create"})
	// Same size and time; same size and another time; another size.
	from["a"] = &fstest.MapFile{Data: []byte("ONE"), ModTime: at}
	from["b"] = &fstest.MapFile{Data: []byte("TWO"), ModTime: at.Add(time.Hour)}
	from["c"] = &fstest.MapFile{Data: []byte("four")}
	for compare, want := range map[tree.Compare]map[string]tree.Action{
		tree.CompareContent: {"a": "new version", "b": "new version", "c": "new version"},
		tree.CompareTime:    {"a": "skip", "b": "new version", "c": "new version"},
		tree.CompareSize:    {"a": "skip", "b": "skip", "c": "new version"},
	} {
		same(t, m, from, tree.Options{Compare: compare, DryRun: true}, want)
	}
}

// A dry run says what the real one does, and does nothing.
func TestDryRun(t *testing.T) {
	m := tree.NewMemory()
	from := files("a", "sub/b", "sub/deep/c", "A2")
	want, failed := outcomes(t, m, from, tree.Options{DryRun: true})
	if len(failed) > 0 || len(all(t, m)) > 0 {
		t.Errorf("failed: %v, stored: %v", failed, all(t, m))
	}
	same(t, m, from, tree.Options{}, want)
	if len(want) != 6 {
		t.Errorf("the plan is %v", want)
	}
}

// Names that the destination does not tell apart are found before anything is sent.
func TestCollisions(t *testing.T) {
	m := tree.NewMemory()
	put(t, m, map[string]string{"folder/": "", "file": "theirs"})
	from := files("a.txt", "A.TXT", "caf\u00e9", "cafe\u0301", "b", "FILE/x", "sub/ok", "Folder", "dir/x", "DIR")
	_, failed := outcomes(t, m, from, tree.Options{})
	for _, path := range []string{"a.txt", "A.TXT", "caf\u00e9", "cafe\u0301", "FILE", "Folder", "dir", "DIR"} {
		if !errors.Is(failed[path], tree.ErrCollision) {
			t.Errorf("%q: %v", path, failed[path])
		}
	}
	want := map[string]string{"b": "content of b", "sub/": "", "sub/ok": "content of sub/ok", "folder/": "", "file": "theirs"}
	if diff := cmp.Diff(want, all(t, m)); diff != "" || len(failed) != 8 {
		t.Errorf("stored (-want +got):\n%s, failed: %v", diff, failed)
	}
}

// What is there in other letters gets a version, and keeps its name.
func TestOtherLetters(t *testing.T) {
	m := tree.NewMemory()
	put(t, m, map[string]string{"Folder/A.txt": "theirs"})
	for o := range tree.Copy(t.Context(), m, fstest.MapFS{"folder/a.TXT": {Data: []byte("ours")}}, tree.Options{}) {
		if o.Err != nil || o.Action != tree.ActionVersion || o.Path != "folder/a.TXT" || o.Target != "Folder/A.txt" {
			t.Errorf("%+v", o)
		}
	}
	if diff := cmp.Diff(map[string]string{"Folder/": "", "Folder/A.txt": "ours"}, all(t, m)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

// Links and devices are reported and not followed.
func TestNotRegular(t *testing.T) {
	_, name := newDir(t)
	outside := t.TempDir()
	for link, to := range map[string]string{"out": outside, "file": filepath.Join(name, "a"), "loop": ".", "broken": "none"} {
		if err := os.Symlink(to, filepath.Join(name, link)); err != nil {
			t.Skip(err)
		}
	}
	for path, content := range map[string]string{filepath.Join(name, "a"): "one", filepath.Join(outside, "secret"): "x"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m := tree.NewMemory()
	for _, from := range []fs.FS{os.DirFS(name), rootFS(t, name)} {
		done, failed := outcomes(t, m, from, tree.Options{})
		for _, path := range []string{"out", "file", "loop", "broken"} {
			if !errors.Is(failed[path], tree.ErrNotRegular) {
				t.Errorf("%q: %v", path, failed[path])
			}
		}
		if len(done) != 1 || len(failed) != 4 {
			t.Errorf("done: %v, failed: %v", done, failed)
		}
	}
	if diff := cmp.Diff(map[string]string{"a": "one"}, all(t, m)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

func rootFS(t *testing.T, name string) fs.FS {
	t.Helper()
	root, err := os.OpenRoot(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return root.FS()
}

// spoiled is a file system some of whose files and folders fail.
type spoiled struct {
	fs.FS

	fail func(op, name string) error
}

func (s spoiled) Open(name string) (fs.File, error) {
	if err := s.fail("open", name); err != nil {
		return nil, err
	}
	return s.FS.Open(name)
}

func (s spoiled) Stat(name string) (fs.FileInfo, error) { return fs.Stat(s.FS, name) }

func (s spoiled) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := s.fail("readdir", name); err != nil {
		return nil, err
	}
	return fs.ReadDir(s.FS, name)
}

// What fails in the source fails alone.
func TestWhatFailsFailsAlone(t *testing.T) {
	broken := errors.New("broken")
	names := []string{"ok", "bad/hidden", "sub/panics", "sub/ok2"}
	for i := range 50 {
		names = append(names, fmt.Sprintf("many/%02d", i))
	}
	from := spoiled{files(names...), func(op, name string) error {
		switch {
		case name == "bad" && op == "readdir":
			return &fs.PathError{Op: op, Path: "bad\nfolder", Err: broken}
		case strings.HasPrefix(name, "many/") && strings.HasSuffix(name, "7"):
			return broken
		case name == "sub/panics":
			panic("ouch")
		}
		return nil
	}}
	m := tree.NewMemory()
	meter := upload.NewMeter()
	done, failed := outcomes(t, m, from, tree.Options{Meter: meter})
	for _, path := range []string{"bad", "sub/panics", "many/07", "many/17", "many/27", "many/37", "many/47"} {
		if failed[path] == nil || strings.Contains(failed[path].Error(), "\n") || path != "sub/panics" && !errors.Is(failed[path], broken) {
			t.Errorf("%q: %v", path, failed[path])
		}
		if e, ok := errors.AsType[*tree.Error](failed[path]); !ok || e.Path != path {
			t.Errorf("%q: %#v", path, failed[path])
		}
	}
	if len(failed) != 7 || len(done) != 2+2+45 || len(all(t, m)) != len(done) {
		t.Errorf("%d done, %d stored, failed: %v", len(done), len(all(t, m)), failed)
	}
	if got := meter.Totals(); got.Files != 53 || got.Stored != 47 || got.Failed != 6 || got.Skipped != 0 ||
		got.Bytes-got.StoredBytes != int64(len("content of many/07")*5+len("content of sub/panics")) {
		t.Errorf("the meter says %+v", got)
	}
}

// A file that changes while it is copied is not stored as something that it never was.
func TestSourceThatChanges(t *testing.T) {
	for _, while := range []string{"before it is opened", "while it is read"} {
		t.Run(while, func(t *testing.T) {
			_, name := newDir(t)
			path := filepath.Join(name, "a")
			if err := os.WriteFile(path, []byte("first"), 0o600); err != nil {
				t.Fatal(err)
			}
			change := func() {
				at := time.Now().Add(time.Hour)
				if err := errors.Join(os.WriteFile(path, []byte("other"), 0o600), os.Chtimes(path, at, at)); err != nil {
					t.Error(err)
				}
			}
			m := tree.NewMemory()
			from := os.DirFS(name)
			_, failed := outcomes(t, m, from, tree.Options{Source: func(_ string, _ fs.FileInfo, src upload.Source) upload.Source {
				if while == "before it is opened" {
					change()
					return src
				}
				return upload.WithProgress(src, func(p upload.Progress) {
					if p.Sent == p.Size {
						change()
					}
				})
			}})
			if !errors.Is(failed["a"], upload.ErrSourceChanged) || len(all(t, m)) > 0 {
				t.Errorf("failed: %v, stored: %v", failed, all(t, m))
			}
			same(t, m, from, tree.Options{}, map[string]tree.Action{"a": "create"})
		})
	}
}

func TestInclude(t *testing.T) {
	m := tree.NewMemory()
	from := files("a.txt", "a.tmp", "sub/b.txt", "skip/c.txt")
	same(t, m, from, tree.Options{Include: func(path string, d fs.DirEntry) bool {
		return path != "skip" && (d.IsDir() || strings.HasSuffix(path, ".txt"))
	}}, map[string]tree.Action{"a.txt": "create", "sub": "make folder", "sub/b.txt": "create"})
}
