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
// be one that is sent byte for byte as it came, but for what [HostHeader] leaves
// out. No error holds the URL.
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
	if !normal(u, raw) {
		return nil, errors.New("is not in normal form, so it would not be sent exactly as given")
	}
	return u, nil
}

// normal reports whether u is sent byte for byte as raw, but for an empty path.
func normal(u *url.URL, raw string) bool {
	path, ok := strings.CutPrefix(raw, u.Scheme)
	if ok {
		path, ok = strings.CutPrefix(path, "://")
	}
	if ok {
		path, ok = strings.CutPrefix(path, escapeZone(u.Host))
	}
	sent := u.RequestURI()
	return ok && (sent == path || sent == "/" && path == "")
}

// HostHeader returns the Host header of a request to u, with the port just as u
// has it. It has no zone: that names a link of this machine. Net/http leaves it
// out too, but over HTTP/1 only, and after the request was signed.
func HostHeader(u *url.URL) string {
	name, zone, zoned := strings.Cut(u.Host, "%")
	end := strings.LastIndexByte(zone, ']')
	if !zoned || !strings.HasPrefix(name, "[") || end < 0 {
		return u.Host
	}
	return name + zone[end:]
}

// escapeZone returns a host as a URL has to write it.
func escapeZone(host string) string {
	if strings.HasPrefix(host, "[") {
		return strings.Replace(host, "%", "%25", 1)
	}
	return host
}

// NamesHost reports whether a Host header names the host of u. Letter case does
// not matter, nor whether the default port is there.
func NamesHost(u *url.URL, header string) bool {
	want, got := WithoutDefaultPort(u.Scheme, HostHeader(u)), WithoutDefaultPort(u.Scheme, header)
	// With equal lengths, no character outside of ASCII counts as a letter's other case.
	return len(got) == len(want) && strings.EqualFold(got, want)
}

// WithoutDefaultPort returns a host without its port if that is empty or the one
// that the scheme implies.
func WithoutDefaultPort(scheme, host string) string {
	port := ":443"
	if scheme == "http" {
		port = ":80"
	}
	if bare, ok := strings.CutSuffix(host, port); ok {
		return bare
	}
	return strings.TrimSuffix(host, ":")
}

// publicName reports whether a host in a URL can be public. What a name
// resolves to is checked when it is dialed.
func publicName(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	if strings.Contains(host, ":") || strings.ContainsAny(last[:min(1, len(last))], "0123456789+-") {
		if a, err := netip.ParseAddr(host); err == nil {
			return a.Zone() == "" && Public(a)
		}
		if _, err := strconv.ParseInt(last, 0, 64); err == nil {
			return false // 127.1, 0x7f000001 and the like, which some resolvers take for addresses
		}
	}
	return strings.Contains(host, ".") && last != "" && last != "localhost" && last != "internal" && last != "local"
}

// Loopback reports whether an endpoint is on this machine or plain http, so
// that what it hands out may be too.
func Loopback(u *url.URL) bool {
	if u.Scheme == "http" || strings.EqualFold(u.Hostname(), "localhost") {
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
