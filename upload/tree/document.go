package tree

import (
	"errors"
	"io"
	"io/fs"
)

// document is an open document. Its content is requested by the first Read. Like
// other files, it is used by one goroutine at a time.
type document struct {
	fs     *fileSystem
	entry  Entry
	name   string
	closed bool

	body io.ReadCloser // nil if none is under way
	read int64         // of body
	at   int64         // where the next Read begins
}

func (d *document) Stat() (fs.FileInfo, error) {
	if d.closed {
		return nil, d.error("stat", fs.ErrClosed)
	}
	return info{d.entry}, nil
}

// Read implements [fs.File].
func (d *document) Read(p []byte) (int, error) {
	switch {
	case d.closed:
		return 0, d.error("read", fs.ErrClosed)
	case len(p) == 0:
		return 0, nil
	}
	if err := d.open(); err != nil {
		return 0, d.error("read", asNotExist(err))
	}
	n, err := d.body.Read(p)
	d.read += int64(n)
	d.at += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = d.error("read", err)
	}
	return n, err
}

// open makes sure that body is where the next Read begins.
func (d *document) open() error {
	if d.body != nil && d.read == d.at {
		return nil
	}
	if d.body == nil || d.read > d.at {
		d.drop()
		body, err := d.fs.reader.Open(d.fs.ctx, d.entry)
		if err != nil {
			return err
		}
		d.body, d.read = body, 0
	}
	skipped, err := io.CopyN(io.Discard, d.body, d.at-d.read)
	d.read += skipped
	if errors.Is(err, io.EOF) {
		d.read = d.at // beyond the end there is nothing
		return nil
	}
	return err
}

// Seek implements [io.Seeker], which package net/http needs to serve files. What lies
// between two places that are read is requested too.
func (d *document) Seek(offset int64, whence int) (int64, error) {
	switch {
	case d.closed:
		return 0, d.error("seek", fs.ErrClosed)
	case whence == io.SeekCurrent:
		offset += d.at
	case whence == io.SeekEnd:
		offset += d.entry.Size
	case whence != io.SeekStart:
		return 0, d.error("seek", fs.ErrInvalid)
	}
	if offset < 0 {
		return 0, d.error("seek", fs.ErrInvalid)
	}
	d.at = offset
	return offset, nil
}

// Close implements [fs.File].
func (d *document) Close() error {
	if d.closed {
		return d.error("close", fs.ErrClosed)
	}
	d.closed = true
	d.drop()
	return nil
}

func (d *document) drop() {
	if d.body != nil {
		_ = d.body.Close() // nothing of it is wanted any more
		d.body = nil
	}
}

func (d *document) error(op string, err error) error {
	return &fs.PathError{Op: op, Path: d.name, Err: err}
}
