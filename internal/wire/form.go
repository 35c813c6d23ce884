package wire

import (
	"encoding"
	"reflect"
	"slices"
	"sync"

	"github.com/go-json-experiment/json"
)

// kind is what a value has to be in JSON to be plain.
type kind int

const (
	notPlain kind = iota // whatever it is, it is left to the package json
	plainText
	plainNumber
	plainFlag
	plainTime
	plainObject
	plainList
	plainTable // an object that becomes a map
	plainPointer
)

// form is how plain values are read into one type.
type form struct {
	kind    kind
	goType  reflect.Type
	elem    *form // of a list, a map or a pointer
	members []formMember
}

// formMember is one member of an object.
type formMember struct {
	name  string
	index []int // of the field
	form  *form
}

// maxMembers is how many members an object can have that is read here: as many as
// bits in the set of those that have come already.
const maxMembers = 64

var forms sync.Map // reflect.Type to *form: built once; every caller builds the same

// formOf returns the form of a type.
func formOf(t reflect.Type) *form {
	if f, ok := forms.Load(t); ok {
		return f.(*form) //nolint:forcetypeassert // nothing else is stored
	}
	f := newForm(t, map[reflect.Type]*form{})
	forms.Store(t, f)
	return f
}

// newForm makes the form of a type. Those in known are made, or being made: a type
// can hold itself.
func newForm(t reflect.Type, known map[reflect.Type]*form) *form {
	if f := known[t]; f != nil {
		return f
	}
	f := &form{goType: t}
	known[t] = f
	switch {
	case t == timeType:
		f.kind = plainTime
	case reads(t):
	case t.Kind() == reflect.String:
		f.kind = plainText
	case t.Kind() == reflect.Int64:
		f.kind = plainNumber
	case t.Kind() == reflect.Bool:
		f.kind = plainFlag
	case t.Kind() == reflect.Struct:
		f.addMembers(known)
	case t.Kind() == reflect.Slice:
		f.kind, f.elem = plainList, newForm(t.Elem(), known)
	case t.Kind() == reflect.Pointer:
		f.kind, f.elem = plainPointer, newForm(t.Elem(), known)
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String && !reads(t.Key()):
		f.kind, f.elem = plainTable, newForm(t.Elem(), known)
	}
	return f
}

// addMembers makes the form of a struct from its plan, so that both have the same
// members.
func (f *form) addMembers(known map[reflect.Type]*form) {
	p, err := newPlan(f.goType)
	if err != nil || len(p.members) > maxMembers {
		return
	}
	f.kind = plainObject
	for i := range p.members {
		if m := &p.members[i]; m.place == inBody {
			of := newForm(f.goType.FieldByIndex(m.index).Type, known)
			f.members = append(f.members, formMember{m.name, m.index, of})
		}
	}
}

// reads reports whether a type has a method of its own for reading JSON.
func reads(t reflect.Type) bool {
	return slices.ContainsFunc([]reflect.Type{
		reflect.TypeFor[json.UnmarshalerFrom](), reflect.TypeFor[json.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler](),
	}, reflect.PointerTo(t).Implements)
}
