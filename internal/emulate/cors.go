package emulate

import (
	"net/http"
	"strings"
	"sync/atomic"
)

// CORS lets pages of any origin call a test server from a browser. The zero
// value does.
//
// It never allows credentials that a browser keeps, such as cookies: no client
// of the services needs them.
type CORS struct{ off atomic.Bool }

// exposed are the headers of answers that a page may read, beyond the few that
// it always may.
var exposed = strings.Join([]string{"Accept-Ranges", "Allow", "Content-Disposition", "Content-Range", "Date", "ETag",
	"Location", "Retry-After", "X-Amz-Id-2", "X-Amz-Request-Id", "X-Amzn-Errortype", "X-Amzn-Requestid"}, ", ")

// SetCORS turns the permission on or off.
func (c *CORS) SetCORS(on bool) { c.off.Store(!on) }

// Preflight puts the permission into the header of the answer, if the request
// comes from a page. It reports whether the request only asked for it: then it
// has been answered.
func (c *CORS) Preflight(w http.ResponseWriter, r *http.Request) (answered bool) {
	if c.off.Load() || r.Header.Get("Origin") == "" {
		return false
	}
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	method := r.Header.Get("Access-Control-Request-Method")
	if r.Method != http.MethodOptions || method == "" {
		header.Set("Access-Control-Expose-Headers", exposed)
		return false
	}
	header.Set("Access-Control-Allow-Methods", method)
	if names := r.Header.Values("Access-Control-Request-Headers"); len(names) > 0 {
		header.Set("Access-Control-Allow-Headers", strings.Join(names, ", "))
	}
	w.WriteHeader(http.StatusNoContent)
	return true
}
