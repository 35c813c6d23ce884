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
	PlainTime: func(value []byte) (time.Time, bool) {
		seconds, err := strconv.ParseFloat(string(value), 64)
		return fromSeconds(seconds), err == nil && inRange(seconds)
	},
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
