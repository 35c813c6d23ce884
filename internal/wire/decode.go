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

// Unread is what could not be read of an answer that was read otherwise.
type Unread struct {
	// Paths has the JSON pointers of members and of entries of lists, in the order
	// of the answer: at most maxPaths of them, each of at most maxPath bytes. They
	// hold names and positions, but no values.
	Paths []string
	// LeftOut counts the entries that are missing from the lists of the outermost
	// object, for who works out where the next page begins.
	LeftOut int
}

// Decode reads an answer into the struct that out points to: the fields tagged
// json from body, those tagged header from header. Members of the answer that the
// struct does not have are ignored, so that a service can add some.
//
// A member that does not have its documented form is read as far as its meaning is
// clear, such as a number that comes as a string. If it is not, the member stays
// zero, an entry of a list is left out, and Unread names it: one odd member does
// not cost the caller the others. It is an error only for a member with the option
// needed.
//
// An empty body is an error if the struct has fields tagged json. A body that is
// not a JSON object is always an error, and so is one that would take far more
// memory than its length suggests; see maxEntries. An error never leaves the struct
// half filled. Errors do not quote values of the answer.
func (d *Dialect) Decode(body []byte, header http.Header, out any) (Unread, error) {
	v := reflect.ValueOf(out).Elem()
	p, err := planOf(v.Type())
	if err != nil {
		return Unread{}, err
	}
	var unread Unread
	if body = bytes.TrimSpace(body); p.hasBody(d.Version) || len(body) > 0 {
		if unread, err = d.read(body, v, p); err != nil {
			v.SetZero()
			return Unread{}, err
		}
	}
	for _, m := range p.members {
		if m.place == inHeader {
			v.FieldByIndex(m.index).SetString(header.Get(m.name))
		}
	}
	return unread, nil
}

// read reads a JSON object into a struct. Almost all answers have the documented
// form, so the fast way is tried first, which knows no odd members.
func (d *Dialect) read(body jsontext.Value, v reflect.Value, p *plan) (Unread, error) {
	if body.Kind() != '{' {
		return Unread{}, errors.New("the answer is not a JSON object")
	}
	if d.PlainTime != nil {
		if d.readPlain(body, v, p) {
			return Unread{}, nil
		}
		v.SetZero()
	}
	if d.swells(body, p) {
		return Unread{}, fmt.Errorf("the answer has more than %d entries in lists, or %d values, "+
			"or takes far more memory than its length suggests", maxEntries, maxValues)
	}
	if !nullEntry(body) {
		if json.Unmarshal(body, v.Addr().Interface(), d.JSON) == nil {
			return Unread{}, nil
		}
		v.SetZero()
	}
	// The fast way stops at the first odd member and says nothing of the rest, which
	// may be cut off.
	if !body.IsValid(d.JSON) {
		return Unread{}, errors.New("the answer does not have the documented form: it is not valid JSON")
	}
	r := reader{json: d.JSON, reshape: d.Reshape}
	r.fold, _ = json.GetOption(d.JSON, json.MatchCaseInsensitiveNames)
	r.parts(body, v)
	if r.needed != "" {
		return Unread{}, fmt.Errorf("the answer cannot be used, because its member %s cannot be read", r.needed)
	}
	return r.unread, nil
}
