package connectparticipant

import (
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// View is a form or a page that a flow shows within the chat.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_View.html
type View struct {
	ID      string      `json:"Id,omitzero"` // up to 500 characters
	ARN     string      `json:"Arn,omitzero"`
	Name    string      `json:"Name,omitzero"` // up to 255 characters
	Version int64       `json:"Version,omitzero"`
	Content ViewContent `json:"Content,omitzero"`
}

// ViewContent is what a client renders. It may hold a customer's data: keep it
// out of logs.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_ViewContent.html
type ViewContent struct {
	// InputSchema is the JSON schema of the data that the template needs.
	InputSchema string   `json:"InputSchema,omitzero"`
	Template    string   `json:"Template,omitzero"` // JSON
	Actions     []string `json:"Actions,omitzero"`  // names of the actions that a participant can choose
}

// DescribeViewRequest names a view.
type DescribeViewRequest struct {
	// ViewToken comes from the interactive message that shows the view. Required.
	ViewToken       docferry.Secret `path:"ViewToken"`
	ConnectionToken docferry.Secret `header:"X-Amz-Bearer,required"` // required
}

// DescribeViewResponse holds the view.
type DescribeViewResponse struct {
	View View `json:"View,omitzero"`
}

var describeView = call.NewOp("DescribeView", "GET /participant/views/{ViewToken}", call.Safe)

// DescribeView returns the view that a message of the chat refers to. If it
// does not exist, it fails with docferry.ErrNotFound, and the Detail of the
// error names what is missing. It can fail with [CodeResourceNotFound].
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_DescribeView.html
func (c *Client) DescribeView(
	ctx context.Context, req DescribeViewRequest, opts ...docferry.CallOption,
) (*DescribeViewResponse, error) {
	return call.Do[DescribeViewResponse](ctx, c.core, describeView, &req, opts)
}
