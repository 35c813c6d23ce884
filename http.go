package docferry

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"time"

	"github.com/docferry/docferry/internal/retry"
)

// HTTP says how requests are sent. It is the same in the Config of all services
// and in the engines of package upload. The zero value works.
type HTTP struct {
	// Transport sends one request. Nil means the client's own transport, which
	// limits the time for dialing and TLS, uses no proxy unless Proxy is set, and
	// requests no compression. Any [http.RoundTripper] can be used: an
	// *http.Transport, a stub, a tracing wrapper, a test server.
	//
	// It is not an *http.Client, because a client would follow redirects, which can
	// send credentials to other hosts, and would limit the time of a whole upload.
	// Redirects are never followed.
	Transport http.RoundTripper

	// Proxy returns the proxy for a request, for the client's own transport, as in
	// [http.Transport]; [http.ProxyFromEnvironment] is such a function. It applies to
	// the chat's websocket too. Nil means that no proxy is used, whatever the
	// environment says. Of what a proxy connects to, only the URL is checked; see
	// AllowPrivate.
	Proxy func(*http.Request) (*url.URL, error)

	// TLS configures https for the client's own transport, for example with the
	// certificate of a private authority in RootCAs. It is copied. Nil means the
	// standard configuration. A connection resumes the session of an earlier one,
	// unless this has Certificates, GetClientCertificate or VerifyPeerCertificate,
	// which would not be asked then, or SessionTicketsDisabled.
	TLS *tls.Config

	// StallTimeout ends an attempt whose body makes no progress for so long, in
	// either direction. A slow transfer that moves is never cut off, and time that
	// a source takes does not count. It holds for any Transport. 0 means 1 minute.
	StallTimeout time.Duration

	// AnswerTimeout ends an attempt whose answer has not come so long after the
	// request was sent; a Transport that is not of net/http is taken to send it at
	// once. 0 means 1 minute, and 15 minutes for the answer to uploaded
	// content, which services check and copy first. Content whose answer does not
	// come in time is not sent again: whether it is stored is unknown then.
	AnswerTimeout time.Duration

	// NoExpect sends uploads at once, without the header "Expect: 100-continue" and
	// the wait for the other side's consent, which lets it refuse content before it
	// is sent. By default, content of more than 1 MiB waits for up to a second. A
	// host that does not know the header is remembered and not asked again.
	NoExpect bool

	// Retry says how often and for how long to retry.
	Retry Retry

	// Limit is waited for before every attempt. Nil means no limit. A *rate.Limiter
	// of golang.org/x/time/rate is a Limiter.
	Limit Limiter

	// Pace remembers how long the service has asked its clients to wait, how many
	// requests it admits, and whether it can take more retries. Clients and engines with the same Pace wait
	// together. Nil means a Pace of the client's own, which all calls, uploads and
	// downloads of that client share.
	Pace *Pace

	// Observer observes every attempt.
	Observer Observer

	// UserAgent is sent in front of docferry's own.
	UserAgent string

	// AllowPrivate allows the URLs that a service returns for content to be plain
	// http and to name hosts that are not public. By default that is allowed only
	// if the client's own endpoint is plain http or a loopback address. With a
	// Transport of the caller's own, only the URL is checked, not the address that
	// its host resolves to.
	AllowPrivate bool
}

// Limiter bounds the rate of requests. Wait blocks until the next request may
// be sent, or returns an error when ctx ends first.
type Limiter interface {
	Wait(ctx context.Context) error
}

// Pace is the state that clients of one service can share. When a service
// answers with Retry-After, everything that shares the Pace waits. When it refuses
// most requests of an operation because there are too many, and does not say how
// long to wait, those of all that share the Pace take turns, at the rate that it
// turns out to admit. When most requests fail, everything that shares the Pace
// stops retrying for a while. Use one Pace for several clients of the same service, such as one client for each
// user.
//
// The zero value is ready. A Pace is safe for concurrent use and must not be
// copied after its first use.
type Pace retry.Governor

// Retry limits how requests are retried. Which failures are retried is a
// property of each operation; Retry only says how often and for how long. A
// zero field means its default.
type Retry struct {
	// Attempts is how often a request is sent at most; 1 turns retries off. Default
	// 4.
	Attempts int
	// MinWait bounds the first wait, which is chosen at random below it; each
	// further bound is twice the last. Default 200 ms.
	MinWait time.Duration
	// MaxWait bounds every wait except those that the service asks for. Default 20
	// s.
	MaxWait time.Duration
	// MaxRetryAfter is the longest wait that a service can ask for. If it asks for
	// a longer one, the call fails at once. Default 1 minute.
	MaxRetryAfter time.Duration
}
