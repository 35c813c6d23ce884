package s3test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry/upload"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// content returns all of a source.
func content(t *testing.T, src upload.Source) []byte {
	t.Helper()
	r, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// checksumOf returns a checksum as S3's headers carry it.
func checksumOf(sum []byte) *string { return new(base64.StdEncoding.EncodeToString(sum)) }

func sha256Of(content []byte) *string {
	sum := sha256.Sum256(content)
	return checksumOf(sum[:])
}

func crc32Of(content []byte) *string {
	return checksumOf(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(content)))
}

// told is what the gateway tells of an object.
type told struct {
	ContentType, Disposition, Encoding, Language, CacheControl, Expires string
	Metadata                                                            map[string]string
	SHA256, CRC32                                                       string
	Encryption                                                          string
}

func (g *gateway) told(t *testing.T, key string) told {
	t.Helper()
	h := g.head(t, key)
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	return told{
		ContentType: text(h.ContentType), Disposition: text(h.ContentDisposition), Encoding: text(h.ContentEncoding),
		Language: text(h.ContentLanguage), CacheControl: text(h.CacheControl), Expires: text(h.ExpiresString),
		Metadata: h.Metadata, SHA256: text(h.ChecksumSHA256), CRC32: text(h.ChecksumCRC32),
		Encryption: string(h.ServerSideEncryption),
	}
}

// without is a transport that loses a header on the way.
type without struct {
	http.RoundTripper
	header string
}

func (w without) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Del(w.header)
	return w.RoundTripper.RoundTrip(r)
}

// Whatever the service has signed is sent as it was signed, and has its effect.
// The gateway refuses the upload if any of it is missing.
func TestSignedHeaders(t *testing.T) {
	g := plain(t)
	src := random("report.pdf", 1, 4321)
	sum, crc := sha256Of(content(t, src)), crc32Of(content(t, src))
	for name, c := range map[string]struct {
		sign   func(*put)
		signed []string // the headers that this signs, besides Content-Length
		want   told
	}{
		"content type": {
			func(p *put) { p.ContentType = new(`text/plain; charset="utf-8"`) },
			[]string{"Content-Type"}, told{ContentType: `text/plain; charset="utf-8"`},
		},
		"user metadata": {
			func(p *put) {
				p.Metadata = map[string]string{"author": "Ada  L., and others", "Case-Number": "17/4 = 50%"}
			},
			[]string{"X-Amz-Meta-Author", "X-Amz-Meta-Case-Number"},
			told{Metadata: map[string]string{"author": "Ada  L., and others", "case-number": "17/4 = 50%"}},
		},
		"what browsers are told": {
			func(p *put) {
				p.ContentDisposition = new(`attachment; filename="a b;c.pdf"`)
				p.ContentEncoding, p.ContentLanguage, p.CacheControl = new("br"), new("de-AT, en"), new("max-age=60, private")
				p.Expires = new(time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC))
			},
			[]string{"Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires"},
			told{Disposition: `attachment; filename="a b;c.pdf"`, Encoding: "br", Language: "de-AT, en",
				CacheControl: "max-age=60, private", Expires: "Wed, 02 Jan 2030 03:04:05 GMT"},
		},
		"SHA-256": {
			func(p *put) { p.ChecksumSHA256 = sum },
			[]string{"X-Amz-Checksum-Sha256"}, told{SHA256: *sum},
		},
		"CRC-32": {
			func(p *put) { p.ChecksumCRC32 = crc },
			[]string{"X-Amz-Checksum-Crc32"}, told{CRC32: *crc},
		},
		// This gateway neither obeys the last three nor refuses them. That they arrive
		// shows in the signature only.
		"ACL": {
			func(p *put) { p.ACL = "bucket-owner-full-control" },
			[]string{"X-Amz-Acl"}, told{},
		},
		"encryption": {
			func(p *put) { p.ServerSideEncryption = "AES256" },
			[]string{"X-Amz-Server-Side-Encryption"}, told{Encryption: ""},
		},
		"encryption by a key of the caller's": {
			func(p *put) {
				p.SSECustomerAlgorithm, p.SSECustomerKey = new("AES256"), checksumOf([]byte(strings.Repeat("k", 32)))
			},
			[]string{"X-Amz-Server-Side-Encryption-Customer-Algorithm", "X-Amz-Server-Side-Encryption-Customer-Key"},
			told{Encryption: ""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, header := range c.signed {
				to := g.to(name, c.sign)
				to.HTTP.Transport = without{g.http.Transport, header}
				_, err := to.Upload(t.Context(), src)
				want := refusal{403, "SignatureDoesNotMatch", upload.StateRolledBack}
				if diff := cmp.Diff(want, refusalOf(t, err)); diff != "" {
					t.Errorf("without the header %s (-want +got):\n%s", header, diff)
				}
			}
			result, err := g.to(name, c.sign).Upload(t.Context(), src)
			if err != nil {
				t.Fatal(err)
			}
			g.stored(t, name, src, result)
			want := c.want
			if want.ContentType == "" {
				want.ContentType = "application/pdf"
			}
			if diff := cmp.Diff(want, g.told(t, name), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("what the gateway tells (-want +got):\n%s", diff)
			}
		})
	}
}
