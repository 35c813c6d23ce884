package wire

import (
	"fmt"
	"strings"
)

// Expand fills the {names} of a route template. It returns the path as it is
// meant and as it is written: each value is one segment, and everything in it
// but unreserved characters is escaped, which is what signatures agree on.
func Expand(template string, values map[string]string) (path, escaped string, err error) {
	var plain, raw strings.Builder
	for template != "" {
		before, rest, found := strings.Cut(template, "{")
		plain.WriteString(before)
		raw.WriteString(before)
		if !found {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		value, ok := values[name]
		if !ok {
			return "", "", fmt.Errorf("wire: no member for {%s} in the route", name)
		}
		plain.WriteString(value)
		raw.WriteString(EscapeSegment(value))
		template = after
	}
	return plain.String(), raw.String(), nil
}

// EscapeSegment escapes all but the unreserved characters of RFC 3986.
func EscapeSegment(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
