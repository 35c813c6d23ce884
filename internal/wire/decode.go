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

// Decode reads an answer into the struct that out points to: the fields tagged
// json from body, those tagged header from header. Members of the answer that the
// struct does not have are ignored, so that a service can add some.
//
// An empty body is an error if the struct has fields tagged json. A body that is
// not a JSON object is always an error, and so is one that would take far more
// memory than its length suggests; see maxObjects. An error never leaves the struct
// half filled. Errors do not quote values of the answer.
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
			return fmt.Errorf("the answer holds more than %d objects or %d values", maxObjects, maxValues)
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

// These limits bound the memory that an answer can take. Bounding its length is
// not enough, because decoding can multiply it: in a list of structs, the two
// characters "{}" become a struct of a thousand bytes, and so does "null"; six
// characters of name and value become an entry of a map. The longest page of any
// listing has some ten thousand objects and a few hundred thousand values, well
// below the limits.
const (
	maxObjects = 1 << 16
	maxValues  = 1 << 19
)

// swells reports whether an answer exceeds maxObjects or maxValues. It first counts
// characters, which is fast but also counts those inside strings. Only if that
// count is too high does it read the JSON to count exactly.
func (d *Dialect) swells(body []byte) bool {
	objects := bytes.Count(body, []byte("{")) + bytes.Count(body, []byte("null"))
	values := bytes.Count(body, []byte(",")) + bytes.Count(body, []byte("["))
	if objects <= maxObjects && values <= maxValues {
		return false // and no need to tell those in texts from the others
	}
	dec := jsontext.NewDecoder(bytes.NewReader(body), d.JSON)
	objects, values = 0, 0
	for objects <= maxObjects && values <= maxValues {
		token, err := dec.ReadToken()
		if err != nil {
			return false // at its end, or not for this function to report
		}
		switch token.Kind() {
		case '{', 'n':
			objects++
			values++
		case '}', ']':
		default:
			values++
		}
	}
	return true
}

// where describes the position of a decoding error for use in an error message. It
// does not quote values of the answer, which may be secrets.
func where(err error) string {
	if wrong, ok := errors.AsType[*json.SemanticError](err); ok && wrong.JSONPointer != "" {
		return " at " + string(wrong.JSONPointer)
	}
	if _, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return ": it is not valid JSON"
	}
	return ""
}
