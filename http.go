package docferry

import (
	"context"
	"net/http"
	"time"

	"github.com/docferry/docferry/internal/retry"
)

// HTTP says how a client talks: it is the same in the Config of all services
// and in the engines of package upload. The zero value works.
type HTTP struct {
	// Transport sends one request. Nil means a transport of the client's own,
	// with limits on dialing, TLS and waiting for an answer, that uses no proxy
	// and asks for no compression. Anything that is an [http.RoundTripper]
	// fits: an *http.Transport, a stub, a tracing wrapper, a test server.
	//
	// It is not an *http.Client since that would follow redirects, which
	// carry credentials to other hosts, and limit the time of a whole upload.
	// Redirects are never followed.
	Transport http.RoundTripper

	// Retry says how often and how long to try again.
	Retry Retry

	// Limit is asked before every attempt. Nil means no limit. A
	// *rate.Limiter of golang.org/x/time/rate fits.
	Limit Limiter

	// Pace is what the service has asked of its clients: how long to leave it
	// alone, and how many retries it can still take. Clients and engines with
	// the same Pace hold each other back. Nil means one of the client's own,
	// which all calls, uploads and downloads of that client share.
	Pace *Pace

	// Observer sees every attempt.
	Observer Observer

	// UserAgent is sent in front of docferry's own.
	UserAgent string

	// AllowPrivate lets the URLs that a service hands out for content be plain
	// http and name hosts that are not public. Without it that is allowed only
	// if the client's own endpoint is plain http or a loopback address. A
	// Transport of the caller's own is checked by the URL alone: what a name
	// resolves to is that transport's business.
	AllowPrivate bool
}

// Limiter bounds the rate of requests. Wait blocks until the next request may
// be sent, or returns an error when ctx ends first.
type Limiter interface {
	Wait(ctx context.Context) error
}

// Pace is the memory of what a service has asked for. When a service answers
// with Retry-After, everything that shares the Pace waits; when most requests
// fail, everything that shares it stops retrying for a while. Use one Pace for
// several clients of the same service, such as one client for each user.
//
// The zero value is ready. A Pace is safe for concurrent use and must not be
// copied after its first use.
type Pace retry.Governor

// Retry bounds the repetition of requests. Which failures are repeated is a
// property of each operation; this only says how often and how long. In the
// zero value each field has its default.
type Retry struct {
	// Attempts is the most a request is sent; 1 turns retries off. Default 4.
	Attempts int
	// MinWait bounds the first wait, which is chosen at random below it; each
	// further bound is twice the last. Default 200 ms.
	MinWait time.Duration
	// MaxWait bounds every wait but those that the service asks for. Default 20 s.
	MaxWait time.Duration
	// MaxRetryAfter is the longest wait that a service can ask for. If it
	// asks for more, the call fails at once. Default 1 minute.
	MaxRetryAfter time.Duration
}
