package upload

import (
	"crypto/rand"
	"time"
)

// Claim lets a later run of a program prove that what an upload has left unfinished at a
// service belongs to it. Make one with [NewClaim] before the upload, keep it where the
// later run finds it, and give it to the uploader, as in workdocs.UploadTo. No two
// uploads may have the same.
type Claim struct {
	Key  string    `json:"key,omitzero"`  // random
	Made time.Time `json:"made,omitzero"` // when it was made
}

// NewClaim returns a claim for one upload.
func NewClaim() Claim {
	return Claim{Key: rand.Text(), Made: time.Now().UTC().Truncate(time.Millisecond)}
}
