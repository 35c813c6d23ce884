// Package redact keeps secrets out of text and errors.
//
// There are two ways to recognize a secret. Some are known: the tokens in the
// request at hand are passed to the functions, which look for them in every form
// in which a service may repeat them. Others are recognized by their surroundings,
// such as the query of a URL or the word after "Bearer".
//
// The second way hides more than secrets. Every URL query is hidden, although most
// parameters are harmless, because a presigned URL is a credential, and which of
// its parameters matter differs between storages. User names in URLs are hidden
// because passwords follow them. A message that lost a word is a smaller damage
// than a log that holds a token.
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

// Mark replaces each secret.
const Mark = "[redacted]"

// maxText limits the length, in bytes, of a message written by a service.
const maxText = 1024

var (
	userinfo = regexp.MustCompile(`(://)[^/?#\s"'<>]*@`)
	query    = regexp.MustCompile(`\?[^\s"'<>?]*=[^\s"'<>]*`)
	// Names that are only used for secrets, in a header, a query or a cookie,
	// followed by the secret.
	credential = regexp.MustCompile(`(?i)\b((?:X-Amz-)?Signature|X-Amz-(?:Security-Token|Credential|Bearer)|Authorization|Authentication|accessToken|refreshToken|dAccessCode-[^=\s]*)("?\s*[=:]\s*"?)(?:(?:Basic|Bearer)\s+)?[^\s"&;,]+`)
	scheme     = regexp.MustCompile(`(?i)\b(Basic|Bearer)\s+[A-Za-z0-9._~+/=-]{8,}`)
)

// Text returns s as one printable line of bounded length without URL queries,
// user names in URLs, credentials, or any of the given secrets.
func Text(s string, secrets ...string) string {
	// Once more, because line changes the text: a secret with a space in it, which
	// a service broke into two lines there, is on one line again.
	return mask(line(scrub(s, secrets), maxText), secrets)
}

// maxLine limits the length, in bytes, of the text of a whole error.
const maxLine = 4096

// Line returns s as one printable line of bounded length. It hides nothing. It is
// for errors that contain names chosen by a caller or a service: an ID that
// contains a line break must not break a log, and one of a megabyte must not
// flood it.
func Line(s string) string { return line(s, maxLine) }

// Strings applies [Text] to all strings in what v points to, such as the detail
// of a refusal: in structs, lists and nested pointers.
func Strings(v any, secrets ...string) {
	if value := reflect.ValueOf(v); value.Kind() == reflect.Pointer {
		clean(value, secrets)
	}
}

// clean is Strings for a value. Strings that cannot be set, such as those in
// unexported fields, and maps stay as they are.
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

// scrub hides the given secrets first, while they are whole, and then what the
// patterns find. The order matters: a pattern could cut a known secret in two, and
// leave a part that is no longer recognized.
func scrub(s string, secrets []string) string {
	s = mask(s, secrets)
	s = userinfo.ReplaceAllString(s, "${1}")
	s = query.ReplaceAllString(s, "?"+Mark)
	s = credential.ReplaceAllString(s, "${1}${2}"+Mark)
	return scheme.ReplaceAllString(s, "${1} "+Mark)
}

// minMask is the minimum length of a secret to be looked for. Shorter ones occur in
// ordinary words, and hiding them would make messages unreadable.
const minMask = 4

// mask replaces the secrets in s, in all of their forms. It finds all occurrences
// before it replaces any: where two overlap, replacing one would leave the rest
// of the other readable.
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

// forms returns the ways in which a secret may appear in a text: as it is, quoted
// by Go, escaped in a URL, or escaped in HTML. Services often repeat in an error
// message what they were sent, in a form of their own.
func forms(secret string) []string {
	quoted := strconv.Quote(secret)
	all := []string{secret, quoted[1 : len(quoted)-1]}
	query := url.QueryEscape(secret)
	// JavaScript and AWS escape a space as "%20", and all else as in a query.
	component := strings.ReplaceAll(query, "+", "%20")
	for _, escaped := range []string{query, component, url.PathEscape(secret)} {
		all = append(all, escaped, lowerHex(escaped))
	}
	all = append(all, html.EscapeString(secret))
	slices.Sort(all)
	return slices.Compact(all)
}

// lowerHex returns a percent-encoded text with the hexadecimal digits of its
// escapes in lower case, "%2f" instead of "%2F". Both are in use.
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

// span is a part of a text, from the byte at from up to the one before to.
type span struct{ from, to int }

// find appends the positions of a secret in s, including overlapping ones.
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

// line makes s safe to print on a terminal or in a log: it has one line, no escape
// sequences, and no characters that reverse the direction of writing, with which
// a text can be made to look like another. Longer texts are cut.
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

// Error returns an error whose text is that of err with [Text] applied.
//
// errors.Is finds in it everything that it finds in err. errors.As finds less:
// only errors that contain no secret, in their own text or in that of an error
// they wrap. Otherwise a caller could extract, say, a *url.Error and log its URL.
func Error(err error, secrets ...string) error {
	if err == nil {
		return nil
	}
	clean, _ := presentable(err, secrets)
	return &cause{text: Text(err.Error(), secrets...), full: err, clean: clean}
}

// cause is the error that [Error] returns. It has no method Unwrap: that would hand
// out the original error, with its secrets.
type cause struct {
	text  string
	full  error
	clean []error // the outermost errors of full's tree that are safe to show
}

func (c *cause) Error() string        { return c.text }
func (c *cause) Is(target error) bool { return errors.Is(c.full, target) }

// Format implements [fmt.Formatter]. Without it, verbs such as %#v and %+v would
// print the unexported fields, and with them the original error.
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

// presentable returns the outermost errors in the tree of err that contain no
// secret, and whether err itself is one. If it is, it is the only one returned.
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

// causes returns the errors that err wraps directly.
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

// carriers are the headers of a request that hold secrets.
var carriers = [...]string{"Authorization", "Authentication", "X-Amz-Bearer", "X-Amz-Security-Token", "Accesstoken",
	"Refreshtoken", "Cookie"}

// Credentials are the values of the headers of a request that hold secrets. Taking them
// out costs nothing. What is secret in them is worked out when it is needed.
type Credentials [len(carriers)][]string

// CredentialsIn returns the credentials in the header of a request.
func CredentialsIn(h http.Header) (c Credentials) {
	for i, name := range carriers {
		c[i] = h[name]
	}
	return c
}

// Secrets returns the secrets in the header of a request, to be passed to the other
// functions; see [Credentials.Secrets].
func Secrets(h http.Header) []string { return CredentialsIn(h).Secrets() }

// Secrets returns each value as a whole, and the parts of it that a service may quote
// on their own, such as the token without "Bearer" or the password inside Basic
// authentication.
func (c Credentials) Secrets() []string {
	var found []string
	for _, values := range c {
		for _, value := range values {
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

// minSecret is the minimum length of a query parameter's value that is treated as a
// secret of its own. Signatures and tokens are longer; dates are not.
const minSecret = 20

// Query returns the secrets in the query of a URL, to be passed to the other
// functions: the query as a whole, and its long values, escaped and unescaped.
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
