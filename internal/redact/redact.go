// Package redact keeps secrets out of text and errors.
//
// It errs on the side of hiding: every URL query and user name goes, whether
// or not it holds a secret.
package redact

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mark stands where a secret was.
const Mark = "[redacted]"

// maxText bounds a message that a service wrote.
const maxText = 1024

var (
	userinfo = regexp.MustCompile(`(://)[^/?#\s"'<>]*@`)
	query    = regexp.MustCompile(`\?[^\s"'<>?]*=[^\s"'<>]*`)
	// Words that only ever introduce a secret, in a header, a query or a cookie.
	credential = regexp.MustCompile(`(?i)\b((?:X-Amz-)?Signature|X-Amz-(?:Security-Token|Credential|Bearer)|Authorization|Authentication|accessToken|refreshToken|dAccessCode-[^=\s]*)("?\s*[=:]\s*"?)(?:(?:Basic|Bearer)\s+)?[^\s"&;,]+`)
	scheme     = regexp.MustCompile(`(?i)\b(Basic|Bearer)\s+[A-Za-z0-9._~+/=-]{8,}`)
)

// Text returns s as one printable line of bounded length without URL queries,
// user names in URLs, credentials, or any of the given secrets.
func Text(s string, secrets ...string) string {
	// What was apart in s may have come together on the line.
	return mask(line(scrub(s, secrets), maxText), secrets)
}

// maxLine bounds the text of a whole error.
const maxLine = 4096

// Line returns s as one printable line of bounded length. It is for the text of
// errors that hold what a caller or a service has named: an ID with a line
// break, or of a megabyte, must neither break nor flood a log.
func Line(s string) string { return line(s, maxLine) }

// Strings applies [Text] to all strings in what v points to, such as the detail
// of a refusal: in structs, lists and nested pointers.
func Strings(v any, secrets ...string) {
	if value := reflect.ValueOf(v); value.Kind() == reflect.Pointer {
		clean(value, secrets)
	}
}

func clean(v reflect.Value, secrets []string) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			clean(v.Elem(), secrets)
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			clean(field, secrets)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			clean(v.Index(i), secrets)
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString(Text(v.String(), secrets...))
		}
	}
}

func scrub(s string, secrets []string) string {
	s = mask(s, secrets)
	s = userinfo.ReplaceAllString(s, "${1}")
	s = query.ReplaceAllString(s, "?"+Mark)
	s = credential.ReplaceAllString(s, "${1}${2}"+Mark)
	return scheme.ReplaceAllString(s, "${1} "+Mark)
}

// minMask is the length from which a given secret is looked for. Shorter ones
// would eat innocent text.
const minMask = 4

// mask replaces the secrets in s, as they are and as Go quotes them. Where
// they overlap they go as one, so that no end of a longer one is left.
func mask(s string, secrets []string) string {
	var hidden []span
	for _, secret := range secrets {
		if len(secret) < minMask {
			continue
		}
		for _, form := range forms(secret) {
			hidden = find(hidden, s, form)
		}
	}
	if len(hidden) == 0 {
		return s
	}
	slices.SortFunc(hidden, func(a, b span) int { return a.from - b.from })
	var b strings.Builder
	end := 0
	for _, h := range hidden {
		if h.from >= end {
			b.WriteString(s[end:h.from])
			b.WriteString(Mark)
		}
		end = max(end, h.to)
	}
	b.WriteString(s[end:])
	return b.String()
}

// forms returns a secret as it is and as it looks where it is quoted or escaped:
// services like to repeat what they were sent.
func forms(secret string) []string {
	quoted := strconv.Quote(secret)
	all := []string{secret, quoted[1 : len(quoted)-1]}
	for _, escaped := range []string{url.QueryEscape(secret), url.PathEscape(secret)} {
		all = append(all, escaped, lowerHex(escaped))
	}
	all = append(all, html.EscapeString(secret))
	slices.Sort(all)
	return slices.Compact(all)
}

// lowerHex returns an escaped text with the digits of its escapes in lower case.
func lowerHex(escaped string) string {
	b := []byte(escaped)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:], bytes.ToLower(b[i+1:i+3]))
			i += 2
		}
	}
	return string(b)
}

// span is a part of a text.
type span struct{ from, to int }

// find appends where in s a secret is.
func find(found []span, s, secret string) []span {
	for from := 0; ; from++ {
		i := strings.Index(s[from:], secret)
		if i < 0 {
			return found
		}
		from += i
		found = append(found, span{from, from + len(secret)})
	}
}

// line makes s printable on a terminal: one line, no escape sequences, no
// characters that turn the direction of writing.
func line(s string, limit int) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case b.Len() >= limit:
			b.WriteString("...")
			return b.String()
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteByte(' ')
		case r == utf8.RuneError || !unicode.IsPrint(r):
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Error returns an error that reads as err would with [Text] applied. It
// matches all that err matches with errors.Is. With errors.As it gives only
// those errors of err's tree that hold nothing to hide, neither in their own
// text nor in that of an error which they wrap.
func Error(err error, secrets ...string) error {
	if err == nil {
		return nil
	}
	clean, _ := presentable(err, secrets)
	return &cause{text: Text(err.Error(), secrets...), full: err, clean: clean}
}

type cause struct {
	text  string
	full  error
	clean []error // the outermost errors of full's tree that are safe to show
}

func (c *cause) Error() string        { return c.text }
func (c *cause) Is(target error) bool { return errors.Is(c.full, target) }

// Format keeps all verbs of package fmt from looking inside.
func (c *cause) Format(f fmt.State, verb rune) {
	text := c.text
	switch {
	case verb == 'v' && f.Flag('#'):
		text = "redact.Error(" + strconv.Quote(c.text) + ")"
	case verb == 'q':
		text = strconv.Quote(c.text)
	}
	_, _ = io.WriteString(f, text)
}

func (c *cause) As(target any) bool {
	return slices.ContainsFunc(c.clean, func(e error) bool { return errors.As(e, target) })
}

// presentable returns the outermost errors of err's tree that are safe to
// show, and whether err is one.
func presentable(err error, secrets []string) (found []error, all bool) {
	text := err.Error()
	all = scrub(text, secrets) == text
	for _, e := range causes(err) {
		inner, ok := presentable(e, secrets)
		found = append(found, inner...)
		all = all && ok
	}
	if all {
		return []error{err}, true
	}
	return found, false
}

// causes returns what err wraps.
func causes(err error) []error {
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			return []error{inner}
		}
	case interface{ Unwrap() []error }:
		return slices.DeleteFunc(slices.Clone(e.Unwrap()), func(inner error) bool { return inner == nil })
	}
	return nil
}

// Secrets returns the values in a request's header that must not be shown.
func Secrets(h http.Header) []string {
	var found []string
	for _, name := range []string{"Authorization", "Authentication", "X-Amz-Bearer", "X-Amz-Security-Token", "Accesstoken",
		"Refreshtoken", "Cookie"} {
		for _, value := range h.Values(name) {
			found = append(found, value)
			words := strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == ';' || r == ',' })
			for _, word := range words {
				// The names of the signed headers are words such as "host".
				if name, secret, ok := strings.Cut(word, "="); ok && name != "SignedHeaders" {
					found = append(found, secret)
				}
			}
			if blob, ok := strings.CutPrefix(value, "Basic "); ok {
				plain, _ := base64.StdEncoding.DecodeString(blob)
				if _, password, ok := strings.Cut(string(plain), ":"); ok {
					found = append(found, password)
				}
				found = append(found, blob)
			}
			if token, ok := strings.CutPrefix(value, "Bearer "); ok {
				found = append(found, token)
			}
		}
	}
	return found
}

// minSecret is the length from which a value of a URL's query is taken for a
// secret. Signatures and tokens are longer; dates and names of headers are not.
const minSecret = 20

// Query returns the parts of a URL's query that must not be shown, as they
// are there and unescaped.
func Query(u *url.URL) []string {
	found := []string{u.RawQuery}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		_, value, _ := strings.Cut(pair, "=")
		if len(value) < minSecret {
			continue
		}
		found = append(found, value)
		if plain, err := url.QueryUnescape(value); err == nil && plain != value {
			found = append(found, plain)
		}
	}
	return found
}
