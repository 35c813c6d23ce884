package oracledocstest_test

import (
	"strings"
	"testing"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func TestUsers(t *testing.T) {
	srv, c := start(t)
	srv.AddUser("jane", "secret", oracledocstest.WithDisplayName("Jane Roe"))
	srv.AddUser("mary.jane", "secret", oracledocstest.WithEmail("mj@corp.example"))
	srv.AddGroup("Janitors", "jane")
	names := func(a answer) []string {
		names := []string{}
		items, _ := a.body["items"].([]any)
		for _, it := range items {
			names = append(names, it.(map[string]any)["displayName"].(string))
		}
		return names
	}
	got := c.get("/users/items?info=JANE").ok(t)
	if diff := cmp.Diff([]string{"Jane Roe", "mary.jane"}, names(got)); diff != "" || got.str("count") != "2" {
		t.Errorf("%s: %s", got.raw, diff)
	}
	if diff := cmp.Diff([]string{"Jane Roe", "Janitors", "mary.jane"}, names(c.get("/users/items?info=jan"))); diff != "" {
		t.Error(diff)
	}
	if got := c.get("/users/items?info=zzz").ok(t); got.str("count") != "0" || got.body["items"] != nil {
		t.Errorf("got %s", got.raw)
	}
	c.get("/users/items?info=").want(t, 400, "-97")
	c.get("/users/search/items").want(t, 400, "-97")
	if diff := cmp.Diff([]string{"mary.jane"}, names(c.get("/users/search/items?email=MJ@corp.example"))); diff != "" {
		t.Error(diff)
	}
	if got := c.get("/users/search/items?email=mj").ok(t); got.str("count") != "0" {
		t.Errorf("got %s", got.raw)
	}
}

func TestConfiguration(t *testing.T) {
	srv, c := start(t)
	if got := c.get("/config/collaboration").ok(t); got.str("restURL") != srv.URL+"/osn/social/api/v1" {
		t.Errorf("got %s", got.raw)
	}
	if got := c.get("/config/sites/deliverycdn").ok(t); got.body["items"] != nil {
		t.Errorf("got %s", got.raw)
	}
	srv.AddDeliveryDomain("www.example.com", "Delivery")
	want := []any{map[string]any{"type": "config", "domain": "www.example.com", "description": "Delivery"}}
	if diff := cmp.Diff(want, c.get("/config/sites/deliverycdn").ok(t).body["items"]); diff != "" {
		t.Error(diff)
	}
	path := "/config/notification/email"
	c.put(path, `{"disableEmailNotifications":"false"}`).want(t, 400, "-1")
	c.put(path, `{"disableEmailNotifications":"yes"}`).want(t, 400, "-1")
	c.put(path, `{}`).want(t, 400, "-97")
	c.put(path, `{"disableEmailNotifications":"true"}`).ok(t)
	if got := c.get(path).ok(t); got.str("disableEmailNotifications") != "true" {
		t.Errorf("got %s", got.raw)
	}
	srv.AddUser("other", "secret")
	as(t, srv, "other", "secret").put(path, `{"disableEmailNotifications":"false"}`).want(t, 403, "-20")
	c.v11().get(path).want(t, 404, "-1")
}

func TestClientApplications(t *testing.T) {
	srv, c := start(t)
	path := "/config/clientApplications"
	file := piece{`name="file"; filename="a.json"`, "application/json", `{"actions":[]}`}
	made := c.upload(path+"/", jsonPart("metadata", `{"name":"testApp","isEnabled":"false"}`), file).want(t, 201, "0")
	id := made.str("id")
	if made.header.Get("Location") != c.base+path+"/"+id || len(id) != 32 || made.str("isEnabled") != "false" {
		t.Errorf("got %s", made.raw)
	}
	c.upload(path, jsonPart("metadata", `{"name":"TESTAPP"}`), file).want(t, 409, "-17")
	c.upload(path, jsonPart("metadata", `{}`), file).want(t, 400, "-97")
	c.upload(path, jsonPart("metadata", `{"name":"x"}`)).want(t, 400, "-97")
	c.upload(path, jsonPart("metadata", `{"name":"x"}`), jsonPart("file", "{")).want(t, 400, "-1")
	put := c.with("Content-Type", formType)
	put.put(path+"/"+id, encodeForm(jsonPart("metadata", `{"isEnabled":"true"}`))).ok(t)
	put.put(path+"/"+id, encodeForm(piece{`name="file"`, "", `[1]`})).ok(t)
	if got := c.get(path + "/" + id + "/data"); string(got.raw) != "[1]" {
		t.Errorf("got %s", got.raw)
	}
	if got := c.get(path + "/" + id).ok(t); got.str("isEnabled") != "true" || got.body["links"] != nil {
		t.Errorf("got %s", got.raw)
	}
	list := c.get(path + "?links=true").ok(t)
	if list.str("count") != "1" || strings.Count(string(list.raw), `"rel":"canonical"`) != 2 {
		t.Errorf("got %s", list.raw)
	}
	srv.AddUser("other", "secret")
	as(t, srv, "other", "secret").get(path).want(t, 403, "-20")
	c.delete(path+"/"+id, "").ok(t)
	want := map[string]any{
		"errorCode": "-16", "errorKey": "!csAFAppDoesNotExist," + id, "errorType": "clientApplication", "id": id,
		"errorMessage": "Application '" + id + "' does not exist.", "title": "Application '" + id + "' does not exist.",
		"type": "https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html",
	}
	if diff := cmp.Diff(want, c.get(path+"/"+id).want(t, 404, "-16").body); diff != "" {
		t.Error(diff)
	}
}

func TestCatalogue(t *testing.T) {
	_, c := start(t)
	c.base = strings.TrimSuffix(c.base, "/1.2")
	for _, path := range []string{"", "/"} {
		got := c.get(path).want(t, 200, "")
		if items, _ := got.body["items"].([]any); len(items) != 2 || got.body["errorCode"] != nil {
			t.Errorf("got %s", got.raw)
		}
	}
	if got := c.get("/1.1").want(t, 200, ""); !strings.Contains(string(got.raw), `"isLatest":"false"`) {
		t.Errorf("got %s", got.raw)
	}
	for version, want := range map[string]int{"1.1": 9, "1.2": 10} {
		for _, name := range []string{"metadata-catalog", "catalog"} {
			if names := c.get("/" + version + "/" + name).names(); len(names) != want {
				t.Errorf("%s: %v", version, names)
			}
		}
	}
	files := c.get("/1.2/metadata-catalog/files").want(t, 200, "")
	if !strings.Contains(string(files.raw), `"rel":"upload-file-version"`) ||
		!strings.Contains(string(files.raw), `"mimetype":{"type":"string"}`) {
		t.Errorf("got %s", files.raw)
	}
}

func TestSites(t *testing.T) {
	srv, c := start(t)
	source := srv.AddSite(oracledocstest.User, "Source")
	template := srv.AddTemplate(oracledocstest.User, "Template")
	got := c.post("/sites/"+source+"/site", `{"name":"Site Sample","description":"d","copyUpdates":"1"}`).want(t, 201, "0")
	if got.str("name") != "Site Sample" || got.str("type") != "site" || got.header.Get("Location") == "" {
		t.Errorf("got %s", got.raw)
	}
	c.post("/templates/"+template+"/site", `{"name":"From template"}`).want(t, 201, "0")
	c.post("/sites/"+got.str("id")+"/site", `{"name":"Again"}`).want(t, 201, "0")
	c.post("/sites/"+template+"/site", `{"name":"x"}`).want(t, 404, "-16")
	c.post("/templates/"+template+"/site", `{"name":"SITE SAMPLE"}`).want(t, 409, "-17")
	for _, body := range []string{
		`{}`, `{"name":" x"}`, `{"name":"a/b"}`, `{"name":"scsTemplate_x"}`, `{"name":"COM1"}`,
		`{"name":"x","copyUpdates":"2"}`,
		`{"name":"` + strings.Repeat("n", 251) + `"}`,
	} {
		c.post("/sites/"+source+"/site", body).want(t, 400, "")
	}
}

func TestAssetCollections(t *testing.T) {
	srv, c := start(t)
	setClock(srv, "2017-04-04T12:45:52Z")
	c.post("/collections", `{"name":"x"}`).want(t, 404, "-1")
	old := c.v11()
	a := srv.AddFile(oracledocstest.User, "self", "a", nil)
	b := srv.AddFile(oracledocstest.User, "self", "b", nil)
	id := old.post("/collections", `{"name":"myCollection","description":"Optional"}`).want(t, 201, "0").str("id")
	path := "/collections/" + id + "/files"
	old.post(path+"/"+a, "").ok(t)
	taken := old.post(path+"/"+a, "").want(t, 400, "-96")
	if taken.str("errorKey") != "!csDAMItemAlreadyInCollection,fFileGUID:"+a {
		t.Errorf("got %s", taken.raw)
	}
	old.post(path, `{"idList":"`+a+`,`+b+`"}`).want(t, 400, "-96")
	got := old.post(path, `{"idList":"`+a+`,`+b+`","skipDuplicate":"1"}`).ok(t)
	if got.str("count") != "1" || !strings.Contains(string(got.raw), `"{ts '2017-04-04 12:45:52.000'}"`) {
		t.Errorf("got %s", got.raw)
	}
	old.delete(path+"/"+a, "").ok(t)
	old.delete(path, `{"idList":"`+a+`,`+b+`"}`).want(t, 400, "-1")
	if got := old.delete(path, `{"idList":"`+a+`,`+b+`","skipIfNotInCollection":"1"}`).ok(t); got.str("count") != "1" {
		t.Errorf("got %s", got.raw)
	}

	srv.AddUser("other", "secret")
	other := as(t, srv, "other", "secret").v11()
	other.delete("/collections/"+id, "").want(t, 403, "-20")
	old.post("/shares/"+id, `{"userID":"other","role":"viewer"}`).ok(t)
	list := other.get("/collections/items").ok(t)
	if list.str("totalShared") != "1" || list.str("totalOwned") != "0" {
		t.Errorf("got %s", list.raw)
	}
	if names := other.get("/folders/items").names(); len(names) > 0 {
		t.Errorf("a collection is listed as a folder: %v", names)
	}
	if got := old.delete("/collections/"+id, "").ok(t); got.str("idList") != id || got.str("type") != "collection" {
		t.Errorf("got %s", got.raw)
	}
	gone := old.delete("/collections/"+id, "").want(t, 404, "-1")
	if gone.str("errorKey") != "!csFldUnableToDeleteItems!csFldSourceInDestination,myCollection" {
		t.Errorf("got %s", gone.raw)
	}
}
