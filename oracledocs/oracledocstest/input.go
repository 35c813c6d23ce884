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

// input is a set of named values, from a JSON object or a query. Its accessors
// may be called one after the other: the first thing that is wrong stays in
// err, where the handler finds it before it changes anything.
type input struct {
	values map[string]any
	err    error
}

// parseObject reads one JSON object and refuses members that are not allowed.
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
	if _, err := dec.Token(); err != io.EOF {
		in.fail(invalid("body", "goes on after its JSON object"))
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

// only refuses members other than the named ones, the first by name, so that
// the answer does not depend on the order of a map.
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

// fail keeps the first error; nil is none.
func (in *input) fail(err error) {
	if in.err == nil && err != nil {
		in.err = err
	}
}

func (in *input) has(name string) bool { _, ok := in.values[name]; return ok }

// alias accepts another spelling of a member.
func (in *input) alias(name, other string) {
	if v, ok := in.values[other]; ok && !in.has(name) {
		in.values[name] = v
	}
}

// text returns an optional string of at most limit characters; 0 is no limit.
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

// need returns a string that must be there and not empty.
func (in *input) need(name string) string {
	s := in.text(name, 0)
	if s == "" {
		in.fail(required(name))
	}
	return s
}

// choice returns one of the allowed strings, or fallback when there is none.
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

// number returns an integer between low and high. The service writes numbers
// as strings and shows a bare one in some requests, so both are read.
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

// flag returns a truth value in any of the spellings 1, 0, true and false,
// quoted or not.
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

// list splits a comma-separated string of at most limit entries.
func (in *input) list(name string, limit int) []string {
	all := splitList(in.text(name, 0))
	if limit > 0 && len(all) > limit {
		in.fail(invalid(name, fmt.Sprintf("must name at most %d", limit)))
	}
	return all
}

// objects returns the elements of an array of objects.
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

// moment returns a time in the service's form, whose Z may be left out.
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

// splitList splits at commas and drops blanks and empty entries.
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
// Oracle's toolkit sends some of them as text/plain, which is let through.
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
