package wire

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Decode reads an answer into the struct that out points to: its json members
// from body, its header members from header. Members of the answer that the
// struct does not have are passed over. An empty body is an error if the
// struct has json members; one that is not a JSON object always is, and so is
// one with more than maxObjects objects.
func (d *Dialect) Decode(body []byte, header http.Header, out any) error {
	v := reflect.ValueOf(out).Elem()
	p, err := planOf(v.Type())
	if err != nil {
		return err
	}
	if body = bytes.TrimSpace(body); p.hasBody(d.Version) || len(body) > 0 {
		if jsontext.Value(body).Kind() != '{' {
			return errors.New("the answer is not a JSON object")
		}
		if d.swells(body) {
			return fmt.Errorf("the answer holds more than %d objects", maxObjects)
		}
		if err := json.Unmarshal(body, out, d.JSON); err != nil {
			v.SetZero()
			return fmt.Errorf("the answer does not have the documented form%s", where(err))
		}
	}
	for _, m := range p.members {
		if m.place == inHeader {
			v.FieldByIndex(m.index).SetString(header.Get(m.name))
		}
	}
	return nil
}

// maxObjects is the most objects that an answer may hold. The longest page of
// any listing has some ten thousand. In a list, an object of two characters
// becomes a struct of a thousand bytes, and so does a null.
const maxObjects = 1 << 16

// swells reports whether an answer would take far more memory than it has bytes.
func (d *Dialect) swells(body []byte) bool {
	brace, null := []byte("{"), []byte("null")
	if bytes.Count(body, brace)+bytes.Count(body, null) <= maxObjects {
		return false // and no need to tell those in texts from the others
	}
	dec := jsontext.NewDecoder(bytes.NewReader(body), d.JSON)
	for n := 0; n <= maxObjects; {
		token, err := dec.ReadToken()
		if err != nil {
			return false // at its end, or not for this function to report
		}
		if kind := token.Kind(); kind == '{' || kind == 'n' {
			n++
		}
	}
	return true
}

// where names the place of a decoding error, but nothing of the answer's values.
func where(err error) string {
	if wrong, ok := errors.AsType[*json.SemanticError](err); ok && wrong.JSONPointer != "" {
		return " at " + string(wrong.JSONPointer)
	}
	if _, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return ": it is not valid JSON"
	}
	return ""
}
