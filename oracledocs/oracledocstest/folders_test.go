package oracledocstest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func TestCreateFolder(t *testing.T) {
	srv, c := start(t)
	setClock(srv, "2014-02-21T20:54:50Z")
	got := c.post("/folders/self", `{"name":"restFolder","description":"rest folder"}`).want(t, 201, "0")
	if want := c.base + "/folders/" + got.str("id"); got.header.Get("Location") != want {
		t.Errorf("got Location %s, want %s", got.header.Get("Location"), want)
	}
	delete(got.body, "id")
	user := map[string]any{"id": owner(t, c), "displayName": "docferry", "loginName": "docferry", "type": "user"}
	want := map[string]any{
		"parentID": "self", "name": "restFolder", "description": "rest folder", "type": "folder", "size": "0",
		"childItemsCount": "0", "createdTime": "2014-02-21T20:54:50Z", "modifiedTime": "2014-02-21T20:54:50Z",
		"createdBy": user, "modifiedBy": user, "ownedBy": user, "errorCode": "0",
	}
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Error(diff)
	}
	for n, want := range []string{"restfolder(2)", "RESTFOLDER(3)"} {
		name := []string{"restfolder", "RESTFOLDER"}[n]
		if got := c.post("/folders/self", `{"name":"`+name+`"}`).want(t, 201, "0"); got.str("name") != want {
			t.Errorf("got %s, want %s", got.str("name"), want)
		}
	}
	c.file("self", "restFolder", "a file may have the name").want(t, 201, "0")
	refused := c.post("/folders/self", `{"description":"x"}`).want(t, 400, "-97")
	if refused.str("errorKey") != "!csFldUnableToCreateFolder!csItemMustSpecifyName" {
		t.Errorf("errorKey %s", refused.str("errorKey"))
	}
}

// owner is the ID of the account that a caller uses.
func owner(t *testing.T, c caller) string {
	t.Helper()
	by, _ := c.get("/folders/self").ok(t).body["ownedBy"].(map[string]any)
	return fmt.Sprint(by["id"])
}

func TestHomeFolder(t *testing.T) {
	srv, c := start(t)
	srv.AddUser("other", "secret")
	theirs := srv.AddFolder("other", "self", "theirs")
	srv.AddFolder(oracledocstest.User, "self", "mine")
	if got := c.get("/folders/self").ok(t); got.str("id") != "self" {
		t.Errorf("home is %s", got.raw)
	}
	for range 2 {
		for _, path := range []string{"/folders/items", "/folders/self/items", "/folders/items/"} {
			got := c.get(path).ok(t)
			want := []string{"mine"}
			if len(got.names()) == 2 {
				want = []string{"mine", "theirs"}
			}
			if diff := cmp.Diff(want, got.names()); diff != "" || got.str("ownerFolderID") != "self" {
				t.Errorf("%s: %s", path, got.raw)
			}
		}
		srv.Share(theirs, oracledocstest.User, "viewer")
	}
	if names := c.get("/folders/items").names(); len(names) != 2 {
		t.Errorf("shared folders are not listed: %v", names)
	}
	c.delete("/folders/self", "").want(t, 400, "-1")
	c.put("/folders/self", `{"name":"x"}`).want(t, 400, "-1")
}

func TestFolderContents(t *testing.T) {
	srv, c := start(t)
	clk := setClock(srv, "2024-01-01T00:00:00Z")
	folder := srv.AddFolder(oracledocstest.User, "self", "f")
	for _, name := range []string{"b", "A", "c", "D"} {
		srv.AddFile(oracledocstest.User, folder, name, []byte(name))
		clk.at = clk.at.AddDate(0, 0, 1)
	}
	path := "/folders/" + folder + "/items"
	for _, tc := range []struct {
		query, hasMore string
		want           []string
	}{
		{"", "0", []string{"A", "b", "c", "D"}},
		{"?orderby=name:desc", "0", []string{"D", "c", "b", "A"}},
		{"?orderby=createdTime", "0", []string{"b", "A", "c", "D"}},
		{"?orderby=modifiedTime:desc&limit=2", "1", []string{"D", "c"}},
		{"?limit=2&offset=2", "0", []string{"c", "D"}},
		{"?offset=9", "0", []string{}},
		{"?filterName=b", "0", []string{"b"}},
		{"?filterName=B", "0", []string{}},
	} {
		got := c.get(path + tc.query).ok(t)
		if diff := cmp.Diff(tc.want, got.names()); diff != "" || got.str("hasMore") != tc.hasMore {
			t.Errorf("%s: hasMore %s, %s", tc.query, got.str("hasMore"), diff)
		}
		if _, ok := got.body["items"]; ok != (len(tc.want) > 0) {
			t.Errorf("%s: an empty list is not left out", tc.query)
		}
	}
	got := c.get(path + "?limit=3").ok(t)
	for name, want := range map[string]string{
		"count": "3", "totalResults": "4", "hasMore": "1", "offset": "0", "limit": "3", "childItemsCount": "4", "id": folder,
		"size": "4",
	} {
		if got.str(name) != want {
			t.Errorf("got %s %q, want %q", name, got.str(name), want)
		}
	}
}

func TestDeleteFolder(t *testing.T) {
	srv, c := start(t)
	outer := srv.AddFolder(oracledocstest.User, "self", "outer")
	inner := srv.AddFolder(oracledocstest.User, outer, "inner")
	file := srv.AddFile(oracledocstest.User, inner, "a", []byte("12345"))
	if got := c.get("/folders/" + outer); got.str("size") != "5" {
		t.Errorf("size %s, want 5", got.str("size"))
	}
	c.delete("/folders/"+inner, "").ok(t)
	if got := c.get("/folders/" + outer); got.str("size") != "0" || got.str("childItemsCount") != "0" {
		t.Errorf("after the deletion %s", got.raw)
	}
	c.get("/folders/"+inner).want(t, 404, "-16")
	c.get("/files/"+file).want(t, 404, "-16")
	c.get("/folders/lists?idList="+outer+","+inner).want(t, 404, "-16")
	got := c.get("/folders/lists?checkStatus=1&idList=self," + outer + "," + inner + ",F0").ok(t)
	states := []any{}
	for _, it := range got.body["items"].([]any) {
		states = append(states, it.(map[string]any)["status"])
	}
	if diff := cmp.Diff([]any{"exists", "exists", "inTrash", "missing"}, states); diff != "" {
		t.Error(diff)
	}
	c.v11().get("/folders/lists?checkStatus=1&idList="+outer).want(t, 400, "-1")
}

func TestCopyAndMoveFolder(t *testing.T) {
	srv, c := start(t)
	outer := srv.AddFolder(oracledocstest.User, "self", "outer")
	inner := srv.AddFolder(oracledocstest.User, outer, "inner")
	srv.AddFile(oracledocstest.User, inner, "a", []byte("12345"))
	other := srv.AddFolder(oracledocstest.User, "self", "other")
	body := func(to string) string { return `{"destinationID":"` + to + `"}` }

	c.post("/folders/"+outer+"/copy", body(inner)).want(t, 400, "-1")
	c.post("/folders/"+outer+"/move", body(inner)).want(t, 400, "-1")
	c.post("/folders/"+outer+"/move", body("self")).want(t, 400, "-1")
	c.post("/folders/"+outer+"/copy", body("F0")).want(t, 404, "-16")
	made := c.post("/folders/"+outer+"/copy", body(other)).ok(t).str("id")
	c.post("/folders/"+outer+"/copy", body(other)).want(t, 409, "-17")
	if got := c.get("/folders/" + made).ok(t); got.str("size") != "5" || got.str("parentID") != other {
		t.Errorf("the copy is %s", got.raw)
	}
	c.post("/folders/"+inner+"/move", body(other)).ok(t)
	for id, want := range map[string]string{outer: "0", other: "10", inner: "5"} {
		if got := c.get("/folders/" + id).ok(t); got.str("size") != want {
			t.Errorf("%s has size %s, want %s", got.str("name"), got.str("size"), want)
		}
	}
	beside := c.post("/folders/"+outer+"/copy", body("self")).ok(t).str("id")
	if got := c.get("/folders/" + beside).ok(t); got.str("name") != "outer(2)" {
		t.Errorf("a copy in the same folder is %s", got.raw)
	}
}

func TestBulkCreate(t *testing.T) {
	_, c := start(t)
	got := c.post("/folders/self/_bulkCreate", `{"folders":[{"name":"a"},{"name":"b","description":"d"},{"name":"A"}]}`)
	if diff := cmp.Diff([]string{"a", "b", "A(2)"}, got.names()); diff != "" {
		t.Errorf("%d %s: %s", got.status, got.raw, diff)
	}
	for _, body := range []string{
		`{}`, `{"folders":[]}`, `{"folders":[{"name":"x"},{}]}`, `{"folders":[{"name":"x","y":1}]}`, `{"folders":"x"}`,
		`{"folders":[1]}`,
		`{"folders":[` + strings.TrimSuffix(strings.Repeat(`{"name":"x"},`, 51), ",") + `]}`,
	} {
		c.post("/folders/self/_bulkCreate", body).want(t, 400, "")
	}
	if names := c.get("/folders/items").names(); len(names) != 3 {
		t.Errorf("a refused call made folders: %v", names)
	}
	c.v11().post("/folders/self/_bulkCreate", `{"folders":[{"name":"x"}]}`).want(t, 404, "-1")
}

func TestChangeOwnership(t *testing.T) {
	srv, c := start(t)
	folder := srv.AddFolder(oracledocstest.User, "self", "f")
	file := srv.AddFile(oracledocstest.User, folder, "a", nil)
	other := srv.AddUser("other", "secret")
	c.post("/folders/"+folder+"/changeOwnership", `{"targetUserID":"U0"}`).want(t, 400, "-1")
	c.post("/folders/"+folder+"/changeOwnership", `{"targetUserID":"`+other+`"}`).ok(t)
	by, _ := c.get("/files/" + file).ok(t).body["ownedBy"].(map[string]any)
	if by["id"] != other {
		t.Errorf("owned by %v", by)
	}
	for _, name := range []string{oracledocstest.User, "other"} {
		password := map[string]string{oracledocstest.User: oracledocstest.Password, "other": "secret"}[name]
		if names := as(t, srv, name, password).get("/folders/items").names(); len(names) != 1 {
			t.Errorf("%s sees %v", name, names)
		}
	}
	c.post("/shares/"+folder, `{"userID":"docferry","role":"viewer"}`).want(t, 409, "-1")
}
