package wire

import (
	"reflect"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// secret is a string that bodies hold as it is.
type secret string

func (secret) MarshalText() ([]byte, error) { return []byte("hidden"), nil }

// dialect is a small one: times as days, numbers in bodies as strings.
func dialect(change ...func(d *Dialect)) *Dialect {
	d := &Dialect{
		JSON: json.JoinOptions(
			jsontext.AllowDuplicateNames(true),
			jsontext.AllowInvalidUTF8(true),
			json.WithMarshalers(json.JoinMarshalers(
				json.MarshalToFunc(func(enc *jsontext.Encoder,
					s secret) error {
					return enc.WriteToken(jsontext.String(string(s)))
				}),
				json.MarshalToFunc(func(enc *jsontext.Encoder, n int64) error {
					return enc.WriteToken(jsontext.String(jsontext.Int(n).String()))
				}),
				json.MarshalToFunc(func(enc *jsontext.Encoder,
					t time.Time) error {
					return enc.WriteToken(jsontext.String(day(t)))
				}),
			)),
		),
		Secret: reflect.TypeFor[secret](),
		Time:   day,
		PlainTime: func(value []byte) (t time.Time, ok bool) {
			err := json.Unmarshal(value, &t)
			return t, err == nil
		},
	}
	for _, f := range change {
		f(d)
	}
	return d
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func inVersion(v string) func(d *Dialect) { return func(d *Dialect) { d.Version = v } }

func joined(d *Dialect) { d.JoinLists = true }

func insensitive(d *Dialect) {
	d.JSON = json.JoinOptions(d.JSON, json.MatchCaseInsensitiveNames(true))
	d.PlainTime = nil
}

// general is a dialect in which no answer counts as plain.
func general(d *Dialect) { d.PlainTime = nil }
