package oracledocstest

import (
	"net/http"
	"slices"
)

// destination is where a copy or a move goes to, and under which name.
type destination struct {
	id     string // as the request spells it
	folder *item
	name   string
}

// destine reads and checks the target of a copy or move. A taken name is
// refused unless the request wants a suffix; that and its status are inferred.
// So is that a copy beside its source gets a number: Oracle's toolkit copies
// to the same folder unless it is told another, and asks for no suffix.
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

// inDestination refuses what would put an item into itself, or where it is.
func inDestination(it *item) *refusal {
	return &refusal{
		status: http.StatusBadRequest, code: codeGeneral, item: it,
		key:     "!csFldSourceInDestination," + it.name,
		message: "The source '" + it.name + "' is in the destination.",
	}
}

// copyFile copies one version of a file. The copy belongs to the owner of the
// folder that it goes to and starts with a version of its own.
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

func copied(it, made *item, to destination) *reply {
	return &reply{body: object{"id": made.id, "idList": it.id, "destinationID": to.id, "type": it.kind}}
}

func (s *Server) moveFile(c *call) (*reply, error) {
	it, err := s.file(c, contributor)
	if err != nil {
		return nil, err
	}
	return s.move(c, it)
}

func (s *Server) moveFolder(c *call) (*reply, error) {
	it, err := s.folder(c, contributor)
	if err != nil {
		return nil, err
	}
	return s.move(c, it)
}

// move takes an item with its ID, versions, times and owner to another folder.
func (s *Server) move(c *call, it *item) (*reply, error) {
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

// giveTo makes a user the owner of a folder and of all in it that was the
// former owner's, who keeps a manager's role. The folder goes to the home
// folder of the new owner, which is inferred: it has to be found there.
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
	it.shares = slices.DeleteFunc(it.shares, func(sh *share) bool { return sh.user == to })
	s.grant(it, from, "manager")
	detach(it)
	it.name = numbered(to.home, it.kind, it.name)
	attach(it, to.home)
}
