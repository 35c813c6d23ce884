package oracledocs

import (
	"context"
	"iter"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// CreateFolderRequest makes a folder in another.
type CreateFolderRequest struct {
	// FolderID is the folder to make it in; "self" for the home folder. Required.
	FolderID string `path:"folderId"`
	// Name has up to 255 characters. This limit and that of Description are
	// documented for BulkCreateFolders only. Required.
	Name        string `json:"name"`
	Description string `json:"description,omitzero"` // up to 2000 characters
	Access
}

// CreateFolderResponse describes the new folder. Its name may differ from the
// one asked for.
type CreateFolderResponse struct {
	Folder
	Status
	Location string `header:"Location"` // inferred
}

var createFolder = call.NewOp("CreateFolder", "POST /documents/api/{version}/folders/{folderId}", call.Unsafe)

// CreateFolder makes a folder. If the name is taken, whatever the case, the
// new folder gets a number: "my_folder(2)". Check the name in the answer.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-post.html
func (c *Client) CreateFolder(
	ctx context.Context, req CreateFolderRequest, opts ...docferry.CallOption,
) (*CreateFolderResponse, error) {
	if err := c.checkControl(createFolder, "Name", req.Name); err != nil {
		return nil, err
	}
	return call.Do[CreateFolderResponse](ctx, c.core, createFolder, &req, opts)
}

// GetFolderRequest asks for the description of a folder.
type GetFolderRequest struct {
	FolderID string `path:"folderId"` // required; "self" for the home folder
	Access
}

// GetFolderResponse describes a folder.
type GetFolderResponse struct {
	Folder
	Status
}

var getFolder = call.NewOp("GetFolder", "GET /documents/api/{version}/folders/{folderId}", call.Safe)

// GetFolder describes a folder. The response has the ID of its conversation, or
// of the conversation of a folder above it. A call with "self" is a way to test
// the credentials.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-get.html
func (c *Client) GetFolder(
	ctx context.Context, req GetFolderRequest, opts ...docferry.CallOption,
) (*GetFolderResponse, error) {
	return call.Do[GetFolderResponse](ctx, c.core, getFolder, &req, opts)
}

// GetHomeFolderContentsRequest asks for a page of the home folder.
type GetHomeFolderContentsRequest struct {
	// FilterName selects the items whose name is exactly this. It is documented for
	// GetFolderContents only; that this operation takes it is inferred from Oracle's
	// own client.
	FilterName string `query:"filterName"`

	Limit  int64 `query:"limit"`  // items on a page, up to 10,000; 0 means 50
	Offset int64 `query:"offset"` // of the first item, from 0
	// OrderBy is "name", "createdTime" or "modifiedTime", with ":asc" or ":desc";
	// default "name:asc".
	OrderBy string `query:"orderby"`
}

// GetHomeFolderContentsResponse is a page of files and folders.
type GetHomeFolderContentsResponse struct {
	Items []FolderItem `json:"items,omitzero,needed"`
	// ChildItemsCount is the number of items in the folder; Oracle's own client reads
	// it, although it is not documented.
	ChildItemsCount int64 `json:"childItemsCount,omitzero"`

	Count         int64  `json:"count,omitzero"`        // items on this page
	TotalResults  int64  `json:"totalResults,omitzero"` // items on all pages
	HasMore       bool   `json:"hasMore,omitzero,needed"`
	OwnerFolderID string `json:"ownerFolderID,omitzero"` // "self"
	Status
}

var getHomeFolderContents = call.NewOp("GetHomeFolderContents",
	"GET /documents/api/{version}/folders/items", call.Safe)

// GetHomeFolderContents returns a page of the caller's top-level items: their
// own, and the folders that are shared with them. AllHomeFolderContents ranges
// over all pages.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-items-get.html
func (c *Client) GetHomeFolderContents(
	ctx context.Context, req GetHomeFolderContentsRequest, opts ...docferry.CallOption,
) (*GetHomeFolderContentsResponse, error) {
	if err := c.checkPage(getHomeFolderContents, req.Offset, req.Limit); err != nil {
		return nil, err
	}
	return call.Do[GetHomeFolderContentsResponse](ctx, c.core, getHomeFolderContents, &req, opts)
}

// AllHomeFolderContents ranges over the items of GetHomeFolderContents on all
// pages, from req.Offset on. It requests each page when the range reaches it;
// each range starts over. An error is yielded once and ends the range. An item
// can be missed, or be yielded twice, if items are added or removed meanwhile.
func (c *Client) AllHomeFolderContents(
	ctx context.Context, req GetHomeFolderContentsRequest, opts ...docferry.CallOption,
) iter.Seq2[FolderItem, error] {
	return listing[GetHomeFolderContentsRequest, GetHomeFolderContentsResponse, FolderItem]{
		op: getHomeFolderContents, list: c.GetHomeFolderContents,
		at:    func(r *GetHomeFolderContentsRequest) *int64 { return &r.Offset },
		items: func(p *GetHomeFolderContentsResponse) []FolderItem { return p.Items },
		more: func(p *GetHomeFolderContentsResponse, _ *GetHomeFolderContentsRequest, _ int64) (bool, error) {
			return p.HasMore, nil
		},
	}.all(ctx, req, opts)
}

// GetFolderContentsRequest asks for a page of a folder.
type GetFolderContentsRequest struct {
	FolderID   string `path:"folderId"`    // required; "self" for the home folder
	FilterName string `query:"filterName"` // only items with exactly this name
	Limit      int64  `query:"limit"`      // items on a page, up to 10,000; 0 means 50
	Offset     int64  `query:"offset"`     // of the first item, from 0
	// OrderBy is "name", "createdTime" or "modifiedTime", with ":asc" or ":desc";
	// default "name:asc".
	OrderBy string `query:"orderby"`
	Access
}

// GetFolderContentsResponse is a page of files and folders. The fields of the
// folder itself, and the echoes of offset and limit, are inferred.
type GetFolderContentsResponse struct {
	Folder
	Items        []FolderItem `json:"items,omitzero,needed"`
	Count        int64        `json:"count,omitzero"`        // items on this page
	TotalResults int64        `json:"totalResults,omitzero"` // items on all pages
	HasMore      bool         `json:"hasMore,omitzero,needed"`
	Offset       int64        `json:"offset,omitzero"`
	Limit        int64        `json:"limit,omitzero"`
	Status
}

var getFolderContents = call.NewOp("GetFolderContents",
	"GET /documents/api/{version}/folders/{folderId}/items", call.Safe)

// GetFolderContents returns a page of the files and folders in a folder, but
// not of those in its subfolders. AllFolderContents ranges over all pages.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-items-get.html
func (c *Client) GetFolderContents(
	ctx context.Context, req GetFolderContentsRequest, opts ...docferry.CallOption,
) (*GetFolderContentsResponse, error) {
	if err := c.checkPage(getFolderContents, req.Offset, req.Limit); err != nil {
		return nil, err
	}
	return call.Do[GetFolderContentsResponse](ctx, c.core, getFolderContents, &req, opts)
}

// AllFolderContents ranges over the items of GetFolderContents on all pages,
// from req.Offset on. It requests each page when the range reaches it; each
// range starts over. An error is yielded once and ends the range. An item can
// be missed, or be yielded twice, if items are added or removed meanwhile.
func (c *Client) AllFolderContents(
	ctx context.Context, req GetFolderContentsRequest, opts ...docferry.CallOption,
) iter.Seq2[FolderItem, error] {
	return listing[GetFolderContentsRequest, GetFolderContentsResponse, FolderItem]{
		op: getFolderContents, list: c.GetFolderContents,
		at:    func(r *GetFolderContentsRequest) *int64 { return &r.Offset },
		items: func(p *GetFolderContentsResponse) []FolderItem { return p.Items },
		more: func(p *GetFolderContentsResponse, _ *GetFolderContentsRequest, _ int64) (bool, error) {
			return p.HasMore, nil
		},
	}.all(ctx, req, opts)
}

// DeleteFolderRequest names a folder to delete.
type DeleteFolderRequest struct {
	FolderID string `path:"folderId"` // required
	Access
}

// DeleteFolderResponse names what was deleted. All of it is inferred.
type DeleteFolderResponse struct {
	ID     string   `json:"id,omitzero"`
	IDList []string `json:"idList,omitzero"`
	Type   string   `json:"type,omitzero"` // "folder"
	Status
}

var deleteFolder = call.NewOp("DeleteFolder",
	"DELETE /documents/api/{version}/folders/{folderId}", call.Idempotent)

// DeleteFolder moves a folder and everything in it to the trash. This API can
// neither restore it from there nor delete it permanently.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-delete.html
func (c *Client) DeleteFolder(
	ctx context.Context, req DeleteFolderRequest, opts ...docferry.CallOption,
) (*DeleteFolderResponse, error) {
	return call.Do[DeleteFolderResponse](ctx, c.core, deleteFolder, &req, opts)
}

// EditFolderRequest changes the name or the description of a folder. Fields
// that are left zero are not changed.
type EditFolderRequest struct {
	FolderID    string  `path:"folderId"` // required
	Name        string  `json:"name,omitzero"`
	Description *string `json:"description,omitzero"` // a pointer to "" removes it
	Access
}

// EditFolderResponse describes the folder after the change.
type EditFolderResponse struct {
	Folder
	Status
}

var editFolder = call.NewOp("EditFolder", "PUT /documents/api/{version}/folders/{folderId}", call.Idempotent)

// EditFolder renames a folder or changes its description. If another folder
// has the name, it fails with [CodeNameTaken]; that is inferred.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-put.html
func (c *Client) EditFolder(
	ctx context.Context, req EditFolderRequest, opts ...docferry.CallOption,
) (*EditFolderResponse, error) {
	if err := c.checkControl(editFolder, "Name", req.Name); err != nil {
		return nil, err
	}
	return call.Do[EditFolderResponse](ctx, c.core, editFolder, &req, opts)
}

// CopyFolderRequest copies a folder.
type CopyFolderRequest struct {
	FolderID string `path:"folderId"` // required
	// DestinationID is the folder to copy it to. That it may be "self" is inferred. Required.
	DestinationID string `json:"destinationID"`
	// DuplicateResolution says what happens if the name is taken. Without it,
	// nothing is copied, and the error is [CodeNameTaken].
	DuplicateResolution DuplicateResolution `json:"duplicateResolution,omitzero"`
	Access
}

// CopyFolderResponse names the copy. Its fields are inferred from those of
// CopyFileResponse.
type CopyFolderResponse struct {
	DestinationID string   `json:"destinationID,omitzero"`
	ID            string   `json:"id,omitzero"`     // of the copy
	IDList        []string `json:"idList,omitzero"` // what was copied
	Type          string   `json:"type,omitzero"`   // "folder"
	Status
}

var copyFolder = call.NewOp("CopyFolder",
	"POST /documents/api/{version}/folders/{folderId}/copy", call.Unsafe)

// CopyFolder copies a folder and everything in it into another folder. It
// returns when the copy is complete. If the name is taken there and
// DuplicateResolution is not set, the error is [CodeNameTaken]; that is
// inferred.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-copy-post.html
func (c *Client) CopyFolder(
	ctx context.Context, req CopyFolderRequest, opts ...docferry.CallOption,
) (*CopyFolderResponse, error) {
	return call.Do[CopyFolderResponse](ctx, c.core, copyFolder, &req, opts)
}

// MoveFolderRequest moves a folder.
type MoveFolderRequest struct {
	FolderID string `path:"folderId"` // required
	// DestinationID is the folder to move it to. That it may be "self" is inferred. Required.
	DestinationID string `json:"destinationID"`
	// DuplicateResolution says what happens if the name is taken.
	DuplicateResolution DuplicateResolution `json:"duplicateResolution,omitzero"`
	Access
}

// MoveFolderResponse names what was moved.
type MoveFolderResponse struct {
	DestinationID string   `json:"destinationID,omitzero"`
	IDList        []string `json:"idList,omitzero"` // what was moved
	Type          string   `json:"type,omitzero"`   // "folder"
	Status
}

var moveFolder = call.NewOp("MoveFolder",
	"POST /documents/api/{version}/folders/{folderId}/move", call.Unsafe)

// MoveFolder moves a folder and everything in it. The folder keeps its ID, its
// owner and its times. That moving it into itself, or to where it already is,
// fails with [CodeGeneral] is inferred.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-move-post.html
func (c *Client) MoveFolder(
	ctx context.Context, req MoveFolderRequest, opts ...docferry.CallOption,
) (*MoveFolderResponse, error) {
	return call.Do[MoveFolderResponse](ctx, c.core, moveFolder, &req, opts)
}

// ChangeFolderOwnershipRequest gives a folder to another user.
type ChangeFolderOwnershipRequest struct {
	FolderID     string `path:"folderId"`     // required
	TargetUserID string `json:"targetUserID"` // required; the new owner
}

// ChangeFolderOwnershipResponse names the folder and its new owner.
type ChangeFolderOwnershipResponse struct {
	TargetUserID string `json:"targetUserID,omitzero"`
	ID           string `json:"id,omitzero"`
	Type         string `json:"type,omitzero"` // "folder"
	Status
}

var changeFolderOwnership = call.NewOp("ChangeFolderOwnership",
	"POST /documents/api/{version}/folders/{folderId}/changeOwnership", call.Idempotent).In("1.2")

// ChangeFolderOwnership gives a folder to another user. The caller, who must be
// its owner or a manager of it, is a manager afterwards. It is only in version
// 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-changeownership-post.html
func (c *Client) ChangeFolderOwnership(
	ctx context.Context, req ChangeFolderOwnershipRequest, opts ...docferry.CallOption,
) (*ChangeFolderOwnershipResponse, error) {
	return call.Do[ChangeFolderOwnershipResponse](ctx, c.core, changeFolderOwnership, &req, opts)
}
