package exchange

import (
	"net/http"
	"strings"
)

// ValidHeaderName reports whether a header can have the name. Net/http refuses
// other names too, but at a point where the refusal looks like a failure of
// the connection.
func ValidHeaderName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// Reserved reports whether only this library may set a header: because it
// frames the message, belongs to the connection and not to the request, or
// makes net/http repeat a request on its own, as Idempotency-Key does.
func Reserved(name string) bool {
	name = http.CanonicalHeaderKey(name)
	switch name {
	case "Connection", "Keep-Alive", "Transfer-Encoding", "Te", "Trailer", "Upgrade", "Expect",
		"Idempotency-Key", "X-Idempotency-Key":
		return true
	}
	return strings.HasPrefix(name, "Proxy-")
}
