package tree

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/docferry/docferry/upload"
)

// source returns the source of a file, whose content must be the one that its info
// describes.
func (f *fileJob) source(r *run) upload.Source {
	open := func(ctx context.Context) (io.ReadCloser, error) {
		file, err := f.open(ctx, r)
		if err != nil {
			return nil, err
		}
		now, err := file.Stat()
		if err == nil {
			err = unchanged(f.info, now)
		}
		if err != nil {
			_ = file.Close() // nothing was read
			return nil, err
		}
		return file, nil
	}
	src := upload.From(f.stored, f.info.Size(), open)
	src.ModTime = f.info.ModTime()
	if r.remote == nil { // there, a version is read, which does not change
		src.Check = func() error {
			now, err := lstat(r.from, f.path)
			if err != nil {
				return err
			}
			return unchanged(f.info, now)
		}
	}
	return src
}

// open opens the file.
func (f *fileJob) open(ctx context.Context, r *run) (fs.File, error) {
	if i, ok := f.DirEntry.(info); ok && r.remote != nil {
		return &document{fs: r.remote.with(ctx), entry: i.entry, name: f.path}, nil
	}
	return r.from.Open(f.path)
}

// lstat describes a file, and not what it links to, if the file system can tell.
func lstat(fsys fs.FS, name string) (fs.FileInfo, error) {
	if links, ok := fsys.(fs.ReadLinkFS); ok {
		return links.Lstat(name)
	}
	return fs.Stat(fsys, name)
}

// unchanged returns an error if a file is not the one that it was.
func unchanged(first, now fs.FileInfo) error {
	same := now.Mode().IsRegular() && now.Size() == first.Size() && now.ModTime().Equal(first.ModTime())
	if same && onDisk(first) && onDisk(now) {
		same = os.SameFile(first, now)
	}
	if !same {
		return upload.ErrSourceChanged
	}
	return nil
}

// onDisk reports whether package os knows which file an info describes.
func onDisk(i fs.FileInfo) bool { return os.SameFile(i, i) }

// sameContent compares a source with a document of its size.
func sameContent(ctx context.Context, to Destination, there Entry, src upload.Source) (bool, error) {
	if there.SHA256 != "" {
		sum, err := src.CopyTo(ctx, io.Discard)
		return sum == there.SHA256, err
	}
	a, err := src.Open(ctx)
	if err != nil {
		return false, err
	}
	defer a.Close()
	b, err := to.Open(ctx, there)
	if err != nil {
		return false, err
	}
	defer b.Close()
	return sameBytes(reader{ctx, a}, b)
}

// sameBytes reads two readers until they differ.
func sameBytes(a, b io.Reader) (bool, error) {
	var one, two [32 << 10]byte
	for {
		n, err := fill(a, one[:])
		m, other := fill(b, two[:])
		switch {
		case err != nil && !errors.Is(err, io.EOF):
			return false, err
		case other != nil && !errors.Is(other, io.EOF):
			return false, other
		case !bytes.Equal(one[:n], two[:m]):
			return false, nil
		case n < len(one): // both have ended
			return true, nil
		}
	}
}

// fill reads until p is full, or there is an error. Unlike [io.ReadFull], it returns the
// reader's own error, which tells an end from content that was cut off.
func fill(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var read int
		read, err = r.Read(p[n:])
		n += read
	}
	return n, err
}

// reader ends with its context, between reads.
type reader struct {
	ctx context.Context
	io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
