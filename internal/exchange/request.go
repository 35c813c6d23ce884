package exchange

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"net/url"

	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/transport"
)

// ExpectAbove is the length from which a streamed body waits for the peer's
// consent, so that an early refusal is read instead of being lost in a broken
// connection.
const ExpectAbove = 1 << 20

// Request is the request of one attempt.
type Request struct {
	*http.Request
	body    *transport.Body // nil unless it is streamed
	carried redact.Credentials

	// What the http.Request points to, so that all of it is one piece of memory.
	address url.URL
	content bytes.Reader
}

// NewRequest makes a request without a body. It takes ownership of the header,
// which may be nil, and adds the User-Agent unless the header has one. A Host in
// the header is sent as it is; otherwise it is the address's own, without the
// default port, as browsers send it.
func (p *Peer) NewRequest(ctx context.Context, method string, address *url.URL, header http.Header) *Request {
	r := &Request{address: *address}
	if header == nil {
		header = make(http.Header)
	}
	if _, listed := header["User-Agent"]; !listed {
		header.Set("User-Agent", p.userAgent)
	}
	host := cmp.Or(header.Get("Host"), transport.WithoutDefaultPort(address.Scheme, transport.HostHeader(address)))
	header.Del("Host") // where net/http would not look
	req := &http.Request{Method: method, URL: &r.address, Host: host, Header: header, Body: http.NoBody,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	r.Request = req.WithContext(ctx)
	return r
}

// SetBody sends a body that is in memory. Net/http sends it together with the header,
// because it knows this kind of reader.
func (r *Request) SetBody(content []byte) {
	// With GetBody, net/http can take another connection when the idle one that
	// it took turns out to be closed before anything was written to it.
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
	r.content.Reset(content)
	r.Body, r.ContentLength = io.NopCloser(&r.content), int64(len(content))
}

// Stream sends a body of a known length as it is read, and closes source when
// the attempt is over, also if Stream itself fails. With expect set, a body of
// any length waits for the peer's consent.
func (r *Request) Stream(source io.ReadCloser, length int64, expect bool) error {
	r.body = transport.NewBody(r.Context(), source)
	if length == 0 {
		// Net/http would send a body of no length in chunks, so it gets none.
		// Reading the source here finds out whether it is empty, as it says.
		read := func() error {
			_, err := io.Copy(io.Discard, r.body)
			return err
		}
		if err := transport.Within(r.Context(), read, nil); err != nil {
			r.Discard()
			return Local(cmp.Or(r.body.Err(), err))
		}
		return nil
	}
	r.Body, r.ContentLength = r.body, length
	if expect || length > ExpectAbove {
		r.Header.Set("Expect", "100-continue")
	}
	return nil
}

// HideCredentials keeps the credentials in the request's header out of every
// error. Call it once they are set.
func (r *Request) HideCredentials() { r.carried = redact.CredentialsIn(r.Header) }

// Discard closes the body of a request that is not going to be sent.
func (r *Request) Discard() {
	if r.body != nil {
		_ = r.body.Close()
	}
}

// streams reports whether the request has a body that is read while it is sent.
func (r *Request) streams() bool { return r.body != nil && r.Body == io.ReadCloser(r.body) }

// failed is the error with which the source of the body failed, or nil.
func (r *Request) failed() error {
	if r.body == nil {
		return nil
	}
	return r.body.Err()
}
