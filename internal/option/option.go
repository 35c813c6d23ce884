// Package option holds the settings of one call, which package docferry
// exposes as functions.
package option

import (
	"net/http"

	"github.com/docferry/docferry/internal/retry"
)

// Call is what the options of one call add up to.
type Call struct {
	Retry  *retry.Policy
	Header http.Header
	// IfRange names the content of which a download asks for the rest.
	IfRange string
	// Genuine is asked about an answer that reads as a refusal where content
	// should be. It reports whether it is the content all the same.
	Genuine func(resp *http.Response, refused error) bool
	Done    func(requestID string, status, attempts int, header http.Header)
}
