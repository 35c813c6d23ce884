package oracledocs

import (
	"context"
	"fmt"
	"iter"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// maxMatches is how many matches of a search the service returns at most.
const maxMatches = 10_000

// SearchItemsRequest searches all items that are accessible to the caller.
// FullText or QueryText is required; how the service combines them is not
// documented.
type SearchItemsRequest struct {
	// FullText is searched for in names, contents, extensions, descriptions of
	// folders, and names of owners and last modifiers. A "*" at its end matches
	// anything.
	FullText string `query:"fulltext"`
	// QueryText compares single fields, as in "Collection.Field<CONTAINS>`value`",
	// joined by "<AND>" and "<OR>". Case does not matter.
	QueryText string `query:"querytext"`
	// Limit is the number of items on a page, up to 10,000; 0 means 20, or 50 in
	// version 1.1.
	Limit  int64 `query:"limit"`
	Offset int64 `query:"offset"` // of the first item, from 0
	// OrderBy is "name", "size", "lastModifiedName" or "lastModifiedDate", with
	// ":asc" or ":desc"; default "name:asc".
	OrderBy string `query:"orderby"`
	Fields  string `query:"fields" api:"1.2"` // "metadata" adds the metadata of each item
}

// SearchItemsResponse is a page of matches.
type SearchItemsResponse struct {
	Items      []FolderItem `json:"items,omitzero,needed"`
	TotalCount int64        `json:"totalCount,omitzero,needed"` // matches on all pages
	Count      int64        `json:"count,omitzero"`             // matches on this page
	HasMore    bool         `json:"hasMore,omitzero,needed"`    // inferred
	Status
}

var searchItems = call.NewOp("SearchItems", "GET /documents/api/{version}/folders/search/items", call.Safe)

// SearchItems returns a page of the files and folders that match, in the home
// folder and in everything that is shared with the caller. AllSearchItems
// ranges over all pages. The service updates its index with a delay, so an item
// may not be found right after it was changed. At most 10,000 matches are
// returned.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-search-items-get.html
func (c *Client) SearchItems(
	ctx context.Context, req SearchItemsRequest, opts ...docferry.CallOption,
) (*SearchItemsResponse, error) {
	if err := c.checkSearch(searchItems, req); err != nil {
		return nil, err
	}
	return call.Do[SearchItemsResponse](ctx, c.core, searchItems, &req, opts)
}

// AllSearchItems ranges over the matches of SearchItems on all pages, from
// req.Offset on. It requests each page when the range reaches it; each range
// starts over. An error is yielded once and ends the range.
//
// The service returns at most 10,000 matches. If there are more, the range ends
// with an error that is [docferry.ErrQuota].
func (c *Client) AllSearchItems(
	ctx context.Context, req SearchItemsRequest, opts ...docferry.CallOption,
) iter.Seq2[FolderItem, error] {
	return listing[SearchItemsRequest, SearchItemsResponse, FolderItem]{
		op: searchItems, list: c.SearchItems,
		at:    func(r *SearchItemsRequest) *int64 { return &r.Offset },
		items: func(p *SearchItemsResponse) []FolderItem { return p.Items },
		more: func(p *SearchItemsResponse, r *SearchItemsRequest, n int64) (bool, error) {
			return moreMatches(searchItems, p.HasMore, n, p.TotalCount, r.Offset, &r.Limit)
		},
	}.all(ctx, req, opts)
}

// SearchFolderItemsRequest searches a folder. FullText or QueryText is
// required; how the service combines them is not documented.
type SearchFolderItemsRequest struct {
	FolderID string `path:"folderId"` // required; "self" for the home folder
	// FullText is searched for in names, contents, extensions, descriptions of
	// folders, and names of owners and last modifiers. A "*" at its end matches
	// anything.
	FullText string `query:"fulltext"`
	// QueryText compares single fields, as in "Collection.Field<CONTAINS>`value`",
	// joined by "<AND>" and "<OR>". Case does not matter.
	QueryText string `query:"querytext"`
	// Limit is the number of items on a page, up to 10,000; 0 means 20, or 50 in
	// version 1.1.
	Limit  int64 `query:"limit"`
	Offset int64 `query:"offset"` // of the first item, from 0
	// OrderBy is "name", "size", "lastModifiedName" or "lastModifiedDate", with
	// ":asc" or ":desc"; default "name:asc".
	OrderBy string `query:"orderby"`
	Fields  string `query:"fields" api:"1.2"` // "metadata" adds the metadata of each item
}

// SearchFolderItemsResponse is a page of matches.
type SearchFolderItemsResponse struct {
	Items      []FolderItem `json:"items,omitzero,needed"`
	TotalCount int64        `json:"totalCount,omitzero,needed"` // matches on all pages
	Count      int64        `json:"count,omitzero"`             // matches on this page
	HasMore    bool         `json:"hasMore,omitzero,needed"`    // inferred
	Status
}

var searchFolderItems = call.NewOp("SearchFolderItems",
	"GET /documents/api/{version}/folders/{folderId}/search/items", call.Safe)

// SearchFolderItems returns a page of the files and folders below a folder that
// match. AllSearchFolderItems ranges over all pages. The limits of SearchItems
// apply.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-folders-folderid-search-items-get.html
func (c *Client) SearchFolderItems(
	ctx context.Context, req SearchFolderItemsRequest, opts ...docferry.CallOption,
) (*SearchFolderItemsResponse, error) {
	plain := SearchItemsRequest{FullText: req.FullText, QueryText: req.QueryText, Limit: req.Limit, Offset: req.Offset}
	if err := c.checkSearch(searchFolderItems, plain); err != nil {
		return nil, err
	}
	return call.Do[SearchFolderItemsResponse](ctx, c.core, searchFolderItems, &req, opts)
}

// AllSearchFolderItems ranges over the matches of SearchFolderItems on all
// pages, from req.Offset on. It requests each page when the range reaches it;
// each range starts over. An error is yielded once and ends the range.
//
// The service returns at most 10,000 matches. If there are more, the range ends
// with an error that is [docferry.ErrQuota].
func (c *Client) AllSearchFolderItems(
	ctx context.Context, req SearchFolderItemsRequest, opts ...docferry.CallOption,
) iter.Seq2[FolderItem, error] {
	return listing[SearchFolderItemsRequest, SearchFolderItemsResponse, FolderItem]{
		op: searchFolderItems, list: c.SearchFolderItems,
		at:    func(r *SearchFolderItemsRequest) *int64 { return &r.Offset },
		items: func(p *SearchFolderItemsResponse) []FolderItem { return p.Items },
		more: func(p *SearchFolderItemsResponse, r *SearchFolderItemsRequest, n int64) (bool, error) {
			return moreMatches(searchFolderItems, p.HasMore, n, p.TotalCount, r.Offset, &r.Limit)
		},
	}.all(ctx, req, opts)
}

// checkSearch refuses a search without FullText and QueryText.
func (c *Client) checkSearch(op *call.Op, req SearchItemsRequest) error {
	if req.FullText == "" && req.QueryText == "" {
		return c.core.InputError(op.Name, "FullText", "or QueryText is required")
	}
	return c.checkPage(op, req.Offset, req.Limit)
}

// moreMatches reports whether matches follow a page that ends before an offset,
// as the service or its total says. It reduces the limit so that the next page
// does not reach past the last match that the service returns.
func moreMatches(op *call.Op, hasMore bool, some, total, offset int64, limit *int64) (bool, error) {
	if !hasMore && (some == 0 || total <= offset) {
		return false, nil
	}
	if offset >= maxMatches {
		return false, &docferry.Error{Service: service, Operation: op.Name, StatusCode: 200, Attempts: 1,
			Kind:    docferry.ErrQuota,
			Message: fmt.Sprintf("a search returns only its first %d matches, and there are more; narrow it", maxMatches)}
	}
	*limit = min(*limit, maxMatches-offset)
	return true, nil
}
