package oracledocs

import (
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// ImageFormat is a format of responsive images.
type ImageFormat string

// Formats of responsive images. JPEG is the default.
const (
	ImageFormatJPEG ImageFormat = "jpeg"
	ImageFormatJPG  ImageFormat = "jpg"
	ImageFormatWebP ImageFormat = "webp"
)

// GetThumbnailRequest asks for the thumbnail of a file.
type GetThumbnailRequest struct {
	FileID  string `path:"fileId"`            // required
	Version int64  `query:"version"`          // 0 means the latest
	Range   string `header:"Range" api:"1.2"` // "bytes=0-99", "bytes=100-" or "bytes=-100"
	Access
}

var getThumbnail = call.NewOp("GetThumbnail",
	"GET /documents/api/{version}/files/{fileId}/data/thumbnail", call.Safe)

// GetThumbnail returns a small image of a file's first page as a stream, which
// the caller closes. The service makes the image if there is none. A Range that
// cannot be satisfied is refused with status 416. A download that breaks off is
// resumed as with GetRendition.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-data-thumbnail-get.html
func (c *Client) GetThumbnail(
	ctx context.Context, req GetThumbnailRequest, opts ...docferry.CallOption,
) (*docferry.Download, error) {
	return c.download(ctx, content{op: getThumbnail, request: &req, part: &req.Range, fixed: req.Version != 0}, opts)
}

// GetResponsiveSmallImageRequest asks for a small image of a file.
type GetResponsiveSmallImageRequest struct {
	FileID string `path:"fileId"` // required
	// Format is ImageFormatJPEG by default; the name of this parameter is inferred.
	Format  ImageFormat `query:"format"`
	Version int64       `query:"version"` // 0 means the latest
	Access
}

var getResponsiveSmallImage = call.NewOp("GetResponsiveSmallImage",
	"GET /documents/api/{version}/files/{fileId}/data/smallImage", call.Safe).In("1.2")

// GetResponsiveSmallImage returns an image of at most 300 pixels in width as a
// stream, which the caller closes. The service makes it if there is none, for
// images and for documents such as PDF. A file of another type is refused with
// status 415. If the service cannot return the image, the error is
// [CodeNotFound], as for a file that does not exist. It is only in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-data-smallimage-get.html
func (c *Client) GetResponsiveSmallImage(
	ctx context.Context, req GetResponsiveSmallImageRequest, opts ...docferry.CallOption,
) (*docferry.Download, error) {
	return c.download(ctx, content{op: getResponsiveSmallImage, request: &req}, opts)
}

// GetResponsiveMediumImageRequest asks for a medium image of a file.
type GetResponsiveMediumImageRequest struct {
	FileID string `path:"fileId"` // required
	// Format is ImageFormatJPEG by default; the name of this parameter is inferred.
	Format  ImageFormat `query:"format"`
	Version int64       `query:"version"` // 0 means the latest
	Access
}

var getResponsiveMediumImage = call.NewOp("GetResponsiveMediumImage",
	"GET /documents/api/{version}/files/{fileId}/data/mediumImage", call.Safe).In("1.2")

// GetResponsiveMediumImage returns an image of at most 1024 pixels in width as
// a stream, which the caller closes. The route and the width are inferred from
// the other sizes. A file that is not an image of a supported type is refused
// with status 415. If the service cannot return the image, the error is
// [CodeNotFound], as for a file that does not exist. It is only in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-data-mediumimage-get.html
func (c *Client) GetResponsiveMediumImage(
	ctx context.Context, req GetResponsiveMediumImageRequest, opts ...docferry.CallOption,
) (*docferry.Download, error) {
	return c.download(ctx, content{op: getResponsiveMediumImage, request: &req}, opts)
}

// GetResponsiveLargeImageRequest asks for a large image of a file.
type GetResponsiveLargeImageRequest struct {
	FileID string `path:"fileId"` // required
	// Format is ImageFormatJPEG by default; the name of this parameter is inferred.
	Format  ImageFormat `query:"format"`
	Version int64       `query:"version"` // 0 means the latest
	Access
}

var getResponsiveLargeImage = call.NewOp("GetResponsiveLargeImage",
	"GET /documents/api/{version}/files/{fileId}/data/largeImage", call.Safe).In("1.2")

// GetResponsiveLargeImage returns an image of at most 2048 pixels in width as a
// stream, which the caller closes. The service makes it if there is none, for
// images in JPEG, PNG, GIF and TIFF; a file of another type is refused with
// status 415. If the service cannot return the image, the error is
// [CodeNotFound], as for a file that does not exist. It is only in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-data-largeimage-get.html
func (c *Client) GetResponsiveLargeImage(
	ctx context.Context, req GetResponsiveLargeImageRequest, opts ...docferry.CallOption,
) (*docferry.Download, error) {
	return c.download(ctx, content{op: getResponsiveLargeImage, request: &req}, opts)
}

// GetResponsiveThumbnailImageRequest asks for a very small image of a file.
type GetResponsiveThumbnailImageRequest struct {
	FileID string `path:"fileId"` // required
	// Format is ImageFormatJPEG by default; the name of this parameter is inferred.
	Format  ImageFormat `query:"format"`
	Version int64       `query:"version"` // 0 means the latest
	Access
}

var getResponsiveThumbnailImage = call.NewOp("GetResponsiveThumbnailImage",
	"GET /documents/api/{version}/files/{fileId}/data/thumbnailImage", call.Safe).In("1.2")

// GetResponsiveThumbnailImage returns an image of at most 150 pixels in width
// as a stream, which the caller closes. The route and the width are inferred
// from the other sizes. A file that is not an image of a supported type is
// refused with status 415. If the service cannot return the image, the error is
// [CodeNotFound], as for a file that does not exist. It is only in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-data-thumbnailimage-get.html
func (c *Client) GetResponsiveThumbnailImage(
	ctx context.Context, req GetResponsiveThumbnailImageRequest, opts ...docferry.CallOption,
) (*docferry.Download, error) {
	return c.download(ctx, content{op: getResponsiveThumbnailImage, request: &req}, opts)
}
