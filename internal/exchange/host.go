package exchange

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/retry"
	"github.com/docferry/docferry/internal/transport"
)

// SignedHost is the Host header of requests to a presigned URL. The signature
// covers it, and if the URL has the default port, nobody can tell how it was
// signed: most signers leave that port out, some keep it. So it is left out at
// first, and kept if the storage finds that the signature does not match. The
// zero value is ready; use one for each exchange.
type SignedHost struct{ kept bool }

// Set puts the host into the header of a request to address, unless the service
// has listed one there.
func (h *SignedHost) Set(header http.Header, address *url.URL) {
	if _, listed := header["Host"]; h.kept && !listed {
		header.Set("Host", transport.HostHeader(address))
	}
}

// Judge changes the result of a refusal, so that the other form is tried at once.
func (h *SignedHost) Judge(result retry.Result, header http.Header, address *url.URL) retry.Result {
	refused, ok := result.Err.(*docferry.Error) //nolint:errorlint // what the storage said to this attempt
	_, listed := header["Host"]
	written := transport.HostHeader(address)
	if !ok || listed || h.kept || refused.StatusCode != http.StatusForbidden || !aboutSignature(refused) ||
		transport.WithoutDefaultPort(address.Scheme, written) == written {
		return result
	}
	h.kept = true
	result.Verdict, result.AtOnce = retry.Again, true
	return result
}

// aboutSignature reports whether a storage says that a signature does not match.
func aboutSignature(e *docferry.Error) bool {
	return e.Code == "SignatureDoesNotMatch" || strings.Contains(strings.ToLower(e.Message), "signature")
}
