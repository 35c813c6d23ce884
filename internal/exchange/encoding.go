package exchange

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// byteOrderMark is what some servers put before text. It says nothing here,
// since the text is UTF-8 in any case.
var byteOrderMark = []byte("\ufeff")

// readable returns text in UTF-8, without a byte order mark. Text that is valid
// UTF-8 stays as it is, whatever the header says; with a mark of UTF-16 it is
// converted from that, and under another name it is read as ISO 8859-1, of which
// the ASCII characters are the same in nearly all encodings.
func readable(text []byte, contentType string) []byte {
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")):
		return fromUTF16(text[2:], binary.LittleEndian)
	case bytes.HasPrefix(text, []byte("\xfe\xff")):
		return fromUTF16(text[2:], binary.BigEndian)
	}
	text = TrimMark(text)
	if !strings.Contains(contentType, ";") {
		return text
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		if charset := strings.ToLower(params["charset"]); charset != "" && charset != "utf-8" && charset != "utf8" {
			return fromLatin1(text)
		}
	}
	return text
}

// fromUTF16 converts from UTF-16. An odd byte at the end is dropped.
func fromUTF16(text []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = order.Uint16(text[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// fromLatin1 converts from ISO 8859-1 what is not valid UTF-8.
func fromLatin1(text []byte) []byte {
	if utf8.Valid(text) {
		return text
	}
	runes := make([]rune, len(text))
	for i, b := range text {
		runes[i] = rune(b)
	}
	return []byte(string(runes))
}

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
