package workdocstest

import (
	"slices"
	"strings"
)

// subscriptionLimit is how many subscriptions an organization may have.
// Inferred: it is the length of the longest list that the API can return.
const subscriptionLimit = 256

// subscription is a request for notifications. The Server sends none, so
// nothing is ever confirmed at the endpoint.
type subscription struct {
	SubscriptionID string `json:"SubscriptionId"`
	EndPoint       string `json:"EndPoint"`
	Protocol       string `json:"Protocol"`
}

// createNotificationSubscription adds a subscription. It takes a signed call,
// like the other operations on subscriptions.
func (s *Server) createNotificationSubscription(c *call) (any, error) {
	organization := c.path.text("OrganizationId", principalID)
	c.body.need("Endpoint", "Protocol", "SubscriptionType")
	sub := subscription{EndPoint: c.body.text("Endpoint", anyText),
		Protocol: c.body.text("Protocol", enum("HTTPS", "SQS"))}
	c.body.text("SubscriptionType", enum("ALL"))
	if sub.Protocol == "HTTPS" && !strings.HasPrefix(sub.EndPoint, "https://") {
		c.input.add("Endpoint", "must be an https URL")
	}
	if err := c.valid(); err != nil {
		return nil, err
	}
	if err := ours(c, organization); err != nil {
		return nil, err
	}
	if len(s.subscriptions) == subscriptionLimit {
		return nil, refuse("TooManySubscriptionsException", "there are already %d subscriptions", subscriptionLimit)
	}
	sub.SubscriptionID = s.newID()
	s.subscriptions = append(s.subscriptions, sub)
	return struct{ Subscription subscription }{sub}, nil
}

// describeNotificationSubscriptions lists subscriptions in order of creation.
func (s *Server) describeNotificationSubscriptions(c *call) (any, error) {
	organization := c.path.text("OrganizationId", principalID)
	w := c.window(100, 999)
	if err := c.valid(); err != nil {
		return nil, err
	}
	if err := ours(c, organization); err != nil {
		return nil, err
	}
	var answer struct {
		Subscriptions []subscription
		Marker        string `json:",omitzero"`
	}
	// The model limits the list in the answer to 256 items.
	w.size = min(w.size, 256)
	answer.Subscriptions, answer.Marker = cut(w, s.subscriptions)
	return answer, nil
}

// deleteNotificationSubscription removes a subscription. An ID that does not
// exist is an error.
func (s *Server) deleteNotificationSubscription(c *call) (any, error) {
	organization, id := c.path.text("OrganizationId", principalID), c.path.text("SubscriptionId", principalID)
	if err := c.valid(); err != nil {
		return nil, err
	}
	if err := ours(c, organization); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(s.subscriptions, func(sub subscription) bool { return sub.SubscriptionID == id })
	if i < 0 {
		return nil, missing("subscription", id)
	}
	s.subscriptions = slices.Delete(s.subscriptions, i, i+1)
	return nil, nil
}
