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

// Statuses of versions. A version is INITIALIZED until its upload is finished;
// until then, listings leave it out unless the request includes it.
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
	// Signature is computed from the content by an algorithm that is not documented.
	Signature string         `json:"Signature,omitzero"`
	Status    DocumentStatus `json:"Status,omitzero"`
	// CreatedTimestamp is the time of the first upload.
	CreatedTimestamp time.Time `json:"CreatedTimestamp,omitzero"`
	// ModifiedTimestamp is the time of the last upload.
	ModifiedTimestamp time.Time `json:"ModifiedTimestamp,omitzero"`
	// ContentCreatedTimestamp is what the upload gave as the time when the content
	// was created.
	ContentCreatedTimestamp time.Time `json:"ContentCreatedTimestamp,omitzero"`
	// ContentModifiedTimestamp is what the upload gave as the time when the content
	// was last modified.
	ContentModifiedTimestamp time.Time `json:"ContentModifiedTimestamp,omitzero"`
	CreatorID                string    `json:"CreatorId,omitzero"`
	// Thumbnail holds the presigned URLs of preview pictures, by size.
	Thumbnail map[DocumentThumbnail]docferry.Secret `json:"Thumbnail,omitzero"`
	// Source holds the presigned URLs of the content, if the request asked for them.
	Source map[DocumentSource]docferry.Secret `json:"Source,omitzero"`
}

// UploadMetadata says where and how to PUT the content of a version.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_UploadMetadata.html
type UploadMetadata struct {
	UploadURL docferry.Secret `json:"UploadUrl,omitzero,needed"` // presigned
	// SignedHeaders must be sent unchanged with the PUT.
	SignedHeaders map[string]string `json:"SignedHeaders,omitzero,needed"`
}

// InitiateDocumentVersionUploadRequest begins a version of the document ID, or
// of a new document if ID is empty.
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
	// DocumentSizeInBytes is the size of the content. A pointer to 0 announces empty
	// content; nil announces no size.
	DocumentSizeInBytes *int64          `json:"DocumentSizeInBytes,omitzero"`
	ParentFolderID      string          `json:"ParentFolderId,omitzero"`
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

// InitiateDocumentVersionUploadResponse holds the draft and where to PUT its content.
type InitiateDocumentVersionUploadResponse struct {
	Metadata       DocumentMetadata `json:"Metadata,omitzero"`
	UploadMetadata UploadMetadata   `json:"UploadMetadata,omitzero,needed"`
}

var initiateDocumentVersionUpload = call.NewOp("InitiateDocumentVersionUpload",
	"POST /api/v1/documents", call.Unsafe)

// InitiateDocumentVersionUpload creates a new document with a first version, or
// a new version of a document, and returns the URL to PUT its content to. After
// the PUT, call UpdateDocumentVersion to finish the upload, or
// AbortDocumentVersionUpload to give it up. The uploader that Uploader returns
// does all of this. The call is not retried when the response is lost, because
// it may have succeeded. It can fail with [CodeEntityAlreadyExists],
// [CodeStorageLimitExceeded], [CodeStorageLimitWillExceed],
// [CodeLimitExceeded], [CodeDraftUploadOutOfSync],
// [CodeResourceAlreadyCheckedOut] or [CodeInvalidPassword].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_InitiateDocumentVersionUpload.html
func (c *Client) InitiateDocumentVersionUpload(
	ctx context.Context, req InitiateDocumentVersionUploadRequest, opts ...docferry.CallOption,
) (*InitiateDocumentVersionUploadResponse, error) {
	return call.Do[InitiateDocumentVersionUploadResponse](ctx, c.core, initiateDocumentVersionUpload, &req, opts)
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
// finished. It fails with CodeProhibitedState if the version is active. It can
// also fail with [CodeConcurrentModification].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_AbortDocumentVersionUpload.html
func (c *Client) AbortDocumentVersionUpload(
	ctx context.Context, req AbortDocumentVersionUploadRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, abortDocumentVersionUpload, &req, opts)
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

// UpdateDocumentVersion makes a version active. Call it after the content has
// been PUT to the upload URL. It can fail with [CodeConcurrentModification] or
// [CodeInvalidOperation].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_UpdateDocumentVersion.html
func (c *Client) UpdateDocumentVersion(
	ctx context.Context, req UpdateDocumentVersionRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, updateDocumentVersion, &req, opts)
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
	return call.Do[GetDocumentVersionResponse](ctx, c.core, getDocumentVersion, &req, opts)
}

// DescribeDocumentVersionsRequest asks for a page of a document's versions.
type DescribeDocumentVersionsRequest struct {
	DocumentID string `path:"DocumentId"` // required
	Marker     string `query:"marker"`    // from the previous page's response
	Limit      int64  `query:"limit"`     // items on a page, 1 to 999
	// Include set to "INITIALIZED" also lists versions whose upload is not finished.
	Include             string          `query:"include"`
	Fields              string          `query:"fields"` // "SOURCE" adds download URLs
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

// DescribeDocumentVersionsResponse is a page of versions, the newest first.
type DescribeDocumentVersionsResponse struct {
	DocumentVersions []DocumentVersionMetadata `json:"DocumentVersions,omitzero,needed"`
	// Marker is for requesting the next page; it is "" on the last page.
	Marker string `json:"Marker,omitzero,needed"`
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
	return call.Do[DescribeDocumentVersionsResponse](ctx, c.core, describeDocumentVersions, &req, opts)
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
	// DeletePriorVersions says whether to delete all older versions too. Required,
	// so it is sent even if it is false.
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
	return call.Exec(ctx, c.core, deleteDocumentVersion, &req, opts)
}

// RestoreDocumentVersionsRequest names a document.
type RestoreDocumentVersionsRequest struct {
	DocumentID          string          `path:"DocumentId"` // required
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var restoreDocumentVersions = call.NewOp("RestoreDocumentVersions",
	"POST /api/v1/documentVersions/restore/{DocumentId}", call.Idempotent)

// RestoreDocumentVersions restores the deleted versions of a document. It can
// fail with [CodeConflictingOperation], [CodeConcurrentModification] or
// [CodeInvalidOperation].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_RestoreDocumentVersions.html
func (c *Client) RestoreDocumentVersions(
	ctx context.Context, req RestoreDocumentVersionsRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, restoreDocumentVersions, &req, opts)
}
