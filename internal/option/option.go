// Package option holds the settings of a single call. Package docferry exports
// them as functions, each of which sets a field of [Call].
package option

import (
	"net/http"
	"time"

	"github.com/docferry/docferry/internal/retry"
)

// Call is the combined result of all options given for one call.
type Call struct {
	Retry  *retry.Policy // replaces the policy of the client if it is not nil
	Header http.Header   // added to each request, after it was signed
	// Answer is how long the service may take to answer, or 0 for as long as the
	// client's settings say.
	Answer time.Duration
	// Strict refuses an answer of which anything cannot be read: for calls from
	// which the library concludes that something does not exist.
	Strict bool
	// Done, if not nil, is called once when the call has ended, with what is known
	// of its last answer. The report is zero if nothing was sent.
	Done func(Report)
}

// Report is what is known of the last answer to a call.
type Report struct {
	RequestID string
	Status    int
	Attempts  int
	Header    http.Header
	Unread    []string // paths of what could not be read; see docferry.Meta
	LeftOut   int      // entries that are missing from the lists of the answer
}
