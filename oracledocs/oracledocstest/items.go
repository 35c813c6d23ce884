package oracledocstest

import (
	"maps"
	"slices"
	"time"
)

// Item is a file or a folder that a [Server] keeps; see [Server.Items].
type Item struct {
	ID string
	// Owner is the login name of the account whose home folder the item is in.
	Owner string
	// Path has the names of the folders that lead to the item, from the home
	// folder down, and at its end the name of the item. The home folder itself is
	// not in it.
	Path   []string
	Folder bool
	// Versions are those of a file, the oldest first.
	Versions []ItemVersion
}

// ItemVersion is a version of a file. [Server.Content] returns its content.
type ItemVersion struct {
	Number      int
	ContentType string
	Size        int64 // in bytes
	Modified    time.Time
}

// Items returns everything that is stored in the home folders of all accounts,
// by account and name, each folder before its contents. What is in the trash is
// left out, and so are the home folders.
func (s *Server) Items() []Item {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	var items []Item
	for _, login := range slices.Sorted(maps.Keys(s.users)) {
		u := s.users[login]
		u.home.all(func(it *item) bool {
			items = append(items, Item{ID: it.id, Owner: u.loginName, Path: it.path(), Folder: it.kind == folderKind,
				Versions: it.itemVersions()})
			return true
		})
	}
	return items
}

// path returns the names from the folder below the home folder down to the item.
func (it *item) path() []string {
	var names []string
	for at := it; at.parent != nil; at = at.parent {
		names = append(names, at.name)
	}
	slices.Reverse(names)
	return names
}

func (it *item) itemVersions() []ItemVersion {
	var versions []ItemVersion
	for _, v := range it.versions {
		versions = append(versions, ItemVersion{Number: v.number, ContentType: v.contentType,
			Size: int64(len(v.content)), Modified: v.modified})
	}
	return versions
}
