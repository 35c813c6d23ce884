package workdocs

import (
	"context"
	"iter"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// ResourceCollectionType names a collection of documents and folders.
type ResourceCollectionType string

// The only collection.
const (
	ResourceCollectionTypeSharedWithMe ResourceCollectionType = "SHARED_WITH_ME"
)

// GetResourcesRequest asks for a page of a collection.
type GetResourcesRequest struct {
	// UserID is the user whose collection to list; required with credentials.
	UserID              string                 `query:"userId"`
	CollectionType      ResourceCollectionType `query:"collectionType"`
	Limit               int64                  `query:"limit"`  // items on a page, 1 to 999
	Marker              string                 `query:"marker"` // from the previous page's response
	AuthenticationToken docferry.Secret        `header:"Authentication"`
}

// GetResourcesResponse is a page of a collection.
type GetResourcesResponse struct {
	Folders   []FolderMetadata   `json:"Folders,omitzero,needed"`
	Documents []DocumentMetadata `json:"Documents,omitzero,needed"`
	Marker    string             `json:"Marker,omitzero,needed"` // for the next page; "" on the last page
}

var getResources = call.NewOp("GetResources", "GET /api/v1/resources", call.Safe)

// GetResources returns a page of a collection, such as what other users have
// shared with a user. ResourcesPages ranges over all pages.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_GetResources.html
func (c *Client) GetResources(
	ctx context.Context, req GetResourcesRequest, opts ...docferry.CallOption,
) (*GetResourcesResponse, error) {
	return call.Do[GetResourcesResponse](ctx, c.core, getResources, &req, opts)
}

// ResourcesPages ranges over the pages of GetResources, from req.Marker on. It
// requests each page when the range reaches it; each range starts over. An
// error is yielded once and ends the range.
func (c *Client) ResourcesPages(
	ctx context.Context, req GetResourcesRequest, opts ...docferry.CallOption,
) iter.Seq2[*GetResourcesResponse, error] {
	return call.Pages(ctx, c.core, getResources, c.GetResources, req, opts,
		func(r *GetResourcesRequest) *string { return &r.Marker },
		func(p *GetResourcesResponse) string { return p.Marker })
}
