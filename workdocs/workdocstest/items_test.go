package workdocstest_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/docferry/docferry/workdocs/workdocstest"
)

func TestItems(t *testing.T) {
	f := newFixture(t)
	root := f.RootFolder()
	reports := f.AddFolder(root, "Reports")
	document, version := f.AddDocument(reports, "a.txt", []byte("123"))
	begun := f.want(f.call("POST", "/api/v1/documents", `{"Id":"`+document+`"}`), 201, "")
	fresh := f.want(f.call("POST", "/api/v1/documents", `{"Name":"b.txt","ParentFolderId":"`+root+`"}`), 201, "")
	f.AddUser("ada@example.com") // who has nothing
	bin, _ := f.AddDocument(root, "bin.txt", nil)
	f.want(f.call("DELETE", "/api/v1/documents/"+bin, ""), http.StatusNoContent, "")

	equal(t, "items", []workdocstest.Item{
		{ID: reports, Owner: "Administrator", Path: []string{"Reports"}, Folder: true},
		{ID: document, Owner: "Administrator", Path: []string{"Reports", "a.txt"}, Versions: []workdocstest.ItemVersion{
			{ID: version, ContentType: "text/plain", Size: 3, Modified: f.now},
			{ID: begun.text("Metadata", "LatestVersionMetadata", "Id"), ContentType: "application/octet-stream", Draft: true,
				Modified: f.now},
		}},
		{ID: fresh.text("Metadata", "Id"), Owner: "Administrator", Path: []string{"b.txt"},
			Versions: []workdocstest.ItemVersion{{ID: fresh.text("Metadata", "LatestVersionMetadata", "Id"),
				ContentType: "application/octet-stream", Draft: true, Modified: f.now}}},
	}, f.Items())
}

// Every name that Operations returns is one that Next and Keep accept.
func TestOperations(t *testing.T) {
	srv := workdocstest.New()
	defer srv.Close()
	names := srv.Operations()
	for _, name := range []string{"CreateFolder", "GetObject", "PutObject"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is missing", name)
		}
	}
	if len(names) != 46 || !slices.IsSorted(names) {
		t.Errorf("%d names, sorted: %v; want 44 operations and two of the storage host", len(names), slices.IsSorted(names))
	}
	for _, name := range names {
		srv.Keep(name, workdocstest.LoseRequest())()
	}
	names[0] = "changed"
	if slices.Contains(srv.Operations(), "changed") {
		t.Error("the names can be changed from outside")
	}
}
