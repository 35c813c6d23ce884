package exchange

import (
	"net/http"
	"net/url"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/transport"
)

// Version is this library's, as the User-Agent header tells it to services.
const Version = "0.1.0"

// Peer is the other side of exchanges: one service, or the storage that a
// service hands out URLs for. It is safe for concurrent use.
type Peer struct {
	service   string // name in errors and for the Observer
	requestID string // header that names a request to the vendor's support
	given     docferry.HTTP
	http      docferry.HTTP // given, with Transport and Pace set
	transport http.RoundTripper
	userAgent string

	expectations expectations
}

// NewPeer returns a peer whose address the caller of this library has chosen,
// so it may be anywhere. The error names the setting that cannot be used.
func NewPeer(service, requestID string, h docferry.HTTP) (*Peer, error) {
	return newPeer(service, requestID, h, false)
}

// NewStorage returns a peer whose addresses another service hands out. Unless
// h.AllowPrivate is set, they have to be public.
func NewStorage(service string, h docferry.HTTP) (*Peer, error) {
	return newPeer(service, "X-Amz-Request-Id", h, !h.AllowPrivate)
}

// newPeer returns a peer with a transport and a pace of its own, unless the caller
// has given some. The settings that went into the transport are not kept beside it:
// whoever takes them from HTTP would set them twice.
func newPeer(service, requestID string, h docferry.HTTP, publicOnly bool) (*Peer, error) {
	if field, useless := ownSetting(h); useless {
		return nil, &docferry.InputError{Service: service, Operation: "New", Field: field,
			Reason: "has no effect on HTTP.Transport; set it on that transport instead"}
	}
	p := &Peer{service: service, requestID: requestID, given: h, http: h, userAgent: "docferry/" + Version}
	if h.UserAgent != "" {
		p.userAgent = h.UserAgent + " " + p.userAgent
	}
	if p.http.Pace == nil {
		p.http.Pace = new(docferry.Pace)
	}
	if p.http.Transport == nil {
		p.http.Transport = transport.New(transport.Options{PublicOnly: publicOnly, Proxy: h.Proxy, TLS: h.TLS})
		p.http.Proxy, p.http.TLS = nil, nil // they are in the transport
	}
	p.transport = p.http.Transport
	return p, nil
}

// ownSetting finds a setting of the built-in transport beside a transport of the
// caller's own, which it would be ignored by.
func ownSetting(h docferry.HTTP) (field string, found bool) {
	switch {
	case h.Transport == nil:
		return "", false
	case h.Proxy != nil:
		return "HTTP.Proxy", true
	case h.TLS != nil:
		return "HTTP.TLS", true
	}
	return "", false
}

// Storage returns the peer that this one, at endpoint, hands out URLs for. It
// has the same settings and shares the pace: a wait that either of them asks
// for holds back both. What an endpoint on this machine hands out may be on
// this machine too.
func (p *Peer) Storage(endpoint *url.URL) *Peer {
	h := p.given
	h.Pace = p.http.Pace
	h.AllowPrivate = h.AllowPrivate || transport.Loopback(endpoint)
	storage, _ := NewStorage(p.service, h) // the settings are those that made p
	return storage
}

// Service is the name of the peer in errors.
func (p *Peer) Service() string { return p.service }

// RequestID is the header that names a request to the vendor's support.
func (p *Peer) RequestID() string { return p.requestID }

// HTTP is how to talk to the peer. Whatever else is made with it shares the
// peer's connections and its pace.
func (p *Peer) HTTP() docferry.HTTP { return p.http }

// CloseIdleConnections closes the connections that no request uses, if the
// transport can.
func (p *Peer) CloseIdleConnections() {
	if t, ok := p.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// CheckURL parses a URL that the peer's service has handed out; see
// [transport.CheckURL]. What names the URL in the error, as in "the upload URL".
func (p *Peer) CheckURL(operation, what string, raw docferry.Secret) (*url.URL, error) {
	address, err := transport.CheckURL(string(raw), p.http.AllowPrivate)
	if err != nil {
		return nil, p.InputError(operation, what, err.Error())
	}
	return address, nil
}

// InputError says that a field of a request cannot be sent.
func (p *Peer) InputError(operation, field, reason string) error {
	return &docferry.InputError{Service: p.service, Operation: operation, Field: field, Reason: reason}
}

// UserAgent is the caller's User-Agent followed by ours.
func (p *Peer) UserAgent() string { return p.userAgent }
