package oracledocs

import (
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// Role says what a user may do with an item. Each role includes the ones
// before it.
type Role string

// Roles. RoleContributor is the highest role for a public link.
const (
	RoleViewer      Role = "viewer"      // may look at items
	RoleDownloader  Role = "downloader"  // may also download
	RoleContributor Role = "contributor" // may also upload, change and delete
	RoleManager     Role = "manager"     // may also share items and give access
)

// Share says which role a user has on a folder.
type Share struct {
	Type string `json:"type,omitzero"` // "share"
	Role Role   `json:"role,omitzero"`
	User User   `json:"user,omitzero"` // or group
}

// ShareMember is the result of a change for one of the users and groups in a
// request. It is only in version 1.2.
type ShareMember struct {
	ID                 string `json:"id,omitzero"`
	DisplayName        string `json:"displayName,omitzero"`
	Type               string `json:"type,omitzero"`               // "user" or "group"
	ProvisioningStatus string `json:"provisioningStatus,omitzero"` // such as "active"
	IsSuccessful       bool   `json:"isSuccessful,omitzero"`
	Role               Role   `json:"role,omitzero"` // inferred
}

// ShareFolderRequest gives users or groups a role on a folder.
type ShareFolderRequest struct {
	// FolderID is "self" for the home folder; in version 1.1 it may also be a collection. Required.
	FolderID string `path:"folderId"`
	// UserID has up to 1000 IDs or login names of users, or IDs of groups. Version
	// 1.1 accepts one user. Required.
	UserID  []string `json:"userID"`
	Role    Role     `json:"role"`             // required
	Message string   `json:"message,omitzero"` // a message for them
}

// ShareFolderResponse describes the roles after the change.
type ShareFolderResponse struct {
	ID   string `json:"id,omitzero"`   // of the folder
	Type string `json:"type,omitzero"` // "share"
	Role Role   `json:"role,omitzero"` // that was given
	// User is documented for version 1.1; Oracle's own client reads it in version
	// 1.2 as well.
	User    User          `json:"user,omitzero"`
	Members []ShareMember `json:"members,omitzero"` // one for each element of UserID; version 1.2
	Status
}

var shareFolder = call.NewOp("ShareFolder", "POST /documents/api/{version}/shares/{folderId}", call.Unsafe)

// ShareFolder gives users and groups a role on a folder. The service is
// reported to refuse it, with the error key csFolderAlreadyShared, if the
// folder is already shared with one of them: use EditSharedFolderUserRole
// instead. With several users it can succeed for some and fail for others
// without an error: check IsSuccessful of all Members.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-shares-folderid-post.html
func (c *Client) ShareFolder(
	ctx context.Context, req ShareFolderRequest, opts ...docferry.CallOption,
) (*ShareFolderResponse, error) {
	if err := c.checkUsers(shareFolder, req.UserID); err != nil {
		return nil, err
	}
	return call.Do[ShareFolderResponse](ctx, c.core, shareFolder, &req, opts)
}

// GetSharedFolderUsersRequest asks for the users that a folder is shared with.
type GetSharedFolderUsersRequest struct {
	FolderID    string `path:"folderId"`     // required; "self" for the home folder
	CurrentOnly bool   `query:"currentOnly"` // leave out users who share it through a folder above
}

// GetSharedFolderUsersResponse lists users and groups with their roles.
type GetSharedFolderUsersResponse struct {
	Count   int64   `json:"count,omitzero"`
	ID      string  `json:"id,omitzero"`   // of the folder
	Type    string  `json:"type,omitzero"` // "share"
	Items   []Share `json:"items,omitzero"`
	OwnedBy User    `json:"ownedBy,omitzero"` // owner of the folder; shown for version 1.2
	Status
}

var getSharedFolderUsers = call.NewOp("GetSharedFolderUsers",
	"GET /documents/api/{version}/shares/{folderId}/items", call.Safe)

// GetSharedFolderUsers lists the users and groups that a folder is shared with.
// Oracle's reference puts CurrentOnly in a body in one place and in the query
// in its examples; it is sent in the query.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-shares-folderid-items-get.html
func (c *Client) GetSharedFolderUsers(
	ctx context.Context, req GetSharedFolderUsersRequest, opts ...docferry.CallOption,
) (*GetSharedFolderUsersResponse, error) {
	return call.Do[GetSharedFolderUsersResponse](ctx, c.core, getSharedFolderUsers, &req, opts)
}

// EditSharedFolderUserRoleRequest gives users or groups another role.
type EditSharedFolderUserRoleRequest struct {
	FolderID string `path:"folderId"` // required; "self" for the home folder
	// UserID has up to 1000 IDs or login names of users, or IDs of groups. Version
	// 1.1 accepts one user. Required.
	UserID  []string `json:"userID"`
	Role    Role     `json:"role"`             // required
	Message string   `json:"message,omitzero"` // a message for them
}

// EditSharedFolderUserRoleResponse describes the roles after the change.
type EditSharedFolderUserRoleResponse struct {
	ID   string `json:"id,omitzero"`   // of the folder
	Type string `json:"type,omitzero"` // "share"
	Role Role   `json:"role,omitzero"` // that was given
	// User is documented for version 1.1; Oracle's own client reads it in version
	// 1.2 as well.
	User    User          `json:"user,omitzero"`
	Members []ShareMember `json:"members,omitzero"` // one for each element of UserID; version 1.2
	Status
}

var editSharedFolderUserRole = call.NewOp("EditSharedFolderUserRole",
	"PUT /documents/api/{version}/shares/{folderId}/role", call.Idempotent)

// EditSharedFolderUserRole changes the role of users and groups that a folder
// is shared with. With several users it can succeed for some and fail for
// others without an error: check IsSuccessful of all Members.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-shares-folderid-role-put.html
func (c *Client) EditSharedFolderUserRole(
	ctx context.Context, req EditSharedFolderUserRoleRequest, opts ...docferry.CallOption,
) (*EditSharedFolderUserRoleResponse, error) {
	if err := c.checkUsers(editSharedFolderUserRole, req.UserID); err != nil {
		return nil, err
	}
	return call.Do[EditSharedFolderUserRoleResponse](ctx, c.core, editSharedFolderUserRole, &req, opts)
}

// RevokeUserRequest stops sharing a folder with users or groups.
type RevokeUserRequest struct {
	FolderID string `path:"folderId"` // required; "self" for the home folder
	// UserID has up to 1000 IDs or login names of users, or IDs of groups. Version
	// 1.1 accepts one user. Required.
	UserID  []string `query:"userID,required,body=1.1"`
	Message string   `query:"message,body=1.1"` // a message for them
}

// RevokeUserResponse names the users who can no longer use the folder.
type RevokeUserResponse struct {
	ID   string `json:"id,omitzero"`   // of the folder
	Type string `json:"type,omitzero"` // "share"
	// User is documented for version 1.1; Oracle's own client reads it in version
	// 1.2 as well.
	User    User          `json:"user,omitzero"`
	Members []ShareMember `json:"members,omitzero"` // one for each element of UserID; version 1.2
	Status
}

var revokeUser = call.NewOp("RevokeUser",
	"DELETE /documents/api/{version}/shares/{folderId}/user", call.Idempotent)

// RevokeUser ends the access of users and groups to a shared folder. The
// service is reported to refuse it, with the error key csUserHasNotBeenShared,
// if the folder is not shared with one of them. With several users it can
// succeed for some and fail for others without an error: check IsSuccessful of
// all Members.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-shares-folderid-user-delete.html
func (c *Client) RevokeUser(
	ctx context.Context, req RevokeUserRequest, opts ...docferry.CallOption,
) (*RevokeUserResponse, error) {
	if err := c.checkUsers(revokeUser, req.UserID); err != nil {
		return nil, err
	}
	return call.Do[RevokeUserResponse](ctx, c.core, revokeUser, &req, opts)
}

// RevokeCurrentUserRequest names a folder that the caller wants to leave.
type RevokeCurrentUserRequest struct {
	FolderID string `path:"folderId"` // required
}

// RevokeCurrentUserResponse names the folder.
type RevokeCurrentUserResponse struct {
	ID      string        `json:"id,omitzero"`   // of the folder
	Type    string        `json:"type,omitzero"` // "share"
	User    User          `json:"user,omitzero"`
	Members []ShareMember `json:"members,omitzero"`
	Status
}

var revokeCurrentUser = call.NewOp("RevokeCurrentUser",
	"DELETE /documents/api/{version}/shares/{folderId}/myuser", call.Idempotent)

// RevokeCurrentUser ends the caller's own access to a folder that was shared
// with them.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-shares-folderid-myuser-delete.html
func (c *Client) RevokeCurrentUser(
	ctx context.Context, req RevokeCurrentUserRequest, opts ...docferry.CallOption,
) (*RevokeCurrentUserResponse, error) {
	return call.Do[RevokeCurrentUserResponse](ctx, c.core, revokeCurrentUser, &req, opts)
}

// UnshareFolderRequest takes a folder away from all that it is shared with.
type UnshareFolderRequest struct {
	FolderID string `path:"folderId"`          // required; "self" for the home folder
	Message  string `query:"message,body=1.1"` // a message for them
}

// UnshareFolderResponse names the folder.
type UnshareFolderResponse struct {
	ID   string `json:"id,omitzero"`   // of the folder
	Type string `json:"type,omitzero"` // "share"
	Status
}

var unshareFolder = call.NewOp("UnshareFolder",
	"DELETE /documents/api/{version}/shares/{folderId}", call.Idempotent)

// UnshareFolder ends the access of all that a folder is shared with. The
// folder and its owner stay.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-shares-folderid-delete.html
func (c *Client) UnshareFolder(
	ctx context.Context, req UnshareFolderRequest, opts ...docferry.CallOption,
) (*UnshareFolderResponse, error) {
	return call.Do[UnshareFolderResponse](ctx, c.core, unshareFolder, &req, opts)
}

// checkUsers refuses more users than a version of the API takes at once.
func (c *Client) checkUsers(op *call.Op, users []string) error {
	most := 1000
	if c.core.Dialect.Version == string(V1_1) {
		most = 1
	}
	return c.checkCount(op, "UserID", len(users), most)
}
