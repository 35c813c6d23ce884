package workdocstest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// TestSignedPaths checks the escaping of paths against the AWS SDK's signer: an
// id that is signed right is either found missing or found malformed.
func TestSignedPaths(t *testing.T) {
	f := newFixture(t)
	for path, code := range map[string]string{
		"/api/v1/documents/a+b@c.d-e":          "EntityNotExistsException",
		"/api/v1/documents/a%2Bb%40c.d-e":      "EntityNotExistsException",
		"/api/v1/documents/..":                 "EntityNotExistsException", // two dots match the pattern
		"/api/v1/documents/a%20b":              "InvalidArgumentException",
		"/api/v1/documents/a%252Fb":            "InvalidArgumentException",
		"/api/v1/documents/a%2Fb":              "InvalidArgumentException",
		"/api/v1/documents/%C3%A4":             "InvalidArgumentException",
		"/api/v1/users/S-1-1&d-1/activation":   "EntityNotExistsException",
		"/api/v1/users/S-1%261/activation":     "EntityNotExistsException",
		"/api/v1/folders/_~/contents":          "InvalidArgumentException",
		"/api/v1/nothing/here":                 "UnknownOperationException",
		"/api/v1/documents/a?includeX=%20+%7E": "InvalidArgumentException",
	} {
		method := "GET"
		if strings.Contains(path, "activation") {
			method = "POST"
		}
		if got := f.call(method, path, ""); got.code() != code {
			t.Errorf("%s: got %d %s %s, want %s", path, got.status, got.code(), got.body, code)
		}
	}
}

func TestAuthentication(t *testing.T) {
	f := newFixture(t)
	_, token := f.AddUser("ada")
	valid, _ := f.Credentials().Retrieve(context.Background())
	document, _ := f.AddDocument(f.RootFolder(), "a.txt", nil)
	sign := func(change func(*aws.Credentials), at time.Time) func(*http.Request) {
		return func(r *http.Request) {
			credentials := valid
			change(&credentials)
			signWith(t, r, credentials, "eu-central-1", at)
		}
	}
	asIs := func(*aws.Credentials) {}
	for name, test := range map[string]struct {
		prepare func(*http.Request)
		status  int
		code    string
	}{
		"signed":           {sign(asIs, f.now), 200, ""},
		"almost too early": {sign(asIs, f.now.Add(-14*time.Minute)), 200, ""},
		"too early":        {sign(asIs, f.now.Add(-15*time.Minute)), 403, "RequestTimeTooSkewed"},
		"too late":         {sign(asIs, f.now.Add(16*time.Minute)), 403, "RequestTimeTooSkewed"},
		"wrong secret": {sign(func(c *aws.Credentials) { c.SecretAccessKey += "x" }, f.now), 403,
			"InvalidSignatureException"},
		"unknown key": {sign(func(c *aws.Credentials) { c.AccessKeyID += "x" }, f.now), 403,
			"UnrecognizedClientException"},
		"session token": {sign(func(c *aws.Credentials) { c.SessionToken = "x" }, f.now), 403,
			"UnrecognizedClientException"},
		"nothing": {func(*http.Request) {}, 403, "MissingAuthenticationTokenException"},
		"another scheme": {func(r *http.Request) { r.Header.Set("Authorization", "Basic eA==") }, 400,
			"IncompleteSignatureException"},
		"unknown token": {func(r *http.Request) { r.Header.Set("Authentication", "x") }, 403,
			"UnauthorizedOperationException"},
		"empty token": {func(r *http.Request) { r.Header.Set("Authentication", "") }, 400, "InvalidArgumentException"},
		"token of no reader": {func(r *http.Request) { r.Header.Set("Authentication", token) }, 404,
			"UnauthorizedResourceAccessException"},
		"both, of no reader": {func(r *http.Request) {
			r.Header.Set("Authentication", token)
			sign(asIs, f.now)(r)
		}, 404, "UnauthorizedResourceAccessException"},
		"both, wrong secret": {func(r *http.Request) {
			r.Header.Set("Authentication", token)
			sign(func(c *aws.Credentials) { c.SecretAccessKey += "x" }, f.now)(r)
		}, 403, "InvalidSignatureException"},
		"another service": {func(r *http.Request) {
			sign(asIs, f.now)(r)
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "/workdocs/", "/s3/", 1))
		}, 403, "InvalidSignatureException"},
		"query changed": {func(r *http.Request) {
			sign(asIs, f.now)(r)
			r.URL.RawQuery = "includeCustomMetadata=true"
		}, 403, "InvalidSignatureException"},
		"unsigned x-amz header": {func(r *http.Request) {
			sign(asIs, f.now)(r)
			r.Header.Set("X-Amz-Target", "x")
		}, 403, "InvalidSignatureException"},
		"wrong payload digest": {func(r *http.Request) {
			r.Header.Set("X-Amz-Content-Sha256", strings.Repeat("0", 64))
			sign(asIs, f.now)(r)
		}, 403, "InvalidSignatureException"},
	} {
		t.Run(name, func(t *testing.T) {
			r := f.request("GET", "/api/v1/documents/"+document, "")
			test.prepare(r)
			got := f.send(r)
			if got.status != test.status || got.code() != test.code {
				t.Errorf("got %d %q %s, want %d %q", got.status, got.code(), got.body, test.status, test.code)
			}
			if got.header.Get("X-Amzn-Requestid") == "" || got.header.Get("Date") != "Sun, 01 Mar 2026 12:00:00 GMT" {
				t.Errorf("headers: %v", got.header)
			}
		})
	}
}

func TestSetCredentials(t *testing.T) {
	f := newFixture(t)
	old, _ := f.Credentials().Retrieve(context.Background())
	f.SetCredentials(aws.Credentials{AccessKeyID: "ASIAROTATED", SecretAccessKey: "new", SessionToken: "a/b+c=="})
	f.want(f.call("GET", "/api/v1/folders/"+f.RootFolder(), ""), 200, "")
	r := f.request("GET", "/api/v1/folders/"+f.RootFolder(), "")
	signWith(t, r, old, "us-east-1", f.now)
	f.want(f.send(r), 403, "UnrecognizedClientException")
}
