package wire

import (
	"fmt"
	"strings"
)

// Expand replaces each {name} in a route template by its value. It returns the
// path in two forms, for the fields Path and RawPath of a url.URL: path is plain,
// and escaped is what is sent.
//
// A value always stays one segment: a slash in it is escaped. So is everything
// else except the unreserved characters. With signed requests, the client and the
// service both compute the signature over the escaped path, so they have to agree
// on every character. [url.PathEscape] leaves some unescaped, such as "+" and "@".
func Expand(template string, values Values) (path, escaped string, err error) {
	if !strings.Contains(template, "{") {
		return template, template, nil
	}
	var plain, raw strings.Builder
	for template != "" {
		before, rest, found := strings.Cut(template, "{")
		plain.WriteString(before)
		raw.WriteString(before)
		if !found {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		value, ok := values.Get(name)
		if !ok {
			return "", "", fmt.Errorf("wire: no member for {%s} in the route", name)
		}
		plain.WriteString(value)
		raw.WriteString(EscapeSegment(value))
		template = after
	}
	return plain.String(), raw.String(), nil
}

// EscapeSegment percent-encodes every byte of s except the unreserved characters
// of RFC 3986: letters, digits, "-", ".", "_" and "~".
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
