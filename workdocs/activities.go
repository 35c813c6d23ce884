package workdocs

import (
	"context"
	"iter"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// ActivityType is a kind of activity.
type ActivityType string

// Activities on documents.
const (
	ActivityTypeDocumentCheckedIn                      ActivityType = "DOCUMENT_CHECKED_IN"
	ActivityTypeDocumentCheckedOut                     ActivityType = "DOCUMENT_CHECKED_OUT"
	ActivityTypeDocumentRenamed                        ActivityType = "DOCUMENT_RENAMED"
	ActivityTypeDocumentVersionUploaded                ActivityType = "DOCUMENT_VERSION_UPLOADED"
	ActivityTypeDocumentVersionDeleted                 ActivityType = "DOCUMENT_VERSION_DELETED"
	ActivityTypeDocumentVersionViewed                  ActivityType = "DOCUMENT_VERSION_VIEWED"
	ActivityTypeDocumentVersionDownloaded              ActivityType = "DOCUMENT_VERSION_DOWNLOADED"
	ActivityTypeDocumentRecycled                       ActivityType = "DOCUMENT_RECYCLED"
	ActivityTypeDocumentRestored                       ActivityType = "DOCUMENT_RESTORED"
	ActivityTypeDocumentReverted                       ActivityType = "DOCUMENT_REVERTED"
	ActivityTypeDocumentShared                         ActivityType = "DOCUMENT_SHARED"
	ActivityTypeDocumentUnshared                       ActivityType = "DOCUMENT_UNSHARED"
	ActivityTypeDocumentSharePermissionChanged         ActivityType = "DOCUMENT_SHARE_PERMISSION_CHANGED"
	ActivityTypeDocumentShareableLinkCreated           ActivityType = "DOCUMENT_SHAREABLE_LINK_CREATED"
	ActivityTypeDocumentShareableLinkRemoved           ActivityType = "DOCUMENT_SHAREABLE_LINK_REMOVED"
	ActivityTypeDocumentShareableLinkPermissionChanged ActivityType = "DOCUMENT_SHAREABLE_LINK_PERMISSION_CHANGED"
	ActivityTypeDocumentMoved                          ActivityType = "DOCUMENT_MOVED"
	ActivityTypeDocumentCommentAdded                   ActivityType = "DOCUMENT_COMMENT_ADDED"
	ActivityTypeDocumentCommentDeleted                 ActivityType = "DOCUMENT_COMMENT_DELETED"
	ActivityTypeDocumentAnnotationAdded                ActivityType = "DOCUMENT_ANNOTATION_ADDED"
	ActivityTypeDocumentAnnotationDeleted              ActivityType = "DOCUMENT_ANNOTATION_DELETED"
)

// Activities on folders.
const (
	ActivityTypeFolderCreated                        ActivityType = "FOLDER_CREATED"
	ActivityTypeFolderDeleted                        ActivityType = "FOLDER_DELETED"
	ActivityTypeFolderRenamed                        ActivityType = "FOLDER_RENAMED"
	ActivityTypeFolderRecycled                       ActivityType = "FOLDER_RECYCLED"
	ActivityTypeFolderRestored                       ActivityType = "FOLDER_RESTORED"
	ActivityTypeFolderShared                         ActivityType = "FOLDER_SHARED"
	ActivityTypeFolderUnshared                       ActivityType = "FOLDER_UNSHARED"
	ActivityTypeFolderSharePermissionChanged         ActivityType = "FOLDER_SHARE_PERMISSION_CHANGED"
	ActivityTypeFolderShareableLinkCreated           ActivityType = "FOLDER_SHAREABLE_LINK_CREATED"
	ActivityTypeFolderShareableLinkRemoved           ActivityType = "FOLDER_SHAREABLE_LINK_REMOVED"
	ActivityTypeFolderShareableLinkPermissionChanged ActivityType = "FOLDER_SHAREABLE_LINK_PERMISSION_CHANGED"
	ActivityTypeFolderMoved                          ActivityType = "FOLDER_MOVED"
)

// ResourceType is the type of a resource.
type ResourceType string

// Types of resources.
const (
	ResourceTypeFolder   ResourceType = "FOLDER"
	ResourceTypeDocument ResourceType = "DOCUMENT"
)

// Activity is a record of what a user did.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_Activity.html
type Activity struct {
	Type      ActivityType `json:"Type,omitzero"`
	TimeStamp time.Time    `json:"TimeStamp,omitzero"`
	// IsIndirectActivity is true if the activity happened to a folder above the
	// resource.
	IsIndirectActivity bool         `json:"IsIndirectActivity,omitzero"`
	OrganizationID     string       `json:"OrganizationId,omitzero"`
	Initiator          UserMetadata `json:"Initiator,omitzero"` // the user who did it
	// Participants are the other users and groups that the activity concerns, for
	// example those that a document was shared with.
	Participants     Participants     `json:"Participants,omitzero"`
	ResourceMetadata ResourceMetadata `json:"ResourceMetadata,omitzero"` // the document or folder concerned
	// OriginalParent is the folder that the resource was in before, for example
	// before it was moved.
	OriginalParent  ResourceMetadata `json:"OriginalParent,omitzero"`
	CommentMetadata CommentMetadata  `json:"CommentMetadata,omitzero"` // for activities on comments
}

// Participants are the users and groups that an activity concerns.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_Participants.html
type Participants struct {
	Users  []UserMetadata  `json:"Users,omitzero"`
	Groups []GroupMetadata `json:"Groups,omitzero"`
}

// ResourceMetadata is the document or folder that an activity is about.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_ResourceMetadata.html
type ResourceMetadata struct {
	Type         ResourceType `json:"Type,omitzero"`
	Name         string       `json:"Name,omitzero"`
	OriginalName string       `json:"OriginalName,omitzero"` // before it was renamed
	ID           string       `json:"Id,omitzero"`
	VersionID    string       `json:"VersionId,omitzero"` // of a document
	Owner        UserMetadata `json:"Owner,omitzero"`
	ParentID     string       `json:"ParentId,omitzero"` // before it was moved or deleted, if that happened
}

// DescribeActivitiesRequest asks for a page of activities.
type DescribeActivitiesRequest struct {
	StartTime      time.Time `query:"startTime"`      // selects later activities
	EndTime        time.Time `query:"endTime"`        // selects earlier activities
	OrganizationID string    `query:"organizationId"` // required with credentials
	// ActivityTypes are separated by commas, up to 1024 characters; "" means all.
	ActivityTypes string `query:"activityTypes"`
	// ResourceID selects activities on this document or folder.
	ResourceID string `query:"resourceId"`
	// UserID selects the activities of this user. It can only be used with
	// credentials.
	UserID                    string          `query:"userId"`
	IncludeIndirectActivities bool            `query:"includeIndirectActivities"`
	Limit                     int64           `query:"limit"`  // items on a page, 1 to 999
	Marker                    string          `query:"marker"` // from the previous page's response
	AuthenticationToken       docferry.Secret `header:"Authentication"`
}

// DescribeActivitiesResponse is a page of activities.
type DescribeActivitiesResponse struct {
	UserActivities []Activity `json:"UserActivities,omitzero,needed"`
	Marker         string     `json:"Marker,omitzero,needed"` // for the next page; "" on the last page
}

var describeActivities = call.NewOp("DescribeActivities", "GET /api/v1/activities", call.Safe)

// DescribeActivities returns a page of activities. An activity on a folder is
// an indirect activity for everything in it; indirect activities are only
// listed if requested. AllActivities ranges over all pages.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_DescribeActivities.html
func (c *Client) DescribeActivities(
	ctx context.Context, req DescribeActivitiesRequest, opts ...docferry.CallOption,
) (*DescribeActivitiesResponse, error) {
	return call.Do[DescribeActivitiesResponse](ctx, c.core, describeActivities, &req, opts)
}

// AllActivities ranges over the activities of DescribeActivities on all pages,
// from req.Marker on. It requests each page when the range reaches it; each
// range starts over. An error is yielded once and ends the range.
func (c *Client) AllActivities(
	ctx context.Context, req DescribeActivitiesRequest, opts ...docferry.CallOption,
) iter.Seq2[Activity, error] {
	pages := call.Pages(ctx, c.core, describeActivities, c.DescribeActivities, req, opts,
		func(r *DescribeActivitiesRequest) *string { return &r.Marker },
		func(p *DescribeActivitiesResponse) string { return p.Marker })
	return call.Items(pages, func(p *DescribeActivitiesResponse) []Activity { return p.UserActivities })
}
