package connectparticipanttest

import (
	"crypto/rand"
	"net/http"
	"slices"
	"time"
)

// tokenKind says which token an operation requires in the X-Amz-Bearer header.
type tokenKind int

// The participant token creates connections and does nothing else. All other
// operations take a connection token.
const (
	participantToken tokenKind = iota
	connectionToken
	departingToken // a connection token, also of a participant that has left
)

// connection is what a connection token stands for.
type connection struct {
	who    *participant
	expiry time.Time
}

// newToken returns a token with the characters of a real one, among them some
// that must be escaped in URLs.
func newToken() string { return rand.Text() + "+/" + rand.Text() + "==" }

// admit returns the participant who sends a request, which the token alone
// decides. The vendor's clients also sign their requests if they have
// credentials; the signature is ignored. The service documents only the code of
// the error. That the message says what is wrong with the token is inferred.
func (s *Server) admit(kind tokenKind, r *http.Request) (*participant, *refusal) {
	bearer := r.Header.Values("X-Amz-Bearer")
	if len(bearer) != 1 || bearer[0] == "" {
		return nil, denied("the X-Amz-Bearer header is missing, empty or sent more than once")
	}
	invited, connected := s.participants[bearer[0]], s.connections[bearer[0]]
	switch {
	case invited == nil && connected == nil:
		return nil, denied("the token is not valid")
	case kind == participantToken && invited == nil:
		return nil, denied("a connection token was given where the participant token is needed")
	case kind != participantToken && connected == nil:
		return nil, denied("a participant token was given where a connection token is needed")
	}
	who := invited
	if connected != nil {
		who = connected.who
	}
	switch {
	// A participant who has left may repeat the call that did it: see once.
	case who.departed && kind == departingToken:
		return who, nil
	case who.departed:
		return nil, denied("the participant has left the chat")
	case who.chat.ended:
		return nil, denied("the chat has ended")
	case connected != nil && !s.now().Before(connected.expiry):
		return nil, denied("the connection token has expired")
	}
	return who, nil
}

// connectionAnswer is the answer of CreateParticipantConnection, with the
// members that Type asks for.
type connectionAnswer struct {
	Websocket             *websocketAnswer   `json:",omitempty"`
	ConnectionCredentials *credentialsAnswer `json:",omitempty"`
	WebRTCConnection      *webRTCAnswer      `json:",omitempty"`
}

// websocketAnswer has the URL of a websocket, which is as secret as a token.
type websocketAnswer struct {
	URL              string `json:"Url"`
	ConnectionExpiry string
}

// credentialsAnswer has a connection token, which the other operations require.
type credentialsAnswer struct {
	ConnectionToken string
	Expiry          string
}

// createParticipantConnection returns what Type lists, and nothing if Type is
// absent. The first connection of a participant, of any type, adds the
// participant to the transcript. Both are inferred.
func (s *Server) createParticipantConnection(c *call) (any, *refusal) {
	known := []string{"WEBSOCKET", "CONNECTION_CREDENTIALS", "WEBRTC_CONNECTION"}
	types := c.in.texts("Type", 1, len(known), false)
	for _, t := range types {
		c.in.oneOf("Type", t, known)
	}
	acknowledge := c.in.flag("ConnectParticipant")
	if no := c.in.done(); no != nil {
		return nil, no
	}
	var result connectionAnswer
	if slices.Contains(types, "WEBSOCKET") {
		result.Websocket = s.newTicket(c)
	}
	if slices.Contains(types, "CONNECTION_CREDENTIALS") {
		token, expiry := newToken(), s.now().Add(s.limits.token)
		s.connections[token] = &connection{who: c.who, expiry: expiry}
		result.ConnectionCredentials = &credentialsAnswer{token, timestamp(expiry)}
	}
	if slices.Contains(types, "WEBRTC_CONNECTION") {
		result.WebRTCConnection = newWebRTC(baseURL(c.request))
	}
	// A participant joins once, however many connections follow.
	if !c.who.joined {
		c.who.joined = true
		c.who.chat.add(c.who.item("EVENT", eventType+"participant.joined", ""))
	}
	// The event goes to the websockets only, like the one that SendEvent can
	// send.
	if acknowledge && !c.who.connected {
		c.who.connected = true
		c.who.chat.announce(c.who.item("EVENT", eventType+"connection.acknowledged", ""))
	}
	return result, nil
}

// disconnectParticipant ends all connections of a participant. Its websockets
// close once they have told that it left. The chat goes on without it, but ends
// with the last of its customers, as they are then told too. That a customer who
// was invited and never came does not count is inferred.
func (s *Server) disconnectParticipant(c *call) (any, *refusal) {
	fingerprint := c.in.fingerprint()
	token := c.in.text("ClientToken", 0, 500, false)
	if no := c.in.done(); no != nil {
		return nil, no
	}
	return s.once(c, token, fingerprint, func() (any, *refusal) {
		if c.who.departed {
			return nil, denied("the participant has left the chat")
		}
		c.who.departed = true
		c.who.chat.add(c.who.item("EVENT", eventType+"participant.left", ""))
		if c.who.role == "CUSTOMER" && !c.who.chat.hasCustomer() {
			c.who.chat.end()
		}
		for k := range c.who.chat.websockets {
			if k.who == c.who {
				k.farewell("the participant has left the chat")
			}
		}
		return struct{}{}, nil
	})
}
