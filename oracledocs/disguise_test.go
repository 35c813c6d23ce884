package oracledocs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
)

const loginPage = "\n<!DOCTYPE html><html><body><form action=/login>Sign in</form></body></html>"

// downloading calls each operation that answers with content.
func downloading(
	t *testing.T, c *oracledocs.Client, file, job, app string,
) map[string]func() (*docferry.Download, error) {
	ctx := t.Context()
	return map[string]func() (*docferry.Download, error){
		"DownloadFile": func() (*docferry.Download, error) {
			return c.DownloadFile(ctx, oracledocs.DownloadFileRequest{FileID: file})
		},
		"GetRendition": func() (*docferry.Download, error) {
			return c.GetRendition(ctx, oracledocs.GetRenditionRequest{FileID: file, Rendition: "small",
				RenditionType: oracledocs.RenditionTypeUploaded})
		},
		"GetThumbnail": func() (*docferry.Download, error) {
			return c.GetThumbnail(ctx, oracledocs.GetThumbnailRequest{FileID: file})
		},
		"GetResponsiveSmallImage": func() (*docferry.Download, error) {
			return c.GetResponsiveSmallImage(ctx, oracledocs.GetResponsiveSmallImageRequest{FileID: file})
		},
		"DownloadBulkPackage": func() (*docferry.Download, error) {
			return c.DownloadBulkPackage(ctx, oracledocs.DownloadBulkPackageRequest{FolderID: oracledocs.Self, JobID: job})
		},
		"DownloadClientApplicationFile": func() (*docferry.Download, error) {
			return c.DownloadClientApplicationFile(ctx, oracledocs.DownloadClientApplicationFileRequest{ID: app})
		},
	}
}

// What comes with status 200 where content was asked for can be a refusal
// (F81). It is one, whatever the type that it claims to have.
func TestDownloadsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		fault oracledocstest.Fault
		is    error
		code  string
	}{
		"a login page": {oracledocstest.Answer(200, loginPage, "Content-Type", "text/html;charset=UTF-8"),
			docferry.ErrUnauthenticated, ""},
		"a page of no type": {oracledocstest.Answer(200, loginPage), docferry.ErrUnauthenticated, ""},
		"XHTML": {oracledocstest.Answer(200, "<?xml version='1.0'?><html/>", "Content-Type",
			"application/xhtml+xml"), docferry.ErrUnauthenticated, ""},
		"a redirect": {oracledocstest.Answer(302, "", "Location", "https://login.example.com/"),
			docferry.ErrUnauthenticated, ""},
		"errorCode in a 200": {oracledocstest.Refuse(200, "-20", "no"), docferry.ErrForbidden, "-20"},
		"errorCode, no type": {oracledocstest.Answer(200, `{"errorCode":"-18"}`), docferry.ErrForbidden, "-18"},
		"errorCode, a number": {oracledocstest.Answer(200, `{"errorMessage":"gone","errorCode":-16}`, "Content-Type",
			"application/json"), docferry.ErrNotFound, "-16"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			c := newClient(t, srv, oracledocs.V1_2)
			file := srv.AddFile(oracledocstest.User, "self", "a.png", picture(t, 20, 20))
			for operation, get := range downloading(t, c, file, "J1", "A1") {
				srv.Next(operation, test.fault)
				download, err := get()
				refused, ok := errors.AsType[*docferry.Error](err)
				if !ok || !errors.Is(err, test.is) || refused.Code != test.code || refused.Operation != operation ||
					refused.Attempts != 1 {
					t.Errorf("%s: got %v, want %v", operation, err, test.is)
				}
				if download != nil {
					t.Errorf("%s: a download came with the error", operation)
				}
			}
		})
	}
}

// A session that ends in the middle of a download is found out, too.
func TestDownloadRefusedAfterBreak(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv, oracledocs.V1_2)
	file := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("0123456789"))
	srv.Next("DownloadFile", oracledocstest.CutAnswer(5))
	srv.Next("DownloadFile", oracledocstest.Answer(200, loginPage))
	srv.Next("GetFile", oracledocstest.Answer(200, loginPage))
	download := must(c.DownloadFile(t.Context(), oracledocs.DownloadFileRequest{FileID: file, Version: 1}))(t)
	defer download.Close()
	if content, err := io.ReadAll(download); !errors.Is(err, docferry.ErrUnauthenticated) || string(content) != "01234" {
		t.Errorf("read %q, error %v", content, err)
	}
}

// unnamed takes the file name from answers. A name is no proof of content, so
// this must change nothing.
type unnamed struct{ http.RoundTripper }

func (rt unnamed) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := rt.RoundTripper.RoundTrip(req)
	if err == nil {
		resp.Header.Del("Content-Disposition")
	}
	return resp, err
}

// Files that read like a refusal are downloaded as they are. Only they cost a
// second look.
func TestDownloadsOfPages(t *testing.T) {
	long := "<html>" + strings.Repeat("content ", 64<<10) + "</html>"
	for name, test := range map[string]struct {
		content string
		asked   bool // whether GetFile is asked
	}{
		"login.html":  {loginPage, true},
		"long.html":   {long, true},
		"error.json":  {`{"errorCode":"-16","errorMessage":"The item does not exist."}`, true},
		"number.json": {`{"errorCode":7}`, true},
		"well.json":   {`{"errorCode":"0","id":"D1"}`, false},
		"other.json":  {`{"code":"-16"}`, false},
		"cut.json":    {`{"code":`, false},
		"list.json":   {`[{"errorCode":"-16"}]`, false},
		"page.txt":    {loginPage, true},
		"plain.txt":   {"a plain text", false},
		"blank.txt":   {" \n", false},
		"empty.html":  {"", false},
		"page.xml":    {"<errorCode>-16</errorCode>", false},
		"page.bin":    {loginPage, true},
		"page.xhtml":  {"<?xml version='1.0'?><html/>", true},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			file := srv.AddFile(oracledocstest.User, "self", name, []byte(test.content))
			for _, rt := range []http.RoundTripper{srv, unnamed{srv}} {
				c, err := oracledocs.New(oracledocs.Config{BaseURL: srv.URL, HTTP: docferry.HTTP{Transport: rt},
					Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password)})
				if err != nil {
					t.Fatal(err)
				}
				before := len(srv.Calls())
				var meta docferry.Meta
				download := must(c.DownloadFile(t.Context(), oracledocs.DownloadFileRequest{FileID: file},
					docferry.WithMeta(&meta)))(t)
				if got := string(read(download, nil)(t)); got != test.content || download.Size != int64(len(test.content)) ||
					meta.Header.Get("Content-Type") == "" {
					t.Errorf("%d bytes of %d came back as %q, announced as %d", len(got), len(test.content), got[:min(len(got), 99)],
						download.Size)
				}
				want := []string{"DownloadFile"}
				if test.asked {
					want = append(want, "GetFile")
				}
				if calls := srv.Calls()[before:]; !slices.Equal(calls, want) {
					t.Errorf("called %v, want %v", calls, want)
				}
			}
		})
	}
}

// The second look is at what was asked for: that version, by that access. A
// part of a file is never doubted.
func TestDownloadsOfPagesLookAgain(t *testing.T) {
	srv := newServer(t)
	srv.AddUser("guest", "guest-password")
	file := srv.AddFile(oracledocstest.User, "self", "login.html", []byte(loginPage))
	srv.AddFile(oracledocstest.User, "self", "login.html", []byte("<html>another</html>"))
	link := srv.AddPublicLink(file, "downloader", "open sesame")
	access := oracledocs.Access{LinkID: link, AccessCode: "open sesame"}
	for name, test := range map[string]struct {
		req  oracledocs.DownloadFileRequest
		want string
		asks bool
	}{
		"version": {oracledocs.DownloadFileRequest{FileID: file, Access: access, Version: 1}, loginPage, true},
		"latest":  {oracledocs.DownloadFileRequest{FileID: file, Access: access}, "<html>another</html>", true},
		"part": {oracledocs.DownloadFileRequest{FileID: file, Access: access, Version: 1, Range: "bytes=0-9"},
			loginPage[:10], false},
		"without length": {oracledocs.DownloadFileRequest{FileID: file, Access: access, Version: 1}, loginPage, true},
	} {
		c, err := oracledocs.New(oracledocs.Config{BaseURL: srv.URL, Auth: oracledocs.BasicAuth("guest", "guest-password"),
			HTTP: docferry.HTTP{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
				resp, err := unnamed{srv}.RoundTrip(req)
				if err == nil && name == "without length" {
					resp.ContentLength = -1
				}
				return resp, err
			})}})
		if err != nil {
			t.Fatal(err)
		}
		before := len(srv.Calls())
		if got := string(read(c.DownloadFile(t.Context(), test.req))(t)); got != test.want {
			t.Errorf("%s came back as %q", name, got)
		}
		if asked := slices.Contains(srv.Calls()[before:], "GetFile"); asked != test.asks {
			t.Errorf("%s: asked about the file: %t", name, asked)
		}
	}
}

// An uploaded rendition can be a page, if its file name or its size says so.
func TestDownloadsOfRenditions(t *testing.T) {
	srv := newServer(t)
	file := srv.AddFile(oracledocstest.User, "self", "a.txt", nil)
	c, err := oracledocs.New(oracledocs.Config{BaseURL: srv.URL, HTTP: docferry.HTTP{Transport: unnamed{srv}},
		Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password)})
	if err != nil {
		t.Fatal(err)
	}
	sizes := func(size int) oracledocstest.Fault {
		return oracledocstest.Answer(200, fmt.Sprintf(`{"items":[{"name":"other","size":"%d"},{"name":"SMALL","path":"a.html","size":"%d"}]}`, len(loginPage), size))
	}
	for name, test := range map[string]struct {
		path  string
		fault oracledocstest.Fault // of the second look
		ok    bool
	}{
		"a page":             {"small.html", nil, true},
		"an image":           {"small.png", nil, false},
		"of that size":       {"small.png", sizes(len(loginPage)), true},
		"of another size":    {"small.html", sizes(len(loginPage) - 1), false},
		"not there":          {"small.html", oracledocstest.Answer(200, `{}`), false},
		"another login page": {"small.html", oracledocstest.Answer(200, loginPage), false},
		"a refusal":          {"small.html", oracledocstest.Refuse(403, "-20", "no"), false},
	} {
		_, _ = c.DeleteCustomRendition(t.Context(), oracledocs.DeleteCustomRenditionRequest{FileID: file, Rendition: "small"})
		must(c.UploadCustomRendition(t.Context(), oracledocs.UploadCustomRenditionRequest{FileID: file, Name: "small",
			Content: upload.Source{Name: test.path, Size: int64(len(loginPage)), ContentType: "text/html",
				Open: upload.Bytes("", []byte(loginPage)).Open}}))(t)
		if test.fault != nil {
			srv.Next("ListRenditions", test.fault)
		}
		download, err := downloading(t, c, file, "", "")["GetRendition"]()
		switch {
		case test.ok != (err == nil) || !test.ok && !errors.Is(err, docferry.ErrUnauthenticated):
			t.Errorf("%s: %v", name, err)
		case test.ok && string(read(download, nil)(t)) != loginPage:
			t.Errorf("%s came back as something else", name)
		}
	}
}

// Looking at content takes nothing from it, not even that it breaks off.
func TestDownloadOfBrokenPage(t *testing.T) {
	lost := errors.New("connection reset")
	for _, start := range []string{"", "<html>", `{"errorCode":"-16"`, strings.Repeat(" ", 9000)} {
		c, err := oracledocs.New(oracledocs.Config{BaseURL: "https://docs.example.com",
			HTTP: docferry.HTTP{Transport: roundTrip(
				func(*http.Request) (*http.Response, error) {
					return &http.Response{StatusCode: 200, ContentLength: 10_000, Header: http.Header{"Content-Type": {"text/html"}},
						Body: io.NopCloser(iotest.OneByteReader(io.MultiReader(strings.NewReader(start), iotest.ErrReader(lost))))}, nil
				})}})
		if err != nil {
			t.Fatal(err)
		}
		download := must(c.DownloadFile(t.Context(), oracledocs.DownloadFileRequest{FileID: "D1"}))(t)
		content, err := io.ReadAll(download)
		if broke, ok := errors.AsType[*docferry.TransportError](err); !ok || !broke.Sent || !errors.Is(err, lost) ||
			!bytes.Equal(content, []byte(start)) {
			t.Errorf("read %d bytes of %d, error %v", len(content), len(start), err)
		}
		if err := download.Close(); err != nil {
			t.Error(err)
		}
	}
}
