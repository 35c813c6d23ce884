package workdocstest

import (
	"strconv"
	"strings"
)

// window is the part of a listing that a request asks for.
type window struct {
	start, size int
	// seal is the prefix of this listing's markers. digits says that markers
	// consist of digits only, as in a search.
	seal   string
	digits bool
}

// markerEnd ends every marker that is not only digits. Markers are opaque, so it
// consists of what clients are likely to encode wrongly in a query string:
// characters that must be escaped, something that looks like an escape, and a
// character that is one byte in Latin-1 and two in UTF-8.
const markerEnd = "%2B+&=;/ÿ"

// window reads the paging parameters of a listing. A page has as many items as
// the request asks for, up to most, or usual items if it does not say. A marker
// works only in the operation that returned it.
func (c *call) window(usual, most int64) window {
	size, ok := c.query.number("limit", 1, most)
	if !ok {
		size = usual
	}
	w := window{size: int(size), seal: digest(c.op.name)[:8] + ";"}
	if c.cap > 0 {
		w.size = min(w.size, c.cap)
	}
	if marker := c.query.text("marker", rule{max: 2048}); marker != "" {
		// Only a marker that this operation would return for the same start is
		// accepted.
		number := strings.TrimSuffix(strings.TrimPrefix(marker, w.seal), markerEnd)
		start, err := strconv.ParseUint(number, 10, 31)
		if w.start = int(start); err != nil || marker != w.marker(w.start) {
			c.input.add("marker", "was not returned by this operation")
		}
	}
	return w
}

// marker returns the marker of the page that begins at start.
func (w window) marker(start int) string {
	if w.digits {
		return strconv.Itoa(start)
	}
	return w.seal + strconv.Itoa(start) + markerEnd
}

// cut returns the part of a listing that is in the window, and the marker of
// the next part, or "" if there is none. A marker beyond the end of a listing
// that has become shorter gives an empty page.
func cut[T any](w window, items []T) ([]T, string) {
	start := min(w.start, len(items))
	end := min(start+w.size, len(items))
	// A copy, which is an empty list and not null if there are no items.
	part := append([]T{}, items[start:end]...)
	if end == len(items) {
		return part, ""
	}
	return part, w.marker(end)
}
