package oracledocs

import (
	"net/http"
	"net/url"
	"testing"
)

// Credentials are for one scheme and host.
func TestAuthorizeOneHost(t *testing.T) {
	base := &url.URL{Scheme: "https", Host: "docs.example.com"}
	for address, want := range map[string]bool{
		"https://docs.example.com/x": true, "http://docs.example.com/x": false, "https://docs.example.com:8443/x": false,
		"https://example.com/x": false, "https://docs.example.com.evil.example/x": false,
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = authorizer{auth: BasicAuth("user", "password"), base: base}.authorize(t.Context(), req, nil)
		if got := req.Header.Get("Authorization") != ""; got != want || got != (err == nil) {
			t.Errorf("%s gets credentials: %t, error %v", address, got, err)
		}
	}
}
