package workdocs_test

import (
	"errors"
	"io/fs"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/tree"
	"github.com/docferry/docferry/upload/uploadtest"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

func TestDestination(t *testing.T) {
	uploadtest.TestDestination(t, func(t testing.TB) tree.Destination {
		b := newBench(t.(*testing.T), workdocstest.NewServer(t.(*testing.T)), nil)
		return b.client.Destination(workdocs.UploadTo{FolderID: b.folder})
	})
}

func TestFS(t *testing.T) {
	srv := workdocstest.NewServer(t)
	b := newBench(t, srv, nil)
	sub := srv.AddFolder(b.folder, "sub")
	document, _ := srv.AddDocument(sub, "a.txt", []byte("one"))
	srv.AddDocument(b.folder, "b/c", []byte("no part of a path"))
	if _, err := b.client.InitiateDocumentVersionUpload(t.Context(), workdocs.InitiateDocumentVersionUploadRequest{
		ParentFolderID: b.folder, Name: "draft", DocumentSizeInBytes: new(int64)}); err != nil {
		t.Fatal(err)
	}
	modified := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	src := upload.Bytes("a.txt", []byte("the second"))
	src.ModTime = modified
	if _, err := b.client.Uploader(workdocs.UploadTo{DocumentID: document}).Upload(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	var skipped []string
	fsys := b.client.FS(t.Context(), b.folder, workdocs.FSOptions{Metadata: true,
		Skipped: func(path string, _ error) { skipped = append(skipped, path) }})
	got, err := fs.ReadFile(fsys, "sub/a.txt")
	if err != nil || string(got) != "the second" {
		t.Errorf("a.txt holds %q, %v", got, err)
	}
	info, err := fs.Stat(fsys, "sub/a.txt")
	if err != nil {
		t.Fatal(err)
	}
	if meta, ok := info.Sys().(*workdocs.DocumentMetadata); !ok || meta.ID != document || !info.ModTime().Equal(modified) {
		t.Errorf("a.txt is %v, with %#v", info, info.Sys())
	}
	old, err := fs.ReadFile(b.client.FS(t.Context(), b.folder, workdocs.FSOptions{Versions: true}), "sub/a.txt.~1~")
	if err != nil || string(old) != "one" {
		t.Errorf("the first version holds %q, %v", old, err)
	}
	entries, err := fs.ReadDir(b.client.FS(t.Context(), b.folder), ".")
	if err != nil || len(entries) != 1 || entries[0].Name() != "sub" {
		t.Errorf("the folder has %v, %v", entries, err)
	}
	if diff := cmp.Diff([]string{"b/c"}, skipped); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	if _, err := fs.Stat(b.client.FS(t.Context(), document), "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file system of a document: %v", err)
	}
}

func TestDestinationRefusesNames(t *testing.T) {
	b := newBench(t, workdocstest.NewServer(t), nil)
	d := b.client.Destination(workdocs.UploadTo{FolderID: b.folder})
	for _, name := range []string{"a\x00", "a\u202eb", "\xff", string(make([]rune, 300)), "a/b", "."} {
		_, _, err := d.Name(name, false)
		if _, ok := errors.AsType[*docferry.InputError](err); !ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// What an upload has left is found by its claim, whatever call its program died in, and
// nothing else is touched.
func TestAbortClaimed(t *testing.T) {
	inBubble(t, func(b *bench) {
		document, _ := b.srv.AddDocument(b.folder, "there.txt", []byte("one"))
		other := workdocs.UploadTo{DocumentID: document, Claim: upload.NewClaim()}
		for _, to := range []workdocs.UploadTo{{FolderID: b.folder}, {DocumentID: document}} {
			to.Claim = upload.NewClaim()
			src := upload.Bytes("there.txt", []byte("two"))
			uploads := []workdocs.UploadTo{to, other}
			if to.FolderID != "" {
				src.Name = "new.txt"
				src.ModTime = time.Now().Add(-time.Hour)
				uploads = uploads[:1]
			}
			for _, u := range uploads {
				b.die(u, src)
			}
			if n := len(b.srv.Drafts(b.folder)); n != 1 {
				b.Fatalf("%d documents have a draft", n)
			}
			if got, err := b.client.AbortClaimed(b.Context(), to, "other.txt", src.ModTime); err != nil || len(got) != 0 {
				b.Errorf("by another name: %v, %v", got, err)
			}
			got, err := b.client.AbortClaimed(b.Context(), to, src.Name, src.ModTime)
			if err != nil || len(got) != 1 {
				b.Errorf("aborted %v, %v", got, err)
			}
			if got, err = b.client.AbortClaimed(b.Context(), to, src.Name, src.ModTime); err != nil || len(got) != 0 {
				b.Errorf("aborted %v, %v, for the second time", got, err)
			}
		}
		if got, err := b.client.AbortClaimed(b.Context(), other, "there.txt", time.Time{}); err != nil || len(got) != 1 {
			b.Errorf("aborted %v, %v, of the other upload", got, err)
		}
		for _, to := range []workdocs.UploadTo{{FolderID: b.folder}, {Claim: upload.NewClaim()}} {
			if _, err := b.client.AbortClaimed(b.Context(), to, "a", time.Time{}); err == nil {
				b.Errorf("%+v is accepted", to)
			}
		}
	})
}

// die begins an upload. Nothing that the client sends gets through any more once the
// draft is there, as if the program had been killed.
func (b *bench) die(to workdocs.UploadTo, src upload.Source) {
	b.Helper()
	b.srv.Keep("PutObject", workdocstest.LoseRequest())
	b.srv.Keep("AbortDocumentVersionUpload", workdocstest.LoseRequest())
	defer b.srv.ClearFaults()
	if _, err := b.client.Uploader(to).Upload(b.Context(), src); err == nil {
		b.Fatal("the upload succeeds")
	}
}
