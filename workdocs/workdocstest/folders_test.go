package workdocstest_test

import (
	"testing"
	"time"
)

func TestFolders(t *testing.T) {
	f := newFixture(t)
	root := f.RootFolder()
	made := f.want(f.call("POST", "/api/v1/folders", `{"Name":"Plans 🗺","ParentFolderId":"`+root+`"}`), 201, "")
	id := made.text("Metadata", "Id")
	equal(t, "metadata", any(map[string]any{
		"Id": id, "Name": "Plans 🗺", "CreatorId": made.text("Metadata", "CreatorId"), "ParentFolderId": root,
		"CreatedTimestamp": 1772366400.25, "ModifiedTimestamp": 1772366400.25, "ResourceState": "ACTIVE",
		"Signature": "", "Size": 0.0, "LatestVersionSize": 0.0,
	}), made.get("Metadata"))
	f.want(f.call("POST", "/api/v1/folders", `{"Name":"Plans 🗺","ParentFolderId":"`+root+`"}`), 409,
		"EntityAlreadyExistsException")
	f.want(f.call("POST", "/api/v1/folders", `{"Name":"x","ParentFolderId":"nowhere"}`), 404, "EntityNotExistsException")

	document, _ := f.AddDocument(id, "a.txt", []byte("123"))
	begun := f.want(f.call("POST", "/api/v1/documents", `{"Id":"`+document+`"}`), 201, "")
	f.put(begun, "12345")
	f.want(f.call("PATCH", versionPath(begun), `{"VersionStatus":"ACTIVE"}`), 200, "")
	got := f.want(f.call("GET", "/api/v1/folders/"+id, ""), 200, "")
	equal(t, "sizes", []any{8.0, 5.0}, []any{got.get("Metadata", "Size"), got.get("Metadata", "LatestVersionSize")})
	if got.text("Metadata", "Signature") == "" {
		t.Error("no signature")
	}
	f.want(f.call("GET", "/api/v1/folders/"+document, ""), 404, "EntityNotExistsException")
	f.want(f.call("GET", "/api/v1/documents/"+id, ""), 404, "EntityNotExistsException")
}

func TestFolderContents(t *testing.T) {
	f := newFixture(t)
	root := f.RootFolder()
	f.AddFolder(root, "b")
	f.AddDocument(root, "c", nil)
	f.advance(time.Second)
	f.AddFolder(root, "a")
	f.advance(time.Second)
	f.AddDocument(root, "a", nil)
	for query, want := range map[string][]string{
		"":                              {"a", "b", "a", "c"},
		"?order=DESCENDING":             {"b", "a", "c", "a"},
		"?sort=DATE":                    {"b", "a", "c", "a"},
		"?sort=DATE&order=DESCENDING":   {"a", "b", "a", "c"},
		"?type=FOLDER":                  {"a", "b"},
		"?type=DOCUMENT&sort=NAME":      {"a", "c"},
		"?type=ALL&include=INITIALIZED": {"a", "b", "a", "c"},
	} {
		got := f.want(f.call("GET", "/api/v1/folders/"+root+"/contents"+query, ""), 200, "")
		names := append(got.texts("Folders", "Name"), got.texts("Documents", "LatestVersionMetadata", "Name")...)
		equal(t, "contents"+query, want, names)
	}
}

func TestPath(t *testing.T) {
	f := newFixture(t)
	_, token, root := f.newUser("ada")
	folder := f.AddFolder(root, "folder")
	inner := f.AddFolder(folder, "inner")
	document, _ := f.AddDocument(inner, "a.txt", nil)
	got := f.want(f.as(token, "GET", "/api/v1/documents/"+document+"/path?fields=NAME", ""), 200, "")
	equal(t, "path", any([]any{
		map[string]any{"Id": root, "Name": "/"},
		map[string]any{"Id": folder, "Name": "folder"},
		map[string]any{"Id": inner, "Name": "inner"},
		map[string]any{"Id": document, "Name": "a.txt"},
	}), got.get("Path", "Components"))
	got = f.want(f.call("GET", "/api/v1/folders/"+inner+"/path?limit=2", ""), 200, "")
	equal(t, "limited path", any([]any{map[string]any{"Id": folder}, map[string]any{"Id": inner}}),
		got.get("Path", "Components"))

	// Whoever a folder was shared with does not see what is above it.
	reader, readersToken, _ := f.newUser("bob")
	f.share(inner, "USER", reader, "VIEWER")
	got = f.want(f.as(readersToken, "GET", "/api/v1/documents/"+document+"/path", ""), 200, "")
	equal(t, "shared path", any([]any{map[string]any{"Id": inner}, map[string]any{"Id": document}}),
		got.get("Path", "Components"))
}

func TestMoveAndRename(t *testing.T) {
	f := newFixture(t)
	root := f.RootFolder()
	one, two := f.AddFolder(root, "one"), f.AddFolder(root, "two")
	inner := f.AddFolder(one, "inner")
	document, _ := f.AddDocument(one, "a.txt", nil)
	f.AddDocument(two, "b.txt", nil)
	for _, test := range []struct {
		path, body string
		status     int
		code       string
	}{
		{"documents/" + document, `{"ParentFolderId":"` + two + `","Name":"b.txt"}`, 409, "EntityAlreadyExistsException"},
		{"documents/" + document, `{"ParentFolderId":"` + two + `"}`, 200, ""},
		{"documents/" + document, `{"Name":"b.txt"}`, 409, "EntityAlreadyExistsException"},
		{"documents/" + document, `{"Name":"c.txt"}`, 200, ""},
		{"documents/" + document, `{}`, 200, ""},
		{"documents/" + document, `{"ParentFolderId":"nowhere"}`, 404, "EntityNotExistsException"},
		{"folders/" + one, `{"ParentFolderId":"` + inner + `"}`, 409, "ConflictingOperationException"},
		{"folders/" + one, `{"ParentFolderId":"` + one + `"}`, 409, "ConflictingOperationException"},
		{"folders/" + root, `{"Name":"x"}`, 409, "ProhibitedStateException"},
		{"folders/" + inner, `{"ParentFolderId":"` + root + `","Name":"outer"}`, 200, ""},
	} {
		if got := f.call("PATCH", "/api/v1/"+test.path, test.body); got.status != test.status || got.code() != test.code {
			t.Errorf("%s %s: got %d %q %s", test.path, test.body, got.status, got.code(), got.body)
		}
	}
	got := f.want(f.call("GET", "/api/v1/documents/"+document, ""), 200, "")
	equal(t, "where and what", []string{two, "c.txt"},
		[]string{got.text("Metadata", "ParentFolderId"), got.text("Metadata", "LatestVersionMetadata", "Name")})
}

func TestRecycleBin(t *testing.T) {
	f := newFixture(t)
	_, token, root := f.newUser("ada")
	me := f.as(token, "GET", "/api/v1/me", "")
	bin := me.text("User", "RecycleBinFolderId")
	folder := f.AddFolder(root, "folder")
	document, version := f.AddDocument(folder, "a.txt", []byte("x"))
	update := func(path, body string) answer { return f.as(token, "PATCH", "/api/v1/"+path, body) }
	state := func() []string {
		got := f.want(f.as(token, "GET", "/api/v1/documents/"+document, ""), 200, "")
		return []string{got.text("Metadata", "ResourceState"), got.text("Metadata", "ParentFolderId")}
	}

	f.want(update("documents/"+document, `{"ResourceState":"RECYCLED"}`), 200, "")
	f.want(update("documents/"+document, `{"ResourceState":"RECYCLED"}`), 200, "")
	equal(t, "recycled", []string{"RECYCLED", bin}, state())
	f.want(update("documents/"+document, `{"Name":"b.txt"}`), 409, "ProhibitedStateException")
	f.want(f.as(token, "POST", "/api/v1/documents", `{"Id":"`+document+`"}`), 409, "ProhibitedStateException")
	f.want(f.as(token, "POST", "/api/v1/documents/"+document+"/versions/"+version+"/comment", `{"Text":"x"}`), 409,
		"ProhibitedStateException")
	list := f.want(f.as(token, "GET", "/api/v1/folders/"+bin+"/contents", ""), 200, "")
	equal(t, "bin", []string{document}, list.texts("Documents", "Id"))
	f.want(update("documents/"+document, `{"ResourceState":"ACTIVE"}`), 200, "")
	equal(t, "restored", []string{"ACTIVE", folder}, state())

	// What is in a recycled folder is recycled, and goes home if its folder is gone.
	f.want(update("folders/"+folder, `{"ResourceState":"RECYCLED"}`), 200, "")
	equal(t, "inside", []string{"RECYCLED", folder}, state())
	f.want(f.as(token, "POST", "/api/v1/folders", `{"Name":"x","ParentFolderId":"`+folder+`"}`), 409,
		"ProhibitedStateException")
	f.want(update("documents/"+document, `{"ResourceState":"ACTIVE"}`), 200, "")
	equal(t, "restored from inside", []string{"ACTIVE", root}, state())
	f.want(f.as(token, "POST", "/api/v1/folders", `{"Name":"x","ParentFolderId":"`+bin+`"}`), 409,
		"ProhibitedStateException")

	// A name that was taken meanwhile blocks the way back, unless there is another.
	f.want(update("documents/"+document, `{"ResourceState":"RECYCLED"}`), 200, "")
	f.AddDocument(root, "a.txt", nil)
	f.want(update("documents/"+document, `{"ResourceState":"ACTIVE"}`), 409, "EntityAlreadyExistsException")
	f.want(update("documents/"+document, `{"ResourceState":"ACTIVE","Name":"again.txt"}`), 200, "")
	f.want(f.as(token, "DELETE", "/api/v1/folders/"+bin+"/contents", ""), 204, "")
	f.want(f.as(token, "GET", "/api/v1/folders/"+folder, ""), 404, "EntityNotExistsException")
}

func TestDelete(t *testing.T) {
	f := newFixture(t)
	root := f.RootFolder()
	folder := f.AddFolder(root, "folder")
	inner := f.AddFolder(folder, "inner")
	document, version := f.AddDocument(inner, "a.txt", []byte("x"))
	other, _ := f.AddDocument(root, "b.txt", nil)
	f.want(f.call("DELETE", "/api/v1/folders/"+root, ""), 409, "ProhibitedStateException")
	f.want(f.call("DELETE", "/api/v1/folders/"+folder, ""), 204, "")
	for _, path := range []string{"folders/" + folder, "folders/" + inner, "documents/" + document} {
		f.want(f.call("GET", "/api/v1/"+path, ""), 404, "EntityNotExistsException")
	}
	if _, ok := f.Content(document, version); ok {
		t.Error("content is left")
	}
	f.want(f.call("DELETE", "/api/v1/documents/"+other, ""), 204, "")
	f.want(f.call("DELETE", "/api/v1/documents/"+other, ""), 404, "EntityNotExistsException")
	list := f.want(f.call("GET", "/api/v1/folders/"+root+"/contents", ""), 200, "")
	equal(t, "what is left", `{"Folders":[],"Documents":[]}`, list.body)
}

func TestVersions(t *testing.T) {
	f := newFixture(t)
	document, first := f.AddDocument(f.RootFolder(), "a.txt", []byte("1"))
	var ids []string
	for range 2 {
		f.advance(time.Second)
		begun := f.want(f.call("POST", "/api/v1/documents", `{"Id":"`+document+`"}`), 201, "")
		ids = append(ids, versionID(begun))
		f.put(begun, "more")
		f.want(f.call("PATCH", versionPath(begun), `{"VersionStatus":"ACTIVE"}`), 200, "")
	}
	draft := versionID(f.want(f.call("POST", "/api/v1/documents", `{"Id":"`+document+`"}`), 201, ""))
	list := func(query string) []string {
		return f.want(f.call("GET", "/api/v1/documents/"+document+"/versions"+query, ""), 200,
			"").texts("DocumentVersions", "Id")
	}
	path := "/api/v1/documentVersions/"
	equal(t, "versions", []string{ids[1], ids[0], first}, list(""))
	equal(t, "with drafts", []string{draft, ids[1], ids[0], first}, list("?include=INITIALIZED"))
	equal(t, "with sources", []string{draft, ids[1], ids[0], first}, list("?fields=SOURCE"))

	f.want(f.call("POST", path+"restore/"+document, ""), 405, "InvalidOperationException")
	f.want(f.call("DELETE", path+document+"/versions/"+draft+"?deletePriorVersions=false", ""), 409,
		"ProhibitedStateException")
	f.want(f.call("DELETE", path+document+"/versions/"+ids[1]+"?deletePriorVersions=true", ""), 405,
		"InvalidOperationException")
	f.want(f.call("DELETE", path+document+"/versions/"+ids[0]+"?deletePriorVersions=true", ""), 204, "")
	equal(t, "after deletion", []string{ids[1]}, list(""))
	f.want(f.call("GET", "/api/v1/documents/"+document+"/versions/"+first, ""), 404, "EntityNotExistsException")
	f.want(f.call("DELETE", path+document+"/versions/"+ids[1]+"?deletePriorVersions=false", ""), 405,
		"InvalidOperationException")
	f.want(f.call("POST", path+"restore/"+document, ""), 204, "")
	equal(t, "after restoration", []string{ids[1], ids[0], first}, list(""))
}
