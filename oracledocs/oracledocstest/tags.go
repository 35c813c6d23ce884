package oracledocstest

import (
	"slices"
	"strings"
)

// withTag adds those tags that are not there yet. Tags are not case-sensitive.
func withTag(tags, add []string) []string {
	for _, tag := range add {
		if !hasTag(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// hasTag reports whether a tag is in a list, whatever its case.
func hasTag(tags []string, tag string) bool {
	return slices.ContainsFunc(tags, func(other string) bool { return strings.EqualFold(other, tag) })
}

// allTags returns the tags of an item and those that it inherits from the
// folders above it.
func (it *item) allTags() []string {
	all := []string{}
	for at := it; at != nil; at = at.parent {
		all = withTag(all, at.tags)
	}
	return all
}

// setFileTags and setFolderTags replace the tags of an item.
func (s *Server) setFileTags(c *call) (*reply, error)   { return s.tag(c, s.file, setTags) }
func (s *Server) setFolderTags(c *call) (*reply, error) { return s.tag(c, s.folder, setTags) }

// editFileTags and editFolderTags add and remove tags in one call.
func (s *Server) editFileTags(c *call) (*reply, error)   { return s.tag(c, s.file, editTags) }
func (s *Server) editFolderTags(c *call) (*reply, error) { return s.tag(c, s.folder, editTags) }

// deleteFileTags and deleteFolderTags remove all tags of an item. As
// documented, inherited tags stay.
func (s *Server) deleteFileTags(c *call) (*reply, error)   { return s.tag(c, s.file, dropTags) }
func (s *Server) deleteFolderTags(c *call) (*reply, error) { return s.tag(c, s.folder, dropTags) }

// setTags replaces the item's own tags. An empty list removes them, but the
// member is required.
func setTags(it *item, in *input) {
	tags := in.list("setTags", 0)
	if !in.has("setTags") {
		in.fail(required("setTags"))
	}
	if in.err == nil {
		it.tags = withTag(nil, tags)
	}
}

// editTags removes tags of an item and adds others. A tag in both lists is
// there afterwards.
func editTags(it *item, in *input) {
	add, remove := in.list("addTags", 0), in.list("removeTags", 0)
	if in.err == nil {
		it.tags = withTag(slices.DeleteFunc(it.tags, func(tag string) bool { return hasTag(remove, tag) }), add)
	}
}

// dropTags removes the item's own tags.
func dropTags(it *item, _ *input) { it.tags = nil }

// tag changes the tags of the item that find returns, for a contributor.
func (s *Server) tag(c *call, find func(*call, role) (*item, error), change func(*item, *input)) (*reply, error) {
	it, err := find(c, contributor)
	if err != nil {
		return nil, err
	}
	if change(it, c.body); c.body.err != nil {
		return nil, c.body.err
	}
	return listed(it), nil
}

// getFileTags and getFolderTags list the tags of an item.
func (s *Server) getFileTags(c *call) (*reply, error)   { return s.tagsOf(c, s.file) }
func (s *Server) getFolderTags(c *call) (*reply, error) { return s.tagsOf(c, s.folder) }

// tagsOf returns the tags of an item. They include inherited ones unless the
// request leaves them out. Like all lists of tags they are one string,
// separated by commas.
func (s *Server) tagsOf(c *call, find func(*call, role) (*item, error)) (*reply, error) {
	it, direct, err := c.assigned(find)
	if err != nil {
		return nil, err
	}
	tags := it.tags
	if !direct {
		tags = it.allTags()
	}
	return &reply{body: object{"idList": it.id, "type": it.kind, "tags": strings.Join(tags, ",")}}, nil
}
