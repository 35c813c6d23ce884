package workdocstest

import (
	"slices"
	"time"
)

// Item is a folder or a document that a [Server] keeps; see [Server.Items].
type Item struct {
	ID string
	// Owner is the name of the user whose root folder the item is in.
	Owner string
	// Path has the names of the folders that lead to the item, from the owner's
	// root folder down, and at its end the name of the item. The root folder
	// itself is not in it.
	Path   []string
	Folder bool
	// Versions are those of a document, the oldest first. Deleted versions are
	// left out.
	Versions []ItemVersion
}

// ItemVersion is a version of a document. [Server.Content] returns its content.
type ItemVersion struct {
	ID, ContentType string
	// Size is in bytes. Of a draft, it is the size that the client announced.
	Size int64
	// Draft is set on a version whose upload was begun, but neither finished nor
	// aborted.
	Draft    bool
	Modified time.Time
}

// Items returns everything that is stored in the root folders of all users, each
// folder before its contents, and otherwise in order of creation. What is in a
// recycle bin is left out, and so are the root folders. A document that has only
// drafts is included.
func (s *Server) Items() []Item {
	s.mu.Lock()
	defer s.mu.Unlock()
	var items []Item
	for _, u := range s.users {
		for r := range u.root.within() {
			items = append(items, Item{ID: r.id, Owner: u.username, Path: r.path(), Folder: r.folder,
				Versions: r.itemVersions()})
		}
	}
	return items
}

// path returns the names from the folder below the root folder down to r.
func (r *resource) path() []string {
	var names []string
	for at := range r.lineage() {
		if at.parent != nil {
			names = append(names, at.name)
		}
	}
	slices.Reverse(names)
	return names
}

func (r *resource) itemVersions() []ItemVersion {
	var versions []ItemVersion
	for _, v := range r.versions {
		if !v.deleted {
			versions = append(versions, ItemVersion{ID: v.id, ContentType: v.contentType, Size: v.size, Draft: !v.active,
				Modified: v.modified})
		}
	}
	return versions
}
