// Package transport makes the http.Transport that clients use when they are
// given none, and sends single requests so that it is known afterwards whether
// anything may have reached the other side.
package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// idleLimit is how long a connection is kept that no request uses.
const idleLimit = 75 * time.Second

// Options say what is special about a transport.
type Options struct {
	// PublicOnly refuses to connect to addresses that are not public, whatever
	// name led to them. Where a proxy connects instead, only its address is seen
	// here, which may well be private.
	PublicOnly bool
	// Proxy returns the proxy for a request, as in [http.Transport]. Nil means
	// none.
	Proxy func(*http.Request) (*url.URL, error)
	// TLS is the configuration for https. Nil means the standard one.
	TLS *tls.Config
}

// New returns a transport with a limit on connecting and on the TLS handshake.
// It asks for no compression. What happens after the handshake is limited by
// [Send].
func New(o Options) *http.Transport {
	public := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	anywhere := *public
	if o.PublicOnly {
		public.Control = refusePrivate
	}
	proxies := &proxies{choose: o.Proxy}
	t := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			dialer := public
			if proxies.has(address) {
				dialer = &anywhere
			}
			c, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return Moving(c), nil
		},
		TLSClientConfig:        resuming(o.TLS),
		TLSHandshakeTimeout:    10 * time.Second,
		ExpectContinueTimeout:  time.Second,
		IdleConnTimeout:        idleLimit,
		MaxIdleConnsPerHost:    16,
		MaxResponseHeaderBytes: 256 << 10,
		DisableCompression:     true,
		ForceAttemptHTTP2:      true,
		// Pings find out about an HTTP/2 connection that is dead.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 45 * time.Second, PingTimeout: 15 * time.Second},
	}
	if o.Proxy != nil {
		t.Proxy, t.OnProxyConnectResponse = proxies.proxy, refusedByProxy
	}
	return t
}

// resuming returns a configuration with which later connections resume the session of an
// earlier one. The other side does not send its certificates then: a connection keeps the
// room that the handshake took, twice as much as they are, for as long as it is open.
//
// A session stays as it is if what the caller checks or presents in a handshake changes.
// So each connection has a handshake of its own if there is any of that.
func resuming(c *tls.Config) *tls.Config {
	if c = c.Clone(); c == nil {
		c = new(tls.Config)
	}
	own := c.VerifyPeerCertificate != nil || c.GetClientCertificate != nil || len(c.Certificates) > 0
	if c.ClientSessionCache == nil && !own {
		c.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	}
	return c
}

// refusePrivate keeps a dialer from connecting to an address that is not public.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if !Public(to.Addr()) {
		return fmt.Errorf("%w; HTTP.AllowPrivate allows it", ErrPrivate)
	}
	return nil
}

// ErrPrivate says that an address which must be public is not.
var ErrPrivate = errors.New("address is not public")

// movingConn fails a write that makes no progress for stallLimit, and tells how
// much was written. What is read needs no limit here, because [Send] watches
// every body.
type movingConn struct {
	net.Conn
	written atomic.Int64
	closed  atomic.Pointer[func()] // is called when it is closed; nil if nothing is
}

// Moving returns c with that limit.
func Moving(c net.Conn) net.Conn { return &movingConn{Conn: c} }

// Close closes the connection and tells the request that uses it.
func (c *movingConn) Close() error {
	err := c.Conn.Close()
	if tell := c.closed.Load(); tell != nil {
		(*tell)()
	}
	return err
}

// Write writes in steps: part of what is written at once may well move while
// the whole takes longer than the limit.
func (c *movingConn) Write(p []byte) (written int, err error) {
	moved := time.Now() // when the last step began that made progress
	for {
		now := time.Now()
		if err := c.SetWriteDeadline(now.Add(stallLimit / looks)); err != nil {
			return written, err
		}
		n, err := c.Conn.Write(p[written:])
		c.written.Add(int64(n))
		if written += n; n > 0 {
			moved = now
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(moved) >= stallLimit {
			return written, err
		}
	}
}
