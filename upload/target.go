package upload

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/transport"
	"github.com/docferry/docferry/internal/wire"
)

// target checks the slot that the service returned before anything is sent
// there.
func (r *presignedRun) target() (*url.URL, http.Header, error) {
	bad := func(what string, err error) error { return r.to.InputError(putObject, what, err.Error()) }
	address, err := r.to.CheckURL(putObject, "the upload URL", r.slot.URL)
	if err != nil {
		return nil, nil, err
	}
	if method := r.slot.Method; method != "" && method != http.MethodPut && method != http.MethodPost {
		return nil, nil, bad("the upload method", errors.New("must be PUT or POST"))
	}
	header, err := checkHeader(r.slot.Header)
	if err != nil {
		return nil, nil, bad("the upload header", err)
	}
	if host, listed := header["Host"]; listed && !transport.NamesHost(address, host[0]) {
		return nil, nil, bad("the upload header", errors.New("Host names another host than the upload URL"))
	}
	if length := header.Get("Content-Length"); length != "" && length != strconv.FormatInt(r.src.Size, 10) {
		return nil, nil, bad("Source.Size", fmt.Errorf("is %d, but the upload URL was signed for another length", r.src.Size))
	}
	if err := checkSigned(address, header); err != nil {
		return nil, nil, bad("the upload header", err)
	}
	header.Del("Content-Length")
	return address, header, nil
}

// checkSigned compares the headers to send with those that the URL's
// signature covers. A storage would refuse either difference, after the bytes.
func checkSigned(address *url.URL, header http.Header) error {
	list := queryValue(address.RawQuery, "X-Amz-SignedHeaders")
	if list == "" {
		return nil
	}
	signed := map[string]bool{"Host": true, "Content-Length": true}
	for name := range strings.SplitSeq(list, ";") {
		key := http.CanonicalHeaderKey(name)
		if _, known := header[key]; !known && !signed[key] {
			return fmt.Errorf("%s is signed, but the service did not return its value", key)
		}
		signed[key] = true
	}
	for key := range header {
		if strings.HasPrefix(key, "X-Amz-") && !signed[key] {
			return fmt.Errorf("%s is not covered by the URL's signature", key)
		}
	}
	return nil
}

// queryValue returns the first value that a query has for a key, or "".
func queryValue(query, key string) string {
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name != key { // written in another way, perhaps
			plain, err := url.QueryUnescape(name)
			if err != nil || plain != key {
				continue
			}
		}
		if plain, err := url.QueryUnescape(value); err == nil && !strings.Contains(pair, ";") {
			return plain
		}
	}
	return ""
}

// checkHeader returns the headers that a service wants sent. It refuses ambiguous
// ones and those that would mislead a proxy, and leaves out those that frame the
// message: some services list how they would send it.
func checkHeader(header map[string]string) (http.Header, error) {
	out := make(http.Header, len(header))
	for name, value := range header {
		key := http.CanonicalHeaderKey(name)
		switch {
		case !exchange.ValidHeaderName(name):
			return nil, fmt.Errorf("%q is not a valid header name", name)
		case wire.CheckHeaderValue(value) != nil:
			return nil, fmt.Errorf("%s has a control character", key)
		case slices.Contains(framing, key):
			continue
		case exchange.Reserved(key):
			return nil, fmt.Errorf("%s must not be set by a service", key)
		}
		if before, twice := out[key]; twice && before[0] != value {
			return nil, fmt.Errorf("%s is listed twice with different values", key)
		}
		out[key] = []string{value}
	}
	return out, nil
}

// framing are the headers that say how a message travels over one connection.
// This library decides that, and no signature covers them.
var framing = []string{"Connection", "Keep-Alive", "Transfer-Encoding", "Te", "Expect"}
