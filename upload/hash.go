package upload

import (
	"errors"
	"hash"
	"io"
)

// WithHash returns src with the digest of its content computed as it is read,
// for services that need a digest other than the SHA-256 in a [Result]. Each
// reader gets its own hash from newHash, and calls done with its sum at the end
// of the content: once for every attempt that reaches the end.
func WithHash(src Source, newHash func() hash.Hash, done func(sum []byte)) Source {
	return src.through(func(rc io.ReadCloser) io.ReadCloser { return &hashReader{rc, newHash(), done} })
}

type hashReader struct {
	io.ReadCloser
	hash hash.Hash
	done func([]byte)
}

func (r *hashReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.hash.Write(p[:n])
	if errors.Is(err, io.EOF) && r.done != nil {
		r.done(r.hash.Sum(nil))
		r.done = nil
	}
	return n, err
}
