package wire

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Dialect is how one service writes values.
type Dialect struct {
	// JSON holds the options, marshalers and unmarshalers for bodies.
	JSON json.Options
	// Secret is the string type whose values must never be shown.
	Secret reflect.Type
	// Time writes a time in a path, query or header.
	Time func(time.Time) string
	// JoinLists writes a list in a query as one value with commas; else each
	// item is a value of its own. What would not read back is refused, in
	// bodies too.
	JoinLists bool
	// Version is the version of the API that is spoken, where there are several.
	Version string
}

// Message is a request struct taken apart.
type Message struct {
	Path    map[string]string // by wire name, not escaped
	Query   url.Values
	Header  http.Header
	Body    []byte   // a JSON object, nil if the struct has no json member
	Secrets []string // values to keep out of all text
}

// FieldError says which field of a request cannot be sent, and why.
type FieldError struct {
	Field  string
	Reason string
}

func (e *FieldError) Error() string { return e.Field + " " + e.Reason }

// Encode takes apart a request struct or a pointer to one. It returns a
// *FieldError if a member cannot be sent as it is.
func (d *Dialect) Encode(request any) (*Message, error) {
	v := reflect.Indirect(reflect.ValueOf(request))
	p, err := planOf(v.Type())
	if err != nil {
		return nil, err
	}
	w := &writer{Dialect: d, plan: p, value: v, msg: &Message{
		Path: map[string]string{}, Query: url.Values{}, Header: http.Header{},
	}}
	for i := range p.members {
		if err := w.member(&p.members[i]); err != nil {
			return nil, err
		}
	}
	if p.hasBody(d.Version) {
		if w.msg.Body, err = w.body(); err != nil {
			return nil, err
		}
	}
	return w.msg, nil
}

// writer collects the parts of one request while its members are encoded.
type writer struct {
	*Dialect
	plan  *plan
	value reflect.Value
	msg   *Message
}

// member writes one member, or refuses it.
func (w *writer) member(m *member) error {
	v := w.value.FieldByIndex(m.index)
	set, err := w.set(m, v)
	if err != nil || !set {
		return err
	}
	if v.Type() == w.Secret {
		w.msg.Secrets = append(w.msg.Secrets, v.String())
	}
	at := m.in(w.Version)
	if at == inBody || at == inPart { // bodies are written in one go, forms by their operation
		if list, ok := reflect.TypeAssert[[]string](v); ok && w.JoinLists {
			if err := joinable(list); err != nil {
				return &FieldError{m.goName, err.Error()}
			}
		}
		return nil
	}
	texts, err := w.texts(m, v)
	if err == nil && len(texts) == 0 { // an empty list
		if !m.required {
			return nil
		}
		err = errRequired
	}
	if err == nil {
		err = w.put(m, at, texts)
	}
	if err != nil {
		return &FieldError{m.goName, err.Error()}
	}
	return nil
}

var errRequired = errors.New("is required")

// set reports whether there is something to write for a member.
func (w *writer) set(m *member, v reflect.Value) (bool, error) {
	if m.only != "" && m.only != w.Version {
		if v.IsZero() {
			return false, nil
		}
		return false, &FieldError{m.goName, "is not in version " + w.Version + " of the API, only in " + m.only}
	}
	if v.IsZero() {
		if m.required && zeroMeansMissing(v.Type()) {
			return false, &FieldError{m.goName, errRequired.Error()}
		}
		if !m.required {
			return false, nil
		}
	}
	if m.with != "" && w.byName(m.with).IsZero() {
		return false, &FieldError{m.goName, "needs " + w.fieldNamed(m.with) + " with it"}
	}
	return true, nil
}

// put writes the texts of a member in its place.
func (w *writer) put(m *member, at place, texts []string) error {
	switch at {
	case inPath:
		w.msg.Path[m.name] = texts[0]
		return checkSegment(texts[0])
	case inHeader:
		w.msg.Header[http.CanonicalHeaderKey(m.name)] = texts
		for _, text := range texts {
			if err := CheckHeaderValue(text); err != nil {
				return err
			}
		}
	case inCookie:
		return w.cookie(m, texts[0])
	default:
		w.msg.Query[m.name] = texts
	}
	return nil
}

// byName returns the value of the member with a wire name, in whatever place.
func (w *writer) byName(name string) reflect.Value {
	for _, m := range w.plan.members {
		if m.name == name {
			return w.value.FieldByIndex(m.index)
		}
	}
	return reflect.ValueOf("")
}

// fieldNamed returns the name of the Go field that has a name on the wire, for
// errors: a caller knows the field, not the wire.
func (w *writer) fieldNamed(name string) string {
	for _, m := range w.plan.members {
		if m.name == name {
			return m.goName
		}
	}
	return name
}

// texts writes a value outside a JSON body: one text, or several for a list.
func (w *writer) texts(m *member, v reflect.Value) ([]string, error) {
	switch v.Kind() {
	case reflect.Pointer:
		return w.texts(m, v.Elem())
	case reflect.String:
		return []string{v.String()}, nil
	case reflect.Bool:
		return []string{m.flag(v.Bool())}, nil
	case reflect.Int, reflect.Int64:
		return []string{strconv.FormatInt(v.Int(), 10)}, nil
	case reflect.Slice:
		all := []string{}
		for i := range v.Len() {
			one, err := w.texts(m, v.Index(i))
			if err != nil {
				return nil, err
			}
			all = append(all, one...)
		}
		if !w.JoinLists {
			return all, nil
		}
		return []string{strings.Join(all, ",")}, joinable(all)
	case reflect.Struct:
		if t, ok := reflect.TypeAssert[time.Time](v); ok {
			return []string{w.Time(t)}, nil
		}
	}
	return nil, fmt.Errorf("has the type %v, which only a body can hold", v.Type())
}

// joinable refuses a list that would be another one when read back.
func joinable(list []string) error {
	for _, item := range list {
		if strings.Contains(item, ",") {
			return errors.New("has an item with a comma, which would read as two")
		}
	}
	return nil
}

// flag writes a flag.
func (m *member) flag(on bool) string {
	switch {
	case m.digit && on:
		return "1"
	case m.digit:
		return "0"
	}
	return strconv.FormatBool(on)
}

// cookie writes a cookie whose name may hold the value of another member.
func (w *writer) cookie(m *member, value string) error {
	name := m.name
	if before, rest, ok := strings.Cut(name, "{"); ok {
		ref, after, _ := strings.Cut(rest, "}")
		other := w.byName(ref).String()
		if other == "" {
			return fmt.Errorf("needs %s with it", w.fieldNamed(ref))
		}
		name = before + other + after
	}
	if strings.ContainsAny(name, "=;, \t\"") {
		return errors.New("goes with a name that a cookie cannot have")
	}
	if strings.ContainsAny(value, ";\"\\") || CheckHeaderValue(value) != nil {
		return errors.New("has a character that a cookie cannot carry")
	}
	cookie := name + "=" + value
	if old := w.msg.Header.Get("Cookie"); old != "" {
		cookie = old + "; " + cookie
	}
	w.msg.Header.Set("Cookie", cookie)
	return nil
}

// body writes the json members as one object, in the order of the struct.
func (w *writer) body() ([]byte, error) {
	var buf bytes.Buffer
	enc := jsontext.NewEncoder(&buf, w.JSON)
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
	return bytes.TrimSpace(buf.Bytes()), nil
}

// bodyValue writes one member of the JSON body, in the dialect of the service.
func (w *writer) bodyValue(enc *jsontext.Encoder, m *member, v reflect.Value) error {
	v = reflect.Indirect(v)
	switch {
	case m.digit && v.Kind() == reflect.Bool:
		return enc.WriteToken(jsontext.String(m.flag(v.Bool())))
	case m.bare && v.CanInt():
		return enc.WriteToken(jsontext.Int(v.Int()))
	}
	return json.MarshalEncode(enc, v.Interface(), w.JSON)
}

// jsonReason is an encoding error without the value that it is about.
func jsonReason(err error) string {
	if strings.Contains(err.Error(), "UTF-8") {
		return "it is not valid UTF-8"
	}
	return "a value in it has no form there"
}

// checkSegment refuses path values that would name another resource.
func checkSegment(s string) error {
	switch s {
	case "":
		return errors.New("is required")
	case ".", "..":
		return fmt.Errorf("is %q, which names another resource", s)
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return errors.New("has a control character")
		}
	}
	return nil
}

// CheckHeaderValue refuses what would end a header line early.
func CheckHeaderValue(s string) error {
	for i := range len(s) {
		if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7f {
			return errors.New("has a control character, which a header cannot carry")
		}
	}
	return nil
}
