package workdocs

import (
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// CreateLabelsRequest labels a document or folder.
type CreateLabelsRequest struct {
	ResourceID string `path:"ResourceId"` // required
	// Labels holds up to 20 labels. Each has up to 32 ASCII letters, digits, spaces and
	// characters of ._+-/= and does not begin with a space. The API's pattern also
	// allows commas. Required.
	Labels              []string        `json:"Labels"`
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var createLabels = call.NewOp("CreateLabels", "PUT /api/v1/resources/{ResourceId}/labels", call.Idempotent)

// CreateLabels adds labels to a document or folder. It fails with
// CodeTooManyLabels if the resource would have too many.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_CreateLabels.html
func (c *Client) CreateLabels(ctx context.Context, req CreateLabelsRequest, opts ...docferry.CallOption) error {
	return call.Exec(ctx, c.core, createLabels, &req, opts)
}

// DeleteLabelsRequest says which labels to remove from a document or folder.
type DeleteLabelsRequest struct {
	ResourceID          string          `path:"ResourceId"` // required
	Labels              []string        `query:"labels"`    // up to 20, of up to 32 characters
	DeleteAll           bool            `query:"deleteAll"`
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var deleteLabels = call.NewOp("DeleteLabels", "DELETE /api/v1/resources/{ResourceId}/labels", call.Idempotent)

// DeleteLabels removes some or all labels from a document or folder.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DeleteLabels.html
func (c *Client) DeleteLabels(ctx context.Context, req DeleteLabelsRequest, opts ...docferry.CallOption) error {
	return call.Exec(ctx, c.core, deleteLabels, &req, opts)
}
