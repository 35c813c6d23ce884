package oracledocstest

import (
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// inTrashOf returns what a user sees in the trash, sorted by name: items that
// the user owns or has deleted. What lies inside a deleted folder is not
// listed.
func (s *Server) inTrashOf(u *user) []*item {
	found := []*item{}
	for _, it := range s.items {
		if it.inTrash && it.kind != collectionKind && (it.owner == u || it.discardedBy == u) {
			found = append(found, it)
		}
	}
	slices.SortFunc(found, byName)
	return found
}

// trashFilters are the parameters of browseTrash that it obeys. Others are refused:
// a filter that is passed over shows a client more than it asked for, which it may
// then delete.
var trashFilters = []string{"IdcService", "IsJson", "idcToken", "fileCount", "folderCount", "itemType", "fApplication",
	"fApplication-", "filesFilterParams", "foldersFilterParams"}

// ordinary is the application of all files and folders here: those of sites, themes
// and templates are not part of this server.
const ordinary = "framework"

// trashQuery is what a request asks to see of the trash.
type trashQuery struct {
	values url.Values
}

// shows reports whether items of a kind are to be seen. Two parameters name
// applications, separated by commas: fApplication those to show, and fApplication-
// those to leave out. They hold for a kind if filesFilterParams or
// foldersFilterParams names fApplication. Oracle's client forgets the "&" before
// filesFilterParams, which then is a part of fileCount; it is taken for what it is
// meant to be. That fApplication alone holds for folders is inferred.
func (q trashQuery) shows(kind string) bool {
	list := "filesFilterParams"
	if kind == folderKind {
		list = "foldersFilterParams"
	}
	if only := q.values.Get("itemType"); only != "" && !strings.EqualFold(only, kind) {
		return false
	}
	filtered := strings.Contains(q.values.Get(list), "fApplication") ||
		strings.Contains(q.values.Get("fileCount"), list+"=fApplication") ||
		kind == folderKind && !q.values.Has("filesFilterParams") && !q.values.Has("foldersFilterParams")
	if !filtered {
		return true
	}
	named := func(parameter string) bool {
		return slices.Contains(strings.Split(q.values.Get(parameter), ","), ordinary)
	}
	return !named("fApplication-") && (!q.values.Has("fApplication") || named("fApplication"))
}

// limit returns how many rows of a kind are to be seen; -1 or no number is all.
func (q trashQuery) limit(parameter string, rows [][]string) [][]string {
	return rows[:min(whole(q.values.Get(parameter), len(rows)), len(rows))]
}

// browseTrash lists the caller's trash, files and folders in separate tables.
func (s *Server) browseTrash(c *call, _ string) (object, string) {
	q := trashQuery{c.r.URL.Query()}
	for _, name := range slices.Sorted(maps.Keys(q.values)) {
		if !slices.Contains(trashFilters, name) {
			return object{}, "The parameter " + strconv.Quote(name) + " is not known."
		}
	}
	files, folders := [][]string{}, [][]string{}
	for _, it := range s.inTrashOf(c.user) {
		at, by := stamp(it.discardedAt), it.discardedBy.displayName
		switch {
		case !q.shows(it.kind):
		case it.kind == folderKind:
			folders = append(folders, []string{it.id, it.id, it.name, at, by, ordinary, "soft"})
		default:
			v := it.latest()
			files = append(files, []string{it.id, it.id, it.name, strings.TrimPrefix(path.Ext(it.name), "."),
				strconv.Itoa(v.number), strconv.Itoa(len(v.content)), at, by, ordinary})
		}
	}
	return object{
		"ChildFiles": resultSet("fFileGUID fRealItemGUID fFileName dExtension dRevLabel dFileSize fLastModifiedDate "+
			"fLastModifierFullName fApplication", q.limit("fileCount", files)),
		"ChildFolders": resultSet("fFolderGUID fRealItemGUID fFolderName fLastModifiedDate fLastModifierFullName "+
			"fApplication fFolderType", q.limit("folderCount", folders)),
	}, ""
}

// moveToTrash moves an item to the trash, as a contributor may through the API.
func (s *Server) moveToTrash(c *call, name string) (object, string) {
	it := s.guidItem(c, name)
	switch {
	case it == nil || it.trashed():
		return object{}, "The item does not exist."
	case it.parent == nil:
		return object{}, "The home folder cannot be moved to the trash."
	case roleOf(c.user, it) < contributor:
		return object{}, "You do not have permission to move the item to the trash."
	}
	discard(c, it)
	return object{}, ""
}

// restore returns an item from the trash to its former folder, or to the
// caller's home folder if that one is in the trash too or was deleted. If the
// name has been taken meanwhile, the item gets a number.
func (s *Server) restore(c *call, name string) (object, string) {
	it := s.guidItem(c, name)
	if it == nil || !slices.Contains(s.inTrashOf(c.user), it) {
		return object{}, "The item is not in the trash."
	}
	// The item still knows where it was; see detach.
	to := it.parent
	if to.trashed() {
		to = c.user.home
	}
	it.inTrash = false
	it.name = numbered(to, it.kind, it.name)
	attach(it, to)
	return object{}, ""
}

// deleteFromTrash deletes one item for good. It must be in the caller's trash.
func (s *Server) deleteFromTrash(c *call, name string) (object, string) {
	it := s.guidItem(c, name)
	if it == nil || !slices.Contains(s.inTrashOf(c.user), it) {
		return object{}, "The item is not in the trash."
	}
	s.forget(it)
	return object{}, ""
}

// emptyTrash deletes everything in the caller's trash for good. It is done at once,
// but names a job, as the service does, whose status can be asked for.
func (s *Server) emptyTrash(c *call, _ string) (object, string) {
	for _, it := range s.inTrashOf(c.user) {
		s.forget(it)
	}
	id := s.newID("J")
	s.trashJobs = append(s.trashJobs, id)
	return object{"JobID": id}, ""
}

// idcJobStatus says how far a job of emptyTrash is. Clients find the status by the
// name of its column, and pass over the first column.
func (s *Server) idcJobStatus(c *call, _ string) (object, string) {
	id := c.r.URL.Query().Get("JobID")
	if !slices.Contains(s.trashJobs, id) {
		return object{}, "The job does not exist."
	}
	return object{"JobInfo": resultSet("JobID JobStatus JobPercentage JobType",
		[][]string{{id, "COMPLETED", "100", "EmptyTrash"}})}, ""
}

// forget deletes an item for good, with everything below it.
func (s *Server) forget(it *item) {
	delete(s.items, it.id)
	delete(s.shared, it)
	it.all(func(below *item) bool {
		delete(s.items, below.id)
		delete(s.shared, below)
		return true
	})
}
