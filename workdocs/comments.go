package workdocs

import (
	"context"
	"iter"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// CommentStatus is the state of a comment.
type CommentStatus string

// States of a comment.
const (
	CommentStatusDraft     CommentStatus = "DRAFT"
	CommentStatusPublished CommentStatus = "PUBLISHED"
	CommentStatusDeleted   CommentStatus = "DELETED"
)

// CommentVisibility determines the readers of a comment.
type CommentVisibility string

// Readers of a comment.
const (
	CommentVisibilityPublic  CommentVisibility = "PUBLIC"  // owner, co-owners and contributors
	CommentVisibilityPrivate CommentVisibility = "PRIVATE" // its author, the owner and co-owners
)

// Comment is a comment on a version of a document.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_Comment.html
type Comment struct {
	CommentID string `json:"CommentId,omitzero"`
	ParentID  string `json:"ParentId,omitzero"` // the comment that it replies to
	// ThreadID is the comment that started the thread.
	ThreadID         string            `json:"ThreadId,omitzero"`
	Text             string            `json:"Text,omitzero"`
	Contributor      User              `json:"Contributor,omitzero"` // its author
	CreatedTimestamp time.Time         `json:"CreatedTimestamp,omitzero"`
	Status           CommentStatus     `json:"Status,omitzero"`
	Visibility       CommentVisibility `json:"Visibility,omitzero"`
	RecipientID      string            `json:"RecipientId,omitzero"` // the user that it replies to
}

// CommentMetadata describes a comment without its text.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_CommentMetadata.html
type CommentMetadata struct {
	CommentID        string        `json:"CommentId,omitzero"`
	Contributor      User          `json:"Contributor,omitzero"` // its author
	CreatedTimestamp time.Time     `json:"CreatedTimestamp,omitzero"`
	CommentStatus    CommentStatus `json:"CommentStatus,omitzero"`
	RecipientID      string        `json:"RecipientId,omitzero"` // the user that it replies to
	ContributorID    string        `json:"ContributorId,omitzero"`
}

// CreateCommentRequest describes a new comment.
type CreateCommentRequest struct {
	DocumentID string `path:"DocumentId"`        // required
	VersionID  string `path:"VersionId"`         // required
	ParentID   string `json:"ParentId,omitzero"` // the comment to reply to
	// ThreadID is the comment that started the thread.
	ThreadID string `json:"ThreadId,omitzero"`
	// Text has up to 2048 characters. Required.
	Text       string            `json:"Text"`
	Visibility CommentVisibility `json:"Visibility,omitzero"`
	// NotifyCollaborators says whether the collaborators are sent mail. The API does
	// not document what nil means.
	NotifyCollaborators *bool           `json:"NotifyCollaborators,omitzero"`
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

// CreateCommentResponse holds the new comment.
type CreateCommentResponse struct {
	Comment Comment `json:"Comment,omitzero"`
}

var createComment = call.NewOp("CreateComment",
	"POST /api/v1/documents/{DocumentId}/versions/{VersionId}/comment", call.Unsafe)

// CreateComment adds a comment to a version of a document. It is not retried
// when the response is lost, because it may have succeeded: look for the
// comment before calling it again. It can fail with
// [CodeDocumentLockedForComments] or [CodeInvalidCommentOperation].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_CreateComment.html
func (c *Client) CreateComment(
	ctx context.Context, req CreateCommentRequest, opts ...docferry.CallOption,
) (*CreateCommentResponse, error) {
	return call.Do[CreateCommentResponse](ctx, c.core, createComment, &req, opts)
}

// DescribeCommentsRequest asks for a page of a version's comments.
type DescribeCommentsRequest struct {
	DocumentID          string          `path:"DocumentId"` // required
	VersionID           string          `path:"VersionId"`  // required
	Limit               int64           `query:"limit"`     // items on a page, 1 to 999
	Marker              string          `query:"marker"`    // from the previous page's response
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

// DescribeCommentsResponse is a page of comments.
type DescribeCommentsResponse struct {
	Comments []Comment `json:"Comments,omitzero,needed"`
	Marker   string    `json:"Marker,omitzero,needed"` // for the next page; "" on the last page
}

var describeComments = call.NewOp("DescribeComments",
	"GET /api/v1/documents/{DocumentId}/versions/{VersionId}/comments", call.Safe)

// DescribeComments returns a page of the comments on a version of a document.
// AllComments ranges over all of them.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DescribeComments.html
func (c *Client) DescribeComments(
	ctx context.Context, req DescribeCommentsRequest, opts ...docferry.CallOption,
) (*DescribeCommentsResponse, error) {
	return call.Do[DescribeCommentsResponse](ctx, c.core, describeComments, &req, opts)
}

// AllComments ranges over the comments of DescribeComments on all pages, from
// req.Marker on. It requests each page when the range reaches it; each range
// starts over. An error is yielded once and ends the range.
func (c *Client) AllComments(
	ctx context.Context, req DescribeCommentsRequest, opts ...docferry.CallOption,
) iter.Seq2[Comment, error] {
	pages := call.Pages(ctx, c.core, describeComments, c.DescribeComments, req, opts,
		func(r *DescribeCommentsRequest) *string { return &r.Marker },
		func(p *DescribeCommentsResponse) string { return p.Marker })
	return call.Items(pages, func(p *DescribeCommentsResponse) []Comment { return p.Comments })
}

// DeleteCommentRequest names a comment.
type DeleteCommentRequest struct {
	DocumentID          string          `path:"DocumentId"` // required
	VersionID           string          `path:"VersionId"`  // required
	CommentID           string          `path:"CommentId"`  // required
	AuthenticationToken docferry.Secret `header:"Authentication"`
}

var deleteComment = call.NewOp("DeleteComment",
	"DELETE /api/v1/documents/{DocumentId}/versions/{VersionId}/comment/{CommentId}", call.Idempotent)

// DeleteComment deletes a comment. Because it is retried when the response is
// lost, CodeEntityNotExists can mean that an earlier attempt succeeded. It can
// also fail with [CodeDocumentLockedForComments].
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DeleteComment.html
func (c *Client) DeleteComment(ctx context.Context, req DeleteCommentRequest, opts ...docferry.CallOption) error {
	return call.Exec(ctx, c.core, deleteComment, &req, opts)
}
