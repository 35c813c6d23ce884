package oracledocs

import (
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// Conversation describes a conversation that was attached to a file or folder.
type Conversation struct {
	ID                         string          `json:"id,omitzero"`   // of the file or folder
	Type                       string          `json:"type,omitzero"` // "file" or "folder"
	ConversationID             string          `json:"conversationID,omitzero"`
	ConversationName           string          `json:"conversationName,omitzero"`
	ConversationAppLink        string          `json:"conversationAppLink,omitzero"`
	ConversationAppLinkToken   docferry.Secret `json:"conversationAppLinkToken,omitzero"`
	ListOfUnknownUsers         []string        `json:"listOfUnknownUsers,omitzero"`
	ListOfRemovedInactiveUsers []string        `json:"listOfRemovedInactiveUsers,omitzero"`
}

// CreateFileConversationRequest attaches a conversation to a file.
type CreateFileConversationRequest struct {
	FileID           string `path:"fileId"`           // required
	ConversationName string `json:"conversationName"` // required; up to 256 characters
	Access
}

// CreateFileConversationResponse describes the conversation.
type CreateFileConversationResponse struct {
	Conversation
	Status
}

var createFileConversation = call.NewOp("CreateFileConversation",
	"POST /documents/api/{version}/files/{fileId}/conversation", call.Unsafe)

// CreateFileConversation attaches a conversation to a file. Conversations must
// be enabled in the service.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-conversation-post.html
func (c *Client) CreateFileConversation(
	ctx context.Context, req CreateFileConversationRequest, opts ...docferry.CallOption,
) (*CreateFileConversationResponse, error) {
	if err := c.checkControl(createFileConversation, "ConversationName", req.ConversationName); err != nil {
		return nil, err
	}
	return call.Do[CreateFileConversationResponse](ctx, c.core, createFileConversation, &req, opts)
}

// CreateFolderConversationRequest attaches a conversation to a folder.
type CreateFolderConversationRequest struct {
	FolderID         string `path:"folderId"`         // required; "self" for the home folder
	ConversationName string `json:"conversationName"` // required; up to 256 characters
	Access
}

// CreateFolderConversationResponse describes the conversation.
type CreateFolderConversationResponse struct {
	Conversation
	Status
}

var createFolderConversation = call.NewOp("CreateFolderConversation",
	"POST /documents/api/{version}/folders/{folderId}/conversation", call.Unsafe)

// CreateFolderConversation attaches a conversation to a folder. The items in
// the folder share that conversation. Conversations must be enabled in the
// service.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-conversation-post.html
func (c *Client) CreateFolderConversation(
	ctx context.Context, req CreateFolderConversationRequest, opts ...docferry.CallOption,
) (*CreateFolderConversationResponse, error) {
	if err := c.checkControl(createFolderConversation, "ConversationName", req.ConversationName); err != nil {
		return nil, err
	}
	return call.Do[CreateFolderConversationResponse](ctx, c.core, createFolderConversation, &req, opts)
}
