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

// describeDocument describes a document, whose name is that of its latest version.
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

func (s *Server) getDocumentPath(c *call) (any, error) {
	return s.describePath(c, "document", c.path.text("DocumentId", principalID))
}

func (s *Server) updateDocument(c *call) (any, error) {
	return nil, s.update(c, "document", c.path.text("DocumentId", resourceID))
}

// deleteDocument deletes a document, whether or not it is in a recycle bin
// (inferred).
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
