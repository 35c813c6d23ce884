// Package sigv4 signs requests with AWS Signature Version 4, once for every
// attempt, and corrects for a wrong clock.
package sigv4

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// tolerance is how far the clocks may differ before it is the clock that a
// refusal is about. The services allow 5 to 15 minutes.
const tolerance = 4 * time.Minute

// Signer signs requests for one host. It is safe for concurrent use.
type Signer struct {
	Credentials aws.CredentialsProvider
	Service     string // signing name
	Region      string
	Host        string // the only one that gets a signature

	signer *v4.Signer
	clock  atomic.Pointer[clock] // nil as long as ours does
}

// clock is how far the service's clock is ahead of ours, and when we noticed.
type clock struct {
	ahead time.Duration
	since time.Time
}

// settling is how long after a correction there may still come refusals of
// requests that were signed before it.
const settling = 15 * time.Second

// New returns a signer.
func New(credentials aws.CredentialsProvider, service, region, host string) *Signer {
	return &Signer{Credentials: credentials, Service: service, Region: region, Host: host, signer: v4.NewSigner()}
}

// Sign signs a request with the credentials of the moment. All headers that
// the request has are signed, so headers that proxies change come later.
func (s *Signer) Sign(ctx context.Context, req *http.Request, payload []byte) error {
	if req.URL.Host != s.Host {
		return fmt.Errorf("sigv4: refusing to sign for another host than %s", s.Host)
	}
	credentials, err := s.Credentials.Retrieve(ctx)
	if err != nil {
		return fmt.Errorf("no AWS credentials: %w", err)
	}
	if !credentials.HasKeys() {
		return errors.New("the AWS credentials are empty")
	}
	for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token"} {
		req.Header.Del(name)
	}
	digest := sha256.Sum256(payload)
	return s.signer.SignHTTP(ctx, credentials, req, hex.EncodeToString(digest[:]), s.Service, s.Region, s.now())
}

func (s *Signer) now() time.Time {
	if c := s.clock.Load(); c != nil {
		return time.Now().Add(c.ahead)
	}
	return time.Now()
}

// Learn takes the service's clock from a refusal that may be due to the time
// of a signature. It reports whether it changed the signer's clock, or did so
// just before for another request, so that this one is worth sending again.
func (s *Signer) Learn(code string, h http.Header) bool {
	switch strings.TrimSuffix(code, "Exception") {
	case "InvalidSignature", "SignatureDoesNotMatch", "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "AuthFailure", "AccessDenied":
	default:
		return false
	}
	theirs, err := http.ParseTime(h.Get("Date"))
	if err != nil || h.Get("Age") != "" { // a cached answer tells an old time
		return false
	}
	if off := theirs.Sub(s.now()); off.Abs() < tolerance {
		c := s.clock.Load()
		return c != nil && time.Since(c.since) < settling
	}
	now := time.Now()
	s.clock.Store(&clock{ahead: theirs.Sub(now), since: now})
	return true
}
