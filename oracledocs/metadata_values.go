package oracledocs

import (
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// AssignMetadataCollectionToFileRequest names a collection and a file.
type AssignMetadataCollectionToFileRequest struct {
	FileID         string `path:"fileId"`         // required
	CollectionName string `path:"collectionName"` // required
}

var assignMetadataCollectionToFile = call.NewOp("AssignMetadataCollectionToFile",
	"POST /documents/api/{version}/files/{fileId}/metadata/{collectionName}", call.Idempotent)

// AssignMetadataCollectionToFile assigns a metadata collection to a file, so
// that its fields can have values there. For a global collection, the caller
// must own or manage the file; for a personal one, the caller must own it. If
// the file or the collection does not exist, the error is [CodeNotFound]. That
// assigning it again is not an error is inferred.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-metadata-collectionname-post.html
func (c *Client) AssignMetadataCollectionToFile(
	ctx context.Context, req AssignMetadataCollectionToFileRequest, opts ...docferry.CallOption,
) (*ChangedItemsResponse, error) {
	return call.Do[ChangedItemsResponse](ctx, c.core, assignMetadataCollectionToFile, &req, opts)
}

// SetFileMetadataValuesRequest gives values to fields.
type SetFileMetadataValuesRequest struct {
	FileID string `path:"fileId"` // required
	// MetadataValues are values by collection and field. The collections must
	// be assigned to the file or a folder above it.
	// Required.
	MetadataValues map[string]map[string]string `part:"body,required"`
	AppLinkAccess
}

var setFileMetadataValues = call.NewOp("SetFileMetadataValues",
	"POST /documents/api/{version}/files/{fileId}/metadata", call.Idempotent)

// SetFileMetadataValues sets values of metadata fields of a file; others are
// not changed. The caller must be a contributor or manager of it, or use an
// applink with [RoleContributor].
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-metadata-post.html
func (c *Client) SetFileMetadataValues(
	ctx context.Context, req SetFileMetadataValuesRequest, opts ...docferry.CallOption,
) (*ChangedItemsResponse, error) {
	body, err := c.metadataBody(setFileMetadataValues, req.MetadataValues)
	if err != nil {
		return nil, err
	}
	return call.Send[ChangedItemsResponse](ctx, c.core, setFileMetadataValues, &req, body, opts)
}

// metadataBody is the body that sets values.
func (c *Client) metadataBody(op *call.Op, values map[string]map[string]string) (call.Body, error) {
	count := 0
	for _, fields := range values {
		count += len(fields)
	}
	if count == 0 {
		return nil, c.core.InputError(op.Name, "MetadataValues", "is required")
	}
	text, err := metadataValues(values)
	if err != nil {
		return nil, c.core.InputError(op.Name, "MetadataValues", "has a name or a value that is not valid UTF-8")
	}
	return smallBody{text, "application/json"}, nil
}

// GetFileMetadataRequest asks for the values of a file.
type GetFileMetadataRequest struct {
	FileID string `path:"fileId"` // required
	// DirectAssigned leaves out collections that are assigned to a folder above.
	DirectAssigned bool `query:"directAssigned,digit"`
	AppLinkAccess
}

// GetFileMetadataResponse holds values.
type GetFileMetadataResponse struct {
	IDList   []string                     `json:"idList,omitzero"`   // ID of the file
	Type     string                       `json:"type,omitzero"`     // "file"
	Metadata map[string]map[string]string `json:"metadata,omitzero"` // values by collection and field
	Status
}

var getFileMetadata = call.NewOp("GetFileMetadata",
	"GET /documents/api/{version}/files/{fileId}/metadata", call.Safe)

// GetFileMetadata returns the values of the metadata fields of a file.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-metadata-get.html
func (c *Client) GetFileMetadata(
	ctx context.Context, req GetFileMetadataRequest, opts ...docferry.CallOption,
) (*GetFileMetadataResponse, error) {
	return call.Do[GetFileMetadataResponse](ctx, c.core, getFileMetadata, &req, opts)
}

// DeleteFileMetadataValuesRequest names fields of a collection.
type DeleteFileMetadataValuesRequest struct {
	FileID     string   `path:"fileId"`                        // required
	Collection string   `query:"collection,required,body=1.1"` // required
	Fields     []string `query:"fields,required,body=1.1"`     // required
	AppLinkAccess
}

var deleteFileMetadataValues = call.NewOp("DeleteFileMetadataValues",
	"DELETE /documents/api/{version}/files/{fileId}/metadata", call.Idempotent)

// DeleteFileMetadataValues clears metadata fields of a file. The caller must
// own or manage the file, or use an applink with [RoleContributor].
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-metadata-delete.html
func (c *Client) DeleteFileMetadataValues(
	ctx context.Context, req DeleteFileMetadataValuesRequest, opts ...docferry.CallOption,
) (*ChangedItemsResponse, error) {
	return call.Do[ChangedItemsResponse](ctx, c.core, deleteFileMetadataValues, &req, opts)
}

// GetFileAssignedMetadataCollectionsRequest asks for the collections of a file.
type GetFileAssignedMetadataCollectionsRequest struct {
	FileID string `path:"fileId"` // required
	// DirectAssigned leaves out collections that are assigned to a folder above.
	DirectAssigned bool `query:"directAssigned,digit"`
	AppLinkAccess
}

// GetFileAssignedMetadataCollectionsResponse describes collections.
type GetFileAssignedMetadataCollectionsResponse struct {
	IDList []string `json:"idList,omitzero"` // ID of the file
	Type   string   `json:"type,omitzero"`   // "file"
	// MetadataFields has the fields by name of the collection.
	MetadataFields map[string]MetadataCollection `json:"metadataFields,omitzero"`
	Status
}

var getFileAssignedMetadataCollections = call.NewOp("GetFileAssignedMetadataCollections",
	"GET /documents/api/{version}/files/{fileId}/metadataFields", call.Safe)

// GetFileAssignedMetadataCollections describes the metadata collections of a
// file and their fields.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-metadatafields-get.html
func (c *Client) GetFileAssignedMetadataCollections(
	ctx context.Context, req GetFileAssignedMetadataCollectionsRequest, opts ...docferry.CallOption,
) (*GetFileAssignedMetadataCollectionsResponse, error) {
	return call.Do[GetFileAssignedMetadataCollectionsResponse](ctx, c.core, getFileAssignedMetadataCollections, &req, opts)
}

// AssignMetadataCollectionToFolderRequest names a collection and a folder.
type AssignMetadataCollectionToFolderRequest struct {
	FolderID       string `path:"folderId"`       // required
	CollectionName string `path:"collectionName"` // required
}

var assignMetadataCollectionToFolder = call.NewOp("AssignMetadataCollectionToFolder",
	"POST /documents/api/{version}/folders/{folderId}/metadata/{collectionName}", call.Idempotent)

// AssignMetadataCollectionToFolder assigns a metadata collection to a folder,
// so that its fields can have values on the folder and on the items in it. For
// a global collection, the caller must own or manage the folder; for a personal
// one, the caller must own it. If the folder or the collection does not exist,
// the error is [CodeNotFound]. That assigning it again is not an error is
// inferred.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-metadata-collectionname-post.html
func (c *Client) AssignMetadataCollectionToFolder(
	ctx context.Context, req AssignMetadataCollectionToFolderRequest, opts ...docferry.CallOption,
) (*ChangedItemsResponse, error) {
	return call.Do[ChangedItemsResponse](ctx, c.core, assignMetadataCollectionToFolder, &req, opts)
}

// SetFolderMetadataValuesRequest gives values to fields.
type SetFolderMetadataValuesRequest struct {
	FolderID string `path:"folderId"` // required
	// MetadataValues are values by collection and field. The collections must
	// be assigned to the folder or one above it.
	// Required.
	MetadataValues map[string]map[string]string `part:"body,required"`
	AppLinkAccess
}

var setFolderMetadataValues = call.NewOp("SetFolderMetadataValues",
	"POST /documents/api/{version}/folders/{folderId}/metadata", call.Idempotent)

// SetFolderMetadataValues sets values of metadata fields of a folder; others
// are not changed. Items in the folder inherit them unless they have values of
// their own. The caller must be a contributor or manager of the folder, or use
// an applink with [RoleContributor].
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-metadata-post.html
func (c *Client) SetFolderMetadataValues(
	ctx context.Context, req SetFolderMetadataValuesRequest, opts ...docferry.CallOption,
) (*ChangedItemsResponse, error) {
	body, err := c.metadataBody(setFolderMetadataValues, req.MetadataValues)
	if err != nil {
		return nil, err
	}
	return call.Send[ChangedItemsResponse](ctx, c.core, setFolderMetadataValues, &req, body, opts)
}

// GetFolderMetadataRequest asks for the values of a folder.
type GetFolderMetadataRequest struct {
	FolderID string `path:"folderId"` // required
	// DirectAssigned leaves out collections that are assigned to a folder above.
	DirectAssigned bool `query:"directAssigned,digit"`
	AppLinkAccess
}

// GetFolderMetadataResponse holds values.
type GetFolderMetadataResponse struct {
	IDList   []string                     `json:"idList,omitzero"`   // ID of the folder
	Type     string                       `json:"type,omitzero"`     // "folder"
	Metadata map[string]map[string]string `json:"metadata,omitzero"` // values by collection and field
	Status
}

var getFolderMetadata = call.NewOp("GetFolderMetadata",
	"GET /documents/api/{version}/folders/{folderId}/metadata", call.Safe)

// GetFolderMetadata returns the values of the metadata fields of a folder.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-metadata-get.html
func (c *Client) GetFolderMetadata(
	ctx context.Context, req GetFolderMetadataRequest, opts ...docferry.CallOption,
) (*GetFolderMetadataResponse, error) {
	return call.Do[GetFolderMetadataResponse](ctx, c.core, getFolderMetadata, &req, opts)
}

// DeleteFolderMetadataValuesRequest names fields of a collection.
type DeleteFolderMetadataValuesRequest struct {
	FolderID   string   `path:"folderId"`                      // required
	Collection string   `query:"collection,required,body=1.1"` // required
	Fields     []string `query:"fields,required,body=1.1"`     // required
	AppLinkAccess
}

var deleteFolderMetadataValues = call.NewOp("DeleteFolderMetadataValues",
	"DELETE /documents/api/{version}/folders/{folderId}/metadata", call.Idempotent)

// DeleteFolderMetadataValues clears metadata fields of a folder. The caller
// must own or manage the folder, or use an applink with [RoleContributor].
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-metadata-delete.html
func (c *Client) DeleteFolderMetadataValues(
	ctx context.Context, req DeleteFolderMetadataValuesRequest, opts ...docferry.CallOption,
) (*ChangedItemsResponse, error) {
	return call.Do[ChangedItemsResponse](ctx, c.core, deleteFolderMetadataValues, &req, opts)
}

// GetFolderAssignedMetadataCollectionsRequest asks for the collections of a folder.
type GetFolderAssignedMetadataCollectionsRequest struct {
	FolderID string `path:"folderId"` // required
	// DirectAssigned leaves out collections that are assigned to a folder above.
	DirectAssigned bool `query:"directAssigned,digit"`
	AppLinkAccess
}

// GetFolderAssignedMetadataCollectionsResponse describes collections.
type GetFolderAssignedMetadataCollectionsResponse struct {
	IDList []string `json:"idList,omitzero"` // ID of the folder
	Type   string   `json:"type,omitzero"`   // "folder"
	// MetadataFields has the fields by name of the collection.
	MetadataFields map[string]MetadataCollection `json:"metadataFields,omitzero"`
	Status
}

var getFolderAssignedMetadataCollections = call.NewOp("GetFolderAssignedMetadataCollections",
	"GET /documents/api/{version}/folders/{folderId}/metadataFields", call.Safe)

// GetFolderAssignedMetadataCollections describes the metadata collections of a
// folder and their fields.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-metadatafields-get.html
func (c *Client) GetFolderAssignedMetadataCollections(
	ctx context.Context, req GetFolderAssignedMetadataCollectionsRequest, opts ...docferry.CallOption,
) (*GetFolderAssignedMetadataCollectionsResponse, error) {
	return call.Do[GetFolderAssignedMetadataCollectionsResponse](ctx, c.core, getFolderAssignedMetadataCollections,
		req, opts)
}
