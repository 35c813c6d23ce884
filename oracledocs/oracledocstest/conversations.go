package oracledocstest

import (
	"crypto/rand"
	"net/http"
	"strconv"
)

// maxConversation is the documented length of a conversation's name, in
// characters.
const maxConversation = 256

// createFileConversation attaches a conversation to a file.
func (s *Server) createFileConversation(c *call) (*reply, error) { return s.converse(c, s.file) }

// createFolderConversation attaches a conversation to a folder, and by
// inheritance to everything in it that has none of its own.
func (s *Server) createFolderConversation(c *call) (*reply, error) {
	return s.converse(c, s.folder)
}

// converse attaches a conversation to the item that find returns, for a
// contributor. That an item has at most one conversation is inferred: replies
// have room for one ID only. Conversations themselves are not part of this API.
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
			key: "!csConversationExists," + it.conversation, message: "The item already has a conversation.",
		}
	}
	// The IDs of conversations are numbers, unlike all other IDs of the
	// service.
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
