package workdocs_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// decomposed are names as macOS hands them out, and one that has both forms.
var decomposed = []string{
	"Re\u0301sume\u0301.pdf", "\u1112\u1161\u11ab\u1100\u1173\u11af.txt", "\u304b\u3099.txt",
	"o\u0323\u0302.tar.gz", "e\u0301te\u0301 \u00e9t\u00e9.txt",
}

// composing runs test for each of the decomposed names, on a server that
// composes names.
func composing(t *testing.T, test func(b *bench, src upload.Source)) {
	t.Helper()
	for _, name := range decomposed {
		inBubble(t, func(b *bench) {
			b.srv.ComposeNames(true)
			test(b, upload.Bytes(name, []byte("some content")))
		})
	}
}

// TestBeginComposed is F02 and F08 with a service that stores names in another
// Unicode form: the draft of the lost answer is found and aborted.
func TestBeginComposed(t *testing.T) {
	composing(t, func(b *bench, src upload.Source) {
		b.srv.Next(initiate, workdocstest.LoseAnswer())
		b.check(background, src, outcome{active: 1,
			calls: []string{initiate, "DescribeFolderContents", abort, initiate, "PutObject", update, "GetDocumentVersion"}})
	})
	composing(t, func(b *bench, src upload.Source) {
		b.srv.Next(initiate, workdocstest.LoseAnswer())
		b.srv.Next(initiate, workdocstest.Refuse(409, workdocs.CodeEntityAlreadyExists, "taken"))
		b.check(background, src, outcome{state: upload.StateRolledBack, stage: upload.StageBegin, is: docferry.ErrConflict})
	})
}

// As TestBeginComposed, for a version of a document.
func TestBeginVersionComposed(t *testing.T) {
	composing(t, func(b *bench, src upload.Source) {
		document, _ := b.srv.AddDocument(b.folder, src.Name, []byte("first"))
		b.srv.Next(initiate, workdocstest.LoseAnswer())
		result, err := b.client.Uploader(workdocs.UploadTo{DocumentID: document}).Upload(background, src)
		if err != nil || result.ID != document || len(result.Left) > 0 {
			b.Errorf("%+q: %+v, %v", src.Name, result, err)
		}
		if drafts := b.srv.Drafts(b.folder); len(drafts) > 0 {
			b.Errorf("%+q: the drafts %v remain", src.Name, drafts)
		}
	})
}

// A draft whose name is the same but for its form is not touched without proof.
func TestBeginComposedIsNoProof(t *testing.T) {
	composing(t, func(b *bench, src upload.Source) {
		theirs, err := b.client.InitiateDocumentVersionUpload(background, workdocs.InitiateDocumentVersionUploadRequest{
			ParentFolderID: b.folder, Name: norm.NFC.String(src.Name)})
		if err != nil {
			b.Fatal(err)
		}
		b.srv.Next(initiate, workdocstest.LoseRequest())
		result, err := b.uploader().Upload(background, src)
		want := upload.Ref{ID: theirs.Metadata.ID, Version: theirs.Metadata.LatestVersionMetadata.ID}
		if err != nil || len(result.Left) != 1 || result.Left[0] != want {
			b.Errorf("%+q: %+v, %v; want %v left", src.Name, result, err, want)
		}
		if drafts := b.srv.Drafts(b.folder); len(drafts) != 1 || drafts[0] != want.ID {
			b.Errorf("%+q: the drafts are %v", src.Name, drafts)
		}
	})
}

// Another name is another upload's, however alike it looks.
func TestBeginBesideOtherNames(t *testing.T) {
	composing(t, func(b *bench, src upload.Source) {
		for _, name := range []string{"Resume.pdf", src.Name + "\u0301", "\u202f" + src.Name} {
			_, err := b.client.InitiateDocumentVersionUpload(background, workdocs.InitiateDocumentVersionUploadRequest{
				ParentFolderID: b.folder, Name: name})
			if err != nil {
				b.Fatal(err)
			}
		}
		b.srv.Next(initiate, workdocstest.LoseRequest())
		result, err := b.uploader().Upload(background, src)
		if err != nil || len(result.Left) != 0 {
			b.Errorf("%+q: %+v, %v", src.Name, result, err)
		}
	})
}

// An answer to the commit that is lost is asked for by ID, and the name does not
// matter.
func TestCommitComposed(t *testing.T) {
	composing(t, func(b *bench, src upload.Source) {
		b.srv.Next(update, workdocstest.LoseAnswer())
		b.check(background, src, stored)
		_, err := b.uploader().Upload(background, src)
		if refused, ok := errors.AsType[*docferry.Error](err); !ok || refused.Code != workdocs.CodeEntityAlreadyExists {
			b.Errorf("%+q again: %v", src.Name, err)
		}
	})
}

// The test server composes the names of all that it stores, if it is told to.
func TestServerComposes(t *testing.T) {
	const composed, name = "caf\u00e9", "cafe\u0301"
	for _, on := range []bool{false, true} {
		inBubble(t, func(b *bench) {
			b.srv.ComposeNames(on)
			want := name
			if on {
				want = composed
			}
			made, err := b.client.CreateFolder(background, workdocs.CreateFolderRequest{ParentFolderID: b.folder, Name: name})
			if err != nil {
				b.Fatal(err)
			}
			b.srv.AddFolder(made.Metadata.ID, name)
			document, _ := b.srv.AddDocument(made.Metadata.ID, "other", nil)
			if err := b.client.UpdateDocument(background,
				workdocs.UpdateDocumentRequest{DocumentID: document, Name: name}); err != nil {
				b.Fatal(err)
			}
			shown := []string{made.Metadata.Name}
			for item, err := range b.client.AllFolderContents(background,
				workdocs.DescribeFolderContentsRequest{FolderID: made.Metadata.ID}) {
				if err != nil {
					b.Fatal(err)
				}
				shown = append(shown, item.Name())
			}
			if diff := cmp.Diff([]string{want, want, want}, shown); diff != "" {
				b.Errorf("composing %v (-want +got):\n%s", on, diff)
			}
			_, err = b.client.CreateFolder(background, workdocs.CreateFolderRequest{ParentFolderID: b.folder, Name: composed})
			if taken := errors.Is(err, docferry.ErrConflict); taken != on {
				b.Errorf("composing %v: %v", on, err)
			}
		})
	}
}
