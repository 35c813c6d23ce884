package oracledocs

import (
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// Applink gives one user access to a file or folder for a while. Its method
// Access returns what requests embed; RenewApplink extends it.
type Applink struct {
	AppLinkID   string          `json:"appLinkID,omitzero"`
	AccessToken docferry.Secret `json:"accessToken,omitzero"` // lasts 15 minutes
	// RefreshToken is for RefreshApplinkToken and lasts 24 hours.
	RefreshToken docferry.Secret `json:"refreshToken,omitzero"`
	// AppLinkURL shows the item in a frame of a web page.
	AppLinkURL string `json:"appLinkUrl,omitzero"`
	Role       Role   `json:"role,omitzero"`
	ID         string `json:"id,omitzero"`   // of the file or folder
	Type       string `json:"type,omitzero"` // "applink"
}

// CreateFileApplinkRequest gives a user access to a file.
type CreateFileApplinkRequest struct {
	FileID string `path:"fileId"` // required
	// AssignedUser is the ID or another name of the user, such as the login name. Required.
	AssignedUser string `json:"assignedUser"`
	Role         Role   `json:"role,omitzero"` // default RoleViewer
	// UserLocale is the language of the pages that the link opens, such as "en-US".
	UserLocale   string `json:"userLocale,omitzero"`
	UserTimeZone string `json:"userTimeZone,omitzero"` // such as "Canada/Pacific"
}

// CreateFileApplinkResponse holds the applink.
type CreateFileApplinkResponse struct {
	Applink
	Status
}

var createFileApplink = call.NewOp("CreateFileApplink",
	"POST /documents/api/{version}/applinks/file/{fileId}", call.Unsafe)

// CreateFileApplink makes an applink to a file, which the caller must own or
// manage. It works for the assigned user only. Whether version 1.1 grants
// [RoleManager] is unclear: the reference denies it in its text and does it in
// its example.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-applinks-file-fileid-post.html
func (c *Client) CreateFileApplink(
	ctx context.Context, req CreateFileApplinkRequest, opts ...docferry.CallOption,
) (*CreateFileApplinkResponse, error) {
	return call.Do[CreateFileApplinkResponse](ctx, c.core, createFileApplink, &req, opts)
}

// CreateFolderApplinkRequest gives a user access to a folder.
type CreateFolderApplinkRequest struct {
	FolderID string `path:"folderId"` // required
	// AssignedUser is the ID or another name of the user, such as the login name. Required.
	AssignedUser string `json:"assignedUser"`
	Role         Role   `json:"role,omitzero"` // default RoleViewer
	// UserLocale is the language of the pages that the link opens, such as "en-US".
	UserLocale   string `json:"userLocale,omitzero"`
	UserTimeZone string `json:"userTimeZone,omitzero"` // such as "Canada/Pacific"
}

// CreateFolderApplinkResponse holds the applink.
type CreateFolderApplinkResponse struct {
	Applink
	Status
}

var createFolderApplink = call.NewOp("CreateFolderApplink",
	"POST /documents/api/{version}/applinks/folder/{folderId}", call.Unsafe)

// CreateFolderApplink makes an applink to a folder and everything in it. The
// caller must own or manage the folder. The link works for the assigned user
// only. Whether version 1.1 grants [RoleManager] is not clear.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-applinks-folder-folderid-post.html
func (c *Client) CreateFolderApplink(
	ctx context.Context, req CreateFolderApplinkRequest, opts ...docferry.CallOption,
) (*CreateFolderApplinkResponse, error) {
	return call.Do[CreateFolderApplinkResponse](ctx, c.core, createFolderApplink, &req, opts)
}

// RefreshApplinkTokenRequest asks for a new access token.
type RefreshApplinkTokenRequest struct {
	AppLinkID string `header:"appLinkID,required"` // required
	// AccessToken is the current token, which may have expired. Required.
	AccessToken docferry.Secret `header:"accessToken,required"`
	// RefreshToken is the one that the applink was created with. Required.
	RefreshToken docferry.Secret `header:"refreshToken,required"`
}

// RefreshApplinkTokenResponse holds the new access token. The refresh token
// does not change; it expires 24 hours after the applink was made.
type RefreshApplinkTokenResponse struct {
	AccessToken docferry.Secret `json:"accessToken,omitzero"` // lasts 15 minutes
	Type        string          `json:"type,omitzero"`        // "applink"
	Status
}

// A repeated request might be refused, because the first one replaces the
// access token.
var refreshApplinkToken = call.NewOp("RefreshApplinkToken",
	"PUT /documents/api/{version}/applinks/token", call.Unsafe)

// RefreshApplinkToken gives an applink a new access token.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-applinks-token-put.html
func (c *Client) RefreshApplinkToken(
	ctx context.Context, req RefreshApplinkTokenRequest, opts ...docferry.CallOption,
) (*RefreshApplinkTokenResponse, error) {
	return call.Do[RefreshApplinkTokenResponse](ctx, c.core, refreshApplinkToken, &req, opts)
}
