package connectparticipant

import (
	"context"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// ArtifactStatus says what the scan of an attachment has found.
type ArtifactStatus string

// Results of a scan. An attachment can be downloaded once it is approved. If an
// instance does not scan attachments, it is approved at once.
const (
	ArtifactStatusApproved   ArtifactStatus = "APPROVED"
	ArtifactStatusRejected   ArtifactStatus = "REJECTED"
	ArtifactStatusInProgress ArtifactStatus = "IN_PROGRESS"
)

// AttachmentItem is an attachment in a transcript.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_AttachmentItem.html
type AttachmentItem struct {
	ContentType    string         `json:"ContentType,omitzero"` // media type
	AttachmentID   string         `json:"AttachmentId,omitzero"`
	AttachmentName string         `json:"AttachmentName,omitzero"` // file name
	Status         ArtifactStatus `json:"Status,omitzero"`
}

// UploadMetadata says where and how to PUT the content of an attachment.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_UploadMetadata.html
type UploadMetadata struct {
	URL       docferry.Secret `json:"Url,omitzero,needed"` // presigned
	URLExpiry time.Time       `json:"UrlExpiry,omitzero"`
	// HeadersToInclude must be sent with the PUT unchanged.
	HeadersToInclude map[string]string `json:"HeadersToInclude,omitzero,needed"`
}

// StartAttachmentUploadRequest announces an attachment.
type StartAttachmentUploadRequest struct {
	// ContentType is a media type of up to 255 characters; see AttachmentContentTypes. Required.
	ContentType string `json:"ContentType"`
	// AttachmentSizeInBytes is the exact size of the content, from 1 byte to 20 MiB
	// (documented as 20 MB; that a MB is a MiB is inferred). Required.
	AttachmentSizeInBytes int64 `json:"AttachmentSizeInBytes"`
	// AttachmentName is a file name of up to 256 characters. Required.
	AttachmentName string `json:"AttachmentName"`
	// ClientToken identifies this request, up to 500 characters. Required; the client fills it in if it
	// is empty.
	ClientToken     string          `json:"ClientToken"`
	ConnectionToken docferry.Secret `header:"X-Amz-Bearer,required"` // required
}

// StartAttachmentUploadResponse names the attachment and where to PUT it.
type StartAttachmentUploadResponse struct {
	AttachmentID   string         `json:"AttachmentId,omitzero"`
	UploadMetadata UploadMetadata `json:"UploadMetadata,omitzero,needed"`
}

var startAttachmentUpload = call.NewOp("StartAttachmentUpload",
	"POST /participant/start-attachment-upload", call.Idempotent)

// StartAttachmentUpload returns the URL to PUT the content of an attachment to.
// Then call CompleteAttachmentUpload; the attachment is not visible before
// that. The method Uploader does all of this. No operation removes an
// attachment that was started but not completed. If the chat has the maximum
// number of attachments, the call fails with docferry.ErrQuota. It can fail
// with [CodeServiceQuotaExceeded].
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_StartAttachmentUpload.html
func (c *Client) StartAttachmentUpload(
	ctx context.Context, req StartAttachmentUploadRequest, opts ...docferry.CallOption,
) (*StartAttachmentUploadResponse, error) {
	req.ClientToken = once(req.ClientToken)
	return call.Do[StartAttachmentUploadResponse](ctx, c.core, startAttachmentUpload, &req, opts)
}

// CompleteAttachmentUploadRequest names an attachment whose content is stored.
type CompleteAttachmentUploadRequest struct {
	AttachmentIDs []string `json:"AttachmentIds"` // required; exactly one
	// ClientToken identifies this request, up to 500 characters. Required; the client fills it in if it
	// is empty.
	ClientToken     string          `json:"ClientToken"`
	ConnectionToken docferry.Secret `header:"X-Amz-Bearer,required"` // required
}

var completeAttachmentUpload = call.NewOp("CompleteAttachmentUpload",
	"POST /participant/complete-attachment-upload", call.Idempotent)

// CompleteAttachmentUpload shows the attachment to the chat, once its content
// was PUT to the upload URL. Call it only after the storage has confirmed the
// PUT. It fails with docferry.ErrConflict if another request has completed the
// attachment or is about to. It can fail with [CodeServiceQuotaExceeded] or
// [CodeConflict].
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_CompleteAttachmentUpload.html
func (c *Client) CompleteAttachmentUpload(
	ctx context.Context, req CompleteAttachmentUploadRequest, opts ...docferry.CallOption,
) error {
	req.ClientToken = once(req.ClientToken)
	return call.Exec(ctx, c.core, completeAttachmentUpload, &req, opts)
}

// GetAttachmentRequest names an attachment.
type GetAttachmentRequest struct {
	AttachmentID string `json:"AttachmentId"` // required
	// URLExpiryInSeconds is how long the URL is valid, 5 to 300; 0 means the
	// service's default.
	URLExpiryInSeconds int64           `json:"UrlExpiryInSeconds,omitzero"`
	ConnectionToken    docferry.Secret `header:"X-Amz-Bearer,required"` // required
}

// GetAttachmentResponse has the URL to GET the content from.
type GetAttachmentResponse struct {
	URL                   docferry.Secret `json:"Url,omitzero"` // presigned
	URLExpiry             time.Time       `json:"UrlExpiry,omitzero"`
	AttachmentSizeInBytes int64           `json:"AttachmentSizeInBytes,omitzero"`
}

var getAttachment = call.NewOp("GetAttachment", "POST /participant/attachment", call.Safe)

// GetAttachment returns a URL to download an attachment from.
// DownloadAttachment does both. A participant with the role CUSTOM_BOT gets
// docferry.ErrForbidden.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_GetAttachment.html
func (c *Client) GetAttachment(
	ctx context.Context, req GetAttachmentRequest, opts ...docferry.CallOption,
) (*GetAttachmentResponse, error) {
	return call.Do[GetAttachmentResponse](ctx, c.core, getAttachment, &req, opts)
}
