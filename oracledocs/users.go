package oracledocs

import (
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// GetUsersRequest asks for users by something of their names.
type GetUsersRequest struct {
	Info string `query:"info,required"` // required; part of a name or e-mail address; no wildcards
}

// GetUsersResponse lists users, the best matches first.
type GetUsersResponse struct {
	Count int64  `json:"count,omitzero"` // 0 if no user was found
	Items []User `json:"items,omitzero"`
	Status
}

var getUsers = call.NewOp("GetUsers", "GET /documents/api/{version}/users/items", call.Safe)

// GetUsers finds users whose names or addresses resemble a text. Groups may be
// among them: see User.Type. For a certain user, look for an equal LoginName.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-users-items-get.html
func (c *Client) GetUsers(
	ctx context.Context, req GetUsersRequest, opts ...docferry.CallOption,
) (*GetUsersResponse, error) {
	return call.Do[GetUsersResponse](ctx, c.core, getUsers, &req, opts)
}

// GetUserWithEmailRequest names an e-mail address.
type GetUserWithEmailRequest struct {
	Email string `query:"email,required"` // required; the whole address; no wildcards
}

// GetUserWithEmailResponse holds the user, if there is one.
type GetUserWithEmailResponse struct {
	Count int64  `json:"count,omitzero"` // 0 if no user has the address
	Items []User `json:"items,omitzero"`
	Status
}

var getUserWithEmail = call.NewOp("GetUserWithEmail",
	"GET /documents/api/{version}/users/search/items", call.Safe)

// GetUserWithEmail finds the user with an e-mail address. That no user has it
// is no error: Items is empty then.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-users-search-items-get.html
func (c *Client) GetUserWithEmail(
	ctx context.Context, req GetUserWithEmailRequest, opts ...docferry.CallOption,
) (*GetUserWithEmailResponse, error) {
	return call.Do[GetUserWithEmailResponse](ctx, c.core, getUserWithEmail, &req, opts)
}
