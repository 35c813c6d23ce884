package connectparticipant

import (
	"context"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// ConnectionType names a means of connecting to a chat.
type ConnectionType string

// Values of ConnectionType, which CreateParticipantConnection can return.
const (
	ConnectionTypeWebsocket             ConnectionType = "WEBSOCKET"              // live events
	ConnectionTypeConnectionCredentials ConnectionType = "CONNECTION_CREDENTIALS" // the token for all other operations
	ConnectionTypeWebRTCConnection      ConnectionType = "WEBRTC_CONNECTION"      // audio and video
)

// Websocket is the source of live events.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_Websocket.html
type Websocket struct {
	// URL gives access to anyone who has it. Connect and subscribe to "aws/chat"
	// within 100 s.
	URL docferry.Secret `json:"Url,omitzero"`
	// ConnectionExpiry is when the URL, and the connection made with it, expire.
	ConnectionExpiry time.Time `json:"ConnectionExpiry,omitzero"`
}

// ConnectionCredentials give access to the other operations.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_ConnectionCredentials.html
type ConnectionCredentials struct {
	ConnectionToken docferry.Secret `json:"ConnectionToken,omitzero"`
	// Expiry is when the token expires; create a new connection before.
	Expiry time.Time `json:"Expiry,omitzero"`
}

// CreateParticipantConnectionRequest says who connects, and with what.
type CreateParticipantConnectionRequest struct {
	// Type is what the response should have; at least one value if it is sent.
	Type []ConnectionType `json:"Type,omitzero"`
	// ConnectParticipant set to true marks the participant as connected; use it for
	// a participant that opens no websocket.
	ConnectParticipant *bool `json:"ConnectParticipant,omitzero"`
	// ParticipantToken is the token from the call that started the contact, not a connection token.
	// Required.
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

// CreateParticipantConnection exchanges a participant token for a connection
// token, the URL of a websocket, or the data of a WebRTC call. It can be called
// again for new ones while the chat lasts.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_CreateParticipantConnection.html
func (c *Client) CreateParticipantConnection(
	ctx context.Context, req CreateParticipantConnectionRequest, opts ...docferry.CallOption,
) (*CreateParticipantConnectionResponse, error) {
	return call.Do[CreateParticipantConnectionResponse](ctx, c.core, createParticipantConnection, &req, opts)
}

// DisconnectParticipantRequest names the participant who leaves.
type DisconnectParticipantRequest struct {
	// ClientToken identifies this request, up to 500 characters. The client fills
	// it in if it is empty.
	ClientToken     string          `json:"ClientToken,omitzero"`
	ConnectionToken docferry.Secret `header:"X-Amz-Bearer,required"` // required
}

var disconnectParticipant = call.NewOp("DisconnectParticipant",
	"POST /participant/disconnect", call.Idempotent)

// DisconnectParticipant takes the participant out of the chat. Its tokens are
// invalid afterwards.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_DisconnectParticipant.html
func (c *Client) DisconnectParticipant(
	ctx context.Context, req DisconnectParticipantRequest, opts ...docferry.CallOption,
) error {
	req.ClientToken = once(req.ClientToken)
	return call.Exec(ctx, c.core, disconnectParticipant, &req, opts)
}

// GetAuthenticationURLRequest asks for the URL of the page where a customer
// signs in.
type GetAuthenticationURLRequest struct {
	// SessionID comes from the event authentication.initiated; 36 characters.
	// Required.
	SessionID string `json:"SessionId"`
	// RedirectURI is the page that follows the sign-in, up to 1,024 characters. The
	// identity provider must allow it. Required.
	RedirectURI     string          `json:"RedirectUri"`
	ConnectionToken docferry.Secret `header:"X-Amz-Bearer,required"` // required
}

// GetAuthenticationURLResponse has the URL of the sign-in page.
type GetAuthenticationURLResponse struct {
	// AuthenticationURL has up to 2,083 characters and includes RedirectURI.
	AuthenticationURL string `json:"AuthenticationUrl,omitzero"`
}

var getAuthenticationURL = call.NewOp("GetAuthenticationUrl",
	"POST /participant/authentication-url", call.Safe)

// GetAuthenticationURL returns the URL of the page where the customer signs in,
// when the flow has requested that. It can be called for one minute after the
// event authentication.initiated.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_GetAuthenticationUrl.html
func (c *Client) GetAuthenticationURL(
	ctx context.Context, req GetAuthenticationURLRequest, opts ...docferry.CallOption,
) (*GetAuthenticationURLResponse, error) {
	return call.Do[GetAuthenticationURLResponse](ctx, c.core, getAuthenticationURL, &req, opts)
}

// CancelParticipantAuthenticationRequest names a sign-in.
type CancelParticipantAuthenticationRequest struct {
	// SessionID comes from the event authentication.initiated; 36 characters.
	// Required.
	SessionID       string          `json:"SessionId"`
	ConnectionToken docferry.Secret `header:"X-Amz-Bearer,required"` // required
}

var cancelParticipantAuthentication = call.NewOp("CancelParticipantAuthentication",
	"POST /participant/cancel-authentication", call.Idempotent)

// CancelParticipantAuthentication cancels the sign-in; the flow continues
// without it.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_CancelParticipantAuthentication.html
func (c *Client) CancelParticipantAuthentication(
	ctx context.Context, req CancelParticipantAuthenticationRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, cancelParticipantAuthentication, &req, opts)
}
