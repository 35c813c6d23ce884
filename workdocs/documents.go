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
	// LatestVersionMetadata holds the document's name.
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

// GetDocument returns the description of a document. Download reads its
// content. It can fail with [CodeInvalidPassword].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_GetDocument.html
func (c *Client) GetDocument(
	ctx context.Context, req GetDocumentRequest, opts ...docferry.CallOption,
) (*GetDocumentResponse, error) {
	return call.Do[GetDocumentResponse](ctx, c.core, getDocument, req, opts)
}

// GetDocumentPathRequest asks for the path of a document.
type GetDocumentPathRequest struct {
	DocumentID string `path:"DocumentId"` // required
	Limit      int64  `query:"limit"`     // levels, 1 to 999; 100 if zero
	// Fields set to "NAME" adds the names; by default there are only IDs.
	Fields              string          `query:"fields"`
	Marker              string          `query:"marker"` // in the API, although no response has one
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

// GetDocumentPathResponse holds the folders above a document.
type GetDocumentPathResponse struct {
	Path ResourcePath `json:"Path,omitzero"`
}

var getDocumentPath = call.NewOp("GetDocumentPath", "GET /api/v1/documents/{DocumentId}/path", call.Safe)

// GetDocumentPath returns the folders from the root down to a document.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_GetDocumentPath.html
func (c *Client) GetDocumentPath(
	ctx context.Context, req GetDocumentPathRequest, opts ...docferry.CallOption,
) (*GetDocumentPathResponse, error) {
	return call.Do[GetDocumentPathResponse](ctx, c.core, getDocumentPath, req, opts)
}

// UpdateDocumentRequest renames, moves, recycles or restores a document.
// Members that are left zero are not changed.
type UpdateDocumentRequest struct {
	DocumentID     string `path:"DocumentId"`              // required
	Name           string `json:"Name,omitzero"`           // up to 255 characters
	ParentFolderID string `json:"ParentFolderId,omitzero"` // moves it there
	// ResourceState is ResourceStateActive or ResourceStateRecycled.
	ResourceState       ResourceState   `json:"ResourceState,omitzero"`
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var updateDocument = call.NewOp("UpdateDocument", "PATCH /api/v1/documents/{DocumentId}", call.Idempotent)

// UpdateDocument changes the name, the place or the state of a document. If the
// name is taken in the folder, it fails with CodeEntityAlreadyExists; if the
// folder is full, with CodeLimitExceeded. It can also fail with
// [CodeConflictingOperation] or [CodeConcurrentModification].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_UpdateDocument.html
func (c *Client) UpdateDocument(ctx context.Context, req UpdateDocumentRequest, opts ...docferry.CallOption) error {
	return call.Exec(ctx, c.core, updateDocument, req, opts)
}

// DeleteDocumentRequest names a document.
type DeleteDocumentRequest struct {
	DocumentID          string          `path:"DocumentId"` // required
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var deleteDocument = call.NewOp("DeleteDocument", "DELETE /api/v1/documents/{DocumentId}", call.Idempotent)

// DeleteDocument deletes a document with all its versions permanently.
// UpdateDocument can move it to the recycle bin instead. Because it is retried
// when an answer is lost, CodeEntityNotExists can mean that an earlier attempt
// deleted it. It can also fail with [CodeLimitExceeded],
// [CodeConflictingOperation] or [CodeConcurrentModification].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DeleteDocument.html
func (c *Client) DeleteDocument(ctx context.Context, req DeleteDocumentRequest, opts ...docferry.CallOption) error {
	return call.Exec(ctx, c.core, deleteDocument, req, opts)
}
