package connectparticipant

import (
	"context"
	"crypto/rand"
	"net/http"
	"sync"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/awsrest"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/exchange"
)

// Config says where the service is.
type Config struct {
	// Region is the AWS region of the Connect instance, such as "us-west-2".
	Region string
	// Endpoint replaces the URL that follows from the region, as in
	// "http://127.0.0.1:8080".
	Endpoint string
	// FIPS selects the endpoint with validated cryptography.
	FIPS bool
	// DualStack selects the endpoint that also supports IPv6.
	DualStack bool
	// HTTP says how requests are sent. The zero value works.
	HTTP docferry.HTTP
}

const service = "connectparticipant"

// Client calls the operations of the Participant Service. It is safe for
// concurrent use, by any number of participants.
type Client struct {
	core    *call.Client
	storage *exchange.Peer // the hosts of the presigned URLs and of the websocket
	beats   beats          // of the websockets

	mu      sync.Mutex // guards the field below
	doubted time.Time  // when doubtConnections was called last
}

// New returns a client. It sends nothing. The error, if any, is a
// [*docferry.InputError] that names the field of cfg.
func New(cfg Config) (*Client, error) {
	endpoint := awsrest.Endpoint{Region: cfg.Region, Custom: cfg.Endpoint, FIPS: cfg.FIPS, DualStack: cfg.DualStack}
	base, field, err := endpoint.Resolve(awsrest.Names{
		Standard: "participant.connect", FIPS: "participant.connect-fips", GovFIPS: "participant.connect"})
	if err != nil {
		return nil, &docferry.InputError{Service: service, Operation: "New", Field: "Config." + field, Reason: err.Error()}
	}
	peer, err := exchange.NewPeer(service, awsrest.RequestID, cfg.HTTP)
	if err != nil {
		return nil, err
	}
	return &Client{
		core: &call.Client{Peer: peer, Service: call.Service{
			Base: base, Dialect: dialect,
			Authorize: func(context.Context, *http.Request, []byte) error { return nil }, // the token is a field of each request
			Refusal:   refusal,
		}},
		storage: peer.Storage(base),
		beats:   beats{every: heartbeatTime, answer: answerTime},
	}, nil
}

// CloseIdleConnections closes the connections that are not in use. The client
// can still be used.
func (c *Client) CloseIdleConnections() {
	c.core.Peer.CloseIdleConnections()
	c.storage.CloseIdleConnections()
}

// doubtConnections closes the connections that are not in use, since they may be
// dead. If many chats doubt them at the same time, once is enough: what has been made
// since is sound.
func (c *Client) doubtConnections() {
	c.mu.Lock()
	now := time.Now()
	recently := now.Sub(c.doubted) < c.beats.answer
	if !recently {
		c.doubted = now
	}
	c.mu.Unlock()
	if !recently {
		c.CloseIdleConnections()
	}
}

// once returns the token that makes all attempts of one call the same
// request: the caller's, or else a new one.
func once(clientToken string) string {
	if clientToken != "" {
		return clientToken
	}
	return rand.Text()
}
