package workdocs

import (
	"context"
	"net/http"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/awsrest"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/exchange"
	"github.com/docferry/docferry/internal/sigv4"
	"github.com/docferry/docferry/upload"
)

// Config says where WorkDocs is and how requests are authenticated.
type Config struct {
	// Region is the AWS region, such as "eu-west-1". It is required unless Endpoint
	// is set. With an Endpoint, it is used only in signatures and defaults to
	// "us-east-1".
	Region string

	// Credentials authenticate requests as an administrator. They are retrieved for
	// each request, so a provider should cache them: see aws.NewCredentialsCache. If
	// WorkDocs refuses them because they have expired, they are retrieved once more,
	// past that cache.
	Credentials aws.CredentialsProvider

	// AuthenticationToken authenticates requests as a user of the site, unless a
	// request has a token of its own. Set either this or Credentials; with neither,
	// every request must have its own token.
	AuthenticationToken docferry.Secret

	// Endpoint replaces the URL that is derived from the region, for example with
	// "http://127.0.0.1:8080". It cannot be combined with FIPS or DualStack.
	Endpoint string
	// FIPS selects the region's endpoint with FIPS-validated cryptography.
	FIPS bool
	// DualStack selects the region's endpoint that also supports IPv6.
	DualStack bool

	// HTTP says how requests are sent. The zero value works.
	HTTP docferry.HTTP
}

const service = "workdocs"

// Client calls the operations of WorkDocs. It is safe for concurrent use.
type Client struct {
	core    *call.Client
	storage *exchange.Peer  // the hosts of the presigned URLs
	token   docferry.Secret // from Config, for the operations that always need one

	draftsMu   sync.Mutex
	draftsHeld map[upload.Ref]bool // the drafts of uploads that are in progress
}

// New returns a client. It sends no requests. If cfg is invalid, the error is a
// [*docferry.InputError] that names the field.
func New(cfg Config) (*Client, error) {
	bad := func(field, reason string) (*Client, error) {
		return nil, &docferry.InputError{Service: service, Operation: "New", Field: "Config." + field, Reason: reason}
	}
	if cfg.Credentials != nil && cfg.AuthenticationToken != "" {
		return bad("AuthenticationToken", "cannot be combined with Credentials; set only one of them")
	}
	endpoint := awsrest.Endpoint{Region: cfg.Region, Custom: cfg.Endpoint, FIPS: cfg.FIPS, DualStack: cfg.DualStack}
	base, field, err := endpoint.Resolve(awsrest.Names{Standard: "workdocs", FIPS: "workdocs-fips",
		GovFIPS: "workdocs-fips"})
	if err != nil {
		return bad(field, err.Error())
	}
	if cfg.Region == "" {
		cfg.Region = "us-east-1"
	}
	auth := authorizer{token: cfg.AuthenticationToken}
	if cfg.Credentials != nil {
		auth.signer = sigv4.New(cfg.Credentials, service, cfg.Region, base.Host)
	}
	peer, err := exchange.NewPeer(service, awsrest.RequestID, cfg.HTTP)
	if err != nil {
		return nil, err
	}
	return &Client{
		core: &call.Client{Peer: peer, Service: call.Service{
			Base: base, Dialect: dialect, Authorize: auth.authorize, Renew: auth.renew, Refusal: auth.refusal,
		}},
		storage: peer.Storage(base),
		token:   cfg.AuthenticationToken,
	}, nil
}

// CloseIdleConnections closes the connections that are not in use. The client
// can still be used.
func (c *Client) CloseIdleConnections() {
	c.core.Peer.CloseIdleConnections()
	c.storage.CloseIdleConnections()
}

// authorizer authenticates requests; signer is nil without credentials.
type authorizer struct {
	signer *sigv4.Signer
	token  docferry.Secret
}

// authorize signs a request if there are credentials. Without credentials, it
// adds the configured user's token unless the request has a token of its own.
func (a *authorizer) authorize(ctx context.Context, req *http.Request, payload []byte) error {
	if a.signer != nil {
		return a.signer.Sign(ctx, req, payload)
	}
	if req.Header.Get("Authentication") == "" {
		if a.token == "" {
			return exchange.Local(&docferry.InputError{Service: service, Operation: "authorize", Field: "AuthenticationToken",
				Reason: "is required, because neither Config.Credentials nor Config.AuthenticationToken is set"})
		}
		req.Header.Set("Authentication", string(a.token))
	}
	return nil
}

// renew looks for other credentials after those of a request were refused.
func (a *authorizer) renew(sent *http.Request, refused *docferry.Error) call.Authorize {
	if a.signer == nil || !awsrest.Outdated(refused.Code) || !a.signer.Renew(sent) {
		return nil
	}
	return a.authorize
}
