// Package wire converts between Go structs and HTTP messages. The tag of each
// field says where in the message its value goes, so that a request struct reads
// like the API reference:
//
//	// A path segment, always required:
//	DocumentID string `path:"DocumentId"`
//	// A query parameter, sent unless it is zero, and one that must not be zero:
//	Marker string `query:"marker"`
//	Query  string `query:"searchQuery,required"`
//	// A header, and a cookie whose name holds the value of the header linkID:
//	Token      docferry.Secret `header:"Authentication"`
//	AccessCode docferry.Secret `cookie:"dAccessCode-{linkID}"`
//	// A member of the JSON body that is always sent. It is required, unless its
//	// type has a meaningful zero value; see zeroMeansMissing.
//	Text string `json:"Text"`
//	// A member of the JSON body that is sent unless it is zero:
//	Visibility Visibility `json:"Visibility,omitzero"`
//	// A part of a form, and a whole body. Both are only checked here; the
//	// operation writes them itself.
//	File   upload.Source  `part:"primaryFile,required"`
//	Values map[string]any `part:"body,required"`
//
// These options can follow the name:
//
//	required     the field must not be zero; a bool or number is always sent instead
//	omitzero     for json: the field is left out when it is zero
//	with=name    the field may only be set together with the one named so on the wire
//	digit        a bool is written as 1 or 0 instead of true or false
//	bare         a number in a body is written as a JSON number, even if the
//	             dialect writes numbers as strings
//	instead      the field replaces the one of an embedded struct that has the
//	             same place and name on the wire
//	needed       an answer in which the member cannot be read is an error, because
//	             zero would mean something, such as that there is no further page;
//	             a map is needed with all of its entries, anything else as a whole
//	body=1.1     in version 1.1 of the API, the query parameter moves into the body
//
// The tag api:"1.2" marks a field that only version 1.2 of the API has. With
// another version, setting it is an error.
//
// The work is done in two steps. A plan is made once for each struct type: it
// lists the fields with their parsed tags, including those of embedded structs.
// Encode and Decode then follow the plan, and a [Dialect] supplies what differs
// between the services, such as how a time is written.
package wire

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
)

// place is the part of an HTTP message that a field goes to. Its value is the key
// of the struct tag.
type place string

const (
	inPath   place = "path"
	inQuery  place = "query"
	inHeader place = "header"
	inCookie place = "cookie"
	inBody   place = "json"
	inPart   place = "part"
)

var places = []place{inPath, inQuery, inHeader, inCookie, inBody, inPart}

// member is the plan for one field: its parsed tag, and how to reach it.
type member struct {
	index    []int // for reflect.Value.FieldByIndex; longer than 1 in an embedded struct
	goName   string
	place    place
	name     string // on the wire
	required bool
	omitzero bool
	digit    bool
	bare     bool
	with     string
	instead  bool
	needed   bool
	bodyIn   string // version of the API in which a query member goes into the body
	only     string // the one version of the API that has the member
}

// in returns where the member goes in the given version of the API. Only the
// option body makes a difference between versions.
func (m *member) in(version string) place {
	if m.bodyIn != "" && m.bodyIn == version {
		return inBody
	}
	return m.place
}

// plan lists the fields of a struct type in the order in which they are written:
// the order of declaration, with the fields of an embedded struct in its place.
type plan struct {
	members []member
	entries entrySizes // of lists in the body
}

// member returns the member of the body with the given name, or nil. With fold, a
// name also matches in another letter case and with other dashes and underscores,
// as it does with [json.MatchCaseInsensitiveNames].
func (p *plan) member(name string, fold bool) *member {
	var similar *member
	for i := range p.members {
		m := &p.members[i]
		switch {
		case m.place != inBody:
		case m.name == name:
			return m
		case fold && similar == nil && strings.EqualFold(undashed.Replace(m.name), undashed.Replace(name)):
			similar = m
		}
	}
	return similar
}

var undashed = strings.NewReplacer("_", "", "-", "")

// hasBody reports whether a message has a JSON body in the given version of the
// API. A request whose body members are all zero still has one, "{}".
func (p *plan) hasBody(version string) bool {
	for i := range p.members {
		if m := &p.members[i]; m.in(version) == inBody && (m.only == "" || m.only == version) {
			return true
		}
	}
	return false
}

var plans sync.Map // reflect.Type to *plan: built once; every caller builds the same

// planOf returns the plan of a struct type. Plans are computed once for each type
// and kept, because reflection over the tags costs more than an encoding. An error
// is a mistake in the declaration of the struct, not in its values.
func planOf(t reflect.Type) (*plan, error) {
	if p, ok := plans.Load(t); ok {
		return p.(*plan), nil //nolint:forcetypeassert // nothing else is stored
	}
	p, err := newPlan(t)
	if err != nil {
		return nil, fmt.Errorf("wire: %v: %w", t, err)
	}
	for i := range p.members {
		if m := &p.members[i]; m.place == inBody {
			if err := p.entries.add(t.FieldByIndex(m.index).Type, 0, nil); err != nil {
				return nil, fmt.Errorf("wire: %v: field %s: %w", t, m.goName, err)
			}
		}
	}
	plans.Store(t, p)
	return p, nil
}

// newPlan returns the plan of a struct type, without what is inside its members.
func newPlan(t reflect.Type) (*plan, error) {
	p := &plan{}
	if err := p.add(t, nil); err != nil {
		return nil, err
	}
	return p, p.shadow()
}

// shadow resolves fields that claim the same place and name. This is an error
// unless the field that is nested less deeply has the option instead: it then
// replaces the other. Go's own rule, by which the outer field always wins, would
// hide a mistake: two fields that mean the same to the service.
func (p *plan) shadow() error {
	first := make(map[string]*member, len(p.members))
	for i := range p.members {
		m := &p.members[i]
		other := first[m.key()]
		switch {
		case other == nil, m.instead && len(m.index) < len(other.index):
			first[m.key()] = m
		case !other.instead || len(m.index) <= len(other.index):
			return fmt.Errorf("fields %s and %s both claim %s", other.goName, m.goName, m.key())
		}
	}
	var kept []member
	for i := range p.members {
		if m := &p.members[i]; first[m.key()] == m {
			kept = append(kept, *m)
		}
	}
	p.members = kept
	return nil
}

// key identifies the place and name of a member on the wire. Header names are
// case-insensitive in HTTP; all other names are case-sensitive.
func (m *member) key() string {
	if m.place == inHeader {
		return string(m.place) + " " + strings.ToLower(m.name)
	}
	return string(m.place) + " " + m.name
}

// add appends the fields of t to the plan. index leads to t from the struct that
// the plan is for. An embedded struct without a tag only groups fields; one with
// a tag is a value like any other.
func (p *plan) add(t reflect.Type, index []int) error {
	if t.Kind() != reflect.Struct {
		return errors.New("is not a struct")
	}
	for f := range t.Fields() {
		at := slices.Concat(index, f.Index)
		if f.Anonymous && f.Type.Kind() == reflect.Struct && f.Tag == "" {
			if err := p.add(f.Type, at); err != nil {
				return err
			}
			continue
		}
		m, err := memberOf(f)
		if err != nil {
			return fmt.Errorf("field %s %w", f.Name, err)
		}
		m.index = at
		p.members = append(p.members, m)
	}
	return nil
}

// memberOf reads the tag of a field. A field without a tag and an unknown option are
// errors, so that a mistake in a declaration is found by the first test.
func memberOf(f reflect.StructField) (member, error) {
	m := member{goName: f.Name, only: f.Tag.Get("api")}
	if !f.IsExported() {
		return m, errors.New("is not exported")
	}
	for _, pl := range places {
		tag, ok := f.Tag.Lookup(string(pl))
		if !ok {
			continue
		}
		if m.place != "" {
			return m, fmt.Errorf("has the tags %s and %s", m.place, pl)
		}
		m.place = pl
		var options string
		m.name, options, _ = strings.Cut(tag, ",")
		for option := range strings.SplitSeq(options, ",") {
			if !m.take(option) {
				return m, fmt.Errorf("has the unknown option %q", option)
			}
		}
	}
	if m.place == "" {
		return m, errors.New("has no tag")
	}
	if m.name == "" || m.name == "-" {
		return m, errors.New("has no name on the wire")
	}
	if m.place == inPath || m.place == inBody && !m.omitzero {
		m.required = true
	}
	return m, nil
}

// take applies one option of a tag. It returns false if there is no such option.
func (m *member) take(option string) bool {
	switch name, value, _ := strings.Cut(option, "="); name {
	case "":
	case "required":
		m.required = true
	case "omitzero":
		m.omitzero = true
	case "digit":
		m.digit = true
	case "bare":
		m.bare = true
	case "instead":
		m.instead = true
	case "needed":
		m.needed = true
	case "with":
		m.with = value
	case "body":
		m.bodyIn = value
	default:
		return false
	}
	return true
}

// zeroMeansMissing reports whether a required field of type t counts as missing
// when it is zero. This is so for strings, lists, maps, pointers and interfaces,
// for times, and for structs that have fields. It is not so for bools and numbers,
// where false and 0 are values that a caller may mean, nor for a struct without
// fields, whose only value is its zero value.
func zeroMeansMissing(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Slice, reflect.Map, reflect.Pointer, reflect.Interface:
		return true
	case reflect.Struct:
		return t == timeType || t.NumField() > 0
	default:
		return false
	}
}

var timeType = reflect.TypeFor[time.Time]()
