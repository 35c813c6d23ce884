package tree_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/upload/tree"
)

// put stores documents and folders (whose names end in "/") in a destination.
func put(t *testing.T, d tree.Destination, files map[string]string) {
	t.Helper()
	from := fstest.MapFS{}
	for name, content := range files {
		if folder, ok := strings.CutSuffix(name, "/"); ok {
			from[folder] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
			continue
		}
		from[name] = &fstest.MapFile{Data: []byte(content)}
	}
	for o := range tree.Copy(t.Context(), d, from, tree.Options{}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
	}
}

func TestFS(t *testing.T) {
	m := tree.NewMemory()
	put(t, m, map[string]string{"a.txt": "one", "sub/b.txt": "two", "sub/deep/c": strings.Repeat("x", 100_000),
		"empty/": "", "sub/zero": ""})
	fsys := tree.FS(t.Context(), m, nil)
	if err := fstest.TestFS(fsys, "a.txt", "sub/b.txt", "sub/deep/c", "empty", "sub/zero"); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"", "/a.txt", "none", "a.txt/b", "sub/none/c", "sub/../a.txt"} {
		_, err := fsys.Open(name)
		if _, ok := errors.AsType[*fs.PathError](err); !ok || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("Open(%q): %v", name, err)
		}
	}
	if _, err := fs.ReadDir(fsys, "a.txt"); err == nil {
		t.Error("a document is read as a folder")
	}
}

// Package net/http serves documents, and ranges of them.
func TestFSOverHTTP(t *testing.T) {
	m := tree.NewMemory()
	put(t, m, map[string]string{"sub/a": "0123456789"})
	srv := httptest.NewServer(http.FileServerFS(tree.FS(t.Context(), m, nil)))
	defer srv.Close()
	for header, want := range map[string]string{"": "0123456789", "bytes=3-5": "345", "bytes=-2": "89"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/sub/a", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Range", header)
		resp, err := srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || string(got) != want {
			t.Errorf("%q: %q, %v; want %q", header, got, err, want)
		}
	}
}

// listed is a Reader of one folder.
type listed struct {
	entries []tree.Entry
	lists   int
	err     error
	content io.Reader
}

func (l *listed) Root() string { return "root" }

func (l *listed) List(context.Context, string) iter.Seq2[tree.Entry, error] {
	l.lists++
	return func(yield func(tree.Entry, error) bool) {
		for _, e := range l.entries {
			if !yield(e, nil) {
				return
			}
		}
		if l.err != nil {
			yield(tree.Entry{}, l.err)
		}
	}
}

func (l *listed) Open(context.Context, tree.Entry) (io.ReadCloser, error) {
	return io.NopCloser(l.content), nil
}

func TestFSLeavesOutWhatHasNoPlace(t *testing.T) {
	l := &listed{}
	for i, name := range []string{"b", "a/b", "", ".", "..", "\xff", "a", "b", "c\\d", "e\x00", "f"} {
		l.entries = append(l.entries, tree.Entry{ID: string(rune('A' + i)), Name: name})
	}
	var skipped []string
	fsys := tree.FS(t.Context(), l, func(path string, err error) { skipped = append(skipped, path+": "+err.Error()) })
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff([]string{"a", "b", "c\\d", "e\x00", "f"}, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	noPart := ": its name cannot be a part of a path"
	want := []string{"a/b" + noPart, noPart, "." + noPart, ".." + noPart, "\xff" + noPart, "b: another entry has its name"}
	if diff := cmp.Diff(want, skipped); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
}

// A folder is remembered for a while, and not for good.
func TestFSRemembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &listed{entries: []tree.Entry{{ID: "1", Name: "a"}}}
		fsys := tree.FS(t.Context(), l, nil)
		for range 5 {
			if _, err := fs.Stat(fsys, "a"); err != nil {
				t.Fatal(err)
			}
		}
		if l.lists != 1 {
			t.Errorf("the folder was listed %d times", l.lists)
		}
		l.entries = append(l.entries, tree.Entry{ID: "2", Name: "b"})
		time.Sleep(time.Minute)
		if _, err := fs.Stat(fsys, "b"); err != nil {
			t.Errorf("what is new is not seen after a minute: %v", err)
		}
	})
}

func TestFSErrors(t *testing.T) {
	broken := errors.New("broken")
	l := &listed{entries: []tree.Entry{{ID: "1", Name: "a"}}, err: broken}
	fsys := tree.FS(t.Context(), l, nil)
	for name, call := range map[string]func() error{
		"Open":    func() error { _, err := fsys.Open("a"); return err },
		"Stat":    func() error { _, err := fs.Stat(fsys, "a"); return err },
		"ReadDir": func() error { _, err := fs.ReadDir(fsys, "."); return err },
	} {
		if err := call(); !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	l.err = nil
	l.content = io.MultiReader(strings.NewReader("one"), readerFunc(func([]byte) (int, error) { return 0, broken }))
	f, err := fsys.Open("a")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(f); string(got) != "one" || !errors.Is(err, broken) {
		t.Errorf("read %q, %v", got, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := f.Read(make([]byte, 1)); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Read after Close: %v", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
