package oracledocstest

// maxBulk is the documented number of folders that one call can create.
const maxBulk = 50

// bulkCreateFolders creates several folders in one parent, all of them or none:
// every name and description is checked before the first folder is made. It is
// inferred that a taken name gets a number, as in Create Folder, and so are the
// members of the answer.
func (s *Server) bulkCreateFolders(c *call) (*reply, error) {
	wanted := c.body.objects("folders", "name", "description")
	if c.body.err == nil && (len(wanted) == 0 || len(wanted) > maxBulk) {
		c.body.fail(invalid("folders", "must have 1 to 50 items"))
	}
	if c.body.err != nil {
		return nil, c.body.err
	}
	for _, in := range wanted {
		in.text("description", maxDescription)
		name := in.need("name")
		if in.err != nil {
			return nil, in.err
		}
		if err := checkFolderName(name); err != nil {
			return nil, err
		}
	}
	parent, err := s.folder(c, contributor)
	if err != nil {
		return nil, err
	}
	items := []object{}
	for _, in := range wanted {
		it := s.createFolder(c, parent, s.spelled(in.text("name", 0)), in.text("description", 0))
		items = append(items, c.folderObject(it))
	}
	return &reply{body: object{"items": items}}, nil
}
