package connectparticipanttest

import (
	"net/http"
	"unicode/utf8"
)

// View is a form that a flow shows to participants.
type View struct {
	ID      string `json:"Id"`
	ARN     string `json:"Arn,omitempty"`
	Name    string `json:",omitempty"`
	Version int
	Content ViewContent
}

// ViewContent is what a [View] is rendered from. InputSchema and Template
// contain JSON.
type ViewContent struct {
	InputSchema string   `json:",omitempty"`
	Template    string   `json:",omitempty"`
	Actions     []string `json:",omitempty"`
}

// shownView is a view with the chat whose participants may describe it.
type shownView struct {
	chat *Chat
	view View
}

// Show makes a view available to the participants of the chat and returns the
// token with which they can describe it.
func (c *Chat) Show(view View) (viewToken string) {
	c.server.lock()
	defer c.server.unlock()
	viewToken = newToken()
	c.server.views[viewToken] = shownView{c, view}
	return viewToken
}

// describeView returns a view. A token that does not belong to the caller's
// chat is not found. The resource type in that error is inferred: the service
// has none for views.
func (s *Server) describeView(c *call) (any, *refusal) {
	if no := c.in.done(); no != nil {
		return nil, no
	}
	token := c.path["ViewToken"]
	if utf8.RuneCountInString(token) > 1000 {
		return nil, invalid("ViewToken: must have 1 to 1000 characters")
	}
	shown, ok := s.views[token]
	if !ok || shown.chat != c.who.chat {
		return nil, &refusal{
			status: http.StatusNotFound, code: "ResourceNotFoundException", message: "the chat has no such view",
			resourceID: token, resourceType: "CONTACT_FLOW",
		}
	}
	return struct{ View View }{shown.view}, nil
}
