package call_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/wire"
)

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// What a route holds comes from the request, or else from the service.
func TestVars(t *testing.T) {
	var path string
	peer, err := exchange.NewPeer("docs", "", docferry.HTTP{Transport: transport(func(r *http.Request) (*http.Response,
		error) {
		path = r.URL.Path
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader("{}"))}, nil
	})})
	if err != nil {
		t.Fatal(err)
	}
	c := &call.Client{Service: call.Service{
		Base: &url.URL{Scheme: "https", Host: "docs.example.com"}, Dialect: &wire.Dialect{JSON: call.Lenient()},
		Vars:      map[string]string{"version": "1.2"},
		Authorize: func(context.Context, *http.Request, []byte) error { return nil },
		Refusal:   func(*exchange.Answer) (*docferry.Error, bool) { return nil, false },
	}, Peer: peer}
	type named struct {
		Version string `path:"version"`
	}
	for _, test := range []struct {
		request any
		want    string
	}{
		{struct{}{}, "/api/1.2"},
		{named{"1.1"}, "/api/1.1"},
	} {
		if err := call.Exec(t.Context(), c, call.NewOp("GetVersion", "GET /api/{version}", call.Safe), test.request,
			nil); err != nil || path != test.want {
			t.Errorf("sent to %q, want %q: %v", path, test.want, err)
		}
	}
}
