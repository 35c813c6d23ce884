package oracledocs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
)

// cutting loses the connection of the next upload after so many bytes of its
// body, or, if that has no more, before the answer.
type cutting struct {
	http.RoundTripper
	at     int64 // negative: nothing is lost
	length int64 // of the body that was sent last
}

var errUnplugged = errors.New("unplugged")

func (c *cutting) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodPost {
		return c.RoundTripper.RoundTrip(req)
	}
	c.length = req.ContentLength
	at := c.at
	if c.at = -1; at < 0 {
		return c.RoundTripper.RoundTrip(req)
	}
	cut := req.Clone(req.Context())
	cut.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(io.LimitReader(req.Body, at), failingReader{errUnplugged}), req.Body}
	if at >= req.ContentLength {
		cut.Body = req.Body
	}
	resp, err := c.RoundTripper.RoundTrip(cut)
	if err == nil {
		_ = resp.Body.Close()
		err = errUnplugged
	}
	return nil, err
}

// TestUploadCutAnywhere is F80: the connection breaks at any byte of the form,
// or after it. The file is there once in the end, with one version.
func TestUploadCutAnywhere(t *testing.T) {
	onShelf(t, func(s *shelf) {
		rt := &cutting{RoundTripper: s.srv, at: -1}
		client, err := oracledocs.New(oracledocs.Config{BaseURL: s.srv.URL, HTTP: docferry.HTTP{Transport: rt},
			Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password)})
		if err != nil {
			s.Fatal(err)
		}
		uploader := client.Uploader(oracledocs.UploadTo{FolderID: s.folder})
		content := []byte("what is new")
		if _, err := uploader.Upload(s.Context(), upload.Bytes("whole.txt", content)); err != nil {
			s.Fatal(err)
		}
		for at := range rt.length + 1 {
			rt.at = at
			result, err := uploader.Upload(s.Context(), upload.Bytes(fmt.Sprintf("c%04d.txt", at), content))
			if err != nil {
				s.Fatalf("at %d of %d: %v", at, rt.length, err)
			}
			if got, err := s.content(result); err != nil || !bytes.Equal(got, content) || result.Version != "1" {
				s.Errorf("at %d of %d: version %s holds %q (%v)", at, rt.length, result.Version, got, err)
			}
			if _, again := s.srv.Content(result.ID, 2); again {
				s.Errorf("at %d of %d: there are two versions", at, rt.length)
			}
		}
		if stored, _ := s.count(); int64(stored) != rt.length+2 {
			s.Errorf("%d files are stored after %d uploads", stored, rt.length+2)
		}
	})
}

// TestUploadsThrottled is F82: the service has enough of eight uploads at
// once, with and without saying for how long. All are stored, once each.
func TestUploadsThrottled(t *testing.T) {
	onShelf(t, func(s *shelf) {
		const files = 24
		client, err := oracledocs.New(oracledocs.Config{BaseURL: s.srv.URL,
			Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password),
			HTTP: docferry.HTTP{Transport: s.srv, Retry: docferry.Retry{Attempts: 40}}})
		if err != nil {
			s.Fatal(err)
		}
		for range 8 {
			s.srv.Next("UploadFile", oracledocstest.Answer(429, ""))
			s.srv.Next("UploadFile", oracledocstest.Refuse(503, "-1", "busy"))
			s.srv.Next("UploadFile", oracledocstest.Answer(429, "", "Retry-After", "3"))
		}
		for range 2 { // of a gateway, which may have passed the form on
			s.srv.Next("UploadFile", oracledocstest.Answer(503, "<html>busy</html>"))
		}
		sources := func(yield func(upload.Source) bool) {
			for i := range files {
				if !yield(upload.Bytes(fmt.Sprintf("f%02d.txt", i), []byte{byte(i)})) {
					return
				}
			}
		}
		for outcome := range upload.Each(s.Context(),
			client.Uploader(oracledocs.UploadTo{FolderID: s.folder, SendAgain: true}), 8, sources) {
			if outcome.Err != nil {
				s.Error(outcome.Err)
				continue
			}
			if got, err := s.content(outcome.Result); err != nil || len(got) != 1 || outcome.Result.Version != "1" {
				s.Errorf("version %s holds %q (%v)", outcome.Result.Version, got, err)
			}
		}
		if stored, _ := s.count(); stored != files {
			s.Errorf("%d files are stored, want %d", stored, files)
		}
	})
}

// TestUploadNames is F83: a name is stored as it is, or refused before or by
// the service. None becomes another.
func TestUploadNames(t *testing.T) {
	s := newShelf(t, newServer(t), oracledocs.V1_2)
	for name, want := range map[string]error{
		`quote".txt`: nil, `back\slash.txt`: nil, `both\".txt`: nil, `end\`: nil, "semi;colon=1.txt": nil,
		"per%22cent.txt": nil,
		"grüße.txt":      nil, "日本語.txt": nil, "\u202egpj.exe": nil, "\x20blank\x20": nil, "a\u00a0b": nil,
		"filename*=UTF-8''x":     nil,
		strings.Repeat("n", 300): nil, strings.Repeat("ñ", 200): nil,
		"a\r\nb.txt": errRefusedHere, "nul\x00.txt": errRefusedHere, "tab\t.txt": errRefusedHere,
		"next\u0085line": errRefusedHere,
		"bad\xffutf8":    errRefusedHere, "": errRefusedHere, "a/b.txt": docferry.ErrInvalid, "..": docferry.ErrInvalid,
	} {
		result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(t.Context(),
			upload.Bytes(name, []byte(name)))
		if bad, ok := errors.AsType[*docferry.InputError](err); ok && bad.Field == "Source.Name" {
			err = errRefusedHere
		}
		if !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", name, err, want)
		}
		if err != nil {
			continue
		}
		file := must(s.client.GetFile(t.Context(), oracledocs.GetFileRequest{FileID: result.ID}))(t)
		if file.Name != name {
			t.Errorf("%q is stored as %q", name, file.Name)
		}
	}
}

var errRefusedHere = errors.New("refused before it was sent")

// sizeless lets an upload happen and answers without saying what size it has.
func sizeless(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		w.WriteHeader(rec.Code)
		_, _ = io.WriteString(w, strings.NewReplacer(`"size":"11"`, `"size":""`, `"size":"0"`,
			`"size":""`).Replace(rec.Body.String()))
	})
}

// An answer without a size proves nothing: the file is asked for it.
func TestUploadWithoutSize(t *testing.T) {
	for name, test := range map[string]struct {
		faults []oracledocstest.Fault // of GetFile
		is     error
	}{
		"the file has it": {nil, nil},
		"it is another":   {[]oracledocstest.Fault{oracledocstest.Answer(200, `{"id":"D1","size":"10"}`)}, nil}, // so is this
		"nobody has it":   {[]oracledocstest.Fault{oracledocstest.Refuse(403, "-20", "no")}, nil},               // the content is found
	} {
		for operation, file := range map[string]bool{"UploadFile": false, "UploadFileVersion": true} {
			s := newShelf(t, newServer(t), oracledocs.V1_2)
			to := oracledocs.UploadTo{FolderID: s.folder}
			if file {
				to = oracledocs.UploadTo{FileID: s.srv.AddFile(oracledocstest.User, s.folder, text.Name, nil)}
				s.srv.Next("GetFile", func(next http.Handler) http.Handler { return next }) // the look before
			}
			s.srv.Next(operation, sizeless)
			for _, fault := range test.faults {
				s.srv.Next("GetFile", fault)
			}
			result, err := s.client.Uploader(to).Upload(t.Context(), text)
			if !errors.Is(err, test.is) || err == nil && (result.Size != text.Size || result.ID == "" || result.Version == "") {
				t.Errorf("%s, %s: %+v, %v", name, operation, result, err)
			}
		}
	}
	s := newShelf(t, newServer(t), oracledocs.V1_2)
	s.srv.Next("UploadFile", sizeless)
	if _, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(t.Context(),
		upload.Bytes("empty.txt", nil)); err != nil {
		t.Errorf("an empty file: %v", err)
	}
	if calls := s.srv.Calls(); !slices.Contains(calls, "GetFile") {
		t.Errorf("the size of an empty file was taken for granted: %v", calls)
	}
}

// A result never describes bytes that the service does not hold, whatever the
// service does with a name that is taken; and nothing that was there before is
// named as left.
func TestUploadSkipped(t *testing.T) {
	for name, before := range map[string][]byte{
		"another size": []byte("old"), "the same size": []byte("what is not"), "the same content": []byte("what is new"),
	} {
		for _, taken := range []string{text.Name, strings.ToUpper(text.Name)} {
			s := newShelf(t, newServer(t), oracledocs.V1_2)
			id := s.srv.AddFile(oracledocstest.User, s.folder, taken, before)
			to := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder,
				DuplicateResolution: oracledocs.DuplicateResolutionSkipDuplicates})
			result, err := to.Upload(t.Context(), text)
			ended, ok := errors.AsType[*upload.Error](err)
			if !ok || !errors.Is(err, docferry.ErrConflict) || ended.State != upload.StateNotStarted || len(ended.Left) != 0 {
				t.Errorf("%s, %s: %+v, %v", name, taken, result, err)
			}
			if kept, _ := s.srv.Content(id, 1); !bytes.Equal(kept, before) {
				t.Errorf("%s, %s: the file holds %q", name, taken, kept)
			}
			result, err = to.Upload(t.Context(), upload.Bytes("free.txt", []byte("x")))
			if err != nil || result.Size != 1 || result.Version != "1" {
				t.Errorf("%s: a free name: %+v, %v", name, result, err)
			}
		}
	}
}

// Another user's file takes the name between the look and the upload. What the
// service kept is not what was sent, although it is new.
func TestUploadSkippedInARace(t *testing.T) {
	for content, want := range map[string]error{"what is not": docferry.ErrConflict, "what is new": nil} {
		s := newShelf(t, newServer(t), oracledocs.V1_2)
		s.srv.Next("UploadFile", func(next http.Handler) http.Handler {
			s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte(content))
			return next
		})
		result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder,
			DuplicateResolution: oracledocs.DuplicateResolutionSkipDuplicates}).Upload(t.Context(), text)
		if !errors.Is(err, want) {
			t.Errorf("%q has the name: %+v, %v", content, result, err)
		}
	}
}

// An answer that says nothing is no success, not even for an empty file.
func TestUploadAnswersThatSayNothing(t *testing.T) {
	for body, want := range map[string]error{
		`{}`: upload.ErrOutcomeUnknown, `{"errorCode":"0"}`: upload.ErrOutcomeUnknown,
		`{"id":"","size":"0"}`:                 upload.ErrOutcomeUnknown,
		`{"id":"D1","version":"1","size":"0"}`: nil, `{"id":"D1","version":"1","size":"1"}`: upload.ErrIntegrity,
	} {
		onShelf(t, func(s *shelf) {
			s.srv.Next("UploadFile", oracledocstest.Answer(201, body))
			_, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(),
				upload.Bytes("empty.txt", nil))
			if !errors.Is(err, want) {
				s.Errorf("%s: %v, want %v", body, err, want)
			}
		})
	}
	onShelf(t, func(s *shelf) {
		s.srv.Next("UploadFile", oracledocstest.Answer(201, `{"id":"D1","version":"1","size":"0"}`))
		_, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(), text)
		if !errors.Is(err, upload.ErrIntegrity) {
			s.Errorf("a size of 0 for %d bytes: %v", text.Size, err)
		}
	})
}

// TestUploadStoredLate is F78 and F79: a gateway gives up, or the connection
// breaks, and the service stores the form up to two minutes later. It is sent
// once, and the version that is reported holds its bytes.
func TestUploadStoredLate(t *testing.T) {
	for _, late := range []time.Duration{time.Second, 20 * time.Second, time.Minute, 110 * time.Second} {
		for status, now := range map[string]oracledocstest.Fault{"504": oracledocstest.Answer(504, "gateway timeout"),
			"cut": oracledocstest.LoseRequest()} {
			for _, before := range []bool{false, true} {
				for _, colleague := range []bool{false, true} {
					onShelf(t, func(s *shelf) {
						if before {
							s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("before"))
						}
						s.srv.Next("UploadFile", oracledocstest.Late(late, now))
						if colleague {
							timer := time.AfterFunc(late/2, func() {
								s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("of the same"))
							})
							defer timer.Stop()
						}
						result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder}).Upload(s.Context(), text)
						if err != nil {
							s.Fatalf("%s, %v, before %v, colleague %v: %v", status, late, before, colleague, err)
						}
						if got, err := s.content(result); err != nil || string(got) != "what is new" {
							s.Errorf("%s, %v, before %v, colleague %v: version %s holds %q (%v)", status, late, before, colleague,
								result.Version, got, err)
						}
						sent := 0
						for _, call := range s.srv.Calls() {
							if call == "UploadFile" {
								sent++
							}
						}
						if sent != 1 {
							s.Errorf("%s, %v: sent %d times", status, late, sent)
						}
					})
				}
			}
		}
	}
}

// F78: what never arrives is not known to have never arrived.
func TestUploadNeverStored(t *testing.T) {
	onShelf(t, func(s *shelf) {
		id := s.srv.AddFile(oracledocstest.User, s.folder, text.Name, []byte("before"))
		s.srv.Next("UploadFile", oracledocstest.LoseRequest())
		began := time.Now()
		_, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder,
			FindTime: 10 * time.Minute}).Upload(s.Context(), text)
		ended, ok := errors.AsType[*upload.Error](err)
		if !ok || ended.State != upload.StateUnknown || time.Since(began).Round(time.Minute) != 10*time.Minute {
			s.Errorf("after %v: %v", time.Since(began), err)
		}
		if len(ended.Left) != 1 || ended.Left[0] != (upload.Ref{ID: id, Version: "2"}) {
			s.Errorf("it names %v", ended.Left)
		}
	})
}

// What goes with an upload arrives with it, and a taken name is resolved as it
// was asked for.
func TestUploadOptions(t *testing.T) {
	ctx := context.Background()
	s := newShelf(t, newServer(t), oracledocs.V1_2)
	s.srv.AddMetadata("Finance", []string{"Quarter"}, s.folder)
	values := map[string]map[string]string{"Finance": {"Quarter": "Q2"}}
	for _, test := range []struct {
		resolution oracledocs.DuplicateResolution
		version    string
		renamed    bool
	}{
		{"", "1", false},
		{"", "2", false},
		{oracledocs.DuplicateResolutionReviseDuplicates, "3", false},
		{oracledocs.DuplicateResolutionResolveDuplicates, "1", true},
		{oracledocs.DuplicateResolutionTimeStampSuffix, "1", true},
	} {
		result, err := s.client.Uploader(oracledocs.UploadTo{FolderID: s.folder, DuplicateResolution: test.resolution,
			MetadataValues: values}).Upload(ctx, text)
		if err != nil {
			t.Errorf("%q: %v", test.resolution, err)
			continue
		}
		file, ok := result.Detail.(*oracledocs.File)
		if !ok || result.Version != test.version || (file.Name != text.Name) != test.renamed {
			t.Errorf("%q: version %s of %+v", test.resolution, result.Version, result.Detail)
		}
		read := must(s.client.GetFileMetadata(ctx, oracledocs.GetFileMetadataRequest{FileID: result.ID}))(t)
		if read.Metadata["Finance"]["Quarter"] != "Q2" {
			t.Errorf("%q: the metadata is %v", test.resolution, read.Metadata)
		}
	}
}
