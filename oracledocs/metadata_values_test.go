package oracledocs_test

import (
	"net/url"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

// values is metadata by collection and field.
type values = map[string]map[string]string

func TestFileMetadata(t *testing.T) {
	srv, v11, v12 := both(t)
	folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
	file := srv.AddFile(oracledocstest.User, folder, "may.txt", nil)
	srv.AddMetadata("CollectionA", []string{"FieldA1", "FieldA2"}, folder)
	srv.AddMetadata("CollectionB", []string{"FieldB1"})

	assigned := must(v12.AssignMetadataCollectionToFile(t.Context(), oracledocs.AssignMetadataCollectionToFileRequest{
		FileID: file, CollectionName: "CollectionB"}))(t)
	if !cmp.Equal(assigned.IDList, []string{file}) || assigned.Type != "file" {
		t.Errorf("assigned %+v", assigned)
	}
	for name, test := range map[string]struct {
		values values
		body   string
	}{
		"one collection": {values{"CollectionA": {"FieldA1": "Value1", "FieldA2": "a, \"b\""}},
			`{"FieldA1":"Value1","FieldA2":"a, \"b\"","collection":"CollectionA"}`},
		"two": {values{"CollectionA": {"FieldA1": "Value1"}, "CollectionB": {"FieldB1": "Value2"}},
			`{"CollectionA.FieldA1":"Value1","CollectionB.FieldB1":"Value2"}`},
	} {
		for version, c := range map[string]*session{"1.1": v11, "1.2": v12} {
			set := must(c.SetFileMetadataValues(t.Context(),
				oracledocs.SetFileMetadataValuesRequest{FileID: file, MetadataValues: test.values}))(t)
			if !cmp.Equal(set.IDList, []string{file}) {
				t.Errorf("%s in %s: %+v", name, version, set)
			}
			if sent := c.last(t); sent.body != test.body || sent.header.Get("Content-Type") != "application/json" {
				t.Errorf("%s in %s: sent %s", name, version, sent.body)
			}
		}
	}
	got := must(v12.GetFileMetadata(t.Context(), oracledocs.GetFileMetadataRequest{FileID: file}))(t)
	want := values{"CollectionA": {"FieldA1": "Value1", "FieldA2": "a, \"b\""}, "CollectionB": {"FieldB1": "Value2"}}
	if diff := cmp.Diff(want, got.Metadata); diff != "" {
		t.Error(diff)
	}
	own := must(v12.GetFileAssignedMetadataCollections(t.Context(),
		oracledocs.GetFileAssignedMetadataCollectionsRequest{FileID: file}))(t)
	if len(own.MetadataFields) != 2 || !own.MetadataFields["CollectionA"].IsInherited ||
		own.MetadataFields["CollectionB"].IsInherited {
		t.Errorf("assigned are %+v", own.MetadataFields)
	}
	own = must(v12.GetFileAssignedMetadataCollections(t.Context(),
		oracledocs.GetFileAssignedMetadataCollectionsRequest{FileID: file, DirectAssigned: true}))(t)
	if _, ok := own.MetadataFields["CollectionB"]; !ok || len(own.MetadataFields) != 1 ||
		v12.last(t).query != "directAssigned=1" {
		t.Errorf("directly assigned are %+v", own.MetadataFields)
	}

	// What version 1.2 takes in the query, version 1.1 takes in a body.
	must(v11.DeleteFileMetadataValues(t.Context(), oracledocs.DeleteFileMetadataValuesRequest{
		FileID: file, Collection: "CollectionA", Fields: []string{"FieldA1", "FieldA2"}}))(t)
	if sent := v11.last(t); sent.query != "" || sent.body != `{"collection":"CollectionA","fields":"FieldA1,FieldA2"}` {
		t.Errorf("1.1 sent %+v", sent)
	}
	must(v12.DeleteFileMetadataValues(t.Context(), oracledocs.DeleteFileMetadataValuesRequest{
		FileID: file, Collection: "CollectionB", Fields: []string{"FieldB1"}}))(t)
	query, err := url.ParseQuery(v12.last(t).query)
	if diff := cmp.Diff(url.Values{"collection": {"CollectionB"}, "fields": {"FieldB1"}}, query); diff != "" ||
		err != nil || v12.last(t).body != "" {
		t.Errorf("1.2 sent %+v", v12.last(t))
	}
	if got := must(v12.GetFileMetadata(t.Context(),
		oracledocs.GetFileMetadataRequest{FileID: file}))(t); len(got.Metadata["CollectionA"]) > 0 {
		t.Errorf("left %v", got.Metadata)
	}
}

func TestFolderMetadata(t *testing.T) {
	srv, v11, v12 := both(t)
	folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
	srv.AddMetadata("CollectionA", []string{"FieldA1", "collection"})
	for _, c := range []*session{v11, v12} {
		must(c.AssignMetadataCollectionToFolder(t.Context(), oracledocs.AssignMetadataCollectionToFolderRequest{
			FolderID: folder, CollectionName: "CollectionA"}))(t)
		// A field that has the name of the collection's own member.
		want := values{"CollectionA": {"FieldA1": "1", "collection": "2"}}
		must(c.SetFolderMetadataValues(t.Context(),
			oracledocs.SetFolderMetadataValuesRequest{FolderID: folder, MetadataValues: want}))(t)
		if got := c.last(t).body; got != `{"CollectionA.FieldA1":"1","CollectionA.collection":"2"}` {
			t.Errorf("sent %s", got)
		}
		got := must(c.GetFolderMetadata(t.Context(),
			oracledocs.GetFolderMetadataRequest{FolderID: folder, DirectAssigned: true}))(t)
		if diff := cmp.Diff(want, got.Metadata); diff != "" || got.Type != "folder" {
			t.Error(diff)
		}
		fields := must(c.GetFolderAssignedMetadataCollections(t.Context(),
			oracledocs.GetFolderAssignedMetadataCollectionsRequest{FolderID: folder}))(t)
		if len(fields.MetadataFields["CollectionA"].Items) != 2 {
			t.Errorf("got %+v", fields)
		}
		must(c.DeleteFolderMetadataValues(t.Context(), oracledocs.DeleteFolderMetadataValuesRequest{
			FolderID: folder, Collection: "CollectionA", Fields: []string{"FieldA1", "collection"}}))(t)
	}
}

// Values can be set through an applink.
func TestMetadataThroughApplink(t *testing.T) {
	srv, _, _ := both(t)
	srv.AddUser("ann", "secret")
	guest := logIn(t, srv, "ann", "secret", oracledocs.V1_2)
	file := srv.AddFile(oracledocstest.User, "self", "may.txt", nil)
	srv.AddMetadata("CollectionA", []string{"FieldA1"}, file)
	id, token, _ := srv.AddApplink(file, "ann", "contributor")
	set := oracledocs.SetFileMetadataValuesRequest{FileID: file, MetadataValues: values{"CollectionA": {"FieldA1": "1"}}}
	if _, err := guest.SetFileMetadataValues(t.Context(), set); err == nil {
		t.Error("a stranger has set a value")
	}
	set.AppLinkID, set.AccessToken = id, docferry.Secret(token)
	must(guest.SetFileMetadataValues(t.Context(), set))(t)
	got := must(guest.GetFileMetadata(t.Context(),
		oracledocs.GetFileMetadataRequest{FileID: file, AppLinkAccess: set.AppLinkAccess}))(t)
	if got.Metadata["CollectionA"]["FieldA1"] != "1" {
		t.Errorf("got %v", got.Metadata)
	}
	set.AccessToken = ""
	guest.wantInputError(t, "AppLinkID", func() error {
		_,
			err := guest.SetFileMetadataValues(t.Context(), set)
		return err
	})
}

func TestMetadataValuesInputs(t *testing.T) {
	_, v11, v12 := both(t)
	for _, c := range []*session{v11, v12} {
		for _, bad := range []values{nil, {}, {"A": {}}, {"A": {"B": "\xff"}}} {
			c.wantInputError(t, "MetadataValues", func() error {
				_, err := c.SetFileMetadataValues(t.Context(),
					oracledocs.SetFileMetadataValuesRequest{FileID: "D1", MetadataValues: bad})
				return err
			})
			c.wantInputError(t, "MetadataValues", func() error {
				_, err := c.SetFolderMetadataValues(t.Context(),
					oracledocs.SetFolderMetadataValuesRequest{FolderID: "F1", MetadataValues: bad})
				return err
			})
		}
		c.wantInputError(t, "Fields", func() error {
			_, err := c.DeleteFileMetadataValues(t.Context(),
				oracledocs.DeleteFileMetadataValuesRequest{FileID: "D1", Collection: "A"})
			return err
		})
		c.wantInputError(t, "Collection", func() error {
			_, err := c.DeleteFolderMetadataValues(t.Context(),
				oracledocs.DeleteFolderMetadataValuesRequest{FolderID: "F1", Fields: []string{"A"}})
			return err
		})
		c.wantInputError(t, "Fields", func() error {
			_, err := c.DeleteFolderMetadataValues(t.Context(),
				oracledocs.DeleteFolderMetadataValuesRequest{FolderID: "F1", Collection: "A", Fields: []string{"a,b"}})
			return err
		})
	}
}
