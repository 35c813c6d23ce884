package oracledocs

import (
	"context"
	"errors"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/upload"
)

// Rendition is another form of a version of a file: one that the service
// makes, or one that was uploaded.
type Rendition struct {
	Type        string `json:"type,omitzero"` // "rendition"
	Name        string `json:"name,omitzero"`
	Description string `json:"description,omitzero"`
	Path        string `json:"path,omitzero"` // file name of the rendition
	// Exists reports whether it has been made; only GetFile of version 1.2 returns
	// it.
	Exists   bool   `json:"exists,omitzero"`
	Size     int64  `json:"size,omitzero"`     // bytes; inferred
	MimeType string `json:"mimeType,omitzero"` // inferred
}

// RenditionType distinguishes renditions by their origin.
type RenditionType string

// Origins of renditions.
const (
	RenditionTypeSystem   RenditionType = "system"   // the service makes them
	RenditionTypeUploaded RenditionType = "uploaded" // from UploadCustomRendition
)

// GetFilePreviewPathRequest asks for a preview of a file.
type GetFilePreviewPathRequest struct {
	FileID  string `path:"fileId"`   // required
	Version int64  `query:"version"` // 0 means the latest
	// WaitForCompletePreview delays the answer until the preview is complete.
	WaitForCompletePreview bool `query:"waitForCompletePreview" api:"1.2"`
	Access
}

// GetFilePreviewPathResponse holds the path of the preview.
type GetFilePreviewPathResponse struct {
	ID         string `json:"id,omitzero"`
	PreviewURL string `json:"previewUrl,omitzero"`
	Type       string `json:"type,omitzero"`    // "file"; inferred
	Version    int64  `json:"version,omitzero"` // inferred
	Status
}

var getFilePreviewPath = call.NewOp("GetFilePreviewPath",
	"GET /documents/api/{version}/files/{fileId}/previewPath", call.Safe)

// GetFilePreviewPath makes an HTML preview of a file and returns its path.
// Videos have no preview.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-previewpath-get.html
func (c *Client) GetFilePreviewPath(
	ctx context.Context, req GetFilePreviewPathRequest, opts ...docferry.CallOption,
) (*GetFilePreviewPathResponse, error) {
	return call.Do[GetFilePreviewPathResponse](ctx, c.core, getFilePreviewPath, &req, opts)
}

// GenerateFileRenditionsRequest names a file whose pages are to be rendered as
// images.
type GenerateFileRenditionsRequest struct {
	FileID  string `path:"fileId"`   // required
	Version int64  `query:"version"` // 0 means the latest
	Access
}

// GenerateFileRenditionsResponse names the file.
type GenerateFileRenditionsResponse struct {
	ID   string `json:"id,omitzero"`
	Type string `json:"type,omitzero"` // "file"
	Status
}

var generateFileRenditions = call.NewOp("GenerateFileRenditions",
	"POST /documents/api/{version}/files/{fileId}/pages", call.Idempotent)

// GenerateFileRenditions starts to make images of a file's pages, if it has
// none. This takes some seconds: until then, GetRendition fails with
// [docferry.ErrNotFound].
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-pages-post.html
func (c *Client) GenerateFileRenditions(
	ctx context.Context, req GenerateFileRenditionsRequest, opts ...docferry.CallOption,
) (*GenerateFileRenditionsResponse, error) {
	return call.Do[GenerateFileRenditionsResponse](ctx, c.core, generateFileRenditions, &req, opts)
}

// GetRenditionPageCountRequest asks for the number of page images of a file.
type GetRenditionPageCountRequest struct {
	FileID  string `path:"fileId"`   // required
	Version int64  `query:"version"` // 0 means the latest
	Access
}

// GetRenditionPageCountResponse holds the number of page images.
type GetRenditionPageCountResponse struct {
	ID    string `json:"id,omitzero"`
	Pages int64  `json:"pages,omitzero"` // 0 if there is only a preview in HTML
	Type  string `json:"type,omitzero"`  // "file"
	Status
}

var getRenditionPageCount = call.NewOp("GetRenditionPageCount",
	"GET /documents/api/{version}/files/{fileId}/pages", call.Safe)

// GetRenditionPageCount counts the page images of a file.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-pages-get.html
func (c *Client) GetRenditionPageCount(
	ctx context.Context, req GetRenditionPageCountRequest, opts ...docferry.CallOption,
) (*GetRenditionPageCountResponse, error) {
	return call.Do[GetRenditionPageCountResponse](ctx, c.core, getRenditionPageCount, &req, opts)
}

// ListRenditionsRequest asks for the renditions of a version.
type ListRenditionsRequest struct {
	FileID        string        `path:"fileId"`         // required
	RenditionType RenditionType `query:"renditionType"` // what is listed by default is not documented
	Version       int64         `query:"version"`       // 0 means the latest
	Access
}

// ListRenditionsResponse holds the renditions.
type ListRenditionsResponse struct {
	ID    string      `json:"id,omitzero"`
	Type  string      `json:"type,omitzero"` // "file"
	Items []Rendition `json:"items,omitzero"`
	Status
}

var listRenditions = call.NewOp("ListRenditions",
	"GET /documents/api/{version}/files/{fileId}/data/renditions", call.Safe)

// ListRenditions lists the renditions of a version, all at once.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-data-renditions-get.html
func (c *Client) ListRenditions(
	ctx context.Context, req ListRenditionsRequest, opts ...docferry.CallOption,
) (*ListRenditionsResponse, error) {
	return call.Do[ListRenditionsResponse](ctx, c.core, listRenditions, &req, opts)
}

// GetRenditionRequest asks for the content of a rendition.
type GetRenditionRequest struct {
	FileID string `path:"fileId"` // required
	// Rendition is "page1", "thumbnail1" and so on, or the name of an uploaded rendition. Required.
	Rendition     string        `query:"rendition,required"`
	RenditionType RenditionType `query:"renditionType"` // default RenditionTypeSystem
	Version       int64         `query:"version"`       // 0 means the latest
	// Range is as in "bytes=0-99", "bytes=100-" or "bytes=-100".
	Range string `header:"Range" api:"1.2"`
	Access
}

var getRendition = call.NewOp("GetRendition",
	"GET /documents/api/{version}/files/{fileId}/data/rendition", call.Safe)

// GetRendition returns the image of a page, its thumbnail or an uploaded
// rendition as a stream, which the caller closes. If it has not been made, the
// error is [docferry.ErrNotFound]. A Range that cannot be satisfied is refused
// with status 416.
//
// In version 1.2 a download that breaks off is resumed where it stopped, if no
// Range was asked for and either Version is set or the service gave the content
// an ETag. An uploaded rendition can be replaced, so resuming it needs the
// ETag; that other renditions never change is inferred. A login page, or a
// refusal with status 200, is an error: see DownloadFile.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-data-rendition-get.html
func (c *Client) GetRendition(
	ctx context.Context, req GetRenditionRequest, opts ...docferry.CallOption,
) (*docferry.Download, error) {
	get := content{op: getRendition, request: &req, part: &req.Range, fixed: req.Version != 0}
	if req.RenditionType == RenditionTypeUploaded { // it can be of any type, and can be replaced
		get.fixed = false
		get.genuine = func(ctx context.Context, resp *http.Response, refused error) bool {
			all, err := c.ListRenditions(ctx, ListRenditionsRequest{FileID: req.FileID, RenditionType: req.RenditionType,
				Version: req.Version, Access: req.Access}, call.WithoutMeta(opts)...)
			return err == nil && slices.ContainsFunc(all.Items, func(r Rendition) bool {
				return strings.EqualFold(r.Name, req.Rendition) && r.readsAs(refused, resp.ContentLength)
			})
		}
	}
	return c.download(ctx, get, opts)
}

// readsAs reports whether a rendition can be a text that reads as a refusal. It
// compares the size; if there is none, the file name tells a page.
func (r *Rendition) readsAs(refused error, size int64) bool {
	if r.Size != 0 {
		return r.Size == size
	}
	extension := strings.ToLower(path.Ext(r.Path))
	return errors.Is(refused, docferry.ErrUnauthenticated) && strings.Contains(extension, "htm")
}

// UploadCustomRenditionRequest stores a rendition.
type UploadCustomRenditionRequest struct {
	FileID string `path:"fileId"` // required
	// Name has up to 28 letters, digits, "-" and "_". It must differ from the names
	// of the version's other renditions in more than case. Required.
	Name        string        `json:"name"`
	Description string        `json:"description,omitzero"`
	Content     upload.Source `part:"file,required"` // required
	Access
}

// UploadCustomRenditionResponse names the file.
type UploadCustomRenditionResponse struct {
	ID   string `json:"id,omitzero"`
	Type string `json:"type,omitzero"` // "file"
	Name string `json:"name,omitzero"` // of the rendition; inferred
	Status
}

var uploadCustomRendition = call.NewOp("UploadCustomRendition",
	"POST /documents/api/{version}/files/{fileId}/data/rendition", call.Unsafe)

// UploadCustomRendition stores a rendition of the latest version of a file.
// The content is streamed.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-data-rendition-post.html
func (c *Client) UploadCustomRendition(
	ctx context.Context, req UploadCustomRenditionRequest, opts ...docferry.CallOption,
) (*UploadCustomRenditionResponse, error) {
	if err := c.checkControl(uploadCustomRendition, "Name", req.Name); err != nil {
		return nil, err
	}
	form, err := c.form(uploadCustomRendition, "file", req, req.Content, nil)
	if err != nil {
		return nil, err
	}
	return call.Send[UploadCustomRenditionResponse](ctx, c.core, uploadCustomRendition, &req, form, opts)
}

// DeleteCustomRenditionRequest names a rendition to delete.
type DeleteCustomRenditionRequest struct {
	FileID    string `path:"fileId"`              // required
	Rendition string `query:"rendition,required"` // required; name of an uploaded one
	Version   int64  `query:"version"`            // 0 means the latest
	Access
}

// DeleteCustomRenditionResponse names the file. Its fields are inferred.
type DeleteCustomRenditionResponse struct {
	ID   string `json:"id,omitzero"`
	Type string `json:"type,omitzero"` // "file"
	Status
}

var deleteCustomRendition = call.NewOp("DeleteCustomRendition",
	"DELETE /documents/api/{version}/files/{fileId}/data/rendition", call.Idempotent)

// DeleteCustomRendition deletes a rendition that was uploaded.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-files-fileid-data-rendition-delete.html
func (c *Client) DeleteCustomRendition(
	ctx context.Context, req DeleteCustomRenditionRequest, opts ...docferry.CallOption,
) (*DeleteCustomRenditionResponse, error) {
	return call.Do[DeleteCustomRenditionResponse](ctx, c.core, deleteCustomRendition, &req, opts)
}
