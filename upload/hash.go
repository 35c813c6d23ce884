package upload

import (
	"errors"
	"hash"
	"io"
)

// WithHash returns src with the digest of its content computed as it is read,
// for services that want another one than the SHA-256 that a [Result] has.
// Each reader has a hash of its own from newHash, and calls done with its sum
// when it comes to the end of the content: once for every attempt that gets
// so far.
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
