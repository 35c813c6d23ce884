package transport

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// maxURL bounds the URLs that a service hands out. Real ones are longer than
// the models say.
const maxURL = 16 << 10

// CheckURL parses a URL that a service handed out for content. It must be
// https and name a public host, unless private ones are allowed, and it must
// be one that is sent byte for byte as it came. No error holds the URL.
func CheckURL(raw string, allowPrivate bool) (*url.URL, error) {
	if len(raw) > maxURL {
		return nil, errors.New("is longer than 16 KiB")
	}
	for i := range len(raw) {
		if raw[i] <= ' ' || raw[i] >= 0x7f {
			return nil, errors.New("has a character that a URL cannot have")
		}
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return nil, errors.New("is not an absolute URL")
	case u.User != nil:
		return nil, errors.New("holds a user name")
	case u.Fragment != "" || strings.Contains(raw, "#"):
		return nil, errors.New("holds a fragment")
	case u.Scheme == "http" && !allowPrivate:
		return nil, errors.New("is not https; HTTP.AllowPrivate allows plain http")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("is not https")
	case !allowPrivate && !publicName(u.Hostname()):
		return nil, errors.New("names a host that is not public; HTTP.AllowPrivate allows it")
	}
	sent := u.Scheme + "://" + u.Host + u.RequestURI()
	if sent != raw && sent != raw+"/" {
		return nil, errors.New("is not in normal form, so it would not be sent exactly as given")
	}
	return u, nil
}

// publicName reports whether a host in a URL can be public. What a name
// resolves to is checked when it is dialed.
func publicName(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Zone() == "" && Public(a)
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	if _, err := strconv.ParseInt(last, 0, 64); err == nil || last == "" {
		return false // 127.1, 0x7f000001 and the like, which some resolvers take for addresses
	}
	return strings.Contains(host, ".") && last != "localhost" && last != "internal" && last != "local"
}

// Loopback reports whether an endpoint is on this machine or plain http, so
// that what it hands out may be too.
func Loopback(u *url.URL) bool {
	if u.Scheme == "http" || u.Hostname() == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(u.Hostname())
	return err == nil && a.IsLoopback()
}

// ParseBase parses the address of a service that a caller gave. Its error
// does not hold the address, which may hold a password.
func ParseBase(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New(`must be an address such as "https://docs.example.com"`)
	case u.User != nil:
		return nil, errors.New("must not hold a user name")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return nil, errors.New("must not hold a query or a fragment")
	case strings.Contains(u.Path, "/.."):
		return nil, errors.New(`must not have ".." in its path`)
	}
	return u, nil
}
