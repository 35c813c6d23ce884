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
// struct has json members; one that is not a JSON object always is.
func (d *Dialect) Decode(body []byte, header http.Header, out any) error {
	v := reflect.ValueOf(out).Elem()
	p, err := planOf(v.Type())
	if err != nil {
		return err
	}
	if body = bytes.TrimSpace(body); p.hasBody(d.Version) || len(body) > 0 {
		if jsontext.Value(body).Kind() != '{' {
			return fmt.Errorf("the answer is not a JSON object")
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
