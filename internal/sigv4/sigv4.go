// Package sigv4 signs requests with AWS Signature Version 4, and corrects for a
// clock that is wrong. The signing itself is done by the signer of the AWS SDK.
//
// A signature is computed from the method, the host, the escaped path, the query,
// the headers, a digest of the body and the current time, with a key derived from
// the secret access key. It proves who sent the request and that nothing in it was
// changed on the way, but only for some minutes: the service compares the time
// with its own clock. Each attempt is therefore signed anew, and nothing that is
// signed may be changed afterwards.
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
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/docferry/docferry/internal/transport"
)

// tolerance is how far the clocks must differ for a refusal to be attributed to
// them. It is below what the services themselves allow, 5 to 15 minutes.
const tolerance = 4 * time.Minute

// Signer signs requests for one host. It is safe for concurrent use.
type Signer struct {
	Credentials aws.CredentialsProvider
	Service     string // the name of the service in signatures
	Region      string
	Host        string // the only host for which requests are signed

	signer *v4.Signer
	clock  atomic.Pointer[clock] // nil as long as the local clock is good enough
}

// clock records how far the service's clock is ahead of the local one (negative if
// it is behind), and when this was noticed.
type clock struct {
	ahead time.Duration
	since time.Time
}

// settling is how long after a correction the service may still refuse requests
// that were signed before it and were in flight at that time.
const settling = 15 * time.Second

// New returns a signer that signs only requests to host, in the given region and
// under the given name of the service.
func New(credentials aws.CredentialsProvider, service, region, host string) *Signer {
	return &Signer{Credentials: credentials, Service: service, Region: region, Host: host, signer: v4.NewSigner()}
}

// Sign signs a request whose body is payload. It asks the credentials provider each
// time, because credentials may be replaced between two attempts, and removes what
// an earlier signature left in the headers.
//
// It refuses a host other than s.Host, so that a redirect or a wrong address cannot
// obtain a signature. The default port is neither signed nor sent.
//
// The signature covers the headers that req has now, except for some, such as
// User-Agent and Expect, that the AWS SDK leaves out because they may change on
// the way. A header that a proxy may change has to be added afterwards.
func (s *Signer) Sign(ctx context.Context, req *http.Request, payload []byte) error {
	if req.URL.Host != s.Host {
		return fmt.Errorf("sigv4: refusing to sign for another host than %s", s.Host)
	}
	if strings.ContainsFunc(req.URL.Host, func(r rune) bool { return r > unicode.MaxASCII }) {
		return errors.New("sigv4: the endpoint's host must be in ASCII, as xn--, to be signed as it is sent")
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
	// The SDK's signer would do this too, but it takes the brackets of an IPv6
	// address away with the port.
	req.Host = transport.WithoutDefaultPort(req.URL.Scheme, transport.HostHeader(req.URL))
	digest := sha256.Sum256(payload)
	var text [2 * sha256.Size]byte
	hex.Encode(text[:], digest[:])
	return s.signer.SignHTTP(ctx, credentials, req, string(text[:]), s.Service, s.Region, s.now())
}

// Renew asks the credentials provider for other credentials than those that a
// refused request was signed with, past its cache if it has one with a method
// Invalidate, as aws.CredentialsCache does. It reports whether there are any.
func (s *Signer) Renew(refused *http.Request) bool {
	ctx := refused.Context()
	other := func() bool {
		c, err := s.Credentials.Retrieve(ctx)
		return err == nil && c.HasKeys() && (c.SessionToken != refused.Header.Get("X-Amz-Security-Token") ||
			!strings.Contains(refused.Header.Get("Authorization"), "Credential="+c.AccessKeyID+"/"))
	}
	if other() { // another call has renewed them already
		return true
	}
	cache, ok := s.Credentials.(interface{ Invalidate() })
	if !ok {
		return false
	}
	cache.Invalidate()
	return other()
}

// now returns the current time by the service's clock, as far as it is known.
func (s *Signer) now() time.Time {
	if c := s.clock.Load(); c != nil {
		return time.Now().Add(c.ahead)
	}
	return time.Now()
}

// Learn corrects the signer's clock after a refusal that may be due to the time of
// a signature: code is the error code, and h the header of the answer, whose Date
// is the service's time. It reports whether the request is worth sending again:
// the clock was corrected now, or a moment ago because of another request, in
// which case this one may have been signed before that.
func (s *Signer) Learn(code string, h http.Header) bool {
	switch strings.TrimSuffix(code, "Exception") {
	case "InvalidSignature", "SignatureDoesNotMatch", "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "AuthFailure", "AccessDenied":
	default:
		return false
	}
	theirs, err := http.ParseTime(h.Get("Date"))
	if err != nil || h.Get("Age") != "" { // the Date of a cached answer is old
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
