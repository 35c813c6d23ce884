package oracledocstest

import (
	"fmt"
	"net/http"
)

// uploadFile creates a file or, if the folder has a file of that name, adds a
// version to it; that default is documented. The member duplicateResolution
// exists but its values are not documented, so those of copying and extracting
// are accepted here. That a new file is answered with 201 and a new version
// with 200 is inferred as well.
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
	primary, values, err := s.primary(c)
	if err != nil {
		return nil, err
	}
	// From here on errors name the file, as the documented ones do.
	c.subject = primary.fileName
	// The parent is in the form and not in the path, so the form has been read
	// first.
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
	// Nothing is stored, and the answer describes the file that is there.
	case resolution == "SkipDuplicates":
		return &reply{body: c.fileObject(it, nil)}, nil
	case resolution == "ResolveDuplicates":
		name = numbered(folder, fileKind, name)
	case resolution == "TimeStampSuffix":
		name = stamped(folder, fileKind, name, s.life.Now())
	}
	return s.createFile(c, folder, name, primary, values)
}

// primary returns the file of an upload, under the name to store, and the
// metadata sent with it, which is nil if there is none.
func (s *Server) primary(c *call) (*part, *input, error) {
	p, err := c.form.file("primaryFile")
	if err != nil {
		return nil, nil, err
	}
	if err := checkFileName("primaryFile", p.fileName); err != nil {
		return nil, nil, err
	}
	p.fileName = s.spelled(p.fileName)
	values := c.form.part("metadataValues")
	if values == nil {
		return p, nil, nil
	}
	in, err := values.object()
	return p, in, err
}

// createFile stores the first version of a new file with its metadata. The file
// is registered last, so that metadata that is refused leaves no file behind.
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

// uploadFileVersion adds a version to a file. As documented, the file takes on
// the file name in the request; if another file in the folder has that name, it
// gets a number.
func (s *Server) uploadFileVersion(c *call) (*reply, error) {
	if err := c.form.only("primaryFile", "metadataValues"); err != nil {
		return nil, err
	}
	primary, values, err := s.primary(c)
	if err != nil {
		return nil, err
	}
	it, err := s.file(c, contributor)
	if err != nil {
		return nil, err
	}
	// A name that only differs in case from the file's own counts as its own.
	if it.parent.child(fileKind, primary.fileName) != it {
		primary.fileName = numbered(it.parent, fileKind, primary.fileName)
	}
	return s.revise(c, it, primary, values)
}

// revise adds a version to a file. The file name of the part must be free or
// the file's own name, possibly in another case.
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

// checkedIn is the answer to an upload. As documented it has an error key and a
// message even though the upload has succeeded; only the error code counts.
func (c *call) checkedIn(it *item, status int, values *input) *reply {
	body := c.fileObject(it, nil)
	body["errorKey"] = "!csServiceStatusMessage_checkin," + it.latest().docName
	body["errorMessage"] = fmt.Sprintf("Successfully checked in content item '%s'.", it.latest().docName)
	if values != nil {
		body["metadata"] = it.metadata(false)
	}
	return &reply{status: status, location: "/files/" + it.id, body: body}
}
