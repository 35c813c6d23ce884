package oracledocs_test

import (
	"net/http"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
)

// Each text of an InputError is a sentence with the operation, the field and what to
// do, also where the value is empty.
func TestInputErrorTexts(t *testing.T) {
	ctx := t.Context()
	c, err := oracledocs.New(oracledocs.Config{BaseURL: "https://docs.example.com", HTTP: docferry.HTTP{
		Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			t.Errorf("sent %s", r.URL.Path)
			return nil, http.ErrNotSupported
		})}})
	if err != nil {
		t.Fatal(err)
	}
	for want, call := range map[string]func() (any, error){
		`oracledocs GetResourceCatalog: Resource is ""; use one of the CatalogResource constants`: func() (any, error) {
			return c.GetResourceCatalog(ctx, oracledocs.GetResourceCatalogRequest{})
		},
		"oracledocs GetFolderContents: Offset is -1; it counts from 0": func() (any, error) {
			return c.GetFolderContents(ctx, oracledocs.GetFolderContentsRequest{FolderID: "F1", Offset: -1})
		},
		"oracledocs SearchItems: FullText or QueryText is required": func() (any, error) {
			return c.SearchItems(ctx, oracledocs.SearchItemsRequest{})
		},
		"oracledocs GetFilesInfo: IDList has 101 items; one request takes at most 100, so send several": func() (any, error) {
			return c.GetFilesInfo(ctx, oracledocs.GetFilesInfoRequest{IDList: make([]string, 101)})
		},
		"oracledocs BulkCreateFolders: Folders is empty; name at least one folder": func() (any, error) {
			return c.BulkCreateFolders(ctx, oracledocs.BulkCreateFoldersRequest{FolderID: "F1",
				Folders: []oracledocs.NewFolder{}})
		},
		"oracledocs UpdateClientApplication: File or IsEnabled is required": func() (any, error) {
			return c.UpdateClientApplication(ctx, oracledocs.UpdateClientApplicationRequest{ID: "A1"})
		},
		"oracledocs GetFolder: AccessCode is set, but LinkID is not; set both": func() (any, error) {
			return c.GetFolder(ctx, oracledocs.GetFolderRequest{FolderID: "F1",
				Access: oracledocs.Access{AccessCode: "open sesame"}})
		},
	} {
		if _, err := call(); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
