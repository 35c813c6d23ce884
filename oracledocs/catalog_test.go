package oracledocs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func TestAPIVersions(t *testing.T) {
	_, v11, v12 := both(t)
	all := must(v11.GetAPIVersions(t.Context(), oracledocs.GetAPIVersionsRequest{}))(t)
	if len(all.Items) != 2 || all.Items[0].Version != oracledocs.V1_1 || !all.Items[1].IsLatest ||
		all.Items[1].Lifecycle != oracledocs.LifecycleActive {
		t.Errorf("got %+v", all.Items)
	}
	if got := v11.last(t).path; got != "/documents/api/" {
		t.Errorf("asked %s", got)
	}
	for _, version := range []oracledocs.Version{oracledocs.V1_1, oracledocs.V1_2} {
		one := must(v12.GetAPIVersion(t.Context(), oracledocs.GetAPIVersionRequest{Version: version}))(t)
		if len(one.Items) != 1 || one.Items[0].Version != version || len(one.Items[0].Catalog.Links) != 1 {
			t.Errorf("version %s: %+v", version, one.Items)
		}
		if got := v12.last(t).path; got != "/documents/api/"+string(version) {
			t.Errorf("asked %s", got)
		}
	}
	v12.wantInputError(t, "Version", func() error {
		_, err := v12.GetAPIVersion(t.Context(), oracledocs.GetAPIVersionRequest{})
		return err
	})
}

// The reference shows the answer with a list and without.
func TestGetAPIVersionForms(t *testing.T) {
	srv, _, v12 := both(t)
	const alone = `{"version":"1.2","lifecycle":"active","isLatest":true,"links":[{"ref":"canonical","href":"https://www.example.com"}]}`
	want := []oracledocs.APIVersion{{Version: "1.2", Lifecycle: "active", IsLatest: true,
		Links: []oracledocs.APILink{{Ref: "canonical", Href: "https://www.example.com"}}}}
	for body, want := range map[string][]oracledocs.APIVersion{
		alone: want, `{"items":[` + alone + `]}`: want, `{"items":[]}`: {}, `{}`: nil,
	} {
		srv.Next("GetAPIVersion", oracledocstest.Answer(200, body, "Content-Type", "application/json"))
		got := must(v12.GetAPIVersion(t.Context(), oracledocs.GetAPIVersionRequest{Version: "1.2"}))(t)
		if diff := cmp.Diff(want, got.Items); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}

func TestCatalog(t *testing.T) {
	srv, v11, v12 := both(t)
	operations := map[oracledocs.CatalogResource]string{
		oracledocs.CatalogResourceApplinks:      "GetApplinkCatalog",
		oracledocs.CatalogResourceCollections:   "GetCollectionCatalog",
		oracledocs.CatalogResourceConfiguration: "GetConfigurationCatalog", oracledocs.CatalogResourceFiles: "GetFileCatalog",
		oracledocs.CatalogResourceFolders: "GetFolderCatalog", oracledocs.CatalogResourceMetadata: "GetMetadataCatalog",
		oracledocs.CatalogResourcePublicLinks: "GetPublicLinkCatalog", oracledocs.CatalogResourceShares: "GetShareCatalog",
		oracledocs.CatalogResourceSites: "GetSiteCatalog", oracledocs.CatalogResourceTemplates: "GetTemplateCatalog",
		oracledocs.CatalogResourceUsers: "GetUserCatalog",
	}
	for _, c := range []*session{v11, v12} {
		catalog := must(c.GetAPICatalog(t.Context(), oracledocs.GetAPICatalogRequest{}))(t)
		var listed []string
		for _, item := range catalog.Items {
			listed = append(listed, item.Name)
			if len(item.Links) != 2 || item.Links[0].Ref != "canonical" {
				t.Errorf("links of %s: %v", item.Name, item.Links)
			}
		}
		for resource, operation := range operations {
			get := func() error {
				got, err := c.GetResourceCatalog(t.Context(), oracledocs.GetResourceCatalogRequest{Resource: resource})
				if err == nil && (got.Schema == "" || got.Type != "object" || len(got.Links) < 3 || got.Links[2].Method == "") {
					t.Errorf("%s: %+v", resource, got)
				}
				return err
			}
			if !slices.Contains(listed, string(resource)) {
				c.wantInputError(t, "Config.APIVersion", get)
				continue
			}
			if err := get(); err != nil {
				t.Errorf("%s: %v", resource, err)
			}
			if calls := srv.Calls(); calls[len(calls)-1] != operation {
				t.Errorf("%s called %s", resource, calls[len(calls)-1])
			}
		}
	}
	files := must(v12.GetResourceCatalog(t.Context(), oracledocs.GetResourceCatalogRequest{Resource: "files"}))(t)
	if diff := cmp.Diff(map[string]any{"type": "integer"}, files.Properties["size"]); diff != "" {
		t.Error(diff)
	}
	v12.wantInputError(t, "Resource", func() error {
		_, err := v12.GetResourceCatalog(t.Context(), oracledocs.GetResourceCatalogRequest{Resource: "trash"})
		return err
	})
	srv.Next("GetFileCatalog", oracledocstest.Refuse(403, oracledocs.CodeForbidden, "no"))
	if _, err := v12.GetResourceCatalog(t.Context(),
		oracledocs.GetResourceCatalogRequest{Resource: "files"}); !strings.Contains(err.Error(), "GetFileCatalog") {
		t.Errorf("the error does not name the operation: %v", err)
	}
}
