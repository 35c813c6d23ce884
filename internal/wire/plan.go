// Package wire binds Go structs to HTTP messages. A request struct's tags say
// where each member goes; the struct is the API reference:
//
//	DocumentID string          `path:"DocumentId"`             // a path segment, always required
//	Marker     string          `query:"marker"`                // sent unless zero
//	Query      string          `query:"searchQuery,required"`  // refused when zero
//	Token      docferry.Secret `header:"Authentication"`
//	AccessCode docferry.Secret `cookie:"dAccessCode-{linkID}"` // {linkID}: the value of that header
//	Text       string          `json:"Text"`                   // always sent; refused when a zero string, list, map, time or struct
//	Visibility Visibility      `json:"Visibility,omitzero"`    // sent unless zero
//	File       upload.Source   `part:"primaryFile,required"`   // a part of a form, which the operation writes
//	Values     map[string]any  `part:"body,required"`          // the whole body, which the operation writes
//
// A flag or number marked required is sent whatever its value. More options:
//
//	with=name    refused when set while the member of that wire name is not
//	digit        a flag is written as 1 or 0
//	bare         a number in a body is written as a number even where the dialect writes strings
//	instead      the field stands instead of that of an embedded struct with the same name on the wire
//	body=1.1     in that version of the API, a query member goes into the body
//
// The tag api:"1.2" says that a member is only in that version of the API;
// elsewhere it is refused when set.
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

// place is where on the wire a member goes.
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

// member is the plan for one field.
type member struct {
	index    []int
	goName   string
	place    place
	name     string // on the wire
	required bool
	omitzero bool
	digit    bool
	bare     bool
	with     string
	instead  bool
	bodyIn   string // version of the API in which a query member goes into the body
	only     string // the one version of the API that has the member
}

// in returns where the member goes in a version of the API.
func (m *member) in(version string) place {
	if m.bodyIn != "" && m.bodyIn == version {
		return inBody
	}
	return m.place
}

// plan is how a struct type is written.
type plan struct {
	members []member
}

// hasBody reports whether a version of the API has members in the body.
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
// and kept, because reflection over the tags costs more than an encoding.
func planOf(t reflect.Type) (*plan, error) {
	if p, ok := plans.Load(t); ok {
		return p.(*plan), nil //nolint:forcetypeassert // nothing else is stored
	}
	p := &plan{}
	if err := p.add(t, nil); err != nil {
		return nil, fmt.Errorf("wire: %v: %w", t, err)
	}
	if err := p.shadow(); err != nil {
		return nil, fmt.Errorf("wire: %v: %w", t, err)
	}
	plans.Store(t, p)
	return p, nil
}

// shadow drops the members that another one stands instead of. Otherwise two
// members in the same place are an error, even if one is of an embedded struct.
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

// key is where the member is on the wire: header names have no case.
func (m *member) key() string {
	if m.place == inHeader {
		return string(m.place) + " " + strings.ToLower(m.name)
	}
	return string(m.place) + " " + m.name
}

// add adds the members of a struct to the plan, and those of embedded structs as
// if they were its own.
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

// memberOf reads the tag of a field. An unknown option is an error, so that a typing
// mistake in a declaration is found by the first test.
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

// take applies an option of a tag. It returns false for one that does not exist.
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
	case "with":
		m.with = value
	case "body":
		m.bodyIn = value
	default:
		return false
	}
	return true
}

// zeroMeansMissing reports whether the zero value of a type is refused where a
// member is required. Of flags and numbers it is not, since zero is a value.
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
