package upload_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// canary holds secrets, and listens for them wherever text comes out.
type canary struct {
	t       *testing.T
	log     lockedBuffer
	mu      sync.Mutex
	secrets []string
}

// newCanary returns a canary that reads the log when the test is over.
func newCanary(t *testing.T) *canary {
	c := &canary{t: t}
	t.Cleanup(func() { c.silent("the log", c.log.String()) })
	return c
}

// hides takes secrets.
func (c *canary) hides(secrets ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.secrets = append(c.secrets, secrets...)
}

// hidesURL takes the secrets of a presigned URL: its query, and the long
// values in it as they are and unescaped.
func (c *canary) hidesURL(address string) {
	_, query, _ := strings.Cut(address, "?")
	if query == "" {
		return
	}
	c.hides(query)
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name == "X-Amz-Signature" || name == "X-Amz-Security-Token" || name == "X-Amz-Credential" {
			plain, _ := url.QueryUnescape(value)
			c.hides(value, plain)
		}
	}
}

// observer logs all there is to the canary.
func (c *canary) observer() docferry.Observer {
	return docferry.LogTo(slog.New(slog.NewTextHandler(&c.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
}

// silent wants no secret in a text.
func (c *canary) silent(where, text string) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, secret := range c.secrets {
		if secret != "" && strings.Contains(text, secret) {
			c.t.Errorf("%s holds the secret %q: %s", where, secret, text)
		}
	}
}

// keeps wants no secret in anything that can be had from an error.
func (c *canary) keeps(err error) {
	c.t.Helper()
	for _, e := range reachable(err) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%s"} {
			c.silent(fmt.Sprintf("%s of a %T", verb, e), fmt.Sprintf(verb, e))
		}
		c.silent("slog", slog.AnyValue(e).String())
	}
}

// reachable returns err and all errors that can be had from it.
func reachable(err error) []error {
	var all []error
	var visit func(error)
	visit = func(err error) {
		if err == nil || slices.ContainsFunc(all, func(known error) bool {
			return fmt.Sprintf("%T %p", known,
				known) == fmt.Sprintf("%T %p", err, err)
		}) {
			return
		}
		all = append(all, err)
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			visit(e.Unwrap())
		case interface{ Unwrap() []error }:
			for _, inner := range e.Unwrap() {
				visit(inner)
			}
		}
		if ended, ok := err.(*upload.Error); ok {
			visit(ended.Cleanup)
		}
		visit(as[*url.Error](err))
		visit(as[*net.OpError](err))
		visit(as[*net.DNSError](err))
		visit(as[*net.AddrError](err))
		visit(as[*fs.PathError](err))
		visit(as[*docferry.Error](err))
		visit(as[*docferry.InputError](err))
		visit(as[*docferry.TransportError](err))
		visit(as[leaky](err))
	}
	visit(err)
	return all
}

// as returns the error of type E in err's tree, or nil.
func as[E error](err error) error {
	if e, ok := errors.AsType[E](err); ok {
		return e
	}
	return nil
}

// leaky is an error as a careless transport makes it: it shows its URL in
// each way that there is.
type leaky struct{ URL string }

func (e leaky) Error() string { return "cannot send to " + e.URL }

// lockedBuffer is a buffer for concurrent use.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
