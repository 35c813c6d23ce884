package oracledocstest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

const integration = "/documents/integration?IdcService="

// names returns a column of a result set.
func names(rows []map[string]string, column string) (all []string) {
	for _, row := range rows {
		all = append(all, row[column])
	}
	return all
}

// A filter of the trash is obeyed, as Oracle's client writes it, or refused:
// otherwise its command to empty the trash of sites deletes ordinary folders.
func TestTrashFilters(t *testing.T) {
	srv, k := newToolkit(t)
	folder := srv.AddFolder(oracledocstest.User, "self", "Plans")
	file := srv.AddFile(oracledocstest.User, "self", "may.tar.gz", []byte("1"))
	k.call("POST", integration+"FLD_MOVE_TO_TRASH&item=fFileGUID:"+file, "")
	k.call("POST", integration+"FLD_MOVE_TO_TRASH", `{"LocalData":{"items":"fFolderGUID:`+folder+`"}}`)
	const (
		sites   = "&fileCount=-1filesFilterParams=fApplication&fApplication-=framework&foldersFilterParams=fApplication&fApplication=framework.site,framework.site.variant"
		noSites = "&fileCount=-1filesFilterParams=fApplication&foldersFilterParams=fApplication&fApplication-=framework.site,framework.site.theme"
	)
	for query, want := range map[string][2][]string{
		"":                             {{"may.tar.gz"}, {"Plans"}},
		"&IsJson=1&fileCount=-1":       {{"may.tar.gz"}, {"Plans"}},
		sites:                          {nil, nil},
		noSites:                        {{"may.tar.gz"}, {"Plans"}},
		"&itemType=Folder":             {nil, {"Plans"}},
		"&itemType=File":               {{"may.tar.gz"}, nil},
		"&fileCount=0&folderCount=0":   {nil, nil},
		"&fApplication=framework.site": {{"may.tar.gz"}, nil},
		"&foldersFilterParams=fApplication&fApplication=framework.site": {{"may.tar.gz"}, nil},
		"&filesFilterParams=fApplication&fApplication=framework.site":   {nil, {"Plans"}},
		"&foldersFilterParams=fApplication&fApplication=framework,x":    {{"may.tar.gz"}, {"Plans"}},
	} {
		files, folders := k.idc("FLD_BROWSE_TRASH"+query, "", "ChildFiles"), k.idc("FLD_BROWSE_TRASH"+query, "", "ChildFolders")
		if diff := cmp.Diff(want, [2][]string{names(files, "fFileName"), names(folders, "fFolderName")}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	row := k.idc("FLD_BROWSE_TRASH", "", "ChildFiles")[0]
	if row["fRealItemGUID"] != file || row["dExtension"] != "gz" || row["fApplication"] != "framework" {
		t.Errorf("the row of a file is %v", row)
	}
	for _, query := range []string{"&fOwner=x", "&fApplication%2B=x"} {
		if got := k.fails("GET", integration+"FLD_BROWSE_TRASH"+query, ""); !strings.Contains(got, "is not known") {
			t.Errorf("%s: %s", query, got)
		}
	}
}

// fails calls a service that refuses, and returns its message.
func (k *toolkit) fails(method, path, body string) (message string) {
	k.Helper()
	local, _ := k.call(method, path, body)["LocalData"].(map[string]any)
	if status, _ := local["StatusCode"].(string); status == "0" || status == "" {
		k.Errorf("%s: %v", path, local)
	}
	message, _ = local["StatusMessage"].(string)
	return message
}

func TestMoveToTrash(t *testing.T) {
	srv, k := newToolkit(t)
	file := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("1"))
	for item, want := range map[string]string{
		"fFileGUID:none": "does not exist", "fFolderGUID:" + file: "does not exist", "": "does not exist",
	} {
		if got := k.fails("POST", integration+"FLD_MOVE_TO_TRASH&item="+item, ""); !strings.Contains(got, want) {
			t.Errorf("%s: %s", item, got)
		}
	}
	k.call("POST", integration+"FLD_MOVE_TO_TRASH&item=fFileGUID:"+file, "")
	if got := k.fails("POST", integration+"FLD_MOVE_TO_TRASH&item=fFileGUID:"+file, ""); !strings.Contains(got, "does not exist") {
		t.Errorf("a second time: %s", got)
	}
	if status, _ := k.send("GET", toolkitAPI+"/files/"+file, nil); status != http.StatusNotFound {
		t.Errorf("status %d for a file in the trash", status)
	}
}

// Emptying the trash names a job, whose status can be asked for.
func TestEmptyTrashJob(t *testing.T) {
	srv, k := newToolkit(t)
	file := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("1"))
	k.call("POST", integration+"FLD_MOVE_TO_TRASH&item=fFileGUID:"+file, "")
	local, _ := k.call("POST", integration+"FLD_EMPTY_TRASH", `{"LocalData":{}}`)["LocalData"].(map[string]any)
	id, _ := local["JobID"].(string)
	for _, service := range []string{"STATUS", "RESPONSE_DATA"} {
		service = "SCS_GET_BACKGROUND_SERVICE_JOB_" + service
		if rows := k.idc(service+"&JobID="+id, "", "JobInfo"); len(rows) != 1 || rows[0]["JobStatus"] != "COMPLETED" ||
			rows[0]["JobPercentage"] != "100" {
			t.Errorf("%s of %q: %v", service, id, rows)
		}
		if got := k.fails("GET", integration+service+"&JobID=none", ""); got == "" {
			t.Errorf("%s of no job has no message", service)
		}
	}
	if rows := k.idc("FLD_BROWSE_TRASH", "", "ChildFiles"); len(rows) != 0 {
		t.Errorf("the trash has %v", rows)
	}
}

// What Oracle's client asks for besides: who it is, groups, and itself as a file.
func TestToolkitLookups(t *testing.T) {
	srv, k := newToolkit(t)
	group := srv.AddGroup("Team A")
	for _, path := range []string{"/Team%20A", "/" + group} {
		got := k.call("GET", "/osn/social/api/v1/groups"+path, "")
		for _, member := range []string{"groupType", "createdDateInISO8601Format", "createdByUserDisplayName"} {
			if text, _ := got[member].(string); text == "" {
				t.Errorf("%s lacks %s: %v", path, member, got)
			}
		}
		if got["groupID"] != group || got["name"] != "Team A" {
			t.Errorf("%s: %v", path, got)
		}
	}
	if status, _ := k.send("GET", "/osn/social/api/v1/groups/none", nil); status != http.StatusNotFound {
		t.Errorf("status %d for a group that does not exist", status)
	}
	srv.AddGroup("Team B")
	page := k.call("GET", "/osn/social/api/v1/groups?count=1&offset=1", "")
	items, _ := page["items"].([]any)
	if len(items) != 1 || items[0].(map[string]any)["name"] != "Team B" || page["hasMore"] != false {
		t.Errorf("the second page: %v", page)
	}
	local, _ := k.call("GET", integration+"GET_USER_INFO", "")["LocalData"].(map[string]any)
	if local["StatusCode"] != "0" || local["dUser"] != oracledocstest.User {
		t.Errorf("who am I: %v", local)
	}
	if got := k.fails("GET", integration+"FLD_UNHEARD_OF", ""); !strings.Contains(got, "FLD_UNHEARD_OF") {
		t.Errorf("an unknown service: %s", got)
	}
	self := k.call("GET", toolkitAPI+"/files/self", "")
	if name, _ := self["name"].(string); self["id"] != "self" || name == "" {
		t.Errorf("self: %v", self)
	}
}

// A file name is read whose quotes are written as they are.
func TestQuotesInAFileName(t *testing.T) {
	_, k := newToolkit(t)
	const form = "--b\r\nContent-Disposition: form-data; name=\"jsonInputParameters\"\r\n\r\n{\"parentID\":\"self\"}\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"primaryFile\"; filename=\"a \"quoted\" name.txt\"\r\n\r\ntext\r\n--b--\r\n"
	status, text := k.send("POST", toolkitAPI+"/files/data", strings.NewReader(form), "Content-Type", "multipart/form-data; boundary=b")
	if status != http.StatusCreated || !strings.Contains(string(text), `"name":"a \"quoted\" name.txt"`) {
		t.Errorf("status %d, %s", status, text)
	}
}

// Every answer has an ID for the vendor's support, refusals too.
func TestEveryAnswerHasAnID(t *testing.T) {
	_, k := newToolkit(t)
	seen := map[string]bool{}
	for _, path := range []string{toolkitAPI + "/folders/self", toolkitAPI + "/files/none", "/elsewhere", integration + "X"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, k.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		id := res.Header.Get("X-Oracle-Dms-Ecid")
		if id == "" || seen[id] {
			t.Errorf("%s has the ID %q", path, id)
		}
		seen[id] = true
	}
}
