package workdocstest

import (
	"encoding/json"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// rule says which strings are valid. Lengths are in characters.
type rule struct {
	max int
	// empty is set if the string may be empty.
	empty   bool
	pattern *regexp.Regexp
	oneOf   []string
}

// matching returns the rule for strings of 1 to most characters that match a
// pattern as a whole.
func matching(most int, pattern string) rule {
	return rule{max: most, pattern: regexp.MustCompile(`^(?:` + pattern + `)$`)}
}

// enum returns the rule for the values of an enumeration.
func enum(values ...string) rule { return rule{max: math.MaxInt, oneOf: values} }

// Rules for the types of the API that several operations use. The API's pattern
// for names ends at U+FFFF. Inferred: it is applied to UTF-16, so characters
// beyond U+FFFF pass, because each is two code units.
var (
	resourceID   = matching(128, `[\w+-.@]+`)
	principalID  = matching(256, `[&\w+-.@]+`)
	resourceName = matching(255, `[\x{20}-\x{202D}\x{202F}-\x{10FFFF}]+`)
	searchText   = matching(512, `[\x{20}-\x{10FFFF}]+`)
	words        = matching(256, `[\w,]+`)
	labelText    = matching(32, `[a-zA-Z0-9._+-/=][a-zA-Z0-9 ._+-/=]*`)
	anyText      = rule{max: 256}
)

// check returns what is wrong with a string, or "" if it is valid. The result
// completes a sentence that begins with the member's name.
func (r rule) check(text string) string {
	switch n := utf8.RuneCountInString(text); {
	case n == 0 && !r.empty:
		return "must not be empty"
	case n > r.max:
		return "must have at most " + strconv.Itoa(r.max) + " characters"
	case !utf8.ValidString(text):
		return "must be UTF-8"
	case r.pattern != nil && n > 0 && !r.pattern.MatchString(text):
		return "must match " + strings.TrimSuffix(strings.TrimPrefix(r.pattern.String(), "^(?:"), ")$")
	case r.oneOf != nil && !slices.Contains(r.oneOf, text):
		return "must be one of " + strings.Join(r.oneOf, ", ")
	}
	return ""
}

// input collects the errors in the members of a request. An operation reads all
// members without checking for errors in between: refused keeps the first error,
// and the operation checks it before it changes anything.
type input struct {
	refused *refusal
	// nested has the objects to search for unknown members.
	nested []object
}

// add keeps an error about a member, unless there already is one. wrong is what
// check returns, so "" is not an error.
func (in *input) add(name, wrong string) {
	if wrong != "" && in.refused == nil {
		in.refused = refuse("InvalidArgumentException", "%s: %s", name, wrong)
	}
}

// path reads the variable segments of the path.
type path struct {
	*input
	segments map[string]string
}

// text returns a segment of the path, which must satisfy r.
func (p path) text(name string, r rule) string {
	p.add(name, r.check(p.segments[name]))
	return p.segments[name]
}

// query reads query parameters. Each can be read only once, because reading
// removes it: finish reports those that are left.
type query struct {
	*input
	values url.Values
}

// need refuses a request that lacks the parameter. Call it before the parameter
// is read.
func (q query) need(name string) {
	if !q.values.Has(name) {
		q.add(name, "is required")
	}
}

// take reads a parameter and removes it from the query, so that finish finds
// only unknown ones.
func (q query) take(name string) (string, bool) {
	values, ok := q.values[name]
	delete(q.values, name)
	if len(values) > 1 {
		q.add(name, "must be given once")
	}
	if !ok {
		return "", false
	}
	return values[0], true
}

// text reads a parameter that must satisfy r.
func (q query) text(name string, r rule) string {
	text, ok := q.take(name)
	if ok {
		q.add(name, r.check(text))
	}
	return text
}

// texts reads a parameter that may be repeated.
func (q query) texts(name string, r rule, most int) []string {
	values := q.values[name]
	delete(q.values, name)
	if len(values) > most {
		q.add(name, "must have at most "+strconv.Itoa(most)+" items")
	}
	for _, text := range values {
		q.add(name, r.check(text))
	}
	return values
}

// list reads a comma-separated list, which must satisfy r. Each item must be
// one of the given values.
func (q query) list(name string, r rule, values ...string) []string {
	text := q.text(name, r)
	if text == "" {
		return nil
	}
	items := strings.Split(text, ",")
	for _, item := range items {
		q.add(name, enum(values...).check(item))
	}
	return items
}

// flag reads a parameter that is true or false; absent means false.
func (q query) flag(name string) bool {
	text, ok := q.take(name)
	if ok && text != "true" && text != "false" {
		q.add(name, "must be true or false")
	}
	return text == "true"
}

// number reads a whole number from low to high. It returns false if there is
// none, so that a caller can tell 0 from no value.
func (q query) number(name string, low, high int64) (int64, bool) {
	text, ok := q.take(name)
	if !ok {
		return 0, false
	}
	return q.integer(name, text, low, high), true
}

// time reads an ISO 8601 time, which is how the service writes times in
// queries. In bodies they are numbers.
func (q query) time(name string) time.Time {
	text, ok := q.take(name)
	if !ok {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		q.add(name, "must be an ISO 8601 time")
	}
	return at
}

// finish reports the parameters that were not read, the first in alphabetical
// order.
func (q query) finish() {
	for _, name := range slices.Sorted(maps.Keys(q.values)) {
		q.add(name, "is not a parameter of this operation")
	}
}

// object reads the members of a JSON object. Each can be read only once, because
// reading removes it: finish reports those that are left. The service takes a
// null for a member that is absent: dropNulls removes those first.
type object struct {
	*input
	// within is the prefix of the names of members in messages.
	within  string
	members map[string]json.RawMessage
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

// dropNulls removes the members that are null.
func (o object) dropNulls() {
	maps.DeleteFunc(o.members, func(_ string, raw json.RawMessage) bool { return isNull(raw) })
}

// has reports whether a member is present and has not been read yet.
func (o object) has(name string) bool {
	_, ok := o.members[name]
	return ok
}

// need refuses a request that lacks one of the members. Call it before they are
// read.
func (o object) need(names ...string) {
	for _, name := range names {
		if !o.has(name) {
			o.add(o.within+name, "is required")
		}
	}
}

// read decodes a member into p. It reports whether the member is present and has
// the right type. A null never has: one that is left is an element of a list or
// a value of a map, where it cannot be absent.
func (o object) read(name, want string, p any) bool {
	raw, ok := o.members[name]
	if !ok {
		return false
	}
	delete(o.members, name)
	if isNull(raw) || json.Unmarshal(raw, p) != nil {
		o.add(o.within+name, "must be "+want)
		return false
	}
	return true
}

// text reads a string that must satisfy r.
func (o object) text(name string, r rule) string {
	var text string
	if o.read(name, "a string", &text) {
		o.add(o.within+name, r.check(text))
	}
	return text
}

// texts reads a list of strings that must each satisfy r. most limits their
// number. An empty list is as good as an absent one: it is nil too. Each string
// is read like a member with the name of the list, which is the name that
// messages have.
func (o object) texts(name string, r rule, most int) []string {
	var raw []json.RawMessage
	if !o.read(name, "a list", &raw) || len(raw) == 0 {
		return nil
	}
	if len(raw) > most {
		o.add(o.within+name, "must have at most "+strconv.Itoa(most)+" items")
	}
	texts := make([]string, len(raw))
	for i, item := range raw {
		element := object{o.input, o.within, map[string]json.RawMessage{name: item}}
		texts[i] = element.text(name, r)
	}
	return texts
}

// flag checks that a member is a boolean. It does not return the value, because
// no boolean in a body changes what the Server does.
func (o object) flag(name string) {
	var flag bool
	o.read(name, "true or false", &flag)
}

// number reads a whole number from low to high. It returns false if there is
// none, so that a caller can tell 0 from no value.
func (o object) number(name string, low, high int64) (int64, bool) {
	var n json.Number
	raw := o.members[name]
	if !o.read(name, "a number", &n) {
		return 0, false
	}
	// The number is parsed as it was sent, because sizes can be larger than
	// what a float holds exactly.
	return o.integer(o.within+name, string(raw), low, high), true
}

// time reads a time in seconds since 1970 and rounds it to milliseconds.
func (o object) time(name string) time.Time {
	var seconds float64
	if !o.read(name, "a time in seconds since 1970", &seconds) {
		return time.Time{}
	}
	// The bound keeps the milliseconds within the range of an int64.
	if math.Abs(seconds) > 1e12 {
		o.add(o.within+name, "is out of range")
		return time.Time{}
	}
	return time.UnixMilli(int64(math.Round(seconds * 1000)))
}

// object reads an object inside this one; ok is false if there is none. An object
// in which nothing is set is as good as none. finish looks for unknown members in
// it too.
func (o object) object(name string) (inner object, ok bool) {
	inner = o.inside(name)
	inner.dropNulls()
	return inner, len(inner.members) > 0
}

// inside is object without a look at what is null.
func (o object) inside(name string) object {
	inner := object{input: o.input, within: o.within + name + "."}
	o.read(name, "an object", &inner.members)
	o.nested = append(o.nested, inner)
	return inner
}

// objects reads a list of objects, whose number most limits.
func (o object) objects(name string, most int) []object {
	var raw []json.RawMessage
	if !o.read(name, "a list", &raw) {
		return nil
	}
	if len(raw) > most {
		o.add(o.within+name, "must have at most "+strconv.Itoa(most)+" items")
	}
	inner := make([]object, len(raw))
	for i, item := range raw {
		element := object{o.input, o.within, map[string]json.RawMessage{name: item}}
		inner[i], _ = element.object(name)
	}
	return inner
}

// textMap reads an object whose members are all strings; most limits their number.
// Names must satisfy key, and values must satisfy value.
func (o object) textMap(name string, key, value rule, most int) map[string]string {
	inner := o.inside(name)
	if len(inner.members) > most {
		o.add(o.within+name, "must have at most "+strconv.Itoa(most)+" members")
	}
	texts := make(map[string]string, len(inner.members))
	for _, k := range slices.Sorted(maps.Keys(inner.members)) {
		inner.add(inner.within+k, key.check(k))
		texts[k] = inner.text(k, value)
	}
	return texts
}

// finish reports the members that were not read, here and in nested objects.
func (o object) finish() {
	for _, inner := range append(o.nested, o) {
		for _, name := range slices.Sorted(maps.Keys(inner.members)) {
			o.add(inner.within+name, "is not a member of this request")
		}
	}
}

// integer parses a whole number from low to high.
func (in *input) integer(name, text string, low, high int64) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		in.add(name, "must be a whole number")
	case n < low:
		in.add(name, "must be at least "+strconv.FormatInt(low, 10))
	case n > high:
		in.add(name, "must be at most "+strconv.FormatInt(high, 10))
	}
	return n
}
