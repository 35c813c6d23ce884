package oracledocs

import (
	"errors"
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

// newDialect returns the way the API writes values: numbers, flags and times as
// strings, and lists of strings as one string with commas. Reading accepts a
// string where a number or a flag is expected, and the reverse, because the
// reference contradicts itself.
func newDialect(version Version) *wire.Dialect {
	return &wire.Dialect{
		JSON: json.JoinOptions(
			call.Lenient(),
			json.MatchCaseInsensitiveNames(true), // childItemsCount and childitemsCount
			json.WithMarshalers(json.JoinMarshalers(call.WriteSecret(),
				writeString(func(n int64) string { return strconv.FormatInt(n, 10) }),
				writeString(strconv.FormatBool),
				writeString(formatTime),
				writeString(func(list []string) string { return strings.Join(list, ",") }),
				json.MarshalToFunc(writeFieldSpec),
			)),
			json.WithUnmarshalers(json.JoinUnmarshalers(
				readString(parseInt),
				readString(parseBool),
				readString(readTime),
				readString(func(s string) (string, error) { return s, nil }),
				json.UnmarshalFromFunc(readList),
				lenientLists(),
			)),
		),
		Reshape:   reshape,
		Secret:    reflect.TypeFor[docferry.Secret](),
		Time:      formatTime,
		JoinLists: true,
		Version:   string(version),
	}
}

func writeString[T any](format func(T) string) *json.Marshalers {
	return json.MarshalToFunc(func(enc *jsontext.Encoder, v T) error {
		return enc.WriteToken(jsontext.String(format(v)))
	})
}

// readString reads a value from a string, a number or a flag. Null is zero.
func readString[T any](parse func(string) (T, error)) *json.Unmarshalers {
	return json.UnmarshalFromFunc(func(dec *jsontext.Decoder, to *T) error {
		v, err := dec.ReadValue()
		if err != nil {
			return err
		}
		text, err := scalar(v)
		if err != nil {
			return err
		}
		*to, err = parse(text)
		return err
	})
}

// scalar is the text of a JSON value that is not an object or an array.
func scalar(v jsontext.Value) (string, error) {
	text, ok := wire.Text(v)
	if !ok && v.Kind() != 'n' {
		return "", errors.New("a list or an object where one value should be")
	}
	return text, nil
}

func parseInt(s string) (int64, error) {
	s = strings.TrimSpace(s)
	switch s {
	case "":
		return 0, nil
	case "true":
		return 1, nil
	case "false":
		return 0, nil
	}
	n, ok := wire.Int(s)
	if !ok {
		return 0, errors.New("not a whole number of 64 bits")
	}
	return n, nil
}

func parseBool(s string) (bool, error) {
	flag, ok := wire.Flag(s)
	if !ok && strings.TrimSpace(s) != "" {
		return false, errors.New("not a flag")
	}
	return flag, nil
}

// readList reads strings from a list, or from one string with commas.
func readList(dec *jsontext.Decoder, to *[]string) error {
	v, err := dec.ReadValue()
	if err != nil {
		return err
	}
	*to = nil
	if v.Kind() == '[' {
		var items []jsontext.Value
		if err := json.Unmarshal(v, &items, dec.Options()); err != nil {
			return err
		}
		for _, item := range items {
			text, err := scalar(item)
			if err != nil {
				return err
			}
			*to = append(*to, text)
		}
		return nil
	}
	text, err := scalar(v)
	if err != nil || text == "" {
		return err
	}
	for item := range strings.SplitSeq(text, ",") {
		*to = append(*to, strings.TrimSpace(item))
	}
	return nil
}

func formatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// timeLayouts are the forms that times come in: with and without a fraction
// or a zone, and the database's own.
var timeLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05.999Z0700", "2006-01-02T15:04:05.999", "2006-01-02 15:04:05.999", time.DateOnly,
}

// readTime is parseTime, with an error for text that is no time. It does not fail
// the call: the time stays zero, and docferry.Meta names it.
func readTime(s string) (time.Time, error) {
	t := parseTime(s)
	if t.IsZero() && strings.TrimSpace(s) != "" {
		return t, errors.New("not a time")
	}
	return t, nil
}

// parseTime reads a time; without a zone it is UTC. It returns the zero time for
// what cannot be read.
func parseTime(s string) time.Time {
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, "{ts '"); ok {
		s = strings.TrimSuffix(inner, "'}")
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
