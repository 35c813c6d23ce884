package exchange

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// byteOrderMark is what some servers put before text. It says nothing here,
// since the text is UTF-8 in any case.
var byteOrderMark = []byte("\ufeff")

// TrimMark removes a byte order mark.
func TrimMark(text []byte) []byte { return bytes.TrimPrefix(text, byteOrderMark) }

// decode makes the body of an answer read as if it were not compressed. No
// request asks for compression, but some servers and proxies compress all the
// same. The error says that an answer cannot be read: what is compressed must
// not pass for the content.
func decode(resp *http.Response) error {
	var codings []string
	for _, line := range resp.Header.Values("Content-Encoding") {
		for coding := range strings.SplitSeq(line, ",") {
			if coding = strings.ToLower(strings.TrimSpace(coding)); coding != "" && coding != "identity" {
				codings = append(codings, coding)
			}
		}
	}
	switch {
	case len(codings) == 0 || resp.Body == http.NoBody || resp.ContentLength == 0:
		return nil
	case len(codings) > 1 || codings[0] != "gzip" && codings[0] != "x-gzip":
		return fmt.Errorf("the answer is encoded as %q, which was not asked for", strings.Join(codings, ", "))
	}
	resp.Body = &gzipBody{under: resp.Body}
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	resp.ContentLength, resp.Uncompressed = -1, true
	return nil
}

// readCloser reads from one thing and closes another.
type readCloser struct {
	io.Reader
	io.Closer
}

// gzipBody reads what is compressed. The compressed form ends with a checksum,
// so a part of it does not pass for the whole.
type gzipBody struct {
	under  io.ReadCloser
	reader *gzip.Reader
	err    error
}

// Read implements [io.Reader].
func (b *gzipBody) Read(p []byte) (int, error) {
	if b.reader == nil && b.err == nil {
		if b.reader, b.err = gzip.NewReader(bufio.NewReader(b.under)); errors.Is(b.err, io.EOF) {
			b.err = io.ErrUnexpectedEOF // not even a header
		}
	}
	if b.err != nil {
		return 0, b.err
	}
	return b.reader.Read(p)
}

// Close closes what it reads from.
func (b *gzipBody) Close() error { return b.under.Close() }
