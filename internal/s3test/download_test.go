package s3test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/upload"
	"github.com/google/go-cmp/cmp"
)

// comesBack downloads an object, and compares it with what was sent.
func (g *gateway) comesBack(t *testing.T, c *connectparticipant.Client, key string, src upload.Source) {
	t.Helper()
	d, err := c.DownloadAttachment(t.Context(), connectparticipant.GetAttachmentRequest{AttachmentID: key,
		ConnectionToken: "token"})
	if err != nil {
		t.Error(err)
		return
	}
	defer d.Close()
	if d.Size != src.Size || d.ContentType != "text/plain; charset=utf-8" { // which the URL asks for
		t.Errorf("the download has %d bytes of type %q, want %d", d.Size, d.ContentType, src.Size)
	}
	want := describe(t, key, src)
	if sum, size := digest(t, d); sum != want.SHA256 || size != want.Size {
		t.Errorf("%d bytes with digest %s came back, want %d with %s", size, sum, want.Size, want.SHA256)
	}
}

// store puts an object into the gateway.
func (g *gateway) store(t *testing.T, key string, src upload.Source) {
	t.Helper()
	if _, err := g.to(key, nil).Upload(t.Context(), src); err != nil {
		t.Fatal(err)
	}
}

// breaking is a transport whose answers to GET requests break off after a
// number of bytes, as many times as it is told.
type breaking struct {
	http.RoundTripper
	after  int64
	times  int
	before func() // the next request, if not nil
	ranges []string
}

func (b *breaking) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet {
		return b.RoundTripper.RoundTrip(r)
	}
	b.ranges = append(b.ranges, r.Header.Get("Range"))
	if len(b.ranges) > 1 && b.before != nil {
		b.before()
	}
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil && len(b.ranges) <= b.times {
		broken := io.MultiReader(io.LimitReader(resp.Body, b.after), brokenReader{})
		resp.Body = struct {
			io.Reader
			io.Closer
		}{broken, resp.Body}
	}
	return resp, err
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("connection reset by peer") }

// A download that breaks off goes on where it stopped.
func TestDownloadIsResumed(t *testing.T) {
	d := &desk{gateway: plain(t)}
	src := random("long.txt", 1, 5<<20)
	d.store(t, "long.txt", src)
	b := &breaking{RoundTripper: d.http.Transport, after: 1_500_000, times: 2}
	d.http.Transport = b
	d.size = src.Size
	d.comesBack(t, d.client(t), "long.txt", src)
	if diff := cmp.Diff([]string{"", "bytes=1500000-", "bytes=3000000-"}, b.ranges); diff != "" {
		t.Errorf("the ranges that were asked for (-want +got):\n%s", diff)
	}
}

// Content that is replaced during a download is not mixed with what had come
// before. This gateway ignores If-Range, so its ETag has to tell.
func TestDownloadOfReplacedContent(t *testing.T) {
	d := &desk{gateway: plain(t)}
	src := random("long.txt", 1, 5<<20)
	d.store(t, "long.txt", src)
	replace := func() { d.store(t, "long.txt", random("long.txt", 2, 5<<20)) }
	d.http.Transport = &breaking{RoundTripper: d.http.Transport, after: 1_500_000, times: 1,
		before: replace}
	got, err := d.client(t).DownloadAttachment(t.Context(), connectparticipant.GetAttachmentRequest{
		AttachmentID: "long.txt", ConnectionToken: "token"})
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	read, err := io.ReadAll(got)
	if !errors.Is(err, docferry.ErrProtocol) {
		t.Errorf("%v: want %v", err, docferry.ErrProtocol)
	}
	if !bytes.Equal(read, content(t, src)[:1_500_000]) {
		t.Errorf("%d bytes came, want the 1500000 before the break", len(read))
	}
}

// The service is asked for another URL if the first has expired.
func TestDownloadURLIsRenewed(t *testing.T) {
	d := &desk{gateway: plain(t), at: longAgo(), size: 1000}
	src := random("a.txt", 1, 1000)
	d.store(t, "a.txt", src)
	d.comesBack(t, d.client(t), "a.txt", src)
	if d.asked != 2 {
		t.Errorf("%d URLs were asked for, want 2", d.asked)
	}
}

func TestDownloadRefused(t *testing.T) {
	d := &desk{gateway: plain(t)}
	d.store(t, "a.txt", upload.Bytes("a.txt", []byte("content")))
	for name, c := range map[string]struct {
		key    string
		how    func(*s3.Options)
		size   int64
		status int
		code   string
		kind   error
	}{
		"missing object":                   {"b.txt", nil, 0, 404, "NoSuchKey", docferry.ErrNotFound},
		"wrong secret":                     {"a.txt", wrongSecret, 0, 403, "SignatureDoesNotMatch", docferry.ErrForbidden},
		"other size than the service says": {"a.txt", nil, 8, 200, "", docferry.ErrProtocol},
	} {
		t.Run(name, func(t *testing.T) {
			d.how, d.size = c.how, c.size
			_, err := d.client(t).DownloadAttachment(t.Context(), connectparticipant.GetAttachmentRequest{
				AttachmentID: c.key, ConnectionToken: "token"})
			refused, ok := errors.AsType[*docferry.Error](err)
			if !ok || refused.StatusCode != c.status || refused.Code != c.code || !errors.Is(err, c.kind) {
				t.Errorf("%v: want %d %s, %v", err, c.status, c.code, c.kind)
			}
		})
	}
}

// An object that says that it is gzip comes back unpacked, whether a proxy has
// packed it or whoever stored it. A size that the service has recorded is that of
// the content then: the size of what is packed does not pass for it.
func TestDownloadOfPackedContent(t *testing.T) {
	d := &desk{gateway: plain(t)}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	src := random("a.txt", 1, 100_000)
	if _, err := w.Write(content(t, src)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	gzipped := func(p *put) { p.ContentEncoding = new("gzip") }
	if _, err := d.to("a.txt", gzipped).Upload(t.Context(), upload.Bytes("a.gz", packed.Bytes())); err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int64]error{0: nil, src.Size: nil, int64(packed.Len()): io.ErrUnexpectedEOF} {
		d.size = size // 0 is none
		got, err := d.client(t).DownloadAttachment(t.Context(), connectparticipant.GetAttachmentRequest{
			AttachmentID: "a.txt", ConnectionToken: "token"})
		if err != nil {
			t.Fatal(err)
		}
		read, err := io.ReadAll(got)
		_ = got.Close()
		if !errors.Is(err, want) || want == nil && !bytes.Equal(read, content(t, src)) {
			t.Errorf("with a recorded size of %d, %d bytes came: %v; want the content, and %v", size, len(read), err, want)
		}
	}
}
