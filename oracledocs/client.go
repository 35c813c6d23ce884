package oracledocs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/transport"
)

// Version is a version of the API.
type Version string

// The versions that Oracle documents. They are served side by side.
const (
	V1_1 Version = "1.1"
	V1_2 Version = "1.2"
)

// Config says where the service is and how requests are authenticated.
type Config struct {
	// BaseURL is the address of the service instance, as in
	// "https://docs.example.com". Required.
	BaseURL string
	// Auth authenticates requests. If it is nil, no credentials are sent: use that
	// with a Transport that keeps a session of its own, or with public links.
	Auth Auth
	// APIVersion is the version of the API to speak. Default V1_2.
	APIVersion Version
	// HTTP says how requests are sent. The zero value works.
	HTTP docferry.HTTP
}

const service = "oracledocs"

// Client calls the operations of the API. It is safe for concurrent use.
type Client struct {
	core *call.Client
}

// New returns a client. It sends nothing. The error, if any, is a
// [*docferry.InputError] that names the field of cfg.
func New(cfg Config) (*Client, error) {
	bad := func(field, reason string) (*Client, error) {
		return nil, &docferry.InputError{Service: service, Operation: "New", Field: "Config." + field, Reason: reason}
	}
	base, err := transport.ParseBase(cfg.BaseURL)
	if err != nil {
		return bad("BaseURL", err.Error())
	}
	switch cfg.APIVersion {
	case "":
		cfg.APIVersion = V1_2
	case V1_1, V1_2:
	default:
		return bad("APIVersion", fmt.Sprintf("is %q; the versions are 1.1 and 1.2", cfg.APIVersion))
	}
	dialect := newDialect(cfg.APIVersion)
	peer, err := exchange.NewPeer(service, "X-Oracle-Dms-Ecid", cfg.HTTP)
	if err != nil {
		return nil, err
	}
	auth := authorizer{auth: cfg.Auth, base: base}
	return &Client{
		core: &call.Client{Peer: peer, Service: call.Service{
			Base: base, Dialect: dialect, Vars: map[string]string{"version": string(cfg.APIVersion)},
			Authorize: auth.authorize, Renew: auth.renew, Refusal: refusal, Doubtful: doubtful,
		}},
	}, nil
}

// CloseIdleConnections closes the connections that are not in use. The client
// can still be used.
func (c *Client) CloseIdleConnections() { c.core.Peer.CloseIdleConnections() }

// authorizer gives credentials to requests for one host only.
type authorizer struct {
	auth Auth
	base *url.URL
}

func (a authorizer) authorize(ctx context.Context, req *http.Request, _ []byte) error {
	if a.auth == nil {
		return nil
	}
	if req.URL.Scheme != a.base.Scheme || req.URL.Host != a.base.Host {
		return fmt.Errorf("credentials are sent only to %s, the host of Config.BaseURL", a.base.Host)
	}
	value, err := a.auth.authorization(ctx, "")
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", value)
	return nil
}

// renew asks for another token after that of a request was refused. The new one
// authorizes what is left of the call.
func (a authorizer) renew(sent *http.Request, refused *docferry.Error) call.Authorize {
	used := sent.Header.Get("Authorization")
	if a.auth == nil || used == "" || !errors.Is(refused, docferry.ErrUnauthenticated) &&
		refused.StatusCode != http.StatusUnauthorized {
		return nil
	}
	value, err := a.auth.authorization(sent.Context(), strings.TrimPrefix(used, "Bearer "))
	if err != nil || value == used {
		return nil
	}
	return func(_ context.Context, req *http.Request, _ []byte) error {
		req.Header.Set("Authorization", value)
		return nil
	}
}
