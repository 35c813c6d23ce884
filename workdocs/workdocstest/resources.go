package workdocstest

import (
	"cmp"
	"maps"
	"slices"
)

// getResources lists what was shared with a user directly: it lists a shared
// folder, but not what is in it. Users can ask for their own list only.
// Inferred: the default type is SHARED_WITH_ME, and the oldest resource comes
// first.
func (s *Server) getResources(c *call) (any, error) {
	if c.signed {
		// A signed call belongs to no user, so as documented it must name one.
		c.query.need("userId")
	}
	id := c.query.text("userId", principalID)
	c.query.text("collectionType", enum("SHARED_WITH_ME"))
	w := c.window(100, 999)
	if err := c.valid(); err != nil {
		return nil, err
	}
	u := c.user
	if id != "" {
		u = s.userByID(id)
	}
	if u == nil || !c.signed && u != c.user {
		return nil, denied(c, id)
	}
	var found []*resource
	for _, r := range s.resourcesInOrder() {
		if s.sharedWith(r, u) && !r.recycled() && (r.folder || r.activeVersion() != nil) {
			found = append(found, r)
		}
	}
	return collect(w, found, false), nil
}

// sharedWith reports whether a resource of another owner was shared directly
// with the user, a group of the user or the organization.
func (s *Server) sharedWith(r *resource, u *user) bool {
	return r.owner() != u && slices.ContainsFunc(r.grants, func(g grant) bool { return s.includes(g, u) })
}

// resourcesInOrder returns all resources in order of creation.
func (s *Server) resourcesInOrder() []*resource {
	return slices.SortedFunc(maps.Values(s.resources), func(a, b *resource) int { return cmp.Compare(a.serial, b.serial) })
}
