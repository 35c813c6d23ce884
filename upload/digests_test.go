package upload_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

const digested = "some content"

// Which digests are computed is the source's choice, or else the engine's.
func TestDigests(t *testing.T) {
	otherETag := header("Etag", `"0cc175b9c0f1b6a831c399e269772661"`) // an MD5, of other content
	otherMD5 := header("Etag", `"x"`, "Content-Md5", base64Sum("md5", "other"))
	for name, c := range map[string]struct {
		engine, source upload.Digests
		compare, plain bool // CompareETag and CompareETagPlain
		url            docferry.Secret
		answer         http.Header
		stored         bool
		sha256         string
	}{
		"usual":                                {answer: otherETag, stored: true, sha256: fileSHA256},
		"usual, a checksum":                    {answer: otherMD5},
		"SHA-256, a checksum":                  {engine: upload.DigestsSHA256, answer: otherMD5, stored: true, sha256: fileSHA256},
		"none":                                 {engine: upload.DigestsNone, answer: otherMD5, stored: true},
		"none of this source":                  {source: upload.DigestsNone, answer: otherMD5, stored: true},
		"SHA-256 of this source":               {engine: upload.DigestsNone, source: upload.DigestsSHA256, answer: otherMD5, stored: true, sha256: fileSHA256},
		"none, but the ETag is compared":       {engine: upload.DigestsNone, compare: true, answer: otherETag},
		"the ETag over https":                  {compare: true, answer: otherETag},
		"the plain ETag over https":            {plain: true, answer: otherETag, stored: true, sha256: fileSHA256},
		"a checksum of other content, over it": {plain: true, answer: otherMD5, stored: true, sha256: fileSHA256},
		"the plain ETag over http":             {plain: true, url: "http://bucket.example.com/thing", answer: otherETag},
	} {
		t.Run(name, func(t *testing.T) {
			s := &storage{status: 200, header: c.answer}
			if c.url == "" {
				c.url = "https://bucket.example.com/thing"
			}
			p := &upload.Presigned{HTTP: docferry.HTTP{Transport: s, Retry: soon, AllowPrivate: true},
				Digests: c.engine, CompareETag: c.compare, CompareETagPlain: c.plain,
				Begin: func(context.Context, upload.Source) (*upload.Slot, error) {
					return &upload.Slot{ID: "key", URL: c.url}, nil
				}}
			src := upload.Bytes("a.txt", []byte(digested))
			src.Digests = c.source
			result, err := p.Upload(t.Context(), src)
			if stored := err == nil; stored != c.stored || stored && result.SHA256 != c.sha256 {
				t.Errorf("%+v, %v", result, err)
			}
		})
	}
}

// A form has a SHA-256 unless neither its source nor Find needs one.
func TestDigestsOfForms(t *testing.T) {
	for _, find := range []bool{false, true} {
		m := &upload.Multipart{URL: "https://example.com/form", Digests: upload.DigestsNone,
			HTTP: docferry.HTTP{Transport: &storage{status: 200}},
			Accept: func(int, http.Header, []byte) (*upload.Result, error) {
				return &upload.Result{ID: "1", Size: int64(len(digested))}, nil
			}}
		want := ""
		if find {
			want = fileSHA256
			m.Find = func(context.Context, upload.Sent) (*upload.Result, error) { return nil, nil }
		}
		result, err := m.Upload(t.Context(), upload.Bytes("a.txt", []byte(digested)))
		if err != nil || result.SHA256 != want {
			t.Errorf("with Find %v: %+v, %v", find, result, err)
		}
	}
}
