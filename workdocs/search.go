package workdocs

import (
	"context"
	"iter"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// SearchResourcesRequest asks for a page of results.
type SearchResourcesRequest struct {
	// QueryText has up to 512 characters.
	QueryText   string             `json:"QueryText,omitzero"`
	QueryScopes []SearchQueryScope `json:"QueryScopes,omitzero"` // up to 2
	// OrganizationID is the organization of the resources' owner; required with
	// credentials.
	OrganizationID           string                    `json:"OrganizationId,omitzero"`
	AdditionalResponseFields []AdditionalResponseField `json:"AdditionalResponseFields,omitzero"`
	Filters                  Filters                   `json:"Filters,omitzero"`
	OrderBy                  []SearchSortResult        `json:"OrderBy,omitzero"` // up to 1
	// Limit is the number of items on a page, 1 to 100.
	Limit int64 `json:"Limit,omitzero"`
	// Marker comes from the previous page's response.
	Marker              string          `json:"Marker,omitzero"`
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

// SearchResourcesResponse is a page of results.
type SearchResourcesResponse struct {
	Items  []ResponseItem `json:"Items,omitzero,needed"`  // up to 100
	Marker string         `json:"Marker,omitzero,needed"` // for the next page; "" on the last page
}

var searchResources = call.NewOp("SearchResources", "POST /api/v1/search", call.Safe)

// SearchResources returns a page of the documents, versions, folders and
// comments that match a query. AllSearchResources ranges over all of them.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_SearchResources.html
func (c *Client) SearchResources(
	ctx context.Context, req SearchResourcesRequest, opts ...docferry.CallOption,
) (*SearchResourcesResponse, error) {
	return call.Do[SearchResourcesResponse](ctx, c.core, searchResources, &req, opts)
}

// AllSearchResources ranges over the items of SearchResources on all pages,
// from req.Marker on. It requests each page when the range reaches it; each
// range starts over. An error is yielded once and ends the range.
func (c *Client) AllSearchResources(
	ctx context.Context, req SearchResourcesRequest, opts ...docferry.CallOption,
) iter.Seq2[ResponseItem, error] {
	pages := call.Pages(ctx, c.core, searchResources, c.SearchResources, req, opts,
		func(r *SearchResourcesRequest) *string { return &r.Marker },
		func(p *SearchResourcesResponse) string { return p.Marker })
	return call.Items(pages, func(p *SearchResourcesResponse) []ResponseItem { return p.Items })
}
