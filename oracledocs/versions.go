package oracledocs

import (
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/upload"
)

// UploadFileVersionRequest stores a new version of a file.
type UploadFileVersionRequest struct {
	FileID string `path:"fileId"` // required
	// Content is the new version. Its Name becomes the file's; if another file
	// of the folder has that name, a number is added.
	// Required.
	Content upload.Source `part:"primaryFile,required"`
	// MetadataValues are values by collection and field. The collection must
	// be assigned to the folder or one above it.
	MetadataValues map[string]map[string]string `part:"metadataValues"`
	Access
}

// UploadFileVersionResponse describes the version that was stored.
type UploadFileVersionResponse struct {
	File
	Status
	Location string `header:"Location"`
}

var uploadFileVersion = call.NewOp("UploadFileVersion",
	"POST /documents/api/{version}/files/{fileId}/data", call.Unsafe)

// UploadFileVersion stores a new version of a file. The content is streamed.
// The method VersionUploader also finds out what has happened when the answer
// gets lost.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-data-post.html
func (c *Client) UploadFileVersion(
	ctx context.Context, req UploadFileVersionRequest, opts ...docferry.CallOption,
) (*UploadFileVersionResponse, error) {
	form, err := c.form(uploadFileVersion, "primaryFile", req, req.Content, req.MetadataValues)
	if err != nil {
		return nil, err
	}
	return call.Send[UploadFileVersionResponse](ctx, c.core, uploadFileVersion, &req, form, opts)
}

// GetFileVersionsRequest asks for the versions of a file.
type GetFileVersionsRequest struct {
	FileID string `path:"fileId"` // required
	Access
}

// GetFileVersionsResponse holds the versions of a file. Their order is not
// documented.
type GetFileVersionsResponse struct {
	ID       string `json:"id,omitzero"`
	ParentID string `json:"parentID,omitzero"`
	Name     string `json:"name,omitzero"`
	Type     string `json:"type,omitzero"` // "file"
	Items    []File `json:"items,omitzero"`
	Status
}

var getFileVersions = call.NewOp("GetFileVersions",
	"GET /documents/api/{version}/files/{fileId}/versions", call.Safe)

// GetFileVersions returns all versions of a file at once.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-versions-get.html
func (c *Client) GetFileVersions(
	ctx context.Context, req GetFileVersionsRequest, opts ...docferry.CallOption,
) (*GetFileVersionsResponse, error) {
	return call.Do[GetFileVersionsResponse](ctx, c.core, getFileVersions, &req, opts)
}
