package wire

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"
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
	// PlainTime reads a time, from a JSON string or number, as JSON does. It may return
	// false for forms that are rare. With it, answers are first read without the package
	// json, which is faster. So it may only be set if JSON has no unmarshalers but that
	// for times, and no names in other letter case.
	PlainTime func(value []byte) (t time.Time, ok bool)

	// bodies holds what is used again to write bodies; see scratch.
	bodies sync.Pool
}

// Message holds the values of a request struct, sorted by their places in the
// HTTP request. It is not yet a request: the caller adds method and address.
type Message struct {
	Path    Values   // not escaped
	Query   Values   // not escaped, sorted by name
	Header  Values   // under canonical names
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
func (d *Dialect) Encode(request any) (Message, error) {
	v := reflect.ValueOf(request)
	if v.Kind() != reflect.Pointer { // fields are passed on by their addresses, which costs least
		v = reflect.New(v.Type())
		v.Elem().Set(reflect.ValueOf(request))
	}
	v = v.Elem()
	p, err := planOf(v.Type())
	if err != nil {
		return Message{}, err
	}
	w := &writer{Dialect: d, plan: p, value: v}
	for i := range p.members {
		if err := w.member(&p.members[i]); err != nil {
			return Message{}, err
		}
	}
	w.msg.Query.sort()
	if p.hasBody(d.Version) {
		if w.msg.Body, err = w.body(); err != nil {
			return Message{}, err
		}
	}
	return w.msg, nil
}

// writer collects the parts of one request while its members are encoded.
type writer struct {
	*Dialect
	plan  *plan
	value reflect.Value // can be addressed
	msg   Message
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
	if err := w.outside(m, at, v); err != nil {
		return &FieldError{m.goName, err.Error()}
	}
	return nil
}

// outside writes a value, or each of a list, to its place outside the JSON body.
func (w *writer) outside(m *member, at place, v reflect.Value) error {
	if v.Kind() != reflect.Slice {
		text, err := w.text(m, v)
		if err != nil {
			return err
		}
		return w.put(m, at, text)
	}
	if v.Len() == 0 && m.required {
		return errRequired
	}
	list := make([]string, v.Len())
	for i := range list {
		var err error
		if list[i], err = w.text(m, v.Index(i)); err != nil {
			return err
		}
	}
	if w.JoinLists && len(list) > 0 {
		if err := joinable(list); err != nil {
			return err
		}
		list = []string{strings.Join(list, ",")}
	}
	for _, text := range list {
		if err := w.put(m, at, text); err != nil {
			return err
		}
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

// put writes a value, already converted to a string, to its place outside the body.
// It refuses values that would change the structure of the request, such as a
// path segment of ".." or a header value with a line break.
func (w *writer) put(m *member, at place, text string) error {
	switch at {
	case inPath:
		w.msg.Path = append(w.msg.Path, Value{m.name, text})
		return checkSegment(text)
	case inHeader:
		w.msg.Header = append(w.msg.Header, Value{http.CanonicalHeaderKey(m.name), text})
		return CheckHeaderValue(text)
	case inCookie:
		return w.cookie(m, text)
	default:
		w.msg.Query = append(w.msg.Query, Value{m.name, text})
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

// text converts a single value for a place outside the JSON body.
func (w *writer) text(m *member, v reflect.Value) (string, error) {
	switch v.Kind() {
	case reflect.Pointer:
		return w.text(m, v.Elem())
	case reflect.String:
		return v.String(), nil
	case reflect.Bool:
		return m.flag(v.Bool()), nil
	case reflect.Int, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10), nil
	case reflect.Struct:
		if t, ok := reflect.TypeAssert[time.Time](v); ok {
			return w.Time(t), nil
		}
	}
	return "", fmt.Errorf("has the type %v, which only a body can hold", v.Type())
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
	for i, other := range w.msg.Header {
		if other.Name == "Cookie" {
			w.msg.Header[i].Text += "; " + cookie
			return nil
		}
	}
	w.msg.Header = append(w.msg.Header, Value{"Cookie", cookie})
	return nil
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
