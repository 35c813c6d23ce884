package connectparticipant

import (
	"errors"
	"reflect"
	"strings"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/wire"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// dialect is the way the service writes values: times are ISO 8601 strings.
var dialect = &wire.Dialect{
	JSON: json.JoinOptions(
		call.Lenient(),
		json.WithMarshalers(json.JoinMarshalers(call.WriteSecret(), json.MarshalToFunc(
			func(enc *jsontext.Encoder, t time.Time) error { return enc.WriteToken(jsontext.String(formatTime(t))) }))),
		json.WithUnmarshalers(json.UnmarshalFromFunc(readTime)),
	),
	Secret:    reflect.TypeFor[docferry.Secret](),
	Time:      formatTime,
	PlainTime: plainTime,
}

// formatTime writes a time as the service does, with milliseconds; with more
// digits only where they are not zero, so that a time which the service gave
// comes back the same.
func formatTime(t time.Time) string {
	t = t.UTC()
	if t.Nanosecond()%int(time.Millisecond) != 0 {
		return t.Format(time.RFC3339Nano)
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}

// readTime reads a time in ISO 8601. The error for a time that cannot be read does
// not fail the call: the time stays zero, and docferry.Meta names it.
func readTime(dec *jsontext.Decoder, t *time.Time) error {
	v, err := dec.ReadValue()
	if err != nil {
		return err
	}
	text := strings.Trim(string(v), `"`)
	*t = parseTime(text)
	if t.IsZero() && text != "" && v.Kind() != 'n' {
		return errors.New("not a time")
	}
	return nil
}

// plainTime reads a time as the service writes it.
func plainTime(value []byte) (t time.Time, ok bool) {
	if len(value) < 2 || value[0] != '"' {
		return time.Time{}, false
	}
	err := t.UnmarshalText(value[1 : len(value)-1])
	return t.UTC(), err == nil && !t.IsZero()
}

// parseTime reads a time with or without a fraction. It returns the zero time for
// what cannot be read.
func parseTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
