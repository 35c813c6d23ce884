package retry

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// After returns how long an answer asks the client to wait. It reads the header
// X-Amz-Retry-After, in milliseconds, or else Retry-After, in seconds or as a date.
// It returns 0 if there is neither or the value is not valid.
//
// A date is compared with the answer's own Date header, so the result does not
// depend on whether the clocks of the client and the service agree.
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

// number parses a number of units. Only digits are accepted: no sign, fraction or
// exponent. A number too large for a Duration becomes the largest one, since
// overflow would turn a very long wait into none.
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
