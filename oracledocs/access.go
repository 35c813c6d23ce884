package oracledocs

import (
	"context"

	"github.com/docferry/docferry"
)

// Access gives access, through an applink or a public link, to an item that is
// neither the caller's own nor shared with them. Requests for items embed it.
type Access struct {
	// AppLinkID and AccessToken are what CreateFileApplink or
	// CreateFolderApplink returned. One without the other is refused.
	AppLinkID   string          `header:"appLinkID,with=accessToken"`
	AccessToken docferry.Secret `header:"accessToken,with=appLinkID"`
	// LinkID is the ID of a public link.
	LinkID string `header:"linkID"`
	// AccessCode is the password of that link, if it has one.
	AccessCode docferry.Secret `cookie:"dAccessCode-{linkID},with=linkID"`
}

// AppLinkAccess gives access to an item through an applink, in operations that
// accept no public link.
type AppLinkAccess struct {
	// AppLinkID and AccessToken are what CreateFileApplink or
	// CreateFolderApplink returned. One without the other is refused.
	AppLinkID   string          `header:"appLinkID,with=accessToken"`
	AccessToken docferry.Secret `header:"accessToken,with=appLinkID"`
}

// Access returns what requests embed to use the applink.
func (a Applink) Access() Access {
	return Access{AppLinkID: a.AppLinkID, AccessToken: a.AccessToken}
}

// RenewApplink calls RefreshApplinkToken and returns an applink with the new
// access token; the old token no longer works. No other method renews tokens:
// call this before a token's 15 minutes are over, and use the new Access from
// then on. An applink can be renewed for 24 hours after it was made.
//
// If the answer is lost ([docferry.OutcomeUnknown]), the old token may have
// been replaced by one that the caller never saw: make a new applink.
func (c *Client) RenewApplink(ctx context.Context, link Applink, opts ...docferry.CallOption) (*Applink, error) {
	fresh, err := c.RefreshApplinkToken(ctx, RefreshApplinkTokenRequest{
		AppLinkID: link.AppLinkID, AccessToken: link.AccessToken, RefreshToken: link.RefreshToken}, opts...)
	if err != nil {
		return nil, err
	}
	link.AccessToken = fresh.AccessToken
	return &link, nil
}
