package oracledocs

import (
	"cmp"
	"context"
	"iter"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// FileAccess is one access to a file: who did what, and when. Its fields are
// inferred from what the listing can be ordered by.
type FileAccess struct {
	AccessedBy   User      `json:"accessedBy,omitzero"`
	Version      int64     `json:"version,omitzero"`
	AccessType   string    `json:"accessType,omitzero"` // such as "preview" or "download"
	Size         int64     `json:"size,omitzero"`       // bytes
	AccessedTime time.Time `json:"accessedTime,omitzero"`
	ClientIP     string    `json:"clientIP,omitzero"`
	ErrorCode    string    `json:"errorCode,omitzero"` // "0" means success
}

// GetFileAccessesRequest asks for a page of a file's accesses.
type GetFileAccessesRequest struct {
	FileID string `path:"fileId"`  // required
	Limit  int64  `query:"limit"`  // accesses on a page; 0 means 200
	Offset int64  `query:"offset"` // of the first access, from 0
	// OrderBy is "accessedBy", "version", "accessType", "size",
	// "accessedTime", "clientIP" or "errorCode", with ":asc" or ":desc".
	OrderBy string `query:"orderBy"`
	Access
}

// GetFileAccessesResponse is a page of accesses. All but Items is inferred.
type GetFileAccessesResponse struct {
	Items   []FileAccess `json:"items,omitzero,needed"`
	ID      string       `json:"id,omitzero"`
	Type    string       `json:"type,omitzero"`  // "file"
	Count   int64        `json:"count,omitzero"` // accesses on this page
	HasMore bool         `json:"hasMore,omitzero,needed"`
	Status
}

var getFileAccesses = call.NewOp("GetFileAccesses",
	"GET /documents/api/{version}/files/{fileId}/accesses", call.Safe)

// GetFileAccesses returns a page of the accesses to a file. AllFileAccesses
// ranges over all pages.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-accesses-get.html
func (c *Client) GetFileAccesses(
	ctx context.Context, req GetFileAccessesRequest, opts ...docferry.CallOption,
) (*GetFileAccessesResponse, error) {
	if err := c.checkPage(getFileAccesses, req.Offset, req.Limit); err != nil {
		return nil, err
	}
	return call.Do[GetFileAccessesResponse](ctx, c.core, getFileAccesses, &req, opts)
}

// AllFileAccesses ranges over the accesses of GetFileAccesses on all pages,
// from req.Offset on. It requests each page when the range reaches it; each
// range starts over. An error is yielded once and ends the range.
//
// How to recognise the last page is not documented. The range ends with a page
// that is not full and does not say that there are more.
func (c *Client) AllFileAccesses(
	ctx context.Context, req GetFileAccessesRequest, opts ...docferry.CallOption,
) iter.Seq2[FileAccess, error] {
	return listing[GetFileAccessesRequest, GetFileAccessesResponse, FileAccess]{
		op: getFileAccesses, list: c.GetFileAccesses,
		at:    func(r *GetFileAccessesRequest) *int64 { return &r.Offset },
		items: func(p *GetFileAccessesResponse) []FileAccess { return p.Items },
		more: func(p *GetFileAccessesResponse, r *GetFileAccessesRequest, n int64) (bool, error) {
			return p.HasMore || n >= cmp.Or(r.Limit, 200), nil
		},
	}.all(ctx, req, opts)
}
