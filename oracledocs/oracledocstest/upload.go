package oracledocstest

import (
	"fmt"
	"net/http"
)

// uploadFile creates a file, or adds a revision to the file of that name. That
// the first answers 201 and the second 200 is inferred, and so is the set of
// ways to resolve a taken name, which is that of copying and extracting.
func (s *Server) uploadFile(c *call) (*reply, error) {
	if err := c.form.only("jsonInputParameters", "primaryFile", "metadataValues"); err != nil {
		return nil, err
	}
	in, err := c.form.object("jsonInputParameters", "primaryFile", "parentID", "duplicateResolution")
	if err != nil {
		return nil, err
	}
	parentID := in.need("parentID")
	resolution := in.choice("duplicateResolution", "ReviseDuplicates",
		"ReviseDuplicates", "ResolveDuplicates", "SkipDuplicates", "TimeStampSuffix")
	if in.err != nil {
		return nil, in.err
	}
	primary, values, err := c.primary()
	if err != nil {
		return nil, err
	}
	c.subject = primary.fileName
	folder, err := s.find(c, folderKind, parentID, contributor)
	if err != nil {
		return nil, err
	}
	name := primary.fileName
	it := folder.child(fileKind, name)
	switch {
	case it == nil:
	case resolution == "ReviseDuplicates":
		return s.revise(c, it, primary, values)
	case resolution == "SkipDuplicates":
		return &reply{body: c.fileObject(it, nil)}, nil
	case resolution == "ResolveDuplicates":
		name = numbered(folder, fileKind, name)
	case resolution == "TimeStampSuffix":
		name = stamped(folder, fileKind, name, s.life.Now())
	}
	return s.createFile(c, folder, name, primary, values)
}

// primary returns the file of an upload and the metadata that came with it.
func (c *call) primary() (*part, *input, error) {
	p, err := c.form.file("primaryFile")
	if err != nil {
		return nil, nil, err
	}
	if err := checkFileName("primaryFile", p.fileName); err != nil {
		return nil, nil, err
	}
	values := c.form.part("metadataValues")
	if values == nil {
		return p, nil, nil
	}
	in, err := values.object()
	return p, in, err
}

// createFile stores the first version of a new file with its metadata.
func (s *Server) createFile(c *call, folder *item, name string, p *part, values *input) (*reply, error) {
	it := s.newItem(fileKind, folder, folder.owner, c.user, name, c.now)
	if err := s.setValues(c, it, values); err != nil {
		return nil, err
	}
	s.items[it.id] = it
	attach(it, folder)
	s.addVersion(it, p.content, p.contentType, c.user, c.now)
	return c.checkedIn(it, http.StatusCreated, values), nil
}

// uploadFileVersion adds a revision to a file, which takes on the name that
// the content comes with; a name that another file has is numbered.
func (s *Server) uploadFileVersion(c *call) (*reply, error) {
	if err := c.form.only("primaryFile", "metadataValues"); err != nil {
		return nil, err
	}
	primary, values, err := c.primary()
	if err != nil {
		return nil, err
	}
	it, err := s.file(c, contributor)
	if err != nil {
		return nil, err
	}
	if it.parent.child(fileKind, primary.fileName) != it {
		primary.fileName = numbered(it.parent, fileKind, primary.fileName)
	}
	return s.revise(c, it, primary, values)
}

// revise adds a revision under the name of the part, which is the item's own,
// perhaps in another case, or free.
func (s *Server) revise(c *call, it *item, p *part, values *input) (*reply, error) {
	if err := s.setValues(c, it, values); err != nil {
		return nil, err
	}
	if c.op.name == "UploadFileVersion" {
		rename(it, p.fileName)
	}
	s.addVersion(it, p.content, p.contentType, c.user, c.now)
	return c.checkedIn(it, http.StatusOK, values), nil
}

// checkedIn is the answer to an upload, which carries a message although all
// went well.
func (c *call) checkedIn(it *item, status int, values *input) *reply {
	body := c.fileObject(it, nil)
	body["errorKey"] = "!csServiceStatusMessage_checkin," + it.latest().docName
	body["errorMessage"] = fmt.Sprintf("Successfully checked in content item '%s'.", it.latest().docName)
	if values != nil {
		body["metadata"] = it.metadata(false)
	}
	return &reply{status: status, location: "/files/" + it.id, body: body}
}
