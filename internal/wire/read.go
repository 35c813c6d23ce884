package wire

import (
	"bytes"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	maxPaths = 100 // in Unread.Paths
	maxPath  = 256 // bytes of each
	maxDepth = 32  // of members that are read one by one, so that the time is in proportion to the length
)

// reader reads an answer in which something does not have its documented form. It
// reads each value as a whole where that is possible, and otherwise its parts.
type reader struct {
	json    json.Options
	reshape func(raw jsontext.Value, t reflect.Type) jsontext.Value // may be nil
	fold    bool                                                    // names match in any letter case

	path   []string // of the value that is being read
	odd    int      // how many values could not be read
	unread Unread
	needed string // the path of a needed member that could not be read; "" if there is none
}

// value reads a value into v. If that is not possible, it notes the path, leaves v
// zero, and returns false. Of a value that has parts, some may be missing, which is
// noted as well.
func (r *reader) value(raw jsontext.Value, v reflect.Value) bool {
	if opaque(v.Type()) || !nullEntry(raw) {
		before := reflect.New(v.Type()).Elem()
		before.Set(v)
		if json.Unmarshal(raw, v.Addr().Interface(), r.json) == nil {
			return true
		}
		v.Set(before) // a name that comes twice adds to what the first one has set
	}
	if len(r.path) < maxDepth && r.parts(raw, v) || convert(raw, v) {
		return true
	}
	v.SetZero()
	r.note()
	return false
}

// parts reads the members or entries of a value one by one. It returns false if the
// value has no parts, or does not go with the type of v.
func (r *reader) parts(raw jsontext.Value, v reflect.Value) bool {
	if r.reshape != nil {
		raw = r.reshape(raw, v.Type())
	}
	form := raw.Kind()
	switch kind := v.Kind(); {
	case form == '{' && kind == reflect.Struct:
		return r.object(raw, v)
	case form == '{' && kind == reflect.Map && v.Type().Key().Kind() == reflect.String:
		r.entries(raw, v)
	case form == '[' && kind == reflect.Slice && !opaque(v.Type()):
		r.list(raw, v)
	case kind == reflect.Pointer && v.IsNil():
		to := reflect.New(v.Type().Elem())
		if !r.parts(raw, to.Elem()) && !convert(raw, to.Elem()) {
			return false
		}
		v.Set(to)
	default:
		return false
	}
	return true
}

// object reads the members of a struct.
func (r *reader) object(raw jsontext.Value, v reflect.Value) bool {
	p, err := planOf(v.Type())
	if err != nil {
		return false // such as a time, which has no members
	}
	r.each(raw, func(name string, value jsontext.Value) {
		m := p.member(name, r.fold)
		if m == nil {
			return
		}
		r.path[len(r.path)-1] = m.name
		to, before := v.FieldByIndex(m.index), r.odd
		read := r.value(value, to)
		if m.needed && (!read || r.odd > before && to.Kind() == reflect.Map) && r.needed == "" {
			r.needed = r.where()
		}
	})
	return true
}

// entries reads the entries of a map.
func (r *reader) entries(raw jsontext.Value, v reflect.Value) {
	t := v.Type()
	if v.IsNil() {
		v.Set(reflect.MakeMap(t))
	}
	r.each(raw, func(name string, value jsontext.Value) {
		entry := reflect.New(t.Elem()).Elem()
		if r.value(value, entry) {
			v.SetMapIndex(reflect.ValueOf(name).Convert(t.Key()), entry)
		}
	})
}

// list reads the entries of a list, and leaves out those that cannot be read. Null
// is no entry, though null for a member is the same as no member.
func (r *reader) list(raw jsontext.Value, v reflect.Value) {
	t := v.Type()
	v.Set(reflect.MakeSlice(t, 0, 0))
	r.each(raw, func(_ string, value jsontext.Value) {
		entry := reflect.New(t.Elem()).Elem()
		if value.Kind() == 'n' && !opaque(t.Elem()) {
			r.note()
		} else if r.value(value, entry) {
			v.Set(reflect.Append(v, entry))
			return
		}
		if len(r.path) == 2 {
			r.unread.LeftOut++
		}
	})
}

// each calls use for the members of an object, or the entries of a list, with the
// path of each in r.path.
func (r *reader) each(raw jsontext.Value, use func(name string, value jsontext.Value)) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(raw), r.json)
	if _, err := dec.ReadToken(); err != nil {
		return
	}
	for n := 0; ; n++ {
		name := strconv.Itoa(n)
		switch dec.PeekKind() {
		case '}', ']', 0:
			return
		case '"':
			if raw.Kind() == '{' {
				quoted, _ := dec.ReadValue()
				name, _ = Text(quoted)
			}
		default:
		}
		value, err := dec.ReadValue()
		if err != nil {
			return // which does not happen, because the whole answer is valid
		}
		r.path = append(r.path, name)
		use(name, value)
		r.path = r.path[:len(r.path)-1]
	}
}

// note adds the path of the value that is being read to those that are unread.
func (r *reader) note() {
	r.odd++
	if len(r.unread.Paths) < maxPaths {
		r.unread.Paths = append(r.unread.Paths, r.where())
	}
}

// where returns r.path as a JSON pointer.
func (r *reader) where() string {
	var b strings.Builder
	for _, name := range r.path {
		b.WriteByte('/')
		_, _ = pointerEscapes.WriteString(&b, name[:min(len(name), maxPath)])
	}
	return strings.ToValidUTF8(b.String()[:min(b.Len(), maxPath)], "")
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// opaque reports whether values of type t are any JSON, which is not looked into.
func opaque(t reflect.Type) bool {
	return t.Kind() == reflect.Interface || t == reflect.TypeFor[jsontext.Value]()
}

// nullEntry reports whether a list in the text may have null for an entry, which
// reading it as a whole would take for an entry without members. It may also be
// text in a string.
func nullEntry(text []byte) bool {
	null := []byte("null")
	for {
		i := bytes.Index(text, null)
		if i < 0 {
			return false
		}
		before := bytes.TrimRight(text[:i], " \t\r\n")
		if n := len(before); n > 0 && (before[n-1] == '[' || before[n-1] == ',') {
			return true
		}
		text = text[i+len(null):]
	}
}
