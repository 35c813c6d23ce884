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

// Oracle's command-line client does not get by with the API: it signs in, looks
// up groups and reaches the trash by older services of the product. These are
// here as far as its commands on files and folders need them. None of them is
// documented; what they are called and which members count is taken from what
// the client sends and reads.

// idcPath is where most of these services are, told apart by a parameter.
const idcPath = "/documents/integration"

// idcServices are the services at idcPath by their name.
var idcServices = map[string]func(*Server, *call, string) (object, string){
	"SCS_GET_TENANT_CONFIG": (*Server).tenantConfig,
	"FLD_FILE_REVISIONS":    (*Server).idcRevisions,
	"GET_ACTIVITY_HISTORY":  (*Server).idcActivities,
	"FLD_BROWSE_TRASH":      (*Server).browseTrash,
	"FLD_RESTORE":           (*Server).restore,
	"FLD_DELETE_FROM_TRASH": (*Server).deleteFromTrash,
	"FLD_EMPTY_TRASH":       (*Server).emptyTrash,
}

// osnServices are the services of the social network, by their path.
var osnServices = map[string]struct {
	name string
	run  func(*Server, *call) object
}{
	"/osn/social/api/v1/connections": {"GetConnection", (*Server).osnConnection},
	"/osn/social/api/v1/groups":      {"GetGroups", (*Server).osnGroups},
}

// toolkitNames returns the names of all services outside the API, in order.
func toolkitNames() []string {
	names := slices.Collect(maps.Keys(idcServices))
	for _, service := range osnServices {
		names = append(names, service.name)
	}
	slices.Sort(names)
	return names
}

// toolkit finds the service that a request outside the API asks for.
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

// serveToolkit answers a request outside the API.
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

func (s *Server) osnConnection(c *call) object {
	return object{"user": object{"id": c.user.id, "displayName": c.user.displayName}, "version": "1.0.0"}
}

func (s *Server) osnGroups(*call) object {
	items := []object{}
	for _, g := range s.groups {
		items = append(items, object{"groupID": g.id, "id": g.id, "name": g.displayName, "displayName": g.displayName})
	}
	count := strconv.Itoa(len(items))
	return object{"items": items, "count": count, "total": count, "hasMore": false}
}

// idc wraps the outcome of a service: result sets, or a message of failure.
func (s *Server) idc(c *call, service func(*Server, *call, string) (object, string)) object {
	var body struct{ LocalData struct{ Item, Items string } }
	_ = json.Unmarshal([]byte(c.body.text("raw", 0)), &body) // a body is optional
	items := cmp.Or(body.LocalData.Items, body.LocalData.Item, c.r.URL.Query().Get("item"))
	sets, failure := service(s, c, items)
	local := object{"StatusCode": "0", "dUser": c.user.loginName, "idcToken": "1:" + c.user.id}
	if failure != "" {
		local["StatusCode"], local["StatusMessage"] = "-1", failure
	}
	return object{"LocalData": local, "ResultSets": sets}
}

// resultSet is a table, with the names of its columns apart from its rows.
func resultSet(columns string, rows [][]string) object {
	fields := []object{}
	for name := range strings.FieldsSeq(columns) {
		fields = append(fields, object{"name": name})
	}
	return object{"fields": fields, "rows": rows}
}

func (s *Server) tenantConfig(*call, string) (object, string) { return object{}, "" }

// guidItem finds the item that a prefixed ID names, for its readers.
func (s *Server) guidItem(c *call, text string) *item {
	_, id, _ := strings.Cut(text, ":")
	it := s.items[id]
	if it == nil || it.guid() != text || roleOf(c.user, it) == noRole {
		return nil
	}
	return it
}

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

// inTrashOf lists what a user sees in the trash: own things and those that the
// user put there, without what lies inside of them.
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

// restore puts an item back where it was, or into the caller's home folder if
// that is gone, under a free name.
func (s *Server) restore(c *call, name string) (object, string) {
	it := s.guidItem(c, name)
	if it == nil || !slices.Contains(s.inTrashOf(c.user), it) {
		return object{}, "The item is not in the trash."
	}
	to := it.parent
	if to.trashed() {
		to = c.user.home
	}
	it.inTrash = false
	it.name = numbered(to, it.kind, it.name)
	attach(it, to)
	return object{}, ""
}

func (s *Server) deleteFromTrash(c *call, name string) (object, string) {
	it := s.guidItem(c, name)
	if it == nil || !slices.Contains(s.inTrashOf(c.user), it) {
		return object{}, "The item is not in the trash."
	}
	s.forget(it)
	return object{}, ""
}

func (s *Server) emptyTrash(c *call, _ string) (object, string) {
	for _, it := range s.inTrashOf(c.user) {
		s.forget(it)
	}
	return object{}, ""
}

// forget deletes an item for good, with all below it.
func (s *Server) forget(it *item) {
	delete(s.items, it.id)
	delete(s.shared, it)
	it.all(func(below *item) bool {
		delete(s.items, below.id)
		delete(s.shared, below)
		return true
	})
}
