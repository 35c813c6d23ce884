package workdocstest

import "math"

// defaultContentType is the content type of a version whose upload names none.
const defaultContentType = "application/octet-stream"

// uploadMetadata says where to upload the content of a draft. The request to
// that URL must send exactly the signed headers.
type uploadMetadata struct {
	UploadURL     string            `json:"UploadUrl"`
	SignedHeaders map[string]string `json:"SignedHeaders"`
}

// initiateDocumentVersionUpload makes a draft: a new version of an existing
// document, or the first version of a new one. A new document does not take up
// its name until its version is active. Storage is checked against the
// announced size, if the folder's owner has a limit.
func (s *Server) initiateDocumentVersionUpload(c *call) (any, error) {
	id := c.body.text("Id", resourceID)
	name := s.spelled(c.body.text("Name", resourceName))
	parentID := c.body.text("ParentFolderId", resourceID)
	draft := version{
		contentType:     c.body.text("ContentType", rule{max: 128}),
		contentCreated:  c.body.time("ContentCreatedTimestamp"),
		contentModified: c.body.time("ContentModifiedTimestamp"),
	}
	draft.size, _ = c.body.number("DocumentSizeInBytes", 0, math.MaxInt64)
	if id == "" && name == "" {
		c.input.add("Name", "is required for a new document")
	}
	if id == "" && parentID == "" {
		c.input.add("ParentFolderId", "is required for a new document")
	}
	if err := c.valid(); err != nil {
		return nil, err
	}
	parent, d, err := s.uploadTarget(c, id, parentID)
	if err != nil {
		return nil, err
	}
	if name == "" {
		name = d.name
	}
	// A new version with the document's own name needs no room in the folder.
	if d == nil || name != d.name {
		if err := room(parent, false, name); err != nil {
			return nil, err
		}
	}
	// The owner of the folder is charged, whoever uploads.
	if err := parent.owner().fits(draft.size); err != nil {
		return nil, err
	}
	if draft.contentType == "" {
		draft.contentType = defaultContentType
	}
	if d == nil {
		d = s.newResource(parent, false, name, c.user, c.now)
	}
	v := s.newVersion(d, name, draft.contentType, c.user, c.now)
	v.size, v.contentCreated, v.contentModified = draft.size, draft.contentCreated, draft.contentModified
	// The client must send both headers, because the URL's signature covers
	// them.
	headers := map[string]string{"Content-Type": v.contentType, "x-amz-server-side-encryption": "AES256"}
	return struct {
		Metadata       documentMetadata
		UploadMetadata uploadMetadata
	}{
		describeDocument(d, v),
		uploadMetadata{s.storage.PresignPut(c.base, uploadKey(d, v), headers, s.lifetime), headers},
	}, nil
}

// uploadTarget returns the folder and the document that a new version is for.
// The document is nil if the upload creates it.
func (s *Server) uploadTarget(c *call, id, parentID string) (parent, d *resource, err error) {
	if id == "" {
		if parent, err = s.folder(c, parentID, toWrite); err == nil {
			err = usableParent(parent)
		}
		return parent, nil, err
	}
	if d, err = s.document(c, id, toWrite); err != nil {
		return nil, nil, err
	}
	// Inferred: a new version cannot move its document.
	if parentID != "" && parentID != d.parent.id {
		return nil, nil, refuse("InvalidArgumentException", "ParentFolderId: is not the folder of %s", id)
	}
	return d.parent, d, usable(d)
}

// updateDocumentVersion completes an upload: it makes a draft the document's
// latest version. It does not compare the size of the stored content with the
// announced size, because the documentation promises no such check.
func (s *Server) updateDocumentVersion(c *call) (any, error) {
	documentID, versionID := c.path.text("DocumentId", resourceID), c.path.text("VersionId", resourceID)
	// Inferred: the member is optional in the model, but there is nothing else
	// to update.
	c.body.need("VersionStatus")
	c.body.text("VersionStatus", enum("ACTIVE"))
	if err := c.valid(); err != nil {
		return nil, err
	}
	d, v, err := s.version(c, documentID, versionID, toWrite)
	if err != nil {
		return nil, err
	}
	if err := usable(d); err != nil {
		return nil, err
	}
	if v.active {
		return nil, refuse("ProhibitedStateException", "%s is not in the INITIALIZED state", v.id)
	}
	// Nothing reports an upload to the service, so the storage is asked for it.
	object, ok := s.storage.Object(uploadKey(d, v))
	if !ok {
		return nil, refuse("ProhibitedStateException", "no content was uploaded for %s", v.id)
	}
	// Inferred: of two drafts with the same name, only one can become active.
	if other := d.parent.child(false, v.name); other != nil && other != d {
		return nil, refuse("ProhibitedStateException", "%s already has a document with the name of %s", d.parent.id, v.id)
	}
	s.activate(d, v, object.Content, c.now)
	s.record(c, "DOCUMENT_VERSION_UPLOADED", d, func(a *activity) { a.resource.VersionID = v.id })
	return nil, nil
}

// abortDocumentVersionUpload removes a draft with the content that was uploaded
// for it, and also its document if that has no other version. An active version
// is refused.
func (s *Server) abortDocumentVersionUpload(c *call) (any, error) {
	documentID, versionID := c.path.text("DocumentId", resourceID), c.path.text("VersionId", resourceID)
	if err := c.valid(); err != nil {
		return nil, err
	}
	d, v, err := s.version(c, documentID, versionID, toWrite)
	if err != nil {
		return nil, err
	}
	if v.active {
		return nil, refuse("ProhibitedStateException", "%s is not in the INITIALIZED state", v.id)
	}
	s.storage.Delete(uploadKey(d, v))
	// The draft is gone for good: only active versions can be restored.
	d.drop(v)
	// A document without a version would have no name. Deleted versions count,
	// because they can be restored.
	if len(d.versions) == 0 {
		s.remove(d)
	}
	return nil, nil
}
