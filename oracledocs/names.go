package oracledocs

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// CheckNames returns an error if two of the sources would become one file in a
// folder: the service compares names without regard to case, so that the second
// would silently be a new version of the first. Call it before a batch is
// uploaded. The error is a [*docferry.InputError] that names the first such
// pair.
//
// It compares character by character. Names that only look the same, such as
// one with a combining accent and one without, pass: whether the service treats
// them as the same name is not documented.
func CheckNames(sources []upload.Source) error {
	seen := make(map[string]string, len(sources))
	for _, src := range sources {
		key := strings.Map(folded, src.Name)
		if other, taken := seen[key]; taken {
			return &docferry.InputError{Service: service, Operation: "CheckNames", Field: "Source.Name",
				Err:    docferry.ErrConflict,
				Reason: fmt.Sprintf("is %q, which the service does not distinguish from %q; rename one of them", src.Name, other)}
		}
		seen[key] = src.Name
	}
	return nil
}

// folded returns the same character for all that differ only in case.
func folded(r rune) rune {
	least := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		least = min(least, other)
	}
	return least
}
