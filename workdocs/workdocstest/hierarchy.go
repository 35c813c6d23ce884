package workdocstest

import "slices"

// usableParent returns an error if nothing may be put into the folder, because
// it is a recycle bin or in one. Only recycling puts resources there.
func usableParent(f *resource) error {
	if f.keeper != nil && f == f.keeper.bin {
		return refuse("ProhibitedStateException", "%s is a recycle bin", f.id)
	}
	return usable(f)
}

// pathComponent is one folder or document of a path.
type pathComponent struct {
	ID   string `json:"Id"`
	Name string `json:"Name,omitzero"`
}

// describePath answers with the path from a root folder to a resource. If there
// is a limit, it keeps the last components. Names are included on request only.
func (s *Server) describePath(c *call, what, id string) (any, error) {
	limit, limited := c.query.number("limit", 1, 999)
	named := c.query.list("fields", words, "NAME") != nil
	if _, ok := c.query.take("marker"); ok {
		// The model has the parameter, and the documentation says that it is
		// not supported.
		c.input.add("marker", "is not supported")
	}
	if err := c.valid(); err != nil {
		return nil, err
	}
	r, err := s.find(c, what, id, toView)
	if err != nil {
		return nil, err
	}
	if !limited {
		limit = 100
	}
	var components []pathComponent
	for at := range r.lineage() {
		if len(components) == int(limit) || !s.may(c, toView, at) {
			// The caller may not see what is above a shared folder.
			break
		}
		component := pathComponent{ID: at.id}
		if named {
			component.Name = at.name
		}
		components = append(components, component)
	}
	slices.Reverse(components)
	var answer struct {
		Path struct{ Components []pathComponent }
	}
	answer.Path.Components = components
	return answer, nil
}

// change is what UpdateDocument and UpdateFolder ask for. A member that is
// empty asks for no change.
type change struct{ name, parentID, state string }

// update renames, moves, recycles or restores a resource, for a co-owner.
// Inferred: a request without any member changes nothing.
func (s *Server) update(c *call, what, id string) error {
	want := change{
		s.spelled(c.body.text("Name", resourceName)),
		c.body.text("ParentFolderId", resourceID),
		// The other states occur in answers only.
		c.body.text("ResourceState", enum("ACTIVE", "RECYCLED")),
	}
	if want.state == "RECYCLED" && (want.name != "" || want.parentID != "") {
		// Inferred: a recycled resource keeps its name, and its folder is the
		// recycle bin.
		c.input.add("ResourceState", "RECYCLED cannot be combined with another change")
	}
	if err := c.valid(); err != nil {
		return err
	}
	r, err := s.find(c, what, id, toManage)
	if err != nil {
		return err
	}
	if err := fixed(r); err != nil {
		return err
	}
	switch recycled := r.recycled(); {
	case want.state == "RECYCLED" && recycled:
		return nil
	case want.state == "RECYCLED":
		s.recycle(c, r)
		return nil
	// A resource in a recycle bin can be restored and nothing else.
	case recycled && want.state != "ACTIVE":
		return usable(r)
	}
	return s.relocate(c, r, want)
}

// recycle moves a resource into the recycle bin of its owner. There it has its
// own permissions and the owner's, but no longer those inherited from the
// folder that it was in.
func (s *Server) recycle(c *call, r *resource) {
	// Recorded first, while the resource is still in the folder that it leaves.
	s.recordDeep(c, "RECYCLED", r)
	// The folder to which restoring returns the resource.
	r.origin = r.parent
	r.move(r.owner().bin)
	r.modified = c.now
}

// relocate renames, moves or restores a resource, or does several of these at
// once. Everything is checked before anything changes.
func (s *Server) relocate(c *call, r *resource, want change) error {
	from, restored := r.parent, r.recycled()
	to, err := s.destination(c, r, want.parentID)
	if err != nil {
		return err
	}
	name := r.name
	if want.name != "" {
		name = want.name
	}
	// Nothing changes, so nothing may conflict: the resource would otherwise be
	// in its own way.
	if name == r.name && to == from {
		return nil
	}
	if err := usableParent(to); err != nil {
		return err
	}
	if err := room(to, r.folder, name); err != nil {
		return err
	}
	old := r.name
	if name != r.name {
		r.rename(name)
		s.record(c, r.kind()+"_RENAMED", r, func(a *activity) { a.resource.OriginalName = old })
	}
	if to != from {
		r.move(to)
		r.origin = nil
		if restored {
			s.recordDeep(c, "RESTORED", r)
		} else {
			parent := describeResource(from)
			s.record(c, r.kind()+"_MOVED", r, func(a *activity) { a.originalParent = &parent })
		}
	}
	r.modified = c.now
	return nil
}

// destination returns the folder that an update puts a resource into. Inferred: a
// restored resource returns to the folder that it was in, or to its owner's root
// folder if that folder was deleted or is itself in a recycle bin.
func (s *Server) destination(c *call, r *resource, parentID string) (*resource, error) {
	if parentID == "" {
		if !r.recycled() {
			return r.parent, nil
		}
		// The folder may have been deleted since, or be in a recycle bin
		// itself.
		if at := r.origin; at != nil && s.resources[at.id] == at && usableParent(at) == nil {
			return at, nil
		}
		return r.owner().root, nil
	}
	to, err := s.folder(c, parentID, toWrite)
	if err != nil {
		return nil, err
	}
	// A folder cannot be moved into itself or into a folder below it.
	for at := range to.lineage() {
		if at == r {
			return nil, refuse("ConflictingOperationException", "%s is inside %s", parentID, r.id)
		}
	}
	return to, nil
}
