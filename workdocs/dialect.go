package workdocs

import (
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/wire"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// dialect describes how WorkDocs encodes values. In bodies, times are numbers of
// seconds since 1970, which may have a fraction and an exponent; in query
// strings, they are in ISO 8601.
var dialect = &wire.Dialect{
	JSON: json.JoinOptions(
		call.Lenient(),
		json.WithMarshalers(json.JoinMarshalers(call.WriteSecret(), json.MarshalToFunc(writeTime))),
		json.WithUnmarshalers(json.UnmarshalFromFunc(readTime)),
	),
	Secret: reflect.TypeFor[docferry.Secret](),
	Time: func(t time.Time) string {
		return t.UTC().Format("2006-01-02T15:04:05.999Z")
	},
	PlainTime: plainTime,
}

// writeTime writes seconds since 1970 as a plain decimal. Times have millisecond
// precision in the API, so it writes no more than three digits of a fraction.
func writeTime(enc *jsontext.Encoder, t time.Time) error {
	ms := t.UnixMilli()
	text := strconv.FormatInt(ms/1000, 10)
	if ms%1000 != 0 {
		text = strconv.FormatFloat(float64(ms)/1000, 'f', 3, 64)
		text = strings.TrimRight(text, "0")
	}
	return enc.WriteValue(jsontext.Value(text))
}

// readTime reads a time in seconds since 1970 or in ISO 8601. The error for a time
// that cannot be read does not fail the call: the time stays zero, and docferry.Meta
// names it.
func readTime(dec *jsontext.Decoder, t *time.Time) error {
	v, err := dec.ReadValue()
	if err != nil {
		return err
	}
	*t = time.Time{}
	text := strings.Trim(string(v), `"`)
	if text == "" || v.Kind() == 'n' {
		return nil
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if !inRange(seconds) {
			return errors.New("not a time")
		}
		*t = fromSeconds(seconds)
		return nil
	}
	parsed, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return errors.New("not a time")
	}
	*t = parsed.UTC()
	return nil
}

// inRange reports whether seconds since 1970 are a time, up to about the year 5138.
// Larger values would overflow.
func inRange(seconds float64) bool { return math.Abs(seconds) < 1e11 }

func fromSeconds(seconds float64) time.Time {
	return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()
}

// plainTime reads seconds since 1970.
func plainTime(value []byte) (time.Time, bool) {
	if ms, ok := wholeMilliseconds(value); ok {
		return time.UnixMilli(ms).UTC(), true
	}
	seconds, err := strconv.ParseFloat(string(value), 64)
	return fromSeconds(seconds), err == nil && inRange(seconds)
}

// wholeMilliseconds reads seconds that are written as the service mostly does, such as
// 1.7672256E9 or 1767225600.5, several times as fast as in general. It returns false for
// others, among them all that have parts of a millisecond.
func wholeMilliseconds(value []byte) (ms int64, ok bool) {
	const most = 14 // digits, so that the result is in range
	digits, zeros := 0, 3
	i := 0
	for point := false; i < len(value) && value[i]|0x20 != 'e'; i++ {
		switch c := value[i]; {
		case c == '.':
			point = true
		case c < '0' || c > '9':
			return 0, false
		default:
			ms, digits = ms*10+int64(c-'0'), digits+1
			if point {
				zeros--
			}
		}
	}
	if i == len(value)-2 && value[i+1] >= '0' && value[i+1] <= '9' {
		zeros += int(value[i+1] - '0')
	} else if i < len(value) {
		return 0, false
	}
	if zeros < 0 || digits == 0 || digits+zeros > most {
		return 0, false
	}
	for range zeros {
		ms *= 10
	}
	return ms, true
}
