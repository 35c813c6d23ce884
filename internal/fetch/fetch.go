// Package fetch reads content from services: it goes on after a break, and
// does not take a part for the whole.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/redact"
)

// Open asks for content from an offset on, with If-Range set to validator if
// that is not empty. It is empty only for content that is immutable.
type Open func(ctx context.Context, offset int64, validator string) (*http.Response, error)

// resumes is how often in a row a download is taken up again without a byte
// having come.
const resumes = 3

// Config says what to read.
type Config struct {
	Service, Operation string
	Open               Open
	// Size is how long the content has to be; -1 if only the answer says.
	Size int64
	// Resumable says that Open can start at another offset than 0.
	Resumable bool
	// Immutable says that the content cannot change, so that it can be taken up
	// again without a validator.
	Immutable bool
}

// Get opens content.
func Get(ctx context.Context, c Config) (*docferry.Download, error) {
	resp, err := c.Open(ctx, 0, "")
	if err != nil {
		return nil, err
	}
	r := &reader{Config: c, ctx: ctx, body: resp.Body, validator: validator(resp.Header)}
	if c.Size >= 0 && resp.ContentLength >= 0 && c.Size != resp.ContentLength {
		_ = resp.Body.Close()
		return nil, r.fail(fmt.Sprintf("%d bytes, but the service's own record says %d", resp.ContentLength, c.Size))
	}
	if r.Size < 0 {
		r.Size = resp.ContentLength
	}
	return &docferry.Download{Body: r, Size: r.Size, ContentType: resp.Header.Get("Content-Type"),
		Range: resp.Header.Get("Content-Range")}, nil
}

// validator returns what names exactly this content; weak ETags do not.
func validator(h http.Header) string {
	if tag := h.Get("Etag"); strings.HasPrefix(tag, `"`) {
		return tag
	}
	return ""
}

type reader struct {
	Config
	ctx       context.Context
	body      io.ReadCloser
	validator string
	offset    int64
	tries     int
	err       error // final
}

func (r *reader) Read(p []byte) (int, error) {
	for r.err == nil {
		n, err := r.body.Read(p)
		r.offset += int64(n)
		if n > 0 {
			r.tries = 0
		}
		switch {
		case r.Size >= 0 && r.offset > r.Size:
			r.err = r.fail(fmt.Sprintf("more than the %d bytes that were announced", r.Size))
			return 0, r.err
		case err == nil:
			return n, nil
		case r.offset == r.Size, err == io.EOF && r.Size < 0: // a break after the last byte takes nothing away
			r.err = io.EOF
			return n, r.err
		case n > 0:
			return n, nil // the next read finds the break again
		}
		r.err = r.resume(err)
	}
	return 0, r.err
}

// resume opens the content where reading stopped.
func (r *reader) resume(cause error) error {
	if errors.Is(cause, io.EOF) {
		cause = io.ErrUnexpectedEOF
	}
	lost := &docferry.TransportError{Service: r.Service, Operation: r.Operation, Attempts: r.tries + 1, Sent: true,
		Err: redact.Error(fmt.Errorf("the content broke off after %d bytes: %w", r.offset, cause))}
	unnamed := r.validator == ""
	if r.tries++; r.tries > resumes || !r.Resumable || unnamed && !r.Immutable || r.Size < 0 || r.ctx.Err() != nil {
		return lost
	}
	_ = r.body.Close()
	r.body = http.NoBody
	resp, err := r.Open(r.ctx, r.offset, r.validator)
	if err != nil {
		return err
	}
	r.body = resp.Body
	same := validator(resp.Header) == r.validator
	switch {
	case r.offset == 0 && resp.StatusCode == http.StatusOK && same && (resp.ContentLength < 0 || resp.ContentLength == r.Size):
		return nil // nothing had come yet, so all of it was asked for again
	case resp.StatusCode == http.StatusOK && unnamed:
		return lost // the other side knows no ranges
	case resp.StatusCode != http.StatusPartialContent || !r.follows(resp.Header.Get("Content-Range")),
		!unnamed && !same:
		return r.fail("other content than at first, when it was taken up again after a break")
	}
	return nil
}

// follows reports whether a Content-Range goes on where reading stopped, in
// content of the same size. That can be left out only where something else
// says that the content is the same.
func (r *reader) follows(contentRange string) bool {
	part, total, _ := strings.Cut(contentRange, "/")
	return strings.HasPrefix(part, "bytes "+strconv.FormatInt(r.offset, 10)+"-") &&
		(total == strconv.FormatInt(r.Size, 10) || total == "*" && r.validator != "")
}

func (r *reader) fail(what string) error {
	return &docferry.Error{Service: r.Service, Operation: r.Operation, StatusCode: http.StatusOK, Attempts: r.tries + 1,
		Kind: docferry.ErrProtocol, Message: "the service sent " + what}
}

func (r *reader) Close() error {
	r.err = fmt.Errorf("%s %s: read after Close", r.Service, r.Operation)
	return r.body.Close()
}
