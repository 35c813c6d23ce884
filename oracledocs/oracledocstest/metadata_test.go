package oracledocstest_test

import (
	"strings"
	"testing"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func TestMetadataCollections(t *testing.T) {
	srv, c := start(t)
	c.post("/metadata/CollectionB", `{"fields":"B1,B2"}`).ok(t)
	c.put("/metadata/collectionb/field", `{"fields":"b1","settings":"disable"}`).ok(t)
	field := func(name, enabled string) map[string]any {
		return map[string]any{"type": "field", "fieldName": name, "fieldType": "string", "isEnabled": enabled}
	}
	want := map[string]any{
		"errorCode": "0", "isEnabled": "1", "type": "collection", "items": []any{field("B1", "0"), field("B2", "1")},
	}
	if diff := cmp.Diff(want, c.get("/metadata/CollectionB").ok(t).body); diff != "" {
		t.Error(diff)
	}
	c.post("/metadata/COLLECTIONB", `{}`).want(t, 409, "-17")
	c.put("/metadata/CollectionB", `{"addFields":"B3","removeFields":"B1","settings":"disable"}`).ok(t)
	want = map[string]any{
		"errorCode": "0", "isEnabled": "0", "type": "collection", "items": []any{field("B2", "1"), field("B3", "1")},
	}
	if diff := cmp.Diff(want, c.get("/metadata/CollectionB").ok(t).body); diff != "" {
		t.Error(diff)
	}
	c.put("/metadata/CollectionB", `{"addFields":"b3"}`).want(t, 400, "-1")
	c.put("/metadata/CollectionB", `{"removeFields":"B9"}`).want(t, 400, "-1")
	c.put("/metadata/Nothing", `{}`).want(t, 400, "-1")
	c.get("/metadata/Nothing").want(t, 400, "-1")
	c.delete("/metadata/Nothing", "").want(t, 400, "-1")
	for _, name := range []string{"NULL", "a.b", "%20a", "a%2Fb", strings.Repeat("n", 241)} {
		c.post("/metadata/"+name, `{}`).want(t, 400, "-1")
	}
	c.post("/metadata/C", `{"fields":"`+strings.Repeat("n", 240)+`"}`).want(t, 400, "-1")

	srv.AddUser("other", "secret")
	other := as(t, srv, "other", "secret")
	other.put("/metadata/CollectionB", `{"settings":"enable"}`).want(t, 403, "-20")
	other.post("/metadata/Personal", `{"fields":"p"}`).ok(t)
	all, _ := other.get("/metadata?retrieveFields=1").ok(t).body["metadataCollections"].(map[string]any)
	if len(all) != 2 {
		t.Errorf("the other user sees %v", all)
	}
	if all, _ = c.get("/metadata").ok(t).body["metadataCollections"].(map[string]any); len(all) != 1 {
		t.Errorf("a personal collection is seen by others: %v", all)
	}
	c.delete("/metadata/CollectionB", "").ok(t)
	c.get("/metadata/CollectionB").want(t, 400, "-1")
}

func TestMetadataFieldDefinitions(t *testing.T) {
	_, c := start(t)
	body := `{"fields":"ignored","fieldsArray":[{"fieldName":"f","fieldType":"date","fieldDescription":"d","defaultValue":"2020-01-01T00:00:00","isEnabled":"0"}]}`
	c.v11().post("/metadata/C", body).want(t, 400, "-1")
	c.post("/metadata/C", body).ok(t)
	c.put("/metadata/C/field", `{"fieldsArray":[{"fieldName":"F","fieldDescription":"new","isEnabled":"1"}]}`).ok(t)
	want := []any{map[string]any{
		"type": "field", "fieldName": "f", "fieldType": "date", "fieldDescription": "new",
		"defaultValue": "2020-01-01T00:00:00", "isEnabled": "1",
	}}
	if diff := cmp.Diff(want, c.get("/metadata/C").ok(t).body["items"]); diff != "" {
		t.Error(diff)
	}
	c.put("/metadata/C/field", `{"fieldsArray":[{"fieldName":"g"}]}`).want(t, 400, "-1")
	c.put("/metadata/C/field", `{"fieldsArray":[null]}`).want(t, 400, "-1")
	c.put("/metadata/C/field", `{"fieldsArray":[{"fieldName":"f","defaultValue":null,"isEnabled":null}]}`).ok(t)
	c.put("/metadata/C/field", `{"fieldsArray":null,"settings":"enable","fields":"f"}`).ok(t)
	c.put("/metadata/C/field", `{"fields":"f"}`).want(t, 400, "-97")
}

func TestMetadataValues(t *testing.T) {
	srv, c := start(t)
	folder := srv.AddFolder(oracledocstest.User, "self", "f")
	file := srv.AddFile(oracledocstest.User, folder, "a", nil)
	c.post("/metadata/CollectionA", `{"fields":"FieldA1,FieldA2"}`).ok(t)
	c.post("/files/"+file+"/metadata", `{"collection":"CollectionA","FieldA1":"v"}`).want(t, 400, "-1")
	c.post("/folders/"+folder+"/metadata", `{"CollectionA.FieldA1":null}`).want(t, 400, "-1")
	c.post("/folders/"+folder+"/metadata/Nothing", "").want(t, 404, "-16")
	c.post("/folders/"+folder+"/metadata/collectiona", "").ok(t)
	c.post("/folders/"+folder+"/metadata", `{"CollectionA.FieldA1":"inherited","CollectionA.FieldA2":"both"}`).ok(t)
	c.post("/files/"+file+"/metadata", `{"collection":"CollectionA","fielda1":"own"}`).ok(t)
	metadata := func(values ...string) map[string]any {
		fields := map[string]any{}
		for i := 0; i+1 < len(values); i += 2 {
			fields[values[i]] = values[i+1]
		}
		return map[string]any{"CollectionA": fields}
	}
	got := c.get("/files/" + file + "/metadata").ok(t)
	if diff := cmp.Diff(any(metadata("FieldA1", "own", "FieldA2", "both")), got.body["metadata"]); diff != "" {
		t.Error(diff)
	}
	if got := c.get("/files/" + file + "/metadata?directAssigned=1").ok(t); got.body["metadata"] != nil {
		t.Errorf("directly assigned: %s", got.raw)
	}
	fields, _ := c.get("/files/" + file + "/metadataFields").ok(t).body["metadataFields"].(map[string]any)
	if col, _ := fields["CollectionA"].(map[string]any); col["isInherited"] != "1" {
		t.Errorf("got %v", fields)
	}
	for _, body := range []string{`{"collection":"CollectionA","x":"v"}`, `{"collection":"CollectionA","FieldA1":1}`,
		`{"FieldA1":"v"}`} {
		c.post("/files/"+file+"/metadata", body).want(t, 400, "-1")
	}

	// The inputs of a deletion may be in the query or the body, in any version.
	c.delete("/files/"+file+"/metadata?collection=CollectionA&fields=FieldA1", "").ok(t)
	c.v11().delete("/folders/"+folder+"/metadata", `{"collection":"CollectionA","fields":"FieldA2"}`).ok(t)
	got = c.get("/files/" + file + "/metadata").ok(t)
	if diff := cmp.Diff(any(metadata("FieldA1", "inherited")), got.body["metadata"]); diff != "" {
		t.Error(diff)
	}
	c.delete("/files/"+file+"/metadata?collection=CollectionA", "").want(t, 400, "-97")
}

func TestSearch(t *testing.T) {
	srv, c := start(t)
	folder := srv.AddFolder(oracledocstest.User, "self", "Plans")
	c.put("/folders/"+folder, `{"description":"Zebra things"}`).ok(t)
	report := srv.AddFile(oracledocstest.User, folder, "report.txt", []byte("The quick brown fox"))
	srv.AddFile(oracledocstest.User, folder, "image.png", []byte{0xff, 0xfe})
	srv.AddFile(oracledocstest.User, "self", "outside.txt", []byte("quick too"))
	srv.AddUser("other", "secret", oracledocstest.WithDisplayName("Jane Roe"))
	theirs := srv.AddFolder("other", "self", "theirs")
	srv.AddFile("other", theirs, "hidden.txt", []byte("quick"))
	srv.AddMetadata("Meta", []string{"status"}, folder)
	c.post("/files/"+report+"/metadata", `{"Meta.status":"In review"}`).ok(t)
	c.post("/files/"+report+"/tags", `{"setTags":"urgent"}`).ok(t)
	c.get("/folders/search/items?querytext=Meta.status%3CCONTAINS%3E%60review%60").want(t, 400, "-1")
	c.post("/metadata/searchFields", `{"collection":"Meta","fields":"Status"}`).ok(t)
	c.post("/metadata/searchFields", `{"collection":"Meta","fields":"x"}`).want(t, 404, "-16")
	if got := c.get("/metadata/searchFields").ok(t); got.str("number") != "1" || got.str("fields") != "Meta.status" {
		t.Errorf("searchable: %s", got.raw)
	}
	for _, tc := range []struct {
		query string
		want  []string
	}{
		{"fulltext=QUICK", []string{"outside.txt", "report.txt"}},
		{"fulltext=quick+fox", []string{"report.txt"}},
		{"fulltext=qui", []string{}},
		{"fulltext=qui*", []string{"outside.txt", "report.txt"}},
		{"fulltext=report.txt", []string{"report.txt"}},
		{"fulltext=png", []string{"image.png"}},
		{"fulltext=zebra", []string{"Plans"}},
		{"fulltext=Jane", []string{}},
		{"fulltext=txt&orderby=name:desc&limit=1", []string{"report.txt"}},
		{"querytext=Meta.STATUS%3Ccontains%3E%60Review%60", []string{"report.txt"}},
		{"querytext=xTags%3CMATCHES%3E%60urgent%60", []string{"report.txt"}},
		{"querytext=fItemType%3CMATCHES%3E%60folder%60%3CAND%3EfItemName%3CSTARTS%3Epl", []string{"Plans"}},
		{"querytext=xTags%3CMATCHES%3Eurgent%3Cor%3EfItemName%3CENDS%3E%60.png%60", []string{"image.png", "report.txt"}},
		{"querytext=fItemType%3CMATCHES%3Efile&fulltext=quick", []string{"outside.txt", "report.txt"}},
	} {
		got := c.get("/folders/search/items?" + tc.query).ok(t)
		if diff := cmp.Diff(tc.want, got.names()); diff != "" {
			t.Errorf("%s: %s", tc.query, diff)
		}
	}
	if names := c.get("/folders/" + folder + "/search/items?fulltext=quick").names(); len(names) != 1 {
		t.Errorf("in the folder: %v", names)
	}
	srv.Share(theirs, oracledocstest.User, "viewer")
	if got := c.get("/folders/search/items?fulltext=quick"); len(got.names()) != 3 || got.str("totalCount") != "3" {
		t.Errorf("with what is shared: %s", got.raw)
	}
	got := c.get("/folders/search/items?fulltext=fox&fields=metadata").ok(t)
	item, _ := got.body["items"].([]any)[0].(map[string]any)
	if diff := cmp.Diff(any(map[string]any{"Meta": map[string]any{"status": "In review"}}), item["metadata"]); diff != "" {
		t.Error(diff)
	}
	for _, query := range []string{"", "querytext=x", "querytext=x%3CMATCHES%3Ey", "querytext=xTags%3CNEAR%3Ey",
		"fulltext=a&fields=x"} {
		c.get("/folders/search/items?"+query).want(t, 400, "")
	}
	c.v11().get("/folders/search/items?fulltext=a&fields=metadata").want(t, 400, "-1")
}

func TestTags(t *testing.T) {
	srv, c := start(t)
	folder := srv.AddFolder(oracledocstest.User, "self", "f")
	file := srv.AddFile(oracledocstest.User, folder, "a", nil)
	c.post("/folders/"+folder+"/tags", `{"setTags":"tag1, tag2"}`).ok(t)
	c.post("/files/"+file+"/tags", `{"setTags":"own,TAG2,own"}`).ok(t)
	c.put("/files/"+file+"/tags", `{"addTags":"new","removeTags":"OWN"}`).ok(t)
	for path, want := range map[string]string{
		"/files/" + file + "/tags":                    "TAG2,new,tag1",
		"/files/" + file + "/tags?directAssigned=1":   "TAG2,new",
		"/folders/" + folder + "/tags":                "tag1,tag2",
		"/folders/self/tags":                          "",
		"/folders/" + folder + "/tags?directAssigned": "",
	} {
		got := c.get(path)
		if strings.HasSuffix(path, "directAssigned") {
			got.want(t, 400, "-1")
		} else if got.ok(t).str("tags") != want {
			t.Errorf("%s: got %q, want %q", path, got.str("tags"), want)
		}
	}
	c.delete("/files/"+file+"/tags", "").ok(t)
	if got := c.get("/files/" + file + "/tags"); got.str("tags") != "tag1,tag2" {
		t.Errorf("inherited tags are gone: %s", got.raw)
	}
	c.post("/files/"+file+"/tags", `{}`).want(t, 400, "-97")
}
