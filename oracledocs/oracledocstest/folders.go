package oracledocstest

import (
	"net/http"
	"strconv"
)

// createFolderIn creates a folder in the folder that the path names. As
// documented, a taken name is not an error: the new folder gets a number. The
// status 201 is inferred.
func (s *Server) createFolderIn(c *call) (*reply, error) {
	description := c.body.text("description", maxDescription)
	name := s.spelled(c.body.text("name", maxFolderName))
	if c.body.err != nil {
		return nil, c.body.err
	}
	// This error is known from a client's report, with both keys.
	if name == "" {
		return nil, &refusal{
			status: http.StatusBadRequest, code: codeNoParameter,
			key:     "!csFldUnableToCreateFolder!csItemMustSpecifyName",
			message: "Unable to create the folder. A name must be specified.",
		}
	}
	if err := checkFolderName(name); err != nil {
		return nil, err
	}
	parent, err := s.folder(c, contributor)
	if err != nil {
		return nil, err
	}
	it := s.createFolder(c, parent, name, description)
	return &reply{status: http.StatusCreated, location: "/folders/" + it.id, body: c.folderObject(it)}, nil
}

// getFolder describes a folder. Clients also use it with the ID self, to find
// out whether their credentials are accepted.
func (s *Server) getFolder(c *call) (*reply, error) {
	it, err := s.folder(c, viewer)
	if err != nil {
		return nil, err
	}
	return &reply{body: withConversation(c.folderObject(it), it)}, nil
}

// getFoldersInfo describes up to 100 folders. With checkStatus, which version
// 1.2 has, folders that are missing or in the trash are reported instead of
// failing the call. The name of the member that reports it is inferred.
func (s *Server) getFoldersInfo(c *call) (*reply, error) {
	ids := c.query.list("idList", maxIDs)
	c.query.need("idList")
	checkStatus := c.query.flag("checkStatus", false)
	if c.query.err != nil {
		return nil, c.query.err
	}
	items := []object{}
	for _, id := range ids {
		// self always exists, and an ID of a file counts as a missing folder.
		if at := s.items[id]; checkStatus && id != "self" && (at == nil || at.kind != folderKind) {
			items = append(items, object{"id": id, "type": folderKind, "status": "missing"})
			continue
		} else if checkStatus && at != nil && at.trashed() {
			items = append(items, object{"id": id, "type": folderKind, "status": "inTrash"})
			continue
		}
		it, err := s.find(c, folderKind, id, viewer)
		if err != nil {
			return nil, err
		}
		items = append(items, c.countedFolder(it, checkStatus))
	}
	return &reply{body: object{"items": items}}, nil
}

// countedFolder returns a folder with its files and subfolders counted
// separately.
func (c *call) countedFolder(it *item, status bool) object {
	folders := 0
	for _, child := range it.children {
		if child.kind == folderKind {
			folders++
		}
	}
	o := withConversation(c.folderObject(it), it)
	o["childFolderCount"] = strconv.Itoa(folders)
	o["childFileCount"] = strconv.Itoa(len(it.children) - folders)
	if status {
		o["status"] = "exists"
	}
	return o
}

// editFolder changes the name, the description or both. Neither is required; a
// request without them changes only who modified the folder last, and when.
// That a taken name is refused is inferred.
func (s *Server) editFolder(c *call) (*reply, error) {
	name := s.spelled(c.body.text("name", maxFolderName))
	description := c.body.text("description", maxDescription)
	if c.body.err != nil {
		return nil, c.body.err
	}
	it, err := s.folder(c, contributor)
	if err != nil {
		return nil, err
	}
	if c.body.has("name") {
		if err := s.checkRename(it, name); err != nil {
			return nil, err
		}
		rename(it, name)
	}
	if c.body.has("description") {
		it.description = description
	}
	it.modifier, it.modified = c.user, c.now
	return &reply{body: c.folderObject(it)}, nil
}

// checkRename refuses a name that is invalid or that another folder next to it
// has. A change of case only is allowed: the folder is then its own namesake.
func (s *Server) checkRename(it *item, name string) error {
	if err := checkFolderName(name); err != nil {
		return err
	}
	if it.parent == nil {
		return invalid("folderId", "is a home folder")
	}
	if other := it.parent.child(folderKind, name); other != nil && other != it {
		return nameTaken(other)
	}
	return nil
}

// deleteFolder moves a folder and everything in it to the trash. The items
// inside stay in the folder, so that restoring it restores them. The members of
// the answer are inferred.
func (s *Server) deleteFolder(c *call) (*reply, error) {
	it, err := s.folder(c, contributor)
	if err != nil {
		return nil, err
	}
	if it.parent == nil {
		return nil, invalid("folderId", "is a home folder")
	}
	discard(c, it)
	return &reply{body: object{"id": it.id, "idList": it.id, "type": folderKind}}, nil
}

// changeFolderOwnership gives a folder and everything in it to another user. As
// documented, the caller must be the owner or a manager.
func (s *Server) changeFolderOwnership(c *call) (*reply, error) {
	target := c.body.need("targetUserID")
	if c.body.err != nil {
		return nil, c.body.err
	}
	it, err := s.folder(c, manager)
	if err != nil {
		return nil, err
	}
	to := s.userByID(target)
	if to == nil || to.kind != "user" {
		return nil, invalid("targetUserID", "is not a user")
	}
	if it.parent == nil {
		return nil, invalid("folderId", "is a home folder")
	}
	s.giveTo(it, to)
	return &reply{body: object{"id": it.id, "targetUserID": to.id, "type": folderKind}}, nil
}
