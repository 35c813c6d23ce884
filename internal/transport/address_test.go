package transport

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const host = "https://bucket.s3.eu-west-1.amazonaws.com"

func TestCheckURLAcceptsWhatIsSentAsItCame(t *testing.T) {
	for _, raw := range []string{
		host, host + "/", host + "/k", host + ":443/k", host + "./k",
		host + "/a%2Bb+c~d%7E%2f%2F;e//f/../g?",
		host + "/k?X-Amz-Signature=abc&a=b+c%2Bd%2f;e&x&y=&=z&%zz",
		host + "/k?a=[b]{c}|d^e`\\", // in a query all of this goes out as it is
		host + "/k?q=http://10.0.0.1/", host + "/[a]", host + "/%00",
		"https://xn--bcher-kva.example/k", "https://1.example/k", "https://8.8.8.8/k", "https://[2606:4700::1111]/k",
		"https://a.internal.example/k", "https://localhost.example/k",
		"https://h.example:/k", "https://H.Example:443/k", "https://[2606:4700::1111]:443/k",
		"https://[64:ff9b::808:808]/k",
		host + "/" + strings.Repeat("k", maxURL-len(host)-1),
	} {
		u, err := CheckURL(raw, false)
		if err != nil {
			t.Errorf("%.60s: %v", raw, err)
			continue
		}
		sent := "https://" + u.Host + u.RequestURI()
		if diff := cmp.Diff(strings.TrimSuffix(raw, "/"), strings.TrimSuffix(sent, "/")); diff != "" {
			t.Errorf("not as it came: %s", diff)
		}
	}
}

func TestCheckURLRefuses(t *testing.T) {
	const private = "names a host that is not public; HTTP.AllowPrivate allows it"
	for raw, want := range map[string]string{
		"":                               "is not an absolute URL",
		"/k":                             "is not an absolute URL",
		"https:///k":                     "is not an absolute URL",
		"https:k":                        "is not an absolute URL",
		"https://h.example:x/":           "is not an absolute URL",
		"https://%31%32%37.0.0.1/":       "is not an absolute URL",
		"://h.example/k":                 "is not an absolute URL",
		"//h.example/k":                  "is not https",
		"http://h.example/k":             "is not https; HTTP.AllowPrivate allows plain http",
		"ftp://h.example/k":              "is not https",
		"file://h.example/etc/passwd":    "is not https",
		"https://user@h.example/k":       "holds a user name",
		"https://u:p@h.example/k":        "holds a user name",
		"https://@h.example/k":           "holds a user name",
		host + "/k#f":                    "holds a fragment",
		host + "/k#":                     "holds a fragment",
		host + "/k?a#b":                  "holds a fragment",
		"https://localhost/k":            private,
		"https://LOCALHOST./k":           private,
		"https://a.localhost/k":          private,
		"https://metadata.internal/k":    private,
		"https://printer.local/k":        private,
		"https://intranet/k":             private,
		"https://127.0.0.1/k":            private,
		"https://127.1/k":                private,
		"https://0x7f000001/k":           private,
		"https://0x7f.0x0.0x0.0x1/k":     private,
		"https://0177.0.0.01/k":          private,
		"https://2130706433/k":           private,
		"https://169.254.169.254/k":      private,
		"https://169.254.169.254./k":     private,
		"https://10.1.2.3/k":             private,
		"https://172.16.0.1/k":           private,
		"https://192.168.1.1/k":          private,
		"https://100.64.0.1/k":           private,
		"https://192.0.0.192/k":          private,
		"https://0.0.0.0/k":              private,
		"https://255.255.255.255/k":      private,
		"https://224.0.0.1/k":            private,
		"https://[::1]/k":                private,
		"https://[::]/k":                 private,
		"https://[::ffff:127.0.0.1]/k":   private,
		"https://[::7f00:1]/k":           private,
		"https://[64:ff9b::a9fe:a9fe]/":  private,
		"https://[64:ff9b::7f00:1]:443/": private,
		"https://[64:ff9b:1::808:808]/k": private,
		"https://[::ffff:0:7f00:1]/k":    private,
		"https://[2001::1]/k":            private,
		"https://[fd00:ec2::254]/k":      private,
		"https://[fe80::1%25eth0]/k":     private,
		"https://[2606:4700::1%25e]/k":   private,
		"HTTPS://h.example/k":            "is not in normal form, so it would not be sent exactly as given",
		host + "?a=b":                    "is not in normal form, so it would not be sent exactly as given",
		host + "/a|b":                    "is not in normal form, so it would not be sent exactly as given",
		host + "/a\"b":                   "is not in normal form, so it would not be sent exactly as given",
		"https://h%C3%A9.example/k":      "is not in normal form, so it would not be sent exactly as given",
		host + "/é":                      "has a character that a URL cannot have",
		host + "/a b":                    "has a character that a URL cannot have",
		host + "/k?a=é":                  "has a character that a URL cannot have",
		host + "/k\r\nX: y":              "has a character that a URL cannot have",
		host + "/\x00":                   "has a character that a URL cannot have",
		host + "/\x7f":                   "has a character that a URL cannot have",
		host + "/" + strings.Repeat("k", maxURL-len(host)): "is longer than 16 KiB",
	} {
		u, err := CheckURL(raw, false)
		if err == nil || err.Error() != want || u != nil {
			t.Errorf("%.60q: %v, want %s", raw, err, want)
		}
	}
}

func TestCheckURLWithPrivateAllowed(t *testing.T) {
	for raw, want := range map[string]string{
		"http://127.0.0.1:8080/k?a=b": "", "http://localhost/k": "", "https://10.0.0.1/k": "", "http://[::1]:80/k": "",
		"http://h.example/k": "", "http://127.0.0.1:80/k": "",
		"http://[fe80::1%25lo]:8080/k": "", "https://[fe80::1%25lo]": "",
		"http://[fe80::1%25l%20o]/k": "is not in normal form, so it would not be sent exactly as given",
		"http://[fe80::1%lo]/k":      "is not an absolute URL",
		"http://h%25lo.example/k":    "is not in normal form, so it would not be sent exactly as given",
		"http://%25lo/k":             "is not in normal form, so it would not be sent exactly as given",
		"ftp://127.0.0.1/k":          "is not https",
		"http://u@localhost/":        "holds a user name",
		"http://localhost/#f":        "holds a fragment",
		"http://localhost?a":         "is not in normal form, so it would not be sent exactly as given",
		"http:///k":                  "is not an absolute URL",
	} {
		_, err := CheckURL(raw, true)
		if got := text(err); got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// FuzzCheckURL: what is accepted goes out byte for byte, and no refusal shows
// the URL.
func FuzzCheckURL(f *testing.F) {
	for _, seed := range []string{host + "/k?sig=abcdef", "https://127.0.0.1/", "https://h.example/%2f;?a=%zz",
		"https://h.example//a//..", "x:y", "https://a.b?"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := CheckURL(raw, false)
		if err != nil {
			if len(raw) >= 8 && strings.Contains(err.Error(), raw) {
				t.Errorf("%q: %v", raw, err)
			}
			return
		}
		again, err := url.Parse(raw)
		if err != nil || again.Host != u.Host || u.Scheme != "https" || u.User != nil ||
			!strings.HasPrefix(raw, "https://"+u.Host) {
			t.Fatalf("%q became %v", raw, u)
		}
		if target := strings.TrimPrefix(raw, "https://"+u.Host); target != "" && target != u.RequestURI() {
			t.Errorf("%q goes out as %q", raw, u.RequestURI())
		}
		if a, err := netip.ParseAddr(u.Hostname()); err == nil && !Public(a) {
			t.Errorf("%q names a private address", raw)
		}
	})
}

func TestHostHeader(t *testing.T) {
	for host, want := range map[string]string{ // host is as url.Parse leaves it, with the zone unescaped
		"h.example": "h.example", "h.example:443": "h.example:443", "h.example:80": "h.example:80",
		"H.Example:443": "H.Example:443", "h.example:": "h.example:",
		"[::1]": "[::1]", "[::1]:80": "[::1]:80",
		"[fe80::1%lo]": "[fe80::1]", "[fe80::1%lo]:8080": "[fe80::1]:8080", "[fe80::1%a%b]]:80": "[fe80::1]:80",
		"h%lo.example": "h%lo.example", "%lo": "%lo", "%lo]": "%lo]", "[fe80::1%lo": "[fe80::1%lo", "": "",
	} {
		if got := HostHeader(&url.URL{Scheme: "https", Host: host}); got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
}

func TestNamesHost(t *testing.T) {
	for address, headers := range map[string]struct{ same, other []string }{
		"https://h.example:443": {
			[]string{"h.example", "h.example:443", "h.example:", "H.EXAMPLE:443"},
			[]string{"", ":443", "h.example:80", "h.example:0443", "h.example.", "x.example",
				"h.example:443:443", "h.example::443",
				"h.example:443, h.example", " h.example", "h.example/", "u@h.example"},
		},
		"https://ks.example": {
			[]string{"ks.example:443", "KS.example"},
			[]string{"ks.example:80", "\u212as.example", "k\u017f.example"}, // which fold to k and s
		},
		"http://h.example":      {[]string{"h.example:80"}, []string{"h.example:443", "h.example:8"}},
		"http://h.example:":     {[]string{"h.example:80", "h.example"}, []string{"h.example:443"}},
		"http://h.example:443":  {[]string{"h.example:443"}, []string{"h.example", "h.example:80", "h.example:"}},
		"https://h.example:80":  {[]string{"h.example:80"}, []string{"h.example", "h.example:443"}},
		"http://[::1]:80":       {[]string{"[::1]", "[::1]:80"}, []string{"::1", "::1:80", "[::1", "[::1]:443"}},
		"http://[2600::80]":     {[]string{"[2600::80]:80"}, []string{"[2600:]", "[2600::80"}},
		"https://[fe80::a%25l]": {[]string{"[fe80::a]:443", "[FE80::A]"}, []string{"[fe80::a%l]", "[fe80::a%25l]"}},
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		for _, header := range headers.same {
			if !NamesHost(u, header) {
				t.Errorf("%q does not name %s", header, address)
			}
		}
		for _, header := range headers.other {
			if NamesHost(u, header) {
				t.Errorf("%q names %s", header, address)
			}
		}
	}
}

func TestLoopback(t *testing.T) {
	for raw, want := range map[string]bool{
		"http://h.example": true, "https://localhost:8443": true, "https://127.0.0.1": true, "https://127.9.9.9:1": true,
		"https://[::1]:1": true, "https://[::1]": true, "https://[::1%25lo]:1": true, "https://LocalHost": true,
		"https://h.example": false, "https://10.0.0.1": false, "https://localhost.example": false,
		"https://127.0.0.1.example": false,
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := Loopback(u); got != want {
			t.Errorf("%s: %v", raw, got)
		}
	}
}

func TestParseBase(t *testing.T) {
	for raw, want := range map[string]string{
		"https://docs.example.com":     "",
		"http://127.0.0.1:1/base/v1":   "",
		"https://[::1]:8443":           "",
		"http://[::1]:80":              "",
		"http://[fe80::1%25lo]:8080":   "",
		"http://::1:80":                "must be an address",
		"http://[::1":                  "must be an address",
		"http://[h.example]":           "must be an address",
		"":                             "must be an address",
		"docs.example.com":             "must be an address",
		"//docs.example.com":           "must be an address",
		"ftp://docs.example.com":       "must be an address",
		"https:docs.example.com":       "must be an address",
		"https://":                     "must be an address",
		"https://:443":                 "must be an address",
		"https://joe:pw@h.example":     "must not hold a user name",
		"https://joe:p%w@h.example":    "must be an address",
		"https://joe:pw@h.example:bad": "must be an address",
		"https://h.example?a=secret":   "must not hold a query",
		"https://h.example/?":          "must not hold a query",
		"https://h.example/#f":         "must not hold a query",
		"https://h.example/a/../b":     `must not have ".."`,
		"https://h.example/%2e%2e/b":   `must not have ".."`,
	} {
		u, err := ParseBase(raw)
		switch {
		case want == "":
			if err != nil || u.String() != raw {
				t.Errorf("%s: %v, %v", raw, u, err)
			}
		case err == nil || !strings.HasPrefix(err.Error(), want) || u != nil:
			t.Errorf("%s: %v, %v, want %s", raw, u, err, want)
		case strings.Contains(err.Error(), "pw") || strings.Contains(err.Error(), "secret"):
			t.Errorf("the error shows the address: %v", err)
		}
	}
}
