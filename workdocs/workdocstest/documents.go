package workdocstest

// documentMetadata describes a document. The name of a document is that of its
// latest version.
type documentMetadata struct {
	ID                    string           `json:"Id"`
	CreatorID             string           `json:"CreatorId"`
	ParentFolderID        string           `json:"ParentFolderId"`
	CreatedTimestamp      stamp            `json:"CreatedTimestamp"`
	ModifiedTimestamp     stamp            `json:"ModifiedTimestamp"`
	LatestVersionMetadata *versionMetadata `json:"LatestVersionMetadata,omitzero"`
	ResourceState         string           `json:"ResourceState"`
	Labels                []string         `json:"Labels,omitempty"`
}

// describeDocument describes a document, with latest as its latest version. The
// document has no name in the API other than that of the version.
func describeDocument(d *resource, latest *version) documentMetadata {
	m := documentMetadata{
		ID:                d.id,
		CreatorID:         d.creator.id,
		ParentFolderID:    d.parent.id,
		CreatedTimestamp:  stamp{d.created},
		ModifiedTimestamp: stamp{d.modified},
		ResourceState:     d.state(),
		Labels:            d.labels,
	}
	if latest != nil {
		v := describeVersion(latest)
		m.LatestVersionMetadata = &v
	}
	return m
}

// getDocument describes a document with its latest active version, or with its
// draft if no version is active yet.
func (s *Server) getDocument(c *call) (any, error) {
	id := c.path.text("DocumentId", resourceID)
	custom := c.query.flag("includeCustomMetadata")
	if err := c.valid(); err != nil {
		return nil, err
	}
	d, err := s.document(c, id, toView)
	if err != nil {
		return nil, err
	}
	answer := struct {
		Metadata       documentMetadata
		CustomMetadata map[string]string `json:",omitempty"`
	}{Metadata: describeDocument(d, d.latest())}
	if custom {
		answer.CustomMetadata = d.custom
	}
	return answer, nil
}

// getDocumentPath returns the folders that lead to a document. This operation
// accepts longer IDs than others do.
func (s *Server) getDocumentPath(c *call) (any, error) {
	return s.describePath(c, "document", c.path.text("DocumentId", principalID))
}

// updateDocument renames, moves, recycles or restores a document.
func (s *Server) updateDocument(c *call) (any, error) {
	return nil, s.update(c, "document", c.path.text("DocumentId", resourceID))
}

// deleteDocument permanently deletes a document with all its versions.
// Inferred: the document need not be in a recycle bin.
func (s *Server) deleteDocument(c *call) (any, error) {
	id := c.path.text("DocumentId", resourceID)
	if err := c.valid(); err != nil {
		return nil, err
	}
	d, err := s.document(c, id, toManage)
	if err != nil {
		return nil, err
	}
	s.remove(d)
	return nil, nil
}
