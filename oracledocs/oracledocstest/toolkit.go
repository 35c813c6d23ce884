package oracledocstest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Oracle's command-line client needs more than the API: it signs in, looks up
// groups and manages the trash through older services of the product, which are
// here as far as its commands for files and folders need them. None of them is
// documented; their names and the members that matter are taken from what the
// client sends and reads.

// idcPath is the path of most of these services. The parameter IdcService
// selects one of them.
const idcPath = "/documents/integration"

// idcServices has the services at idcPath by their names. Each takes the item
// that the request names, and returns result sets or else a message of failure.
var idcServices = map[string]func(*Server, *call, string) (object, string){
	"SCS_GET_TENANT_CONFIG": (*Server).tenantConfig,
	"FLD_FILE_REVISIONS":    (*Server).idcRevisions,
	"GET_ACTIVITY_HISTORY":  (*Server).idcActivities,
	"FLD_BROWSE_TRASH":      (*Server).browseTrash,
	// The trash. The API moves items to it but can neither list nor empty it.
	"FLD_RESTORE":           (*Server).restore,
	"FLD_DELETE_FROM_TRASH": (*Server).deleteFromTrash,
	"FLD_EMPTY_TRASH":       (*Server).emptyTrash,
}

// osnServices has the services of the social network by their paths.
var osnServices = map[string]struct {
	name string
	run  func(*Server, *call) object
}{
	"/osn/social/api/v1/connections": {"GetConnection", (*Server).osnConnection},
	"/osn/social/api/v1/groups":      {"GetGroups", (*Server).osnGroups},
}

// toolkitNames returns the sorted names of all services outside the API, for
// [Server.Next].
func toolkitNames() []string {
	names := slices.Collect(maps.Keys(idcServices))
	for _, service := range osnServices {
		names = append(names, service.name)
	}
	slices.Sort(names)
	return names
}

// toolkit returns the service outside the API that a request asks for, or nil.
func (s *Server) toolkit(r *http.Request) (name string, run func(*call) object) {
	if service, ok := osnServices[r.URL.Path]; ok {
		return service.name, func(c *call) object { return service.run(s, c) }
	}
	if r.URL.Path == idcPath {
		name = r.URL.Query().Get("IdcService")
		if service := idcServices[name]; service != nil {
			return name, func(c *call) object { return s.idc(c, service) }
		}
	}
	return "", nil
}

// serveToolkit answers a request outside the API. The caller is authenticated
// as for the API. Requests that a service refuses have the status 200 too:
// their answers carry the failure.
func (s *Server) serveToolkit(w http.ResponseWriter, r *http.Request, run func(*call) object) {
	c := &call{r: r, op: &operation{}, version: "1.2", user: s.authenticate(r)}
	if c.user == nil {
		drain(r)
		unauthorized().write(w)
		return
	}
	data, err := readJSON(r)
	if err != nil {
		writeError(w, err)
		return
	}
	c.body = &input{values: map[string]any{"raw": string(data)}}
	s.mu.Lock()
	s.settle()
	c.now = s.clock()
	var encoded bytes.Buffer
	_ = json.NewEncoder(&encoded).Encode(run(c)) // a buffer takes everything
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(encoded.Bytes())
}

// osnConnection is how the toolkit signs in: it reads who the caller is.
func (s *Server) osnConnection(c *call) object {
	return object{"user": object{"id": c.user.id, "displayName": c.user.displayName}, "version": "1.0.0"}
}

// osnGroups lists all groups, on one page.
func (s *Server) osnGroups(*call) object {
	items := []object{}
	for _, g := range s.groups {
		items = append(items, object{"groupID": g.id, "id": g.id, "name": g.displayName, "displayName": g.displayName})
	}
	count := strconv.Itoa(len(items))
	return object{"items": items, "count": count, "total": count, "hasMore": false}
}

// idc wraps the result of a service in the form of all services at idcPath. The
// item comes in the body, as items or item, or in the query.
func (s *Server) idc(c *call, service func(*Server, *call, string) (object, string)) object {
	var body struct{ LocalData struct{ Item, Items string } }
	_ = json.Unmarshal([]byte(c.body.text("raw", 0)), &body) // a body is optional
	items := cmp.Or(body.LocalData.Items, body.LocalData.Item, c.r.URL.Query().Get("item"))
	sets, failure := service(s, c, items)
	// Clients look at StatusCode alone: 0 is success, and a negative number is
	// a failure that StatusMessage explains.
	local := object{"StatusCode": "0", "dUser": c.user.loginName, "idcToken": "1:" + c.user.id}
	if failure != "" {
		local["StatusCode"], local["StatusMessage"] = "-1", failure
	}
	return object{"LocalData": local, "ResultSets": sets}
}

// resultSet returns a table in the form of these services, which name the
// columns once and send the rows as lists of values.
func resultSet(columns string, rows [][]string) object {
	fields := []object{}
	for name := range strings.FieldsSeq(columns) {
		fields = append(fields, object{"name": name})
	}
	return object{"fields": fields, "rows": rows}
}

// tenantConfig answers without settings: the toolkit asks for them when it
// connects and needs none.
func (s *Server) tenantConfig(*call, string) (object, string) { return object{}, "" }

// guidItem returns the item with an ID that has its prefix, if the caller has
// any role on it. It also finds items in the trash.
func (s *Server) guidItem(c *call, text string) *item {
	_, id, _ := strings.Cut(text, ":")
	it := s.items[id]
	if it == nil || it.guid() != text || roleOf(c.user, it) == noRole {
		return nil
	}
	return it
}

// idcRevisions lists the versions of a file, the latest first.
func (s *Server) idcRevisions(c *call, name string) (object, string) {
	it := s.guidItem(c, name)
	if it == nil || it.kind != fileKind {
		return object{}, "The file does not exist."
	}
	rows := [][]string{}
	for _, v := range slices.Backward(it.versions) {
		rows = append(rows, []string{
			v.name, strconv.Itoa(v.number), strconv.Itoa(v.number), strconv.Itoa(len(v.content)), stamp(v.modified),
			v.modifier.displayName,
		})
	}
	return object{"REVISIONS": resultSet("fFileName dRevLabel dRevisionID dFileSize fLastModifiedDate fCreatorFullName",
		rows)}, ""
}

// idcActivities lists the downloads of an item.
func (s *Server) idcActivities(c *call, name string) (object, string) {
	it := s.guidItem(c, name)
	if it == nil {
		return object{}, "The item does not exist."
	}
	rows := [][]string{}
	for _, a := range it.accesses {
		if a.what == "download" {
			rows = append(rows, []string{
				strconv.Itoa(a.version), a.what, stamp(a.at), a.user.displayName, a.user.loginName,
			})
		}
	}
	return object{"ActivityHistory": resultSet("dRevLabel dActivityType dActivityTs dNameFullName dNameLoginName",
		rows)}, ""
}

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

// browseTrash lists the caller's trash, files and folders in separate tables.
func (s *Server) browseTrash(c *call, _ string) (object, string) {
	files, folders := [][]string{}, [][]string{}
	for _, it := range s.inTrashOf(c.user) {
		at, by := stamp(it.discardedAt), it.discardedBy.displayName
		if it.kind == folderKind {
			folders = append(folders, []string{it.id, it.id, it.name, at, by, "framework", "soft"})
			continue
		}
		v := it.latest()
		files = append(files, []string{it.id, it.name, strconv.Itoa(v.number), strconv.Itoa(len(v.content)), at, by})
	}
	return object{
		"ChildFiles":   resultSet("fFileGUID fFileName dRevLabel dFileSize fLastModifiedDate fLastModifierFullName", files),
		"ChildFolders": resultSet("fFolderGUID fRealItemGUID fFolderName fLastModifiedDate fLastModifierFullName fApplication fFolderType", folders),
	}, ""
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

// emptyTrash deletes everything in the caller's trash for good.
func (s *Server) emptyTrash(c *call, _ string) (object, string) {
	for _, it := range s.inTrashOf(c.user) {
		s.forget(it)
	}
	return object{}, ""
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
