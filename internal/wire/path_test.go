package wire

import (
	"bufio"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpand(t *testing.T) {
	for _, tt := range []struct {
		template string
		values   Values
		plain    string
		escaped  string
	}{
		{"/api/v1/folders", nil, "/api/v1/folders", "/api/v1/folders"},
		{"/d/{Id}/v/{V}", Values{{"Id", "a"}, {"V", "b"}}, "/d/a/v/b", "/d/a/v/b"},
		{"/d/{Id}", Values{{"Id", "a+b@c.d-e"}}, "/d/a+b@c.d-e", "/d/a%2Bb%40c.d-e"},
		{"/d/{Id}", Values{{"Id", "a/../b"}}, "/d/a/../b", "/d/a%2F..%2Fb"},
		{"/d/{Id}", Values{{"Id", "%2e%2e"}}, "/d/%2e%2e", "/d/%252e%252e"},
		{"/d/{Id}", Values{{"Id", "a b?c#d&e;f=g,h:i"}}, "/d/a b?c#d&e;f=g,h:i",
			"/d/a%20b%3Fc%23d%26e%3Bf%3Dg%2Ch%3Ai"},
		{"/d/{Id}", Values{{"Id", "é\xff{Id}"}}, "/d/é\xff{Id}", "/d/%C3%A9%FF%7BId%7D"},
		{"/d/{Id}", Values{{"Id", "-._~AZaz09"}}, "/d/-._~AZaz09", "/d/-._~AZaz09"},
		{"/{Id}/data", Values{{"Id", "a"}, {"Other", "b"}}, "/a/data", "/a/data"},
	} {
		plain, escaped, err := Expand(tt.template, tt.values)
		if diff := cmp.Diff([]string{tt.plain, tt.escaped}, []string{plain, escaped}); diff != "" || err != nil {
			t.Errorf("%s: %v %s", tt.template, err, diff)
		}
		if u := (&url.URL{Scheme: "https", Host: "h", Path: plain, RawPath: escaped}); u.EscapedPath() != tt.escaped {
			t.Errorf("package url writes %s for %s", u.EscapedPath(), tt.escaped)
		}
	}
	if _, _, err := Expand("/d/{Id}", Values{{"ID", "a"}}); err == nil || !strings.Contains(err.Error(), "{Id}") {
		t.Errorf("a route with a name that no member has: %v", err)
	}
}

// FuzzPath: a server takes the same segments from the path that went in, or
// the client refuses them.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"a", "a+b@c.d-e", ".", "..", "", "a/b", "//", "%2F", "%zz", "a b", "?x", "#", ";",
		"\x00", "\x7f", "\xff", "\u202e", "http://x/"} {
		f.Add(seed, "v")
		f.Add("d", seed)
	}
	type request struct {
		Document string `path:"d"`
		Version  string `path:"v"`
	}
	f.Fuzz(func(t *testing.T, document, version string) {
		msg, err := dialect().Encode(request{document, version})
		if bad := unsafeSegment(document) || unsafeSegment(version); bad != (err != nil) {
			t.Fatalf("Encode(%q, %q) = %v", document, version, err)
		}
		if err != nil {
			return
		}
		_, escaped, err := Expand("/api/{d}/versions/{v}", msg.Path)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + escaped + " HTTP/1.1\r\nHost: h\r\n\r\n")))
		if err != nil {
			t.Fatalf("a server cannot read %q: %v", escaped, err)
		}
		var got []string
		for segment := range strings.SplitSeq(r.URL.EscapedPath(), "/") {
			plain, err := url.PathUnescape(segment)
			if err != nil {
				t.Fatalf("%s: %v", escaped, err)
			}
			got = append(got, plain)
		}
		if diff := cmp.Diff([]string{"", "api", document, "versions", version}, got); diff != "" {
			t.Errorf("%s: %s", escaped, diff)
		}
	})
}

func unsafeSegment(s string) bool {
	return s == "" || s == "." || s == ".." || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

func FuzzCookie(f *testing.F) {
	f.Add("L1", "code")
	f.Add("L;1", "a b")
	f.Add("L\n", "\"a\\")
	type request struct {
		Link string `header:"linkID"`
		Code secret `cookie:"c-{linkID}"`
	}
	f.Fuzz(func(t *testing.T, link, code string) {
		msg, err := dialect().Encode(request{link, secret(code)})
		if err != nil || code == "" {
			return
		}
		line, _ := msg.Header.Get("Cookie")
		if strings.ContainsAny(line, "\r\n\x00") || strings.Count(line, ";") != 0 {
			t.Errorf("link %q and code %q give %q", link, code, line)
		}
	})
}
