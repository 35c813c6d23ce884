package oracledocs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/uploadtest"
)

// shelf is a client, its server, and a folder to upload to.
type shelf struct {
	*testing.T
	srv    *oracledocstest.Server
	client *oracledocs.Client
	folder string
}

func newShelf(t *testing.T, srv *oracledocstest.Server, version oracledocs.Version) *shelf {
	return &shelf{t, srv, newClient(t, srv, version), srv.AddFolder(oracledocstest.User, "self", "Uploads")}
}

// onShelf runs test on a fake clock.
func onShelf(t *testing.T, test func(s *shelf)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		srv := oracledocstest.New()
		defer func() {
			srv.Close()
			time.Sleep(time.Minute) // the server's connections take their time to close
		}()
		test(newShelf(t, srv, oracledocs.V1_2))
	})
}

func (s *shelf) count() (stored, unfinished int) {
	s.Helper()
	for _, err := range s.client.AllFolderContents(context.Background(),
		oracledocs.GetFolderContentsRequest{FolderID: s.folder}) {
		if err != nil {
			s.Fatal(err)
		}
		stored++
	}
	return stored, 0
}

func (s *shelf) content(r *upload.Result) ([]byte, error) {
	version, err := strconv.Atoi(r.Version)
	if err != nil {
		return nil, err
	}
	content, ok := s.srv.Content(r.ID, version)
	if !ok {
		return nil, fmt.Errorf("no file %s version %s", r.ID, r.Version)
	}
	return content, nil
}

func TestUploader(t *testing.T) {
	for _, version := range []oracledocs.Version{oracledocs.V1_1, oracledocs.V1_2} {
		t.Run(string(version), func(t *testing.T) {
			uploadtest.Test(t, func(tb testing.TB) *uploadtest.Harness {
				t := tb.(*testing.T)
				s := newShelf(t, oracledocstest.NewServer(t), version)
				return &uploadtest.Harness{
					Uploader: s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder, FindTime: time.Millisecond}),
					Content:  s.content, Count: s.count,
					Existing: func(name string, content []byte) (*upload.Result, error) {
						return &upload.Result{ID: s.srv.AddFile(oracledocstest.User, s.folder, name, content), Version: "1"}, nil
					},
					LoseNext: func() { s.srv.Next("UploadFile", oracledocstest.LoseRequest()) },
					Name: func(r *upload.Result) (string, error) {
						f, err := s.client.GetFile(context.Background(), oracledocs.GetFileRequest{FileID: r.ID})
						if err != nil {
							return "", err
						}
						return f.Name, nil
					},
				}
			})
		})
	}
}

func TestUploaderInput(t *testing.T) {
	s := newShelf(t, newServer(t), oracledocs.V1_2)
	for field, to := range map[string]oracledocs.UploadTo{
		"UploadTo.FolderID":  {},
		"UploadTo.FolderID#": {FolderID: "a", FileID: "b"},
		"UploadTo.FileID":    {FileID: "b", MustBeNew: true},
		"FileID":             {FileID: ".."},
		"AccessToken":        {FolderID: "self", Access: oracledocs.Access{AccessToken: "half"}},
		"AppLinkID":          {FolderID: "self", Access: oracledocs.Access{AppLinkID: "half"}},
		"AccessCode":         {FolderID: "self", Access: oracledocs.Access{AccessCode: "half"}},
	} {
		field, _, _ = strings.Cut(field, "#")
		_, err := s.client.Uploader(to).Upload(context.Background(), upload.Bytes("a.txt", nil))
		bad, ok := errors.AsType[*docferry.InputError](err)
		if !ok || bad.Field != field {
			t.Errorf("%s: %v", field, err)
		}
		if ended, ok := errors.AsType[*upload.Error](err); !ok || ended.State != upload.StateNotStarted {
			t.Errorf("%s: %v", field, err)
		}
	}
	if calls := s.srv.Calls(); len(calls) != 0 {
		t.Errorf("sent %v", calls)
	}
}

var text = upload.Bytes("Readme.txt", []byte("what is new"))

// TestUploadUnanswered is F78, F79 and F80: the answer is lost. The number of
// versions says whether anything was sent twice.
func TestUploadUnanswered(t *testing.T) {
	for name, c := range map[string]struct {
		before string // name of a file that is there
		toFile bool   // upload a version of it by its ID
		again  bool   // with SendAgain
		faults []oracledocstest.Fault
		want   int64 // the version that is written
	}{
		"new file":                {faults: []oracledocstest.Fault{oracledocstest.LoseAnswer()}, want: 1},
		"new file, cut":           {faults: []oracledocstest.Fault{oracledocstest.CutAnswer(10)}, want: 1},
		"new file, never arrived": {again: true, faults: []oracledocstest.Fault{oracledocstest.LoseRequest()}, want: 1},
		"new file, 502": {again: true,
			faults: []oracledocstest.Fault{oracledocstest.Answer(502, "bad gateway")}, want: 1},
		"new file, lost twice": {again: true,
			faults: []oracledocstest.Fault{oracledocstest.LoseRequest(), oracledocstest.LoseAnswer()}, want: 1},
		"taken name": {before: "Readme.txt", faults: []oracledocstest.Fault{oracledocstest.LoseAnswer()},
			want: 2},
		"taken name, other case": {before: "README.TXT", want: 2},
		"version": {before: "Readme.txt", toFile: true,
			faults: []oracledocstest.Fault{oracledocstest.LoseAnswer()}, want: 2},
		"version, never arrived": {before: "Readme.txt", toFile: true, again: true,
			faults: []oracledocstest.Fault{oracledocstest.LoseRequest()}, want: 2},
		"version, throttled": {before: "Readme.txt", toFile: true,
			faults: []oracledocstest.Fault{oracledocstest.Answer(429, "", "Retry-After", "2")}, want: 2},
		"version, refused connections": {before: "Readme.txt", toFile: true, want: 2},
	} {
		t.Run(name, func(t *testing.T) {
			onShelf(t, func(s *shelf) {
				operation, uploader := "UploadFile", s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder, SendAgain: c.again})
				if c.before != "" {
					id := s.srv.AddFile(oracledocstest.User, s.folder, c.before, []byte("before"))
					if c.toFile {
						operation, uploader = "UploadFileVersion", s.client.Uploader(oracledocs.UploadTo{FileID: id, SendAgain: c.again})
					}
				}
				for _, fault := range c.faults {
					s.srv.Next(operation, fault)
				}
				result, err := uploader.Upload(context.Background(), text)
				if err != nil {
					t.Fatal(err)
				}
				if result.Version != fmt.Sprint(c.want) {
					t.Errorf("version %s is reported, want %d", result.Version, c.want)
				}
				if got, err := s.content(result); err != nil || string(got) != "what is new" {
					t.Errorf("it holds %q (%v)", got, err)
				}
				versions, err := s.client.GetFileVersions(context.Background(),
					oracledocs.GetFileVersionsRequest{FileID: result.ID})
				if err != nil || int64(len(versions.Items)) != c.want {
					t.Errorf("there are %d versions, want %d (%v)", len(versions.Items), c.want, err)
				}
			})
		})
	}
}

// TestUploadUnclear is the rest of F78 and F79: what the service says leaves
// it open whose version it is.
func TestUploadUnclear(t *testing.T) {
	lost := oracledocstest.LoseAnswer()
	for name, prepare := range map[string]func(s *shelf) upload.Uploader{
		"another version instead": func(s *shelf) upload.Uploader {
			id := s.srv.AddFile(oracledocstest.User, s.folder, "Readme.txt", []byte("before"))
			s.srv.Next("UploadFileVersion", oracledocstest.LoseRequest())
			s.srv.Next("GetFile", func(next http.Handler) http.Handler { return next })
			s.srv.Next("GetFile", func(next http.Handler) http.Handler {
				s.srv.AddFile(oracledocstest.User, s.folder, "Readme.txt", []byte("foreign"))
				return next
			})
			return s.client.VersionUploader(id)
		},
		"the name in other letters": func(s *shelf) upload.Uploader {
			s.srv.AddFile(oracledocstest.User, s.folder, "README.TXT", []byte("of old size"))
			s.srv.Next("UploadFile", oracledocstest.LoseRequest())
			return s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder})
		},
		"reading fails": func(s *shelf) upload.Uploader {
			s.srv.Next("UploadFile", lost)
			s.srv.Next("GetFolderContents", func(next http.Handler) http.Handler { return next })
			s.srv.Next("GetFolderContents", oracledocstest.Refuse(403, "-20", "no"))
			return s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder})
		},
	} {
		t.Run(name, func(t *testing.T) {
			onShelf(t, func(s *shelf) {
				_, err := prepare(s).Upload(context.Background(), text)
				ended, ok := errors.AsType[*upload.Error](err)
				if !ok || ended.State != upload.StateUnknown || !errors.Is(err, upload.ErrOutcomeUnknown) {
					t.Errorf("ended with %v", err)
				}
			})
		})
	}
}

// TestUploadFoundByContent is F78 and F79: the answer is lost, and another user
// or the service itself makes the version hard to recognize. Its content tells.
func TestUploadFoundByContent(t *testing.T) {
	lost := oracledocstest.LoseAnswer()
	for name, prepare := range map[string]func(s *shelf) upload.Uploader{
		"another version meanwhile": func(s *shelf) upload.Uploader {
			id := s.srv.AddFile(oracledocstest.User, s.folder, "Readme.txt", []byte("before"))
			s.srv.Next("UploadFileVersion", lost)
			src := s.client.VersionUploader(id)
			s.srv.Next("GetFile", func(next http.Handler) http.Handler { return next })
			s.srv.Next("GetFile", func(next http.Handler) http.Handler {
				_, err := s.client.UploadFileVersion(context.Background(),
					oracledocs.UploadFileVersionRequest{FileID: id, Content: upload.Bytes("Readme.txt", []byte("foreign"))})
				if err != nil {
					s.Error(err)
				}
				return next
			})
			return src
		},
		"another version as long": func(s *shelf) upload.Uploader {
			id := s.srv.AddFile(oracledocstest.User, s.folder, "Readme.txt", []byte("before"))
			s.srv.Next("UploadFileVersion", lost)
			s.srv.Next("GetFile", func(next http.Handler) http.Handler { return next })
			s.srv.Next("GetFile", func(next http.Handler) http.Handler {
				s.srv.AddFile(oracledocstest.User, s.folder, "Readme.txt", []byte("what is not"))
				return next
			})
			return s.client.VersionUploader(id)
		},
		"resolved to some other name": func(s *shelf) upload.Uploader {
			s.srv.Next("UploadFile", lost)
			return s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder,
				DuplicateResolution: oracledocs.DuplicateResolutionResolveDuplicates})
		},
	} {
		t.Run(name, func(t *testing.T) {
			onShelf(t, func(s *shelf) {
				result, err := prepare(s).Upload(context.Background(), text)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := s.content(result); err != nil || string(got) != "what is new" {
					t.Errorf("version %s holds %q (%v)", result.Version, got, err)
				}
			})
		})
	}
}

// TestUploadRefused is F81: what looks like success and is not.
func TestUploadRefused(t *testing.T) {
	for name, c := range map[string]struct {
		fault oracledocstest.Fault
		is    error
	}{
		"errorCode in a 200": {oracledocstest.Answer(200, `{"errorCode":"-16","errorMessage":"gone"}`),
			docferry.ErrNotFound},
		"errorCode as number": {oracledocstest.Answer(201, `{"errorCode":-20}`), docferry.ErrForbidden},
		"a login page": {oracledocstest.Answer(200, "<!DOCTYPE html><html><body>Sign in</body></html>", "Content-Type",
			"text/html"), docferry.ErrUnauthenticated},
		"a redirect": {oracledocstest.Answer(302, "", "Location", "https://login.example.com/?secret=1234567890"),
			docferry.ErrUnauthenticated},
		"401":       {oracledocstest.Answer(401, "<html>no</html>"), docferry.ErrUnauthenticated},
		"forbidden": {oracledocstest.Refuse(403, "-20", "no"), docferry.ErrForbidden},
		"another size": {oracledocstest.Answer(201, `{"errorCode":"0","id":"D1","version":"1","size":"3"}`),
			upload.ErrIntegrity},
	} {
		t.Run(name, func(t *testing.T) {
			onShelf(t, func(s *shelf) {
				s.srv.Next("UploadFile", c.fault)
				_, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(context.Background(), text)
				if !errors.Is(err, c.is) {
					t.Errorf("got %v, want %v", err, c.is)
				}
				if stored, _ := s.count(); stored != 0 {
					t.Errorf("%d files are stored", stored)
				}
			})
		})
	}
}

func TestUploadMustBeNew(t *testing.T) {
	s := newShelf(t, newServer(t), oracledocs.V1_2)
	s.srv.AddFile(oracledocstest.User, s.folder, "README.txt", []byte("before"))
	u := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder, MustBeNew: true})
	const taken = `upload "Readme.txt": begin: oracledocs Uploader: Source.Name is "Readme.txt", ` +
		`but the folder already has "README.txt", and UploadTo.MustBeNew is set (not started)`
	if _, err := u.Upload(context.Background(), text); !errors.Is(err, docferry.ErrConflict) || err.Error() != taken {
		t.Errorf("a taken name: %v", err)
	}
	if _, err := u.Upload(context.Background(), upload.Bytes("Other.txt", nil)); err != nil {
		t.Errorf("a free name: %v", err)
	}
}

// TestUploadThroughLink uploads where the caller may write and not read.
func TestUploadThroughLink(t *testing.T) {
	s := newShelf(t, newServer(t), oracledocs.V1_2)
	s.srv.AddUser("guest", "guest-password")
	link := s.srv.AddPublicLink(s.folder, "contributor", "open sesame")
	guest := clientOf(t, s.srv, oracledocs.V1_2, "guest", "guest-password")
	to := oracledocs.UploadTo{FolderID: s.folder, Access: oracledocs.Access{LinkID: link, AccessCode: "open sesame"}}
	result, err := guest.Uploader(to).Upload(context.Background(), text)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.content(result); err != nil || string(got) != "what is new" {
		t.Errorf("it holds %q (%v)", got, err)
	}
	to.AccessCode = "open barley"
	_, err = guest.Uploader(to).Upload(context.Background(), text)
	if refused, ok := errors.AsType[*docferry.Error](err); !ok || refused.Code != oracledocs.CodeAccessCodeRequired {
		t.Errorf("a wrong access code: %v", err)
	}
}

// TestUploadCut is F80: the connection breaks at any place of the form, and
// the service stores nothing or all.
func TestUploadCut(t *testing.T) {
	onShelf(t, func(s *shelf) {
		for _, at := range []int{0, 1, 5, 10} {
			failing := errors.New("unplugged")
			src := upload.From("cut.txt", 11, func(context.Context) (io.ReadCloser, error) {
				return io.NopCloser(io.MultiReader(strings.NewReader("what is new"[:at]), failingReader{failing})), nil
			})
			_, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(context.Background(), src)
			if !errors.Is(err, failing) {
				t.Errorf("at %d: %v", at, err)
			}
		}
		if stored, _ := s.count(); stored != 0 {
			t.Errorf("%d files are stored", stored)
		}
	})
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }
