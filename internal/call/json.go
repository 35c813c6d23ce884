package call

import (
	"github.com/docferry/docferry"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// WriteSecret makes JSON bodies hold the value of a docferry.Secret, which
// hides itself everywhere else.
func WriteSecret() *json.Marshalers {
	return json.MarshalToFunc(func(enc *jsontext.Encoder, s docferry.Secret) error {
		return enc.WriteToken(jsontext.String(string(s)))
	})
}

// Lenient are the options for reading what a service writes: oddities that do
// not make an answer ambiguous are let pass.
func Lenient() json.Options {
	return json.JoinOptions(
		jsontext.AllowDuplicateNames(true),
		jsontext.AllowInvalidUTF8(true),
	)
}
