package connectparticipant

import (
	"context"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// ConnectionType names something that a participant can connect with.
type ConnectionType string

// What to ask CreateParticipantConnection for.
const (
	ConnectionTypeWebsocket             ConnectionType = "WEBSOCKET"              // live events
	ConnectionTypeConnectionCredentials ConnectionType = "CONNECTION_CREDENTIALS" // the token for all other operations
	ConnectionTypeWebRTCConnection      ConnectionType = "WEBRTC_CONNECTION"      // audio and video
)

// Websocket is where live events come from.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_Websocket.html
type Websocket struct {
	// URL: admits anyone who has it; subscribe to "aws/chat" within 100 s.
	URL docferry.Secret `json:"Url,omitzero"`
	// ConnectionExpiry: when the URL and the connection made with it end.
	ConnectionExpiry time.Time `json:"ConnectionExpiry,omitzero"`
}

// ConnectionCredentials give access to the other operations.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_ConnectionCredentials.html
type ConnectionCredentials struct {
	ConnectionToken docferry.Secret `json:"ConnectionToken,omitzero"`
	// Expiry: of the token; make a new connection before.
	Expiry time.Time `json:"Expiry,omitzero"`
}

// CreateParticipantConnectionRequest says who connects, and with what.
type CreateParticipantConnectionRequest struct {
	// Type: what to answer with; at least one if it is sent.
	Type []ConnectionType `json:"Type,omitzero"`
	// ConnectParticipant: true counts the participant as connected, for who opens no
	// websocket.
	ConnectParticipant *bool `json:"ConnectParticipant,omitzero"`
	// ParticipantToken: from the call that started the contact; not a connection token. Required.
	ParticipantToken docferry.Secret `header:"X-Amz-Bearer,required"`
}

// CreateParticipantConnectionResponse has what Type asked for.
type CreateParticipantConnectionResponse struct {
	Websocket             Websocket             `json:"Websocket,omitzero"`
	ConnectionCredentials ConnectionCredentials `json:"ConnectionCredentials,omitzero"`
	WebRTCConnection      WebRTCConnection      `json:"WebRTCConnection,omitzero"`
}

var createParticipantConnection = call.NewOp("CreateParticipantConnection",
	"POST /participant/connection", call.Idempotent)

// CreateParticipantConnection buys a connection token, the URL of a websocket
// or the data of a WebRTC call with a participant token. It can be called
// again for new ones while the chat lasts.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_CreateParticipantConnection.html
func (c *Client) CreateParticipantConnection(
	ctx context.Context, req CreateParticipantConnectionRequest, opts ...docferry.CallOption,
) (*CreateParticipantConnectionResponse, error) {
	return call.Do[CreateParticipantConnectionResponse](ctx, c.core, createParticipantConnection, req, opts)
}

// DisconnectParticipantRequest says who leaves.
type DisconnectParticipantRequest struct {
	// ClientToken: names this request, up to 500 characters; made up if empty.
	ClientToken     string          `json:"ClientToken,omitzero"`
	ConnectionToken docferry.Secret `header:"X-Amz-Bearer,required"` // required
}

var disconnectParticipant = call.NewOp("DisconnectParticipant",
	"POST /participant/disconnect", call.Idempotent)

// DisconnectParticipant takes the participant out of the chat. Its tokens are
// worth nothing afterwards.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_DisconnectParticipant.html
func (c *Client) DisconnectParticipant(
	ctx context.Context, req DisconnectParticipantRequest, opts ...docferry.CallOption,
) error {
	req.ClientToken = once(req.ClientToken)
	return call.Exec(ctx, c.core, disconnectParticipant, req, opts)
}

// GetAuthenticationURLRequest asks for the page where a customer signs in.
type GetAuthenticationURLRequest struct {
	// SessionID: from the event authentication.initiated; 36 characters. Required.
	SessionID string `json:"SessionId"`
	// RedirectURI: where the sign-in leads to afterwards, up to 1,024 characters; it has to
	// be allowed there. Required.
	RedirectURI     string          `json:"RedirectUri"`
	ConnectionToken docferry.Secret `header:"X-Amz-Bearer,required"` // required
}

// GetAuthenticationURLResponse says where to sign in.
type GetAuthenticationURLResponse struct {
	// AuthenticationURL: up to 2,083 characters, with RedirectURI in it.
	AuthenticationURL string `json:"AuthenticationUrl,omitzero"`
}

var getAuthenticationURL = call.NewOp("GetAuthenticationUrl",
	"POST /participant/authentication-url", call.Safe)

// GetAuthenticationURL returns the page on which the customer signs in, when
// the flow has asked for that. It works for one minute after the event
// authentication.initiated.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_GetAuthenticationUrl.html
func (c *Client) GetAuthenticationURL(
	ctx context.Context, req GetAuthenticationURLRequest, opts ...docferry.CallOption,
) (*GetAuthenticationURLResponse, error) {
	return call.Do[GetAuthenticationURLResponse](ctx, c.core, getAuthenticationURL, req, opts)
}

// CancelParticipantAuthenticationRequest names a sign-in.
type CancelParticipantAuthenticationRequest struct {
	// SessionID: from the event authentication.initiated; 36 characters. Required.
	SessionID       string          `json:"SessionId"`
	ConnectionToken docferry.Secret `header:"X-Amz-Bearer,required"` // required
}

var cancelParticipantAuthentication = call.NewOp("CancelParticipantAuthentication",
	"POST /participant/cancel-authentication", call.Idempotent)

// CancelParticipantAuthentication calls the sign-in off: the flow goes on
// without it.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_CancelParticipantAuthentication.html
func (c *Client) CancelParticipantAuthentication(
	ctx context.Context, req CancelParticipantAuthenticationRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, cancelParticipantAuthentication, req, opts)
}
