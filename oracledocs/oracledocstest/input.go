package oracledocstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// input is a set of named values, from a JSON object or from a query. Several
// accessors may be called in a row: the first mistake is kept in err, which the
// handler must check before it changes anything.
type input struct {
	values map[string]any
	err    error
}

// parseObject parses one JSON object and refuses members that are not in
// allowed. Any member is accepted if allowed is nil. An empty body counts as an
// empty object.
func parseObject(data []byte, allowed ...string) *input {
	in := &input{values: map[string]any{}}
	if len(bytes.TrimSpace(data)) == 0 {
		return in
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&in.values); err != nil || in.values == nil {
		in.fail(invalid("body", "is not a JSON object"))
		return in
	}
	// A second value after the object would otherwise be silently ignored.
	if _, err := dec.Token(); err != io.EOF {
		in.fail(invalid("body", "has data after its JSON object"))
	}
	if allowed != nil {
		in.only(allowed...)
		in.dropNulls()
	}
	return in
}

// dropNulls takes away members that are null: that they are as good as absent
// is inferred. Values whose names the caller makes up, such as metadata, are
// left to be refused.
func (in *input) dropNulls() {
	maps.DeleteFunc(in.values, func(_ string, v any) bool { return v == nil })
}

// only refuses values whose names are not in the list. It reports the first of
// them in alphabetical order, so that the answer does not depend on the order
// of a map.
func (in *input) only(allowed ...string) {
	unknown := []string{}
	for name := range in.values {
		if !slices.Contains(allowed, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		in.fail(invalid(slices.Min(unknown), "is not known"))
	}
}

// fail keeps the first error. A nil error is ignored.
func (in *input) fail(err error) {
	if in.err == nil && err != nil {
		in.err = err
	}
}

// has reports whether the value was sent, even if it is empty.
func (in *input) has(name string) bool { _, ok := in.values[name]; return ok }

// alias accepts another spelling of a member. The regular spelling wins.
func (in *input) alias(name, other string) {
	if v, ok := in.values[other]; ok && !in.has(name) {
		in.values[name] = v
	}
}

// text returns an optional string of at most limit characters; a limit of 0
// means none.
func (in *input) text(name string, limit int) string {
	v, ok := in.values[name]
	if !ok {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		in.fail(invalid(name, "must be a string"))
	} else if limit > 0 && utf8.RuneCountInString(s) > limit {
		in.fail(invalid(name, fmt.Sprintf("must have at most %d characters", limit)))
	}
	return s
}

// need returns a required string, which must not be empty.
func (in *input) need(name string) string {
	s := in.text(name, 0)
	if s == "" {
		in.fail(required(name))
	}
	return s
}

// choice returns one of the allowed strings, or fallback if the value is
// absent.
func (in *input) choice(name, fallback string, allowed ...string) string {
	if !in.has(name) {
		return fallback
	}
	s := in.text(name, 0)
	if !slices.Contains(allowed, s) {
		in.fail(invalid(name, "must be one of "+strings.Join(allowed, ", ")))
	}
	return s
}

// number returns an integer from low to high, or fallback if the value is
// absent. The service writes numbers as strings but shows a bare number in some
// requests, so both are accepted.
func (in *input) number(name string, fallback, low, high int) int {
	v, ok := in.values[name]
	if !ok {
		return fallback
	}
	n, err := strconv.Atoi(fmt.Sprint(v))
	if err != nil || n < low || n > high {
		in.fail(invalid(name, fmt.Sprintf("must be a number from %d to %d", low, high)))
	}
	return n
}

// flag returns a truth value, or fallback if the value is absent. The
// documentation spells flags 1 and 0 in some places and true and false in
// others, so all four are accepted everywhere, quoted or not.
func (in *input) flag(name string, fallback bool) bool {
	v, ok := in.values[name]
	if !ok {
		return fallback
	}
	switch strings.ToLower(fmt.Sprint(v)) {
	case "1", "true":
		return true
	case "0", "false":
		return false
	}
	in.fail(invalid(name, "must be 1, 0, true or false"))
	return fallback
}

// list splits a comma-separated string, which is how the service writes lists
// of IDs, tags and fields. A limit of 0 means none.
func (in *input) list(name string, limit int) []string {
	all := splitList(in.text(name, 0))
	if limit > 0 && len(all) > limit {
		in.fail(invalid(name, fmt.Sprintf("must have at most %d entries", limit)))
	}
	return all
}

// objects returns the elements of an array of objects. Members that are not in
// allowed are refused in every element.
func (in *input) objects(name string, allowed ...string) []*input {
	v, ok := in.values[name]
	if !ok {
		return nil
	}
	elements, ok := v.([]any)
	if !ok {
		in.fail(invalid(name, "must be an array of objects"))
		return nil
	}
	all := []*input{}
	for _, e := range elements {
		members, ok := e.(map[string]any)
		if !ok {
			in.fail(invalid(name, "must be an array of objects"))
			return nil
		}
		one := &input{values: members}
		one.only(allowed...)
		one.dropNulls()
		in.fail(one.err)
		all = append(all, one)
	}
	return all
}

// moment returns a time in the service's form. All its times are UTC, and the Z
// may be left out, as documented for the expiry of public links.
func (in *input) moment(name string) time.Time {
	s := in.text(name, 0)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse("2006-01-02T15:04:05", strings.TrimSuffix(s, "Z"))
	if err != nil {
		in.fail(invalid(name, "must have the form yyyy-mm-ddThh:mm:ssZ"))
	}
	return t
}

// splitList splits a text at commas, trims spaces and drops empty entries.
func splitList(text string) []string {
	all := []string{}
	for entry := range strings.SplitSeq(text, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			all = append(all, entry)
		}
	}
	return all
}

// readJSON reads the body of a request that carries a JSON object or nothing.
// Oracle's toolkit sends some of them as text/plain, which is accepted.
func readJSON(r *http.Request) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r.Body, maxJSON+1))
	switch {
	case err != nil:
		return nil, invalid("body", "ended early")
	case len(data) > maxJSON:
		drain(r)
		return nil, &refusal{
			status: http.StatusRequestEntityTooLarge, code: codeGeneral,
			key: "!csRequestTooLarge", message: "The request body is too large.",
		}
	}
	// A body without a content type is accepted, as long as it parses.
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Header.Get("Content-Type") == "" || len(data) == 0 {
		return data, nil
	}
	if err != nil || mediaType != "application/json" && mediaType != "text/plain" {
		return nil, &refusal{
			status: http.StatusUnsupportedMediaType, code: codeGeneral,
			key: "!csUnsupportedMediaType", message: "The request body must be application/json.",
		}
	}
	return data, nil
}
