package oracledocstest

import (
	"net/http"
	"slices"
)

// destination is the folder that a copy or move goes to, and the name that the
// item has there.
type destination struct {
	// id is the ID as the request spells it, which may be self. The answer
	// repeats it.
	id     string
	folder *item
	name   string
}

// destine reads and checks the target of a copy or move; the caller must be a
// contributor there.
//
// A taken name is refused unless the request asks for a suffix of digits. That
// refusal and its status are inferred. So is that a copy next to its source
// gets a number: Oracle's toolkit copies into the same folder unless it is told
// otherwise, and asks for no suffix.
func (s *Server) destine(c *call, src *item) (destination, error) {
	to := destination{id: c.body.need("destinationID"), name: src.name}
	resolution := c.body.choice("duplicateResolution", "", "TimeStampSuffix")
	if c.body.err != nil {
		return to, c.body.err
	}
	folder, err := s.find(c, folderKind, to.id, contributor)
	if err != nil {
		return to, err
	}
	to.folder = folder
	// A home folder has no parent and cannot be moved or copied.
	if src.parent == nil || folder.under(src) {
		return to, inDestination(src)
	}
	switch taken := folder.child(src.kind, to.name); {
	case taken == nil:
	case resolution != "":
		to.name = stamped(folder, src.kind, to.name, s.life.Now())
	case taken == src:
		to.name = numbered(folder, src.kind, to.name)
	default:
		return to, nameTaken(taken)
	}
	return to, nil
}

// inDestination refuses to put an item into itself, into a folder below itself,
// or where it already is.
func inDestination(it *item) *refusal {
	return &refusal{
		status: http.StatusBadRequest, code: codeGeneral, item: it,
		key:     "!csFldSourceInDestination," + it.name,
		message: "The source '" + it.name + "' is in the destination.",
	}
}

// copyFile copies one version of a file, the latest if the request names none.
// The copy has a new ID, belongs to the owner of the destination and starts
// with version 1. Copying takes a downloader at the source and a contributor at
// the destination.
func (s *Server) copyFile(c *call) (*reply, error) {
	number := c.body.number("version", 0, 1, 1<<31-1)
	if c.body.err != nil {
		return nil, c.body.err
	}
	it, err := s.file(c, downloader)
	if err != nil {
		return nil, err
	}
	v := it.version(number)
	if v == nil {
		return nil, missing(fileKind, it.id)
	}
	to, err := s.destine(c, it)
	if err != nil {
		return nil, err
	}
	made := s.copyTo(c, it, v, to.folder, to.name)
	return copied(it, made, to), nil
}

// copyFolder copies a folder with everything in it. The service returns no job,
// so the copy is complete when the answer is sent.
func (s *Server) copyFolder(c *call) (*reply, error) {
	it, err := s.folder(c, downloader)
	if err != nil {
		return nil, err
	}
	to, err := s.destine(c, it)
	if err != nil {
		return nil, err
	}
	return copied(it, s.copyTo(c, it, nil, to.folder, to.name), to), nil
}

// copied is the answer to a copy: id is the copy and idList is the source.
func copied(it, made *item, to destination) *reply {
	return &reply{body: object{"id": made.id, "idList": it.id, "destinationID": to.id, "type": it.kind}}
}

// moveFile moves a file with all its versions.
func (s *Server) moveFile(c *call) (*reply, error) {
	it, err := s.file(c, contributor)
	if err != nil {
		return nil, err
	}
	return s.move(c, it)
}

// moveFolder moves a folder with everything in it.
func (s *Server) moveFolder(c *call) (*reply, error) {
	it, err := s.folder(c, contributor)
	if err != nil {
		return nil, err
	}
	return s.move(c, it)
}

// move puts an item into another folder. The item keeps its ID, versions, times
// and owner, as documented. A move to the folder that the item is already in is
// refused, also when the request spells that folder as self.
func (s *Server) move(c *call, it *item) (*reply, error) {
	// The check comes before destine, which would find the item's own name
	// taken and report the wrong reason.
	if it.parent != nil && slices.Contains([]string{it.parent.id, c.folderID(it.parent)},
		c.body.text("destinationID", 0)) {
		return nil, inDestination(it)
	}
	to, err := s.destine(c, it)
	if err != nil {
		return nil, err
	}
	detach(it)
	it.name = to.name
	attach(it, to.folder)
	return &reply{body: object{"idList": it.id, "destinationID": to.id, "type": it.kind}}, nil
}

// giveTo makes a user the owner of a folder and of everything in it that
// belonged to the former owner, who becomes a manager. Items of other owners
// stay theirs. The folder moves to the new owner's home folder, which is
// inferred: a folder can only be found in a home folder or through a share.
func (s *Server) giveTo(it *item, to *user) {
	from := it.owner
	if from == to {
		return
	}
	it.owner = to
	it.all(func(at *item) bool {
		if at.owner == from {
			at.owner = to
		}
		return true
	})
	// The owner needs no share, and a role left behind would be listed beside
	// it.
	it.shares = slices.DeleteFunc(it.shares, func(sh *share) bool { return sh.user == to })
	s.grant(it, from, "manager")
	detach(it)
	it.name = numbered(to.home, it.kind, it.name)
	attach(it, to.home)
}
