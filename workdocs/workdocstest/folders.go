package workdocstest

import (
	"cmp"
	"slices"
)

// folderMetadata describes a folder.
type folderMetadata struct {
	ID                string   `json:"Id"`
	Name              string   `json:"Name"`
	CreatorID         string   `json:"CreatorId"`
	ParentFolderID    string   `json:"ParentFolderId,omitzero"`
	CreatedTimestamp  stamp    `json:"CreatedTimestamp"`
	ModifiedTimestamp stamp    `json:"ModifiedTimestamp"`
	ResourceState     string   `json:"ResourceState"`
	Signature         string   `json:"Signature"`
	Labels            []string `json:"Labels,omitempty"`
	Size              int64    `json:"Size"`
	LatestVersionSize int64    `json:"LatestVersionSize"`
}

// describeFolder returns a folder as the API shows it. Root folders and recycle
// bins have no parent.
func describeFolder(f *resource) folderMetadata {
	m := folderMetadata{
		ID:                f.id,
		Name:              f.name,
		CreatorID:         f.creator.id,
		CreatedTimestamp:  stamp{f.created},
		ModifiedTimestamp: stamp{f.modified},
		ResourceState:     f.state(),
		Signature:         f.contentSignature(),
		Labels:            f.labels,
	}
	if f.parent != nil {
		m.ParentFolderID = f.parent.id
	}
	m.Size, m.LatestVersionSize = f.sizes()
	return m
}

// contentSignature changes when the contents of the folder change. It is "" for
// an empty folder.
func (r *resource) contentSignature() string {
	var parts []string
	for c := range r.within() {
		parts = append(parts, c.id, c.name)
		// The signature of a document's version changes with its content.
		if v := c.activeVersion(); v != nil {
			parts = append(parts, v.signature)
		}
	}
	if parts == nil {
		return ""
	}
	return digest(parts...)[:32]
}

// createFolder makes an empty folder, which belongs to the owner of the parent.
// A name that another folder there has is refused.
func (s *Server) createFolder(c *call) (any, error) {
	// Inferred: the name is optional in the model, but a folder needs one.
	c.body.need("ParentFolderId", "Name")
	name := s.spelled(c.body.text("Name", resourceName))
	parentID := c.body.text("ParentFolderId", resourceID)
	if err := c.valid(); err != nil {
		return nil, err
	}
	parent, err := s.folder(c, parentID, toWrite)
	if err != nil {
		return nil, err
	}
	if err := cmp.Or(usableParent(parent), room(parent, true, name)); err != nil {
		return nil, err
	}
	f := s.newResource(parent, true, name, c.user, c.now)
	s.record(c, "FOLDER_CREATED", f)
	return struct{ Metadata folderMetadata }{describeFolder(f)}, nil
}

// getFolder describes a folder, including root folders and recycle bins.
func (s *Server) getFolder(c *call) (any, error) {
	id := c.path.text("FolderId", resourceID)
	custom := c.query.flag("includeCustomMetadata")
	if err := c.valid(); err != nil {
		return nil, err
	}
	f, err := s.folder(c, id, toView)
	if err != nil {
		return nil, err
	}
	answer := struct {
		Metadata       folderMetadata
		CustomMetadata map[string]string `json:",omitempty"`
	}{Metadata: describeFolder(f)}
	if custom {
		answer.CustomMetadata = f.custom
	}
	return answer, nil
}

// getFolderPath returns the folders that lead to a folder. This operation
// accepts longer IDs than others do.
func (s *Server) getFolderPath(c *call) (any, error) {
	return s.describePath(c, "folder", c.path.text("FolderId", principalID))
}

// updateFolder renames, moves, recycles or restores a folder.
func (s *Server) updateFolder(c *call) (any, error) {
	return nil, s.update(c, "folder", c.path.text("FolderId", resourceID))
}

// collection is a page of folders and documents, in two lists.
type collection struct {
	Folders   []folderMetadata
	Documents []documentMetadata
	Marker    string `json:",omitzero"`
}

// collect describes a page of resources. If drafts is true, a document is shown
// with the version that was begun last, whatever its state.
func collect(w window, resources []*resource, drafts bool) collection {
	answer := collection{Folders: []folderMetadata{}, Documents: []documentMetadata{}}
	resources, answer.Marker = cut(w, resources)
	for _, r := range resources {
		switch {
		case r.folder:
			answer.Folders = append(answer.Folders, describeFolder(r))
		case drafts:
			answer.Documents = append(answer.Documents, describeDocument(r, r.last(func(*version) bool { return true })))
		default:
			answer.Documents = append(answer.Documents, describeDocument(r, r.latest()))
		}
	}
	return answer
}

// describeFolderContents lists the contents of a folder, folders before
// documents. Documents that have no active version are listed only if the
// request includes INITIALIZED. Inferred: the default is to sort by name,
// ascending.
func (s *Server) describeFolderContents(c *call) (any, error) {
	id := c.path.text("FolderId", resourceID)
	sort := c.query.text("sort", enum("DATE", "NAME"))
	order := c.query.text("order", enum("ASCENDING", "DESCENDING"))
	kind := c.query.text("type", enum("ALL", "DOCUMENT", "FOLDER"))
	drafts := c.query.list("include", words, "INITIALIZED") != nil
	w := c.window(100, 999)
	if err := c.valid(); err != nil {
		return nil, err
	}
	f, err := s.folder(c, id, toView)
	if err != nil {
		return nil, err
	}
	entries := slices.DeleteFunc(f.children(), func(r *resource) bool {
		if r.folder {
			return kind == "DOCUMENT"
		}
		return kind == "FOLDER" || !drafts && r.activeVersion() == nil
	})
	sortEntries(entries, sort, order)
	return collect(w, entries, drafts), nil
}

// sortEntries sorts the contents of a folder by a documented key. Folders come
// first in either order, and entries that are equal keep the order of creation.
func sortEntries(entries []*resource, sort, order string) {
	slices.SortStableFunc(entries, func(a, b *resource) int {
		if a.folder != b.folder {
			if a.folder {
				return -1
			}
			return 1
		}
		by := cmp.Compare(a.name, b.name)
		if sort == "DATE" {
			by = a.modified.Compare(b.modified)
		}
		if order == "DESCENDING" {
			return -by
		}
		return by
	})
}

// deleteFolder permanently deletes a folder and everything in it. Root folders
// and recycle bins cannot be deleted.
func (s *Server) deleteFolder(c *call) (any, error) {
	f, err := s.folderToEmpty(c)
	if err != nil {
		return nil, err
	}
	if err := fixed(f); err != nil {
		return nil, err
	}
	// Recorded first, while the folder still has a parent to name.
	s.record(c, "FOLDER_DELETED", f)
	s.remove(f)
	return nil, nil
}

// deleteFolderContents permanently deletes everything in a folder but keeps the
// folder. This is also how a recycle bin is emptied.
func (s *Server) deleteFolderContents(c *call) (any, error) {
	f, err := s.folderToEmpty(c)
	if err != nil {
		return nil, err
	}
	for _, r := range f.children() {
		if r.folder {
			s.record(c, "FOLDER_DELETED", r)
		}
		s.remove(r)
	}
	return nil, nil
}

// folderToEmpty returns the folder that the path names. The caller must own it
// or be a co-owner.
func (s *Server) folderToEmpty(c *call) (*resource, error) {
	id := c.path.text("FolderId", resourceID)
	if err := c.valid(); err != nil {
		return nil, err
	}
	return s.folder(c, id, toManage)
}
