package workdocs

import (
	"cmp"
	"context"
	"iter"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// ResourceState is the state of a document or folder.
type ResourceState string

// States of documents and folders. A request can only set ACTIVE and RECYCLED;
// the other two are the transitions to these.
const (
	ResourceStateActive    ResourceState = "ACTIVE"
	ResourceStateRestoring ResourceState = "RESTORING"
	ResourceStateRecycling ResourceState = "RECYCLING"
	ResourceStateRecycled  ResourceState = "RECYCLED" // in the recycle bin
)

// ResourceSort is a key to sort documents and folders by.
type ResourceSort string

// Sort keys for a folder's contents.
const (
	ResourceSortDate ResourceSort = "DATE"
	ResourceSortName ResourceSort = "NAME"
)

// Order is the direction in which a listing is sorted.
type Order string

// Directions of sorting.
const (
	OrderAscending  Order = "ASCENDING"
	OrderDescending Order = "DESCENDING"
)

// FolderContentType selects documents or folders in a folder.
type FolderContentType string

// Values of FolderContentType.
const (
	FolderContentTypeAll      FolderContentType = "ALL"
	FolderContentTypeDocument FolderContentType = "DOCUMENT"
	FolderContentTypeFolder   FolderContentType = "FOLDER"
)

// FolderMetadata describes a folder.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_FolderMetadata.html
type FolderMetadata struct {
	ID                string        `json:"Id,omitzero"`
	Name              string        `json:"Name,omitzero"`
	CreatorID         string        `json:"CreatorId,omitzero"`
	ParentFolderID    string        `json:"ParentFolderId,omitzero"`
	CreatedTimestamp  time.Time     `json:"CreatedTimestamp,omitzero"`
	ModifiedTimestamp time.Time     `json:"ModifiedTimestamp,omitzero"`
	ResourceState     ResourceState `json:"ResourceState,omitzero"`
	// Signature is computed from the subfolders and documents in the folder.
	Signature string   `json:"Signature,omitzero"`
	Labels    []string `json:"Labels,omitzero"` // up to 20
	// Size is in bytes. The API does not document what it counts.
	Size int64 `json:"Size,omitzero"`
	// LatestVersionSize is like Size, but counts only the latest versions.
	LatestVersionSize int64 `json:"LatestVersionSize,omitzero"`
}

// ResourcePath is the path from the root folder to a document or folder.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_ResourcePath.html
type ResourcePath struct {
	Components []ResourcePathComponent `json:"Components,omitzero"`
}

// ResourcePathComponent is one step of a path.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_ResourcePathComponent.html
type ResourcePathComponent struct {
	ID   string `json:"Id,omitzero"`
	Name string `json:"Name,omitzero"` // "" unless requested
}

// CreateFolderRequest describes a new folder.
type CreateFolderRequest struct {
	Name                string          `json:"Name,omitzero"`  // up to 255 characters
	ParentFolderID      string          `json:"ParentFolderId"` // required
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

// CreateFolderResponse holds the new folder.
type CreateFolderResponse struct {
	Metadata FolderMetadata `json:"Metadata,omitzero"`
}

var createFolder = call.NewOp("CreateFolder", "POST /api/v1/folders", call.Unsafe)

// CreateFolder creates a folder in another folder. It fails with
// CodeEntityAlreadyExists if the name is taken there, and with
// CodeLimitExceeded if the parent is full. It is not retried when the response
// is lost, because it may have succeeded: look for the folder before calling it
// again. It can also fail with [CodeConflictingOperation] or
// [CodeConcurrentModification].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_CreateFolder.html
func (c *Client) CreateFolder(
	ctx context.Context, req CreateFolderRequest, opts ...docferry.CallOption,
) (*CreateFolderResponse, error) {
	return call.Do[CreateFolderResponse](ctx, c.core, createFolder, &req, opts)
}

// GetFolderRequest asks for a folder.
type GetFolderRequest struct {
	FolderID              string          `path:"FolderId"` // required
	IncludeCustomMetadata bool            `query:"includeCustomMetadata"`
	AuthenticationToken   docferry.Secret `header:"Authentication"`
}

// GetFolderResponse holds a folder.
type GetFolderResponse struct {
	Metadata       FolderMetadata    `json:"Metadata,omitzero"`
	CustomMetadata map[string]string `json:"CustomMetadata,omitzero"` // up to 8 entries, if requested
}

var getFolder = call.NewOp("GetFolder", "GET /api/v1/folders/{FolderId}", call.Safe)

// GetFolder returns a folder's metadata.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_GetFolder.html
func (c *Client) GetFolder(
	ctx context.Context, req GetFolderRequest, opts ...docferry.CallOption,
) (*GetFolderResponse, error) {
	return call.Do[GetFolderResponse](ctx, c.core, getFolder, &req, opts)
}

// GetFolderPathRequest asks for the path of a folder.
type GetFolderPathRequest struct {
	FolderID string `path:"FolderId"` // required
	Limit    int64  `query:"limit"`   // levels, 1 to 999; 100 if zero
	// Fields set to "NAME" adds the names; by default there are only IDs.
	Fields              string          `query:"fields"`
	Marker              string          `query:"marker"` // part of the API, but no response returns one
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

// GetFolderPathResponse holds the path of a folder.
type GetFolderPathResponse struct {
	Path ResourcePath `json:"Path,omitzero"`
}

var getFolderPath = call.NewOp("GetFolderPath", "GET /api/v1/folders/{FolderId}/path", call.Safe)

// GetFolderPath returns the path from the root folder down to a folder.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_GetFolderPath.html
func (c *Client) GetFolderPath(
	ctx context.Context, req GetFolderPathRequest, opts ...docferry.CallOption,
) (*GetFolderPathResponse, error) {
	return call.Do[GetFolderPathResponse](ctx, c.core, getFolderPath, &req, opts)
}

// UpdateFolderRequest renames, moves, recycles or restores a folder. Fields
// that are left zero are not changed.
type UpdateFolderRequest struct {
	FolderID       string `path:"FolderId"`                // required
	Name           string `json:"Name,omitzero"`           // up to 255 characters
	ParentFolderID string `json:"ParentFolderId,omitzero"` // the folder to move it to
	// ResourceState is ResourceStateActive or ResourceStateRecycled.
	ResourceState       ResourceState   `json:"ResourceState,omitzero"`
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var updateFolder = call.NewOp("UpdateFolder", "PATCH /api/v1/folders/{FolderId}", call.Idempotent)

// UpdateFolder renames, moves, recycles or restores a folder. It fails with
// CodeEntityAlreadyExists if the name is taken in the parent, and with
// CodeLimitExceeded if the parent is full. It can also fail with
// [CodeConflictingOperation] or [CodeConcurrentModification].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_UpdateFolder.html
func (c *Client) UpdateFolder(ctx context.Context, req UpdateFolderRequest, opts ...docferry.CallOption) error {
	return call.Exec(ctx, c.core, updateFolder, &req, opts)
}

// DeleteFolderRequest names a folder.
type DeleteFolderRequest struct {
	FolderID            string          `path:"FolderId"` // required
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var deleteFolder = call.NewOp("DeleteFolder", "DELETE /api/v1/folders/{FolderId}", call.Idempotent)

// DeleteFolder permanently deletes a folder and everything in it. UpdateFolder
// can move it to the recycle bin instead. Because DeleteFolder is retried when
// the response is lost, CodeEntityNotExists can mean that an earlier attempt
// succeeded. It can also fail with [CodeLimitExceeded],
// [CodeConflictingOperation] or [CodeConcurrentModification].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DeleteFolder.html
func (c *Client) DeleteFolder(ctx context.Context, req DeleteFolderRequest, opts ...docferry.CallOption) error {
	return call.Exec(ctx, c.core, deleteFolder, &req, opts)
}

// DeleteFolderContentsRequest names a folder to empty.
type DeleteFolderContentsRequest struct {
	FolderID            string          `path:"FolderId"` // required
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var deleteFolderContents = call.NewOp("DeleteFolderContents",
	"DELETE /api/v1/folders/{FolderId}/contents", call.Idempotent)

// DeleteFolderContents deletes everything in a folder but keeps the folder
// itself. It can fail with [CodeConflictingOperation].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DeleteFolderContents.html
func (c *Client) DeleteFolderContents(
	ctx context.Context, req DeleteFolderContentsRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, deleteFolderContents, &req, opts)
}

// DescribeFolderContentsRequest asks for a page of a folder's contents.
type DescribeFolderContentsRequest struct {
	FolderID string            `path:"FolderId"` // required
	Sort     ResourceSort      `query:"sort"`
	Order    Order             `query:"order"`
	Limit    int64             `query:"limit"`  // items on a page, 1 to 999; 100 if zero
	Marker   string            `query:"marker"` // from the previous page's response
	Type     FolderContentType `query:"type"`   // limits the page to documents or to folders
	// Include set to "INITIALIZED" also lists documents whose first upload is not
	// finished.
	Include             string          `query:"include"`
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

// DescribeFolderContentsResponse is a page of a folder's contents.
type DescribeFolderContentsResponse struct {
	Folders   []FolderMetadata   `json:"Folders,omitzero,needed"`
	Documents []DocumentMetadata `json:"Documents,omitzero,needed"`
	Marker    string             `json:"Marker,omitzero,needed"` // for the next page; "" on the last page
}

var describeFolderContents = call.NewOp("DescribeFolderContents",
	"GET /api/v1/folders/{FolderId}/contents", call.Safe)

// DescribeFolderContents returns a page of the folders and documents that are
// directly in a folder. AllFolderContents ranges over all of them, and
// FolderContentsPages over the pages.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DescribeFolderContents.html
func (c *Client) DescribeFolderContents(
	ctx context.Context, req DescribeFolderContentsRequest, opts ...docferry.CallOption,
) (*DescribeFolderContentsResponse, error) {
	return call.Do[DescribeFolderContentsResponse](ctx, c.core, describeFolderContents, &req, opts)
}

// FolderContentsPages ranges over the pages of DescribeFolderContents, from
// req.Marker on. It requests each page when the range reaches it; each range
// starts over. An error is yielded once and ends the range.
func (c *Client) FolderContentsPages(
	ctx context.Context, req DescribeFolderContentsRequest, opts ...docferry.CallOption,
) iter.Seq2[*DescribeFolderContentsResponse, error] {
	return call.Pages(ctx, c.core, describeFolderContents, c.DescribeFolderContents, req, opts,
		func(r *DescribeFolderContentsRequest) *string { return &r.Marker },
		func(p *DescribeFolderContentsResponse) string { return p.Marker })
}

// DescribeRootFoldersRequest asks for a page of a user's own top folders.
type DescribeRootFoldersRequest struct {
	Limit int64 `query:"limit"` // items on a page, 1 to 999
	// Marker comes from the previous page's response.
	Marker string `query:"marker"`
	// AuthenticationToken is the user's token; "" means the client's. Required.
	AuthenticationToken docferry.Secret `header:"Authentication,required"`
}

// DescribeRootFoldersResponse is a page of a user's own top folders.
type DescribeRootFoldersResponse struct {
	Folders []FolderMetadata `json:"Folders,omitzero,needed"`
	Marker  string           `json:"Marker,omitzero,needed"` // for the next page; "" on the last page
}

var describeRootFolders = call.NewOp("DescribeRootFolders", "GET /api/v1/me/root", call.Safe)

// DescribeRootFolders returns the folder that holds all of a user's files and
// the user's recycle bin. It needs a user's token: credentials alone are not
// enough. AllRootFolders ranges over them.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DescribeRootFolders.html
func (c *Client) DescribeRootFolders(
	ctx context.Context, req DescribeRootFoldersRequest, opts ...docferry.CallOption,
) (*DescribeRootFoldersResponse, error) {
	req.AuthenticationToken = cmp.Or(req.AuthenticationToken, c.token)
	return call.Do[DescribeRootFoldersResponse](ctx, c.core, describeRootFolders, &req, opts)
}

// AllRootFolders ranges over the folders of DescribeRootFolders on all pages,
// from req.Marker on. It requests each page when the range reaches it; each
// range starts over. An error is yielded once and ends the range.
func (c *Client) AllRootFolders(
	ctx context.Context, req DescribeRootFoldersRequest, opts ...docferry.CallOption,
) iter.Seq2[FolderMetadata, error] {
	pages := call.Pages(ctx, c.core, describeRootFolders, c.DescribeRootFolders, req, opts,
		func(r *DescribeRootFoldersRequest) *string { return &r.Marker },
		func(p *DescribeRootFoldersResponse) string { return p.Marker })
	return call.Items(pages, func(p *DescribeRootFoldersResponse) []FolderMetadata { return p.Folders })
}
