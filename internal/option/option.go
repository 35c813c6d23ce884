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
	Done   func(requestID string, status, attempts int, header http.Header)
}
