package oracledocstest

import (
	"crypto/rand"
	"net/http"
	"strconv"
)

// maxConversation is the longest name of a conversation.
const maxConversation = 256

func (s *Server) createFileConversation(c *call) (*reply, error) { return s.converse(c, s.file) }
func (s *Server) createFolderConversation(c *call) (*reply, error) {
	return s.converse(c, s.folder)
}

// converse attaches a conversation to an item. That there is at most one is
// inferred from how items report it.
func (s *Server) converse(c *call, find func(*call, role) (*item, error)) (*reply, error) {
	name := c.body.need("conversationName")
	c.body.text("conversationName", maxConversation)
	if c.body.err != nil {
		return nil, c.body.err
	}
	it, err := find(c, contributor)
	if err != nil {
		return nil, err
	}
	if it.conversation != "" {
		return nil, &refusal{
			status: http.StatusConflict, code: codeNameTaken, item: it,
			key: "!csConversationExists," + it.conversation, message: "The item has a conversation already.",
		}
	}
	s.sequence++
	it.conversation = strconv.Itoa(100000 + s.sequence)
	return &reply{body: object{
		"id": it.id, "type": it.kind, "conversationID": it.conversation, "conversationName": name,
		"conversationAppLink":        origin(c.r) + "/osn/web/cList/conversation/" + it.conversation,
		"conversationAppLinkToken":   rand.Text(),
		"listOfUnknownUsers":         "",
		"listOfRemovedInactiveUsers": "",
	}}, nil
}
