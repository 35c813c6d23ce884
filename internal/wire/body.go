package wire

import (
	"bytes"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// body writes the JSON members as one object. It does not marshal the struct
// itself, because only some of its fields belong into the body, and which do can
// depend on the version of the API.
func (w *writer) body() ([]byte, error) {
	s := w.scratch()
	enc := s.enc
	if err := enc.WriteToken(jsontext.BeginObject); err != nil {
		return nil, err
	}
	for i := range w.plan.members {
		m := &w.plan.members[i]
		v := w.value.FieldByIndex(m.index)
		if m.in(w.Version) != inBody || !m.required && v.IsZero() || m.only != "" && m.only != w.Version {
			continue
		}
		if err := enc.WriteToken(jsontext.String(m.name)); err != nil {
			return nil, &FieldError{m.goName, "cannot be written as JSON"}
		}
		if err := w.bodyValue(enc, m, v); err != nil {
			return nil, &FieldError{m.goName, "cannot be written as JSON: " + jsonReason(err)}
		}
	}
	if err := enc.WriteToken(jsontext.EndObject); err != nil {
		return nil, err
	}
	text := bytes.Clone(bytes.TrimSpace(s.buf.Bytes()))
	w.keep(s)
	return text, nil
}

// scratch is an encoder and the buffer that it writes to, which are used for one body
// after the other.
type scratch struct {
	buf bytes.Buffer
	enc *jsontext.Encoder
}

// maxScratch is the size of the largest buffer that is kept.
const maxScratch = 64 << 10

// scratch returns an encoder that nothing was written to.
func (d *Dialect) scratch() *scratch {
	s, ok := d.bodies.Get().(*scratch)
	if !ok {
		s = &scratch{}
		s.enc = jsontext.NewEncoder(&s.buf, d.JSON)
		return s
	}
	s.enc.Reset(&s.buf, d.JSON)
	return s
}

// keep makes an encoder available again. What it has written is erased, because a body
// can hold secrets.
func (d *Dialect) keep(s *scratch) {
	if s.buf.Cap() <= maxScratch {
		clear(s.buf.Bytes())
		s.buf.Reset()
		d.bodies.Put(s)
	}
}

// bodyValue writes one value of the body. The options digit and bare overrule the
// dialect; everything else is up to its marshalers.
func (w *writer) bodyValue(enc *jsontext.Encoder, m *member, v reflect.Value) error {
	v = reflect.Indirect(v)
	switch {
	case m.digit && v.Kind() == reflect.Bool:
		return enc.WriteToken(jsontext.String(m.flag(v.Bool())))
	case m.bare && v.CanInt():
		return enc.WriteToken(jsontext.Int(v.Int()))
	}
	return json.MarshalEncode(enc, v.Addr().Interface())
}

// jsonReason describes an encoding error without quoting the value, which may be
// a secret, as the error itself may do.
func jsonReason(err error) string {
	if strings.Contains(err.Error(), "UTF-8") {
		return "it is not valid UTF-8"
	}
	return "a value in it has no form there"
}
