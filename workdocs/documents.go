package workdocs

import (
	"context"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// DocumentMetadata describes a document.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DocumentMetadata.html
type DocumentMetadata struct {
	ID                string    `json:"Id,omitzero"`
	CreatorID         string    `json:"CreatorId,omitzero"`
	ParentFolderID    string    `json:"ParentFolderId,omitzero"`
	CreatedTimestamp  time.Time `json:"CreatedTimestamp,omitzero"`
	ModifiedTimestamp time.Time `json:"ModifiedTimestamp,omitzero"`
	// LatestVersionMetadata describes the latest version. Its Name is the name of
	// the document.
	LatestVersionMetadata DocumentVersionMetadata `json:"LatestVersionMetadata,omitzero"`
	ResourceState         ResourceState           `json:"ResourceState,omitzero"`
	Labels                []string                `json:"Labels,omitzero"` // up to 20
}

// GetDocumentRequest asks for a document.
type GetDocumentRequest struct {
	DocumentID            string          `path:"DocumentId"` // required
	IncludeCustomMetadata bool            `query:"includeCustomMetadata"`
	AuthenticationToken   docferry.Secret `header:"Authentication"`
}

// GetDocumentResponse holds a document.
type GetDocumentResponse struct {
	Metadata       DocumentMetadata  `json:"Metadata,omitzero"`
	CustomMetadata map[string]string `json:"CustomMetadata,omitzero"` // up to 8 entries, if requested
}

var getDocument = call.NewOp("GetDocument", "GET /api/v1/documents/{DocumentId}", call.Safe)

// GetDocument returns a document's metadata. Download reads its content. It can
// fail with [CodeInvalidPassword].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_GetDocument.html
func (c *Client) GetDocument(
	ctx context.Context, req GetDocumentRequest, opts ...docferry.CallOption,
) (*GetDocumentResponse, error) {
	return call.Do[GetDocumentResponse](ctx, c.core, getDocument, &req, opts)
}

// GetDocumentPathRequest asks for the path of a document.
type GetDocumentPathRequest struct {
	DocumentID string `path:"DocumentId"` // required
	Limit      int64  `query:"limit"`     // levels, 1 to 999; 100 if zero
	// Fields set to "NAME" adds the names; by default there are only IDs.
	Fields              string          `query:"fields"`
	Marker              string          `query:"marker"` // part of the API, but no response returns one
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

// GetDocumentPathResponse holds the path of a document.
type GetDocumentPathResponse struct {
	Path ResourcePath `json:"Path,omitzero"`
}

var getDocumentPath = call.NewOp("GetDocumentPath", "GET /api/v1/documents/{DocumentId}/path", call.Safe)

// GetDocumentPath returns the path from the root folder down to a document.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_GetDocumentPath.html
func (c *Client) GetDocumentPath(
	ctx context.Context, req GetDocumentPathRequest, opts ...docferry.CallOption,
) (*GetDocumentPathResponse, error) {
	return call.Do[GetDocumentPathResponse](ctx, c.core, getDocumentPath, &req, opts)
}

// UpdateDocumentRequest renames, moves, recycles or restores a document.
// Fields that are left zero are not changed.
type UpdateDocumentRequest struct {
	DocumentID     string `path:"DocumentId"`              // required
	Name           string `json:"Name,omitzero"`           // up to 255 characters
	ParentFolderID string `json:"ParentFolderId,omitzero"` // the folder to move it to
	// ResourceState is ResourceStateActive or ResourceStateRecycled.
	ResourceState       ResourceState   `json:"ResourceState,omitzero"`
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var updateDocument = call.NewOp("UpdateDocument", "PATCH /api/v1/documents/{DocumentId}", call.Idempotent)

// UpdateDocument renames, moves, recycles or restores a document. It fails with
// CodeEntityAlreadyExists if the name is taken in the folder, and with
// CodeLimitExceeded if the folder is full. It can also fail with
// [CodeConflictingOperation] or [CodeConcurrentModification].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_UpdateDocument.html
func (c *Client) UpdateDocument(ctx context.Context, req UpdateDocumentRequest, opts ...docferry.CallOption) error {
	return call.Exec(ctx, c.core, updateDocument, &req, opts)
}

// DeleteDocumentRequest names a document.
type DeleteDocumentRequest struct {
	DocumentID          string          `path:"DocumentId"` // required
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var deleteDocument = call.NewOp("DeleteDocument", "DELETE /api/v1/documents/{DocumentId}", call.Idempotent)

// DeleteDocument permanently deletes a document and all its versions.
// UpdateDocument can move it to the recycle bin instead. Because DeleteDocument
// is retried when the response is lost, CodeEntityNotExists can mean that an
// earlier attempt succeeded. It can also fail with [CodeLimitExceeded],
// [CodeConflictingOperation] or [CodeConcurrentModification].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DeleteDocument.html
func (c *Client) DeleteDocument(ctx context.Context, req DeleteDocumentRequest, opts ...docferry.CallOption) error {
	return call.Exec(ctx, c.core, deleteDocument, &req, opts)
}
