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
	"net/http/httptrace"
	"net/netip"
	"net/textproto"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// How long one write, or one read, on a connection may make no progress. A
// slow transfer that moves is never cut off. Reads come last: before them the
// wait for an answer ends, and idle connections are closed.
const (
	stallLimit     = time.Minute
	idleLimit      = 75 * time.Second
	readStallLimit = 90 * time.Second
)

// New returns a transport with a limit on each step of a request, none on its
// whole. It uses no proxy and asks for no compression. If publicOnly is set it
// refuses to connect to addresses that are not public, whatever name led to
// them.
func New(publicOnly bool) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	if publicOnly {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil {
				return err
			}
			if !Public(to.Addr()) {
				return fmt.Errorf("%w: the name leads to a private one", ErrPrivate)
			}
			return nil
		}
	}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return Moving(c), nil
		},
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  time.Minute,
		ExpectContinueTimeout:  2 * time.Second,
		IdleConnTimeout:        idleLimit,
		MaxIdleConnsPerHost:    16,
		MaxResponseHeaderBytes: 256 << 10,
		DisableCompression:     true,
		ForceAttemptHTTP2:      true,
		// Pings keep an HTTP/2 connection moving whose reader takes its time.
		HTTP2: &http.HTTP2Config{SendPingTimeout: readStallLimit / 2, PingTimeout: readStallLimit / 6},
	}
}

// ErrPrivate says that an address which must be public is not.
var ErrPrivate = errors.New("address is not public")

// Public reports whether an address can be that of a public service.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// special are the ranges that netip does not count as private and that no
// public service is in.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),     // this network
	netip.MustParsePrefix("100.64.0.0/10"), // carrier-grade NAT
	netip.MustParsePrefix("192.0.0.0/24"),  // protocol assignments; some clouds keep their metadata there
	netip.MustParsePrefix("198.18.0.0/15"), // benchmarks
	netip.MustParsePrefix("240.0.0.0/4"),   // reserved
	netip.MustParsePrefix("::/96"),         // IPv4 in IPv6, in old notation
	netip.MustParsePrefix("64:ff9b::/96"),  // IPv4 behind a translator, which can lead anywhere
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("2002::/16"), // IPv4 in IPv6 by 6to4
	netip.MustParsePrefix("fec0::/10"), // private, in old notation
}

// movingConn fails a write that makes no progress for stallLimit, and a read
// that makes none for readStallLimit. What is written counts for reads too:
// nothing comes back while a long body goes out.
type movingConn struct {
	net.Conn
}

// Moving returns c with those limits.
func Moving(c net.Conn) net.Conn { return &movingConn{c} }

func (c *movingConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(readStallLimit)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

// Write writes in steps: part of what is written at once may well move while
// the whole takes longer than the limit.
func (c *movingConn) Write(p []byte) (written int, err error) {
	moved := time.Now() // when the last step began that made progress
	for {
		now := time.Now()
		if err := errors.Join(c.SetWriteDeadline(now.Add(stallLimit/12)),
			c.SetReadDeadline(now.Add(readStallLimit))); err != nil {
			return written, err
		}
		n, err := c.Conn.Write(p[written:])
		if written += n; n > 0 {
			moved = now
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(moved) >= stallLimit {
			return written, err
		}
	}
}

// Lasting reports whether a failure to connect would come again: the other
// side is not who it should be, its name is unknown, or its address private.
func Lasting(err error) bool {
	_, unproven := errors.AsType[*tls.CertificateVerificationError](err)
	lookup, ok := errors.AsType[*net.DNSError](err)
	return unproven || ok && lookup.IsNotFound || errors.Is(err, ErrPrivate)
}

// Send sends one request and reports whether the other side may have got
// any of it. A transport that does not tell is taken to have sent it.
func Send(rt http.RoundTripper, req *http.Request) (resp *http.Response, sent bool, err error) {
	var dialed, wrote atomic.Bool
	trace := &httptrace.ClientTrace{
		GetConn: func(string) { dialed.Store(true) },
		// Of HTTP/2, WroteHeaders can come later than the answer; this comes
		// before anything is written.
		WroteHeaderField: func(string, []string) { wrote.Store(true) },
	}
	if err := req.Context().Err(); err != nil { // no transport would get as far as telling
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, false, err
	}
	body, _ := req.Body.(*Body)
	if body != nil && req.Header.Get("Expect") != "" {
		announce(trace, body)
	}
	resp, err = roundTrip(rt, req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if body != nil && err == nil && resp != nil && resp.StatusCode < 300 {
		body.permit() // it may be that the other side reads it all the same
	}
	switch { // what an http.Client forgives a transport, or tells it
	case resp == nil && err == nil:
		err = errors.New("the transport gave neither an answer nor an error")
	case err == nil && resp.Body == nil:
		resp.Body = http.NoBody
	}
	return resp, wrote.Load() || !dialed.Load(), err
}

// maxInformational is how many answers may come before the real one.
const maxInformational = 20

// announce keeps a body back whose request has the header Expect, if an answer
// comes that is no consent. Net/http would send it all the same, to be able to
// use the connection again.
func announce(trace *httptrace.ClientTrace, body *Body) {
	n := 0
	trace.GotFirstResponseByte = body.hold
	trace.Got1xxResponse = func(int, textproto.MIMEHeader) error {
		body.permit()
		if n++; n > maxInformational {
			return errors.New("too many answers before the real one")
		}
		return nil
	}
}

// patience is how long a function of the caller's may take to return once the
// context has ended. One that takes longer is stuck, as in a read of the body,
// and is left behind.
const patience = time.Second

// Within calls f and returns its error. If ctx ends and f does not return soon
// after, Within returns the cause of that without waiting any longer, and late,
// if it is not nil, is called when f has returned after all. A panic of f is an
// error: f runs on a goroutine, where it would end the program.
func Within(ctx context.Context, f func() error, late func()) error {
	if ctx.Done() == nil {
		return recovered(f)
	}
	done, left := make(chan error), make(chan struct{})
	go func() {
		err := recovered(f)
		select {
		case done <- err:
		case <-left:
			if late != nil {
				_ = recovered(func() error { late(); return nil })
			}
		}
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		close(left)
		return fmt.Errorf("it did not return although the context ended: %w", context.Cause(ctx))
	}
}

// recovered calls f and returns a panic as an error.
func recovered(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return f()
}

// roundTrip is rt.RoundTrip, but returns when the context has ended. Net/http
// waits for a read of the body that is under way even then, and a source can
// hang: it is left behind.
func roundTrip(rt http.RoundTripper, req *http.Request) (*http.Response, error) {
	if _, streamed := req.Body.(*Body); !streamed {
		return rt.RoundTrip(req)
	}
	var resp *http.Response
	var err error
	var panicked any
	done, left := make(chan struct{}), make(chan struct{})
	go func() {
		defer func() {
			panicked = recover()
			select {
			case done <- struct{}{}:
			case <-left:
				if resp != nil {
					_ = resp.Body.Close()
				}
			}
		}()
		resp, err = rt.RoundTrip(req)
	}()
	select {
	case <-done:
	case <-req.Context().Done():
		select {
		case <-done:
		case <-time.After(patience):
			close(left)
			return nil, context.Cause(req.Context())
		}
	}
	if panicked != nil {
		panic(panicked)
	}
	return resp, err
}
