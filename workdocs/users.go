package workdocs

import (
	"cmp"
	"context"
	"iter"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// CreateUserRequest describes a new user.
type CreateUserRequest struct {
	OrganizationID string `json:"OrganizationId,omitzero"`
	// Username is the name to log in with, up to 256 characters. Required.
	Username     string `json:"Username"`
	EmailAddress string `json:"EmailAddress,omitzero"` // up to 256 characters
	// GivenName has up to 64 characters. Required.
	GivenName string `json:"GivenName"`
	// Surname has up to 64 characters. Required.
	Surname string `json:"Surname"`
	// Password has 4 to 32 characters, all in Latin-1. Required.
	Password            docferry.Secret `json:"Password"`
	TimeZoneID          string          `json:"TimeZoneId,omitzero"`
	StorageRule         StorageRule     `json:"StorageRule,omitzero"`
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

// CreateUserResponse holds the new user.
type CreateUserResponse struct {
	User User `json:"User,omitzero"`
}

var createUser = call.NewOp("CreateUser", "POST /api/v1/users", call.Unsafe)

// CreateUser adds a user to the site's directory. The user is active at once. It
// fails with CodeEntityAlreadyExists if the name is taken. It is not retried when
// the response is lost, because it may have succeeded: look for the user before
// calling it again.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_CreateUser.html
func (c *Client) CreateUser(
	ctx context.Context, req CreateUserRequest, opts ...docferry.CallOption,
) (*CreateUserResponse, error) {
	return call.Do[CreateUserResponse](ctx, c.core, createUser, &req, opts)
}

// GetCurrentUserRequest asks for the user of a token.
type GetCurrentUserRequest struct {
	// AuthenticationToken is the token to ask about; "" means the client's.
	// Required.
	AuthenticationToken docferry.Secret `header:"Authentication,required"`
}

// GetCurrentUserResponse holds the user of the token.
type GetCurrentUserResponse struct {
	User User `json:"User,omitzero"`
}

var getCurrentUser = call.NewOp("GetCurrentUser", "GET /api/v1/me", call.Safe)

// GetCurrentUser returns the user that a token belongs to. Credentials alone
// are not enough.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_GetCurrentUser.html
func (c *Client) GetCurrentUser(
	ctx context.Context, req GetCurrentUserRequest, opts ...docferry.CallOption,
) (*GetCurrentUserResponse, error) {
	req.AuthenticationToken = cmp.Or(req.AuthenticationToken, c.token)
	return call.Do[GetCurrentUserResponse](ctx, c.core, getCurrentUser, &req, opts)
}

// UpdateUserRequest changes a user. Fields that are left zero are not changed.
type UpdateUserRequest struct {
	UserID                   string          `path:"UserId"`             // required
	GivenName                string          `json:"GivenName,omitzero"` // up to 64 characters
	Surname                  string          `json:"Surname,omitzero"`   // up to 64 characters
	Type                     UserType        `json:"Type,omitzero"`
	StorageRule              StorageRule     `json:"StorageRule,omitzero"`
	TimeZoneID               string          `json:"TimeZoneId,omitzero"`
	Locale                   Locale          `json:"Locale,omitzero"`
	GrantPoweruserPrivileges BooleanEnum     `json:"GrantPoweruserPrivileges,omitzero"`
	AuthenticationToken      docferry.Secret `header:"Authentication"`
}

// UpdateUserResponse holds the user as changed.
type UpdateUserResponse struct {
	User User `json:"User,omitzero"`
}

var updateUser = call.NewOp("UpdateUser", "PATCH /api/v1/users/{UserId}", call.Idempotent)

// UpdateUser changes a user's details, type and storage limit. It can fail with
// [CodeIllegalUserState] or [CodeDeactivatingLastSystemUser].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_UpdateUser.html
func (c *Client) UpdateUser(
	ctx context.Context, req UpdateUserRequest, opts ...docferry.CallOption,
) (*UpdateUserResponse, error) {
	return call.Do[UpdateUserResponse](ctx, c.core, updateUser, &req, opts)
}

// DeleteUserRequest names a user.
type DeleteUserRequest struct {
	UserID              string          `path:"UserId"`           // required
	AuthenticationToken docferry.Secret `header:"Authentication"` // leave it out with credentials
}

var deleteUser = call.NewOp("DeleteUser", "DELETE /api/v1/users/{UserId}", call.Idempotent)

// DeleteUser permanently deletes a user from the site's directory, along with all
// of the user's files. To only prevent the user from logging in, use
// DeactivateUser. Because DeleteUser is retried when the response is lost,
// CodeEntityNotExists can mean that an earlier attempt succeeded.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DeleteUser.html
func (c *Client) DeleteUser(ctx context.Context, req DeleteUserRequest, opts ...docferry.CallOption) error {
	return call.Exec(ctx, c.core, deleteUser, &req, opts)
}

// ActivateUserRequest names a user.
type ActivateUserRequest struct {
	UserID              string          `path:"UserId"`           // required
	AuthenticationToken docferry.Secret `header:"Authentication"` // leave it out with credentials
}

// ActivateUserResponse holds the user as changed.
type ActivateUserResponse struct {
	User User `json:"User,omitzero"`
}

var activateUser = call.NewOp("ActivateUser", "POST /api/v1/users/{UserId}/activation", call.Idempotent)

// ActivateUser allows a user to use the site.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_ActivateUser.html
func (c *Client) ActivateUser(
	ctx context.Context, req ActivateUserRequest, opts ...docferry.CallOption,
) (*ActivateUserResponse, error) {
	return call.Do[ActivateUserResponse](ctx, c.core, activateUser, &req, opts)
}

// DeactivateUserRequest names a user.
type DeactivateUserRequest struct {
	UserID              string          `path:"UserId"`           // required
	AuthenticationToken docferry.Secret `header:"Authentication"` // leave it out with credentials
}

var deactivateUser = call.NewOp("DeactivateUser", "DELETE /api/v1/users/{UserId}/activation", call.Idempotent)

// DeactivateUser prevents a user from using the site, but keeps the user's
// files.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DeactivateUser.html
func (c *Client) DeactivateUser(ctx context.Context, req DeactivateUserRequest, opts ...docferry.CallOption) error {
	return call.Exec(ctx, c.core, deactivateUser, &req, opts)
}

// DescribeUsersRequest asks for a page of users.
type DescribeUsersRequest struct {
	OrganizationID string `query:"organizationId"`
	// UserIDs selects the users with these IDs, separated by commas; up to 2000
	// characters.
	UserIDs string `query:"userIds"`
	// Query is matched against the beginnings of names. It has up to 512
	// characters, and is ignored if UserIDs is set.
	Query               string          `query:"query"`
	Include             UserFilter      `query:"include"` // default: active and pending users
	Order               Order           `query:"order"`
	Sort                UserSort        `query:"sort"`
	Marker              string          `query:"marker"` // from the previous page's response
	Limit               int64           `query:"limit"`  // items on a page, 1 to 999; 24 if zero
	Fields              string          `query:"fields"` // "STORAGE_METADATA" adds User.Storage
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

// DescribeUsersResponse is a page of users.
type DescribeUsersResponse struct {
	Users []User `json:"Users,omitzero,needed"`
	// TotalNumberOfUsers counts the users on all pages.
	//
	// Deprecated: The API has deprecated it without naming a replacement.
	TotalNumberOfUsers int64  `json:"TotalNumberOfUsers,omitzero"`
	Marker             string `json:"Marker,omitzero,needed"` // for the next page; "" on the last page
}

var describeUsers = call.NewOp("DescribeUsers", "GET /api/v1/users", call.Safe)

// DescribeUsers returns a page of the site's users, or of those that the
// request selects. It fails with CodeRequestedEntityTooLarge if there are too
// many. AllUsers ranges over all of them.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DescribeUsers.html
func (c *Client) DescribeUsers(
	ctx context.Context, req DescribeUsersRequest, opts ...docferry.CallOption,
) (*DescribeUsersResponse, error) {
	return call.Do[DescribeUsersResponse](ctx, c.core, describeUsers, &req, opts)
}

// AllUsers ranges over the users of DescribeUsers on all pages, from req.Marker
// on. It requests each page when the range reaches it; each range starts over.
// An error is yielded once and ends the range.
func (c *Client) AllUsers(
	ctx context.Context, req DescribeUsersRequest, opts ...docferry.CallOption,
) iter.Seq2[User, error] {
	pages := call.Pages(ctx, c.core, describeUsers, c.DescribeUsers, req, opts,
		func(r *DescribeUsersRequest) *string { return &r.Marker },
		func(p *DescribeUsersResponse) string { return p.Marker })
	return call.Items(pages, func(p *DescribeUsersResponse) []User { return p.Users })
}
