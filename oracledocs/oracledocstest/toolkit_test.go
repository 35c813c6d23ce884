package oracledocstest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

// toolkit sends what Oracle's command-line client sends for its commands on
// files and folders, and reads what that reads of the answers.
type toolkit struct {
	*testing.T
	url string
}

// newToolkit makes a client of a server that stands on its own.
func newToolkit(t *testing.T) (*oracledocstest.Server, *toolkit) {
	t.Helper()
	srv := oracledocstest.New()
	srv.AllowChunked(true)
	web := httptest.NewServer(srv)
	t.Cleanup(func() { web.Close(); srv.Close() })
	return srv, &toolkit{t, web.URL}
}

// send returns the status and the body of an answer. A text goes out as
// text/plain, unless the headers have another type.
func (k *toolkit) send(method, path string, body io.Reader, header ...string) (int, []byte) {
	k.Helper()
	req, err := http.NewRequestWithContext(k.Context(), method, k.url+path, body)
	if err != nil {
		k.Fatal(err)
	}
	req.SetBasicAuth(oracledocstest.User, oracledocstest.Password)
	if body != nil {
		req.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		k.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		k.Fatal(err)
	}
	return res.StatusCode, text
}

// call returns the JSON object that a request is answered with.
func (k *toolkit) call(method, path, body string) map[string]any {
	k.Helper()
	var in io.Reader
	header := []string{}
	if body != "" {
		in, header = strings.NewReader(body), []string{"Content-Type", "application/json"}
	}
	status, text := k.send(method, path, in, header...)
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil || status/100 != 2 || object["errorCode"] != nil &&
		object["errorCode"] != "0" {
		k.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	return object
}

const toolkitAPI = "/documents/api/1.2"

// items returns what a folder holds, as its commands list it: the home folder
// has a path of its own.
func (k *toolkit) items(folder, query string) []map[string]any {
	k.Helper()
	path := toolkitAPI + "/folders/" + folder + "/items"
	if folder == "self" {
		path = toolkitAPI + "/folders/items"
	}
	listed := k.call("GET", path+"?"+query, "")
	if more := listed["hasMore"]; more != "0" && more != "1" {
		k.Errorf("hasMore is %v", more)
	}
	var items []map[string]any
	all, _ := listed["items"].([]any)
	for _, item := range all {
		items = append(items, item.(map[string]any))
	}
	return items
}

// find returns the item with a name, or nil.
func (k *toolkit) find(folder, name string) map[string]any {
	k.Helper()
	escaped := strings.ReplaceAll(strings.ReplaceAll(name, "%", "%25"), " ", "%20")
	for _, item := range k.items(folder, "limit=9999&filterName="+escaped) {
		if item["name"] == name {
			return item
		}
	}
	return nil
}

// folder finds folders by their path, and makes those that are not there.
func (k *toolkit) folder(path string) string {
	k.Helper()
	at := "self"
	for name := range strings.SplitSeq(path, "/") {
		found := k.find(at, name)
		if found == nil {
			found = k.call("POST", toolkitAPI+"/folders/"+at, `{"name":"`+name+`","description":""}`)
		}
		at = found["id"].(string)
	}
	return at
}

// upload sends a file as a stream, in a form whose first part has no type.
func (k *toolkit) upload(folder, name, content string) map[string]any {
	k.Helper()
	form := "----------------------------1\r\n" +
		"Content-Disposition: form-data; name=\"jsonInputParameters\"\r\n\r\n" + `{"parentID":"` + folder + `"}` + "\r\n" +
		"----------------------------1\r\n" +
		fmt.Sprintf("Content-Disposition: form-data; name=\"primaryFile\"; filename=%q\r\nContent-Type: text/plain\r\n\r\n%s\r\n", name, content) +
		"----------------------------1--\r\n"
	status, text := k.send("POST", toolkitAPI+"/files/data/", struct{ io.Reader }{strings.NewReader(form)},
		"Content-Type", "multipart/form-data; boundary=--------------------------1")
	var stored map[string]any
	if err := json.Unmarshal(text, &stored); err != nil || status/100 != 2 || stored["id"] == nil ||
		stored["version"] == nil {
		k.Fatalf("uploading %s: %d %s", name, status, text)
	}
	return stored
}

// tree lists all paths below a folder.
func (k *toolkit) tree(folder, prefix string) []string {
	k.Helper()
	paths := []string{}
	for _, item := range k.items(folder, "limit=10000") {
		path := prefix + item["name"].(string)
		paths = append(paths, path)
		if item["type"] == "folder" {
			paths = append(paths, k.tree(item["id"].(string), path+"/")...)
		}
	}
	slices.Sort(paths)
	return paths
}

// idc calls a service outside the API and returns a result set as objects.
func (k *toolkit) idc(query, body, set string) []map[string]string {
	k.Helper()
	method := "GET"
	if body != "" {
		method = "POST"
	}
	answer := k.call(method, "/documents/integration?IdcService="+query, body)
	if local, _ := answer["LocalData"].(map[string]any); local["StatusCode"] != "0" || local["idcToken"] == nil {
		k.Fatalf("%s: %v", query, answer)
	}
	sets, _ := answer["ResultSets"].(map[string]any)
	table, _ := sets[set].(map[string]any)
	var objects []map[string]string
	rows, _ := table["rows"].([]any)
	for _, row := range rows {
		object := map[string]string{}
		for i, field := range table["fields"].([]any) {
			object[field.(map[string]any)["name"].(string)] = row.([]any)[i].(string)
		}
		objects = append(objects, object)
	}
	return objects
}

// TestToolkitCommands is a session with cec: create-folder, upload-folder,
// upload-file, list-folder, download-folder, copy-file, copy-folder,
// share-folder, unshare-folder, describe-file, describe-folder, delete-file,
// delete-folder and what it can do with the trash.
func TestToolkitCommands(t *testing.T) {
	srv, k := newToolkit(t)
	srv.AddUser("ann", "ann-secret")
	srv.AddGroup("Team", "ann")

	k.idc("SCS_GET_TENANT_CONFIG&IsJson=1", "", "")
	if user := k.call("GET", "/osn/social/api/v1/connections", "")["user"].(map[string]any); user["id"] == nil {
		t.Errorf("the connection is of %v", user)
	}

	reports := k.folder("Projects/Reports 100%")
	if again := k.folder("Projects/Reports 100%"); again != reports {
		t.Errorf("the folder %s is %s by now", reports, again)
	}
	spring := k.folder("Projects/Reports 100%/spring")
	for name, content := range map[string]string{"may.txt": "May", "empty.txt": "", `a "quoted" name.txt`: "quoted"} {
		k.upload(spring, name, content)
	}
	if second := k.upload(spring, "may.txt", "May, again"); second["version"] != "2" || second["size"] != "10" {
		t.Errorf("the second version is %v", second)
	}
	home := k.folder("Projects")
	want := []string{"Reports 100%", "Reports 100%/spring", `Reports 100%/spring/a "quoted" name.txt`,
		"Reports 100%/spring/empty.txt", "Reports 100%/spring/may.txt"}
	if diff := cmp.Diff(want, k.tree(home, "")); diff != "" {
		t.Errorf("the tree (-want +got):\n%s", diff)
	}

	may := k.find(spring, "may.txt")
	for query, content := range map[string]string{"": "May, again", "?version=1": "May"} {
		if status, text := k.send("GET", toolkitAPI+"/files/"+may["id"].(string)+"/data/"+query, nil); status != 200 ||
			string(text) != content {
			t.Errorf("downloading%s: %d %s", query, status, text)
		}
	}

	copied := k.call("POST", toolkitAPI+"/files/"+may["id"].(string)+"/copy", `{"destinationID":"`+home+`"}`)
	beside := k.call("POST", toolkitAPI+"/files/"+may["id"].(string)+"/copy",
		`{"destinationID":"`+may["parentID"].(string)+`"}`)
	k.call("POST", toolkitAPI+"/folders/"+spring+"/copy", `{"destinationID":"self"}`)
	if k.find(home, "may.txt")["id"] != copied["id"] || k.find(spring, "may(2).txt")["id"] != beside["id"] ||
		k.find("self", "spring") == nil {
		t.Error("a copy is not where it should be")
	}
}

// TestToolkitShares is what cec does to share a folder and to describe it.
func TestToolkitShares(t *testing.T) {
	srv, k := newToolkit(t)
	ann := srv.AddUser("ann", "ann-secret")
	srv.AddGroup("Team", "ann")
	folder := k.folder("Shared")

	found, _ := k.call("GET", toolkitAPI+"/users/items?info=ann", "")["items"].([]any)
	if len(found) != 1 || found[0].(map[string]any)["loginName"] != "ann" || found[0].(map[string]any)["id"] != ann {
		t.Fatalf("found %v", found)
	}
	groups, _ := k.call("GET", "/osn/social/api/v1/groups?count=500&offset=0", "")["items"].([]any)
	if len(groups) != 1 || groups[0].(map[string]any)["name"] != "Team" {
		t.Fatalf("the groups are %v", groups)
	}
	group := groups[0].(map[string]any)["groupID"].(string)
	share := func(method, path, member, role string) {
		t.Helper()
		done := k.call(method, toolkitAPI+"/shares/"+folder+path, `{"userID":"`+member+`","role":"`+role+`"}`)
		if done["role"] != role || done["user"].(map[string]any)["id"] != member {
			t.Errorf("sharing answers %v", done)
		}
	}
	members := func() map[string]string {
		t.Helper()
		roles := map[string]string{}
		items, _ := k.call("GET", toolkitAPI+"/shares/"+folder+"/items", "")["items"].([]any)
		for _, item := range items {
			one := item.(map[string]any)
			roles[one["user"].(map[string]any)["id"].(string)] = one["role"].(string)
		}
		return roles
	}
	share("POST", "", ann, "viewer")
	share("PUT", "/role", ann, "contributor")
	share("POST", "", group, "downloader")
	if diff := cmp.Diff(map[string]string{ann: "contributor", group: "downloader"}, members()); diff != "" {
		t.Errorf("the members (-want +got):\n%s", diff)
	}
	k.call("DELETE", toolkitAPI+"/shares/"+folder+"/user", `{"userID":"`+ann+`"}`)
	if diff := cmp.Diff(map[string]string{group: "downloader"}, members()); diff != "" {
		t.Errorf("the members afterwards (-want +got):\n%s", diff)
	}
	status, text := k.send("POST", toolkitAPI+"/publiclinks/folder/"+folder,
		strings.NewReader(`{"roleName":"downloader","assignedUsers":"@everybody"}`))
	if status/100 != 2 || !strings.Contains(string(text), `"role":"downloader"`) {
		t.Errorf("a public link: %d %s", status, text)
	}
	if described := k.call("GET", toolkitAPI+"/folders/"+folder+"/metadata", ""); described["errorCode"] != "0" {
		t.Errorf("the metadata is %v", described)
	}
}

// TestToolkitTrash is what cec does to describe a file, to delete it, and with
// the trash.
func TestToolkitTrash(t *testing.T) {
	_, k := newToolkit(t)
	folder := k.folder("Old")
	k.upload(folder, "may.txt", "one")
	k.upload(folder, "may.txt", "three")
	file := k.find(folder, "may.txt")
	id := file["id"].(string)
	for _, member := range []string{"createdTime", "modifiedTime", "mimeType", "size", "version"} {
		if text, _ := file[member].(string); text == "" {
			t.Errorf("the file has no %s: %v", member, file)
		}
	}
	for _, member := range []string{"createdBy", "modifiedBy", "ownedBy"} {
		if by, _ := file[member].(map[string]any); by["displayName"] == nil || by["loginName"] != oracledocstest.User {
			t.Errorf("the file's %s is %v", member, file[member])
		}
	}
	k.send("GET", toolkitAPI+"/files/"+id+"/data/?version=1", nil)
	revisions := k.idc("FLD_FILE_REVISIONS&IsJson=1&item=fFileGUID:"+id, "", "REVISIONS")
	if len(revisions) != 2 || revisions[0]["dRevisionID"] != "2" || revisions[1]["dFileSize"] != "3" {
		t.Errorf("the revisions are %v", revisions)
	}
	activities := k.idc("GET_ACTIVITY_HISTORY&IsJson=1&item=fFileGUID:"+id+"&activityTypes=download&activityCount=1000",
		"", "ActivityHistory")
	if len(activities) != 1 || activities[0]["dRevLabel"] != "1" || activities[0]["dActivityType"] != "download" {
		t.Errorf("the activities are %v", activities)
	}

	k.call("DELETE", toolkitAPI+"/files/"+id, "")
	k.call("DELETE", toolkitAPI+"/folders/"+folder, "")
	browse := func(set string) []map[string]string {
		t.Helper()
		return k.idc("FLD_BROWSE_TRASH&IsJson=1&fileCount=-1", "", set)
	}
	files, folders := browse("ChildFiles"), browse("ChildFolders")
	if len(files) != 1 || files[0]["fFileGUID"] != id || len(folders) != 1 || folders[0]["fApplication"] != "framework" {
		t.Errorf("in the trash are %v and %v", files, folders)
	}
	service := func(name, member, item string) {
		t.Helper()
		k.idc(name+"&IsJson=1", `{"LocalData":{"IdcService":"`+name+`","`+member+`":"`+item+`"}}`, "")
	}
	service("FLD_RESTORE", "items", "fFolderGUID:"+folder)
	service("FLD_DELETE_FROM_TRASH", "item", "fFileGUID:"+id)
	if k.find("self", "Old") == nil || len(browse("ChildFiles")) != 0 || len(browse("ChildFolders")) != 0 {
		t.Error("the trash is not what it should be")
	}
	service("FLD_EMPTY_TRASH", "useBackgroundThread", "1")
}
