package call

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/docferry/docferry"
)

// A redirect is never followed, whatever the method: no request and so no
// credential gets to the other server.
func TestRedirectsAreNotFollowed(t *testing.T) {
	target, reached := serve(t, reply(200, `{"Name":"n"}`))
	for _, status := range []int{300, 301, 302, 303, 307, 308} {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"} {
			address, requests := serve(t, reply(status, "<html>", "Location", target+"/taken?canary=1"))
			c := client(t, address)
			err := Exec(t.Context(), c, NewOp("Move", method+" /items/{Id}", Safe), bare{ID: "x"}, nil)
			refused, ok := errors.AsType[*docferry.Error](err)
			if !ok || refused.Kind != docferry.ErrProtocol || refused.StatusCode != status || requests() != 1 ||
				docferry.OutcomeUnknown(err) {
				t.Errorf("%s, %d: %v after %d requests", method, status, err, requests())
			}
			if ok && (strings.Contains(err.Error(), target) || strings.Contains(err.Error(), "canary")) {
				t.Errorf("%s, %d: the error shows the address: %v", method, status, err)
			}
			resp, err := Open(t.Context(), c, NewOp("Get", method+" /items/{Id}", Safe), bare{ID: "x"}, Content{}, nil)
			if resp != nil || !errors.Is(err, docferry.ErrProtocol) {
				t.Errorf("%s, %d, content: %v, %v", method, status, resp, err)
			}
		}
	}
	if reached() != 0 {
		t.Errorf("the other server got %d requests", reached())
	}
}

// Nor is it for a transport of the caller's that would keep credentials.
func TestRedirectWithATransportOfTheCallers(t *testing.T) {
	target, reached := serve(t, reply(200, `{"Name":"n"}`))
	address, _ := serve(t, reply(307, "", "Location", target))
	c := client(t, address, func(h *docferry.HTTP) { h.Transport = http.DefaultTransport })
	if _, err := do(t, c, Idempotent); !errors.Is(err, docferry.ErrProtocol) || reached() != 0 {
		t.Errorf("%v, %d requests at the other server", err, reached())
	}
}
