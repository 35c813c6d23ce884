package oracledocstest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func TestEditFile(t *testing.T) {
	srv, c := start(t)
	id := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("1"))
	srv.AddFile(oracledocstest.User, "self", "B.txt", []byte("1"))
	if got := c.put("/files/"+id, `{"name":"A.TXT"}`).ok(t); got.str("name") != "A.TXT" {
		t.Errorf("renamed to %s", got.str("name"))
	}
	c.put("/files/"+id, `{"name":"b.TXT"}`).want(t, 409, "-17")
	c.put("/files/"+id, `{}`).want(t, 400, "-97")
	c.put("/files/"+id, `{"name":"a/b"}`).want(t, 400, "-1")
	if diff := cmp.Diff([]string{"A.TXT", "B.txt"}, c.get("/folders/items").names()); diff != "" {
		t.Error(diff)
	}
	srv.AddUser("other", "secret")
	refused := as(t, srv, "other", "secret").put("/files/"+id, `{"name":"c"}`).want(t, 403, "-20")
	want := "!csFldUnableToEditDocumentLink!csCloudItemInsufficientPrivileges,other,fFileGUID:" + id + ",FLD_EDIT_FILE"
	if refused.str("errorKey") != want {
		t.Errorf("got %s, want %s", refused.str("errorKey"), want)
	}
}

func TestDeleteFile(t *testing.T) {
	srv, c := start(t)
	add := func(name string, versions int) string {
		id := ""
		for n := range versions {
			id = srv.AddFile(oracledocstest.User, "self", name, []byte(fmt.Sprint(n+1)))
		}
		return id
	}
	all := add("all", 3)
	c.delete("/files/"+all, "").ok(t)
	c.get("/files/"+all).want(t, 404, "-16")
	c.delete("/files/"+all, "").want(t, 404, "-16")

	one := add("one", 3)
	if got := c.delete("/files/"+one+"?version=2", "").ok(t); got.str("version") != "2" {
		t.Errorf("answer %s", got.raw)
	}
	c.get("/files/"+one+"?version=2").want(t, 404, "-16")
	c.delete("/files/"+one+"?version=3", "").ok(t)
	if got := c.get("/files/" + one).ok(t); got.str("version") != "1" {
		t.Errorf("latest is %s", got.raw)
	}
	if got := c.file("self", "one", "4").ok(t); got.str("version") != "4" {
		t.Errorf("a number is used again: %s", got.raw)
	}

	old := add("old", 2)
	c.v11().delete("/files/"+old, "").ok(t)
	if got := c.get("/files/" + old).ok(t); got.str("version") != "1" {
		t.Errorf("version 1.1 left %s", got.raw)
	}
	c.v11().delete("/files/"+old, "").ok(t)
	c.get("/files/"+old).want(t, 404, "-16")
	if got := c.file("self", "all", "new").want(t, 201, "0"); got.str("id") == all {
		t.Error("a file in the trash was revised")
	}
}

func TestCopyAndMoveFile(t *testing.T) {
	srv, c := start(t)
	setClock(srv, "2024-05-06T07:08:09Z")
	from := srv.AddFolder(oracledocstest.User, "self", "from")
	to := srv.AddFolder(oracledocstest.User, "self", "to")
	id := srv.AddFile(oracledocstest.User, from, "a.txt", []byte("one"))
	srv.AddFile(oracledocstest.User, from, "a.txt", []byte("two"))
	got := c.post("/files/"+id+"/copy", `{"destinationID":"`+to+`","version":1}`).ok(t)
	made := got.str("id")
	if got.str("idList") != id || got.str("destinationID") != to || made == id {
		t.Errorf("answer %s", got.raw)
	}
	if data, _ := srv.Content(made, 0); string(data) != "one" {
		t.Errorf("copied %q", data)
	}
	c.post("/files/"+id+"/copy", `{"destinationID":"`+to+`"}`).want(t, 409, "-17")
	c.post("/files/"+id+"/move", `{"destinationID":"`+to+`"}`).want(t, 409, "-17")
	c.post("/files/"+id+"/move", `{"destinationID":"`+from+`"}`).want(t, 400, "-1")
	c.post("/files/"+id+"/copy", `{"destinationID":"`+to+`","version":"9"}`).want(t, 404, "-16")
	c.post("/files/"+id+"/move", `{"destinationID":"`+to+`","duplicateResolution":"TimeStampSuffix"}`).ok(t)
	if diff := cmp.Diff([]string{"a.txt", "a289000.txt"}, c.get("/folders/"+to+"/items").names()); diff != "" {
		t.Error(diff)
	}
	if got := c.get("/files/" + id).ok(t); got.str("version") != "2" || got.str("parentID") != to {
		t.Errorf("moved to %s", got.raw)
	}
	c.post("/files/"+id+"/move", `{"destinationID":"self"}`).ok(t)
	if got := c.get("/files/" + id).ok(t); got.str("parentID") != "self" {
		t.Errorf("moved to %s", got.raw)
	}
}

func TestReservation(t *testing.T) {
	srv, c := start(t)
	setClock(srv, "2015-06-15T19:34:17Z")
	folder := srv.AddFolder(oracledocstest.User, "self", "f")
	id := srv.AddFile(oracledocstest.User, folder, "a.txt", nil)
	otherID := srv.AddUser("other", "secret")
	srv.Share(folder, "other", "contributor")
	other := as(t, srv, "other", "secret")
	got := other.post("/files/"+id+"/reserve", "").ok(t)
	if got.str("reservationDate") != "2015-06-15T19:34:17.000Z" {
		t.Errorf("answer %s", got.raw)
	}
	other.post("/files/"+id+"/reserve", "").ok(t)
	c.post("/files/"+id+"/reserve", "").want(t, 403, "-1")
	c.upload("/files/"+id+"/data", filePart("a.txt", "2")).ok(t)
	info := c.get("/files/" + id).ok(t)
	by, _ := info.body["reservedBy"].(map[string]any)
	if by["id"] != otherID || info.str("reservationTime") != "2015-06-15T19:34:17Z" {
		t.Errorf("a reserved file is %s", info.raw)
	}
	other.post("/files/"+id+"/unreserve", `{"reservedByUserID":"U0"}`).want(t, 400, "-1")
	c.post("/files/"+id+"/unreserve", `{"reservedByUserID":"`+otherID+`"}`).ok(t)
	if _, ok := c.get("/files/" + id).body["reservedBy"]; ok {
		t.Error("still reserved")
	}
}

func TestFilesInfoAndAccesses(t *testing.T) {
	srv, c := start(t)
	clk := setClock(srv, "2024-01-01T00:00:00Z")
	a := srv.AddFile(oracledocstest.User, "self", "a", []byte("1"))
	b := srv.AddFile(oracledocstest.User, "self", "b", []byte("22"))
	if diff := cmp.Diff([]string{"b", "a"}, c.get("/files/lists?idList="+b+","+a).ok(t).names()); diff != "" {
		t.Error(diff)
	}
	c.get("/files/lists?idList="+a+",D0").want(t, 404, "-16")
	c.get("/files/lists").want(t, 400, "-97")
	c.get("/files/lists?idList="+strings.Repeat(a+",", 101)).want(t, 400, "-1")

	c.get("/files/" + a + "/data")
	clk.at = clk.at.Add(time.Minute)
	c.get("/files/" + a + "/previewPath").ok(t)
	got := c.get("/files/" + a + "/accesses?orderBy=accessedTime:desc&limit=1").ok(t)
	items, _ := got.body["items"].([]any)
	if len(items) != 1 || got.str("hasMore") != "1" || items[0].(map[string]any)["accessType"] != "preview" {
		t.Errorf("accesses %s", got.raw)
	}
	c.get("/files/"+a+"/accesses?orderby=accessedTime").want(t, 400, "-1")
}
