package oracledocs

import (
	"context"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// StartBulkDownloadRequest packs items of a folder into one file.
type StartBulkDownloadRequest struct {
	FolderID string   `path:"folderId"` // required; "self" for the home folder
	IDList   []string `json:"idList"`   // required; files and folders in that folder; not "self"
}

// StartBulkDownloadResponse holds the URL of the job.
type StartBulkDownloadResponse struct {
	Location string `json:"Location,omitzero,needed"` // URL of the job; see JobID
	ID       string `json:"id,omitzero"`              // of the folder, as "fFolderGUID:…"
	// IDList has the packed items, as "fFileGUID:…" or "fFolderGUID:…".
	IDList   []string `json:"idList,omitzero"`
	ParentID string   `json:"parentID,omitzero"`
	Type     string   `json:"type,omitzero"` // "folder"
	Status
}

// JobID returns the ID of the job: the last segment of its URL.
func (r *StartBulkDownloadResponse) JobID() string {
	address, _, _ := strings.Cut(r.Location, "?")
	address = strings.TrimSuffix(address, "/")
	return address[strings.LastIndexByte(address, '/')+1:]
}

var startBulkDownload = call.NewOp("StartBulkDownload",
	"POST /documents/api/{version}/folders/{folderId}/_download", call.Unsafe).In("1.2")

// StartBulkDownload begins to pack files and folders into one zip file. Wait
// for the job with WaitBulkDownload, then download the file with
// DownloadBulkPackage. It is only in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-_download-post.html
func (c *Client) StartBulkDownload(
	ctx context.Context, req StartBulkDownloadRequest, opts ...docferry.CallOption,
) (*StartBulkDownloadResponse, error) {
	return call.Do[StartBulkDownloadResponse](ctx, c.core, startBulkDownload, &req, opts)
}

// GetBulkDownloadStatusRequest names a bulk download job.
type GetBulkDownloadStatusRequest struct {
	FolderID string `path:"folderId"` // required; "self" for the home folder
	JobID    string `path:"jobId"`    // required
}

// BulkDownloadDetails describes the zip file of a job.
type BulkDownloadDetails struct {
	Filename string `json:"filename,omitzero"`
	Filesize int64  `json:"filesize,omitzero"` // bytes
}

// UnavailableItem is a file or folder that is not in the zip file of a job.
type UnavailableItem struct {
	ID    string `json:"id,omitzero"`
	Error string `json:"error,omitzero"` // why not
}

// GetBulkDownloadStatusResponse describes the progress of a job.
type GetBulkDownloadStatusResponse struct {
	JobState
	Details BulkDownloadDetails `json:"details,omitzero"`
	// Links has, with the Rel "enclosure", the zip file once there is one.
	Links []Link            `json:"links,omitzero"`
	Items []UnavailableItem `json:"items,omitzero"` // what was left out
	Type  string            `json:"type,omitzero"`  // "folder"
	Status
}

var getBulkDownloadStatus = call.NewOp("GetBulkDownloadStatus",
	"GET /documents/api/{version}/folders/{folderId}/_download/{jobId}", call.Safe).In("1.2")

// GetBulkDownloadStatus returns the progress of a job. WaitBulkDownload calls
// it until the job has ended. It is only in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-_download-jobid-get.html
func (c *Client) GetBulkDownloadStatus(
	ctx context.Context, req GetBulkDownloadStatusRequest, opts ...docferry.CallOption,
) (*GetBulkDownloadStatusResponse, error) {
	return call.Do[GetBulkDownloadStatusResponse](ctx, c.core, getBulkDownloadStatus, &req, opts)
}

// WaitBulkDownload waits until a job has ended and returns its last status. If
// the job did not succeed, the error is a [*JobError]; if the context ends
// first, it is a [*docferry.TransportError].
func (c *Client) WaitBulkDownload(
	ctx context.Context, req GetBulkDownloadStatusRequest, w Wait, opts ...docferry.CallOption,
) (*GetBulkDownloadStatusResponse, error) {
	var last *GetBulkDownloadStatusResponse
	err := waiting{
		Wait: w, op: startBulkDownload, jobID: req.JobID,
		ask: func(ctx context.Context) (JobState, string, error) {
			status, err := c.GetBulkDownloadStatus(ctx, req, opts...)
			if err != nil {
				return JobState{}, "", err
			}
			last = status
			return status.JobState, status.ErrorMessage, nil
		},
		abort: func(ctx context.Context) error {
			_, err := c.AbortBulkDownload(ctx, AbortBulkDownloadRequest(req), opts...)
			return err
		},
	}.run(ctx)
	return last, err
}

// DownloadBulkPackageRequest asks for the zip file of a job.
type DownloadBulkPackageRequest struct {
	FolderID string `path:"folderId"` // required; "self" for the home folder
	JobID    string `path:"jobId"`    // required
	Range    string `header:"Range"`  // "bytes=0-99", "bytes=100-" or "bytes=-100"
}

var downloadBulkPackage = call.NewOp("DownloadBulkPackage",
	"GET /documents/api/{version}/folders/{folderId}/_download/{jobId}/package", call.Safe).In("1.2")

// DownloadBulkPackage returns the zip file of a job that has succeeded as a
// stream, which the caller closes. A download that breaks is taken up again
// where it stopped, if no Range was asked for. A Range that cannot be satisfied
// is refused with status 416. That the file of a job never changes is inferred.
// It is only in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-_download-jobid-package-get.html
func (c *Client) DownloadBulkPackage(
	ctx context.Context, req DownloadBulkPackageRequest, opts ...docferry.CallOption,
) (*docferry.Download, error) {
	return c.download(ctx, content{op: downloadBulkPackage, request: &req, part: &req.Range, fixed: true}, opts)
}

// AbortBulkDownloadRequest names a bulk download job.
type AbortBulkDownloadRequest struct {
	FolderID string `path:"folderId"` // required; "self" for the home folder
	JobID    string `path:"jobId"`    // required
}

// AbortBulkDownloadResponse confirms that the job was aborted.
type AbortBulkDownloadResponse struct {
	Type string `json:"type,omitzero"` // "folder"
	Status
}

var abortBulkDownload = call.NewOp("AbortBulkDownload",
	"DELETE /documents/api/{version}/folders/{folderId}/_download/{jobId}", call.Idempotent).In("1.2")

// AbortBulkDownload aborts a job. For a job that does not exist, and for
// another user's job, the error is [docferry.ErrNotFound]. It is only in
// version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-_download-jobid-delete.html
func (c *Client) AbortBulkDownload(
	ctx context.Context, req AbortBulkDownloadRequest, opts ...docferry.CallOption,
) (*AbortBulkDownloadResponse, error) {
	return call.Do[AbortBulkDownloadResponse](ctx, c.core, abortBulkDownload, &req, opts)
}
