// Package option holds the settings of a single call. Package docferry exports
// them as functions, each of which sets a field of [Call].
package option

import (
	"net/http"

	"github.com/docferry/docferry/internal/retry"
)

// Call is the combined result of all options given for one call.
type Call struct {
	Retry  *retry.Policy // replaces the policy of the client if it is not nil
	Header http.Header   // added to each request, after it was signed
	// Done, if not nil, is called once when the call has ended, with what is known
	// of its last answer. All arguments are zero if nothing was sent.
	Done func(requestID string, status, attempts int, header http.Header)
}
