package upload

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"mime"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"github.com/docferry/docferry"
)

// Field is a part of a form besides the file.
type Field struct {
	Name        string
	ContentType string // "" sends none
	Content     []byte
	After       bool // sent after the file; otherwise before it, in order
}

// Form is a multipart/form-data body around a source: a head, the content as
// it is read, and a tail. Its length is known before anything is read, nothing
// of the content is held in memory, and it can be opened any number of times.
type Form struct {
	source     Source
	head, tail []byte
	boundary   string
	digests    Digests
	last       atomic.Pointer[exactReader] // the body that was opened last
	read       atomic.Bool                 // some body was read to its last byte
}

// NewForm returns a form with the content of src in the part named fileField,
// among the other fields. It refuses names that cannot be written in a form.
func NewForm(src Source, fileField string, fields ...Field) (*Form, error) {
	if err := src.validate(""); err != nil {
		return nil, err
	}
	f := &Form{source: src, boundary: rand.Text() + rand.Text()}
	var head, tail bytes.Buffer
	for _, field := range fields {
		to := &head
		if field.After {
			to = &tail
		}
		if err := f.part(to, field.Name, "", field.ContentType); err != nil {
			return nil, err
		}
		to.Write(field.Content)
		to.WriteString("\r\n")
	}
	contentType := src.ContentType
	if contentType == "" {
		contentType = DefaultContentType
	}
	if err := f.part(&head, fileField, src.Name, contentType); err != nil {
		return nil, err
	}
	f.head = head.Bytes()
	f.tail = append([]byte("\r\n"), tail.Bytes()...)
	f.tail = append(f.tail, "--"+f.boundary+"--\r\n"...)
	return f, nil
}

// part writes the header of a part.
func (f *Form) part(to *bytes.Buffer, name, file, contentType string) error {
	bad := func(field, reason string) error {
		return &docferry.InputError{Operation: "NewForm", Field: "Field." + field, Reason: reason}
	}
	switch {
	case name == "":
		return bad("Name", "is required")
	case !utf8.ValidString(name):
		return bad("Name", "is not valid UTF-8")
	case strings.ContainsFunc(name, unicode.IsControl):
		return bad("Name", fmt.Sprintf("has a control character: %q", name))
	case !fitsHeader(contentType):
		return bad("ContentType", fmt.Sprintf("has a character that a header cannot carry: %q", contentType))
	}
	fmt.Fprintf(to, "--%s\r\nContent-Disposition: form-data; name=\"%s\"", f.boundary, quote(name))
	if file != "" {
		fmt.Fprintf(to, "; filename=\"%s\"", quote(file))
	}
	to.WriteString("\r\n")
	if contentType != "" {
		fmt.Fprintf(to, "Content-Type: %s\r\n", contentType)
	}
	to.WriteString("\r\n")
	return nil
}

// quote escapes characters that would end a quoted string. Names are sent in
// UTF-8, as RFC 7578 asks.
func quote(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
}

// Source returns the source that the form is around.
func (f *Form) Source() Source { return f.source }

// ContentType returns the value of the Content-Type header.
func (f *Form) ContentType() string {
	return mime.FormatMediaType("multipart/form-data", map[string]string{"boundary": f.boundary})
}

// ContentLength returns the exact length of the body.
func (f *Form) ContentLength() int64 {
	return int64(len(f.head)) + f.source.Size + int64(len(f.tail))
}

// Open opens the source and returns the body around it.
func (f *Form) Open(ctx context.Context) (io.ReadCloser, error) {
	content, err := f.source.open(ctx)
	if err != nil {
		return nil, err
	}
	content.hashes.start(f.digests, false, f.source.Size)
	f.last.Store(content)
	return &formReader{io.MultiReader(bytes.NewReader(f.head), content, bytes.NewReader(f.tail)), content, f,
		f.ContentLength()}, nil
}

// SHA256 returns the digest of the content that was read last, in lower-case
// hexadecimal; "" if it was not read to its end.
func (f *Form) SHA256() string {
	sums, whole := f.last.Load().sums()
	if !whole {
		return ""
	}
	return sums.hex()
}

// wasRead reports whether all of the form may have been sent: its last byte was
// handed out.
func (f *Form) wasRead() bool { return f.read.Load() }

// formReader counts what it hands out.
type formReader struct {
	io.Reader
	io.Closer
	form *Form
	left int64
}

// Read implements [io.Reader].
func (r *formReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if r.left -= int64(n); r.left <= 0 {
		r.form.read.Store(true)
	}
	return n, err
}
