package oracledocs_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
)

// breaking serves a content whose first answer breaks off in the middle.
type breaking struct {
	content []byte
	etag    string
	asked   []string // ranges
	named   []string // contents that they are of, by If-Range
}

func (b *breaking) RoundTrip(req *http.Request) (*http.Response, error) {
	b.asked = append(b.asked, req.Header.Get("Range"))
	b.named = append(b.named, req.Header.Get("If-Range"))
	w := recorder{header: http.Header{}, status: http.StatusOK}
	if b.etag != "" {
		w.header.Set("Etag", b.etag)
	}
	http.ServeContent(&w, req, "a.bin", time.Time{}, bytes.NewReader(b.content))
	var body io.Reader = &w.body
	length := int64(w.body.Len())
	if len(b.asked) == 1 {
		body = io.MultiReader(io.LimitReader(body, length/2), iotest.ErrReader(errors.New("connection reset")))
	}
	return &http.Response{StatusCode: w.status, Header: w.header, ContentLength: length, Body: io.NopCloser(body)}, nil
}

// recorder is a response in memory.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(p []byte) (int, error) { return w.body.Write(p) }

// A download that breaks is taken up again where it stopped, if the version of
// the API has ranges, the content was asked for whole, and it is the same: it
// has an ETag, or cannot change.
func TestDownloadsThatBreak(t *testing.T) {
	type get func(*oracledocs.Client) (*docferry.Download, error)
	file := func(version int64, rng string) get {
		return func(c *oracledocs.Client) (*docferry.Download, error) {
			return c.DownloadFile(t.Context(), oracledocs.DownloadFileRequest{FileID: "D1", Version: version, Range: rng})
		}
	}
	rendition := func(version int64, kind oracledocs.RenditionType) get {
		return func(c *oracledocs.Client) (*docferry.Download, error) {
			return c.GetRendition(t.Context(), oracledocs.GetRenditionRequest{FileID: "D1", Rendition: "page1",
				RenditionType: kind, Version: version})
		}
	}
	thumbnail := func(version int64) get {
		return func(c *oracledocs.Client) (*docferry.Download, error) {
			return c.GetThumbnail(t.Context(), oracledocs.GetThumbnailRequest{FileID: "D1", Version: version})
		}
	}
	const never, tagged, always = "never", "with an ETag", "always"
	tests := map[string]struct {
		version oracledocs.Version
		get     get
		resumed string
	}{
		"file":                        {oracledocs.V1_2, file(0, ""), tagged},
		"version of file":             {oracledocs.V1_2, file(3, ""), always},
		"part of file":                {oracledocs.V1_2, file(3, "bytes=0-"), never},
		"version of file in 1.1":      {oracledocs.V1_1, file(3, ""), never},
		"rendition":                   {oracledocs.V1_2, rendition(0, ""), tagged},
		"rendition of version":        {oracledocs.V1_2, rendition(3, ""), always},
		"upload of version":           {oracledocs.V1_2, rendition(3, oracledocs.RenditionTypeUploaded), tagged},
		"rendition of version in 1.1": {oracledocs.V1_1, rendition(3, ""), never},
		"thumbnail":                   {oracledocs.V1_2, thumbnail(0), tagged},
		"thumbnail of version":        {oracledocs.V1_2, thumbnail(3), always},
		"package": {oracledocs.V1_2, func(c *oracledocs.Client) (*docferry.Download, error) {
			return c.DownloadBulkPackage(t.Context(), oracledocs.DownloadBulkPackageRequest{FolderID: "F1", JobID: "BD-1"})
		}, always},
		"image": {oracledocs.V1_2, func(c *oracledocs.Client) (*docferry.Download, error) {
			return c.GetResponsiveLargeImage(t.Context(), oracledocs.GetResponsiveLargeImageRequest{FileID: "D1", Version: 3})
		}, never},
	}
	for name, test := range tests {
		for _, etag := range []string{"", `"1"`} {
			t.Run(name+", ETag "+etag, func(t *testing.T) {
				rt := &breaking{content: []byte("0123456789"), etag: etag}
				c, err := oracledocs.New(oracledocs.Config{BaseURL: "https://docs.example.com", APIVersion: test.version,
					HTTP: docferry.HTTP{Transport: rt}})
				if err != nil {
					t.Fatal(err)
				}
				download := must(test.get(c))(t)
				defer download.Close()
				content, err := io.ReadAll(download)
				if test.resumed == always || test.resumed == tagged && etag != "" {
					if err != nil || string(content) != "0123456789" || len(rt.asked) != 2 || rt.asked[1] != "bytes=5-" ||
						rt.named[1] != etag {
						t.Errorf("read %q, error %v, asked for %q of %q", content, err, rt.asked, rt.named)
					}
					return
				}
				if lost, ok := errors.AsType[*docferry.TransportError](err); !ok || string(content) != "01234" ||
					len(rt.asked) != 1 || !lost.Sent {
					t.Errorf("read %q, error %v, asked for %q", content, err, rt.asked)
				}
			})
		}
	}
}

// The same against a server, which gives no ETags: what can change is not put
// together from two answers.
func TestCutDownloads(t *testing.T) {
	content := bytes.Repeat([]byte("content "), 4096)
	for name, test := range map[string]struct {
		api     oracledocs.Version
		version int64
		calls   int
	}{
		"version":        {oracledocs.V1_2, 1, 4},
		"latest":         {oracledocs.V1_2, 0, 1},
		"version in 1.1": {oracledocs.V1_1, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			c := newClient(t, srv, test.api)
			file := srv.AddFile(oracledocstest.User, "self", "a.txt", content)
			for _, n := range []int{100, 20_000, 0} {
				srv.Next("DownloadFile", oracledocstest.CutAnswer(n))
			}
			download := must(c.DownloadFile(t.Context(), oracledocs.DownloadFileRequest{FileID: file, Version: test.version}))(t)
			defer download.Close()
			got, err := io.ReadAll(download)
			if calls := len(srv.Calls()); calls != test.calls {
				t.Errorf("called %d times, want %d", calls, test.calls)
			}
			if test.calls > 1 {
				if err != nil || !bytes.Equal(got, content) {
					t.Errorf("read %d bytes: %v", len(got), err)
				}
				return
			}
			if lost, ok := errors.AsType[*docferry.TransportError](err); !ok || !lost.Sent || len(got) != 100 {
				t.Errorf("read %d bytes: %v", len(got), err)
			}
		})
	}
}

// A part of a file is what was asked for, and says which part it is.
func TestDownloadRanges(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv, oracledocs.V1_2)
	file := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("0123456789"))
	for rng, want := range map[string][2]string{
		"bytes=2-5": {"2345", "bytes 2-5/10"}, "bytes=8-": {"89", "bytes 8-9/10"}, "bytes=-3": {"789", "bytes 7-9/10"},
		"": {"0123456789", ""},
	} {
		part := must(c.DownloadFile(t.Context(), oracledocs.DownloadFileRequest{FileID: file, Range: rng}))(t)
		if got := string(read(part, nil)(t)); got != want[0] || part.Range != want[1] || part.Size != int64(len(want[0])) {
			t.Errorf("%s is %q, %d bytes of range %q", rng, got, part.Size, part.Range)
		}
	}
	_, err := c.DownloadFile(t.Context(), oracledocs.DownloadFileRequest{FileID: file, Range: "bytes=10-"})
	if refused, ok := errors.AsType[*docferry.Error](err); !ok ||
		refused.StatusCode != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("a part beyond the end: %v", err)
	}
}

// A file appears when all of it is there, and one that is there stays until then.
func TestSaveDownload(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv, oracledocs.V1_1)
	file := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("0123456789"))
	dir, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	for _, before := range []string{"", "0123456789"} {
		srv.Next("DownloadFile", oracledocstest.CutAnswer(5))
		for _, whole := range []bool{false, true} {
			download := must(c.DownloadFile(t.Context(), oracledocs.DownloadFileRequest{FileID: file}))(t)
			err := download.Replace(dir, "a.txt")
			want := before
			if whole {
				want = "0123456789"
			}
			got, _ := dir.ReadFile("a.txt")
			if (err == nil) != whole || string(got) != want {
				t.Errorf("the file holds %q, want %q, error %v", got, want, err)
			}
		}
	}
	if entries, err := fs.ReadDir(dir.FS(), "."); err != nil || len(entries) != 1 {
		t.Errorf("the directory holds %v, %v", entries, err)
	}
}

// Links give access without an account's own rights, and only as far as their
// role goes.
func TestFileThroughLinks(t *testing.T) {
	ctx, srv := t.Context(), newServer(t)
	srv.AddUser("stranger@example.com", "password")
	stranger := clientOf(t, srv, oracledocs.V1_2, "stranger@example.com", "password")
	file := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("one"))
	link := srv.AddPublicLink(file, "downloader", "longsecret")
	appLink, token, _ := srv.AddApplink(file, "stranger@example.com", "contributor")

	tests := map[string]struct {
		access             oracledocs.Access
		mayRead, mayChange error
		code               string // of the refusal to read
	}{
		"none": {code: oracledocs.CodeForbidden, mayRead: docferry.ErrForbidden, mayChange: docferry.ErrForbidden},
		"no code": {access: oracledocs.Access{LinkID: link}, code: oracledocs.CodeAccessCodeRequired,
			mayRead: docferry.ErrForbidden, mayChange: docferry.ErrForbidden},
		"public":  {access: oracledocs.Access{LinkID: link, AccessCode: "longsecret"}, mayChange: docferry.ErrForbidden},
		"applink": {access: oracledocs.Access{AppLinkID: appLink, AccessToken: docferry.Secret(token)}},
		"wrong link": {access: oracledocs.Access{LinkID: "LD0"}, code: oracledocs.CodeLinkInvalid,
			mayRead: docferry.ErrForbidden, mayChange: docferry.ErrForbidden},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			download, err := stranger.DownloadFile(ctx, oracledocs.DownloadFileRequest{FileID: file, Access: test.access})
			if !errors.Is(err, test.mayRead) {
				t.Errorf("reading: %v, want %v", err, test.mayRead)
			}
			if refused, ok := errors.AsType[*docferry.Error](err); ok && refused.Code != test.code {
				t.Errorf("reading is refused with %q, want %q", refused.Code, test.code)
			}
			if err == nil {
				read(download, nil)(t)
			}
			_, err = stranger.UploadFileVersion(ctx, oracledocs.UploadFileVersionRequest{
				FileID: file, Content: upload.Bytes("a.txt", []byte("two")), Access: test.access})
			if !errors.Is(err, test.mayChange) {
				t.Errorf("changing: %v, want %v", err, test.mayChange)
			}
			if err != nil && (strings.Contains(err.Error(), "longsecret") || strings.Contains(err.Error(), token)) {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}
