package upload_test

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// storage answers every PUT and POST alike, and keeps account of them.
type storage struct {
	status int
	header http.Header
	body   string
	sent   []string // the bodies
}

func (s *storage) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	s.sent = append(s.sent, string(body))
	return &http.Response{StatusCode: s.status, Header: s.header.Clone(), Request: req,
		Body: io.NopCloser(strings.NewReader(s.body)), ContentLength: int64(len(s.body))}, nil
}

// put uploads file to the storage alone: there is no commit.
func (s *storage) put(t *testing.T, change func(*upload.Presigned)) (*upload.Result, *upload.Error) {
	t.Helper()
	p := &upload.Presigned{HTTP: docferry.HTTP{Transport: s, Retry: soon},
		Begin: func(context.Context, upload.Source) (*upload.Slot, error) {
			return &upload.Slot{ID: "key", URL: "https://bucket.example.com/key?X-Amz-Signature=canary"}, nil
		}}
	if change != nil {
		change(p)
	}
	result, err := p.Upload(t.Context(), file)
	ended, _ := errors.AsType[*upload.Error](err)
	if (err == nil) != (ended == nil) || (err == nil) != (result != nil) {
		t.Fatalf("%+v, %v", result, err)
	}
	return result, ended
}

func header(pairs ...string) http.Header {
	h := make(http.Header)
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

// Checksums of the content of file, and of other content.
func base64Sum(algorithm, content string) string {
	if algorithm == "md5" {
		sum := md5.Sum([]byte(content))
		return base64.StdEncoding.EncodeToString(sum[:])
	}
	sum := sha256.Sum256([]byte(content))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// What the answer to a PUT means: stored, or one of the endings.
func TestAnswersToPUT(t *testing.T) {
	const stored = ""
	const errorDocument = `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>no</Message></Error>`
	content := "some content"
	etag := header("Etag", `"0x8DC"`)
	for name, c := range map[string]struct {
		status int
		header http.Header
		body   string
		want   upload.State // "" means stored
		is     error
	}{
		"200 with an ETag":            {200, etag, "", stored, nil},
		"201 with an ETag":            {201, etag, "", stored, nil},
		"204 with an ETag":            {204, etag, "", stored, nil},
		"200 with nothing":            {200, nil, "", unknown, docferry.ErrProtocol},
		"204 with nothing":            {204, nil, "", unknown, docferry.ErrProtocol},
		"202 with an ETag":            {202, etag, "", unknown, docferry.ErrProtocol},
		"206 with an ETag":            {206, etag, "", unknown, docferry.ErrProtocol},
		"101":                         {101, etag, "", unknown, docferry.ErrProtocol},
		"303":                         {303, header("Location", "/done"), "", unknown, docferry.ErrProtocol},
		"302":                         {302, header("Location", "/login"), "", rolledBack, docferry.ErrProtocol},
		"307":                         {307, header("Location", "/there"), "", rolledBack, docferry.ErrProtocol},
		"error document in a 200":     {200, etag, errorDocument, unknown, docferry.ErrProtocol},
		"error document after a mark": {200, etag, "\ufeff" + errorDocument, unknown, docferry.ErrProtocol},
		"error document of another kind": {200, etag, "<d:error xmlns:d='DAV:'/><error>x</error>", unknown,
			docferry.ErrProtocol},
		"page with an ETag":    {200, etag, "<!DOCTYPE html><html>Sign in</html>", unknown, docferry.ErrProtocol},
		"XML that is no error": {200, etag, "<PostResponse><Key>a</Key></PostResponse>", stored, nil},
		"SHA-256 of S3": {200, header("X-Amz-Checksum-Sha256", base64Sum("sha256", content)), "",
			stored, nil},
		"SHA-256 of S3, of other content": {200, header("Etag", `"x"`, "X-Amz-Checksum-Sha256", base64Sum("sha256", "other")),
			"", orphaned, upload.ErrIntegrity},
		"SHA-256 of S3, of parts": {200, header("Etag", `"x"`, "X-Amz-Checksum-Sha256",
			base64Sum("sha256", "other")+"-2"), "", stored, nil},
		"hashes of GCS": {200, header("X-Goog-Hash", "crc32c=AAAAAA==,md5="+base64Sum("md5", content)), "",
			stored, nil},
		"hashes of GCS, two headers": {200, header("X-Goog-Hash", "crc32c=AAAAAA==", "X-Goog-Hash",
			"md5="+base64Sum("md5", "other")), "", orphaned, upload.ErrIntegrity},
		"Content-MD5 of Azure": {201, header("Content-Md5", base64Sum("md5", content)), "", stored, nil},
		"Content-MD5 of other content": {201, header("Etag", `"x"`, "Content-Md5", base64Sum("md5", "other")), "", orphaned,
			upload.ErrIntegrity},
		"Content-MD5 of the answer": {200, header("Etag", `"x"`, "Content-Md5", base64Sum("md5", "ok")), "ok",
			stored, nil},
		"Content-MD5 of an empty answer": {200, header("Etag", `"x"`, "Content-Md5", base64Sum("md5", "")), "", stored, nil},
		"Digest":                         {204, header("Digest", "SHA-256="+base64Sum("sha256", content)), "", stored, nil},
		"Repr-Digest": {204, header("Repr-Digest", "sha-256=:"+base64Sum("sha256", content)+":"), "",
			stored, nil},
		"Digest of other content": {200, header("Etag", `"x"`, "Digest", "md5="+base64Sum("md5", "other")), "", orphaned,
			upload.ErrIntegrity},
		"Digest of an unknown kind":  {200, header("Digest", "sha-512=AAAA"), "", unknown, docferry.ErrProtocol},
		"checksum that is none":      {200, header("Etag", `"x"`, "X-Amz-Checksum-Sha256", "?"), "", stored, nil},
		"ETag of the form of an MD5": {200, header("Etag", `"d41d8cd98f00b204e9800998ecf8427e"`), "", stored, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := &storage{status: c.status, header: c.header, body: c.body}
			result, ended := s.put(t, nil)
			if c.want == stored {
				if ended != nil || result.SHA256 != fileSHA256 {
					t.Errorf("%+v, %v", result, ended)
				}
				return
			}
			if ended == nil || ended.State != c.want || !errors.Is(ended, c.is) {
				t.Errorf("ended as %v, want %s, %v", ended, c.want, c.is)
			}
		})
	}
}

// An ETag is compared with the MD5 only where the caller knows that it is one.
func TestCompareETag(t *testing.T) {
	s := &storage{status: 200, header: header("Etag", `"d41d8cd98f00b204e9800998ecf8427e"`)}
	_, ended := s.put(t, func(p *upload.Presigned) { p.CompareETag = true })
	if ended == nil || !errors.Is(ended, upload.ErrIntegrity) || len(s.sent) != 2 {
		t.Errorf("%v after %d PUTs", ended, len(s.sent))
	}
}

// Accept teaches answers that are not S3's. What it says counts, except
// against a checksum.
func TestAccept(t *testing.T) {
	webdav := func(status int, header http.Header, body []byte) error {
		if status == 201 || status == 303 && header.Get("Location") == "/stored" && string(body) == "see there" {
			return nil
		}
		return fmt.Errorf("status %d", status)
	}
	for name, c := range map[string]struct {
		storage storage
		want    upload.State
	}{
		"201 with nothing":      {storage{status: 201}, ""},
		"303 that it knows":     {storage{status: 303, header: header("Location", "/stored"), body: "see there"}, ""},
		"303 that it knows not": {storage{status: 303, header: header("Location", "/login")}, unknown},
		"200 with an ETag":      {storage{status: 200, header: header("Etag", `"x"`)}, unknown},
		"201 of other content":  {storage{status: 201, header: header("Digest", "md5="+base64Sum("md5", "other"))}, orphaned},
		"403":                   {storage{status: 403}, rolledBack},
	} {
		t.Run(name, func(t *testing.T) {
			_, ended := c.storage.put(t, func(p *upload.Presigned) { p.Accept = webdav })
			if (ended == nil) != (c.want == "") || ended != nil && ended.State != c.want {
				t.Errorf("%v, want %q", ended, c.want)
			}
		})
	}
}

// A name that is taken belongs to what was there before: it is neither removed
// nor named, and the upload is not said to be rolled back.
func TestTakenName(t *testing.T) {
	for _, status := range []int{409, 412} {
		for name, c := range map[string]struct {
			change func(*upload.Presigned)
			draft  bool
			state  upload.State
			left   int
			aborts int
		}{
			"storage alone":      {state: notStarted},
			"with a commit":      {change: withCommit, state: orphaned, left: 1},
			"with its own draft": {change: withCommit, draft: true, state: rolledBack, aborts: 1},
		} {
			t.Run(fmt.Sprint(status, " ", name), func(t *testing.T) {
				aborts := 0
				s := &storage{status: status}
				_, ended := s.put(t, func(p *upload.Presigned) {
					if c.change != nil {
						c.change(p)
					}
					begin := p.Begin
					p.Begin = func(ctx context.Context, src upload.Source) (*upload.Slot, error) {
						slot, err := begin(ctx, src)
						slot.Draft = c.draft
						return slot, err
					}
					p.Abort = func(context.Context, *upload.Slot) error { aborts++; return nil }
				})
				if ended == nil || ended.State != c.state || len(ended.Left) != c.left || aborts != c.aborts {
					t.Errorf("%v after %d aborts", ended, aborts)
				}
			})
		}
	}
}

func withCommit(p *upload.Presigned) {
	p.Commit = func(context.Context, *upload.Slot, upload.Put) (*upload.Result, error) {
		return &upload.Result{}, nil
	}
}

// If the PUT is all there is, nothing is removed that it may not have stored.
func TestAbortOfStorageAlone(t *testing.T) {
	for name, c := range map[string]struct {
		storage storage
		state   upload.State
		aborts  int
	}{
		"refused":  {storage{status: 403}, rolledBack, 0},
		"in doubt": {storage{status: 500}, unknown, 0},
		"other content": {storage{status: 200, header: header("Etag", `"x"`, "Digest", "md5="+base64Sum("md5", "other"))},
			rolledBack, 1},
	} {
		t.Run(name, func(t *testing.T) {
			aborts := 0
			_, ended := c.storage.put(t, func(p *upload.Presigned) {
				p.Abort = func(context.Context, *upload.Slot) error { aborts++; return nil }
			})
			if ended == nil || ended.State != c.state || aborts != c.aborts {
				t.Errorf("%v after %d aborts", ended, aborts)
			}
		})
	}
}

// What a form's answer means without an Accept.
func TestAnswersToPOST(t *testing.T) {
	for name, c := range map[string]struct {
		storage storage
		want    upload.State
	}{
		"200":            {storage{status: 200, body: "thanks"}, ""},
		"201":            {storage{status: 201, body: "<PostResponse/>"}, ""},
		"204":            {storage{status: 204}, ""},
		"202":            {storage{status: 202}, unknown},
		"206":            {storage{status: 206}, unknown},
		"101":            {storage{status: 101}, unknown},
		"302":            {storage{status: 302, header: header("Location", "/done")}, unknown},
		"303":            {storage{status: 303, header: header("Location", "/done")}, unknown},
		"307":            {storage{status: 307, header: header("Location", "/there")}, rolledBack},
		"a page":         {storage{status: 200, body: "\ufeff <html>Sign in</html>"}, unknown},
		"error document": {storage{status: 200, body: "<Error><Code>InternalError</Code></Error>"}, unknown},
		"403":            {storage{status: 403}, rolledBack},
		"500":            {storage{status: 500}, unknown},
	} {
		t.Run(name, func(t *testing.T) {
			m := &upload.Multipart{URL: "https://forms.example.com/", HTTP: docferry.HTTP{Transport: &c.storage, Retry: soon}}
			_, err := m.Upload(t.Context(), file)
			ended, _ := errors.AsType[*upload.Error](err)
			if (err == nil) != (c.want == "") || err != nil && ended.State != c.want || len(c.storage.sent) != 1 {
				t.Errorf("%v after %d forms, want %q", err, len(c.storage.sent), c.want)
			}
		})
	}
}

// What earlier tries of Begin left is named, whatever becomes of the upload.
func TestSlotLeft(t *testing.T) {
	earlier := []upload.Ref{{ID: "draft", Version: "1"}}
	with := func(p *upload.Presigned) {
		begin := p.Begin
		p.Begin = func(ctx context.Context, src upload.Source) (*upload.Slot, error) {
			slot, err := begin(ctx, src)
			slot.Left = earlier
			return slot, err
		}
	}
	s := &storage{status: 200, header: header("Etag", `"x"`)}
	if result, ended := s.put(t, with); ended != nil || !slices.Equal(result.Left, earlier) {
		t.Errorf("%+v, %v", result, ended)
	}
	s = &storage{status: 403}
	if _, ended := s.put(t, with); ended == nil || !slices.Equal(ended.Left, earlier) || ended.State != orphaned {
		t.Errorf("%v", ended)
	}
}
