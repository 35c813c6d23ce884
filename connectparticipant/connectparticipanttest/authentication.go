package connectparticipanttest

import (
	"net/url"
	"time"
)

// The documented limits of signing in.
const (
	// authenticationWindow is the documented time that a participant has to ask
	// for the URL.
	authenticationWindow = time.Minute
	// authenticationURLLimit is the documented length of the URL.
	authenticationURLLimit = 2083
)

// session is a request of a flow that the customer signs in.
type session struct {
	chat     *Chat
	started  time.Time
	canceled bool
}

// Authenticate asks the customer to sign in, as a flow does. It sends the event
// that has the ID of the session and returns the ID. The content of the event
// is inferred.
func (c *Chat) Authenticate() (sessionID string) {
	c.server.lock()
	defer c.server.unlock()
	sessionID = uuid()
	c.server.sessions[sessionID] = &session{chat: c, started: c.server.now()}
	c.announce(Item{
		Type: "EVENT", ContentType: eventType + "authentication.initiated",
		Content: `{"SessionId":"` + sessionID + `"}`, // inferred
	})
	return sessionID
}

// getAuthenticationURL returns the URL at which the customer signs in. It is
// inferred that a session that was canceled or is older than a minute is
// refused with a ValidationException.
func (s *Server) getAuthenticationURL(c *call) (any, *refusal) {
	id := c.in.text("SessionId", 36, 36, true)
	redirect := c.in.text("RedirectUri", 1, 1024, true)
	if u, err := url.Parse(redirect); err != nil || u.Scheme == "" {
		c.in.complainf("RedirectUri", "must be an absolute URI")
	}
	// The sign-in page exists only as a URL: nothing answers there.
	signIn := "https://sign-in.auth.test/oauth2/authorize?" + url.Values{
		"client_id":     {"connect"},
		"redirect_uri":  {redirect},
		"response_type": {"code"},
		"state":         {id},
	}.Encode()
	if len(signIn) > authenticationURLLimit {
		c.in.complainf("RedirectUri", "makes the authentication URL longer than %d characters", authenticationURLLimit)
	}
	if no := c.in.done(); no != nil {
		return nil, no
	}
	session, no := s.session(c, id)
	switch {
	case no != nil:
		return nil, no
	case session.canceled:
		return nil, invalid("SessionId: the session was canceled")
	case s.now().After(session.started.Add(authenticationWindow)):
		return nil, invalid("SessionId: the session was started more than a minute ago")
	}
	return struct {
		AuthenticationURL string `json:"AuthenticationUrl"`
	}{signIn}, nil
}

// cancelParticipantAuthentication cancels a session. Canceling it again
// succeeds and sends no second event: without a ClientToken, a retry must be
// harmless.
func (s *Server) cancelParticipantAuthentication(c *call) (any, *refusal) {
	id := c.in.text("SessionId", 36, 36, true)
	if no := c.in.done(); no != nil {
		return nil, no
	}
	session, no := s.session(c, id)
	if no != nil {
		return nil, no
	}
	if !session.canceled {
		session.canceled = true
		c.who.chat.announce(Item{Type: "EVENT", ContentType: eventType + "authentication.cancelled"})
	}
	return struct{}{}, nil
}

// session returns the session with an ID, which must belong to the caller's
// chat.
func (s *Server) session(c *call, id string) (*session, *refusal) {
	session := s.sessions[id]
	if session == nil || session.chat != c.who.chat {
		return nil, invalid("SessionId: the chat has no such session")
	}
	return session, nil
}
