package redact

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

func TestText(t *testing.T) {
	for _, tt := range []struct {
		name    string
		in      string
		secrets []string
		want    string
	}{
		{"plain", "dial tcp: lookup x.invalid: no such host", nil, "dial tcp: lookup x.invalid: no such host"},
		{"query", `Put "https://h.example/k?X-Amz-Signature=abc&x=y": EOF`, nil, `Put "https://h.example/k?[redacted]": EOF`},
		{"two queries", "a?b=c then d?e=f", nil, "a?[redacted] then d?[redacted]"},
		{"question", "Really? No=yes", nil, "Really? No=yes"},
		{"user", "proxy http://joe:pass@proxy.example:3128 failed", nil, "proxy http://proxy.example:3128 failed"},
		{"mail address", "no user joe@example.com", nil, "no user joe@example.com"},
		{"bearer", "Authorization: Bearer abc.def", nil, "Authorization: [redacted]"},
		{"bearer alone", "got bearer abcdefgh12 back", nil, "got bearer [redacted] back"},
		{"basic", "Authorization=Basic dXNlcjpwYXNz", nil, "Authorization=[redacted]"},
		{"basic words", "a basic idea", nil, "a basic idea"},
		{"canonical request", "x-amz-security-token:FwoGZX/+= host:h", nil, "x-amz-security-token:[redacted] host:h"},
		{"authentication", "authentication:abc;x", nil, "authentication:[redacted];x"},
		{"json", `{"accessToken":"abc","x":1}`, nil, `{"accessToken":"[redacted]","x":1}`},
		{"json with spaces", `{"refreshToken" : "abc"}`, nil, `{"refreshToken" : "[redacted]"}`},
		{"signature", "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0123abcd", nil,
			"AWS4-HMAC-SHA256 SignedHeaders=host, Signature=[redacted]"},
		{"cookie", "dAccessCode-LF12=secret; path=/", nil, "dAccessCode-LF12=[redacted]; path=/"},
		{"given", "the token tok-123 is bad, tok-123!", []string{"tok-123"}, "the token [redacted] is bad, [redacted]!"},
		{"given, too short", "a cat sat", []string{"cat"}, "a cat sat"},
		{"given, one in the other", "passphrase", []string{"pass", "passphrase"}, "[redacted]"},
		{"given, one inside the other", "abcdefgh.", []string{"abcdefgh", "cdef"}, "[redacted]."},
		{"given, overlapping", "xx abcdef yy", []string{"abcd", "cdef"}, "xx [redacted] yy"},
		{"given, overlapping itself", "ababab.", []string{"abab"}, "[redacted]."},
		{"given, next to each other", "abcdabcd", []string{"abcd"}, "[redacted][redacted]"},
		{"given, as Go quotes it", fmt.Sprintf("open %q", `pa"ss\word`), []string{`pa"ss\word`}, `open "[redacted]"`},
		{"put together by cleaning", "my\nsecret", []string{"my secret"}, "[redacted]"},
		{"lines", "a\r\nb\tc", nil, "a  b c"},
		{"terminal", "\x1b[31mred\x00\x07\u202e", nil, `\x1b[31mred\x00\a\u202e`},
		{"bad UTF-8", "a\xffb", nil, "a\ufffdb"},
		{"line separator", "a\u2028b", nil, `a\u2028b`},
		{"long", strings.Repeat("x", 2000), nil, strings.Repeat("x", 1024) + "..."},
		{"empty", "", []string{""}, ""},
	} {
		if diff := cmp.Diff(tt.want, Text(tt.in, tt.secrets...)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("Put \"https://u:p@h/k?X-Amz-Signature=abc\": EOF", "secret", "abcd")
	f.Add("abcdefgh abcd\nefgh", "abcd", "cdefgh")
	f.Add("://s@ecret user@", "://ecret", "....")
	f.Add(strings.Repeat("\x1b\n", 600), "    ", `\x1b`)
	f.Fuzz(func(t *testing.T, text, one, two string) {
		for _, s := range []string{text + one + two, one + text + one, one + two + text + one, text} {
			out := Text(s, one, two)
			for _, secret := range []string{one, two} {
				if len(secret) >= minMask && !touchesMark(secret) && strings.Contains(out, secret) {
					t.Errorf("Text(%q) = %q holds %q", s, out, secret)
				}
			}
			if len(out) > 4*maxText || strings.ContainsFunc(out, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("Text(%q) = %q is not one short printable line", s, out)
			}
		}
	})
}

// touchesMark reports whether a secret can be found in or across the mark
// itself, or in what stands for the rest of a long text.
func touchesMark(secret string) bool {
	return strings.ContainsAny(secret, "[]") || strings.Contains(Mark, secret)
}

func TestErrorHidesAndMatches(t *testing.T) {
	const signed = "https://h.example/k?X-Amz-Signature=0123456789abcdef0123"
	inner := &net.OpError{Op: "dial", Net: "tcp", Err: fs.ErrPermission}
	full := &url.Error{Op: "Put", URL: signed, Err: inner}
	for name, err := range map[string]error{
		"alone":   full,
		"wrapped": fmt.Errorf("stage: %w", full),
		"joined":  errors.Join(errors.New("first"), full),
		"twice":   Error(full),
		"hidden":  quiet{full},
		"deep":    fmt.Errorf("a: %w", errors.Join(fmt.Errorf("b: %w", quiet{full}))),
	} {
		got := Error(err)
		if strings.Contains(got.Error(), "0123456789abcdef") || strings.ContainsAny(got.Error(), "\n") {
			t.Errorf("%s: text %q", name, got)
		}
		if !errors.Is(got, fs.ErrPermission) || name != "twice" && !errors.Is(got, full) {
			t.Errorf("%s: the cause is lost", name)
		}
		if u, ok := errors.AsType[*url.Error](got); ok {
			t.Errorf("%s: As gives %v", name, u)
		}
		if op, ok := errors.AsType[*net.OpError](got); !ok || op != inner {
			t.Errorf("%s: As does not give what has nothing to hide", name)
		}
		if timeout, ok := errors.AsType[interface {
			error
			Timeout() bool
		}](got); !ok || strings.Contains(timeout.Error(), "0123") {
			t.Errorf("%s: As of an interface gives %v", name, timeout)
		}
	}
}

// quiet does not say what it wraps.
type quiet struct{ error }

func (quiet) Error() string   { return "quiet" }
func (q quiet) Unwrap() error { return q.error }

func TestErrorLeavesCleanErrorsReachable(t *testing.T) {
	clean := &fs.PathError{Op: "open", Path: "a", Err: fs.ErrNotExist}
	got := Error(fmt.Errorf("token-1: %w", clean), "token-1")
	if diff := cmp.Diff("[redacted]: open a: file does not exist", got.Error()); diff != "" {
		t.Error(diff)
	}
	if p, ok := errors.AsType[*fs.PathError](got); !ok || p != clean {
		t.Error("the clean cause is not reachable")
	}
	if Error(nil) != nil {
		t.Error("nil has become an error")
	}
	if errors.Is(got, fs.ErrExist) {
		t.Error("it matches what it is not")
	}
	if _, ok := errors.AsType[*fs.PathError](Error(&fs.PathError{Op: "open", Path: "token-1", Err: fs.ErrNotExist},
		"token-1")); ok {
		t.Error("As gives an error with the secret")
	}
}

func TestErrorHidesInEveryVerb(t *testing.T) {
	err := Error(&url.Error{Op: "Put", URL: "https://h.example/canary?X-Amz-Signature=canary", Err: fs.ErrExist},
		"h.example/canary")
	nested := struct {
		Err  error
		List []error
	}{err, []error{err}}
	for _, verb := range "vsqxXdTbcoOUeEfFgGtp" {
		for _, flags := range []string{"", "+", "#", "-40", " "} {
			for _, operand := range []any{err, nested, &nested} {
				if got := fmt.Sprintf("%"+flags+string(verb), operand); strings.Contains(got, "canary") ||
					strings.Contains(got, "63616e617279") {
					t.Errorf("%%%s%c shows %s", flags, verb, got)
				}
			}
		}
	}
	if got := fmt.Sprintf("%v|%q|%#v", err, err, err); got != `Put "https://[redacted]?[redacted]": file already exists`+
		`|"Put \"https://[redacted]?[redacted]\": file already exists"|redact.Error("Put \"https://[redacted]?[redacted]\": file already exists")` {
		t.Error(got)
	}
}

func TestSecrets(t *testing.T) {
	for _, tt := range []struct{ name, value, in, want string }{
		{"Authorization", "Basic am9lOnBhc3N3b3Jk", "am9lOnBhc3N3b3Jk and password, not joe",
			"[redacted] and [redacted], not joe"},
		{"Authorization", "Bearer abcdef", "it is abcdef", "it is [redacted]"},
		{
			"Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/workdocs/aws4_request, SignedHeaders=host;x-amz-date, Signature=deadbeef",
			"lookup AKID/20260101/eu-west-1/workdocs/aws4_request deadbeef: no such host",
			"lookup [redacted] [redacted]: no such host",
		},
		{"Authentication", "user-token", "user-token", "[redacted]"},
		{"X-Amz-Bearer", "conn-token", "conn-token", "[redacted]"},
		{"X-Amz-Security-Token", "session-token", "session-token", "[redacted]"},
		{"accessToken", "at-12345", "at-12345", "[redacted]"},
		{"refreshToken", "rt-12345", "rt-12345", "[redacted]"},
		{"Cookie", "dAccessCode-L1=code-1; other=code-2", "code-1 code-2", "[redacted] [redacted]"},
		{"Accept", "text/plain", "text/plain", "text/plain"},
	} {
		h := http.Header{}
		h.Set(tt.name, tt.value)
		if diff := cmp.Diff(tt.want, Text(tt.in, Secrets(h)...)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestQuery(t *testing.T) {
	u, err := url.Parse("https://h/k?a=short&sig=%2B0123456789abcdefghij&odd;one=zyxwvutsrqponmlkjihgfe")
	if err != nil {
		t.Fatal(err)
	}
	in := "short +0123456789abcdefghij %2B0123456789abcdefghij zyxwvutsrqponmlkjihgfe"
	if diff := cmp.Diff("short [redacted] [redacted] [redacted]", Text(in, Query(u)...)); diff != "" {
		t.Error(diff)
	}
	if got := Query(&url.URL{Host: "h"}); Text("anything at all", got...) != "anything at all" {
		t.Errorf("a URL without a query hides %q", got)
	}
}

// A service that repeats a secret may have escaped it.
func TestEscapedSecrets(t *testing.T) {
	const secret = "a+b/c&d é=="
	for _, echo := range []string{
		secret, "a%2Bb%2Fc%26d+%C3%A9%3D%3D", "a%2bb%2fc%26d+%c3%a9%3d%3d", "a+b%2Fc&d%20%C3%A9==", "a+b/c&amp;d é==",
		"a%2Bb%2Fc%26d%20%C3%A9%3D%3D",
		`a+b/c&d é==`,
	} {
		if got := Text("the token <"+echo+"> is wrong", secret); got != "the token <[redacted]> is wrong" {
			t.Errorf("%s became %s", echo, got)
		}
	}
}

// The detail of a refusal is cleaned, however deep a text is in it.
func TestStrings(t *testing.T) {
	type inner struct {
		Names []string
		Next  *inner
	}
	type detail struct {
		ID    string
		Inner inner
		Count int
	}
	d := &detail{ID: "a\nb\x1b[31m", Count: 3, Inner: inner{Names: []string{"x", "canary-token"},
		Next: &inner{Names: []string{strings.Repeat("y", 1<<20)}}}}
	Strings(d, "canary-token")
	if d.ID != `a b\x1b[31m` || d.Inner.Names[1] != Mark || d.Count != 3 || len(d.Inner.Next.Names[0]) > maxText+3 {
		t.Errorf("%.200v", d)
	}
	Strings(nil)
	Strings("text")
	Strings((*detail)(nil))
}
