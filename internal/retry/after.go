package retry

import (
	"errors"
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
	if d := Parse(h.Get("X-Amz-Retry-After"), time.Millisecond); d > 0 {
		return d
	}
	text := strings.TrimSpace(h.Get("Retry-After"))
	if d := Parse(text, time.Second); d > 0 {
		return d
	}
	return Until(text, h)
}

// Until returns how long it is until a date in the form of HTTP or of ISO 8601, by
// the Date header of the answer that has it. It returns 0 for a date that is past
// or not valid.
func Until(date string, h http.Header) time.Duration {
	at, err := http.ParseTime(date)
	if err != nil {
		at, err = time.Parse(time.RFC3339, date)
	}
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(0, at.Sub(now))
}

// Parse parses a number of units, which may have a fraction but no sign and no
// exponent. It returns 0 if that is not what s is. A number too large for a
// Duration becomes the largest one, since overflow would turn a very long wait
// into none.
func Parse(s string, unit time.Duration) time.Duration {
	if strings.Trim(s, "0123456789.") != "" {
		return 0
	}
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange), err == nil && n > math.MaxInt64/int64(unit)-1:
		return math.MaxInt64
	case err != nil && whole != "":
		return 0
	}
	part, err := strconv.ParseFloat("0."+fraction, 64)
	if err != nil {
		return 0
	}
	return time.Duration(n)*unit + time.Duration(math.Ceil(part*float64(unit)))
}
