package uploadtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/tree"
)

// TestDestination checks that an implementation of [tree.Destination] keeps the promises
// of the interface. It runs each check as a subtest, with a destination of its own that
// make returns, which must be empty.
func TestDestination(t *testing.T, makeDestination func(t testing.TB) tree.Destination) {
	t.Helper()
	for _, c := range destinationChecks {
		t.Run(c.name, func(t *testing.T) {
			if err := c.run(t.Context(), makeDestination(t)); err != nil {
				t.Error(err)
			}
		})
	}
}

var destinationChecks = []struct {
	name string
	run  func(context.Context, tree.Destination) error
}{
	{"Listing", listing},
	{"Folders", folders},
	{"FoldersAtOnce", foldersAtOnce},
	{"Versions", versions},
	{"DestinationNames", destinationNames},
	{"Missing", missing},
	{"FileSystem", fileSystem},
	{"CopyTwice", copyTwice},
	{"CleanNothing", cleanNothing},
}

// store uploads content, and returns its entry.
func store(ctx context.Context, d tree.Destination, to tree.Target, content string) (tree.Entry, error) {
	r, err := d.Uploader(to).Upload(ctx, upload.Bytes(to.Name, []byte(content)))
	if err != nil {
		return tree.Entry{}, err
	}
	return tree.Entry{ID: r.ID, Version: r.Version, Name: to.Name, Size: r.Size}, nil
}

// contents lists a folder: the names, those of folders with a slash, with the contents
// of documents.
func contents(ctx context.Context, d tree.Destination, folder string) (map[string]string, error) {
	got := make(map[string]string)
	for e, err := range d.List(ctx, folder) {
		if err != nil {
			return nil, err
		}
		if _, twice := got[e.Name]; twice {
			return nil, fmt.Errorf("%q is listed twice", e.Name)
		}
		if e.ID == "" {
			return nil, fmt.Errorf("%q is listed without an ID", e.Name)
		}
		if e.Folder {
			got[e.Name+"/"] = ""
			continue
		}
		content, err := content(ctx, d, e)
		if err != nil {
			return nil, err
		}
		if int64(len(content)) != e.Size {
			return nil, fmt.Errorf("%q has %d bytes, and is listed with %d", e.Name, len(content), e.Size)
		}
		got[e.Name] = content
	}
	return got, nil
}

func content(ctx context.Context, d tree.Destination, e tree.Entry) (string, error) {
	rc, err := d.Open(ctx, e)
	if err != nil {
		return "", fmt.Errorf("%q cannot be opened: %w", e.Name, err)
	}
	content, err := io.ReadAll(rc)
	return string(content), errors.Join(err, rc.Close())
}

// expect compares what is in a folder.
func expect(ctx context.Context, d tree.Destination, folder string, want map[string]string) error {
	got, err := contents(ctx, d, folder)
	if err == nil && fmt.Sprint(got) != fmt.Sprint(want) { // maps are printed in the order of their keys
		err = fmt.Errorf("the folder has %v, want %v", got, want)
	}
	return err
}

func listing(ctx context.Context, d tree.Destination) error {
	root := d.Root()
	if err := expect(ctx, d, root, map[string]string{}); err != nil {
		return err
	}
	for name, content := range map[string]string{"a.txt": "one", "zero": "", "b c.bin": strings.Repeat("x", 70_000)} {
		if _, err := store(ctx, d, tree.Target{FolderID: root, Name: name}, content); err != nil {
			return err
		}
	}
	return expect(ctx, d, root, map[string]string{"a.txt": "one", "zero": "", "b c.bin": strings.Repeat("x", 70_000)})
}

func folders(ctx context.Context, d tree.Destination) error {
	one, made, err := d.MakeFolder(ctx, d.Root(), "one")
	if err != nil || !made || !one.Folder || one.ID == "" {
		return fmt.Errorf("MakeFolder: %+v, made %v, %w", one, made, err)
	}
	again, made, err := d.MakeFolder(ctx, d.Root(), "one")
	if err != nil || made || again.ID != one.ID {
		return fmt.Errorf("MakeFolder for the second time: %+v, made %v, %w", again, made, err)
	}
	two, made, err := d.MakeFolder(ctx, one.ID, "one")
	if err != nil || !made || two.ID == one.ID {
		return fmt.Errorf("MakeFolder of the same name in the folder: %+v, made %v, %w", two, made, err)
	}
	if _, err := store(ctx, d, tree.Target{FolderID: two.ID, Name: "a.txt"}, "deep"); err != nil {
		return err
	}
	return errors.Join(expect(ctx, d, d.Root(), map[string]string{"one/": ""}),
		expect(ctx, d, one.ID, map[string]string{"one/": ""}), expect(ctx, d, two.ID, map[string]string{"a.txt": "deep"}))
}

func foldersAtOnce(ctx context.Context, d tree.Destination) error {
	const callers = 8
	var all sync.WaitGroup
	var ids [callers]string
	var errs [callers]error
	for i := range callers {
		all.Go(func() {
			e, _, err := d.MakeFolder(ctx, d.Root(), "shared")
			ids[i], errs[i] = e.ID, err
		})
	}
	all.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	if slices.ContainsFunc(ids[:], func(id string) bool { return id != ids[0] || id == "" }) {
		return fmt.Errorf("the folder that %d callers make at once has the IDs %q", callers, ids)
	}
	return expect(ctx, d, d.Root(), map[string]string{"shared/": ""})
}

func versions(ctx context.Context, d tree.Destination) error {
	target := tree.Target{FolderID: d.Root(), Name: "a.txt"}
	first, err := store(ctx, d, target, "first")
	if err != nil {
		return err
	}
	target.DocumentID = first.ID
	second, err := store(ctx, d, target, "the second")
	if err != nil {
		return err
	}
	if second.ID != first.ID || first.Version != "" && first.Version == second.Version {
		return fmt.Errorf("the second version is %+v, after %+v", second, first)
	}
	if first.Version != "" {
		if old, err := content(ctx, d, first); err != nil || old != "first" {
			return fmt.Errorf("the first version holds %q, %w", old, err)
		}
	}
	return expect(ctx, d, d.Root(), map[string]string{"a.txt": "the second"})
}

func destinationNames(_ context.Context, d tree.Destination) error {
	for _, name := range []string{"a.txt", "with space", "caf\u00e9", "cafe\u0301", "日本.txt"} {
		stored, key, err := d.Name(name, false)
		if err != nil || stored == "" || key == "" {
			return fmt.Errorf("Name(%q): %q, %q, %w", name, stored, key, err)
		}
		again, other, err := d.Name(stored, false)
		if err != nil || again != stored || other != key {
			return fmt.Errorf("the name %q is stored as %q, and that as %q, with the keys %q and %q, %w",
				name, stored, again, key, other, err)
		}
	}
	for _, name := range []string{"", ".", "..", "a/b", "/", "a\x00b"} {
		if stored, _, err := d.Name(name, false); err == nil && (stored == name || !fs.ValidPath(stored) ||
			strings.Contains(stored, "/")) {
			return fmt.Errorf("the name %q is stored as %q", name, stored)
		}
	}
	return nil
}

func missing(ctx context.Context, d tree.Destination) error {
	folder, _, err := d.MakeFolder(ctx, d.Root(), "folder")
	if err != nil {
		return err
	}
	none := strings.Repeat("0", len(folder.ID)) // an ID of the right form
	for _, err := range d.List(ctx, none) {
		if !errors.Is(err, docferry.ErrNotFound) && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, docferry.ErrForbidden) {
			return fmt.Errorf("listing a folder that does not exist: %w", err)
		}
		break
	}
	if got, err := contents(ctx, d, none); err == nil {
		return fmt.Errorf("a folder that does not exist has %v", got)
	}
	if _, err := store(ctx, d, tree.Target{FolderID: none, Name: "a.txt"}, "x"); err == nil {
		return errors.New("an upload into a folder that does not exist succeeds")
	}
	return nil
}

// someFiles is a small tree.
func someFiles() fstest.MapFS {
	return fstest.MapFS{
		"a.txt":       {Data: []byte("one")},
		"sub/b.txt":   {Data: bytes.Repeat([]byte("two"), 30_000)},
		"sub/c/d.txt": {Data: []byte("three")},
		"sub/zero":    {},
		"empty":       {Mode: fs.ModeDir | 0o755},
	}
}

func fileSystem(ctx context.Context, d tree.Destination) error {
	for o := range tree.Copy(ctx, d, someFiles(), tree.Options{}) {
		if o.Err != nil {
			return o.Err
		}
	}
	return fstest.TestFS(tree.FS(ctx, d, nil), "a.txt", "sub/b.txt", "sub/c/d.txt", "sub/zero", "empty")
}

func copyTwice(ctx context.Context, d tree.Destination) error {
	from := someFiles()
	run := func() (map[string]tree.Action, error) {
		actions := make(map[string]tree.Action)
		for o := range tree.Copy(ctx, d, from, tree.Options{}) {
			if o.Err != nil {
				return nil, o.Err
			}
			actions[o.Path] = o.Action
		}
		return actions, nil
	}
	for n, want := range []map[string]tree.Action{
		{"a.txt": tree.ActionCreate, "sub/b.txt": tree.ActionCreate, "sub/c/d.txt": tree.ActionCreate,
			"sub/zero": tree.ActionCreate, "empty": tree.ActionFolder, "sub": tree.ActionFolder, "sub/c": tree.ActionFolder},
		{"a.txt": tree.ActionSkip, "sub/b.txt": tree.ActionSkip, "sub/c/d.txt": tree.ActionSkip, "sub/zero": tree.ActionSkip},
		{"a.txt": tree.ActionVersion, "sub/b.txt": tree.ActionSkip, "sub/c/d.txt": tree.ActionSkip, "sub/zero": tree.ActionSkip},
	} {
		if n == 2 {
			from["a.txt"] = &fstest.MapFile{Data: []byte("ONE")}
		}
		got, err := run()
		if err != nil {
			return err
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			return fmt.Errorf("copy %d did %v, want %v", n+1, got, want)
		}
	}
	return expect(ctx, d, d.Root(), map[string]string{"a.txt": "ONE", "sub/": "", "empty/": ""})
}

// cleanNothing checks that a claim of an upload that left nothing removes nothing.
func cleanNothing(ctx context.Context, d tree.Destination) error {
	cleaner, ok := d.(tree.Cleaner)
	if !ok {
		return nil
	}
	target := tree.Target{FolderID: d.Root(), Name: "a.txt", Claim: upload.NewClaim()}
	if err := cleaner.Clean(ctx, target); err != nil {
		return fmt.Errorf("cleaning before the upload: %w", err)
	}
	if _, err := store(ctx, d, target, "one"); err != nil {
		return err
	}
	if err := cleaner.Clean(ctx, target); err != nil {
		return fmt.Errorf("cleaning after the upload: %w", err)
	}
	return expect(ctx, d, d.Root(), map[string]string{"a.txt": "one"})
}
