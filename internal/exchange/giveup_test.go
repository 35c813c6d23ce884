package exchange

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry"
)

// F122: an error that ended before its attempts were used up says why.
func TestWhyNoFurtherAttemptWasMade(t *testing.T) {
	for name, tt := range map[string]struct {
		within time.Duration // the deadline of the call
		wait   string        // that the service asks for
		policy docferry.Retry
		spent  bool // the budget is
		says   string
	}{
		"the budget": {time.Hour, "", fast, true, "not repeated: the budget for retries is spent"},
		"a long wait": {2 * time.Hour, "3600", fast, false,
			"not repeated: the wait is longer than HTTP.Retry.MaxRetryAfter allows"},
		"the deadline": {5 * time.Second, "20", fast, false, "not repeated: the deadline is before the next attempt"},
		"nothing":      {time.Hour, "", fast, false, ""},
	} {
		pace := new(docferry.Pace)
		h := func(h *docferry.HTTP) { h.Pace = pace }
		if tt.spent {
			for range 100 { // each lets one attempt follow
				_, _ = perform(t, Idempotent, &script{statuses: []int{503, 404}}, h, nil)
			}
		}
		address, _ := serve(t, reply(503, "<Error><Code>ServiceUnavailable</Code></Error>", "Retry-After", tt.wait))
		x, task := exchange(t, address, Idempotent)
		x.Peer = must(NewStorage("upload", docferry.HTTP{Retry: tt.policy, AllowPrivate: true, Pace: pace}))
		task.peer = x.Peer
		ctx, cancel := context.WithTimeout(t.Context(), tt.within)
		_, err := x.Run(ctx, task)
		cancel()
		x.Peer.CloseIdleConnections()
		refused, ok := errors.AsType[*docferry.Error](err)
		if !ok || (refused.GaveUp != nil) != (tt.says != "") || !strings.Contains(err.Error(), tt.says) ||
			errors.Is(err, docferry.ErrRetryBudget) != tt.spent || tt.says == "" &&
			strings.Contains(err.Error(), "not repeated") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The lack of an answer says it too.
	pace := new(docferry.Pace)
	h := func(h *docferry.HTTP) { h.Pace = pace }
	for range 100 {
		_, _ = perform(t, Idempotent, &script{statuses: []int{503, 404}}, h, nil)
	}
	_, err := perform(t, Idempotent, &script{statuses: []int{0}}, h, nil)
	if lost, ok := errors.AsType[*docferry.TransportError](err); !ok || !errors.Is(err, docferry.ErrRetryBudget) ||
		lost.Attempts != 1 || !docferry.OutcomeUnknown(err) {
		t.Errorf("lost: %v", err)
	}
}

// Settings of the built-in transport are not ignored silently.
func TestSettingsThatHaveNoEffect(t *testing.T) {
	for field, h := range map[string]docferry.HTTP{
		"HTTP.TLS":   {Transport: &script{}, TLS: new(tls.Config)},
		"HTTP.Proxy": {Transport: &script{}, Proxy: func(*http.Request) (*url.URL, error) { return nil, nil }},
	} {
		_, err := NewPeer("test", "", h)
		if bad, ok := errors.AsType[*docferry.InputError](err); !ok || bad.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
