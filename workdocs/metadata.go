package workdocs

import (
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// CreateCustomMetadataRequest adds properties to a document, version or folder.
type CreateCustomMetadataRequest struct {
	ResourceID string `path:"ResourceId"` // required
	VersionID  string `query:"versionid"` // the version of the document to add them to, if any
	// CustomMetadata holds 1 to 8 properties. A key has up to 56 characters and a
	// value up to 256. Both consist of ASCII letters, digits, spaces and ._+-/= and do not
	// begin with a space. The API's pattern also allows commas. Required.
	CustomMetadata      map[string]string `json:"CustomMetadata"`
	AuthenticationToken docferry.Secret   `header:"Authentication"`
}

var createCustomMetadata = call.NewOp("CreateCustomMetadata",
	"PUT /api/v1/resources/{ResourceId}/customMetadata", call.Idempotent)

// CreateCustomMetadata adds custom properties to a document, a version or a
// folder. It fails with CodeCustomMetadataLimit if the resource would have too
// many. GetDocument, GetDocumentVersion and GetFolder return the properties on
// request.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_CreateCustomMetadata.html
func (c *Client) CreateCustomMetadata(
	ctx context.Context, req CreateCustomMetadataRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, createCustomMetadata, &req, opts)
}

// DeleteCustomMetadataRequest says which properties to remove from a document,
// version or folder.
type DeleteCustomMetadataRequest struct {
	ResourceID string `path:"ResourceId"` // required
	// VersionID is the version of the document to remove them from, if any.
	VersionID           string          `query:"versionId"`
	Keys                []string        `query:"keys"` // up to 8, of up to 56 characters
	DeleteAll           bool            `query:"deleteAll"`
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var deleteCustomMetadata = call.NewOp("DeleteCustomMetadata",
	"DELETE /api/v1/resources/{ResourceId}/customMetadata", call.Idempotent)

// DeleteCustomMetadata removes some or all custom properties from a document, a
// version or a folder.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DeleteCustomMetadata.html
func (c *Client) DeleteCustomMetadata(
	ctx context.Context, req DeleteCustomMetadataRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, deleteCustomMetadata, &req, opts)
}
