package upload

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/docferry/docferry"
)

// Source is something to upload: a name, a size, and a way to open it. It is
// opened anew for every attempt, so that an attempt never continues where
// another left off, and each reader is closed exactly once. A Source is a
// value: copy it and change its fields at will.
type Source struct {
	// Name is the name that the service shows: a file name without a path.
	Name string
	// ContentType is the media type. The constructors set it from the name's
	// extension, to "application/octet-stream" if they don't know that.
	ContentType string
	// Size is the length in bytes. Exactly so many are sent; a source that has
	// more or fewer ends the upload with [ErrSourceChanged].
	Size int64
	// ModTime is when the content was last changed; zero if that is unknown.
	ModTime time.Time
	// Open returns a reader at the first byte, independent of all readers
	// that it returned before. The context is that of the attempt: it ends
	// with it, and with the upload. Each reader is closed exactly once, and an
	// error of its Close counts like one of its Read. An upload opens the source
	// before it begins, to see whether that works; a reader of [File] or [Bytes] is
	// kept for the first attempt, and any other one is closed.
	//
	// When the upload's context ends, a function of the source's that has not
	// returned a second later is left behind, so that it cannot hold up the
	// upload; what it returns then is closed.
	Open func(ctx context.Context) (io.ReadCloser, error)
	// Check, if not nil, reports whether the content is still the one that
	// was described. It is called between sending and committing.
	Check func() error
	// Digests are the digests that are computed of the content as it is sent.
	Digests Digests
	// Value is for the caller, who finds it in the [Outcome]. It is not sent.
	Value any
}

// File returns the source of a regular file. Opening it later fails with
// [ErrSourceChanged] if the file was replaced or changed in between. It
// returns a [*SourceError] for what is not a regular file or can't be read, and
// for a file of size 0 that has content, as those of /proc: use [Spool] for it.
func File(name string) (Source, error) {
	first, err := stat(name)
	if err != nil {
		return Source{}, &SourceError{Name: name, Err: err}
	}
	src := describe(filepath.Base(name), first)
	src.Open = func(context.Context) (io.ReadCloser, error) {
		if err := same(name, first); err != nil {
			return nil, &SourceError{Name: name, Err: err}
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, &SourceError{Name: name, Err: err}
		}
		if now, err := f.Stat(); err != nil || !os.SameFile(first, now) {
			_ = f.Close()
			return nil, &SourceError{Name: name, Err: ErrSourceChanged}
		}
		return &opened{f, name, first}, nil
	}
	src.Check = func() error {
		if err := same(name, first); err != nil {
			return &SourceError{Name: name, Err: err}
		}
		return nil
	}
	f, err := src.Open(context.Background()) // find out now whether it can be read
	if err != nil {
		return Source{}, err
	}
	if err := cmp.Or(empty(f, src.Size), f.Close()); err != nil {
		return Source{}, &SourceError{Name: name, Err: err}
	}
	return src, nil
}

// opened is an open file that can wait.
type opened struct {
	*os.File
	name  string
	first fs.FileInfo
}

func (o *opened) fresh() error {
	if err := same(o.name, o.first); err != nil {
		return &SourceError{Name: o.name, Err: err}
	}
	return nil
}

// empty checks that a file which is said to be empty is. The files of /proc and
// other systems that make their content up when it is read are not.
func empty(f io.Reader, size int64) error {
	if size > 0 {
		return nil
	}
	switch n, err := io.ReadFull(f, make([]byte, 1)); {
	case n > 0:
		return errors.New("has content, although its size is said to be 0; Spool it")
	case errors.Is(err, io.EOF):
		return nil
	default:
		return err
	}
}

// stat refuses anything but a regular file, without opening it: opening a
// pipe would wait for its writer.
func stat(name string) (fs.FileInfo, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	return info, regular(info)
}

func regular(info fs.FileInfo) error {
	if info.Mode().IsRegular() {
		return nil
	}
	if info.IsDir() {
		return errors.New("it is a directory")
	}
	return fmt.Errorf("it is not a regular file; its mode is %v", info.Mode())
}

func same(name string, first fs.FileInfo) error {
	now, err := stat(name)
	if err != nil {
		return err
	}
	if !os.SameFile(first, now) || now.Size() != first.Size() || !now.ModTime().Equal(first.ModTime()) {
		return ErrSourceChanged
	}
	return nil
}

func describe(name string, info fs.FileInfo) Source {
	return Source{Name: name, ContentType: typeByName(name), Size: info.Size(), ModTime: info.ModTime()}
}

// FS returns the source of a regular file in a file system. It returns a
// [*SourceError] for what is not a regular file, and for a file of size 0 that
// has content; see [File].
func FS(fsys fs.FS, name string) (Source, error) {
	info, err := fs.Stat(fsys, name)
	if err == nil {
		err = regular(info)
	}
	if err != nil {
		return Source{}, &SourceError{Name: name, Err: err}
	}
	src := describe(path.Base(name), info)
	src.Open = func(context.Context) (io.ReadCloser, error) {
		f, err := fsys.Open(name)
		if err != nil {
			return nil, &SourceError{Name: name, Err: err}
		}
		return f, nil
	}
	if src.Size > 0 {
		return src, nil
	}
	f, err := src.Open(context.Background())
	if err != nil {
		return Source{}, err
	}
	if err := cmp.Or(empty(f, src.Size), f.Close()); err != nil {
		return Source{}, &SourceError{Name: name, Err: err}
	}
	return src, nil
}

// Bytes returns the source of content in memory. The content must not be
// changed before the upload is over.
func Bytes(name string, content []byte) Source {
	if content == nil {
		content = []byte{}
	}
	return From(name, int64(len(content)), func(context.Context) (io.ReadCloser, error) {
		m := &memory{content: content}
		m.Reset(content)
		return m, nil
	})
}

// memory is content in memory. It never has to be waited for.
type memory struct {
	bytes.Reader
	content []byte // not nil
}

// Close does nothing.
func (*memory) Close() error { return nil }

func (*memory) fresh() error { return nil }

// From returns the source of whatever open opens; see Source.Open for what it
// must do.
func From(name string, size int64, open func(ctx context.Context) (io.ReadCloser, error)) Source {
	return Source{Name: name, ContentType: typeByName(name), Size: size, Open: open}
}

// Spool copies r, whose length is unknown, to a temporary file and returns
// it as a source. The file is made in dir, or where the system keeps such
// files if dir is empty, and holds at most limit bytes; more is an error.
// Call remove when the upload is over: it deletes the file.
func Spool(
	ctx context.Context, name string, r io.Reader, dir string, limit int64,
) (src Source, remove func() error, err error) {
	f, err := os.CreateTemp(dir, "docferry-*")
	if err != nil {
		return Source{}, nil, &SourceError{Name: name, Err: err}
	}
	remove = func() error { return os.Remove(f.Name()) }
	finished := false
	defer func() {
		if !finished { // r has panicked
			_ = f.Close()
			_ = remove()
		}
	}()
	n, err := io.Copy(f, io.LimitReader(&contextReader{ctx, r}, max(limit, limit+1))) // the sum may overflow
	finished = true
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil && n > limit {
		err = fmt.Errorf("it is longer than the limit of %d bytes", limit)
	}
	if err == nil {
		src, err = File(f.Name())
	}
	if err != nil {
		if left := remove(); left != nil {
			err = both(err, left)
		}
		return Source{}, nil, &SourceError{Name: name, Err: err}
	}
	src.Name, src.ContentType = name, typeByName(name)
	return src, remove, nil
}

// CopyTo reads the source once and writes its content to w, as a destination that is no
// service does. It returns the SHA-256 in lower-case hexadecimal. A source that is not
// valid is refused with a [*docferry.InputError] before it is opened. It fails with a
// [*SourceError] if the source fails, or does not hold exactly Size bytes, or is no longer
// the one that was described; w may have a part of the content then.
func (s Source) CopyTo(ctx context.Context, w io.Writer) (sha256 string, err error) {
	if err := s.validate(defaultService); err != nil {
		return "", err
	}
	in, err := s.open(ctx)
	if err != nil {
		return "", err
	}
	in.hashes.start(DigestsSHA256, false, s.Size)
	_, err = io.Copy(w, &contextReader{ctx, in})
	if closing := in.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = s.check(ctx)
	}
	if err != nil {
		return "", err
	}
	sums, _ := in.sums()
	return sums.hex(), nil
}

// contextReader ends with its context, between reads.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// maxSize leaves room for what a form puts around the content.
const maxSize = 1 << 62

// validate refuses what cannot be uploaded anywhere.
func (s Source) validate(service string) error {
	bad := func(field, reason string) error {
		return &docferry.InputError{Service: service, Operation: "Upload", Field: "Source." + field, Reason: reason}
	}
	switch {
	case s.Name == "":
		return bad("Name", "is required")
	case !utf8.ValidString(s.Name):
		return bad("Name", "is not valid UTF-8")
	case strings.ContainsFunc(s.Name, unicode.IsControl):
		return bad("Name", fmt.Sprintf("has a control character: %q", s.Name))
	case !fitsHeader(s.ContentType):
		return bad("ContentType", fmt.Sprintf("has a character that a header cannot carry: %q", s.ContentType))
	case s.Size < 0:
		return bad("Size", fmt.Sprintf("is %d; if the size is not known, use Spool", s.Size))
	case s.Size > maxSize:
		return bad("Size", fmt.Sprintf("is %d; the largest that can be sent is %d", s.Size, int64(maxSize)))
	case s.Open == nil:
		return bad("Open", "is required")
	}
	return nil
}

// fitsHeader reports whether a header can carry a media type.
func fitsHeader(mediaType string) bool {
	return !strings.ContainsFunc(mediaType, func(r rune) bool { return unicode.IsControl(r) || r > unicode.MaxASCII })
}
