package workdocstest

import (
	"slices"
	"time"
)

// comment is one comment on a version of a document. It stays with that version
// when the document gets another one.
type comment struct {
	id string
	// parent is the comment that this one replies to, or nil. thread is the
	// first comment of the thread, which may be this one.
	parent *comment
	thread *comment
	text   string
	by     *user
	at     time.Time
	// visibility is PUBLIC or PRIVATE; see sees for what that means.
	visibility string
	// deleted is set on a comment that is kept because it has replies.
	deleted bool
}

// commentAnswer is a comment as the operations on comments show it.
type commentAnswer struct {
	CommentID        string     `json:"CommentId"`
	ParentID         string     `json:"ParentId,omitzero"`
	ThreadID         string     `json:"ThreadId"`
	Text             string     `json:"Text,omitzero"`
	Contributor      userAnswer `json:"Contributor"`
	CreatedTimestamp stamp      `json:"CreatedTimestamp"`
	Status           string     `json:"Status"`
	Visibility       string     `json:"Visibility"`
	RecipientID      string     `json:"RecipientId,omitzero"`
}

// commentMetadata is a comment as activities and searches show it, without its
// text.
type commentMetadata struct {
	CommentID        string     `json:"CommentId"`
	Contributor      userAnswer `json:"Contributor"`
	CreatedTimestamp stamp      `json:"CreatedTimestamp"`
	CommentStatus    string     `json:"CommentStatus"`
	RecipientID      string     `json:"RecipientId,omitzero"`
	ContributorID    string     `json:"ContributorId"`
}

// status returns the status of a comment. The Server makes no drafts, the third
// status that the API has.
func (m *comment) status() string {
	if m.deleted {
		return "DELETED"
	}
	return "PUBLISHED"
}

// recipient returns the ID of the user that the comment replies to, or "" if it
// is not a reply to another user.
func (m *comment) recipient() string {
	if m.parent == nil || m.parent.by == m.by {
		return ""
	}
	return m.parent.by.id
}

// describeComment returns a comment as the operations on comments show it.
func describeComment(m *comment) commentAnswer {
	answer := commentAnswer{
		CommentID:        m.id,
		ThreadID:         m.thread.id,
		Text:             m.text,
		Contributor:      describeUser(m.by),
		CreatedTimestamp: stamp{m.at},
		Status:           m.status(),
		Visibility:       m.visibility,
		RecipientID:      m.recipient(),
	}
	if m.parent != nil {
		answer.ParentID = m.parent.id
	}
	return answer
}

// describeCommentBriefly returns a comment as activities and searches show it.
func describeCommentBriefly(m *comment) *commentMetadata {
	return &commentMetadata{m.id, describeUser(m.by), stamp{m.at}, m.status(), m.recipient(), m.by.id}
}

// createComment adds a comment, or a reply if the request names a parent or a
// thread. It takes a contributor. Comments are public by default.
func (s *Server) createComment(c *call) (any, error) {
	documentID, versionID := c.path.text("DocumentId", resourceID), c.path.text("VersionId", resourceID)
	c.body.need("Text")
	m := &comment{by: c.user, at: c.now, text: c.body.text("Text", rule{max: 2048}), visibility: "PUBLIC"}
	parentID, threadID := c.body.text("ParentId", resourceID), c.body.text("ThreadId", resourceID)
	if v := c.body.text("Visibility", enum("PUBLIC", "PRIVATE")); v != "" {
		m.visibility = v
	}
	// No mail is sent.
	c.body.flag("NotifyCollaborators")
	if err := c.valid(); err != nil {
		return nil, err
	}
	d, v, err := s.version(c, documentID, versionID, toWrite)
	if err != nil {
		return nil, err
	}
	if err := commentable(d, v); err != nil {
		return nil, err
	}
	if err := m.reply(v, parentID, threadID); err != nil {
		return nil, err
	}
	m.id = s.newTimedID(c.now)
	v.comments = append(v.comments, m)
	s.record(c, "DOCUMENT_COMMENT_ADDED", d, func(a *activity) {
		a.resource.VersionID, a.comment = v.id, describeCommentBriefly(m)
	})
	return struct{ Comment commentAnswer }{describeComment(m)}, nil
}

// commentable returns an error if the comments on a version cannot be changed:
// a draft has none, and neither has a document in a recycle bin.
func commentable(d *resource, v *version) error {
	if !v.active {
		return refuse("ProhibitedStateException", "%s is not an active version", v.id)
	}
	return usable(d)
}

// reply sets the parent and the thread of a comment. Inferred: if only a thread
// is given, the parent is its first comment; and a deleted comment cannot be
// replied to.
func (m *comment) reply(v *version, parentID, threadID string) error {
	m.thread = m
	if parentID == "" {
		parentID = threadID
	}
	if parentID == "" {
		return nil
	}
	if m.parent = v.comment(parentID); m.parent == nil {
		return missing("comment", parentID)
	}
	m.thread = m.parent.thread
	if m.parent.deleted || threadID != "" && threadID != m.thread.id {
		return refuse("InvalidCommentOperationException", "%s cannot be replied to in that thread", parentID)
	}
	return nil
}

// comment returns the comment with an ID on this version, or nil.
func (v *version) comment(id string) *comment {
	if i := slices.IndexFunc(v.comments, func(m *comment) bool { return m.id == id }); i >= 0 {
		return v.comments[i]
	}
	return nil
}

// sees reports whether the caller may read a comment. As documented, its author,
// the owner and co-owners may; contributors may also read public comments.
func (s *Server) sees(c *call, d *resource, m *comment) bool {
	need := toManage
	if m.visibility == "PUBLIC" {
		need = toWrite
	}
	return m.by == c.user || s.may(c, need, d)
}

// describeComments lists the comments on a version that the caller may read,
// the oldest first.
func (s *Server) describeComments(c *call) (any, error) {
	documentID, versionID := c.path.text("DocumentId", resourceID), c.path.text("VersionId", resourceID)
	w := c.window(100, 999)
	if err := c.valid(); err != nil {
		return nil, err
	}
	d, v, err := s.version(c, documentID, versionID, toView)
	if err != nil {
		return nil, err
	}
	var comments []commentAnswer
	for _, m := range v.comments {
		if s.sees(c, d, m) {
			comments = append(comments, describeComment(m))
		}
	}
	var answer struct {
		Comments []commentAnswer
		Marker   string `json:",omitzero"`
	}
	answer.Comments, answer.Marker = cut(w, comments)
	return answer, nil
}

// deleteComment deletes a comment. Its author, the owner and co-owners may do
// so. Inferred: a comment that has replies is kept without its text, so that
// the thread stays connected.
func (s *Server) deleteComment(c *call) (any, error) {
	documentID, versionID := c.path.text("DocumentId", resourceID), c.path.text("VersionId", resourceID)
	commentID := c.path.text("CommentId", resourceID)
	if err := c.valid(); err != nil {
		return nil, err
	}
	d, v, err := s.version(c, documentID, versionID, toView)
	if err != nil {
		return nil, err
	}
	m := v.comment(commentID)
	if m == nil || m.deleted {
		return nil, missing("comment", commentID)
	}
	if m.by != c.user && !s.may(c, toManage, d) {
		return nil, denied(c, commentID)
	}
	if err := commentable(d, v); err != nil {
		return nil, err
	}
	// The text goes at once, even if the comment stays for the sake of its
	// replies.
	m.deleted, m.text = true, ""
	if !slices.ContainsFunc(v.comments, func(o *comment) bool { return o.parent == m }) {
		v.comments = slices.DeleteFunc(v.comments, func(o *comment) bool { return o == m })
	}
	s.record(c, "DOCUMENT_COMMENT_DELETED", d, func(a *activity) {
		a.resource.VersionID, a.comment = v.id, describeCommentBriefly(m)
	})
	return nil, nil
}
