package oracledocstest

import (
	"maps"
	"slices"
	"time"
)

// newItem makes an item that is not yet in its folder. What is made in a
// folder belongs to the owner of the folder.
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

// addVersion appends a revision. Numbers are never used twice.
func (s *Server) addVersion(it *item, data []byte, contentType string, by *user, now time.Time) {
	it.lastVersion++
	v := &version{
		number: it.lastVersion, name: it.name, contentType: contentType, content: data,
		modifier: by, modified: now, docName: "ADC" + s.digits("doc")[:27],
	}
	it.versions = append(it.versions, v)
	it.modifier, it.modified = by, now
	grow(it, len(data)-it.bytes)
}

// createFolder puts a new folder into another one, under a free name.
func (s *Server) createFolder(c *call, parent *item, name, description string) *item {
	it := s.newItem(folderKind, parent, parent.owner, c.user, numbered(parent, folderKind, name), c.now)
	it.description = description
	s.items[it.id] = it
	attach(it, parent)
	return it
}

// copyTo copies one version of a file, or a folder with the latest versions of
// all below it. Tags and metadata go with a copy; shares, links, reservations
// and conversations do not.
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

// list returns what a folder holds, by name.
func (it *item) list() []*item {
	return slices.SortedFunc(maps.Values(it.children), byName)
}

// all walks everything below a folder, folders before what they hold.
func (it *item) all(yield func(*item) bool) bool {
	for _, child := range it.list() {
		if !yield(child) || !child.all(yield) {
			return false
		}
	}
	return true
}

// discard moves an item to the trash.
func discard(c *call, it *item) {
	detach(it)
	it.inTrash, it.discardedBy, it.discardedAt = true, c.user, c.now
}
