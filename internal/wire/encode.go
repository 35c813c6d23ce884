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

// Dialect describes how one service writes values. The services agree on HTTP and
// JSON, but not on times (seconds since 1970, or ISO 8601), numbers and bools
// (Oracle writes them as strings), or lists.
type Dialect struct {
	// JSON holds the options, marshalers and unmarshalers for bodies.
	JSON json.Options
	// Secret is the string type whose values must never be shown.
	Secret reflect.Type
	// Time writes a time in a path, query or header.
	Time func(time.Time) string
	// JoinLists writes a list in a query as one value with commas. Otherwise each
	// item becomes a parameter of its own. As the services know no escape for a
	// comma, a list with an item that contains one is refused, in bodies too.
	JoinLists bool
	// Version is the version of the API in use, or empty if there is only one.
	Version string
	// Reshape returns a value in the form that type t has, if it comes in another
	// one that the service is known for, and otherwise the value as it is. It is
	// asked about values that JSON could not read as they are. It may be nil.
	Reshape func(raw jsontext.Value, t reflect.Type) jsontext.Value
}

// Message holds the values of a request struct, sorted by their places in the
// HTTP request. It is not yet a request: the caller adds method and address.
type Message struct {
	Path    map[string]string // by wire name, not escaped
	Query   url.Values
	Header  http.Header
	Body    []byte   // a JSON object, nil if the struct has no json member
	Secrets []string // values to keep out of all text
}

// FieldError reports a field of a request that cannot be sent. Field is its name
// in Go, and Reason continues a sentence that begins with it. Neither contains
// the field's value, which may be a secret.
type FieldError struct {
	Field  string
	Reason string
}

func (e *FieldError) Error() string { return e.Field + " " + e.Reason }

// Encode converts a request struct, or a pointer to one, into a message. It
// returns a *FieldError if the value of a field is missing, or cannot be carried by
// the message faithfully. Any other error is a mistake in the struct's declaration.
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

// member checks one field and writes it to its place. Fields of the body and parts
// of forms are only checked here: the body is written as a whole afterwards, and
// forms by their operation.
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

// set reports whether a field is to be written. It returns an error if the field
// is missing, or if it is set where it must not be.
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
		return false, &FieldError{m.goName, "is set, but " + w.fieldNamed(m.with) + " is not; set both"}
	}
	return true, nil
}

// put writes a value, already converted to strings, to its place outside the body.
// It refuses values that would change the structure of the request, such as a
// path segment of ".." or a header value with a line break.
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

// byName returns the value of the field with the given name on the wire, whatever
// its place, or an empty string if there is none.
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

// texts converts a value for a place outside the JSON body. The result has one
// string, or for a list one per item unless the dialect joins them.
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

// joinable returns an error if a list would have more items after it was joined
// with commas and split again.
func joinable(list []string) error {
	for _, item := range list {
		if strings.Contains(item, ",") {
			return errors.New("has an item with a comma, which the service would read as two items")
		}
	}
	return nil
}

// flag returns a bool as the member's tag asks for it.
func (m *member) flag(on bool) string {
	switch {
	case m.digit && on:
		return "1"
	case m.digit:
		return "0"
	}
	return strconv.FormatBool(on)
}

// cookie adds a cookie. Its name may contain the wire name of another field in
// braces, which is replaced by that field's value: Oracle's cookie for the access
// code of a public link has the link's ID in its name. Cookies that are already
// there stay, because a request has a single Cookie header. The value is written
// as it is, since net/http would quote or drop some characters silently.
func (w *writer) cookie(m *member, value string) error {
	name := m.name
	if before, rest, ok := strings.Cut(name, "{"); ok {
		ref, after, _ := strings.Cut(rest, "}")
		switch other := w.byName(ref).String(); {
		case other == "":
			return fmt.Errorf("is set, but %s is not; set both", w.fieldNamed(ref))
		case strings.ContainsAny(other, "=;, \t\""):
			return fmt.Errorf("cannot be sent: %s has a character that the name of a cookie cannot have", w.fieldNamed(ref))
		default:
			name = before + other + after
		}
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

// body writes the JSON members as one object. It does not marshal the struct
// itself, because only some of its fields belong into the body, and which do can
// depend on the version of the API.
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
	return json.MarshalEncode(enc, v.Interface(), w.JSON)
}

// jsonReason describes an encoding error without quoting the value, which may be
// a secret, as the error itself may do.
func jsonReason(err error) string {
	if strings.Contains(err.Error(), "UTF-8") {
		return "it is not valid UTF-8"
	}
	return "a value in it has no form there"
}

// checkSegment returns an error for a path value that would address another
// resource: proxies and servers resolve "." and "..", and an empty segment
// disappears. A slash is no problem, as it is escaped.
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

// CheckHeaderValue returns an error for a header value with control characters. A
// line break in a value would let it add headers of its own to the request.
func CheckHeaderValue(s string) error {
	for i := range len(s) {
		if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7f {
			return errors.New("has a control character, which a header cannot carry")
		}
	}
	return nil
}
