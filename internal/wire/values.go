package wire

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// Values are texts under names. A list has several under one name, in its order.
type Values []Value

// Value is one text under a name.
type Value struct{ Name, Text string }

// Get returns the first text under a name, and whether there is one.
func (v Values) Get(name string) (text string, ok bool) {
	for i := range v {
		if v[i].Name == name {
			return v[i].Text, true
		}
	}
	return "", false
}

// sort orders the values by name, and leaves those of a list in their order.
func (v Values) sort() {
	slices.SortStableFunc(v, func(a, b Value) int { return cmp.Compare(a.Name, b.Name) })
}

// Escaped returns the values as the query of a URL. A space is written as "%20",
// since not every service takes "+" for one.
func (v Values) Escaped() string {
	var b strings.Builder
	for i, value := range v {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(escapeQuery(value.Name))
		b.WriteByte('=')
		b.WriteString(escapeQuery(value.Text))
	}
	return b.String()
}

func escapeQuery(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
