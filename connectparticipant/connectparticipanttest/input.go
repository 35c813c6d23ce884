package connectparticipanttest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// input reads the members of a JSON object one by one, removes each as it is
// read, and keeps the first error. Call done after the last member: whatever is
// left then is unknown to the operation.
type input struct {
	// prefix begins the names of members in messages, for an object inside
	// another.
	prefix  string
	members map[string]json.RawMessage
	refused *refusal
}

// readInput parses a request body. An empty body is an object without members.
func readInput(body []byte) (*input, *refusal) {
	in := &input{members: map[string]json.RawMessage{}}
	if len(body) == 0 {
		return in, nil
	}
	if err := json.Unmarshal(body, &in.members); err != nil || in.members == nil {
		return nil, invalid("the body is not a JSON object")
	}
	dropNulls(in.members)
	return in, nil
}

// dropNulls takes away what is there in name only: to the service, a member
// that is null is absent.
func dropNulls(members map[string]json.RawMessage) {
	maps.DeleteFunc(members, func(_ string, raw json.RawMessage) bool { return string(raw) == "null" })
}

// fingerprint returns the same text for two inputs with the same members. Call
// it before any member is read. It tells whether a ClientToken is used for the
// same request again.
func (in *input) fingerprint() string {
	text, err := json.Marshal(in.members)
	if err != nil {
		return "" // the members were parsed before
	}
	return string(text)
}

// complainf keeps an error about a member, unless there already is one.
func (in *input) complainf(name, format string, args ...any) {
	if in.refused == nil {
		in.refused = invalid(in.prefix + name + ": " + fmt.Sprintf(format, args...))
	}
}

// take decodes a member into v and reports whether it was there. A member that
// is null is refused like one of the wrong type.
func (in *input) take(name, kind string, v any, required bool) bool {
	raw, ok := in.members[name]
	delete(in.members, name)
	switch {
	case !ok && required:
		in.complainf(name, "is required")
	case ok && json.Unmarshal(raw, v) != nil:
		in.complainf(name, "must be %s", kind)
		return false
	}
	return ok
}

// text reads a string of low to high characters.
func (in *input) text(name string, low, high int, required bool) string {
	var s string
	if in.take(name, "a string", &s, required) {
		in.length(name, s, low, high)
	}
	return s
}

// length checks the length of a string in characters, which is how the service
// states its limits.
func (in *input) length(name, s string, low, high int) {
	if n := utf8.RuneCountInString(s); n < low || n > high {
		in.complainf(name, "must have %d to %d characters, not %d", low, high, n)
	}
}

// texts reads a list of low to high strings.
func (in *input) texts(name string, low, high int, required bool) []string {
	var list []string
	if !in.take(name, "a list of strings", &list, required) {
		return nil
	}
	if n := len(list); n < low || n > high {
		in.complainf(name, "must have %d to %d elements, not %d", low, high, n)
	}
	return list
}

// number reads an integer from low to high and reports whether it was there.
func (in *input) number(name string, low, high int64, required bool) (int64, bool) {
	var n int64
	if !in.take(name, "an integer", &n, required) {
		return 0, false
	}
	if n < low || n > high {
		in.complainf(name, "must be from %d to %d, not %d", low, high, n)
	}
	return n, true
}

// flag reads a boolean that is false if it is absent.
func (in *input) flag(name string) bool {
	var b bool
	in.take(name, "a boolean", &b, false)
	return b
}

// choice reads one of the allowed strings, or returns fallback if the member is
// absent.
func (in *input) choice(name, fallback string, allowed ...string) string {
	s := fallback
	if in.take(name, "a string", &s, false) {
		in.oneOf(name, s, allowed)
	}
	return s
}

// oneOf checks that a string is one of those allowed.
func (in *input) oneOf(name, s string, allowed []string) {
	if !slices.Contains(allowed, s) {
		in.complainf(name, "must be one of %s, not %q", strings.Join(allowed, ", "), s)
	}
}

// object reads an object, or returns nil if the member is absent. An object in
// which nothing is set is as good as absent: the service's own chat client sends
// such. Errors inside it are kept by the result, which needs a call of done of
// its own.
func (in *input) object(name string) *input {
	var members map[string]json.RawMessage
	if !in.take(name, "an object", &members, false) {
		return nil
	}
	dropNulls(members)
	if len(members) == 0 {
		return nil
	}
	return &input{prefix: in.prefix + name + ".", members: members}
}

// done returns the first error. A member that was not read is an error, and of
// several the first in alphabetical order is reported.
func (in *input) done() *refusal {
	for _, name := range slices.Sorted(maps.Keys(in.members)) {
		in.complainf(name, "is not a member of this request")
	}
	return in.refused
}
