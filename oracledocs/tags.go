package oracledocs

import (
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// SetFileTagsRequest replaces the tags of a file.
type SetFileTagsRequest struct {
	FileID  string   `path:"fileId"`  // required
	SetTags []string `json:"setTags"` // required; without commas in them
	Access
}

var setFileTags = call.NewOp("SetFileTags",
	"POST /documents/api/{version}/files/{fileId}/tags", call.Idempotent)

// SetFileTags gives a file these tags in place of the tags that it has. Tags
// that come from folders above it remain.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-tags-post.html
func (c *Client) SetFileTags(
	ctx context.Context, req SetFileTagsRequest, opts ...docferry.CallOption,
) (*ChangedItemsResponse, error) {
	return call.Do[ChangedItemsResponse](ctx, c.core, setFileTags, &req, opts)
}

// EditFileTagsRequest adds and removes tags of a file.
type EditFileTagsRequest struct {
	FileID     string   `path:"fileId"`              // required
	AddTags    []string `json:"addTags,omitzero"`    // without commas in them
	RemoveTags []string `json:"removeTags,omitzero"` // without commas in them
	Access
}

var editFileTags = call.NewOp("EditFileTags",
	"PUT /documents/api/{version}/files/{fileId}/tags", call.Idempotent)

// EditFileTags adds tags to a file and removes others.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-tags-put.html
func (c *Client) EditFileTags(
	ctx context.Context, req EditFileTagsRequest, opts ...docferry.CallOption,
) (*ChangedItemsResponse, error) {
	return call.Do[ChangedItemsResponse](ctx, c.core, editFileTags, &req, opts)
}

// GetFileTagsRequest asks for the tags of a file.
type GetFileTagsRequest struct {
	FileID string `path:"fileId"` // required
	// DirectAssigned leaves out tags that come from folders above it.
	DirectAssigned bool `query:"directAssigned,digit"`
	Access
}

// GetFileTagsResponse holds the tags of a file.
type GetFileTagsResponse struct {
	IDList []string `json:"idList,omitzero"` // the file
	Tags   []string `json:"tags,omitzero"`
	Type   string   `json:"type,omitzero"` // "file"
	Status
}

var getFileTags = call.NewOp("GetFileTags", "GET /documents/api/{version}/files/{fileId}/tags", call.Safe)

// GetFileTags returns the tags of a file.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-tags-get.html
func (c *Client) GetFileTags(
	ctx context.Context, req GetFileTagsRequest, opts ...docferry.CallOption,
) (*GetFileTagsResponse, error) {
	return call.Do[GetFileTagsResponse](ctx, c.core, getFileTags, &req, opts)
}

// DeleteAllFileTagsRequest names a file.
type DeleteAllFileTagsRequest struct {
	FileID string `path:"fileId"` // required
	Access
}

var deleteAllFileTags = call.NewOp("DeleteAllFileTags",
	"DELETE /documents/api/{version}/files/{fileId}/tags", call.Idempotent)

// DeleteAllFileTags removes all tags of a file but those that come from
// folders above it.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-tags-delete.html
func (c *Client) DeleteAllFileTags(
	ctx context.Context, req DeleteAllFileTagsRequest, opts ...docferry.CallOption,
) (*ChangedItemsResponse, error) {
	return call.Do[ChangedItemsResponse](ctx, c.core, deleteAllFileTags, &req, opts)
}

// SetFolderTagsRequest replaces the tags of a folder.
type SetFolderTagsRequest struct {
	FolderID string   `path:"folderId"` // required
	SetTags  []string `json:"setTags"`  // required; without commas in them
	Access
}

var setFolderTags = call.NewOp("SetFolderTags",
	"POST /documents/api/{version}/folders/{folderId}/tags", call.Idempotent)

// SetFolderTags gives a folder these tags in place of those that it has. What
// is in the folder inherits them.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-tags-post.html
func (c *Client) SetFolderTags(
	ctx context.Context, req SetFolderTagsRequest, opts ...docferry.CallOption,
) (*ChangedItemsResponse, error) {
	return call.Do[ChangedItemsResponse](ctx, c.core, setFolderTags, &req, opts)
}

// EditFolderTagsRequest adds and removes tags of a folder.
type EditFolderTagsRequest struct {
	FolderID   string   `path:"folderId"`            // required
	AddTags    []string `json:"addTags,omitzero"`    // without commas in them
	RemoveTags []string `json:"removeTags,omitzero"` // without commas in them
	Access
}

var editFolderTags = call.NewOp("EditFolderTags",
	"PUT /documents/api/{version}/folders/{folderId}/tags", call.Idempotent)

// EditFolderTags adds tags to a folder and removes others.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-tags-put.html
func (c *Client) EditFolderTags(
	ctx context.Context, req EditFolderTagsRequest, opts ...docferry.CallOption,
) (*ChangedItemsResponse, error) {
	return call.Do[ChangedItemsResponse](ctx, c.core, editFolderTags, &req, opts)
}

// GetFolderTagsRequest asks for the tags of a folder.
type GetFolderTagsRequest struct {
	FolderID string `path:"folderId"` // required
	// DirectAssigned leaves out tags that come from folders above it.
	DirectAssigned bool `query:"directAssigned,digit"`
	Access
}

// GetFolderTagsResponse holds the tags of a folder.
type GetFolderTagsResponse struct {
	IDList []string `json:"idList,omitzero"` // the folder
	Tags   []string `json:"tags,omitzero"`
	Type   string   `json:"type,omitzero"` // "folder"
	Status
}

var getFolderTags = call.NewOp("GetFolderTags",
	"GET /documents/api/{version}/folders/{folderId}/tags", call.Safe)

// GetFolderTags returns the tags of a folder.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-tags-get.html
func (c *Client) GetFolderTags(
	ctx context.Context, req GetFolderTagsRequest, opts ...docferry.CallOption,
) (*GetFolderTagsResponse, error) {
	return call.Do[GetFolderTagsResponse](ctx, c.core, getFolderTags, &req, opts)
}

// DeleteAllFolderTagsRequest names a folder.
type DeleteAllFolderTagsRequest struct {
	FolderID string `path:"folderId"` // required
	Access
}

var deleteAllFolderTags = call.NewOp("DeleteAllFolderTags",
	"DELETE /documents/api/{version}/folders/{folderId}/tags", call.Idempotent)

// DeleteAllFolderTags removes all tags of a folder but those that come from
// folders above it.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-tags-delete.html
func (c *Client) DeleteAllFolderTags(
	ctx context.Context, req DeleteAllFolderTagsRequest, opts ...docferry.CallOption,
) (*ChangedItemsResponse, error) {
	return call.Do[ChangedItemsResponse](ctx, c.core, deleteAllFolderTags, &req, opts)
}
