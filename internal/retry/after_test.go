package retry

import (
	"math"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC()
		rfc1123 := now.Add(90 * time.Second).Format(http.TimeFormat)
		skewed := now.Add(20 * time.Minute)
		for _, tt := range []struct {
			name   string
			header http.Header
			want   time.Duration
		}{
			{"none", http.Header{}, 0},
			{"seconds", header("2"), 2 * time.Second},
			{"zero", header("0"), 0},
			{"spaces", header(" 3 "), 3 * time.Second},
			{"negative", header("-1"), 0},
			{"signed", header("+5"), 0},
			{"fraction", header("1.5"), 1500 * time.Millisecond},
			{"less than a second", header("0.6"), 600 * time.Millisecond},
			{"dots", header("1.2.3"), 0},
			{"a dot", header("."), 0},
			{"exponent", header("1e3"), 0},
			{"other digits", header("٣"), 0},
			{"words", header("soon"), 0},
			{"one more than fits", header("9223372036"), math.MaxInt64},
			{"what fits", header("9223372035"), 9223372035 * time.Second},
			{"more digits than fit", header("99999999999999999999"), math.MaxInt64},
			{"a day", header("86400"), 24 * time.Hour},
			{"two", header("7", "8"), 7 * time.Second},
			{"date", header(rfc1123), 90 * time.Second},
			{"RFC 850", header(now.Add(time.Minute).Format("Monday, 02-Jan-06 15:04:05 GMT")), time.Minute},
			{"asctime", header(now.Add(time.Minute).Format(time.ANSIC)), time.Minute},
			{"past date", header(now.Add(-time.Hour).Format(http.TimeFormat)), 0},
			{"far date", header("Fri, 31 Dec 9999 23:59:59 GMT"), math.MaxInt64},
			{"bad date", header("Fri, 99 Dec 2026 23:59:59 GMT"), 0},
			{
				"by a clock that is fast",
				http.Header{"Retry-After": {skewed.Add(time.Minute).Format(http.TimeFormat)},
					"Date": {skewed.Format(http.TimeFormat)}},
				time.Minute,
			},
			{"with a bad date of its own", http.Header{"Retry-After": {rfc1123}, "Date": {"yesterday"}}, 90 * time.Second},
			{"milliseconds", http.Header{"X-Amz-Retry-After": {"1500"}}, 1500 * time.Millisecond},
			{"milliseconds first", http.Header{"X-Amz-Retry-After": {"1500"}, "Retry-After": {"9"}}, 1500 * time.Millisecond},
			{"bad milliseconds", http.Header{"X-Amz-Retry-After": {"-4"}, "Retry-After": {"9"}}, 9 * time.Second},
			{"too many milliseconds", http.Header{"X-Amz-Retry-After": {"9223372036855"}}, math.MaxInt64},
		} {
			if got := After(tt.header); got != tt.want {
				t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
			}
		}
	})
}

func header(values ...string) http.Header { return http.Header{"Retry-After": values} }

func FuzzAfter(f *testing.F) {
	for _, seed := range []string{"", "1", "-1", "1.5", "9223372037", "86400", "Sun, 06 Nov 1994 08:49:37 GMT"} {
		f.Add(seed, seed, seed)
	}
	f.Fuzz(func(t *testing.T, after, amz, date string) {
		got := After(http.Header{"Retry-After": {after}, "X-Amz-Retry-After": {amz}, "Date": {date}})
		if got < 0 {
			t.Errorf("After(%q, %q, %q) = %v", after, amz, date, got)
		}
	})
}
