package retry

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// After returns how long an answer asks to wait, from X-Amz-Retry-After in
// milliseconds or Retry-After in seconds or as a date, or 0 if it does not say
// or what it says makes no sense. A date is taken relative to the answer's own
// Date, so that a wrong clock on either side does no harm.
func After(h http.Header) time.Duration {
	if d, ok := number(h.Get("X-Amz-Retry-After"), time.Millisecond); ok {
		return d
	}
	text := strings.TrimSpace(h.Get("Retry-After"))
	if d, ok := number(text, time.Second); ok {
		return d
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(0, at.Sub(now))
}

// number reads a count of units, in digits only, without overflow.
func number(s string, unit time.Duration) (time.Duration, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > math.MaxInt64/int64(unit) {
		return math.MaxInt64, true
	}
	return time.Duration(n) * unit, true
}
