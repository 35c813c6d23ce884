// Package fetch reads content from services. It resumes after a break, and does
// not take a part for the whole.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/retry"
)

// Open asks for content from an offset on, with If-Range set to validator if
// that is not empty. It is empty only for content that is immutable.
type Open func(ctx context.Context, offset int64, validator string) (*http.Response, error)

// How often a download is resumed: a few times in a row without a byte having
// come, and altogether a number that grows with what did come. Otherwise a peer
// that sends one byte for each request would keep a download busy for ever.
const (
	resumesInARow = 3
	resumes       = 10
	resumeEvery   = 8 << 20 // bytes that allow one more
)

// Config says what to read.
type Config struct {
	Service, Operation string
	Open               Open
	// Size is how long the content has to be, as the service's own record says;
	// -1 if it does not say.
	Size int64
	// Learn, if not nil, asks the service for that record. It is called if the
	// answer does not tell its length: without any length, an answer that was
	// cut off cannot be told from a whole one.
	Learn func(ctx context.Context) (int64, error)
	// Resumable says that Open can start at another offset than 0.
	Resumable bool
	// Immutable says that the content cannot change, so that a download can be
	// resumed without a validator.
	Immutable bool
	// Policy says how long to wait before a download is resumed.
	Policy retry.Policy
}

// Get opens content.
func Get(ctx context.Context, c Config) (*docferry.Download, error) {
	resp, err := c.Open(ctx, 0, "")
	if err != nil {
		return nil, err
	}
	r := &reader{Config: c, ctx: ctx, body: resp.Body, first: identify(resp.Header)}
	length := lengthOf(resp)
	switch {
	case resp.Uncompressed: // no offset in it means the same in another answer
		r.Resumable = false
	case c.Size >= 0 && length >= 0 && c.Size != length:
		_ = resp.Body.Close()
		return nil, r.fail(fmt.Sprintf("%d bytes, but the service's own record says %d", length, c.Size))
	}
	if r.Size < 0 {
		r.Size = length
	}
	if r.Size < 0 && c.Learn != nil {
		r.Size = learn(ctx, c.Learn)
	}
	return &docferry.Download{Body: r, Size: r.Size, ContentType: resp.Header.Get("Content-Type"),
		Range: resp.Header.Get("Content-Range")}, nil
}

// learnTime bounds a question about the size. It needs a connection, and the
// answer that waits meanwhile may hold the only one.
const learnTime = 10 * time.Second

// learn asks for the size; -1 if that cannot be learned.
func learn(ctx context.Context, ask func(context.Context) (int64, error)) int64 {
	ctx, cancel := context.WithTimeout(ctx, learnTime)
	defer cancel()
	if size, err := ask(ctx); err == nil {
		return size
	}
	return -1
}

// lengthOf is the length that an answer announces, -1 if it does not.
func lengthOf(resp *http.Response) int64 {
	if resp.ContentLength >= 0 || resp.StatusCode != http.StatusPartialContent {
		return resp.ContentLength
	}
	span, _, _ := strings.Cut(strings.TrimPrefix(resp.Header.Get("Content-Range"), "bytes "), "/")
	from, to, _ := strings.Cut(span, "-")
	first, err1 := strconv.ParseInt(from, 10, 64)
	last, err2 := strconv.ParseInt(to, 10, 64)
	if err1 != nil || err2 != nil || first < 0 || last < first {
		return -1
	}
	return last - first + 1
}

// identity is what an answer says of which content it is.
type identity struct {
	tag      string // the ETag, weak or strong
	modified string // Last-Modified
}

// identify reads the identity of the content from the header of an answer.
func identify(h http.Header) identity { return identity{h.Get("Etag"), h.Get("Last-Modified")} }

// validator names exactly this content, for If-Range. A weak ETag does not.
func (i identity) validator() string {
	if strings.HasPrefix(i.tag, `"`) {
		return i.tag
	}
	return ""
}

// differs reports whether two answers are about different content. What one of
// them does not say counts only where it is the validator.
func (i identity) differs(other identity) bool {
	return i.validator() != "" && i.validator() != other.validator() ||
		i.tag != "" && other.tag != "" && i.tag != other.tag ||
		i.modified != "" && other.modified != "" && i.modified != other.modified
}

// reader is the body of a download. One goroutine reads it at a time, as with every
// io.Reader, so nothing in it is locked.
type reader struct {
	Config
	ctx     context.Context
	body    io.ReadCloser
	first   identity // of the first answer
	offset  int64
	tries   int   // resumptions since a byte has come
	resumed int   // altogether
	err     error // final
}

// Read implements [io.Reader]. A break is not reported while bytes can be: they are
// delivered first, and the next call meets the same break, which it resumes. Only a
// size that is known tells the end from a break, so io.EOF in its place is one too.
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

// resume opens the content where reading stopped. Without a validator, another
// answer may be about other content, so only what cannot change is resumed then. It
// returns nil if reading can go on, and otherwise the final error.
func (r *reader) resume(cause error) error {
	if errors.Is(cause, io.EOF) {
		cause = io.ErrUnexpectedEOF
	}
	attempts := r.tries + 1
	lost := func(cause error) error {
		return &docferry.TransportError{Service: r.Service, Operation: r.Operation, Attempts: attempts, Sent: true,
			Err: redact.Error(fmt.Errorf("the content broke off after %d bytes: %w", r.offset, cause))}
	}
	validator := r.first.validator()
	r.resumed++
	r.tries++
	switch {
	case !r.Resumable || validator == "" && !r.Immutable || r.Size < 0 || r.ctx.Err() != nil, r.tries > resumesInARow:
		return lost(cause)
	case int64(r.resumed) > resumes+r.offset/resumeEvery:
		return lost(fmt.Errorf("it was resumed %d times: %w", r.resumed-1, cause))
	}
	_ = r.body.Close()
	r.body = http.NoBody
	if err := r.pause(); err != nil {
		return lost(retry.Then(cause, err))
	}
	resp, err := r.Open(r.ctx, r.offset, validator)
	if err != nil {
		return err
	}
	r.body = resp.Body
	return r.continues(resp, lost(cause))
}

// continues checks that an answer goes on with the same content. lost is the
// error for one that does not go on at all.
func (r *reader) continues(resp *http.Response, lost error) error {
	same := !r.first.differs(identify(resp.Header)) && !resp.Uncompressed
	switch {
	case r.offset == 0 && resp.StatusCode == http.StatusOK && same &&
		(resp.ContentLength < 0 || resp.ContentLength == r.Size):
		return nil // nothing had come yet, so all of it was asked for again
	case resp.StatusCode == http.StatusOK && r.first.validator() == "" && same:
		return lost // the other side knows no ranges
	case resp.StatusCode != http.StatusPartialContent || !r.follows(resp.Header.Get("Content-Range")), !same:
		return r.fail("different content when the download was resumed")
	}
	return nil
}

// pause waits before the content is asked for again.
func (r *reader) pause() error {
	timer := time.NewTimer(r.Policy.Backoff(r.tries))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
}

// follows reports whether a Content-Range goes on where reading stopped, in
// content of the same size. The size can be left out only where something else
// says that the content is the same.
func (r *reader) follows(contentRange string) bool {
	part, total, _ := strings.Cut(contentRange, "/")
	return strings.HasPrefix(part, "bytes "+strconv.FormatInt(r.offset, 10)+"-") &&
		(total == strconv.FormatInt(r.Size, 10) || total == "*" && r.first.validator() != "")
}

// fail returns the error for content that the service should not have sent. It is
// final: what is wrong with the content does not get better by reading on.
func (r *reader) fail(what string) error {
	return &docferry.Error{Service: r.Service, Operation: r.Operation, StatusCode: http.StatusOK, Attempts: r.tries + 1,
		Kind: docferry.ErrProtocol, Message: "the service sent " + what}
}

// Close ends the download.
func (r *reader) Close() error {
	r.err = fmt.Errorf("%s %s: read after Close", r.Service, r.Operation)
	return r.body.Close()
}
