package workdocstest

import (
	"slices"
	"time"
)

// activity is a record of what a call did. It keeps the names that things had
// at that time, so that later changes do not rewrite history.
type activity struct {
	kind string
	at   time.Time
	by   *user
	// on decides who may see the activity, apart from the user who caused it.
	on *resource
	// indirect is set if the activity happened to a folder above the resource.
	indirect bool

	resource resourceMetadata
	// The following are set only in activities of the types that have them.
	participants   *participants
	originalParent *resourceMetadata
	comment        *commentMetadata
}

// resourceMetadata is a resource as an activity shows it. OriginalName is set
// for a renamed resource only, and VersionID if the activity is about a
// version.
type resourceMetadata struct {
	Type         string       `json:"Type"`
	Name         string       `json:"Name"`
	OriginalName string       `json:"OriginalName,omitzero"`
	ID           string       `json:"Id"`
	VersionID    string       `json:"VersionId,omitzero"`
	Owner        userMetadata `json:"Owner"`
	ParentID     string       `json:"ParentId,omitzero"`
}

// participants are the users and groups that a resource was shared with.
type participants struct {
	Users  []userMetadata  `json:"Users,omitempty"`
	Groups []groupMetadata `json:"Groups,omitempty"`
}

// activityMetadata is an activity as the API shows it.
type activityMetadata struct {
	Type               string
	TimeStamp          stamp
	IsIndirectActivity bool
	OrganizationID     string `json:"OrganizationId"`
	Initiator          userMetadata
	Participants       *participants `json:",omitzero"`
	ResourceMetadata   resourceMetadata
	OriginalParent     *resourceMetadata `json:",omitzero"`
	CommentMetadata    *commentMetadata  `json:",omitzero"`
}

// kind returns the resource's type in the API.
func (r *resource) kind() string {
	if r.folder {
		return "FOLDER"
	}
	return "DOCUMENT"
}

// describeResource describes a resource as activities do, with its present name
// and owner.
func describeResource(r *resource) resourceMetadata {
	m := resourceMetadata{Type: r.kind(), Name: r.name, ID: r.id, Owner: describeUserBriefly(r.owner())}
	if r.parent != nil {
		m.ParentID = r.parent.id
	}
	return m
}

// record adds an activity of the caller. The functions in more complete it.
func (s *Server) record(c *call, kind string, r *resource, more ...func(*activity)) {
	a := activity{kind: kind, at: c.now, by: c.user, on: r, resource: describeResource(r)}
	for _, add := range more {
		add(&a)
	}
	s.activities = append(s.activities, a)
}

// recordDeep records what a call has done to a resource and, as indirect
// activities, to everything in it. The types of these activities begin with
// FOLDER or DOCUMENT, and done is the rest. Call it while the resource is still
// where its contents can be found.
func (s *Server) recordDeep(c *call, done string, r *resource, more ...func(*activity)) {
	s.record(c, r.kind()+"_"+done, r, more...)
	more = append(more, func(a *activity) { a.indirect = true })
	for inner := range r.within() {
		s.record(c, inner.kind()+"_"+done, inner, more...)
	}
}

// describeActivities lists activities, the latest first. Users see their own
// activities and those on resources that they may view. Indirect activities are
// listed only on request.
func (s *Server) describeActivities(c *call) (any, error) {
	start, end := c.query.time("startTime"), c.query.time("endTime")
	if c.signed {
		// A signed call belongs to no user, so as documented it must name the
		// organization.
		c.query.need("organizationId")
	}
	organization := c.query.text("organizationId", principalID)
	kinds := c.query.list("activityTypes", matching(1024, `[\w,]+`), activityTypes...)
	resource := c.query.text("resourceId", principalID)
	initiator := c.query.text("userId", principalID)
	indirect := c.query.flag("includeIndirectActivities")
	w := c.window(100, 999)
	if err := c.valid(); err != nil {
		return nil, err
	}
	if err := ours(c, organization); err != nil {
		return nil, err
	}
	found := []activityMetadata{}
	for _, a := range slices.Backward(s.activities) {
		switch {
		// Each case is a reason to leave the activity out.
		case !start.IsZero() && !a.at.After(start),
			!end.IsZero() && !a.at.Before(end),
			kinds != nil && !slices.Contains(kinds, a.kind),
			resource != "" && resource != a.resource.ID,
			initiator != "" && initiator != a.by.id,
			a.indirect && !indirect,
			a.by != c.user && !s.may(c, toView, a.on):
		default:
			found = append(found, a.describe())
		}
	}
	var answer struct {
		UserActivities []activityMetadata
		Marker         string `json:",omitzero"`
	}
	answer.UserActivities, answer.Marker = cut(w, found)
	return answer, nil
}

// describe returns the activity as the API shows it. The organization is always
// the Server's only one.
func (a activity) describe() activityMetadata {
	return activityMetadata{
		Type:               a.kind,
		TimeStamp:          stamp{a.at},
		IsIndirectActivity: a.indirect,
		OrganizationID:     organizationID,
		Initiator:          describeUserBriefly(a.by),
		Participants:       a.participants,
		ResourceMetadata:   a.resource,
		OriginalParent:     a.originalParent,
		CommentMetadata:    a.comment,
	}
}

// activityTypes has all types in the API, for checking requests. The Server
// records no check-outs, annotations or views, because those happen in other
// clients.
var activityTypes = []string{
	"DOCUMENT_CHECKED_IN", "DOCUMENT_CHECKED_OUT", "DOCUMENT_RENAMED", "DOCUMENT_VERSION_UPLOADED",
	"DOCUMENT_VERSION_DELETED", "DOCUMENT_VERSION_VIEWED", "DOCUMENT_VERSION_DOWNLOADED",
	"DOCUMENT_RECYCLED", "DOCUMENT_RESTORED", "DOCUMENT_REVERTED", "DOCUMENT_SHARED", "DOCUMENT_UNSHARED",
	"DOCUMENT_SHARE_PERMISSION_CHANGED", "DOCUMENT_SHAREABLE_LINK_CREATED", "DOCUMENT_SHAREABLE_LINK_REMOVED",
	"DOCUMENT_SHAREABLE_LINK_PERMISSION_CHANGED", "DOCUMENT_MOVED", "DOCUMENT_COMMENT_ADDED",
	"DOCUMENT_COMMENT_DELETED", "DOCUMENT_ANNOTATION_ADDED", "DOCUMENT_ANNOTATION_DELETED",
	"FOLDER_CREATED", "FOLDER_DELETED", "FOLDER_RENAMED", "FOLDER_RECYCLED", "FOLDER_RESTORED",
	"FOLDER_SHARED", "FOLDER_UNSHARED", "FOLDER_SHARE_PERMISSION_CHANGED", "FOLDER_SHAREABLE_LINK_CREATED",
	"FOLDER_SHAREABLE_LINK_REMOVED", "FOLDER_SHAREABLE_LINK_PERMISSION_CHANGED", "FOLDER_MOVED",
}
