package oracledocs

import (
	"context"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// LinkAccess gives access to an item through a public link, in operations for
// which applinks are not documented. Other operations take an [Access].
type LinkAccess struct {
	// LinkID is the ID of a public link.
	LinkID string `header:"linkID"`
	// AccessCode is the password of that link, if it has one.
	AccessCode docferry.Secret `cookie:"dAccessCode-{linkID},with=linkID"`
}

// ReserveFileRequest names a file to reserve.
type ReserveFileRequest struct {
	FileID string `path:"fileId"` // required
	LinkAccess
}

// ReserveFileResponse says who has reserved the file, and since when.
type ReserveFileResponse struct {
	ID              string    `json:"id,omitzero"`
	ReservationDate time.Time `json:"reservationDate,omitzero"` // becomes File.ReservationTime
	ReservedBy      User      `json:"reservedBy,omitzero"`
	Type            string    `json:"type,omitzero"` // "file"
	Status
}

var reserveFile = call.NewOp("ReserveFile",
	"POST /documents/api/{version}/files/{fileId}/reserve", call.Unsafe)

// ReserveFile marks a file as in use by the caller, for others to see. The
// documentation does not say whether this prevents others from changing the
// file, nor what reserving it twice does.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-reserve-post.html
func (c *Client) ReserveFile(
	ctx context.Context, req ReserveFileRequest, opts ...docferry.CallOption,
) (*ReserveFileResponse, error) {
	return call.Do[ReserveFileResponse](ctx, c.core, reserveFile, &req, opts)
}

// UnreserveFileRequest names a file to release.
type UnreserveFileRequest struct {
	FileID string `path:"fileId"` // required
	// ReservedByUserID is the user who has reserved it: File.ReservedBy.ID.
	// Required.
	ReservedByUserID string `json:"reservedByUserID"`
	LinkAccess
}

// UnreserveFileResponse names what was released.
type UnreserveFileResponse struct {
	ID   string `json:"id,omitzero"`
	Type string `json:"type,omitzero"` // "file"
	Status
}

var unreserveFile = call.NewOp("UnreserveFile",
	"POST /documents/api/{version}/files/{fileId}/unreserve", call.Idempotent)

// UnreserveFile ends the reservation of a file.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-unreserve-post.html
func (c *Client) UnreserveFile(
	ctx context.Context, req UnreserveFileRequest, opts ...docferry.CallOption,
) (*UnreserveFileResponse, error) {
	return call.Do[UnreserveFileResponse](ctx, c.core, unreserveFile, &req, opts)
}
