package workdocs_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/workdocs"
)

var keys = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret"}, nil
})

func TestNewRefuses(t *testing.T) {
	for field, cfg := range map[string]workdocs.Config{
		"Config.Region":                   {},
		"Config.Region ":                  {Region: "eu-west-1/../x"},
		"Config.AuthenticationToken":      {Region: "eu-west-1", Credentials: keys, AuthenticationToken: "t"},
		"Config.FIPS":                     {Endpoint: "https://x.example.com", FIPS: true},
		"Config.DualStack":                {Endpoint: "https://x.example.com", DualStack: true},
		"Config.Endpoint":                 {Endpoint: "x.example.com"},
		"Config.Endpoint ":                {Endpoint: "https://user:password@x.example.com"},
		"Config.Endpoint  ":               {Endpoint: "https://x.example.com/?a=b"},
		"Config.Endpoint of another kind": {Endpoint: "ftp://x.example.com"},
	} {
		want, _, _ := strings.Cut(field, " ")
		_, err := workdocs.New(cfg)
		bad, ok := errors.AsType[*docferry.InputError](err)
		if !ok || bad.Field != want || strings.Contains(err.Error(), "password") {
			t.Errorf("%q: %v", field, err)
		}
	}
}

func TestEndpoints(t *testing.T) {
	for want, cfg := range map[string]workdocs.Config{
		"workdocs.eu-west-1.amazonaws.com":                 {Region: "eu-west-1"},
		"workdocs-fips.us-east-1.amazonaws.com":            {Region: "us-east-1", FIPS: true},
		"workdocs.us-east-1.api.aws":                       {Region: "us-east-1", DualStack: true},
		"workdocs-fips.us-gov-west-1.api.aws":              {Region: "us-gov-west-1", FIPS: true, DualStack: true},
		"workdocs-fips.us-gov-west-1.amazonaws.com":        {Region: "us-gov-west-1", FIPS: true},
		"workdocs.cn-north-1.amazonaws.com.cn":             {Region: "cn-north-1"},
		"workdocs.cn-north-1.api.amazonwebservices.com.cn": {Region: "cn-north-1", DualStack: true},
		"workdocs.us-iso-east-1.c2s.ic.gov":                {Region: "us-iso-east-1"},
		"workdocs.us-isob-east-1.sc2s.sgov.gov":            {Region: "us-isob-east-1"},
		"workdocs.eusc-de-east-1.amazonaws.eu":             {Region: "eusc-de-east-1"},
		"workdocs.zz-nowhere-1.amazonaws.com":              {Region: "zz-nowhere-1"},
		"127.0.0.1:8080":                                   {Endpoint: "http://127.0.0.1:8080"},
	} {
		host := ""
		cfg.Credentials = keys
		cfg.HTTP.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			host = r.URL.Host
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}, nil
		})
		c, err := workdocs.New(cfg)
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if _, err := c.GetFolder(background, workdocs.GetFolderRequest{FolderID: "f"}); err != nil || host != want {
			t.Errorf("asked %s, want %s (%v)", host, want, err)
		}
	}
}

// TestAccess checks what lets a request in, and that nothing is sent without.
func TestAccess(t *testing.T) {
	failing := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("no role")
	})
	for name, c := range map[string]struct {
		cfg           workdocs.Config
		token         docferry.Secret // of the request
		signed        bool
		authenticated string
		fails         string // what the error says
	}{
		"credentials": {cfg: workdocs.Config{Credentials: keys}, signed: true},
		"credentials and a user": {cfg: workdocs.Config{Credentials: keys}, token: "user", signed: true,
			authenticated: "user"},
		"token": {cfg: workdocs.Config{AuthenticationToken: "mine"}, authenticated: "mine"},
		"token of the request": {cfg: workdocs.Config{AuthenticationToken: "mine"}, token: "user",
			authenticated: "user"},
		"only a token of the request": {token: "user", authenticated: "user"},
		"nothing":                     {fails: "AuthenticationToken is required"},
		"credentials that fail":       {cfg: workdocs.Config{Credentials: failing}, fails: "no role"},
		"credentials that are empty": {cfg: workdocs.Config{Credentials: aws.AnonymousCredentials{}},
			fails: "not a valid credential provider"},
		"a token with a line break": {cfg: workdocs.Config{}, token: "a\r\nb",
			fails: "AuthenticationToken has a control character"},
	} {
		t.Run(name, func(t *testing.T) {
			var sent *http.Request
			c.cfg.Region = "eu-west-1"
			c.cfg.HTTP.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
				sent = r
				return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}, nil
			})
			client, err := workdocs.New(c.cfg)
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.GetFolder(background, workdocs.GetFolderRequest{FolderID: "a+b@c.d-e", AuthenticationToken: c.token})
			if c.fails != "" {
				if err == nil || sent != nil || !strings.Contains(err.Error(), c.fails) {
					t.Errorf("sent: %v, got %v", sent != nil, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if signed := strings.HasPrefix(sent.Header.Get("Authorization"),
				"AWS4-HMAC-SHA256 Credential=AKID/"); signed != c.signed {
				t.Errorf("signed: %v", signed)
			}
			if got := sent.Header.Get("Authentication"); got != c.authenticated {
				t.Errorf("authenticated as %q, want %q", got, c.authenticated)
			}
			if target := sent.URL.RequestURI(); target != "/api/v1/folders/a%2Bb%40c.d-e" {
				t.Errorf("asked for %s", target)
			}
		})
	}
}

// TestUsersToken checks the operations that are for users only: the token of
// the client will do.
func TestUsersToken(t *testing.T) {
	for token, want := range map[docferry.Secret]string{"": "mine", "user": "user"} {
		var sent []string
		c, err := workdocs.New(workdocs.Config{Region: "eu-west-1", AuthenticationToken: "mine", HTTP: docferry.HTTP{
			Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				sent = append(sent, r.Header.Get("Authentication"))
				return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}, nil
			})}})
		if err != nil {
			t.Fatal(err)
		}
		_, first := c.GetCurrentUser(background, workdocs.GetCurrentUserRequest{AuthenticationToken: token})
		_, second := c.DescribeRootFolders(background, workdocs.DescribeRootFoldersRequest{AuthenticationToken: token})
		if err := errors.Join(first, second); err != nil || len(sent) != 2 || sent[0] != want || sent[1] != want {
			t.Errorf("with the token %q: sent %q, want %q (%v)", string(token), sent, want, err)
		}
	}
}
