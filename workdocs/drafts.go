package workdocs

import (
	"context"
	"iter"
	"time"

	"github.com/docferry/docferry"
)

// Draft is a version whose upload was begun but not finished.
type Draft struct {
	DocumentID string
	VersionID  string
	Name       string    // of the document
	CreatorID  string    // the user who began it
	Begun      time.Time // by the service's clock
}

// DraftsRequest selects drafts.
type DraftsRequest struct {
	FolderID string // required; subfolders are not searched
	// CreatorID is the user who began the drafts. With a user's token, it defaults
	// to that user; with credentials alone, it is required.
	CreatorID string
	// Before excludes drafts that were not begun before this time, because they may
	// belong to an upload that is in progress. Required.
	Before              time.Time
	AuthenticationToken docferry.Secret
}

// AllDrafts ranges over the drafts that one user began in a folder. It requests
// each page of the folder's contents when the range reaches it. An error is
// yielded once and ends the range.
func (c *Client) AllDrafts(
	ctx context.Context, req DraftsRequest, opts ...docferry.CallOption,
) iter.Seq2[Draft, error] {
	return func(yield func(Draft, error) bool) {
		if err := c.completeDrafts(ctx, &req, opts); err != nil {
			yield(Draft{}, err)
			return
		}
		list := DescribeFolderContentsRequest{FolderID: req.FolderID, Include: string(DocumentStatusInitialized),
			Type: FolderContentTypeDocument, AuthenticationToken: req.AuthenticationToken}
		for page, err := range c.FolderContentsPages(ctx, list, opts...) {
			if err != nil {
				yield(Draft{}, err)
				return
			}
			for _, document := range page.Documents {
				v := document.LatestVersionMetadata
				d := Draft{DocumentID: document.ID, VersionID: v.ID, Name: v.Name, CreatorID: v.CreatorID,
					Begun: v.CreatedTimestamp}
				if v.Status == DocumentStatusInitialized && d.CreatorID == req.CreatorID && !d.Begun.IsZero() &&
					d.Begun.Before(req.Before) {
					if !yield(d, nil) {
						return
					}
				}
			}
		}
	}
}

// AbortDrafts aborts the drafts that AllDrafts finds, and returns those that it
// aborted. If it cannot list the drafts, it aborts none. If a draft cannot be
// aborted, it continues with the others and returns the first error along with
// the drafts that were aborted.
func (c *Client) AbortDrafts(ctx context.Context, req DraftsRequest, opts ...docferry.CallOption) ([]Draft, error) {
	var found, aborted []Draft
	for d, err := range c.AllDrafts(ctx, req, opts...) { // list all of them first, because aborting shifts the pages
		if err != nil {
			return nil, err
		}
		found = append(found, d)
	}
	var first error
	for _, d := range found {
		err := c.AbortDocumentVersionUpload(ctx, AbortDocumentVersionUploadRequest{DocumentID: d.DocumentID,
			VersionID:           d.VersionID,
			AuthenticationToken: req.AuthenticationToken}, opts...)
		switch {
		case err == nil || isCode(err, CodeEntityNotExists):
			aborted = append(aborted, d)
		case first == nil:
			first = err
		}
	}
	return aborted, first
}

// completeDrafts fills in the creator, and rejects requests that could select
// another user's drafts, or those of uploads in progress, by mistake.
func (c *Client) completeDrafts(ctx context.Context, req *DraftsRequest, opts []docferry.CallOption) error {
	switch {
	case req.FolderID == "":
		return c.core.InputError("AllDrafts", "FolderID", "is required")
	case req.Before.IsZero():
		return c.core.InputError("AllDrafts", "Before", "is required, so that uploads in progress are not touched")
	case req.CreatorID != "":
		return nil
	case req.AuthenticationToken == "" && c.token == "":
		return c.core.InputError("AllDrafts", "CreatorID",
			"is required without a user's token, so that the drafts of other users are not touched")
	}
	me, err := c.GetCurrentUser(ctx, GetCurrentUserRequest{AuthenticationToken: req.AuthenticationToken}, opts...)
	if err != nil {
		return err
	}
	if me.User.ID == "" { // it would select the drafts of nobody known
		return &docferry.Error{Service: service, Operation: getCurrentUser.Name, StatusCode: 200, Attempts: 1,
			Kind: docferry.ErrProtocol, Message: "the answer lacks the ID of the user"}
	}
	req.CreatorID = me.User.ID
	return nil
}
