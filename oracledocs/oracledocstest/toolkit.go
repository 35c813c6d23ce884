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
	"time"
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
	// Who the caller is, which every answer of these services says.
	"GET_USER_INFO": (*Server).tenantConfig,
	// The trash. The API moves items to it but can neither list nor empty it.
	"FLD_BROWSE_TRASH":      (*Server).browseTrash,
	"FLD_MOVE_TO_TRASH":     (*Server).moveToTrash,
	"FLD_RESTORE":           (*Server).restore,
	"FLD_DELETE_FROM_TRASH": (*Server).deleteFromTrash,
	"FLD_EMPTY_TRASH":       (*Server).emptyTrash,
	// The jobs that empty it.
	"SCS_GET_BACKGROUND_SERVICE_JOB_STATUS":        (*Server).idcJobStatus,
	"SCS_GET_BACKGROUND_SERVICE_JOB_RESPONSE_DATA": (*Server).idcJobStatus,
}

// unknownService stands for every service at idcPath that is not here, in the
// record of calls.
const unknownService = "UnknownIdcService"

// osnServices has the services of the social network by their paths.
var osnServices = map[string]struct {
	name string
	run  func(*Server, *call) object
}{
	"/osn/social/api/v1/connections": {"GetConnection", (*Server).osnConnection},
	"/osn/social/api/v1/groups":      {"GetGroups", (*Server).osnGroups},
	osnGroup:                         {"GetGroup", (*Server).osnGroup},
}

// osnGroup is the path of one group, before its name or ID.
const osnGroup = "/osn/social/api/v1/groups/"

// toolkitNames returns the sorted names of all services outside the API, for
// [Server.Next].
func toolkitNames() []string {
	names := append(slices.Collect(maps.Keys(idcServices)), unknownService)
	for _, service := range osnServices {
		names = append(names, service.name)
	}
	slices.Sort(names)
	return names
}

// toolkit returns the service outside the API that a request asks for, or nil.
func (s *Server) toolkit(r *http.Request) (name string, run func(*call) object) {
	path := r.URL.Path
	if strings.HasPrefix(path, osnGroup) {
		path = osnGroup
	}
	if service, ok := osnServices[path]; ok {
		return service.name, func(c *call) object { return service.run(s, c) }
	}
	if path != idcPath {
		return "", nil
	}
	asked := r.URL.Query().Get("IdcService")
	service := idcServices[asked]
	if service == nil {
		unknown := func(*Server, *call, string) (object, string) {
			return object{}, "There is no service " + strconv.Quote(asked) + "."
		}
		return unknownService, func(c *call) object { return s.idc(c, unknown) }
	}
	return asked, func(c *call) object { return s.idc(c, service) }
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
	answer := run(c)
	_ = json.NewEncoder(&encoded).Encode(answer) // a buffer takes everything
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if answer == nil { // only the social network has a status for that
		w.WriteHeader(http.StatusNotFound)
	}
	_, _ = w.Write(encoded.Bytes())
}

// osnConnection is how the toolkit signs in: it reads who the caller is.
func (s *Server) osnConnection(c *call) object {
	return object{"user": object{"id": c.user.id, "displayName": c.user.displayName}, "version": "1.0.0"}
}

// osnGroups lists the groups by name. count and offset choose the page.
func (s *Server) osnGroups(c *call) object {
	query := c.r.URL.Query()
	offset := whole(query.Get("offset"), 0)
	groups := s.groups[min(offset, len(s.groups)):]
	groups = groups[:min(whole(query.Get("count"), len(groups)), len(groups))]
	items := []object{}
	for _, g := range groups {
		items = append(items, s.groupObject(g))
	}
	return object{"items": items, "count": strconv.Itoa(len(items)), "total": strconv.Itoa(len(s.groups)),
		"hasMore": offset+len(items) < len(s.groups)}
}

// osnGroup returns one group by its name or its ID, or nil.
func (s *Server) osnGroup(c *call) object {
	name := strings.TrimPrefix(c.r.URL.Path, osnGroup)
	for _, g := range s.groups {
		if g.id == name || foldName(g.displayName) == foldName(name) {
			return s.groupObject(g)
		}
	}
	return nil
}

// groupObject returns a group as the social network shows it. Its time and its
// maker are not kept: every group was made by the first account, when time began.
func (s *Server) groupObject(g *user) object {
	return object{"groupID": g.id, "id": g.id, "name": g.displayName, "displayName": g.displayName,
		"groupType": "PUBLIC_CLOSED", "groupOriginType": "CEC",
		"createdDateInISO8601Format": stamp(time.Unix(0, 0)), "createdByUserDisplayName": s.users[foldName(User)].displayName}
}

// whole reads a number that is not negative; other is the value without one.
func whole(text string, other int) int {
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return n
	}
	return other
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
	if id, ok := sets["JobID"]; ok { // it is not a table
		local["JobID"] = id
		delete(sets, "JobID")
	}
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
