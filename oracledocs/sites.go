package oracledocs

import (
	"context"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// Site describes a site that was made. Oracle's reference shows when and by
// whom; the other fields are inferred.
type Site struct {
	ID           string    `json:"id,omitzero"`
	Name         string    `json:"name,omitzero"`
	Description  string    `json:"description,omitzero"`
	Type         string    `json:"type,omitzero"` // "site"
	CreatedBy    User      `json:"createdBy,omitzero"`
	CreatedTime  time.Time `json:"createdTime,omitzero"`
	ModifiedBy   User      `json:"modifiedBy,omitzero"`
	ModifiedTime time.Time `json:"modifiedTime,omitzero"`
	OwnedBy      User      `json:"ownedBy,omitzero"`
}

// CreateSiteFromSiteRequest names a site to copy.
type CreateSiteFromSiteRequest struct {
	SiteID string `path:"siteId"` // required; of the site to copy
	// Name has up to 250 characters, without / \ < > * " ? : | and without a space
	// at either end. Case does not matter. It must not be "." or "..", a device
	// name such as "CON", or one of the service's own names, such as "documents",
	// "sites", "Users" and "Trash". Required.
	Name        string `json:"name"`
	Description string `json:"description,omitzero"` // up to 2000 characters
	// CopyUpdates also copies updates that are not published yet.
	CopyUpdates bool `json:"copyUpdates,omitzero,digit"`
}

// CreateSiteFromSiteResponse describes the new site.
type CreateSiteFromSiteResponse struct {
	Site
	Status
	Location string `header:"Location"` // inferred
}

var createSiteFromSite = call.NewOp("CreateSiteFromSite",
	"POST /documents/api/{version}/sites/{siteId}/site", call.Unsafe).In("1.2")

// CreateSiteFromSite makes a site by copying another. It is only in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-sites-siteid-site-post.html
func (c *Client) CreateSiteFromSite(
	ctx context.Context, req CreateSiteFromSiteRequest, opts ...docferry.CallOption,
) (*CreateSiteFromSiteResponse, error) {
	if err := c.checkControl(createSiteFromSite, "Name", req.Name); err != nil {
		return nil, err
	}
	return call.Do[CreateSiteFromSiteResponse](ctx, c.core, createSiteFromSite, &req, opts)
}

// CreateSiteFromTemplateRequest names a template to make a site from.
type CreateSiteFromTemplateRequest struct {
	TemplateID string `path:"templateId"` // required
	// Name has up to 250 characters, without / \ < > * " ? : | and without a space
	// at either end. Case does not matter. It must not be "." or "..", a device
	// name such as "CON", or one of the service's own names, such as "documents",
	// "sites", "Users" and "Trash". Required.
	Name        string `json:"name"`
	Description string `json:"description,omitzero"` // up to 2000 characters
	// CopyUpdates also copies updates that are not published yet.
	CopyUpdates bool `json:"copyUpdates,omitzero,digit"`
}

// CreateSiteFromTemplateResponse describes the new site.
type CreateSiteFromTemplateResponse struct {
	Site
	Status
	Location string `header:"Location"` // inferred
}

var createSiteFromTemplate = call.NewOp("CreateSiteFromTemplate",
	"POST /documents/api/{version}/templates/{templateId}/site", call.Unsafe).In("1.2")

// CreateSiteFromTemplate makes a site from a template. It is only in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-templates-templateid-site-post.html
func (c *Client) CreateSiteFromTemplate(
	ctx context.Context, req CreateSiteFromTemplateRequest, opts ...docferry.CallOption,
) (*CreateSiteFromTemplateResponse, error) {
	if err := c.checkControl(createSiteFromTemplate, "Name", req.Name); err != nil {
		return nil, err
	}
	return call.Do[CreateSiteFromTemplateResponse](ctx, c.core, createSiteFromTemplate, &req, opts)
}
