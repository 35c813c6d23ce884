package sigv4

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/docferry/docferry/internal/wire"
)

const testHost = "workdocs.eu-west-1.amazonaws.com"

// provider gives what its turn says, and the same for ever after.
type provider struct {
	turns []aws.Credentials
	err   error
}

func (p *provider) Retrieve(context.Context) (aws.Credentials, error) {
	now := p.turns[0]
	if len(p.turns) > 1 {
		p.turns = p.turns[1:]
	}
	return now, p.err
}

func keys(token string) aws.Credentials {
	return aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret, SessionToken: token}
}

func signer(turns ...aws.Credentials) *Signer {
	if len(turns) == 0 {
		turns = []aws.Credentials{keys("")}
	}
	return New(&provider{turns: turns}, "workdocs", "eu-west-1", testHost)
}

// request builds a request as the client does.
func request(method, id, marker, body string) *http.Request {
	path, escaped, _ := wire.Expand("/api/v1/documents/{Id}/versions", wire.Values{{Name: "Id", Text: id}})
	u := &url.URL{Scheme: "https", Host: testHost, Path: path, RawPath: escaped}
	if marker != "" {
		u.RawQuery = strings.ReplaceAll(url.Values{"marker": {marker}, "limit": {"9"}}.Encode(), "+", "%20")
	}
	req := &http.Request{Method: method, URL: u, Host: u.Host, Header: make(http.Header), Body: http.NoBody,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	if body != "" {
		req.Body, req.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

// serve signs, sends and verifies by a service's clock.
func serve(s *Signer, req *http.Request, body string, clock time.Time) error {
	if err := s.Sign(context.Background(), req, []byte(body)); err != nil {
		return err
	}
	req.Header.Set("User-Agent", "changed on the way") // not signed
	req.Header.Set("Accept-Encoding", "identity")
	got, err := received(req)
	if err != nil {
		return err
	}
	return verify(got, clock)
}

func TestSignatures(t *testing.T) {
	for _, id := range []string{"abc", "a+b@c.d-e", "a&b,c", "a b", "a/b", "%2F", "é", "\u202e名", "~-._", "a:b;c=d?e#f",
		"*'()!"} {
		for _, marker := range []string{"", "m", "a b", "a;b", "%zz", "a+b", "x=y&z", "é\u00ff", "\x00\x01"} {
			for _, body := range []string{"", `{"Name":"é"}`} {
				method := http.MethodGet
				if body != "" {
					method = http.MethodPost
				}
				if err := serve(signer(keys("token/+==")), request(method, id, marker, body), body, time.Now()); err != nil {
					t.Errorf("id %q, marker %q, body %q: %v", id, marker, body, err)
				}
			}
		}
	}
}

// The host that is signed is the one that is sent, however the endpoint writes it.
func TestSignedHostIsSent(t *testing.T) {
	for endpoint, want := range map[string]string{
		"https://h.example":         "h.example",
		"https://h.example:443":     "h.example",
		"https://h.example:":        "h.example",
		"https://H.Example:443":     "H.Example",
		"https://h.example:80":      "h.example:80",
		"http://h.example:80":       "h.example",
		"http://h.example:443":      "h.example:443",
		"http://[::1]":              "[::1]",
		"http://[::1]:80":           "[::1]",
		"https://[::1]:443":         "[::1]",
		"http://[::1]:8080":         "[::1]:8080",
		"http://[fe80::1%25lo]":     "[fe80::1]",
		"http://[fe80::1%25lo]:80":  "[fe80::1]",
		"http://[fe80::1%25lo]:808": "[fe80::1]:808",
	} {
		base, err := url.Parse(endpoint)
		if err != nil {
			t.Fatal(err)
		}
		req := request(http.MethodGet, "id", "", "")
		req.URL.Scheme, req.URL.Host, req.Host = base.Scheme, base.Host, base.Host
		s := New(&provider{turns: []aws.Credentials{keys("")}}, "workdocs", "eu-west-1", base.Host)
		if err := s.Sign(t.Context(), req, nil); err != nil {
			t.Errorf("%s: %v", endpoint, err)
			continue
		}
		got, err := received(req)
		if err != nil {
			t.Errorf("%s: %v", endpoint, err)
			continue
		}
		if err := verify(got, time.Now()); err != nil || got.Host != want {
			t.Errorf("%s is sent as %q, want %q: %v", endpoint, got.Host, want, err)
		}
	}
}

// Net/http would send it as xn--, after it was signed.
func TestHostOutsideOfASCIIIsNotSigned(t *testing.T) {
	s := New(&provider{turns: []aws.Credentials{keys("")}}, "workdocs", "eu-west-1", "bücher.example")
	req := request(http.MethodGet, "id", "", "")
	req.URL.Host = s.Host
	if err := s.Sign(t.Context(), req, nil); err == nil || !strings.Contains(err.Error(), "xn--") ||
		req.Header.Get("Authorization") != "" {
		t.Errorf("signed: %q, error %v", req.Header.Get("Authorization"), err)
	}
}

// The verifier has to notice what is changed after signing.
func TestVerifierNotices(t *testing.T) {
	for name, change := range map[string]func(r *http.Request){
		"path":   func(r *http.Request) { r.URL.Path, r.URL.RawPath = r.URL.Path+"x", r.URL.RawPath+"x" },
		"query":  func(r *http.Request) { r.URL.RawQuery += "&x=y" },
		"token":  func(r *http.Request) { r.Header.Set("X-Amz-Security-Token", "other") },
		"date":   func(r *http.Request) { r.Header.Set("X-Amz-Date", "20200101T000000Z") },
		"host":   func(r *http.Request) { r.Host = "other.example" },
		"body":   func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`{"b":1}`)) },
		"method": func(r *http.Request) { r.Method = http.MethodPut },
	} {
		req := request(http.MethodPost, "id", "m", `{"a":1}`)
		if err := signer(keys("token")).Sign(t.Context(), req, []byte(`{"a":1}`)); err != nil {
			t.Fatal(err)
		}
		change(req)
		got, err := received(req)
		if err != nil {
			t.Fatal(err)
		}
		if verify(got, time.Now()) == nil {
			t.Errorf("a changed %s is not noticed", name)
		}
	}
}

func FuzzSignature(f *testing.F) {
	f.Add("id", "marker", "body", "token")
	f.Add("a+b@c.d-e", "a;b%zz\xff+ &=\x00", `{"a":"é"}`, "a/+==")
	f.Add("//..//", "%%%", "\xff", "")
	f.Fuzz(func(t *testing.T, id, marker, body, token string) {
		if id == "" || wire.CheckHeaderValue(token) != nil {
			return
		}
		if err := serve(signer(keys(strings.Join(strings.Fields(token), ""))), request(http.MethodPost, id, marker, body),
			body, time.Now()); err != nil {
			t.Errorf("id %q, marker %q, body %q, token %q: %v", id, marker, body, token, err)
		}
	})
}

func TestEachAttemptIsSignedAfresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other := aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret}
		s := signer(keys("first"), keys("second"), other)
		req := request(http.MethodGet, "id", "m", "")
		dates := map[string]bool{}
		for _, token := range []string{"first", "second", ""} {
			if err := serve(s, req, "", time.Now()); err != nil {
				t.Error(err)
			}
			if got := req.Header.Get("X-Amz-Security-Token"); got != token {
				t.Errorf("token %q, want %q", got, token)
			}
			dates[req.Header.Get("X-Amz-Date")] = true
			req.Header.Del("User-Agent")
			req.Header.Del("Accept-Encoding")
			time.Sleep(20 * time.Minute)
		}
		if len(dates) != 3 {
			t.Errorf("dates %v", dates)
		}
	})
}

func TestSignRefuses(t *testing.T) {
	failed := errors.New("no profile")
	broken := signer()
	broken.Credentials.(*provider).err = failed
	at := func(host string) *http.Request {
		req := request(http.MethodGet, "id", "", "")
		req.URL.Host = host
		return req
	}
	for name, tt := range map[string]struct {
		s    *Signer
		req  *http.Request
		want error
	}{
		"foreign host":    {signer(), at("evil.example"), nil},
		"other port":      {signer(), at(testHost + ":8443"), nil},
		"subdomain":       {signer(), at("x." + testHost), nil},
		"suffix":          {signer(), at(testHost + ".evil.example"), nil},
		"no credentials":  {broken, at(testHost), failed},
		"empty":           {signer(aws.Credentials{}), at(testHost), nil},
		"only half a key": {signer(aws.Credentials{AccessKeyID: testKey}), at(testHost), nil},
	} {
		err := tt.s.Sign(t.Context(), tt.req, nil)
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) || strings.Contains(err.Error(), testSecret) {
			t.Errorf("%s: %v", name, err)
		}
		if len(tt.req.Header) != 0 {
			t.Errorf("%s: headers %v", name, tt.req.Header)
		}
	}
}
