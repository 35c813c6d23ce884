package oracledocs_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/tree"
	"github.com/docferry/docferry/upload/uploadtest"
)

func TestDestination(t *testing.T) {
	for _, version := range []oracledocs.Version{oracledocs.V1_1, oracledocs.V1_2} {
		t.Run(string(version), func(t *testing.T) {
			uploadtest.TestDestination(t, func(t testing.TB) tree.Destination {
				s := newShelf(t.(*testing.T), oracledocstest.NewServer(t.(*testing.T)), version)
				return s.client.Destination(oracledocs.UploadTo{FolderID: s.folder})
			})
		})
	}
}

func TestFS(t *testing.T) {
	s := newShelf(t, oracledocstest.NewServer(t), oracledocs.V1_2)
	sub := s.srv.AddFolder(oracledocstest.User, s.folder, "sub")
	file := s.srv.AddFile(oracledocstest.User, sub, "a.txt", []byte("one"))
	fsys := s.client.FS(t.Context(), s.folder, oracledocs.FSOptions{Metadata: true})
	got, err := fs.ReadFile(fsys, "sub/a.txt")
	if err != nil || string(got) != "one" {
		t.Errorf("a.txt holds %q, %v", got, err)
	}
	info, err := fs.Stat(fsys, "sub/a.txt")
	if err != nil {
		t.Fatal(err)
	}
	if item, ok := info.Sys().(*oracledocs.FolderItem); !ok || item.ID != file || info.Size() != 3 {
		t.Errorf("a.txt is %v, with %#v", info, info.Sys())
	}
	for _, content := range []string{"the second", "the third"} {
		if _, err := s.client.VersionUploader(file).Upload(t.Context(), upload.Bytes("a.txt", []byte(content))); err != nil {
			t.Fatal(err)
		}
	}
	s.srv.AddFile(oracledocstest.User, sub, "a.txt.~2~", []byte("a file of its own"))
	versions := s.client.FS(t.Context(), s.folder, oracledocs.FSOptions{Versions: true})
	for name, want := range map[string]string{"a.txt": "the third", "a.txt.~1~": "one", "a.txt.~2~": "a file of its own"} {
		if got, err := fs.ReadFile(versions, "sub/"+name); err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v; want %q", name, got, err, want)
		}
	}
	if entries, err := fs.ReadDir(versions, "sub"); err != nil || len(entries) != 3 {
		t.Errorf("the folder has %v, %v", entries, err)
	}
}

func TestDestinationRefusesNames(t *testing.T) {
	s := newShelf(t, oracledocstest.NewServer(t), oracledocs.V1_2)
	d := s.client.Destination(oracledocs.UploadTo{FolderID: s.folder})
	for _, c := range []struct {
		name   string
		folder bool
	}{{"a\x00", false}, {"\xff", false}, {"a/b", false}, {"..", false}, {`a\b`, true}, {"a?", true}, {"a*", true},
		{string(make([]rune, 256)), true}} {
		_, _, err := d.Name(c.name, c.folder)
		if _, ok := errors.AsType[*docferry.InputError](err); !ok {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, _, err := d.Name("a?*.txt", false); err != nil {
		t.Errorf("a file: %v", err)
	}
}

// A folder that the service numbers is removed if it is empty, and only then.
func TestNumberedFolder(t *testing.T) {
	s := newShelf(t, oracledocstest.NewServer(t), oracledocs.V1_2)
	d := s.client.Destination(oracledocs.UploadTo{FolderID: s.folder})
	there := s.srv.AddFolder(oracledocstest.User, s.folder, "Shared")
	got, made, err := d.MakeFolder(t.Context(), s.folder, "shared")
	if err != nil || made || got.ID != there {
		t.Errorf("MakeFolder: %+v, %v, %v; want the folder %s", got, made, err, there)
	}
	list := func() (names []string) {
		for e, err := range d.List(t.Context(), s.folder) {
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, e.Name)
		}
		return names
	}
	if diff := cmp.Diff([]string{"Shared"}, list()); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
	// Another user is quick to put something into the second folder.
	s.srv.Next("CreateFolder", oracledocstest.EditAnswer(func(members map[string]any) {
		id, _ := members["id"].(string)
		s.srv.AddFile(oracledocstest.User, id, "theirs.txt", []byte("theirs"))
	}))
	if _, _, err = d.MakeFolder(t.Context(), s.folder, "shared"); err == nil {
		t.Error("the folder that is not empty was removed")
	}
	if diff := cmp.Diff([]string{"Shared", "shared(2)"}, list()); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
}

// The answer of making a folder is lost: it is found by its name.
func TestFolderWhoseAnswerIsLost(t *testing.T) {
	s := newShelf(t, oracledocstest.NewServer(t), oracledocs.V1_2)
	d := s.client.Destination(oracledocs.UploadTo{FolderID: s.folder})
	s.srv.Next("CreateFolder", oracledocstest.LoseAnswer())
	got, made, err := d.MakeFolder(t.Context(), s.folder, "lost")
	if err != nil || made || got.ID == "" || got.Name != "lost" {
		t.Errorf("MakeFolder: %+v, %v, %v", got, made, err)
	}
	s.srv.Next("CreateFolder", oracledocstest.LoseRequest())
	if got, _, err := d.MakeFolder(t.Context(), s.folder, "never"); !docferry.OutcomeUnknown(err) {
		t.Errorf("MakeFolder: %+v, %v", got, err)
	}
}
