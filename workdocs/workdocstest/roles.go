package workdocstest

import "slices"

// roles, from the least to the most.
var roles = []string{"VIEWER", "CONTRIBUTOR", "COOWNER", "OWNER"}

// What operations need of a caller. Inferred: the documentation names the roles
// but not what each may do through the API.
const (
	toView   = "VIEWER"
	toWrite  = "CONTRIBUTOR"
	toManage = "COOWNER"
)

// grant is a role that a principal was given on a resource.
type grant struct{ id, kind, role string }

// rank returns how high a role is, counted from 1; 0 is none.
func rank(role string) int { return slices.Index(roles, role) + 1 }

// role returns the rank of a user's role on a resource, whether given there or
// on a folder above, to the user, a group or the whole organization.
func (s *Server) role(u *user, r *resource) int {
	best := 0
	for at := range r.lineage() {
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

// includes reports whether a grant is for the user.
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

// may reports whether the caller has the role on the resource.
func (s *Server) may(c *call, need string, r *resource) bool {
	return c.signed || s.role(c.user, r) >= rank(need)
}

// find returns the resource of that id if the caller may do with it what it
// needs to.
func (s *Server) find(c *call, what, id, need string) (*resource, error) {
	r := s.resources[id]
	if r == nil || what == "folder" && !r.folder || what == "document" && r.folder {
		return nil, missing(what, id)
	}
	if !s.may(c, need, r) {
		return nil, denied(c, id)
	}
	return r, nil
}

func (s *Server) folder(c *call, id, need string) (*resource, error) {
	return s.find(c, "folder", id, need)
}

func (s *Server) document(c *call, id, need string) (*resource, error) {
	return s.find(c, "document", id, need)
}

// version finds a version of a document that the caller has the role for.
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

// usable refuses what is in a recycle bin.
func usable(r *resource) error {
	if r.recycled() {
		return refuse("ProhibitedStateException", "%s is in a recycle bin", r.id)
	}
	return nil
}

// fixed refuses root folders and recycle bins.
func fixed(r *resource) error {
	if r.parent == nil {
		return refuse("ProhibitedStateException", "%s is a root folder or a recycle bin", r.id)
	}
	return nil
}

// room refuses a folder that cannot take one more resource of that name.
// Inferred: a folder and a document may share a name, and so may drafts.
func room(parent *resource, folder bool, name string) error {
	if parent.child(folder, name) != nil {
		return refuse("EntityAlreadyExistsException", "%s has an entry of that name", parent.id)
	}
	if parent.entries >= entryLimit {
		return refuse("LimitExceededException", "%s has %d entries already", parent.id, entryLimit)
	}
	return nil
}
