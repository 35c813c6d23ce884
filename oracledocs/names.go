package oracledocs

import (
	"fmt"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/names"
	"github.com/docferry/docferry/upload"
)

// CheckNames returns an error if two of the sources could become one file in a
// folder: the service compares names without regard to case, so that the second
// would silently be a new version of the first. Call it before a batch is
// uploaded. The error is a [*docferry.InputError] that names the first such
// pair.
//
// Names that differ only in their Unicode form, such as one with a combining
// accent and one without, are refused too: whether the service takes them for
// the same name is not documented, and such a pair looks like one name anyway.
// Other names that only look the same pass.
func CheckNames(sources []upload.Source) error {
	seen := make(map[string]string, len(sources))
	for _, src := range sources {
		key := names.Key(src.Name)
		if other, taken := seen[key]; taken {
			format := "is %q, which the service does not distinguish from %q; rename one of them"
			if names.Same(src.Name, other) { // they look the same, too
				format = "is %+q, which the service may not distinguish from %+q; rename one of them"
			}
			return &docferry.InputError{Service: service, Operation: "CheckNames", Field: "Source.Name",
				Err: docferry.ErrConflict, Reason: fmt.Sprintf(format, src.Name, other)}
		}
		seen[key] = src.Name
	}
	return nil
}
