package tree

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// checkSource refuses a source that cannot be uploaded.
func checkSource(src upload.Source) error {
	switch {
	case src.Name == "":
		return badSource("Name", "is required")
	case !utf8.ValidString(src.Name):
		return badSource("Name", "is not valid UTF-8")
	case strings.ContainsFunc(src.Name, unicode.IsControl):
		return badSource("Name", fmt.Sprintf("has a control character: %q", src.Name))
	case src.Open == nil:
		return badSource("Open", "is required")
	case src.Size < 0:
		return badSource("Size", fmt.Sprintf("is %d; if the size is not known, use Spool", src.Size))
	}
	return nil
}

func badSource(field, reason string) error {
	return &docferry.InputError{Service: "tree", Operation: "Upload", Field: "Source." + field, Reason: reason}
}

// content is what a source holds, which is read once.
type content struct {
	ctx      context.Context
	src      upload.Source
	hash     hash.Hash
	complete bool // all of it was read, and nothing was wrong with it
}

// copyTo copies the content to a file.
func (c *content) copyTo(f *os.File) error { return c.writeTo(f) }

// writeTo copies the content. It fails if that has not exactly the size of the source, or
// has changed.
func (c *content) writeTo(w io.Writer) error {
	rc, err := c.src.Open(c.ctx)
	if err != nil {
		return c.failed(err)
	}
	in := &sourceReader{c: c, r: rc}
	n, err := io.Copy(io.MultiWriter(w, c.hash), io.LimitReader(in, max(c.src.Size, c.src.Size+1)))
	if closing := rc.Close(); err == nil && closing != nil {
		err = c.failed(closing)
	}
	switch {
	case err != nil:
		return err
	case n != c.src.Size:
		return c.failed(upload.ErrSourceChanged)
	case c.src.Check != nil:
		if err := c.src.Check(); err != nil {
			return c.failed(err)
		}
	}
	c.complete = true
	return c.ctx.Err()
}

// failed returns what the source has failed with.
func (c *content) failed(err error) error {
	if _, ok := errors.AsType[*upload.SourceError](err); ok || c.ctx.Err() != nil && errors.Is(err, c.ctx.Err()) {
		return err
	}
	return &upload.SourceError{Name: c.src.Name, Err: err}
}

// sum returns the digest of the content.
func (c *content) sum() string { return hex.EncodeToString(c.hash.Sum(nil)) }

// sourceReader ends with its context, between reads, and says that its errors are the
// source's.
type sourceReader struct {
	c     *content
	r     io.Reader
	empty int // how many reads in a row have returned nothing
}

// emptyReads is how many reads in a row may return nothing.
const emptyReads = 100

func (s *sourceReader) Read(p []byte) (int, error) {
	if err := s.c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(p)
	if s.empty++; n > 0 {
		s.empty = 0
	}
	switch {
	case err == nil && s.empty > emptyReads:
		err = s.c.failed(io.ErrNoProgress)
	case err != nil && !errors.Is(err, io.EOF):
		err = s.c.failed(err)
	}
	return n, err
}
