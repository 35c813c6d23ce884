package workdocstest

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// What Signature Version 4 prescribes, and the largest difference between the
// clocks of client and service that is accepted.
const (
	algorithm  = "AWS4-HMAC-SHA256"
	timeFormat = "20060102T150405Z"
	maxSkew    = 15 * time.Minute
)

// Credentials returns a provider of the credentials that the Server accepts when
// they are retrieved. Calls that are signed with them act as the built-in
// administrator.
func (s *Server) Credentials() aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.credentials, nil
	})
}

// SetCredentials replaces the credentials that the Server accepts. Requests must
// send the SessionToken if there is one, and must not send any otherwise.
func (s *Server) SetCredentials(credentials aws.Credentials) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.credentials = credentials
}

// authenticate determines the caller: the built-in administrator if the request
// is signed, or the user that a token identifies. Which of the two are
// permitted depends on the operation.
func (s *Server) authenticate(c *call, r *http.Request, body []byte) error {
	token, given := r.Header["Authentication"]
	_, c.signed = r.Header["Authorization"]
	switch {
	case given && c.signed:
		// Inferred: clients that have credentials sign every request. The
		// signature and the token must both be valid, and the token identifies
		// the caller.
		if err := s.verify(r, body, c.now); err != nil {
			return err
		}
		c.signed = false
		return s.authenticateUser(c, token)
	case given:
		return s.authenticateUser(c, token)
	case !c.signed:
		return refuse("MissingAuthenticationTokenException", "the request is not signed and has no user's token")
	// The operation is about the user who calls, and a signature names none.
	case c.op.caller == aUser:
		return refuse("InvalidArgumentException", "AuthenticationToken: is required")
	}
	c.user = s.administrator
	return s.verify(r, body, c.now)
}

// authenticateUser finds the user of a token. Only active users may call.
func (s *Server) authenticateUser(c *call, tokens []string) error {
	if c.op.caller == theAccount {
		return refuse("InvalidArgumentException", "AuthenticationToken: is not a member of this operation")
	}
	if n := len(tokens[0]); len(tokens) > 1 || n < 1 || n > 8199 {
		return refuse("InvalidArgumentException", "AuthenticationToken: must be one token of 1 to 8199 characters")
	}
	for _, u := range s.users {
		if subtle.ConstantTimeCompare([]byte(u.token), []byte(tokens[0])) == 1 {
			c.user = u
		}
	}
	// Inferred: the error for a token that is unknown, or belongs to a user who
	// may not call the operation.
	if c.user == nil || c.user.status != "ACTIVE" || c.op.caller == anAdministrator && c.user.kind != "ADMIN" {
		return refuse("UnauthorizedOperationException", "")
	}
	return nil
}

// signature is the parsed Authorization header of a signed request.
type signature struct {
	keyID, date, region, service string
	// headers are the names of the signed headers, in lower case.
	headers []string
	value   string
}

// parseAuthorization parses the Authorization header of a signed request. ok is
// false if a part is missing or the names of the signed headers are not sorted.
func parseAuthorization(header string) (sig signature, ok bool) {
	rest, ok := strings.CutPrefix(header, algorithm+" ")
	if !ok {
		return sig, false
	}
	parts := make(map[string]string)
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[name] = value
	}
	scope := strings.Split(parts["Credential"], "/")
	if len(scope) != 5 || scope[2] == "" || scope[4] != "aws4_request" {
		return sig, false
	}
	sig = signature{scope[0], scope[1], scope[2], scope[3], strings.Split(parts["SignedHeaders"], ";"), parts["Signature"]}
	return sig, sig.value != "" && slices.IsSorted(sig.headers)
}

// verify checks a request's Signature Version 4. It checks the parts of the
// signature before it computes the signature, so that the error says which part
// is wrong.
func (s *Server) verify(r *http.Request, body []byte, now time.Time) error {
	sig, ok := parseAuthorization(r.Header.Get("Authorization"))
	at, err := time.Parse(timeFormat, r.Header.Get("X-Amz-Date"))
	switch {
	case !ok || err != nil || at.Format("20060102") != sig.date:
		return refuse("IncompleteSignatureException", "Authorization or X-Amz-Date is missing a part")
	// An unknown key is reported before the signature, which depends on the
	// key.
	case sig.keyID != s.credentials.AccessKeyID:
		return refuse("UnrecognizedClientException", "the access key is unknown")
	case r.Header.Get("X-Amz-Security-Token") != s.credentials.SessionToken:
		return refuse("UnrecognizedClientException", "the security token does not belong to the access key")
	case now.Sub(at).Abs() > maxSkew:
		return refuse("RequestTimeTooSkewed", "X-Amz-Date is %s, the server's time is %s", at.Format(timeFormat),
			now.UTC().Format(timeFormat))
	// The region is not compared: requests for any region are accepted.
	case sig.service != "workdocs":
		return refuse("InvalidSignatureException", "the signature is for %s, not workdocs", sig.service)
	case !coversHeaders(sig.headers, r.Header):
		return refuse("InvalidSignatureException", "Host and the X-Amz- headers must be signed")
	}
	digest := sha256.Sum256(body)
	payload := hex.EncodeToString(digest[:])
	// The header is optional; the signature covers the digest of the body
	// anyway.
	if given, ok := r.Header["X-Amz-Content-Sha256"]; ok && given[0] != payload {
		return refuse("InvalidSignatureException", "X-Amz-Content-Sha256 is not the digest of the body")
	}
	digest = sha256.Sum256([]byte(canonicalRequest(r, sig.headers, payload)))
	scope := []string{sig.date, sig.region, sig.service, "aws4_request"}
	// The signing key is derived from the parts of the scope one after the
	// other. The last step of the loop signs the request itself.
	key := []byte("AWS4" + s.credentials.SecretAccessKey)
	for _, part := range append(scope, algorithm+"\n"+at.Format(timeFormat)+"\n"+strings.Join(scope,
		"/")+"\n"+hex.EncodeToString(digest[:])) {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(part))
		key = m.Sum(nil)
	}
	if !hmac.Equal([]byte(hex.EncodeToString(key)), []byte(sig.value)) {
		return refuse("InvalidSignatureException", "the signature does not match the request")
	}
	return nil
}

// coversHeaders reports whether the signed headers include all that a signature
// must cover.
func coversHeaders(signed []string, header http.Header) bool {
	if !slices.Contains(signed, "host") {
		return false
	}
	for name := range header {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-amz-") && !slices.Contains(signed, name) {
			return false
		}
	}
	return true
}

// canonicalRequest builds the canonical request of Signature Version 4 from what
// arrived, independently of the code that signs.
func canonicalRequest(r *http.Request, signed []string, payload string) string {
	// For every service except S3, the path is escaped a second time for signing.
	segments := strings.Split(r.URL.EscapedPath(), "/")
	for i, segment := range segments {
		segments[i] = escape(segment)
	}
	lines := []string{r.Method, strings.Join(segments, "/"), canonicalQuery(r.URL.Query())}
	for _, name := range signed {
		values := slices.Clone(r.Header.Values(name))
		switch name {
		case "host":
			values = []string{r.Host}
		// Go keeps the length in the request and removes the header.
		case "content-length":
			values = []string{strconv.FormatInt(r.ContentLength, 10)}
		}
		// Runs of spaces count as one space, and those at the ends do not
		// count.
		for i, value := range values {
			values[i] = strings.Join(strings.Fields(value), " ")
		}
		lines = append(lines, name+":"+strings.Join(values, ","))
	}
	lines = append(lines, "", strings.Join(signed, ";"), payload)
	return strings.Join(lines, "\n")
}

// canonicalQuery encodes a query sorted by name and value, with %20 for a
// space. It encodes the parsed query anew, so how the client escaped it makes
// no difference.
func canonicalQuery(query url.Values) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, value := range slices.Sorted(slices.Values(query[name])) {
			pairs = append(pairs, escape(name)+"="+escape(value))
		}
	}
	return strings.Join(pairs, "&")
}

// escape percent-encodes everything but the unreserved characters of RFC 3986.
func escape(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}
