package oracledocs

import (
	"context"
	"errors"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// Values of AssignedUsers that stand for more than single users.
const (
	AssignedUsersEverybody       = "@everybody"       // anyone who has the link
	AssignedUsersServiceInstance = "@serviceinstance" // anyone who has an account
)

// PublicLink gives access to a file or folder to users who know the link's ID.
type PublicLink struct {
	LinkID           string    `json:"linkID,omitzero"`
	LinkName         string    `json:"linkName,omitzero"`      // "" for the link without a name
	AssignedUsers    []string  `json:"assignedUsers,omitzero"` // one of the constants, or users
	Role             Role      `json:"role,omitzero"`
	Type             string    `json:"type,omitzero"` // "publiclink"
	CreatedTime      time.Time `json:"createdTime,omitzero"`
	ExpirationTime   time.Time `json:"expirationTime,omitzero"` // zero if it does not expire
	LastModifiedTime time.Time `json:"lastModifiedTime,omitzero"`
	OwnedBy          User      `json:"ownedBy,omitzero"`
}

// CreateFilePublicLinkRequest makes a link to a file.
type CreateFilePublicLinkRequest struct {
	FileID string `path:"fileId"` // required
	// AssignedUsers is AssignedUsersEverybody, AssignedUsersServiceInstance,
	// or IDs, login names or e-mail addresses of users.
	// Required.
	AssignedUsers  []string  `json:"assignedUsers"`
	ExpirationTime time.Time `json:"expirationTime,omitzero"` // zero for never
	// LinkName may be empty for one of an item's links.
	LinkName string          `json:"linkName,omitzero"`
	Password docferry.Secret `json:"password,omitzero"` // 8 to 50 characters; case matters
	// Role should be set: the default is RoleViewer, or what the caller's
	// preferences say.
	Role Role `json:"role,omitzero"`
}

// CreateFilePublicLinkResponse holds the link.
type CreateFilePublicLinkResponse struct {
	PublicLink
	ID string `json:"id,omitzero"` // of the file
	Status
}

var createFilePublicLink = call.NewOp("CreateFilePublicLink",
	"POST /documents/api/{version}/publiclinks/file/{fileId}", call.Unsafe)

// CreateFilePublicLink makes a public link to a file, which the caller must
// own or manage. Private instances of the service have no public links.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-publiclinks-file-fileid-post.html
func (c *Client) CreateFilePublicLink(
	ctx context.Context, req CreateFilePublicLinkRequest, opts ...docferry.CallOption,
) (*CreateFilePublicLinkResponse, error) {
	if err := c.checkControl(createFilePublicLink, "LinkName", req.LinkName); err != nil {
		return nil, err
	}
	return call.Do[CreateFilePublicLinkResponse](ctx, c.core, createFilePublicLink, &req, opts)
}

// GetFilePublicLinksRequest names a file.
type GetFilePublicLinksRequest struct {
	FileID string `path:"fileId"` // required
}

// GetFilePublicLinksResponse lists the links of a file.
type GetFilePublicLinksResponse struct {
	Count int64        `json:"count,omitzero"`
	ID    string       `json:"id,omitzero"`   // of the file
	Type  string       `json:"type,omitzero"` // "file"
	Items []PublicLink `json:"items,omitzero"`
	Status
}

var getFilePublicLinks = call.NewOp("GetFilePublicLinks",
	"GET /documents/api/{version}/publiclinks/file/{fileId}", call.Safe)

// GetFilePublicLinks lists the public links of a file. The service is reported
// to answer with [CodeNotFound] for a file that has none, as it does for a file
// that does not exist: for both, the list is empty. Call GetFile to find out
// whether the file exists.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-publiclinks-file-fileid-get.html
func (c *Client) GetFilePublicLinks(
	ctx context.Context, req GetFilePublicLinksRequest, opts ...docferry.CallOption,
) (*GetFilePublicLinksResponse, error) {
	links, err := call.Do[GetFilePublicLinksResponse](ctx, c.core, getFilePublicLinks, &req, opts)
	if noLinks(err) {
		return &GetFilePublicLinksResponse{ID: req.FileID}, nil
	}
	return links, err
}

// noLinks reports whether an item has no public links, or does not exist.
func noLinks(err error) bool {
	refused, ok := errors.AsType[*docferry.Error](err)
	return ok && refused.Code == CodeNotFound
}

// CreateFolderPublicLinkRequest makes a link to a folder.
type CreateFolderPublicLinkRequest struct {
	FolderID string `path:"folderId"` // required
	// AssignedUsers is AssignedUsersEverybody, AssignedUsersServiceInstance,
	// or IDs, login names or e-mail addresses of users.
	// Required.
	AssignedUsers  []string  `json:"assignedUsers"`
	ExpirationTime time.Time `json:"expirationTime,omitzero"` // zero for never
	// LinkName may be empty for one of an item's links.
	LinkName string          `json:"linkName,omitzero"`
	Password docferry.Secret `json:"password,omitzero"` // 8 to 50 characters; case matters
	// Role should be set: the default is RoleViewer, or what the caller's
	// preferences say.
	Role Role `json:"role,omitzero"`
}

// CreateFolderPublicLinkResponse holds the link.
type CreateFolderPublicLinkResponse struct {
	PublicLink
	ID string `json:"id,omitzero"` // of the folder
	Status
}

var createFolderPublicLink = call.NewOp("CreateFolderPublicLink",
	"POST /documents/api/{version}/publiclinks/folder/{folderId}", call.Unsafe)

// CreateFolderPublicLink makes a public link to a folder and everything in it.
// The caller must own or manage the folder. Private instances of the service
// have no public links.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-publiclinks-folder-folderid-post.html
func (c *Client) CreateFolderPublicLink(
	ctx context.Context, req CreateFolderPublicLinkRequest, opts ...docferry.CallOption,
) (*CreateFolderPublicLinkResponse, error) {
	if err := c.checkControl(createFolderPublicLink, "LinkName", req.LinkName); err != nil {
		return nil, err
	}
	return call.Do[CreateFolderPublicLinkResponse](ctx, c.core, createFolderPublicLink, &req, opts)
}

// GetFolderPublicLinksRequest names a folder.
type GetFolderPublicLinksRequest struct {
	FolderID string `path:"folderId"` // required
}

// GetFolderPublicLinksResponse lists the links of a folder.
type GetFolderPublicLinksResponse struct {
	Count int64        `json:"count,omitzero"`
	ID    string       `json:"id,omitzero"`   // of the folder
	Type  string       `json:"type,omitzero"` // "folder"
	Items []PublicLink `json:"items,omitzero"`
	Status
}

var getFolderPublicLinks = call.NewOp("GetFolderPublicLinks",
	"GET /documents/api/{version}/publiclinks/folder/{folderId}", call.Safe)

// GetFolderPublicLinks lists the public links of a folder. The service is
// reported to answer with [CodeNotFound] for a folder that has none, as it does
// for a folder that does not exist: for both, the list is empty. Call GetFolder
// to find out whether the folder exists.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-publiclinks-folder-folderid-get.html
func (c *Client) GetFolderPublicLinks(
	ctx context.Context, req GetFolderPublicLinksRequest, opts ...docferry.CallOption,
) (*GetFolderPublicLinksResponse, error) {
	links, err := call.Do[GetFolderPublicLinksResponse](ctx, c.core, getFolderPublicLinks, &req, opts)
	if noLinks(err) {
		return &GetFolderPublicLinksResponse{ID: req.FolderID}, nil
	}
	return links, err
}

// GetPublicLinkRequest names a public link.
type GetPublicLinkRequest struct {
	LinkID string `path:"linkId"` // required
}

// GetPublicLinkResponse describes the link.
type GetPublicLinkResponse struct {
	PublicLink
	Status
}

var getPublicLink = call.NewOp("GetPublicLink",
	"GET /documents/api/{version}/publiclinks/{linkId}", call.Safe)

// GetPublicLink describes a public link. The service does not return its
// password.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-publiclinks-linkid-get.html
func (c *Client) GetPublicLink(
	ctx context.Context, req GetPublicLinkRequest, opts ...docferry.CallOption,
) (*GetPublicLinkResponse, error) {
	return call.Do[GetPublicLinkResponse](ctx, c.core, getPublicLink, &req, opts)
}

// EditPublicLinkRequest changes a public link. Fields that are left zero are
// not changed. The name of a link cannot be changed, and Oracle documents no
// way to remove its password or its expiration time.
type EditPublicLinkRequest struct {
	LinkID string `path:"linkId"` // required
	// AssignedUsers is AssignedUsersEverybody, AssignedUsersServiceInstance,
	// or IDs, login names or e-mail addresses of users.
	AssignedUsers  []string        `json:"assignedUsers,omitzero"`
	ExpirationTime time.Time       `json:"expirationTime,omitzero"`
	Password       docferry.Secret `json:"password,omitzero"` // 8 to 50 characters; case matters
	Role           Role            `json:"role,omitzero"`
}

// EditPublicLinkResponse describes the link after the change.
type EditPublicLinkResponse struct {
	PublicLink
	Status
}

var editPublicLink = call.NewOp("EditPublicLink",
	"PUT /documents/api/{version}/publiclinks/{linkId}", call.Idempotent)

// EditPublicLink changes a public link.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-publiclinks-linkid-put.html
func (c *Client) EditPublicLink(
	ctx context.Context, req EditPublicLinkRequest, opts ...docferry.CallOption,
) (*EditPublicLinkResponse, error) {
	return call.Do[EditPublicLinkResponse](ctx, c.core, editPublicLink, &req, opts)
}

// DeletePublicLinkRequest names a public link.
type DeletePublicLinkRequest struct {
	LinkID string `path:"linkId"` // required
}

// DeletePublicLinkResponse names the link that was deleted.
type DeletePublicLinkResponse struct {
	LinkID string `json:"linkID,omitzero"`
	Type   string `json:"type,omitzero"` // "publiclink"
	Status
}

var deletePublicLink = call.NewOp("DeletePublicLink",
	"DELETE /documents/api/{version}/publiclinks/{linkId}", call.Idempotent)

// DeletePublicLink deletes a public link. The item remains.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-publiclinks-linkid-delete.html
func (c *Client) DeletePublicLink(
	ctx context.Context, req DeletePublicLinkRequest, opts ...docferry.CallOption,
) (*DeletePublicLinkResponse, error) {
	return call.Do[DeletePublicLinkResponse](ctx, c.core, deletePublicLink, &req, opts)
}
