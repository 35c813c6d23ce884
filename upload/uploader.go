package upload

import "context"

// Uploader stores a source at a destination that was fixed when the uploader
// was made. All uploaders of this module are safe for concurrent use.
//
// A nil error means that the content is stored, whole, and in its final
// state. Any other end is an [*Error] that says which.
type Uploader interface {
	Upload(ctx context.Context, src Source) (*Result, error)
}

// Func is a function that is an Uploader.
type Func func(ctx context.Context, src Source) (*Result, error)

// Upload calls f.
func (f Func) Upload(ctx context.Context, src Source) (*Result, error) { return f(ctx, src) }

// Result describes what is stored.
type Result struct {
	ID      string // of the document, file or attachment
	Version string // of the version or revision; "" where there are none
	Size    int64  // bytes stored
	SHA256  string // of the bytes sent, in lower-case hexadecimal
	Detail  any    // the service's own answer, in a type of its package; or nil
	Left    []Ref  // unfinished things of earlier tries that could not be removed; mostly nil
}
