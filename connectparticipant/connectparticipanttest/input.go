package connectparticipanttest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// input takes the members of a JSON object one by one and keeps the first
// complaint. done must follow the last member.
type input struct {
	prefix  string // of member names, for an object inside another
	members map[string]json.RawMessage
	refused *refusal
}

// readInput decodes a request body. An empty body is an object without members.
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

// fingerprint is the same for two inputs with the same members.
func (in *input) fingerprint() string {
	text, err := json.Marshal(in.members)
	if err != nil {
		return "" // the members were parsed before
	}
	return string(text)
}

func (in *input) complainf(name, format string, args ...any) {
	if in.refused == nil {
		in.refused = invalid(in.prefix + name + ": " + fmt.Sprintf(format, args...))
	}
}

// take decodes a member into v and says whether it was there.
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

// text takes a string of low to high characters.
func (in *input) text(name string, low, high int, required bool) string {
	var s string
	if in.take(name, "a string", &s, required) {
		in.length(name, s, low, high)
	}
	return s
}

func (in *input) length(name, s string, low, high int) {
	if n := utf8.RuneCountInString(s); n < low || n > high {
		in.complainf(name, "must have %d to %d characters, not %d", low, high, n)
	}
}

// texts takes a list of low to high strings.
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

// number takes an integer from low to high.
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

func (in *input) flag(name string) bool {
	var b bool
	in.take(name, "a boolean", &b, false)
	return b
}

// choice takes one of a few strings, or fallback if the member is absent.
func (in *input) choice(name, fallback string, allowed ...string) string {
	s := fallback
	if in.take(name, "a string", &s, false) {
		in.oneOf(name, s, allowed)
	}
	return s
}

func (in *input) oneOf(name, s string, allowed []string) {
	if !slices.Contains(allowed, s) {
		in.complainf(name, "must be one of %s, not %q", strings.Join(allowed, ", "), s)
	}
}

// object takes an object, or nil if the member is absent. One in which nothing
// is set is as good as absent, and the service's own chat client sends such.
// Complaints about the members are the object's own: see done.
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

// done returns the first complaint; members that were not read are one.
func (in *input) done() *refusal {
	for _, name := range slices.Sorted(maps.Keys(in.members)) {
		in.complainf(name, "is not a member of this request")
	}
	return in.refused
}
