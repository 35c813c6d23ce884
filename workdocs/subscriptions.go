package workdocs

import (
	"context"
	"iter"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// SubscriptionProtocol says how notifications are delivered.
type SubscriptionProtocol string

// Ways of delivery.
const (
	SubscriptionProtocolHTTPS SubscriptionProtocol = "HTTPS"
	SubscriptionProtocolSQS   SubscriptionProtocol = "SQS"
)

// SubscriptionType says what the notifications are about.
type SubscriptionType string

// The only type.
const (
	SubscriptionTypeAll SubscriptionType = "ALL"
)

// Subscription is an endpoint that notifications are delivered to.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_Subscription.html
type Subscription struct {
	SubscriptionID string               `json:"SubscriptionId,omitzero"`
	EndPoint       string               `json:"EndPoint,omitzero"`
	Protocol       SubscriptionProtocol `json:"Protocol,omitzero"`
}

// CreateNotificationSubscriptionRequest describes a new subscription.
type CreateNotificationSubscriptionRequest struct {
	OrganizationID string `path:"OrganizationId"` // required
	// Endpoint is where notifications are sent, up to 256 characters. With
	// SubscriptionProtocolHTTPS it is an https URL. Required.
	Endpoint         string               `json:"Endpoint"`
	Protocol         SubscriptionProtocol `json:"Protocol"`         // required
	SubscriptionType SubscriptionType     `json:"SubscriptionType"` // required
}

// CreateNotificationSubscriptionResponse holds the new subscription.
type CreateNotificationSubscriptionResponse struct {
	Subscription Subscription `json:"Subscription,omitzero"`
}

var createNotificationSubscription = call.NewOp("CreateNotificationSubscription",
	"POST /api/v1/organizations/{OrganizationId}/subscriptions", call.Unsafe)

// CreateNotificationSubscription subscribes an endpoint to an organization's
// notifications. WorkDocs first sends the endpoint a message that it must
// confirm. The call needs credentials. It fails with CodeTooManySubscriptions if
// there are too many subscriptions. It is not retried when the response is lost,
// because it may have succeeded: look for the subscription before calling it
// again.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_CreateNotificationSubscription.html
func (c *Client) CreateNotificationSubscription(
	ctx context.Context, req CreateNotificationSubscriptionRequest, opts ...docferry.CallOption,
) (*CreateNotificationSubscriptionResponse, error) {
	return call.Do[CreateNotificationSubscriptionResponse](ctx, c.core, createNotificationSubscription, &req, opts)
}

// DescribeNotificationSubscriptionsRequest asks for a page of an
// organization's subscriptions.
type DescribeNotificationSubscriptionsRequest struct {
	OrganizationID string `path:"OrganizationId"` // required
	Marker         string `query:"marker"`        // from the previous page's response
	Limit          int64  `query:"limit"`         // items on a page, 1 to 999
}

// DescribeNotificationSubscriptionsResponse is a page of subscriptions.
type DescribeNotificationSubscriptionsResponse struct {
	Subscriptions []Subscription `json:"Subscriptions,omitzero,needed"` // up to 256
	Marker        string         `json:"Marker,omitzero,needed"`        // for the next page; "" on the last page
}

var describeNotificationSubscriptions = call.NewOp("DescribeNotificationSubscriptions",
	"GET /api/v1/organizations/{OrganizationId}/subscriptions", call.Safe)

// DescribeNotificationSubscriptions returns a page of an organization's
// subscriptions. It needs credentials. AllNotificationSubscriptions ranges over
// all of them.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DescribeNotificationSubscriptions.html
func (c *Client) DescribeNotificationSubscriptions(
	ctx context.Context, req DescribeNotificationSubscriptionsRequest, opts ...docferry.CallOption,
) (*DescribeNotificationSubscriptionsResponse, error) {
	return call.Do[DescribeNotificationSubscriptionsResponse](ctx, c.core, describeNotificationSubscriptions, &req, opts)
}

// AllNotificationSubscriptions ranges over the subscriptions of
// DescribeNotificationSubscriptions on all pages, from req.Marker on. It
// requests each page when the range reaches it; each range starts over. An
// error is yielded once and ends the range.
func (c *Client) AllNotificationSubscriptions(
	ctx context.Context, req DescribeNotificationSubscriptionsRequest, opts ...docferry.CallOption,
) iter.Seq2[Subscription, error] {
	pages := call.Pages(ctx, c.core, describeNotificationSubscriptions, c.DescribeNotificationSubscriptions, req, opts,
		func(r *DescribeNotificationSubscriptionsRequest) *string { return &r.Marker },
		func(p *DescribeNotificationSubscriptionsResponse) string { return p.Marker })
	return call.Items(pages, func(p *DescribeNotificationSubscriptionsResponse) []Subscription { return p.Subscriptions })
}

// DeleteNotificationSubscriptionRequest names a subscription.
type DeleteNotificationSubscriptionRequest struct {
	SubscriptionID string `path:"SubscriptionId"` // required
	OrganizationID string `path:"OrganizationId"` // required
}

var deleteNotificationSubscription = call.NewOp("DeleteNotificationSubscription",
	"DELETE /api/v1/organizations/{OrganizationId}/subscriptions/{SubscriptionId}", call.Idempotent)

// DeleteNotificationSubscription ends a subscription. It needs credentials.
// Because it is retried when the response is lost, CodeEntityNotExists can mean
// that an earlier attempt succeeded.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DeleteNotificationSubscription.html
func (c *Client) DeleteNotificationSubscription(
	ctx context.Context, req DeleteNotificationSubscriptionRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, deleteNotificationSubscription, &req, opts)
}
