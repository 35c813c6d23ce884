package workdocstest

import "slices"

// versionMetadata describes a version of a document.
type versionMetadata struct {
	ID                       string            `json:"Id"`
	Name                     string            `json:"Name"`
	ContentType              string            `json:"ContentType"`
	Size                     int64             `json:"Size"`
	Signature                string            `json:"Signature,omitzero"`
	Status                   string            `json:"Status"`
	CreatedTimestamp         stamp             `json:"CreatedTimestamp"`
	ModifiedTimestamp        stamp             `json:"ModifiedTimestamp"`
	ContentCreatedTimestamp  stamp             `json:"ContentCreatedTimestamp,omitzero"`
	ContentModifiedTimestamp stamp             `json:"ContentModifiedTimestamp,omitzero"`
	CreatorID                string            `json:"CreatorId"`
	Thumbnail                map[string]string `json:"Thumbnail,omitzero"`
	Source                   map[string]string `json:"Source,omitzero"`
}

// describeVersion returns a version as the API shows it.
func describeVersion(v *version) versionMetadata {
	return versionMetadata{
		ID:                       v.id,
		Name:                     v.name,
		ContentType:              v.contentType,
		Size:                     v.size,
		Signature:                v.signature,
		Status:                   v.status(),
		CreatedTimestamp:         stamp{v.created},
		ModifiedTimestamp:        stamp{v.modified},
		ContentCreatedTimestamp:  stamp{v.contentCreated},
		ContentModifiedTimestamp: stamp{v.contentModified},
		CreatorID:                v.creator.id,
	}
}

// versionFields are the fields that a request can add to a version's metadata.
var versionFields = []string{"SOURCE", "THUMBNAIL"}

// describeFields describes a version with the fields that the request asked
// for. A source is a presigned URL from which the content can be downloaded; a
// draft has none. The Server has no thumbnails.
func (s *Server) describeFields(c *call, d *resource, v *version, fields []string) versionMetadata {
	m := describeVersion(v)
	if slices.Contains(fields, "SOURCE") && v.active {
		m.Source = map[string]string{"ORIGINAL": s.storage.PresignGet(c.base, contentKey(d, v), s.lifetime)}
	}
	if slices.Contains(fields, "THUMBNAIL") {
		m.Thumbnail = map[string]string{}
	}
	return m
}

// getDocumentVersion describes a version, whether it is a draft or active. If
// the request asks for the source of an active version, it records a download.
func (s *Server) getDocumentVersion(c *call) (any, error) {
	documentID, versionID := c.path.text("DocumentId", resourceID), c.path.text("VersionId", resourceID)
	fields := c.query.list("fields", words, versionFields...)
	custom := c.query.flag("includeCustomMetadata")
	if err := c.valid(); err != nil {
		return nil, err
	}
	d, v, err := s.version(c, documentID, versionID, toView)
	if err != nil {
		return nil, err
	}
	answer := struct {
		Metadata       versionMetadata
		CustomMetadata map[string]string `json:",omitempty"`
	}{Metadata: s.describeFields(c, d, v, fields)}
	if custom {
		answer.CustomMetadata = v.custom
	}
	// Handing out the URL counts as the download: the storage host reports
	// nothing.
	if answer.Metadata.Source != nil {
		s.record(c, "DOCUMENT_VERSION_DOWNLOADED", d, func(a *activity) { a.resource.VersionID = v.id })
	}
	return answer, nil
}

// describeDocumentVersions lists the versions of a document, the latest first.
// Drafts are listed on request only.
func (s *Server) describeDocumentVersions(c *call) (any, error) {
	id := c.path.text("DocumentId", resourceID)
	drafts := c.query.list("include", words, "INITIALIZED") != nil
	fields := c.query.list("fields", words, versionFields...)
	w := c.window(100, 999)
	if err := c.valid(); err != nil {
		return nil, err
	}
	d, err := s.document(c, id, toView)
	if err != nil {
		return nil, err
	}
	// As documented, asking for the source includes drafts.
	drafts = drafts || slices.Contains(fields, "SOURCE")
	var versions []versionMetadata
	for _, v := range slices.Backward(d.versions) {
		if !v.deleted && (v.active || drafts) {
			versions = append(versions, s.describeFields(c, d, v, fields))
		}
	}
	var answer struct {
		DocumentVersions []versionMetadata
		Marker           string `json:",omitzero"`
	}
	answer.DocumentVersions, answer.Marker = cut(w, versions)
	return answer, nil
}

// deleteDocumentVersion deletes a version, and on request all older ones, until
// they are restored. Inferred: the only active version cannot be deleted, and
// prior versions are the older ones.
func (s *Server) deleteDocumentVersion(c *call) (any, error) {
	documentID, versionID := c.path.text("DocumentId", resourceID), c.path.text("VersionId", resourceID)
	c.query.need("deletePriorVersions")
	prior := c.query.flag("deletePriorVersions")
	if err := c.valid(); err != nil {
		return nil, err
	}
	d, v, err := s.version(c, documentID, versionID, toManage)
	if err != nil {
		return nil, err
	}
	// A draft is aborted, not deleted.
	if !v.active {
		return nil, refuse("ProhibitedStateException", "%s is not an active version", v.id)
	}
	if err := usable(d); err != nil {
		return nil, err
	}
	doomed := []*version{v}
	if prior {
		doomed = slices.Clone(d.versions[:slices.Index(d.versions, v)+1])
	}
	// A document always keeps an active version, from which it has its name.
	if d.last(func(o *version) bool { return o.active && !slices.Contains(doomed, o) }) == nil {
		return nil, refuse("InvalidOperationException", "%s would be left without a version", d.id)
	}
	for _, o := range doomed {
		if o.active && !o.deleted {
			o.deleted = true
			s.record(c, "DOCUMENT_VERSION_DELETED", d, func(a *activity) { a.resource.VersionID = o.id })
		}
	}
	d.rename(d.name) // gives the document's name to the version that is now the latest
	d.modified = c.now
	return nil, nil
}

// restoreDocumentVersions restores all deleted versions of a document. The
// latest of them all is the document's version again. Inferred: the operation
// is invalid if there are none, and it is recorded as DOCUMENT_REVERTED.
func (s *Server) restoreDocumentVersions(c *call) (any, error) {
	id := c.path.text("DocumentId", resourceID)
	if err := c.valid(); err != nil {
		return nil, err
	}
	d, err := s.document(c, id, toManage)
	if err != nil {
		return nil, err
	}
	if err := usable(d); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(d.versions, func(v *version) bool { return v.deleted }) {
		return nil, refuse("InvalidOperationException", "%s has no deleted version", d.id)
	}
	for _, v := range d.versions {
		v.deleted = false
	}
	d.rename(d.name)
	d.modified = c.now
	s.record(c, "DOCUMENT_REVERTED", d)
	return nil, nil
}
