package oracledocs

import (
	"context"
	"net/http"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/upload"
)

// User is a user or a group.
type User struct {
	ID          string `json:"id,omitzero"`
	DisplayName string `json:"displayName,omitzero"`
	// LoginName is absent for groups; with an applink that hides it, the ID.
	LoginName string `json:"loginName,omitzero"`
	Type      string `json:"type,omitzero"` // "user" or "group"
	// ProvisioningStatus is set in responses about shares, such as "active".
	ProvisioningStatus string `json:"provisioningStatus,omitzero"`
}

// Status is part of every answer. On success ErrorCode is "0" or "", whatever
// the message says.
type Status struct {
	ErrorCode    string `json:"errorCode,omitzero"`
	ErrorKey     string `json:"errorKey,omitzero"`
	ErrorMessage string `json:"errorMessage,omitzero"`
}

// ChangedItemsResponse is the response of all operations that only return the
// IDs of the items they changed: those on tags, on metadata values, and
// DeleteCollection.
type ChangedItemsResponse struct {
	IDList []string `json:"idList,omitzero"` // the items
	Type   string   `json:"type,omitzero"`   // "file", "folder" or "collection"
	Status
}

// File describes a file, or one version of it.
type File struct {
	ID string `json:"id,omitzero"`
	// ParentID is "self" for the home folder; may be absent in listings.
	ParentID     string    `json:"parentID,omitzero"`
	Name         string    `json:"name,omitzero"`
	Description  string    `json:"description,omitzero"` // may be absent
	Type         string    `json:"type,omitzero"`        // "file"
	Size         int64     `json:"size,omitzero"`        // bytes
	Version      int64     `json:"version,omitzero"`
	MimeType     string    `json:"mimeType,omitzero"`
	CreatedTime  time.Time `json:"createdTime,omitzero"`
	ModifiedTime time.Time `json:"modifiedTime,omitzero"`
	CreatedBy    User      `json:"createdBy,omitzero"`
	ModifiedBy   User      `json:"modifiedBy,omitzero"`
	OwnedBy      User      `json:"ownedBy,omitzero"`
	// ReservedBy is set while the file is reserved.
	ReservedBy User `json:"reservedBy,omitzero"`
	// ReservationTime is set while the file is reserved.
	ReservationTime time.Time `json:"reservationTime,omitzero"`
	// Metadata has values by collection and field; only if sent or requested.
	Metadata                map[string]map[string]string `json:"metadata,omitzero"`
	ConversationID          string                       `json:"conversationID,omitzero"`
	IsConversationInherited bool                         `json:"isConversationInherited,omitzero"`
}

// DuplicateResolution says what happens when a name is taken.
type DuplicateResolution string

// Ways to resolve a name that is taken. Not every operation accepts every
// value.
const (
	// DuplicateResolutionTimeStampSuffix adds six digits of the time to the name.
	// It is for copying and moving.
	DuplicateResolutionTimeStampSuffix DuplicateResolution = "TimeStampSuffix"
	// DuplicateResolutionResolveDuplicates adds a number to the name. It is for
	// extracting; that uploading accepts it is inferred.
	DuplicateResolutionResolveDuplicates DuplicateResolution = "ResolveDuplicates"
	// DuplicateResolutionReviseDuplicates makes a new version of the file that has
	// the name. It is for extracting; that uploading accepts it is inferred.
	DuplicateResolutionReviseDuplicates DuplicateResolution = "ReviseDuplicates"
	// DuplicateResolutionSkipDuplicates keeps the file that has the name and stores
	// nothing. It is for extracting; that uploading accepts it is inferred.
	DuplicateResolutionSkipDuplicates DuplicateResolution = "SkipDuplicates"
)

// UploadFileRequest stores a file in a folder.
type UploadFileRequest struct {
	ParentID string `json:"parentID"` // required; folder to store it in; "self" for the home folder
	// DuplicateResolution says what happens if the name is taken. Without it, the
	// file becomes a new version of the one that has the name. Oracle does not list
	// the values that this operation accepts.
	DuplicateResolution DuplicateResolution `json:"duplicateResolution,omitzero"`
	// Content is the file; its Name is the name to store it under, which the
	// service compares without regard to case. Required.
	Content upload.Source `part:"primaryFile,required"`
	// MetadataValues are values by collection and field. The collection must
	// be assigned to the folder or one above it.
	MetadataValues map[string]map[string]string `part:"metadataValues"`
	Access
}

// UploadFileResponse describes the version that was stored.
type UploadFileResponse struct {
	File
	Status
	Location string `header:"Location"`
}

var uploadFile = call.NewOp("UploadFile", "POST /documents/api/{version}/files/data", call.Unsafe)

// UploadFile stores a file in a folder: a new one, or a new version of the file
// that has its name. The content is streamed. Prefer the method Uploader: it
// also finds out what happened if the answer is lost.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-data-post.html
func (c *Client) UploadFile(
	ctx context.Context, req UploadFileRequest, opts ...docferry.CallOption,
) (*UploadFileResponse, error) {
	form, err := c.form(uploadFile, "primaryFile", req, req.Content, req.MetadataValues)
	if err != nil {
		return nil, err
	}
	return call.Send[UploadFileResponse](ctx, c.core, uploadFile, &req, form, opts)
}

// DownloadFileRequest asks for the content of a file.
type DownloadFileRequest struct {
	FileID  string `path:"fileId"`            // required
	Version int64  `query:"version"`          // 0 means the latest
	Range   string `header:"Range" api:"1.2"` // "bytes=0-99", "bytes=100-" or "bytes=-100"
	Access
}

var downloadFile = call.NewOp("DownloadFile", "GET /documents/api/{version}/files/{fileId}/data", call.Safe)

// DownloadFile returns the content of a file as a stream, which the caller
// closes. A Range that cannot be satisfied is refused with status 416. In
// version 1.2 a download that breaks off is resumed where it stopped, if no
// Range was asked for and the content is certain to be the same: because
// Version is set, or because the service gave the content an ETag. That a
// version never changes is inferred.
//
// A login page, or a refusal with a status of success, is returned as an error.
// No header of the answer proves that it is neither. So if the content reads
// like one, GetFile is called to compare the size: a file of that size is
// returned as it is, and if the size cannot be read, the download fails.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-data-get.html
func (c *Client) DownloadFile(
	ctx context.Context, req DownloadFileRequest, opts ...docferry.CallOption,
) (*docferry.Download, error) {
	size := func(ctx context.Context) (int64, error) {
		file, err := call.Do[storedFile](ctx, c.core, getFile,
			GetFileRequest{FileID: req.FileID, Version: req.Version, Access: req.Access},
			call.WithoutMeta(opts))
		if err != nil {
			return -1, err
		}
		if size, ok := file.size(); ok {
			return size, nil
		}
		return -1, nil
	}
	learn := size
	if req.Range != "" { // a part
		learn = nil
	}
	return c.download(ctx, content{
		op: downloadFile, request: &req, part: &req.Range, fixed: req.Version != 0,
		genuine: func(ctx context.Context, resp *http.Response, _ error) bool {
			size, err := size(ctx)
			return err == nil && size == resp.ContentLength
		},
		learn: learn,
	}, opts)
}

// GetFileRequest asks for the description of a file.
type GetFileRequest struct {
	FileID            string `path:"fileId"`                       // required
	Version           int64  `query:"version"`                     // 0 means the latest
	IncludeRenditions bool   `query:"includeRenditions" api:"1.2"` // also list its renditions
	// IncludeOnlyExistingRenditions set to false also lists renditions that could
	// be made. The service's default is true.
	IncludeOnlyExistingRenditions *bool `query:"includeOnlyExistingRenditions" api:"1.2"`
	Access
}

// GetFileResponse describes a file.
type GetFileResponse struct {
	File
	// Renditions is set if IncludeRenditions was. The name of this member is inferred.
	Renditions []Rendition `json:"renditions,omitzero"`
	Status
}

var getFile = call.NewOp("GetFile", "GET /documents/api/{version}/files/{fileId}", call.Safe)

// GetFile describes a file, or one version of it.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-get.html
func (c *Client) GetFile(
	ctx context.Context, req GetFileRequest, opts ...docferry.CallOption,
) (*GetFileResponse, error) {
	return call.Do[GetFileResponse](ctx, c.core, getFile, &req, opts)
}

// GetFilesInfoRequest asks for the descriptions of several files.
type GetFilesInfoRequest struct {
	IDList []string `query:"idList,required"` // required; up to 100
	Access
}

// GetFilesInfoResponse describes the files.
type GetFilesInfoResponse struct {
	Items []File `json:"items,omitzero"`
	Status
}

var getFilesInfo = call.NewOp("GetFilesInfo", "GET /documents/api/{version}/files/lists", call.Safe)

// GetFilesInfo describes several files at once. If one of them does not exist,
// it fails with [docferry.ErrNotFound].
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-lists-get.html
func (c *Client) GetFilesInfo(
	ctx context.Context, req GetFilesInfoRequest, opts ...docferry.CallOption,
) (*GetFilesInfoResponse, error) {
	if err := c.checkCount(getFilesInfo, "IDList", len(req.IDList), maxIDs); err != nil {
		return nil, err
	}
	return call.Do[GetFilesInfoResponse](ctx, c.core, getFilesInfo, &req, opts)
}

// EditFileRequest renames a file.
type EditFileRequest struct {
	FileID string `path:"fileId"` // required
	Name   string `json:"name"`   // required
	Access
}

// EditFileResponse describes the file after the change.
type EditFileResponse struct {
	File
	Status
}

var editFile = call.NewOp("EditFile", "PUT /documents/api/{version}/files/{fileId}", call.Idempotent)

// EditFile renames a file. If another one has the name, it fails with
// [CodeNameTaken]; that is inferred.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-put.html
func (c *Client) EditFile(
	ctx context.Context, req EditFileRequest, opts ...docferry.CallOption,
) (*EditFileResponse, error) {
	if err := c.checkControl(editFile, "Name", req.Name); err != nil {
		return nil, err
	}
	return call.Do[EditFileResponse](ctx, c.core, editFile, &req, opts)
}

// DeleteFileRequest names a file to delete, or one version of it.
type DeleteFileRequest struct {
	FileID string `path:"fileId"` // required
	// Version is the one to delete. 0 deletes all versions in version 1.2 of
	// the API, and only the latest in version 1.1.
	Version int64 `query:"version"`
	Access
}

// DeleteFileResponse names what was deleted. Its fields are inferred.
type DeleteFileResponse struct {
	ID      string `json:"id,omitzero"`
	Version int64  `json:"version,omitzero"` // if one was named
	Type    string `json:"type,omitzero"`    // "file"
	Status
}

var (
	deleteFile = call.NewOp("DeleteFile", "DELETE /documents/api/{version}/files/{fileId}", call.Idempotent)
	// A repeated request would delete the version before the one that the first
	// request deleted.
	deleteLatest = call.NewOp(deleteFile.Name, deleteFile.Method+" "+deleteFile.Route, call.Unsafe)
)

// DeleteFile moves a file, or one version of it, to the trash. This API can
// neither restore it from there nor delete it permanently.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-delete.html
func (c *Client) DeleteFile(
	ctx context.Context, req DeleteFileRequest, opts ...docferry.CallOption,
) (*DeleteFileResponse, error) {
	op := deleteFile
	if req.Version == 0 && c.core.Dialect.Version == string(V1_1) {
		op = deleteLatest
	}
	return call.Do[DeleteFileResponse](ctx, c.core, op, &req, opts)
}

// CopyFileRequest copies a file.
type CopyFileRequest struct {
	FileID string `path:"fileId"` // required
	// DestinationID is the folder to copy it to. That it may be "self" is inferred. Required.
	DestinationID string `json:"destinationID"`
	// DuplicateResolution says what happens if the name is taken. Without it,
	// nothing is copied, and the error is [CodeNameTaken].
	DuplicateResolution DuplicateResolution `json:"duplicateResolution,omitzero"`
	// Version is the version to copy; 0 means the latest.
	Version int64 `json:"version,omitzero,bare"`
	Access
}

// CopyFileResponse names the copy.
type CopyFileResponse struct {
	DestinationID string   `json:"destinationID,omitzero"`
	ID            string   `json:"id,omitzero"`     // of the copy
	IDList        []string `json:"idList,omitzero"` // what was copied
	Type          string   `json:"type,omitzero"`   // "file"
	Status
}

var copyFile = call.NewOp("CopyFile", "POST /documents/api/{version}/files/{fileId}/copy", call.Unsafe)

// CopyFile copies a file, or one version of it, into a folder. If the name is
// taken there and DuplicateResolution is not set, the error is [CodeNameTaken];
// that is inferred.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-copy-post.html
func (c *Client) CopyFile(
	ctx context.Context, req CopyFileRequest, opts ...docferry.CallOption,
) (*CopyFileResponse, error) {
	return call.Do[CopyFileResponse](ctx, c.core, copyFile, &req, opts)
}

// MoveFileRequest moves a file.
type MoveFileRequest struct {
	FileID string `path:"fileId"` // required
	// DestinationID is the folder to move it to. That it may be "self" is inferred. Required.
	DestinationID string `json:"destinationID"`
	// DuplicateResolution says what happens if the name is taken. That this
	// operation accepts it is inferred from CopyFile.
	DuplicateResolution DuplicateResolution `json:"duplicateResolution,omitzero"`
	Access
}

// MoveFileResponse names what was moved.
type MoveFileResponse struct {
	DestinationID string   `json:"destinationID,omitzero"`
	IDList        []string `json:"idList,omitzero"` // what was moved
	Type          string   `json:"type,omitzero"`   // "file"
	Status
}

var moveFile = call.NewOp("MoveFile", "POST /documents/api/{version}/files/{fileId}/move", call.Unsafe)

// MoveFile moves a file with all its versions. It keeps its ID.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-move-post.html
func (c *Client) MoveFile(
	ctx context.Context, req MoveFileRequest, opts ...docferry.CallOption,
) (*MoveFileResponse, error) {
	return call.Do[MoveFileResponse](ctx, c.core, moveFile, &req, opts)
}
