package oracledocstest

import (
	"net/http"
	"slices"
)

// assignToFile and assignToFolder attach a metadata collection to an item, so
// that its fields can have values there and, for a folder, below it.
func (s *Server) assignToFile(c *call) (*reply, error)   { return s.assign(c, s.file) }
func (s *Server) assignToFolder(c *call) (*reply, error) { return s.assign(c, s.folder) }

// assign attaches a metadata collection to the item that find returns. As
// documented, a global collection takes the owner or a manager of the item, and
// a personal one takes the owner. Assigning it again changes nothing.
func (s *Server) assign(c *call, find func(*call, role) (*item, error)) (*reply, error) {
	name := c.path["collectionName"]
	col := s.visible(c.user, name)
	need := manager
	if col != nil && col.owner != nil {
		need = owner
	}
	it, err := find(c, need)
	if err != nil {
		return nil, err
	}
	if col == nil {
		return nil, &refusal{
			status: http.StatusNotFound, code: codeMissing, item: it,
			key: "!csMetadataDoesNotExist," + name, message: "The collection '" + name + "' does not exist.",
		}
	}
	if !slices.Contains(it.assigned, col) {
		it.assigned = append(it.assigned, col)
	}
	return listed(it), nil
}

// listed is an answer that only repeats the ID and the type of the item.
func listed(it *item) *reply { return &reply{body: object{"idList": it.id, "type": it.kind}} }

// setFileMetadata and setFolderMetadata set values of fields.
func (s *Server) setFileMetadata(c *call) (*reply, error)   { return s.setMetadata(c, s.file) }
func (s *Server) setFolderMetadata(c *call) (*reply, error) { return s.setMetadata(c, s.folder) }

// setMetadata sets metadata values of the item that find returns, for a
// contributor.
func (s *Server) setMetadata(c *call, find func(*call, role) (*item, error)) (*reply, error) {
	it, err := find(c, contributor)
	if err != nil {
		return nil, err
	}
	if err := s.setValues(c, it, c.body); err != nil {
		return nil, err
	}
	return listed(it), nil
}

// assigned returns an item that the caller may view, and reports whether the
// request asks for what is assigned to the item itself only, without what it
// inherits.
func (c *call) assigned(find func(*call, role) (*item, error)) (it *item, direct bool, err error) {
	direct = c.query.flag("directAssigned", false)
	if c.query.err != nil {
		return nil, false, c.query.err
	}
	it, err = find(c, viewer)
	return it, direct, err
}

// getFileMetadata and getFolderMetadata return values of fields.
func (s *Server) getFileMetadata(c *call) (*reply, error)   { return s.getMetadata(c, s.file) }
func (s *Server) getFolderMetadata(c *call) (*reply, error) { return s.getMetadata(c, s.folder) }

// getMetadata returns the metadata values of the item that find returns. The
// member is absent if there are none.
func (s *Server) getMetadata(c *call, find func(*call, role) (*item, error)) (*reply, error) {
	it, direct, err := c.assigned(find)
	if err != nil {
		return nil, err
	}
	rep := listed(it)
	if values := it.metadata(direct); len(values) > 0 {
		rep.body["metadata"] = values
	}
	return rep, nil
}

// deleteFileMetadata and deleteFolderMetadata clear values of fields. Version
// 1.1 has their inputs in the body and 1.2 in the query; both are read.
func (s *Server) deleteFileMetadata(c *call) (*reply, error)   { return s.deleteMetadata(c, s.file) }
func (s *Server) deleteFolderMetadata(c *call) (*reply, error) { return s.deleteMetadata(c, s.folder) }

// deleteMetadata clears values of an item, so that inherited values show again.
// It takes a manager, or an applink of a contributor: the documentation says
// the former in its text and the latter where it describes the header.
func (s *Server) deleteMetadata(c *call, find func(*call, role) (*item, error)) (*reply, error) {
	in := c.inputs()
	name, fields := in.need("collection"), in.list("fields", 0)
	if in.need("fields"); in.err != nil {
		return nil, in.err
	}
	need := manager
	if c.r.Header.Get("appLinkID") != "" {
		need = contributor
	}
	it, err := find(c, need)
	if err != nil {
		return nil, err
	}
	cleared := map[string]*collection{}
	for _, fieldName := range fields {
		col, f, err := s.assignedField(c, it, name, fieldName)
		if err != nil {
			return nil, err
		}
		cleared[f.name] = col
	}
	for fieldName, col := range cleared {
		delete(it.values[col.name], fieldName)
	}
	return listed(it), nil
}

// getFileCollections and getFolderCollections describe the metadata collections
// of an item with their fields.
func (s *Server) getFileCollections(c *call) (*reply, error)   { return s.getCollections(c, s.file) }
func (s *Server) getFolderCollections(c *call) (*reply, error) { return s.getCollections(c, s.folder) }

// getCollections describes the metadata collections of the item that find
// returns, and marks those that it inherits.
func (s *Server) getCollections(c *call, find func(*call, role) (*item, error)) (*reply, error) {
	it, direct, err := c.assigned(find)
	if err != nil {
		return nil, err
	}
	all := object{}
	for _, col := range it.inherits(direct) {
		o := collectionObject(col, true)
		// A collection that is assigned here and above counts as the item's
		// own.
		o["isInherited"] = digit(!slices.Contains(it.assigned, col))
		all[col.name] = o
	}
	rep := listed(it)
	if len(all) > 0 {
		rep.body["metadataFields"] = all
	}
	return rep, nil
}
