package oracledocs_test

import (
	"errors"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func TestMetadataCollections(t *testing.T) {
	_, v11, c := both(t)
	err := v11.CreateMetadataCollection(t.Context(), oracledocs.CreateMetadataCollectionRequest{
		CollectionName: "Invoices", Fields: []string{"Number", "Paid"}})
	if err != nil {
		t.Fatal(err)
	}
	if sent := v11.last(t); sent.body != `{"fields":"Number,Paid"}` {
		t.Errorf("sent %s", sent.body)
	}
	err = c.CreateMetadataCollection(t.Context(), oracledocs.CreateMetadataCollectionRequest{
		CollectionName: "Orders / no", // refused by the service, but a single segment of the path
	})
	if !errors.Is(err, docferry.ErrInvalid) {
		t.Errorf("a forbidden name: %v", err)
	}
	if got := c.last(t).path; got != "/documents/api/1.2/metadata/Orders%20%2F%20no" {
		t.Errorf("sent to %s", got)
	}
	err = c.EditMetadataCollection(t.Context(), oracledocs.EditMetadataCollectionRequest{
		CollectionName: "Invoices", RemoveFields: []string{"Paid"}, Settings: oracledocs.MetadataSettingDisable,
		AddFieldsArray: []oracledocs.MetadataFieldSpec{
			{FieldName: "Due", FieldType: oracledocs.MetadataFieldTypeDate, FieldDescription: "Day",
				DefaultValue: "2030-01-02T03:04:05", IsEnabled: new(false)},
			{FieldName: "Open", IsEnabled: new(true)},
			{FieldName: "By"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"addFieldsArray":[{"fieldName":"Due","fieldType":"date","fieldDescription":"Day","defaultValue":"2030-01-02T03:04:05","isEnabled":"0"},` +
		`{"fieldName":"Open","isEnabled":"1"},{"fieldName":"By"}],"removeFields":"Paid","settings":"disable"}`
	if got := c.last(t).body; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	edits := []oracledocs.EditMetadataCollectionFieldsRequest{
		{Fields: []string{"Number", "By"}, Settings: oracledocs.MetadataSettingDisable},
		{FieldsArray: []oracledocs.MetadataFieldSpec{{FieldName: "By", FieldDescription: "Whose", IsEnabled: new(true)}}},
	}
	for _, edit := range edits {
		edit.CollectionName = "Invoices"
		if err := c.EditMetadataCollectionFields(t.Context(), edit); err != nil {
			t.Error(err)
		}
	}
	got := must(c.GetMetadataCollection(t.Context(),
		oracledocs.GetMetadataCollectionRequest{CollectionName: "Invoices"}))(t)
	collection := oracledocs.MetadataCollection{Type: "collection", Items: []oracledocs.MetadataField{
		{Type: "field", FieldName: "Number", FieldType: "string"},
		{Type: "field", FieldName: "Due", FieldType: "date", FieldDescription: "Day", DefaultValue: "2030-01-02T03:04:05"},
		{Type: "field", FieldName: "Open", FieldType: "string", IsEnabled: true},
		{Type: "field", FieldName: "By", FieldType: "string", FieldDescription: "Whose", IsEnabled: true},
	}}
	if diff := cmp.Diff(collection, got.MetadataCollection); diff != "" {
		t.Error(diff)
	}

	all := must(c.GetAvailableMetadataCollections(t.Context(),
		oracledocs.GetAvailableMetadataCollectionsRequest{RetrieveFields: true}))(t)
	if diff := cmp.Diff(map[string]oracledocs.MetadataCollection{"Invoices": collection},
		all.MetadataCollections); diff != "" {
		t.Error(diff)
	}
	if got := c.last(t).query; got != "retrieveFields=1" {
		t.Errorf("sent the query %s", got)
	}
	if err := c.DeleteMetadataCollection(t.Context(),
		oracledocs.DeleteMetadataCollectionRequest{CollectionName: "Invoices"}); err != nil {
		t.Error(err)
	}
	_, err = c.GetMetadataCollection(t.Context(), oracledocs.GetMetadataCollectionRequest{CollectionName: "Invoices"})
	if !errors.Is(err, docferry.ErrInvalid) {
		t.Errorf("after it was deleted: %v", err)
	}
}

func TestSearchableMetadataFields(t *testing.T) {
	srv, _, c := both(t)
	srv.AddMetadata("Invoices", []string{"Number", "Paid"})
	set := func(c *session, fields ...string) error {
		return c.SetSearchableMetadataFields(t.Context(),
			oracledocs.SetSearchableMetadataFieldsRequest{Collection: "Invoices", Fields: fields})
	}
	if err := set(c, "Number", "Paid"); err != nil {
		t.Fatal(err)
	}
	if got, want := c.last(t).body, `{"collection":"Invoices","fields":"Number,Paid"}`; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	got := must(c.GetSearchableMetadataFields(t.Context(), oracledocs.GetSearchableMetadataFieldsRequest{}))(t)
	if got.Number != 2 || got.Type != "metadata" || !cmp.Equal(got.Fields, []string{"Invoices.Number", "Invoices.Paid"}) {
		t.Errorf("got %+v", got)
	}
	srv.AddUser("ann", "secret")
	if err := set(logIn(t, srv, "ann", "secret", oracledocs.V1_2), "Number"); !errors.Is(err, docferry.ErrForbidden) {
		t.Errorf("by somebody else: %v", err)
	}
	if err := set(c, "Nothing"); !errors.Is(err, docferry.ErrNotFound) {
		t.Errorf("a field that is not there: %v", err)
	}
}

// The reference says that collections come as a list; examples of siblings
// show an object.
func TestMetadataCollectionsForms(t *testing.T) {
	srv, _, c := both(t)
	want := map[string]oracledocs.MetadataCollection{
		"A": {Type: "collection", IsEnabled: true, IsInherited: true}, "B": {Type: "collection"},
	}
	for _, body := range []string{
		`{"A":{"type":"collection","isEnabled":1,"isInherited":"1"},"B":{"type":"collection","isEnabled":"0"}}`,
		`[{"A":{"type":"collection","isEnabled":true,"isInherited":1}},{"B":{"type":"collection","isEnabled":0}}]`,
	} {
		srv.Next("GetAvailableMetadataCollections",
			oracledocstest.Answer(200, `{"metadataCollections":`+body+`}`, "Content-Type", "application/json"))
		got := must(c.GetAvailableMetadataCollections(t.Context(), oracledocs.GetAvailableMetadataCollectionsRequest{}))(t)
		if diff := cmp.Diff(want, got.MetadataCollections); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}

func TestMetadataInputs(t *testing.T) {
	_, v11, c := both(t)
	specs := []oracledocs.MetadataFieldSpec{{FieldName: "A"}}
	v11.wantInputError(t, "FieldsArray", func() error {
		return v11.CreateMetadataCollection(t.Context(),
			oracledocs.CreateMetadataCollectionRequest{CollectionName: "C", FieldsArray: specs})
	})
	v11.wantInputError(t, "AddFieldsArray", func() error {
		return v11.EditMetadataCollection(t.Context(),
			oracledocs.EditMetadataCollectionRequest{CollectionName: "C", AddFieldsArray: specs})
	})
	v11.wantInputError(t, "FieldsArray", func() error {
		return v11.EditMetadataCollectionFields(t.Context(),
			oracledocs.EditMetadataCollectionFieldsRequest{CollectionName: "C", FieldsArray: specs})
	})
	c.wantInputError(t, "Fields", func() error {
		return c.CreateMetadataCollection(t.Context(),
			oracledocs.CreateMetadataCollectionRequest{CollectionName: "C", Fields: []string{"a,b"}})
	})
	for _, name := range []string{"", ".", "..", "a\tb"} {
		c.wantInputError(t, "CollectionName", func() error {
			return c.DeleteMetadataCollection(t.Context(), oracledocs.DeleteMetadataCollectionRequest{CollectionName: name})
		})
	}
}
