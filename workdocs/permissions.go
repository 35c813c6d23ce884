package workdocs

import (
	"context"
	"iter"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// PrincipalType is the type of a principal: a user, a group or something else
// that can be given a role.
type PrincipalType string

// Types of principals.
const (
	PrincipalTypeUser         PrincipalType = "USER"
	PrincipalTypeGroup        PrincipalType = "GROUP"
	PrincipalTypeInvite       PrincipalType = "INVITE"
	PrincipalTypeAnonymous    PrincipalType = "ANONYMOUS"
	PrincipalTypeOrganization PrincipalType = "ORGANIZATION"
)

// Role is what a principal may do with a document or folder.
type Role string

// Roles.
const (
	RoleViewer      Role = "VIEWER"
	RoleContributor Role = "CONTRIBUTOR"
	RoleOwner       Role = "OWNER"
	RoleCoowner     Role = "COOWNER"
)

// RolePermissionType says whether a role was given directly or is inherited.
type RolePermissionType string

// Origins of a role.
const (
	RolePermissionTypeDirect    RolePermissionType = "DIRECT"
	RolePermissionTypeInherited RolePermissionType = "INHERITED" // from a folder above
)

// ShareStatus is the result of sharing with one principal.
type ShareStatus string

// Results of sharing.
const (
	ShareStatusSuccess ShareStatus = "SUCCESS"
	ShareStatusFailure ShareStatus = "FAILURE"
)

// SharePrincipal is a principal to give a role to. All members are required.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_SharePrincipal.html
type SharePrincipal struct {
	ID   string        `json:"Id"`
	Type PrincipalType `json:"Type"`
	Role Role          `json:"Role"`
}

// NotificationOptions says whether principals are notified by mail.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_NotificationOptions.html
type NotificationOptions struct {
	SendEmail    bool   `json:"SendEmail,omitzero"`
	EmailMessage string `json:"EmailMessage,omitzero"` // up to 2048 characters
}

// ShareResult is the result of sharing with one principal.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_ShareResult.html
type ShareResult struct {
	PrincipalID        string      `json:"PrincipalId,omitzero"`
	InviteePrincipalID string      `json:"InviteePrincipalId,omitzero"` // for an invited user
	Role               Role        `json:"Role,omitzero"`
	Status             ShareStatus `json:"Status,omitzero"`
	ShareID            string      `json:"ShareId,omitzero"` // the resource that was shared
	StatusMessage      string      `json:"StatusMessage,omitzero"`
}

// PermissionInfo is a role that a principal has.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_PermissionInfo.html
type PermissionInfo struct {
	Role Role               `json:"Role,omitzero"`
	Type RolePermissionType `json:"Type,omitzero"`
}

// Principal is a user, a group or another kind of principal, with its roles.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_Principal.html
type Principal struct {
	ID    string           `json:"Id,omitzero"`
	Type  PrincipalType    `json:"Type,omitzero"`
	Roles []PermissionInfo `json:"Roles,omitzero"`
}

// AddResourcePermissionsRequest shares a document or folder.
type AddResourcePermissionsRequest struct {
	ResourceID          string              `path:"ResourceId"` // required
	Principals          []SharePrincipal    `json:"Principals"` // required
	NotificationOptions NotificationOptions `json:"NotificationOptions,omitzero"`
	AuthenticationToken docferry.Secret     `header:"Authentication"`
}

// AddResourcePermissionsResponse holds a result for each principal.
type AddResourcePermissionsResponse struct {
	ShareResults []ShareResult `json:"ShareResults,omitzero"`
}

var addResourcePermissions = call.NewOp("AddResourcePermissions",
	"POST /api/v1/resources/{ResourceId}/permissions", call.Idempotent)

// AddResourcePermissions gives principals roles on a document or folder. A new
// role replaces the one that the principal had. The call can fail for some
// principals without returning an error: check the Status of each result. It is
// retried when the response is lost, so mail can be sent twice.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_AddResourcePermissions.html
func (c *Client) AddResourcePermissions(
	ctx context.Context, req AddResourcePermissionsRequest, opts ...docferry.CallOption,
) (*AddResourcePermissionsResponse, error) {
	return call.Do[AddResourcePermissionsResponse](ctx, c.core, addResourcePermissions, &req, opts)
}

// DescribeResourcePermissionsRequest asks for a page of the principals that have
// a role on a document or folder.
type DescribeResourcePermissionsRequest struct {
	ResourceID          string          `path:"ResourceId"`   // required
	PrincipalID         string          `query:"principalId"` // selects this principal
	Limit               int64           `query:"limit"`       // items on a page, 1 to 999
	Marker              string          `query:"marker"`      // from the previous page's response
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

// DescribeResourcePermissionsResponse is a page of principals.
type DescribeResourcePermissionsResponse struct {
	Principals []Principal `json:"Principals,omitzero,needed"`
	Marker     string      `json:"Marker,omitzero,needed"` // for the next page; "" on the last page
}

var describeResourcePermissions = call.NewOp("DescribeResourcePermissions",
	"GET /api/v1/resources/{ResourceId}/permissions", call.Safe)

// DescribeResourcePermissions returns a page of the principals that have a role
// on a document or folder. AllResourcePermissions ranges over all of them.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DescribeResourcePermissions.html
func (c *Client) DescribeResourcePermissions(
	ctx context.Context, req DescribeResourcePermissionsRequest, opts ...docferry.CallOption,
) (*DescribeResourcePermissionsResponse, error) {
	return call.Do[DescribeResourcePermissionsResponse](ctx, c.core, describeResourcePermissions, &req, opts)
}

// AllResourcePermissions ranges over the principals of
// DescribeResourcePermissions on all pages, from req.Marker on. It requests
// each page when the range reaches it; each range starts over. An error is
// yielded once and ends the range.
func (c *Client) AllResourcePermissions(
	ctx context.Context, req DescribeResourcePermissionsRequest, opts ...docferry.CallOption,
) iter.Seq2[Principal, error] {
	pages := call.Pages(ctx, c.core, describeResourcePermissions, c.DescribeResourcePermissions, req, opts,
		func(r *DescribeResourcePermissionsRequest) *string { return &r.Marker },
		func(p *DescribeResourcePermissionsResponse) string { return p.Marker })
	return call.Items(pages, func(p *DescribeResourcePermissionsResponse) []Principal { return p.Principals })
}

// RemoveResourcePermissionRequest names a principal of a document or folder.
type RemoveResourcePermissionRequest struct {
	ResourceID          string          `path:"ResourceId"`  // required
	PrincipalID         string          `path:"PrincipalId"` // required
	PrincipalType       PrincipalType   `query:"type"`
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var removeResourcePermission = call.NewOp("RemoveResourcePermission",
	"DELETE /api/v1/resources/{ResourceId}/permissions/{PrincipalId}", call.Idempotent)

// RemoveResourcePermission removes a principal's roles on a document or folder.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_RemoveResourcePermission.html
func (c *Client) RemoveResourcePermission(
	ctx context.Context, req RemoveResourcePermissionRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, removeResourcePermission, &req, opts)
}

// RemoveAllResourcePermissionsRequest names a document or folder.
type RemoveAllResourcePermissionsRequest struct {
	ResourceID          string          `path:"ResourceId"` // required
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var removeAllResourcePermissions = call.NewOp("RemoveAllResourcePermissions",
	"DELETE /api/v1/resources/{ResourceId}/permissions", call.Idempotent)

// RemoveAllResourcePermissions ends all sharing of a document or folder.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_RemoveAllResourcePermissions.html
func (c *Client) RemoveAllResourcePermissions(
	ctx context.Context, req RemoveAllResourcePermissionsRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, removeAllResourcePermissions, &req, opts)
}
