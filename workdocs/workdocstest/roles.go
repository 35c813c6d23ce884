package workdocstest

import "slices"

// roles holds all roles, from the lowest to the highest.
var roles = []string{"VIEWER", "CONTRIBUTOR", "COOWNER", "OWNER"}

// The lowest roles that operations require of the caller. Inferred: the
// documentation names the roles, but not what each permits in the API.
const (
	toView   = "VIEWER"
	toWrite  = "CONTRIBUTOR"
	toManage = "COOWNER"
)

// grant is a role that a principal was given on a resource. kind is the type of
// the principal.
type grant struct{ id, kind, role string }

// rank returns the position of a role in roles, counted from 1, or 0 if there is
// no such role.
func rank(role string) int { return slices.Index(roles, role) + 1 }

// role returns the rank of a user's highest role on a resource, or 0 for none.
// The role may have been given on the resource or a folder above it, and to the
// user, a group or the whole organization. The user whose root folder it is in
// owns it.
func (s *Server) role(u *user, r *resource) int {
	best := 0
	for at := range r.lineage() {
		// Ownership comes from the root folder alone and cannot be granted.
		if at.keeper == u {
			return rank("OWNER")
		}
		for _, g := range at.grants {
			if s.includes(g, u) {
				best = max(best, rank(g.role))
			}
		}
	}
	return best
}

// includes reports whether a grant is for the user. A grant to users of a
// public link includes no user.
func (s *Server) includes(g grant, u *user) bool {
	switch g.kind {
	case "GROUP":
		group := s.group(g.id)
		return group != nil && slices.Contains(group.members, u)
	case "ORGANIZATION":
		return true
	}
	return g.id == u.id
}

// may reports whether the caller has at least the role need on the resource.
// Signed calls may do everything.
func (s *Server) may(c *call, need string, r *resource) bool {
	return c.signed || s.role(c.user, r) >= rank(need)
}

// find returns the resource with this ID if the caller has at least the role
// need on it. what is resource, folder or document; a folder is not found where
// a document is wanted.
func (s *Server) find(c *call, what, id, need string) (*resource, error) {
	r := s.resources[id]
	if r == nil || what == "folder" && !r.folder || what == "document" && r.folder {
		return nil, missing(what, id)
	}
	// Here a caller can tell a resource that does not exist from a forbidden
	// one, since the model of these operations has both errors.
	if !s.may(c, need, r) {
		return nil, denied(c, id)
	}
	return r, nil
}

// folder returns the folder with this ID; see find.
func (s *Server) folder(c *call, id, need string) (*resource, error) {
	return s.find(c, "folder", id, need)
}

// document returns the document with this ID; see find.
func (s *Server) document(c *call, id, need string) (*resource, error) {
	return s.find(c, "document", id, need)
}

// version returns a version of a document on which the caller has at least the
// role need. Deleted versions do not exist until they are restored.
func (s *Server) version(c *call, documentID, versionID, need string) (*resource, *version, error) {
	d, err := s.document(c, documentID, need)
	if err != nil {
		return nil, nil, err
	}
	v := d.version(versionID)
	if v == nil {
		return nil, nil, missing("version", versionID)
	}
	return d, v, nil
}

// usable returns an error if the resource is in a recycle bin.
func usable(r *resource) error {
	if r.recycled() {
		return refuse("ProhibitedStateException", "%s is in a recycle bin", r.id)
	}
	return nil
}

// fixed returns an error if the resource is a root folder or a recycle bin.
func fixed(r *resource) error {
	if r.parent == nil {
		return refuse("ProhibitedStateException", "%s is a root folder or a recycle bin", r.id)
	}
	return nil
}

// room returns an error if a resource with this name cannot be added to the
// folder. Inferred: a folder and a document may share a name, and so may drafts.
func room(parent *resource, folder bool, name string) error {
	if parent.child(folder, name) != nil {
		return refuse("EntityAlreadyExistsException", "%s already has an entry with this name", parent.id)
	}
	if parent.entries >= entryLimit {
		return refuse("LimitExceededException", "%s already has %d entries", parent.id, entryLimit)
	}
	return nil
}
