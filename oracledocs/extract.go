package oracledocs

import (
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// ExtractZipRequest unpacks a zip file.
type ExtractZipRequest struct {
	FileID string `path:"fileId"` // required
	// DestinationID is the folder to unpack it in; "" means the folder of the zip
	// file.
	DestinationID string `json:"destinationID,omitzero"`
	// DuplicateResolution says what happens to a file whose name is taken.
	// Default DuplicateResolutionResolveDuplicates.
	DuplicateResolution DuplicateResolution `json:"duplicateResolution,omitzero"`
}

// ExtractZipResponse holds the URL of the job.
type ExtractZipResponse struct {
	Location      string `json:"Location,omitzero"` // address of the job; it may lack the scheme
	DestinationID string `json:"destinationID,omitzero"`
	ID            string `json:"id,omitzero"` // of the zip file
	JobID         string `json:"jobId,omitzero,needed"`
	Type          string `json:"type,omitzero"` // "file"
	Status
}

var extractZip = call.NewOp("ExtractZip",
	"POST /documents/api/{version}/files/{fileId}/_extract", call.Unsafe).In("1.2")

// ExtractZip starts to unpack a zip file into a folder. Wait for the job with
// WaitExtract. It is only in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-_extract-post.html
func (c *Client) ExtractZip(
	ctx context.Context, req ExtractZipRequest, opts ...docferry.CallOption,
) (*ExtractZipResponse, error) {
	return call.Do[ExtractZipResponse](ctx, c.core, extractZip, &req, opts)
}

// GetExtractionStatusRequest names an extraction job.
type GetExtractionStatusRequest struct {
	FileID string `path:"fileId"` // required
	JobID  string `path:"jobId"`  // required
	// IncludeIgnoredItemDetails and IncludeSkippedItemDetails set to false
	// leave those lists out. The service's default is true.
	IncludeIgnoredItemDetails *bool `query:"includeIgnoredItemDetails"`
	IncludeSkippedItemDetails *bool `query:"includeSkippedItemDetails"`
}

// ZipEntry describes an entry of a zip file. Its members are not documented;
// that one is "name" is inferred.
type ZipEntry map[string]string

// GetExtractionStatusResponse describes the progress of a job.
type GetExtractionStatusResponse struct {
	JobState
	Message           string     `json:"message,omitzero"`
	FilesProcessed    int64      `json:"filesProcessed,omitzero"`
	FilesCreated      int64      `json:"filesCreated,omitzero"`
	FilesVersioned    int64      `json:"filesVersioned,omitzero"`    // files that got a new version
	FilesOverwritten  int64      `json:"filesOverwritten,omitzero"`  // files that were replaced
	FilesNameAdjusted int64      `json:"filesNameAdjusted,omitzero"` // files that got another name
	FilesSkipped      int64      `json:"filesSkipped,omitzero"`      // entries whose name was taken
	FilesIgnored      int64      `json:"filesIgnored,omitzero"`
	IgnoredItems      []ZipEntry `json:"ignoredItems,omitzero"`
	SkippedItems      []ZipEntry `json:"skippedItems,omitzero"`
	Type              string     `json:"type,omitzero"` // "file"
	Status
}

var getExtractionStatus = call.NewOp("GetExtractionStatus",
	"GET /documents/api/{version}/files/{fileId}/_extract/{jobId}", call.Safe).In("1.2")

// GetExtractionStatus returns the progress of a job. WaitExtract calls it until
// the job has ended. It is only in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-_extract-jobid-get.html
func (c *Client) GetExtractionStatus(
	ctx context.Context, req GetExtractionStatusRequest, opts ...docferry.CallOption,
) (*GetExtractionStatusResponse, error) {
	return call.Do[GetExtractionStatusResponse](ctx, c.core, getExtractionStatus, &req, opts)
}

// WaitExtract waits until a job has ended and returns its last status. If the
// job did not succeed, the error is a [*JobError]; if the context ends first,
// it is a [*docferry.TransportError].
func (c *Client) WaitExtract(
	ctx context.Context, req GetExtractionStatusRequest, w Wait, opts ...docferry.CallOption,
) (*GetExtractionStatusResponse, error) {
	var last *GetExtractionStatusResponse
	err := waiting{
		Wait: w, op: extractZip, jobID: req.JobID,
		ask: func(ctx context.Context) (JobState, string, error) {
			status, err := c.GetExtractionStatus(ctx, req, opts...)
			if err != nil {
				return JobState{}, "", err
			}
			last = status
			return status.JobState, status.Message, nil
		},
		abort: func(ctx context.Context) error {
			_, err := c.AbortExtraction(ctx, AbortExtractionRequest{FileID: req.FileID, JobID: req.JobID}, opts...)
			return err
		},
	}.run(ctx)
	return last, err
}

// AbortExtractionRequest names an extraction job.
type AbortExtractionRequest struct {
	FileID string `path:"fileId"` // required
	JobID  string `path:"jobId"`  // required
}

// AbortExtractionResponse confirms that the job was aborted.
type AbortExtractionResponse struct {
	Type string `json:"type,omitzero"` // "file"
	Status
}

var abortExtraction = call.NewOp("AbortExtraction",
	"DELETE /documents/api/{version}/files/{fileId}/_extract/{jobId}", call.Idempotent).In("1.2")

// AbortExtraction aborts a job. For a job that does not exist, and for another
// user's job, the error is [docferry.ErrNotFound]. It is only in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-_extract-jobid-delete.html
func (c *Client) AbortExtraction(
	ctx context.Context, req AbortExtractionRequest, opts ...docferry.CallOption,
) (*AbortExtractionResponse, error) {
	return call.Do[AbortExtractionResponse](ctx, c.core, abortExtraction, &req, opts)
}
