package oracledocs_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
)

// decomposed are names as macOS hands them out, and one that has both forms.
var decomposed = []string{
	"Re\u0301sume\u0301.pdf", "\u1112\u1161\u11ab\u1100\u1173\u11af.txt", "\u304b\u3099.txt",
	"o\u0323\u0302.tar.gz", "e\u0301te\u0301 \u00e9t\u00e9.txt",
}

// composing runs test for each of the decomposed names, on a server that
// composes names.
func composing(t *testing.T, test func(s *shelf, src upload.Source)) {
	t.Helper()
	for _, name := range decomposed {
		onShelf(t, func(s *shelf) {
			s.srv.ComposeNames(true)
			test(s, upload.Bytes(name, []byte("what is new")))
		})
	}
}

// stored checks that a folder holds one file of the source's name, whose latest
// version is the result, and that the form was sent so many times.
func (s *shelf) stored(src upload.Source, result *upload.Result, err error, version string, forms int) {
	s.Helper()
	if err != nil || result.Version != version {
		s.Errorf("%+q: %+v, %v; want version %s", src.Name, result, err, version)
		return
	}
	if got, err := s.content(result); err != nil || string(got) != "what is new" {
		s.Errorf("%+q: version %s holds %q (%v)", src.Name, result.Version, got, err)
	}
	last, err := strconv.Atoi(version)
	if _, more := s.srv.Content(result.ID, last+1); more || err != nil {
		s.Errorf("%+q: there is a version after %s (%v)", src.Name, version, err)
	}
	if files, _ := s.count(); files != 1 {
		s.Errorf("%+q: %d files are stored", src.Name, files)
	}
	if sent := s.sent(); sent != forms {
		s.Errorf("%+q: sent %d times, want %d", src.Name, sent, forms)
	}
}

// sent is how many forms the server was sent.
func (s *shelf) sent() int { return strings.Count(strings.Join(s.srv.Calls(), " ")+" ", "UploadFile ") }

// TestUploadComposed is F83: the service stores a name in another Unicode form
// and the answer is lost. The file is found, at once or late, as a new one or as
// a version, and is not sent twice.
func TestUploadComposed(t *testing.T) {
	for name, fault := range map[string]oracledocstest.Fault{
		"answer lost": oracledocstest.LoseAnswer(),
		"late":        oracledocstest.Late(time.Minute, oracledocstest.Answer(504, "gateway timeout")),
	} {
		t.Run(name, func(t *testing.T) {
			composing(t, func(s *shelf, src upload.Source) {
				s.srv.Next("UploadFile", fault)
				result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(), src)
				s.stored(src, result, err, "1", 1)
			})
			composing(t, func(s *shelf, src upload.Source) {
				s.srv.AddFile(oracledocstest.User, s.folder, src.Name, []byte("before"))
				s.srv.Next("UploadFile", fault)
				result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(), src)
				s.stored(src, result, err, "2", 1)
			})
			composing(t, func(s *shelf, src upload.Source) {
				id := s.srv.AddFile(oracledocstest.User, s.folder, src.Name, []byte("before"))
				s.srv.Next("UploadFileVersion", fault)
				result, err := s.client.VersionUploader(id).Upload(s.Context(), src)
				s.stored(src, result, err, "2", 0)
			})
		})
	}
}

// The answer is about a file of the composed name, which is no error.
func TestUploadComposedAndAnswered(t *testing.T) {
	composing(t, func(s *shelf, src upload.Source) {
		result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(), src)
		s.stored(src, result, err, "1", 1)
		if f, ok := result.Detail.(*oracledocs.File); !ok || f.Name != norm.NFC.String(src.Name) {
			s.Errorf("%+q: Detail is %+v", src.Name, result.Detail)
		}
	})
}

// A name that the service composes is taken by the file that has it composed.
func TestUploadMustBeNewComposed(t *testing.T) {
	composing(t, func(s *shelf, src upload.Source) {
		s.srv.AddFile(oracledocstest.User, s.folder, strings.ToUpper(src.Name), []byte("before"))
		_, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder, MustBeNew: true}).Upload(s.Context(), src)
		if !errors.Is(err, docferry.ErrConflict) || s.sent() != 0 {
			s.Errorf("%+q: %v, after %d forms", src.Name, err, s.sent())
		}
	})
}

// The name that the service chooses is made from the composed one.
func TestUploadRenamedComposed(t *testing.T) {
	composing(t, func(s *shelf, src upload.Source) {
		s.srv.AddFile(oracledocstest.User, s.folder, src.Name, []byte("before"))
		s.srv.Next("UploadFile", oracledocstest.LoseAnswer())
		result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder,
			DuplicateResolution: oracledocs.DuplicateResolutionResolveDuplicates}).Upload(s.Context(), src)
		if err != nil || result.Version != "1" || s.sent() != 1 {
			s.Errorf("%+q: %+v, %v, after %d forms", src.Name, result, err, s.sent())
		}
	})
}

// What the first of two forms may become is named, although the service calls
// the file by another form of the name.
func TestUploadComposedSentAgain(t *testing.T) {
	composing(t, func(s *shelf, src upload.Source) {
		id := s.srv.AddFile(oracledocstest.User, s.folder, src.Name, []byte("before"))
		s.srv.Next("UploadFile", oracledocstest.LoseRequest())
		result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder, SendAgain: true}).Upload(s.Context(), src)
		late := upload.Ref{ID: id, Version: "3"}
		if err != nil || result.Version != "2" || len(result.Left) != 1 || result.Left[0] != late {
			s.Errorf("%+q: %+v, %v; want %v left", src.Name, result, err, late)
		}
	})
	composing(t, func(s *shelf, src upload.Source) { // of a new file, too
		s.srv.Next("UploadFile", oracledocstest.Late(time.Hour, oracledocstest.LoseRequest()))
		result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder, SendAgain: true}).Upload(s.Context(), src)
		if err != nil || len(result.Left) != 1 || result.Left[0] != (upload.Ref{ID: result.ID, Version: "2"}) {
			s.Errorf("%+q: %+v, %v", src.Name, result, err)
		}
	})
}

// A name that is the same but for its form proves nothing: the content of the
// colleague's file is another one, or was there before.
func TestUploadComposedIsNoProof(t *testing.T) {
	composing(t, func(s *shelf, src upload.Source) {
		s.srv.Next("UploadFile", oracledocstest.LoseRequest())
		time.AfterFunc(5*time.Second, func() {
			s.srv.AddFile(oracledocstest.User, s.folder, src.Name, []byte("what is not"))
		})
		_, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(), src)
		unknown(s, err)
	})
	composing(t, func(s *shelf, src upload.Source) {
		id := s.srv.AddFile(oracledocstest.User, s.folder, src.Name, []byte("what is new"))
		s.srv.Next("UploadFile", oracledocstest.LoseRequest())
		_, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(), src)
		unknown(s, err, upload.Ref{ID: id, Version: "2"})
	})
}

// A service that keeps the forms apart has two files then. The upload's own is
// reported, and the other one, of the same content, is not.
func TestUploadBesideItsComposedTwin(t *testing.T) {
	for _, name := range decomposed {
		onShelf(t, func(s *shelf) {
			src, twin := upload.Bytes(name, []byte("what is new")), norm.NFC.String(name)
			theirs := s.srv.AddFile(oracledocstest.User, s.folder, twin, []byte("what is new"))
			s.srv.Next("UploadFile", oracledocstest.LoseAnswer())
			result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(), src)
			if err != nil || result.ID == theirs || result.Version != "1" {
				s.Errorf("%+q: %+v, %v; the twin is %s", name, result, err, theirs)
			}
		})
	}
}

// The service has an old file under the decomposed name and composes the names
// of new ones, so that the upload becomes another file, which is found.
func TestUploadBesideItsOldSelf(t *testing.T) {
	for _, name := range decomposed {
		onShelf(t, func(s *shelf) {
			old := s.srv.AddFile(oracledocstest.User, s.folder, name, []byte("what is new"))
			s.srv.ComposeNames(true)
			s.srv.Next("UploadFile", oracledocstest.LoseAnswer())
			result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(),
				upload.Bytes(name, []byte("what is new")))
			if err != nil || result.ID == old || result.Version != "1" || s.sent() != 1 {
				s.Errorf("%+q: %+v, %v; the old one is %s", name, result, err, old)
			}
		})
	}
}

// Of two files, the one whose name is exactly the source's is the one that gets
// the version, in whatever order the service lists them.
func TestUploadToOneOfTwins(t *testing.T) {
	for _, name := range decomposed {
		for _, own := range []string{name, norm.NFC.String(name)} {
			onShelf(t, func(s *shelf) {
				id := s.srv.AddFile(oracledocstest.User, s.folder, own, []byte("before"))
				for _, form := range []norm.Form{norm.NFC, norm.NFD} {
					if twin := form.String(own); twin != own {
						s.srv.AddFile(oracledocstest.User, s.folder, twin, []byte("before"))
					}
				}
				for _, to := range []oracledocs.UploadTo{
					{FolderID: s.folder}, {FolderID: s.folder, DuplicateResolution: oracledocs.DuplicateResolutionReviseDuplicates},
				} {
					s.srv.Next("UploadFile", oracledocstest.LoseRequest())
					_, err := s.client.Uploader(to).Upload(s.Context(), upload.Bytes(own, []byte("what is new")))
					unknown(s, err, upload.Ref{ID: id, Version: "2"})
				}
			})
		}
	}
}

// The test server composes the names of all that it stores, if it is told to.
func TestServerComposes(t *testing.T) {
	const composed, name = "caf\u00e9", "cafe\u0301"
	for _, on := range []bool{false, true} {
		s := newShelf(t, newServer(t), oracledocs.V1_2)
		s.srv.ComposeNames(on)
		want := name
		if on {
			want = composed
		}
		ctx := s.Context()
		folder := must(s.client.CreateFolder(ctx, oracledocs.CreateFolderRequest{FolderID: s.folder, Name: name}))(s)
		shown := []string{folder.Name}
		bulk := must(s.client.BulkCreateFolders(ctx, oracledocs.BulkCreateFoldersRequest{FolderID: folder.ID,
			Folders: []oracledocs.NewFolder{{Name: name}}}))(s)
		shown = append(shown, bulk.Items[0].Name)
		renamed := must(s.client.EditFolder(ctx, oracledocs.EditFolderRequest{FolderID: bulk.Items[0].ID,
			Name: name + "s"}))(s)
		shown = append(shown, strings.TrimSuffix(renamed.Name, "s"))
		file := s.srv.AddFile(oracledocstest.User, folder.ID, name, nil)
		shown = append(shown, must(s.client.GetFile(ctx, oracledocs.GetFileRequest{FileID: file}))(s).Name)
		edited := must(s.client.EditFile(ctx, oracledocs.EditFileRequest{FileID: file, Name: "x" + name}))(s)
		shown = append(shown, strings.TrimPrefix(edited.Name, "x"))
		if diff := cmp.Diff([]string{want, want, want, want, want}, shown); diff != "" {
			t.Errorf("composing %v (-want +got):\n%s", on, diff)
		}
		again := s.srv.AddFile(oracledocstest.User, folder.ID, "x"+composed, nil)
		if same := again == file; same != on {
			t.Errorf("composing %v: the composed name is the same file: %v", on, same)
		}
	}
}
