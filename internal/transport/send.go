package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"sync/atomic"
	"time"
)

// Lasting reports whether a failure to connect would come again: the other
// side is not who it should be or does not speak TLS as this side does, its name
// is unknown, its address private, or the proxy refuses.
func Lasting(err error) bool {
	_, unproven := errors.AsType[*tls.CertificateVerificationError](err)
	_, plain := errors.AsType[tls.RecordHeaderError](err)
	lookup, unknown := errors.AsType[*net.DNSError](err)
	return unproven || plain || unknown && lookup.IsNotFound || errors.Is(err, ErrPrivate) ||
		errors.Is(err, http.ErrSchemeMismatch) || errors.Is(err, ErrProxy) || proxyAsksForCredentials(err) || disagrees(err)
}

// disagrees reports whether a TLS handshake failed because the two sides have no
// version or algorithm in common, or because one wants a certificate of the
// other's. Neither kind of error has a type: an alert of the other side comes
// as a net.OpError, and what this side refuses as a text.
func disagrees(err error) bool {
	if alert, ok := errors.AsType[*net.OpError](err); ok && alert.Op == "remote error" {
		return alert.Err.Error() != "tls: internal error" && alert.Err.Error() != "tls: user canceled"
	}
	text := err.Error()
	return strings.Contains(text, "tls: server selected unsupported") ||
		strings.Contains(text, "tls: no supported versions satisfy")
}

// proxyAsksForCredentials reports whether a proxy refused CONNECT for want of
// credentials, by the text that net/http makes of it in a transport of the
// caller's own.
func proxyAsksForCredentials(err error) bool {
	return strings.HasSuffix(err.Error(), http.StatusText(http.StatusProxyAuthRequired))
}

// Unprocessed reports whether an HTTP/2 peer said that it did not process a
// request whose body net/http could not send again: it refused the stream, or
// went away after an earlier one. Net/http keeps no more of that than a text.
// A text that it does not have counts as no such word.
func Unprocessed(err error) bool {
	text := err.Error()
	if again := "http2: Transport: cannot retry err ["; strings.Contains(text, again) {
		return strings.Contains(text, "REFUSED_STREAM") || strings.Contains(text, "graceful shutdown GOAWAY")
	}
	// What becomes of the first request on a connection whose peer went away
	// with an error and named no stream that it would process.
	return strings.Contains(text, "http2: Transport received GOAWAY from server ErrCode:")
}

// Trace is what is known of how a request was sent.
type Trace struct {
	// Sent says that the other side may have got the request, or a part of it. A
	// transport that does not tell is taken to have sent it.
	Sent bool
	// Begun says that the body was read, so that a part of it may have been sent.
	Begun bool
	// Continued says that the other side consented with status 100.
	Continued bool
}

// Send sends one request and reports how far that got. The limits hold until the
// body of the answer is closed. The context of the request has to be canceled
// some time after that.
func Send(rt http.RoundTripper, req *http.Request, limits Limits) (*http.Response, Trace, error) {
	if err := req.Context().Err(); err != nil { // no transport would get as far as telling
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, Trace{}, err
	}
	ctx, cancel := req.Context(), limits.Cancel
	if cancel == nil {
		ctx, cancel = context.WithCancelCause(ctx)
	}
	body, streamed := req.Body.(*Body)
	s := &sending{body: body, watch: watch{limits: limits, cancel: cancel, content: streamed}}
	// A transport that does not tell what it does is at it from now on.
	if streamed {
		body.watch, s.watch.broken = &s.watch, body.abandon
		s.watch.enter(taking)
	} else {
		s.watch.enter(answering)
	}
	next := over
	defer func() { s.watch.sent(next) }()
	resp, err := roundTrip(rt, req.WithContext(httptrace.WithClientTrace(ctx, s.trace(req))))
	if streamed && err == nil && resp != nil && resp.StatusCode < 300 {
		body.permit() // it may be that the other side reads it all the same
	}
	trace := Trace{Sent: s.wrote.Load() || !s.dialed.Load(), Begun: streamed && body.read.Load(),
		Continued: s.continued.Load()}
	switch { // what an http.Client forgives a transport, or tells it
	case resp == nil && err == nil:
		err = errors.New("HTTP.Transport returned neither a response nor an error")
	case err != nil:
		err = explained(stallOr(ctx, err))
	case resp.Body == nil:
		resp.Body = http.NoBody
	case resp.StatusCode != http.StatusSwitchingProtocols && resp.Body != http.NoBody:
		next = between
		s.arrival = arrival{ReadCloser: resp.Body, ctx: ctx, watch: &s.watch}
		resp.Body = &s.arrival
	}
	return resp, trace, err
}

// explained says of a side that answers a TLS handshake in plain HTTP what an
// http.Client would say.
func explained(err error) error {
	if plain, ok := errors.AsType[tls.RecordHeaderError](err); ok && string(plain.RecordHeader[:]) == "HTTP/" {
		return http.ErrSchemeMismatch
	}
	return err
}

// sending is one request that is sent, and what its trace has told so far.
type sending struct {
	body    *Body // nil unless it is streamed
	watch   watch
	arrival arrival // the body of the answer
	hooks   httptrace.ClientTrace

	dialed, wrote, continued atomic.Bool
}

// trace returns the hooks that net/http calls while it sends the request. Other
// transports call none of them; then nothing is known, and the request is taken to
// have been sent.
func (s *sending) trace(req *http.Request) *httptrace.ClientTrace {
	trace := &s.hooks
	*trace = httptrace.ClientTrace{
		GetConn: func(string) {
			s.dialed.Store(true)
			s.watch.enter(elsewhere)
		},
		// Of HTTP/2, WroteHeaders can come later than the answer; this comes
		// before anything is written.
		WroteHeaderField: func(string, []string) {
			if s.wrote.CompareAndSwap(false, true) {
				s.watch.wroteHeader()
			}
		},
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				s.watch.enter(answering)
			}
		},
	}
	if s.body == nil { // a request that is short has nothing to hold back, and moves as a whole
		return trace
	}
	trace.GotConn = func(info httptrace.GotConnInfo) { s.watch.connected(info.Conn) }
	trace.Got100Continue = func() { s.continued.Store(true) }
	held := req.Header.Get("Expect") != ""
	if held {
		// Net/http would send the body even after an answer that is no consent, to
		// be able to use the connection again. So it is held back then.
		trace.GotFirstResponseByte = s.body.hold
	}
	informed := 0
	trace.Got1xxResponse = func(int, textproto.MIMEHeader) error {
		if held {
			s.body.permit()
		}
		if informed++; informed > maxInformational {
			return errors.New("the service sent too many informational responses (1xx)")
		}
		s.watch.stillAtWork()
		return nil
	}
	return trace
}

// maxInformational is how many answers with a status of 1xx may come before the
// real one. Each shows that the other side is still at work.
const maxInformational = 100

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
		return fmt.Errorf("the source did not return after the context had ended: %w", context.Cause(ctx))
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
// hang: it is left behind. Other transports may not even look at the context.
func roundTrip(rt http.RoundTripper, req *http.Request) (*http.Response, error) {
	body, streamed := req.Body.(*Body)
	if _, known := rt.(*http.Transport); !streamed || known && body.prompt {
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
