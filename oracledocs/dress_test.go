package oracledocs_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
)

var (
	asGzip    = []string{"Content-Encoding", "gzip"}
	forbidden = docferry.ErrForbidden
)

// nested returns lists that are n deep.
func nested(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

// gzipped returns text as gzip.
func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

// A refusal or a login page is recognized in any dress: with a byte order mark,
// behind blank lines, compressed although that was not asked for, longer than
// what is read to tell, and with odd members beside the code (F81).
func TestDownloadsInOtherDresses(t *testing.T) {
	const mark = "\ufeff"
	filler := strings.Repeat("x", 300<<10)
	for name, test := range map[string]struct {
		body   string
		header []string
		is     error
		code   string
	}{
		"mark, page":               {mark + loginPage, nil, docferry.ErrUnauthenticated, ""},
		"mark, code":               {mark + `{"errorCode":"-20"}`, nil, forbidden, "-20"},
		"mark after a blank":       {"\n" + mark + `{"errorCode":"-20"}`, nil, forbidden, "-20"},
		"blank lines":              {strings.Repeat("\n", 9000) + loginPage, nil, docferry.ErrUnauthenticated, ""},
		"long page":                {loginPage + filler, nil, docferry.ErrUnauthenticated, ""},
		"long refusal":             {`{"errorCode":"-20","errorMessage":"` + filler + `"}`, nil, forbidden, "-20"},
		"gzip, page":               {gzipped(loginPage), asGzip, docferry.ErrUnauthenticated, ""},
		"gzip, code":               {gzipped(`{"errorCode":"-20"}`), asGzip, forbidden, "-20"},
		"brotli":                   {"?", []string{"Content-Encoding", "br"}, docferry.ErrProtocol, ""},
		"odd message":              {`{"errorMessage":{"a":[1]},"errorCode":"-20"}`, nil, forbidden, "-20"},
		"odd key":                  {`{"errorKey":["!a"],"errorCode":"-20","errorMessage":"no"}`, nil, forbidden, "-20"},
		"odd detail":               {`{"title":7,"id":{"a":1},"errorCode":"-20"}`, nil, forbidden, "-20"},
		"half a pair in message":   {`{"errorMessage":"\ud83d","errorCode":"-20"}`, nil, forbidden, "-20"},
		"half a pair elsewhere":    {`{"name":"a\udc00b","errorCode":"-20"}`, nil, forbidden, "-20"},
		"half a pair in a name":    {`{"a\ud83d":1,"errorCode":"-20"}`, nil, forbidden, "-20"},
		"invalid UTF-8":            {"{\"errorMessage\":\"\xff\",\"errorCode\":\"-20\"}", nil, forbidden, "-20"},
		"the code twice":           {`{"errorCode":"-20","errorCode":"-20"}`, nil, forbidden, "-20"},
		"trailing text":            {`{"errorCode":"-20"} <!-- -->`, nil, forbidden, "-20"},
		"cut off after the code":   {`{"errorCode":"-20","errorMessage":"no`, nil, forbidden, "-20"},
		"deep beside the code":     {`{"x":` + nested(9000) + `,"errorCode":"-20"}`, nil, forbidden, "-20"},
		"too deep":                 {`{"errorCode":"-20","x":` + nested(20000) + `}`, nil, forbidden, "-20"},
		"the code in another case": {`{"ErrorCode":"-20"}`, nil, forbidden, "-20"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			c := newClient(t, srv, oracledocs.V1_2)
			file := srv.AddFile(oracledocstest.User, "self", "a.png", picture(t, 20, 20))
			for operation, get := range downloading(t, c, file, "J1", "A1") {
				srv.Next(operation, oracledocstest.Answer(200, test.body, test.header...))
				download, err := get()
				var text []byte
				if err == nil {
					text, err = io.ReadAll(download)
					_ = download.Close()
				}
				refused, ok := errors.AsType[*docferry.Error](err)
				// The size of the file can show first that a long answer is something else.
				size := len(test.body) > 256<<10 && errors.Is(err, docferry.ErrProtocol) && len(text) == 0
				if !size && (!ok || !errors.Is(err, test.is) || refused.Code != test.code) {
					t.Errorf("%s: %.80v after %d bytes, want %v", operation, err, len(text), test.is)
				}
			}
		})
	}
}

// The same dresses change nothing for answers that are not content.
func TestAnswersInOtherDresses(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv, oracledocs.V1_2)
	for name, test := range map[string]struct {
		body   string
		header []string
		is     error
	}{
		"mark":            {"\ufeff" + loginPage, nil, docferry.ErrUnauthenticated},
		"gzip":            {gzipped(`{"errorCode":"-20"}`), asGzip, forbidden},
		"deflate":         {"?", []string{"Content-Encoding", "deflate"}, docferry.ErrProtocol},
		"half a pair":     {`{"errorMessage":"\ud83d","errorCode":"-20"}`, nil, forbidden},
		"odd message":     {`{"errorMessage":[],"errorCode":"-20"}`, nil, forbidden},
		"long, code last": {`{"errorMessage":"` + strings.Repeat("x", 300<<10) + `","errorCode":"-20"}`, nil, forbidden},
	} {
		srv.Next("GetFile", oracledocstest.Answer(200, test.body, test.header...))
		if _, err := c.GetFile(t.Context(), oracledocs.GetFileRequest{FileID: "D1"}); !errors.Is(err, test.is) {
			t.Errorf("%s: %.200v", name, err)
		}
	}
}

// Meta describes the answer with which a download begins. Neither resuming it,
// even from its first byte, nor a second look at it changes that.
func TestDownloadKeepsMeta(t *testing.T) {
	for _, sent := range []int{0, 5} {
		srv := newServer(t)
		c := newClient(t, srv, oracledocs.V1_2)
		file := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("0123456789"))
		srv.Next("DownloadFile", oracledocstest.CutAnswer(sent))
		var meta docferry.Meta
		download := must(c.DownloadFile(t.Context(), oracledocs.DownloadFileRequest{FileID: file, Version: 1},
			docferry.WithMeta(&meta)))(t)
		meta.RequestID = "mark"
		if content, err := io.ReadAll(download); err != nil || string(content) != "0123456789" {
			t.Errorf("cut after %d: read %q, error %v", sent, content, err)
		}
		if meta.RequestID != "mark" {
			t.Errorf("cut after %d: reading changed Meta to %+v", sent, meta)
		}
		_ = download.Close()
	}
}

// The second look at a rendition, when its download is resumed, leaves Meta
// alone too.
func TestRenditionKeepsMeta(t *testing.T) {
	srv := newServer(t)
	file := srv.AddFile(oracledocstest.User, "self", "a.txt", nil)
	c := must(oracledocs.New(oracledocs.Config{BaseURL: srv.URL,
		Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password),
		HTTP: docferry.HTTP{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
			resp, err := srv.RoundTrip(req)
			if err == nil {
				resp.Header.Set("ETag", `"1"`) // without it a rendition is not resumed
			}
			return resp, err
		})}}))(t)
	must(c.UploadCustomRendition(t.Context(), oracledocs.UploadCustomRenditionRequest{FileID: file, Name: "small",
		Content: upload.Bytes("small.bin", []byte("0123456789"))}))(t)
	srv.Next("GetRendition", oracledocstest.CutAnswer(5))
	srv.Next("GetRendition", oracledocstest.Answer(200, loginPage))
	var meta docferry.Meta
	download := must(c.GetRendition(t.Context(), oracledocs.GetRenditionRequest{FileID: file, Rendition: "small",
		RenditionType: oracledocs.RenditionTypeUploaded}, docferry.WithMeta(&meta)))(t)
	defer download.Close()
	meta.RequestID = "mark"
	if content, err := io.ReadAll(download); err == nil || len(content) > 5 {
		t.Errorf("read %q, error %v", content, err)
	}
	if meta.RequestID != "mark" || !slices.Contains(srv.Calls(), "ListRenditions") {
		t.Errorf("calls %v, Meta is %+v", srv.Calls(), meta)
	}
}
