package upload

import "context"

// Uploader stores sources at a destination that was chosen when it was made.
// All uploaders of this module are safe for concurrent use.
//
// A nil error means that the content is stored completely and in its final
// state. Otherwise the error is an [*Error] that says how the upload ended.
type Uploader interface {
	Upload(ctx context.Context, src Source) (*Result, error)
}

// Func is an Uploader that is a function.
type Func func(ctx context.Context, src Source) (*Result, error)

// Upload calls f.
func (f Func) Upload(ctx context.Context, src Source) (*Result, error) { return f(ctx, src) }

// Result describes what is stored.
type Result struct {
	ID      string // of the document, file or attachment
	Version string // of the version or revision; "" where there are none
	Size    int64  // bytes stored
	SHA256  string // of the bytes sent, in lower-case hexadecimal; "" with DigestsNone
	Detail  any    // the service's own answer, in a type of its package; or nil
	Left    []Ref  // unfinished versions of earlier attempts that could not be removed; mostly nil
}
