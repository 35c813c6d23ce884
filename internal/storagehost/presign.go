// Package storagehost is the storage to which an emulated service's presigned
// URLs lead: an S3-like host in memory that checks the signature, expiry,
// headers and length of each request, and keeps the bytes.
//
// It computes signatures by itself, so that it shares no code, and thus no
// mistakes, with the clients that are tested against it.
package storagehost

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// Prefix begins every path that the host serves, so that it can share a
	// port with the service that it belongs to.
	Prefix = "/_storage/"

	// What the URLs contain. Clients must not rely on any of it.
	algorithm  = "AWS4-HMAC-SHA256"
	timeFormat = "20060102T150405Z"
	region     = "us-east-1"
	accessKey  = "ASIASTORAGEHOST"
)

// presign returns a URL for one kind of request. base is the scheme and host of
// the URL. header has what the request must send besides Host, by name in any
// case. ttl is truncated to whole seconds.
func (h *Host) presign(method, base, key string, header map[string]string, ttl time.Duration) string {
	now := h.now().UTC()
	signed := []string{"host"}
	for name := range header {
		signed = append(signed, strings.ToLower(name))
	}
	slices.Sort(signed)
	query := url.Values{
		"X-Amz-Algorithm":      {algorithm},
		"X-Amz-Credential":     {accessKey + "/" + scope(now)},
		"X-Amz-Date":           {now.Format(timeFormat)},
		"X-Amz-Expires":        {strconv.Itoa(int(ttl / time.Second))},
		"X-Amz-SignedHeaders":  {strings.Join(signed, ";")},
		"X-Amz-Security-Token": {rand.Text() + "/+=="}, // real ones need escaping too
	}
	u, err := url.Parse(base)
	if err != nil {
		return "" // base comes from the emulated service, never from a caller
	}
	u.Path = Prefix + key
	value := func(name string) string {
		if name == "host" {
			return u.Host
		}
		for n, v := range header {
			if strings.EqualFold(n, name) {
				return v
			}
		}
		return ""
	}
	u.RawQuery = canonicalQuery(query)
	u.RawQuery += "&X-Amz-Signature=" + h.signature(method, u.EscapedPath(), u.RawQuery, signed, value, now)
	return u.String()
}

// scope returns the credential scope of signatures on a day.
func scope(t time.Time) string {
	return t.Format("20060102") + "/" + region + "/s3/aws4_request"
}

// signature computes Signature Version 4 over a canonical request with an
// unsigned payload. value returns the value of a signed header.
func (h *Host) signature(method, path, query string, signed []string, value func(string) string, at time.Time) string {
	var canonical strings.Builder
	canonical.WriteString(method + "\n" + path + "\n" + query + "\n")
	for _, name := range signed {
		canonical.WriteString(name + ":" + strings.Join(strings.Fields(value(name)), " ") + "\n")
	}
	canonical.WriteString("\n" + strings.Join(signed, ";") + "\nUNSIGNED-PAYLOAD")
	digest := sha256.Sum256([]byte(canonical.String()))
	toSign := algorithm + "\n" + at.Format(timeFormat) + "\n" + scope(at) + "\n" + hex.EncodeToString(digest[:])
	key := mac([]byte("AWS4"+h.secret), at.Format("20060102"))
	for _, part := range []string{region, "s3", "aws4_request", toSign} {
		key = mac(key, part)
	}
	return hex.EncodeToString(key)
}

// mac returns the HMAC-SHA256 of a text.
func mac(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// canonicalQuery encodes a query as Signature Version 4 requires: sorted, and
// with %20 for a space.
func canonicalQuery(q url.Values) string {
	return strings.ReplaceAll(q.Encode(), "+", "%20")
}

// refusal is the reason why a request is refused: a status, with an error code
// and a message of S3.
type refusal struct {
	status        int
	code, message string
}

// verify checks the signature, the expiry and the headers of a request. It
// begins with headers that would hand a secret to the storage: a client that
// sends one of them has a bug, even if the signature is valid.
func (h *Host) verify(r *http.Request) *refusal {
	if no := credentials(r); no != nil {
		return no
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil { // what the parser leaves out, nothing vouches for
		return &refusal{http.StatusBadRequest, "InvalidURI", "Couldn't parse the specified URI."}
	}
	// The signature covers all parameters but itself.
	given := query.Get("X-Amz-Signature")
	query.Del("X-Amz-Signature")
	at, err := time.Parse(timeFormat, query.Get("X-Amz-Date"))
	if err != nil || query.Get("X-Amz-Algorithm") != algorithm {
		return &refusal{http.StatusForbidden, "AccessDenied", "Access Denied"}
	}
	// The signature is computed from what arrived: any change of the URL or of
	// a signed header gives another one.
	signed := strings.Split(query.Get("X-Amz-SignedHeaders"), ";")
	value := func(name string) string {
		switch name {
		case "host":
			return r.Host
		case "content-length":
			return strconv.FormatInt(r.ContentLength, 10)
		}
		return strings.Join(r.Header.Values(name), ",")
	}
	want := h.signature(r.Method, r.URL.EscapedPath(), canonicalQuery(query), signed, value, at)
	if !hmac.Equal([]byte(want), []byte(given)) {
		return &refusal{http.StatusForbidden, "SignatureDoesNotMatch",
			"The request signature we calculated does not match the signature you provided."}
	}
	// The expiry is trusted only now that the signature has vouched for it.
	seconds, err := strconv.Atoi(query.Get("X-Amz-Expires"))
	if err != nil || !h.now().Before(at.Add(time.Duration(seconds)*time.Second)) {
		return &refusal{http.StatusForbidden, "AccessDenied", "Request has expired"}
	}
	return unsignedHeader(r, signed)
}

// credentials refuses what a client sends to prove who it is: the URL is proof
// enough, and another host's secrets must not get here. Real storage lets some
// of it pass, but then no test would find the client that gives it away. The
// cookies of a page are not the client's doing: a browser adds those of every
// server on the machine, whatever their port.
func credentials(r *http.Request) *refusal {
	for _, name := range []string{"Authorization", "Authentication", "X-Amz-Bearer", "X-Amz-Security-Token", "Cookie"} {
		if r.Header.Get(name) == "" || name == "Cookie" && r.Header.Get("Sec-Fetch-Mode") != "" {
			continue
		}
		return &refusal{http.StatusBadRequest, "InvalidArgument", "a presigned request must not have the header " + name}
	}
	return nil
}

// unsignedHeader refuses headers that mean something to the storage and that
// the URL does not vouch for. Others, of which browsers and proxies add many,
// pass as they do at S3.
func unsignedHeader(r *http.Request, signed []string) *refusal {
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-amz-") && !slices.Contains(signed, name) {
			return &refusal{http.StatusForbidden, "AccessDenied",
				"There were headers present in the request which were not signed: " + name}
		}
	}
	return nil
}
