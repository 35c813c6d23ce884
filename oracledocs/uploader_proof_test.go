package oracledocs_test

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
)

// without deletes members from the answer of an operation that is carried out.
func without(members ...string) oracledocstest.Fault {
	return oracledocstest.EditAnswer(func(answer map[string]any) {
		for _, name := range members {
			delete(answer, name)
		}
	})
}

// unknown checks that an upload ended as unknown and names what may be left.
func unknown(s *shelf, err error, left ...upload.Ref) {
	s.Helper()
	ended, ok := errors.AsType[*upload.Error](err)
	if !ok || ended.State != upload.StateUnknown || !slices.Equal(ended.Left, left) {
		s.Errorf("ended with %v, want it unknown with %v left", err, left)
	}
}

// An answer without a version does not say what was written: the content is
// looked for. It never means that nothing was stored, or that the latest
// version, which may be another user's by now, is the one.
func TestUploadAnswerWithoutVersion(t *testing.T) {
	for name, members := range map[string][]string{"version": {"version"}, "version and size": {"version", "size"}} {
		for _, colleague := range []bool{false, true} {
			for _, toFile := range []bool{false, true} {
				onShelf(t, func(s *shelf) {
					id := s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("before"))
					to, operation := oracledocs.UploadTo{FolderID: s.folder}, "UploadFile"
					if toFile {
						to, operation = oracledocs.UploadTo{FileID: id}, "UploadFileVersion"
					}
					s.srv.Next(operation, func(next http.Handler) http.Handler {
						carried := without(members...)(next)
						return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
							carried.ServeHTTP(w, r)
							if colleague {
								s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("what is not"))
							}
						})
					})
					result, err := s.client.Uploader(to).Upload(s.Context(), text)
					if err != nil || result.ID != id || result.Version != "2" {
						s.Errorf("%s, colleague %t, to file %t: %+v, %v", name, colleague, toFile, result, err)
					}
				})
			}
		}
	}
}

// A new file whose answer has no version is found by its content, too.
func TestUploadNewFileAnswerWithoutVersion(t *testing.T) {
	onShelf(t, func(s *shelf) {
		s.srv.Next("UploadFile", without("version"))
		result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(), text)
		if err != nil || result.Version != "1" {
			s.Errorf("%+v, %v", result, err)
		}
	})
}

// The version before holds the same content. That is not what was sent.
func TestUploadOfTheSameContentLost(t *testing.T) {
	onShelf(t, func(s *shelf) {
		id := s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("what is new"))
		for operation, to := range map[string]oracledocs.UploadTo{
			"UploadFile": {FolderID: s.folder}, "UploadFileVersion": {FileID: id},
		} {
			s.srv.Next(operation, oracledocstest.LoseRequest())
			result, err := s.client.Uploader(to).Upload(s.Context(), text)
			if !errors.Is(err, upload.ErrOutcomeUnknown) {
				s.Errorf("%s: %+v, %v", operation, result, err)
			}
		}
		s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("between"))
		s.srv.Next("UploadFile", oracledocstest.LoseAnswer())
		result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(), text)
		if err != nil || result.Version != "3" {
			s.Errorf("%+v, %v", result, err)
		}
	})
}

// An answer that names an older version than there was proves nothing, unless
// the service was asked to keep what has the name.
func TestUploadAnsweredWithAnOlderVersion(t *testing.T) {
	onShelf(t, func(s *shelf) {
		id := s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("before"))
		s.srv.Next("UploadFile", oracledocstest.EditAnswer(func(answer map[string]any) {
			answer["version"], answer["size"] = "1", "6"
		}))
		result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(), text)
		if err != nil || result.ID != id || result.Version != "2" {
			s.Errorf("%+v, %v", result, err)
		}
	})
}

// An answer about another file than the one that got the version proves nothing.
func TestUploadVersionAnsweredWithAnotherFile(t *testing.T) {
	onShelf(t, func(s *shelf) {
		id := s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("before"))
		s.srv.Next("UploadFileVersion", oracledocstest.Answer(200, `{"errorCode":"0","id":"D1","version":"7","size":"11"}`))
		result, err := s.client.VersionUploader(id).Upload(s.Context(), text)
		if !errors.Is(err, upload.ErrOutcomeUnknown) {
			s.Errorf("%+v, %v", result, err)
		}
	})
}

// Left names the version that the upload may yet become, not one of which it is
// known that it is another user's.
func TestUploadLeftIsNotAnotherUsers(t *testing.T) {
	onShelf(t, func(s *shelf) {
		id := s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("before"))
		s.srv.Next("UploadFile", oracledocstest.LoseRequest())
		time.AfterFunc(5*time.Second, func() {
			s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("what is not"))
		})
		_, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(), text)
		unknown(s, err, upload.Ref{ID: id, Version: "3"})
	})
}

// A version that was seen and could not be compared may be the upload's own:
// Left names it, and not only the one after it.
func TestUploadLeftNamesWhatWasNotCompared(t *testing.T) {
	onShelf(t, func(s *shelf) {
		s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("before"))
		storedAndNotCompared(s, "2")
	})
}

// The same holds for a file that nobody had before.
func TestUploadLeftNamesNewFile(t *testing.T) {
	onShelf(t, func(s *shelf) { storedAndNotCompared(s, "1") })
}

// storedAndNotCompared makes an upload whose answer is lost, and which finds the
// version that it has become, but cannot read it.
func storedAndNotCompared(s *shelf, version string) {
	s.Helper()
	s.srv.Next("UploadFile", oracledocstest.LoseAnswer())
	defer s.srv.Keep("DownloadFile", oracledocstest.LoseAnswer())()
	_, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(), text)
	ended, ok := errors.AsType[*upload.Error](err)
	if !ok || ended.State != upload.StateUnknown {
		s.Fatalf("ended with %v, want it unknown", err)
	}
	if !slices.ContainsFunc(ended.Left, func(ref upload.Ref) bool { return ref.Version == version }) {
		s.Errorf("version %s is stored, but Left is %v", version, ended.Left)
	}
}

// What the service was asked to keep never becomes a version of its own.
func TestUploadSkippedAndLost(t *testing.T) {
	onShelf(t, func(s *shelf) {
		s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("before"))
		s.srv.Next("UploadFile", oracledocstest.LoseAnswer())
		_, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder,
			DuplicateResolution: oracledocs.DuplicateResolutionSkipDuplicates}).Upload(s.Context(), text)
		unknown(s, err)
	})
}

// A success after a form was lost names where the lost one may be stored yet.
func TestUploadSentAgainNamesTheFirst(t *testing.T) {
	for name, c := range map[string]struct {
		late time.Duration // after the first form
		want upload.Ref    // of the first
	}{
		"after the second":  {30 * time.Second, upload.Ref{Version: "3"}},
		"before the second": {time.Millisecond, upload.Ref{}}, // it is found
	} {
		onShelf(t, func(s *shelf) {
			id := s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("before"))
			s.srv.Next("UploadFile", oracledocstest.Late(c.late, oracledocstest.Answer(504, "gateway timeout")))
			to := oracledocs.UploadTo{FolderID: s.folder, FindTime: time.Second, SendAgain: true}
			result, err := s.client.Uploader(to).Upload(s.Context(), text)
			if err != nil || result.Version != "2" {
				s.Fatalf("%s: %+v, %v", name, result, err)
			}
			if c.want.Version == "" {
				if len(result.Left) != 0 {
					s.Errorf("%s: it names %v", name, result.Left)
				}
				return
			}
			if c.want.ID = id; len(result.Left) != 1 || result.Left[0] != c.want {
				s.Errorf("%s: it names %v, want %v", name, result.Left, c.want)
			}
		})
	}
}

// The look by the exact name has not seen the file whose name differs in case,
// so that its older versions are not named.
func TestUploadSentAgainUnderAnotherCase(t *testing.T) {
	onShelf(t, func(s *shelf) {
		id := s.srv.AddFile(oracledocstest.User, s.folder, "README.TXT", []byte("before"))
		s.srv.Next("UploadFile", oracledocstest.LoseRequest())
		result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder, SendAgain: true}).Upload(s.Context(), text)
		late := []upload.Ref{{ID: id, Version: "3"}}
		if err != nil || result.Version != "2" || !slices.Equal(result.Left, late) {
			s.Errorf("%+v, %v", result, err)
		}
	})
}

// A listing without version numbers does not tell an old version from a new one.
func TestUploadToFileOfUnknownVersion(t *testing.T) {
	onShelf(t, func(s *shelf) {
		s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("what is new"))
		s.srv.Next("GetFolderContents", oracledocstest.EditAnswer(func(answer map[string]any) {
			delete(answer["items"].([]any)[0].(map[string]any), "version")
		}))
		s.srv.Next("UploadFile", oracledocstest.LoseRequest())
		result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(), text)
		if !errors.Is(err, upload.ErrOutcomeUnknown) {
			s.Errorf("%+v, %v", result, err)
		}
	})
}

// A refusal is found under whatever header it comes (F81), and whatever stands
// beside its code.
func TestDownloadsRefusedInAnyDress(t *testing.T) {
	page, png := loginPage, "image/png"
	asJSON := func(body string) oracledocstest.Fault {
		return oracledocstest.Answer(200, body, "Content-Type", "application/json")
	}
	for name, fault := range map[string]oracledocstest.Fault{
		"a page as an image":      oracledocstest.Answer(200, page, "Content-Type", png),
		"a page as any file":      oracledocstest.Answer(200, page, "Content-Type", "application/octet-stream"),
		"a page with a file name": oracledocstest.Answer(200, page, "Content-Disposition", `attachment; filename="a.png"`),
		"a code as an image":      oracledocstest.Answer(200, `{"errorCode":"-20"}`, "Content-Type", png),
		"a message of odd type":   asJSON(`{"errorMessage":{"text":"no"},"errorCode":"-20"}`),
		"half a surrogate pair":   asJSON(`{"errorMessage":"\ud800","errorCode":"-20"}`),
		"a list beside it":        asJSON(`{"title":["x"],"errorCode":"-20"}`),
		"status 203":              oracledocstest.Answer(203, page, "Content-Type", "text/html"),
	} {
		srv := newServer(t)
		c := newClient(t, srv, oracledocs.V1_2)
		file := srv.AddFile(oracledocstest.User, "self", "a.png", picture(t, 20, 20))
		for operation, get := range downloading(t, c, file, "J1", "A1") {
			srv.Next(operation, fault)
			if download, err := get(); err == nil {
				_ = download.Close()
				t.Errorf("%s, %s: it came as content", name, operation)
			} else if !errors.Is(err, docferry.ErrUnauthenticated) && !errors.Is(err, docferry.ErrForbidden) {
				t.Errorf("%s, %s: %v", name, operation, err)
			}
		}
	}
}

// An image in XML is no page, although it begins like one.
func TestDownloadsOfXML(t *testing.T) {
	const image = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`
	srv := newServer(t)
	c := newClient(t, srv, oracledocs.V1_2)
	file := srv.AddFile(oracledocstest.User, "self", "a.png", picture(t, 20, 20))
	for operation, get := range downloading(t, c, file, "J1", "A1") {
		srv.Next(operation, oracledocstest.Answer(200, image, "Content-Type", "image/svg+xml"))
		if got := string(read(get())(t)); got != image {
			t.Errorf("%s: it came back as %q", operation, got)
		}
	}
}

// What may have been there before is not named as left, even if it holds the
// content.
func TestUploadLeftMayNotHaveBeenThere(t *testing.T) {
	onShelf(t, func(s *shelf) {
		s.srv.AddFile(oracledocstest.User, s.folder, "README.TXT", []byte("what is new"))
		s.srv.Next("UploadFile", oracledocstest.LoseRequest())
		_, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(), text)
		unknown(s, err)
	})
}

// An upload does not download an endless number of versions to find its own.
func TestUploadComparesFewVersions(t *testing.T) {
	onShelf(t, func(s *shelf) {
		id := s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("before"))
		s.srv.Next("UploadFile", func(next http.Handler) http.Handler {
			for range 40 {
				s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("what is not"))
			}
			return oracledocstest.LoseRequest()(next)
		})
		_, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(), text)
		// Versions 2 to 17 are compared. Those after them may be its own, and so may
		// the one that would come next.
		var left []upload.Ref
		for version := 18; version <= 42; version++ {
			left = append(left, upload.Ref{ID: id, Version: strconv.Itoa(version)})
		}
		unknown(s, err, left...)
		downloads := 0
		for _, call := range s.srv.Calls() {
			if call == "DownloadFile" {
				downloads++
			}
		}
		if downloads > 16 {
			s.Errorf("%d versions were downloaded", downloads)
		}
	})
}

// A folder that is gone when it is deleted or renamed again may be gone because
// of the first request.
func TestFolderChangedAndAnswerLost(t *testing.T) {
	for operation, do := range map[string]func(s *shelf) error{
		"DeleteFolder": func(s *shelf) error {
			_, err := s.client.DeleteFolder(s.Context(), oracledocs.DeleteFolderRequest{FolderID: s.folder})
			return err
		},
		"EditFolder": func(s *shelf) error {
			_, err := s.client.EditFolder(s.Context(), oracledocs.EditFolderRequest{FolderID: s.folder, Name: "Other"})
			return err
		},
	} {
		onShelf(t, func(s *shelf) {
			s.srv.Next(operation, oracledocstest.LoseAnswer())
			if operation == "EditFolder" { // and another user deletes it meanwhile
				s.srv.Next(operation, oracledocstest.Refuse(404, "-16", "gone"))
			}
			err := do(s)
			if !errors.Is(err, docferry.ErrNotFound) || !docferry.OutcomeUnknown(err) {
				s.Errorf("%s: %v", operation, err)
			}
		})
	}
}

// A colleague's file of the same content is not this upload's if its name cannot
// have been made from the source's.
func TestUploadOfAnotherNameIsNotOurs(t *testing.T) {
	for name, want := range map[string]bool{
		"what else.txt": false, "b.txt": false, text.Name + ".bak": true, "README(2).txt": true, "readme(2).doc": false,
	} {
		onShelf(t, func(s *shelf) {
			s.srv.Next("UploadFile", oracledocstest.LoseRequest())
			time.AfterFunc(5*time.Second, func() {
				s.srv.AddFile(oracledocstest.User, s.folder, name, []byte("what is new"))
			})
			to := oracledocs.UploadTo{FolderID: s.folder, DuplicateResolution: oracledocs.DuplicateResolutionResolveDuplicates}
			result, err := s.client.Uploader(to).Upload(s.Context(), text)
			if found := err == nil; found != want {
				s.Errorf("%s: %+v, %v", name, result, err)
			}
		})
	}
}
