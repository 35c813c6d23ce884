package oracledocstest_test

import (
	"slices"
	"testing"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestItems(t *testing.T) {
	srv, docferry := start(t)
	reports := srv.AddFolder(oracledocstest.User, "self", "Reports")
	file := srv.AddFile(oracledocstest.User, reports, "a.txt", []byte("1"))
	srv.AddFile(oracledocstest.User, reports, "a.txt", []byte("22"))
	srv.AddUser("Grace", "secret")
	hers := srv.AddFile("Grace", "self", "b.pdf", nil)
	gone := srv.AddFolder(oracledocstest.User, "self", "Gone")
	srv.AddFile(oracledocstest.User, gone, "within.txt", nil)
	docferry.delete("/folders/"+gone, "")

	want := []oracledocstest.Item{
		{ID: reports, Owner: oracledocstest.User, Path: []string{"Reports"}, Folder: true},
		{ID: file, Owner: oracledocstest.User, Path: []string{"Reports", "a.txt"}, Versions: []oracledocstest.ItemVersion{
			{Number: 1, ContentType: "text/plain", Size: 1}, {Number: 2, ContentType: "text/plain", Size: 2}}},
		{ID: hers, Owner: "Grace", Path: []string{"b.pdf"}, Versions: []oracledocstest.ItemVersion{
			{Number: 1, ContentType: "application/pdf"}}},
	}
	ignoreTime := cmpopts.IgnoreFields(oracledocstest.ItemVersion{}, "Modified")
	if diff := cmp.Diff(want, srv.Items(), ignoreTime); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
}

// Every name that Operations returns is one that Next and Keep accept.
func TestOperationNames(t *testing.T) {
	srv := oracledocstest.New()
	defer srv.Close()
	names := srv.Operations()
	if len(names) < 124 || !slices.IsSorted(names) {
		t.Errorf("%d names, sorted: %v; want at least the 124 operations", len(names), slices.IsSorted(names))
	}
	for i, name := range names {
		srv.Keep(name, oracledocstest.LoseRequest())()
		if i > 0 && names[i-1] == name {
			t.Errorf("%s comes twice", name)
		}
	}
}
