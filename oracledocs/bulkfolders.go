package oracledocs

import (
	"context"
	"fmt"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// FolderStatus says whether a folder exists.
type FolderStatus string

// Whether a folder exists.
const (
	FolderStatusExists  FolderStatus = "exists"
	FolderStatusInTrash FolderStatus = "inTrash"
	FolderStatusMissing FolderStatus = "missing"
)

// FolderInfo describes a folder in the response of GetFoldersInfo.
type FolderInfo struct {
	Folder
	// Status is set if CheckStatus was; the name of this member is inferred.
	Status FolderStatus `json:"status,omitzero"`
}

// GetFoldersInfoRequest asks for the descriptions of several folders.
type GetFoldersInfoRequest struct {
	// IDList has up to 100 IDs; "self" is the home folder. Required.
	IDList []string `query:"idList,required"`
	// CheckStatus reports folders that do not exist, instead of failing.
	CheckStatus bool `query:"checkStatus,digit" api:"1.2"`
	Access
}

// GetFoldersInfoResponse describes the folders.
type GetFoldersInfoResponse struct {
	Items []FolderInfo `json:"items,omitzero"`
	Status
}

var getFoldersInfo = call.NewOp("GetFoldersInfo", "GET /documents/api/{version}/folders/lists", call.Safe)

// GetFoldersInfo describes several folders at once, with how many files and
// folders they hold. Without CheckStatus, it fails with [docferry.ErrNotFound]
// if one of them does not exist.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-lists-get.html
func (c *Client) GetFoldersInfo(
	ctx context.Context, req GetFoldersInfoRequest, opts ...docferry.CallOption,
) (*GetFoldersInfoResponse, error) {
	if err := c.checkCount(getFoldersInfo, "IDList", len(req.IDList), maxIDs); err != nil {
		return nil, err
	}
	return call.Do[GetFoldersInfoResponse](ctx, c.core, getFoldersInfo, &req, opts)
}

// maxFolders is how many folders can be made at once.
const maxFolders = 50

// NewFolder is a folder to create.
type NewFolder struct {
	Name        string `json:"name"`                 // required; up to 255 characters
	Description string `json:"description,omitzero"` // up to 2000 characters
}

// BulkCreateFoldersRequest makes several folders in another.
type BulkCreateFoldersRequest struct {
	// FolderID is the folder to make them in; "self" for the home folder. Required.
	FolderID string      `path:"folderId"`
	Folders  []NewFolder `json:"folders"` // required; 1 to 50
	Access
}

// BulkCreateFoldersResponse describes the new folders. All of it is inferred.
type BulkCreateFoldersResponse struct {
	Items []Folder `json:"items,omitzero"`
	Status
}

var bulkCreateFolders = call.NewOp("BulkCreateFolders",
	"POST /documents/api/{version}/folders/{folderId}/_bulkCreate", call.Unsafe).In("1.2")

// BulkCreateFolders makes up to 50 folders at once. What happens if a name is
// taken is not documented: check the names in the answer. It is only in version
// 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-_bulkcreate-post.html
func (c *Client) BulkCreateFolders(
	ctx context.Context, req BulkCreateFoldersRequest, opts ...docferry.CallOption,
) (*BulkCreateFoldersResponse, error) {
	if req.Folders != nil && len(req.Folders) == 0 {
		return nil, c.core.InputError(bulkCreateFolders.Name, "Folders", "is empty; name at least one folder")
	}
	if err := c.checkCount(bulkCreateFolders, "Folders", len(req.Folders), maxFolders); err != nil {
		return nil, err
	}
	for i, folder := range req.Folders {
		field := fmt.Sprintf("Folders[%d].Name", i)
		if folder.Name == "" {
			return nil, c.core.InputError(bulkCreateFolders.Name, field, "is required")
		}
		if err := c.checkControl(bulkCreateFolders, field, folder.Name); err != nil {
			return nil, err
		}
	}
	return call.Do[BulkCreateFoldersResponse](ctx, c.core, bulkCreateFolders, &req, opts)
}
