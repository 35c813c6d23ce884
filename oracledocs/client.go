package oracledocs

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

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
	auth := authorizer{auth: cfg.Auth, base: base}
	return &Client{
		core: &call.Client{Peer: exchange.NewPeer(service, "X-Oracle-Dms-Ecid", cfg.HTTP), Service: call.Service{
			Base: base, Dialect: dialect, Vars: map[string]string{"version": string(cfg.APIVersion)},
			Authorize: auth.authorize, Refusal: refusal, Doubtful: doubtful,
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
		return fmt.Errorf("refusing to send credentials to another host than %s", a.base.Host)
	}
	value, err := a.auth.authorization(ctx)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", value)
	return nil
}
