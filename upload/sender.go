package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/redact"
	"github.com/docferry/docferry/internal/retry"
	"github.com/docferry/docferry/internal/transport"
	"github.com/docferry/docferry/internal/version"
	"github.com/docferry/docferry/internal/wire"
)

// sender is what the uploads of one engine share. The zero value is ready.
type sender struct {
	mu       sync.Mutex
	base     http.RoundTripper // nil before anything was sent
	governor retry.Governor
}

func (s *sender) transport(h docferry.HTTP) http.RoundTripper {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.base == nil {
		s.base = h.Transport
	}
	if s.base == nil {
		s.base = transport.New(!h.AllowPrivate)
	}
	return s.base
}

func (s *sender) closeIdle() {
	s.mu.Lock()
	base := s.base
	s.mu.Unlock()
	if t, ok := base.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// delivery is one body on its way to an address.
type delivery struct {
	exchange call.Exchange
	url      *url.URL
	header   http.Header
	length   int64
	open     func() (io.ReadCloser, error)
	// ready, if not nil, is asked before each attempt; its error ends the delivery.
	ready func() error
	// judge reads an answer of status 2xx. ErrIntegrity is worth one more
	// attempt; any other error ends the delivery.
	judge func(call.Answer) error

	doubted  bool // the one more attempt was given
	attempts int
	answered bool // by some attempt
}

// minSecret is the length from which the value of a header, whatever its name,
// is taken for a key or a token.
const minSecret = 20

// send delivers, and returns nil once judge was content.
func (s *sender) send(ctx context.Context, h docferry.HTTP, service, operation, method string, repeatable bool, d *delivery) error {
	secrets := append(redact.Secrets(d.header), redact.Query(d.url)...)
	for _, values := range d.header {
		secrets = append(secrets, slices.DeleteFunc(slices.Clone(values), func(v string) bool { return len(v) < minSecret })...)
	}
	d.exchange = call.Exchange{
		Service: service, Operation: operation, Method: method, Route: "/{key}", Host: d.url.Host,
		RequestID: "X-Amz-Request-Id", HTTP: h, Policy: retry.Policy(h.Retry), Repeatable: repeatable,
		Transport: s.transport(h), Governor: &s.governor, Build: d.build, Judge: d.read, Secrets: secrets,
	}
	return d.exchange.Run(ctx)
}

func (d *delivery) build(ctx context.Context) (*http.Request, *transport.Body, error) {
	if d.ready != nil {
		if err := d.ready(); err != nil {
			return nil, nil, call.Local(err)
		}
	}
	source, err := d.open()
	if err != nil {
		return nil, nil, call.Local(err)
	}
	body := transport.NewBody(ctx, source)
	u := *d.url
	req := (&http.Request{Method: d.exchange.Method, URL: &u, Host: u.Host, Header: d.header.Clone(), Body: body,
		ContentLength: d.length, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(ctx)
	if req.Header == nil {
		req.Header = make(http.Header)
	}
	if _, listed := req.Header["User-Agent"]; !listed {
		req.Header.Set("User-Agent", version.UserAgent(d.exchange.HTTP.UserAgent))
	}
	if d.attempts++; d.length > call.ExpectAbove || d.length > 0 && d.attempts > 1 && !d.answered {
		// A storage that refuses early may close the connection, and what it
		// said be lost. It is heard if nothing is sent meanwhile.
		req.Header.Set("Expect", "100-continue")
	}
	if d.length == 0 {
		// Net/http would send a body of no length in chunks. Read it here: a
		// source that claims to be empty has to be.
		req.Body = http.NoBody
		if _, err := io.Copy(io.Discard, body); err != nil {
			_ = body.Close()
			return nil, nil, call.Local(err)
		}
	}
	return req, body, nil
}

func (d *delivery) read(resp *http.Response) (retry.Result, bool) {
	d.answered = true
	answer, result := d.exchange.Read(resp, 1<<20)
	switch {
	case result.Err != nil:
		return result, false
	case resp.StatusCode/100 == 3:
		return d.exchange.Redirected(answer), false
	case resp.StatusCode/100 != 2:
		return d.refused(answer), false
	}
	err := d.judge(answer)
	if err == nil {
		return retry.Result{Verdict: retry.Done}, false
	}
	if errors.Is(err, ErrIntegrity) {
		return retry.Result{Verdict: d.doubt(), Err: call.Local(err)}, false
	}
	if refused, ok := errors.AsType[*docferry.Error](err); ok {
		return d.exchange.Refuse(answer, refused, retry.Refused), false
	}
	return d.exchange.Protocol(answer, err.Error()), false
}

// doubt allows one more attempt for a failure that may be an accident.
func (d *delivery) doubt() retry.Verdict {
	if d.doubted {
		return retry.Refused
	}
	d.doubted = true
	return retry.Failed
}

// refused classes a refusal in the terms of a storage.
func (d *delivery) refused(answer call.Answer) retry.Result {
	result := d.exchange.StorageRefusal(answer)
	if refused, ok := errors.AsType[*docferry.Error](result.Err); ok && refused.Code == "RequestTimeout" {
		result.Verdict = d.doubt() // a stall, or a wrong length
	}
	return result
}

// checkHeader takes the headers that a service wants sent. It refuses those
// that frame the message or carry credentials, and those that are not clear.
func checkHeader(header map[string]string) (http.Header, error) {
	out := make(http.Header, len(header))
	for name, value := range header {
		key := http.CanonicalHeaderKey(name)
		switch {
		case !validName(name):
			return nil, fmt.Errorf("%q is no name of a header", name)
		case wire.CheckHeaderValue(value) != nil:
			return nil, fmt.Errorf("the header %s has a control character", key)
		case notTheirs[key] || strings.HasPrefix(key, "Proxy-"):
			return nil, fmt.Errorf("the header %s is not for a service to set", key)
		}
		if _, twice := out[key]; twice {
			return nil, fmt.Errorf("the header %s is there twice", key)
		}
		out[key] = []string{value}
	}
	return out, nil
}

// notTheirs are headers that carry credentials, frame the message, or make
// net/http repeat a request on its own.
var notTheirs = map[string]bool{
	"Authorization": true, "Authentication": true, "X-Amz-Bearer": true, "Cookie": true, "Referer": true,
	"Connection": true, "Keep-Alive": true, "Transfer-Encoding": true, "Te": true, "Trailer": true, "Upgrade": true,
	"Expect": true, "Idempotency-Key": true, "X-Idempotency-Key": true,
}

func validName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}
