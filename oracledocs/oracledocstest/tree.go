package oracledocstest

import (
	"maps"
	"slices"
	"time"
)

// newItem makes an item that is not yet in its folder: the caller registers and
// attaches it, once nothing can fail any more.
func (s *Server) newItem(kind string, folder *item, owner, creator *user, name string, now time.Time) *item {
	prefix := "D"
	if kind == folderKind {
		prefix = "F"
	}
	it := &item{
		id: s.newID(prefix), kind: kind, name: name, parent: folder,
		owner: owner, creator: creator, modifier: creator, created: now, modified: now,
		values: map[string]map[string]string{},
	}
	if kind == folderKind {
		it.children = map[string]*item{}
	}
	return it
}

// addVersion appends a version to a file. Numbers are never reused, even after
// the latest version was deleted. data is kept, not copied.
func (s *Server) addVersion(it *item, data []byte, contentType string, by *user, now time.Time) {
	it.lastVersion++
	v := &version{
		number: it.lastVersion, name: it.name, contentType: contentType, content: data,
		modifier: by, modified: now, docName: "ADC" + s.digits("doc")[:27],
	}
	it.versions = append(it.versions, v)
	it.modifier, it.modified = by, now
	// Only the latest version counts in the size of a file.
	grow(it, len(data)-it.bytes)
}

// createFolder creates a folder in parent under a free name. A folder belongs
// to the owner of its parent, whoever creates it.
func (s *Server) createFolder(c *call, parent *item, name, description string) *item {
	it := s.newItem(folderKind, parent, parent.owner, c.user, numbered(parent, folderKind, name), c.now)
	it.description = description
	s.items[it.id] = it
	attach(it, parent)
	return it
}

// copyTo copies one version of a file, or a folder with the latest versions of
// all files below it. Tags and metadata are copied; shares, links, reservations
// and conversations are not.
func (s *Server) copyTo(c *call, src *item, v *version, folder *item, name string) *item {
	it := s.newItem(src.kind, folder, folder.owner, c.user, name, c.now)
	it.description = src.description
	it.tags, it.assigned = slices.Clone(src.tags), slices.Clone(src.assigned)
	for collection, fields := range src.values {
		it.values[collection] = maps.Clone(fields)
	}
	s.items[it.id] = it
	attach(it, folder)
	if src.kind == fileKind {
		s.addVersion(it, v.content, v.contentType, c.user, c.now)
	}
	// This ends, because the destination of a copy is never inside its source.
	for _, child := range src.list() {
		s.copyTo(c, child, childVersion(child), it, child.name)
	}
	return it
}

// childVersion returns the latest version of a file, or nil for a folder.
func childVersion(it *item) *version {
	if it.kind == fileKind {
		return it.latest()
	}
	return nil
}

// list returns the items in a folder, sorted by name.
func (it *item) list() []*item {
	return slices.SortedFunc(maps.Values(it.children), byName)
}

// all yields everything below a folder, each folder before what is in it, until
// yield returns false. It reports whether it reached the end.
func (it *item) all(yield func(*item) bool) bool {
	for _, child := range it.list() {
		if !yield(child) || !child.all(yield) {
			return false
		}
	}
	return true
}

// discard moves an item to the trash, and remembers who did so and when.
func discard(c *call, it *item) {
	detach(it)
	it.inTrash, it.discardedBy, it.discardedAt = true, c.user, c.now
}
