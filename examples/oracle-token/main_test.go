package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
)

func TestRun(t *testing.T) {
	srv := oracledocstest.NewServer(t)
	srv.AddFile(oracledocstest.User, "self", "report.txt", []byte("all is well"))
	token := srv.AddToken(oracledocstest.User)
	asked := 0
	idcs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if id, secret, ok := r.BasicAuth(); !ok || id != "client" || secret != "secret" ||
			r.FormValue("grant_type") != "client_credentials" {
			http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":604800}`, token)
	}))
	defer idcs.Close()
	args := []string{"-url", srv.URL, "-idcs", idcs.URL, "-client", "client", "-scope", "urn:opc:cec:all"}
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), args, "secret", &stdout, &stderr); code != 0 ||
		!strings.Contains(stdout.String(), "11 report.txt") || asked != 1 {
		t.Errorf("exit %d, asked %d times for a token\n%s%s", code, asked, &stdout, &stderr)
	}
	stdout.Reset()
	if code := run(t.Context(), args, "wrong", &stdout, &stderr); code != 1 || stderr.Len() == 0 {
		t.Errorf("a wrong secret: exit %d, %q", code, stderr.String())
	}
}
