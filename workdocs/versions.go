package workdocs

import (
	"context"
	"iter"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// DocumentStatus is the status of a version.
type DocumentStatus string

// Statuses of versions. A version is INITIALIZED from the beginning of its
// upload until its end, and is not listed with the others until then.
const (
	DocumentStatusInitialized DocumentStatus = "INITIALIZED"
	DocumentStatusActive      DocumentStatus = "ACTIVE"
)

// DocumentVersionStatus is a status that a request can give a version.
type DocumentVersionStatus string

// The only DocumentVersionStatus.
const (
	DocumentVersionStatusActive DocumentVersionStatus = "ACTIVE"
)

// DocumentSource names a form in which a version can be downloaded.
type DocumentSource string

// Forms of a version.
const (
	DocumentSourceOriginal     DocumentSource = "ORIGINAL"
	DocumentSourceWithComments DocumentSource = "WITH_COMMENTS"
)

// DocumentThumbnail names a size of preview picture.
type DocumentThumbnail string

// Sizes of preview pictures.
const (
	DocumentThumbnailSmall   DocumentThumbnail = "SMALL"
	DocumentThumbnailSmallHQ DocumentThumbnail = "SMALL_HQ"
	DocumentThumbnailLarge   DocumentThumbnail = "LARGE"
)

// DocumentVersionMetadata describes a version of a document.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DocumentVersionMetadata.html
type DocumentVersionMetadata struct {
	ID string `json:"Id,omitzero"`
	// Name is the name of the document in this version.
	Name        string `json:"Name,omitzero"`
	ContentType string `json:"ContentType,omitzero"`
	Size        int64  `json:"Size,omitzero"` // bytes
	// Signature is of the content; the algorithm is not documented.
	Signature string         `json:"Signature,omitzero"`
	Status    DocumentStatus `json:"Status,omitzero"`
	// CreatedTimestamp is the time of the first upload.
	CreatedTimestamp time.Time `json:"CreatedTimestamp,omitzero"`
	// ModifiedTimestamp is the time of the last upload.
	ModifiedTimestamp time.Time `json:"ModifiedTimestamp,omitzero"`
	// ContentCreatedTimestamp is the time that the upload gave.
	ContentCreatedTimestamp time.Time `json:"ContentCreatedTimestamp,omitzero"`
	// ContentModifiedTimestamp is the time that the upload gave.
	ContentModifiedTimestamp time.Time `json:"ContentModifiedTimestamp,omitzero"`
	CreatorID                string    `json:"CreatorId,omitzero"`
	// Thumbnail has presigned URLs.
	Thumbnail map[DocumentThumbnail]docferry.Secret `json:"Thumbnail,omitzero"`
	// Source has presigned URLs.
	Source map[DocumentSource]docferry.Secret `json:"Source,omitzero"`
}

// UploadMetadata says where and how to PUT the content of a version.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_UploadMetadata.html
type UploadMetadata struct {
	UploadURL docferry.Secret `json:"UploadUrl,omitzero"` // presigned
	// SignedHeaders must be sent with the PUT unchanged.
	SignedHeaders map[string]string `json:"SignedHeaders,omitzero"`
}

// InitiateDocumentVersionUploadRequest begins a version, of a new document
// unless ID is set.
type InitiateDocumentVersionUploadRequest struct {
	// ID is the document to add a version to.
	ID string `json:"Id,omitzero"`
	// Name is the name of the document, up to 255 characters.
	Name string `json:"Name,omitzero"`
	// ContentCreatedTimestamp has millisecond precision.
	ContentCreatedTimestamp time.Time `json:"ContentCreatedTimestamp,omitzero"`
	// ContentModifiedTimestamp has millisecond precision.
	ContentModifiedTimestamp time.Time `json:"ContentModifiedTimestamp,omitzero"`
	// ContentType is a media type of up to 128 characters.
	ContentType string `json:"ContentType,omitzero"`
	// DocumentSizeInBytes may point to 0, which is a size; nil sends none.
	DocumentSizeInBytes *int64          `json:"DocumentSizeInBytes,omitzero"`
	ParentFolderID      string          `json:"ParentFolderId,omitzero"`
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

// InitiateDocumentVersionUploadResponse holds the draft and where to PUT its content.
type InitiateDocumentVersionUploadResponse struct {
	Metadata       DocumentMetadata `json:"Metadata,omitzero"`
	UploadMetadata UploadMetadata   `json:"UploadMetadata,omitzero"`
}

var initiateDocumentVersionUpload = call.NewOp("InitiateDocumentVersionUpload",
	"POST /api/v1/documents", call.Unsafe)

// InitiateDocumentVersionUpload makes a new document with a first version, or a
// new version of a document, and returns the URL to PUT its content to. Then
// call UpdateDocumentVersion, or AbortDocumentVersionUpload. The method
// Uploader does all of this. It can fail with [CodeEntityAlreadyExists],
// [CodeStorageLimitExceeded], [CodeStorageLimitWillExceed],
// [CodeLimitExceeded], [CodeDraftUploadOutOfSync],
// [CodeResourceAlreadyCheckedOut] or [CodeInvalidPassword].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_InitiateDocumentVersionUpload.html
func (c *Client) InitiateDocumentVersionUpload(
	ctx context.Context, req InitiateDocumentVersionUploadRequest, opts ...docferry.CallOption,
) (*InitiateDocumentVersionUploadResponse, error) {
	return call.Do[InitiateDocumentVersionUploadResponse](ctx, c.core, initiateDocumentVersionUpload, req, opts)
}

// AbortDocumentVersionUploadRequest names a draft.
type AbortDocumentVersionUploadRequest struct {
	DocumentID          string          `path:"DocumentId"` // required
	VersionID           string          `path:"VersionId"`  // required
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var abortDocumentVersionUpload = call.NewOp("AbortDocumentVersionUpload",
	"DELETE /api/v1/documents/{DocumentId}/versions/{VersionId}", call.Idempotent)

// AbortDocumentVersionUpload removes a version whose upload was begun but not
// finished. It can fail with [CodeConcurrentModification].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_AbortDocumentVersionUpload.html
func (c *Client) AbortDocumentVersionUpload(
	ctx context.Context, req AbortDocumentVersionUploadRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, abortDocumentVersionUpload, req, opts)
}

// UpdateDocumentVersionRequest finishes the upload of a version.
type UpdateDocumentVersionRequest struct {
	DocumentID          string                `path:"DocumentId"` // required
	VersionID           string                `path:"VersionId"`  // required
	VersionStatus       DocumentVersionStatus `json:"VersionStatus,omitzero"`
	AuthenticationToken docferry.Secret       `header:"Authentication"`
}

var updateDocumentVersion = call.NewOp("UpdateDocumentVersion",
	"PATCH /api/v1/documents/{DocumentId}/versions/{VersionId}", call.Idempotent)

// UpdateDocumentVersion makes a version active, after its content was PUT to
// the upload URL. It can fail with [CodeConcurrentModification] or
// [CodeInvalidOperation].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_UpdateDocumentVersion.html
func (c *Client) UpdateDocumentVersion(
	ctx context.Context, req UpdateDocumentVersionRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, updateDocumentVersion, req, opts)
}

// GetDocumentVersionRequest asks for one version.
type GetDocumentVersionRequest struct {
	DocumentID string `path:"DocumentId"` // required
	VersionID  string `path:"VersionId"`  // required
	// Fields set to "SOURCE" adds download URLs; separate several values with
	// commas.
	Fields                string          `query:"fields"`
	IncludeCustomMetadata bool            `query:"includeCustomMetadata"`
	AuthenticationToken   docferry.Secret `header:"Authentication"`
}

// GetDocumentVersionResponse holds one version.
type GetDocumentVersionResponse struct {
	Metadata       DocumentVersionMetadata `json:"Metadata,omitzero"`
	CustomMetadata map[string]string       `json:"CustomMetadata,omitzero"` // up to 8 entries
}

var getDocumentVersion = call.NewOp("GetDocumentVersion",
	"GET /api/v1/documents/{DocumentId}/versions/{VersionId}", call.Safe)

// GetDocumentVersion returns one version of a document. It can fail with
// [CodeInvalidPassword].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_GetDocumentVersion.html
func (c *Client) GetDocumentVersion(
	ctx context.Context, req GetDocumentVersionRequest, opts ...docferry.CallOption,
) (*GetDocumentVersionResponse, error) {
	return call.Do[GetDocumentVersionResponse](ctx, c.core, getDocumentVersion, req, opts)
}

// DescribeDocumentVersionsRequest asks for a page of a document's versions.
type DescribeDocumentVersionsRequest struct {
	DocumentID string `path:"DocumentId"` // required
	Marker     string `query:"marker"`    // from the response for the page before
	Limit      int64  `query:"limit"`     // items on a page, 1 to 999
	// Include set to "INITIALIZED" also lists unfinished versions.
	Include             string          `query:"include"`
	Fields              string          `query:"fields"` // "SOURCE" adds download URLs
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

// DescribeDocumentVersionsResponse is a page of versions, the newest first.
type DescribeDocumentVersionsResponse struct {
	DocumentVersions []DocumentVersionMetadata `json:"DocumentVersions,omitzero"`
	// Marker requests the next page; it is "" on the last page.
	Marker string `json:"Marker,omitzero"`
}

var describeDocumentVersions = call.NewOp("DescribeDocumentVersions",
	"GET /api/v1/documents/{DocumentId}/versions", call.Safe)

// DescribeDocumentVersions returns a page of a document's versions.
// AllDocumentVersions ranges over all of them. It can fail with
// [CodeInvalidPassword].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DescribeDocumentVersions.html
func (c *Client) DescribeDocumentVersions(
	ctx context.Context, req DescribeDocumentVersionsRequest, opts ...docferry.CallOption,
) (*DescribeDocumentVersionsResponse, error) {
	return call.Do[DescribeDocumentVersionsResponse](ctx, c.core, describeDocumentVersions, req, opts)
}

// AllDocumentVersions ranges over the versions of DescribeDocumentVersions on
// all pages, from req.Marker on. It requests each page when the range reaches
// it; each range starts over. An error is yielded once and ends the range.
func (c *Client) AllDocumentVersions(
	ctx context.Context, req DescribeDocumentVersionsRequest, opts ...docferry.CallOption,
) iter.Seq2[DocumentVersionMetadata, error] {
	pages := call.Pages(ctx, c.core, describeDocumentVersions, c.DescribeDocumentVersions, req, opts,
		func(r *DescribeDocumentVersionsRequest) *string { return &r.Marker },
		func(p *DescribeDocumentVersionsResponse) string { return p.Marker })
	return call.Items(pages, func(p *DescribeDocumentVersionsResponse) []DocumentVersionMetadata { return p.DocumentVersions })
}

// DeleteDocumentVersionRequest names a version to delete.
type DeleteDocumentVersionRequest struct {
	DocumentID string `path:"DocumentId"` // required
	VersionID  string `path:"VersionId"`  // required
	// DeletePriorVersions also deletes all older versions; it is always sent.
	// Required.
	DeletePriorVersions bool            `query:"deletePriorVersions,required"`
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var deleteDocumentVersion = call.NewOp("DeleteDocumentVersion",
	"DELETE /api/v1/documentVersions/{DocumentId}/versions/{VersionId}", call.Idempotent)

// DeleteDocumentVersion deletes a version of a document. It can fail with
// [CodeConflictingOperation], [CodeConcurrentModification] or
// [CodeInvalidOperation].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DeleteDocumentVersion.html
func (c *Client) DeleteDocumentVersion(
	ctx context.Context, req DeleteDocumentVersionRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, deleteDocumentVersion, req, opts)
}

// RestoreDocumentVersionsRequest names a document.
type RestoreDocumentVersionsRequest struct {
	DocumentID          string          `path:"DocumentId"` // required
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var restoreDocumentVersions = call.NewOp("RestoreDocumentVersions",
	"POST /api/v1/documentVersions/restore/{DocumentId}", call.Idempotent)

// RestoreDocumentVersions recovers the deleted versions of a document. It can
// fail with [CodeConflictingOperation], [CodeConcurrentModification] or
// [CodeInvalidOperation].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_RestoreDocumentVersions.html
func (c *Client) RestoreDocumentVersions(
	ctx context.Context, req RestoreDocumentVersionsRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, restoreDocumentVersions, req, opts)
}
