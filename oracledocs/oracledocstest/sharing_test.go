package oracledocstest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func TestShares(t *testing.T) {
	srv, c := start(t)
	folder := srv.AddFolder(oracledocstest.User, "self", "f")
	inner := srv.AddFolder(oracledocstest.User, folder, "inner")
	aa := srv.AddUser("userAA", "secret", oracledocstest.WithDisplayName("User AA"))
	bb := srv.AddUser("userBB", "secret", oracledocstest.WithDisplayName("User BB"))
	group := srv.AddGroup("Team", "userBB")
	path := "/shares/" + folder

	got := c.post(path, `{"userID":"`+aa+`","role":"viewer","message":"hello"}`).ok(t)
	user := map[string]any{
		"id": aa, "displayName": "User AA", "loginName": "userAA", "provisioningStatus": "active", "type": "user",
	}
	if diff := cmp.Diff(any(user), got.body["user"]); diff != "" || got.str("role") != "viewer" ||
		got.str("type") != "share" {
		t.Errorf("%s: %s", got.raw, diff)
	}
	again := c.post(path, `{"userID":"userAA","role":"viewer"}`).want(t, 409, "-1")
	if !strings.HasPrefix(again.str("errorKey"), "!csFolderAlreadyShared") {
		t.Errorf("got %s", again.raw)
	}
	got = c.post(path, `{"userID":"`+aa+","+group+`,U0","role":"contributor"}`).ok(t)
	success := []any{}
	for _, m := range got.body["members"].([]any) {
		success = append(success, m.(map[string]any)["isSuccessful"])
	}
	if diff := cmp.Diff([]any{"0", "1", "0"}, success); diff != "" {
		t.Error(diff)
	}
	c.v11().post(path, `{"userID":"userBB,userAA","role":"viewer"}`).want(t, 400, "-1")
	as(t, srv, "userBB", "secret").post("/folders/"+inner, `{"name":"by the group"}`).want(t, 201, "0")
	as(t, srv, "userAA", "secret").post("/folders/"+inner, `{"name":"x"}`).want(t, 403, "-20")
	as(t, srv, "userAA", "secret").post(path, `{"userID":"userBB","role":"viewer"}`).want(t, 403, "-20")

	c.put(path+"/role", `{"userID":"`+aa+`","role":"manager"}`).ok(t)
	c.put(path+"/role", `{"userID":"`+bb+`","role":"manager"}`).want(t, 404, "-16")
	list := c.get("/shares/" + inner + "/items").ok(t)
	if list.str("count") != "2" {
		t.Errorf("inherited shares: %s", list.raw)
	}
	if list = c.get("/shares/" + inner + "/items?currentOnly=true").ok(t); list.body["items"] != nil {
		t.Errorf("own shares: %s", list.raw)
	}

	// Oracle's toolkit sends the documented query parameter in the body.
	c.delete(path+"/user", `{"userID":"`+group+`"}`).ok(t)
	c.delete(path+"/user?userID="+bb, "").want(t, 404, "-16")
	as(t, srv, "userAA", "secret").delete(path+"/myuser", "").ok(t)
	c.post(path, `{"userID":"userBB","role":"viewer"}`).ok(t)
	c.delete(path+"?message=bye", "").ok(t)
	if list = c.get(path + "/items").ok(t); list.str("count") != "0" {
		t.Errorf("after the end: %s", list.raw)
	}
	for _, body := range []string{`{}`, `{"userID":"userBB"}`, `{"userID":"userBB","role":"owner"}`,
		`{"userID":"userBB","role":"Viewer"}`} {
		c.post(path, body).want(t, 400, "")
	}
}

func TestPublicLinkOperations(t *testing.T) {
	srv, c := start(t)
	clk := setClock(srv, "2015-06-10T16:01:44Z")
	folder := srv.AddFolder(oracledocstest.User, "self", "f")
	path := "/publiclinks/folder/" + folder
	if got := c.get(path).ok(t); got.str("count") != "0" || got.body["items"] != nil {
		t.Errorf("no links: %s", got.raw)
	}
	got := c.post(path, `{"assignedUsers":"@serviceinstance","expirationTime":"2016-01-01T00:00:01","password":"MyPassword","linkName":"MyLinkOne","role":"contributor"}`).ok(t)
	id := got.str("linkID")
	want := map[string]any{
		"linkID": id, "linkName": "MyLinkOne", "assignedUsers": "@serviceinstance", "role": "contributor",
		"type":        "publiclink",
		"createdTime": "2015-06-10T16:01:44Z", "expirationTime": "2016-01-01T00:00:01Z",
		"lastModifiedTime": "2015-06-10T16:01:44Z",
		"ownedBy": map[string]any{"id": owner(t, c), "displayName": "docferry", "loginName": "docferry",
			"type": "user"},
		"errorCode": "0", "id": folder,
	}
	if diff := cmp.Diff(want, got.body); diff != "" || !strings.HasPrefix(id, "LF") {
		t.Error(diff)
	}
	for _, body := range []string{
		`{}`, `{"assignedUsers":"noRole"}`, `{"assignedUsers":"@everybody","password":"short"}`,
		`{"assignedUsers":"@everybody","role":"manager"}`, `{"assignedUsers":"@everybody","expirationTime":"tomorrow"}`,
	} {
		c.post(path, body).want(t, 400, "")
	}
	// Oracle's toolkit calls the role roleName.
	c.post(path, `{"assignedUsers":"@everybody","roleName":"downloader"}`).ok(t)
	c.post(path, `{"assignedUsers":"@everybody"}`).want(t, 409, "-17")
	list := c.get(path).ok(t)
	if list.str("count") != "2" {
		t.Errorf("listed %s", list.raw)
	}

	srv.AddUser("other", "secret")
	other := as(t, srv, "other", "secret").with("linkID", id, "Cookie", "dAccessCode-"+id+"=MyPassword")
	other.post("/folders/"+folder, `{"name":"n"}`).want(t, 201, "0")
	other.get("/publiclinks/"+id).want(t, 403, "-20")
	clk.at = time.Date(2016, 1, 1, 0, 0, 1, 0, time.UTC)
	other.get("/folders/"+folder).want(t, 400, "-26")
	c.put("/publiclinks/"+id, `{"assignedUsers":"docferry","expirationTime":"2016-02-15T01:02:03","password":"password2","role":"viewer"}`).ok(t)
	other = other.with("Cookie", "dAccessCode-"+id+"=password2")
	other.get("/folders/"+folder).want(t, 403, "-20")
	c.put("/publiclinks/"+id, `{"linkName":"x"}`).want(t, 400, "-1")
	c.put("/publiclinks/"+id, `{"assignedUsers":"docferry, OTHER@example.com"}`).ok(t)
	other.get("/folders/" + folder).ok(t)
	c.delete("/publiclinks/"+id, "").ok(t)
	c.get("/publiclinks/"+id).want(t, 404, "-16")
	other.get("/folders/"+folder).want(t, 400, "-26")

	file := srv.AddFile(oracledocstest.User, folder, "a", nil)
	if got := c.post("/publiclinks/file/"+file, `{"assignedUsers":"@everybody"}`).ok(t); got.str("role") != "viewer" ||
		!strings.HasPrefix(got.str("linkID"), "LD") {
		t.Errorf("a file's link is %s", got.raw)
	}
}

func TestApplinkOperations(t *testing.T) {
	srv, c := start(t)
	clk := setClock(srv, "2024-01-01T00:00:00Z")
	file := srv.AddFile(oracledocstest.User, "self", "a", []byte("1"))
	folder := srv.AddFolder(oracledocstest.User, "self", "f")
	srv.AddUser("other", "secret")
	got := c.post("/applinks/file/"+file, `{"assignedUser":"other","role":"downloader","userLocale":"da","userTimeZone":"CET"}`).ok(t)
	if want := "/documents/embed/link/app/" + got.str("appLinkID") + "/fileview/" + file; !strings.HasSuffix(got.str("appLinkUrl"), want) {
		t.Errorf("answer %s", got.raw)
	}
	other := as(t, srv, "other", "secret").with("appLinkID", got.str("appLinkID"), "accessToken", got.str("accessToken"))
	if got := other.get("/files/" + file + "/data"); got.status != 200 {
		t.Errorf("download: %d %s", got.status, got.raw)
	}
	other.put("/files/"+file, `{"name":"b"}`).want(t, 403, "-20")
	clk.at = clk.at.Add(16 * time.Minute)
	other.get("/files/"+file).want(t, 403, "-1")
	other.put("/applinks/token", "").want(t, 400, "-97")
	other.with("refreshToken", "x").put("/applinks/token", "").want(t, 400, "-1")
	refreshed := other.with("refreshToken", got.str("refreshToken")).put("/applinks/token", "").ok(t)
	if refreshed.str("accessToken") == got.str("accessToken") || refreshed.body["refreshToken"] != nil {
		t.Errorf("refreshed: %s", refreshed.raw)
	}
	other.get("/files/"+file).want(t, 403, "-1")
	other = other.with("accessToken", refreshed.str("accessToken"))
	other.get("/files/" + file).ok(t)
	clk.at = clk.at.Add(24 * time.Hour)
	other.with("refreshToken", got.str("refreshToken")).put("/applinks/token", "").want(t, 403, "-1")

	c.post("/applinks/folder/"+folder, `{"assignedUser":"noRole"}`).want(t, 400, "-1")
	c.post("/applinks/folder/"+folder, `{}`).want(t, 400, "-97")
	if got := c.post("/applinks/folder/"+folder, `{"assignedUser":"other"}`).ok(t); got.str("role") != "viewer" {
		t.Errorf("answer %s", got.raw)
	}
	as(t, srv, "other", "secret").post("/applinks/folder/"+folder, `{"assignedUser":"other"}`).want(t, 403, "-20")
}

func TestConversations(t *testing.T) {
	srv, c := start(t)
	folder := srv.AddFolder(oracledocstest.User, "self", "f")
	file := srv.AddFile(oracledocstest.User, folder, "a", nil)
	id := c.post("/folders/"+folder+"/conversation", `{"conversationName":"Talk"}`).ok(t).str("conversationID")
	for path, inherited := range map[string]bool{"/folders/" + folder: false, "/files/" + file: true} {
		if got := c.get(path).ok(t); got.str("conversationID") != id || got.body["isConversationInherited"] != inherited {
			t.Errorf("%s: %s", path, got.raw)
		}
	}
	c.post("/files/"+file+"/conversation", `{"conversationName":"`+strings.Repeat("n", 257)+`"}`).want(t, 400, "-1")
	c.post("/files/"+file+"/conversation", `{"conversationName":"Own"}`).ok(t)
	c.post("/files/"+file+"/conversation", `{"conversationName":"Own"}`).want(t, 409, "-17")
}
