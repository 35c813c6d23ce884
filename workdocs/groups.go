package workdocs

import (
	"context"
	"iter"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// GroupMetadata describes a group of users.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_GroupMetadata.html
type GroupMetadata struct {
	ID   string `json:"Id,omitzero"`
	Name string `json:"Name,omitzero"`
}

// DescribeGroupsRequest asks for a page of groups.
type DescribeGroupsRequest struct {
	// SearchQuery is matched against names; up to 512 characters. Required.
	SearchQuery         string          `query:"searchQuery,required"`
	OrganizationID      string          `query:"organizationId"`
	Marker              string          `query:"marker"` // from the previous page's response
	Limit               int64           `query:"limit"`  // items on a page, at least 1
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

// DescribeGroupsResponse is a page of groups.
type DescribeGroupsResponse struct {
	Groups []GroupMetadata `json:"Groups,omitzero,needed"`
	Marker string          `json:"Marker,omitzero,needed"` // for the next page; "" on the last page
}

var describeGroups = call.NewOp("DescribeGroups", "GET /api/v1/groups", call.Safe)

// DescribeGroups returns a page of the groups in the site's directory that
// match a query. AllGroups ranges over all of them.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DescribeGroups.html
func (c *Client) DescribeGroups(
	ctx context.Context, req DescribeGroupsRequest, opts ...docferry.CallOption,
) (*DescribeGroupsResponse, error) {
	return call.Do[DescribeGroupsResponse](ctx, c.core, describeGroups, &req, opts)
}

// AllGroups ranges over the groups of DescribeGroups on all pages, from
// req.Marker on. It requests each page when the range reaches it; each range
// starts over. An error is yielded once and ends the range.
func (c *Client) AllGroups(
	ctx context.Context, req DescribeGroupsRequest, opts ...docferry.CallOption,
) iter.Seq2[GroupMetadata, error] {
	pages := call.Pages(ctx, c.core, describeGroups, c.DescribeGroups, req, opts,
		func(r *DescribeGroupsRequest) *string { return &r.Marker },
		func(p *DescribeGroupsResponse) string { return p.Marker })
	return call.Items(pages, func(p *DescribeGroupsResponse) []GroupMetadata { return p.Groups })
}
