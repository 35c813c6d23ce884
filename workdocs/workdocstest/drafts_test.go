package workdocstest_test

import (
	"testing"
	"time"
)

func TestUpload(t *testing.T) {
	f := newFixture(t)
	root := f.RootFolder()
	begun := f.want(f.call("POST", "/api/v1/documents", `{
		"Name": "Prices Ω.txt", "ParentFolderId": "`+root+`", "ContentType": "text/plain",
		"DocumentSizeInBytes": 99, "ContentCreatedTimestamp": 1.456E9, "ContentModifiedTimestamp": 1456000000.5}`), 201, "")
	document := begun.text("Metadata", "Id")
	version := begun.text("Metadata", "LatestVersionMetadata", "Id")
	if got := begun.text("Metadata", "LatestVersionMetadata", "Status"); got != "INITIALIZED" {
		t.Errorf("status after initiate: %s", got)
	}
	headers := map[string]any{"Content-Type": "text/plain", "x-amz-server-side-encryption": "AES256"}
	equal(t, "signed headers", headers, begun.get("UploadMetadata", "SignedHeaders"))
	equal(t, "drafts", []string{document}, f.Drafts(root))

	// Nothing was uploaded yet.
	f.want(f.call("PATCH", versionPath(begun), `{"VersionStatus":"ACTIVE"}`), 409, "ProhibitedStateException")
	f.want(f.put(begun, "one, two"), 200, "")
	f.want(f.call("PATCH", versionPath(begun), `{"VersionStatus":"ACTIVE"}`), 200, "")
	f.want(f.call("PATCH", versionPath(begun), `{"VersionStatus":"ACTIVE"}`), 409, "ProhibitedStateException")
	f.want(f.call("DELETE", versionPath(begun), ""), 409, "ProhibitedStateException")

	// A late PUT changes nothing.
	f.want(f.put(begun, "late"), 200, "")
	if content, ok := f.Content(document, version); !ok || string(content) != "one, two" {
		t.Errorf("content is %q, %t", content, ok)
	}
	got := f.want(f.call("GET", "/api/v1/documents/"+document, ""), 200, "")
	latest := got.get("Metadata", "LatestVersionMetadata").(map[string]any)
	delete(latest, "Signature")
	equal(t, "latest version", map[string]any{
		"Id": version, "Name": "Prices Ω.txt", "ContentType": "text/plain", "Size": 8.0, "Status": "ACTIVE",
		"CreatedTimestamp": 1772366400.25, "ModifiedTimestamp": 1772366400.25,
		"ContentCreatedTimestamp": 1456e6, "ContentModifiedTimestamp": 1456000000.5,
		"CreatorId": got.text("Metadata", "CreatorId"),
	}, latest)
	if len(f.Drafts(root)) != 0 {
		t.Error("there is a draft left")
	}
}

func TestUploadOfNewVersion(t *testing.T) {
	f := newFixture(t)
	root := f.RootFolder()
	document, first := f.AddDocument(root, "a.txt", []byte("first"))
	begun := f.want(f.call("POST", "/api/v1/documents", `{"Id":"`+document+`"}`), 201, "")
	if got := begun.text("UploadMetadata", "SignedHeaders", "Content-Type"); got != "application/octet-stream" {
		t.Errorf("content type %q", got)
	}
	shown := f.want(f.call("GET", "/api/v1/documents/"+document, ""), 200, "")
	if got := shown.text("Metadata", "LatestVersionMetadata", "Id"); got != first {
		t.Errorf("the draft hides the active version: %s", got)
	}
	f.want(f.put(begun, "second"), 200, "")
	f.want(f.call("PATCH", versionPath(begun), `{"VersionStatus":"ACTIVE"}`), 200, "")
	f.want(f.call("POST", "/api/v1/documents", `{"Id":"`+document+`","ParentFolderId":"nowhere"}`), 400,
		"InvalidArgumentException")

	versions := f.want(f.call("GET", "/api/v1/documents/"+document+"/versions", ""), 200, "")
	want := []string{versionID(begun), first}
	equal(t, "versions", want, versions.texts("DocumentVersions", "Id"))
}

func versionID(a answer) string { return a.text("Metadata", "LatestVersionMetadata", "Id") }

func TestDrafts(t *testing.T) {
	f := newFixture(t)
	root := f.RootFolder()
	f.AddDocument(root, "there.txt", []byte("there"))
	f.want(f.call("POST", "/api/v1/documents", `{"Name":"there.txt","ParentFolderId":"`+root+`"}`), 409,
		"EntityAlreadyExistsException")

	// A draft does not block its name, but only one can become active.
	one, two := f.begin(root, "new.txt"), f.begin(root, "new.txt")
	f.put(one, "1")
	f.put(two, "2")
	f.want(f.call("PATCH", versionPath(one), `{"VersionStatus":"ACTIVE"}`), 200, "")
	f.want(f.call("PATCH", versionPath(two), `{"VersionStatus":"ACTIVE"}`), 409, "ProhibitedStateException")

	contents := "/api/v1/folders/" + root + "/contents"
	for query, want := range map[string][]string{
		"":                     {"new.txt", "there.txt"},
		"?include=INITIALIZED": {"new.txt", "new.txt", "there.txt"},
	} {
		got := f.want(f.call("GET", contents+query, ""), 200, "")
		equal(t, "contents"+query, want, got.texts("Documents", "LatestVersionMetadata", "Name"))
	}

	f.want(f.call("DELETE", versionPath(two), ""), 204, "")
	gone := f.want(f.call("DELETE", versionPath(two), ""), 404, "EntityNotExistsException")
	equal(t, "entity ids", []any{two.text("Metadata", "Id")}, gone.get("EntityIds"))
	f.want(f.call("GET", "/api/v1/documents/"+two.text("Metadata", "Id"), ""), 404, "EntityNotExistsException")
	if _, ok := f.Content(two.text("Metadata", "Id"), versionID(two)); ok {
		t.Error("the aborted upload left its bytes")
	}
}

func TestUploadURLExpires(t *testing.T) {
	f := newFixture(t)
	f.SetURLLifetime(5 * time.Second)
	begun := f.begin(f.RootFolder(), "a.txt")
	f.advance(4 * time.Second)
	f.want(f.put(begun, "in time"), 200, "")
	f.advance(time.Second)
	if got := f.put(begun, "late"); got.status != 403 {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestDownload(t *testing.T) {
	f := newFixture(t)
	document, version := f.AddDocument(f.RootFolder(), "a.txt", []byte("content"))
	path := "/api/v1/documents/" + document + "/versions/" + version
	got := f.want(f.call("GET", path+"?fields=SOURCE%2CTHUMBNAIL", ""), 200, "")
	equal(t, "thumbnail", map[string]any{}, got.get("Metadata", "Thumbnail"))
	r := f.request("GET", "", "")
	var err error
	if r.URL, err = r.URL.Parse(got.text("Metadata", "Source", "ORIGINAL")); err != nil {
		t.Fatal(err)
	}
	if a := f.send(r); a.body != "content" || a.header.Get("Content-Type") != "text/plain" {
		t.Errorf("downloaded %q, %s", a.body, a.header)
	}
	plain := f.want(f.call("GET", path, ""), 200, "")
	if plain.get("Metadata", "Source") != nil || plain.get("Metadata", "Thumbnail") != nil {
		t.Errorf("fields nobody asked for: %s", plain.body)
	}
	f.want(f.call("GET", path+"?fields=EVERYTHING", ""), 400, "InvalidArgumentException")
}
