package oracledocstest

import (
	"cmp"
	"slices"
	"strconv"
)

// getFile describes a file in one of its versions, the latest by default.
// Version 1.2 can list the file's page images in the same answer.
func (s *Server) getFile(c *call) (*reply, error) {
	withRenditions := c.query.flag("includeRenditions", false)
	onlyExisting := c.query.flag("includeOnlyExistingRenditions", true)
	if c.path["fileId"] == "self" {
		// Oracle's client asks for it to learn whether it is signed in. That the
		// service answers with the home folder is inferred.
		home := c.folderObject(c.user.home)
		home["name"] = cmp.Or(c.user.home.name, c.user.displayName)
		return &reply{body: home}, nil
	}
	it, v, err := s.fileVersion(c, viewer)
	if err != nil {
		return nil, err
	}
	body := withConversation(c.fileObject(it, v), it)
	if withRenditions {
		if all := v.systemRenditions(c.now, onlyExisting); len(all) > 0 {
			body["renditions"] = all
		}
	}
	return &reply{body: body}, nil
}

// getFilesInfo describes up to 100 files. One that is missing fails the whole
// call: unlike folders, files have no checkStatus parameter.
func (s *Server) getFilesInfo(c *call) (*reply, error) {
	ids := c.query.list("idList", maxIDs)
	if c.query.need("idList"); c.query.err != nil {
		return nil, c.query.err
	}
	items := []object{}
	for _, id := range ids {
		it, err := s.find(c, fileKind, id, viewer)
		if err != nil {
			return nil, err
		}
		items = append(items, withConversation(c.fileObject(it, nil), it))
	}
	return &reply{body: object{"items": items}}, nil
}

// editFile renames a file. The new name becomes that of the latest version too;
// older versions keep theirs. That a taken name is refused is inferred.
func (s *Server) editFile(c *call) (*reply, error) {
	name := s.spelled(c.body.need("name"))
	if c.body.err != nil {
		return nil, c.body.err
	}
	it, err := s.file(c, contributor)
	if err != nil {
		return nil, err
	}
	if err := checkFileName("name", name); err != nil {
		return nil, err
	}
	if other := it.parent.child(fileKind, name); other != nil && other != it {
		return nil, nameTaken(other)
	}
	// The latest version follows the file; older ones keep the name of their
	// time.
	rename(it, name)
	it.latest().name = name
	it.modifier, it.modified = c.user, c.now
	return &reply{body: c.fileObject(it, nil)}, nil
}

// deleteFile moves a file to the trash, or deletes one of its versions. If the
// request names no version, 1.2 deletes the file with all versions and 1.1
// deletes the latest version only. A file goes to the trash along with its last
// version. The members of the answer are inferred.
func (s *Server) deleteFile(c *call) (*reply, error) {
	it, v, err := s.fileVersion(c, contributor)
	if err != nil {
		return nil, err
	}
	body := object{"id": it.id, "type": fileKind}
	if c.query.has("version") {
		body["version"] = strconv.Itoa(v.number)
	}
	if c.version == "1.2" && !c.query.has("version") || len(it.versions) == 1 {
		discard(c, it)
		return &reply{body: body}, nil
	}
	it.dropVersion(v)
	return &reply{body: body}, nil
}

// dropVersion removes one of several versions. If it was the latest, the one
// before it takes its place, but the number is never used again.
func (it *item) dropVersion(v *version) {
	kept := []*version{}
	for _, other := range it.versions {
		if other != v {
			kept = append(kept, other)
		}
	}
	it.versions = kept
	// The size and the modifier of a file are those of its latest version.
	grow(it, len(it.latest().content)-it.bytes)
	it.modifier, it.modified = it.latest().modifier, it.latest().modified
}

// getFileVersions lists the versions of a file, the latest first. That order is
// inferred, since none is documented.
func (s *Server) getFileVersions(c *call) (*reply, error) {
	it, err := s.file(c, viewer)
	if err != nil {
		return nil, err
	}
	items := []object{}
	for _, v := range slices.Backward(it.versions) {
		items = append(items, c.fileObject(it, v))
	}
	body := object{"id": it.id, "name": it.name, "type": fileKind, "items": items}
	if it.parent != nil {
		body["parentID"] = c.folderID(it.parent)
	}
	return &reply{body: body}, nil
}
