package oracledocs

import (
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// GetCollaborationConfigRequest has no fields.
type GetCollaborationConfigRequest struct{}

// GetCollaborationConfigResponse holds addresses of the conversations service.
type GetCollaborationConfigResponse struct {
	CListURL       string `json:"cListURL,omitzero"` // list of conversations
	ClientURL      string `json:"clientURL,omitzero"`
	OAuthCListURL  string `json:"oAuthCListURL,omitzero"` // the same, for callers with OAuth tokens
	OAuthClientURL string `json:"oAuthClientURL,omitzero"`
	RestURL        string `json:"restURL,omitzero"`
	ServiceURL     string `json:"serviceURL,omitzero"`
	Status
}

var getCollaborationConfig = call.NewOp("GetCollaborationConfig",
	"GET /documents/api/{version}/config/collaboration", call.Safe)

// GetCollaborationConfig returns the URLs of the conversations service.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-config-collaboration-get.html
func (c *Client) GetCollaborationConfig(
	ctx context.Context, req GetCollaborationConfigRequest, opts ...docferry.CallOption,
) (*GetCollaborationConfigResponse, error) {
	return call.Do[GetCollaborationConfigResponse](ctx, c.core, getCollaborationConfig, &req, opts)
}

// CDNConfig is a domain of a content delivery network.
type CDNConfig struct {
	Type        string `json:"type,omitzero"` // "config"
	Domain      string `json:"domain,omitzero"`
	Description string `json:"description,omitzero"`
}

// GetCDNConfigRequest has no fields.
type GetCDNConfigRequest struct{}

// GetCDNConfigResponse lists the domains, none if no network is set up.
type GetCDNConfigResponse struct {
	Items []CDNConfig `json:"items,omitzero"`
	Status
}

var getCDNConfig = call.NewOp("GetCDNConfig",
	"GET /documents/api/{version}/config/sites/deliverycdn", call.Safe)

// GetCDNConfig returns the domains that sites are delivered from.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-config-sites-deliverycdn-get.html
func (c *Client) GetCDNConfig(
	ctx context.Context, req GetCDNConfigRequest, opts ...docferry.CallOption,
) (*GetCDNConfigResponse, error) {
	return call.Do[GetCDNConfigResponse](ctx, c.core, getCDNConfig, &req, opts)
}

// GetEmailNotificationConfigRequest has no fields.
type GetEmailNotificationConfigRequest struct{}

// GetEmailNotificationConfigResponse says whether e-mail is off.
type GetEmailNotificationConfigResponse struct {
	DisableEmailNotifications bool   `json:"disableEmailNotifications,omitzero"`
	Type                      string `json:"type,omitzero"` // "config"
	Status
}

var getEmailNotificationConfig = call.NewOp("GetEmailNotificationConfig",
	"GET /documents/api/{version}/config/notification/email", call.Safe).In("1.2")

// GetEmailNotificationConfig reports whether the service sends e-mail. It is
// only in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-config-notification-email-get.html
func (c *Client) GetEmailNotificationConfig(
	ctx context.Context, req GetEmailNotificationConfigRequest, opts ...docferry.CallOption,
) (*GetEmailNotificationConfigResponse, error) {
	return call.Do[GetEmailNotificationConfigResponse](ctx, c.core, getEmailNotificationConfig, &req, opts)
}

// SetEmailNotificationConfigRequest switches e-mail off or on.
type SetEmailNotificationConfigRequest struct {
	DisableEmailNotifications bool `json:"disableEmailNotifications"` // required; always sent
}

// SetEmailNotificationConfigResponse only confirms the change.
type SetEmailNotificationConfigResponse struct {
	Type string `json:"type,omitzero"` // "config"
	Status
}

// A repeated request would be refused, because the value is set by then.
var setEmailNotificationConfig = call.NewOp("SetEmailNotificationConfig",
	"PUT /documents/api/{version}/config/notification/email", call.Unsafe).In("1.2")

// SetEmailNotificationConfig switches the service's e-mail off or on. The
// caller must be an administrator; for anyone else, it fails with
// [docferry.ErrForbidden]. If the value is already set, it fails with
// [docferry.ErrInvalid]. It is only in version 1.2.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-config-notification-email-put.html
func (c *Client) SetEmailNotificationConfig(
	ctx context.Context, req SetEmailNotificationConfigRequest, opts ...docferry.CallOption,
) (*SetEmailNotificationConfigResponse, error) {
	return call.Do[SetEmailNotificationConfigResponse](ctx, c.core, setEmailNotificationConfig, &req, opts)
}
