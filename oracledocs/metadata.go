package oracledocs

import (
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// MetadataFieldType is the type of a field. Values are strings on the wire,
// whatever the type.
type MetadataFieldType string

// Types of fields. Oracle's examples show only the first; the spelling of the
// others is inferred from the text.
const (
	MetadataFieldTypeString  MetadataFieldType = "string"
	MetadataFieldTypeNumber  MetadataFieldType = "number"
	MetadataFieldTypeBoolean MetadataFieldType = "boolean"
	MetadataFieldTypeDate    MetadataFieldType = "date"
)

// MetadataSetting switches a collection or fields on or off.
type MetadataSetting string

// Settings.
const (
	MetadataSettingEnable  MetadataSetting = "enable"
	MetadataSettingDisable MetadataSetting = "disable"
)

// MetadataField describes a field of a collection.
type MetadataField struct {
	Type             string            `json:"type,omitzero"` // "field"
	FieldName        string            `json:"fieldName,omitzero"`
	FieldType        MetadataFieldType `json:"fieldType,omitzero"`
	FieldDescription string            `json:"fieldDescription,omitzero"`
	DefaultValue     string            `json:"defaultValue,omitzero"`
	IsEnabled        bool              `json:"isEnabled,omitzero"`
}

// MetadataCollection describes a collection of fields.
type MetadataCollection struct {
	Type      string `json:"type,omitzero"` // "collection"
	IsEnabled bool   `json:"isEnabled,omitzero"`
	// IsInherited is true for an item if the collection is assigned to a folder
	// above it.
	IsInherited bool            `json:"isInherited,omitzero"`
	Items       []MetadataField `json:"items,omitzero"`
}

// MetadataFieldSpec defines a field or changes one. Only FieldName is required.
type MetadataFieldSpec struct {
	FieldName        string            `json:"fieldName"`          // required
	FieldType        MetadataFieldType `json:"fieldType,omitzero"` // for a new field; cannot be changed later
	FieldDescription string            `json:"fieldDescription,omitzero"`
	// DefaultValue is written as 2006-01-02T15:04:05 for a date, and as 1 or 0 for
	// a boolean.
	DefaultValue string `json:"defaultValue,omitzero"`
	IsEnabled    *bool  `json:"isEnabled,omitzero"`
}

// writeFieldSpec writes the flag as 1 or 0, as answers show it.
func writeFieldSpec(enc *jsontext.Encoder, spec MetadataFieldSpec) error {
	type plain MetadataFieldSpec // without this writer, which would call itself
	flag := ""
	if spec.IsEnabled != nil {
		flag = "0"
		if *spec.IsEnabled {
			flag = "1"
		}
		spec.IsEnabled = nil
	}
	return json.MarshalEncode(enc, struct {
		plain
		Flag string `json:"isEnabled,omitzero"`
	}{plain(spec), flag})
}

// CreateMetadataCollectionRequest makes a collection of fields.
type CreateMetadataCollectionRequest struct {
	// CollectionName begins with "Personal." for a collection that is visible only
	// to the caller. Any other collection is global, and the caller must be an
	// administrator. The names of the collection and a field together have up to
	// 240 characters. Apart from the prefix, neither may begin or end with a space,
	// hold any of / \ < > [ ] { } = $ % ' * " ? : # & ^ . , | ; or be a reserved
	// word such as "NULL" or "dMetadataID". Case does not matter. Required.
	CollectionName string   `path:"collectionName"`
	Fields         []string `json:"fields,omitzero"` // names of fields
	// FieldsArray defines fields in detail, instead of Fields. That this operation
	// accepts it is inferred from the operations that edit collections.
	FieldsArray []MetadataFieldSpec `json:"fieldsArray,omitzero" api:"1.2"`
}

var createMetadataCollection = call.NewOp("CreateMetadataCollection",
	"POST /documents/api/{version}/metadata/{collectionName}", call.Unsafe)

// CreateMetadataCollection makes a metadata collection. It can be assigned to
// files and folders, which can then have values in its fields. It cannot be
// renamed.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-metadata-collectionname-post.html
func (c *Client) CreateMetadataCollection(
	ctx context.Context, req CreateMetadataCollectionRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, createMetadataCollection, &req, opts)
}

// EditMetadataCollectionRequest changes a collection.
type EditMetadataCollectionRequest struct {
	CollectionName string `path:"collectionName"` // required
	// AddFields has the names of new fields.
	AddFields []string `json:"addFields,omitzero"`
	// AddFieldsArray defines new fields in detail, instead of AddFields.
	AddFieldsArray []MetadataFieldSpec `json:"addFieldsArray,omitzero" api:"1.2"`
	RemoveFields   []string            `json:"removeFields,omitzero"` // names of fields
	Settings       MetadataSetting     `json:"settings,omitzero"`     // of the collection
}

var editMetadataCollection = call.NewOp("EditMetadataCollection",
	"PUT /documents/api/{version}/metadata/{collectionName}", call.Idempotent)

// EditMetadataCollection adds fields to a metadata collection, removes fields
// with their values, and enables or disables it. If the collection does not
// exist, the error is [docferry.ErrInvalid].
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-metadata-collectionname-put.html
func (c *Client) EditMetadataCollection(
	ctx context.Context, req EditMetadataCollectionRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, editMetadataCollection, &req, opts)
}

// EditMetadataCollectionFieldsRequest changes fields of a collection.
type EditMetadataCollectionFieldsRequest struct {
	CollectionName string          `path:"collectionName"`    // required
	Fields         []string        `json:"fields,omitzero"`   // names of fields to enable or disable
	Settings       MetadataSetting `json:"settings,omitzero"` // of Fields
	// FieldsArray changes fields in detail, instead of Fields and Settings.
	// Leave FieldType zero.
	FieldsArray []MetadataFieldSpec `json:"fieldsArray,omitzero" api:"1.2"`
}

var editMetadataCollectionFields = call.NewOp("EditMetadataCollectionFields",
	"PUT /documents/api/{version}/metadata/{collectionName}/field", call.Idempotent)

// EditMetadataCollectionFields enables and disables fields of a metadata
// collection. In version 1.2 it can change their descriptions and defaults. If
// the collection does not exist, the error is [docferry.ErrInvalid].
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-metadata-collectionname-field-put.html
func (c *Client) EditMetadataCollectionFields(
	ctx context.Context, req EditMetadataCollectionFieldsRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, editMetadataCollectionFields, &req, opts)
}

// DeleteMetadataCollectionRequest names a collection.
type DeleteMetadataCollectionRequest struct {
	CollectionName string `path:"collectionName"` // required
}

var deleteMetadataCollection = call.NewOp("DeleteMetadataCollection",
	"DELETE /documents/api/{version}/metadata/{collectionName}", call.Idempotent)

// DeleteMetadataCollection deletes a metadata collection. Its fields can no
// longer be searched. If the collection does not exist, the error is
// [docferry.ErrInvalid]. What the service answers is inferred.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-metadata-collectionname-delete.html
func (c *Client) DeleteMetadataCollection(
	ctx context.Context, req DeleteMetadataCollectionRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, deleteMetadataCollection, &req, opts)
}

// GetAvailableMetadataCollectionsRequest asks for all collections.
type GetAvailableMetadataCollectionsRequest struct {
	RetrieveFields bool `query:"retrieveFields,digit"` // describe their fields as well
}

// GetAvailableMetadataCollectionsResponse holds collections.
type GetAvailableMetadataCollectionsResponse struct {
	// MetadataCollections are the collections by name. That the service sends them
	// by name is inferred; the reference speaks of a list, and a list of such
	// objects is read as well.
	MetadataCollections map[string]MetadataCollection `json:"metadataCollections,omitzero"`
	Status
}

var getAvailableMetadataCollections = call.NewOp("GetAvailableMetadataCollections",
	"GET /documents/api/{version}/metadata", call.Safe)

// GetAvailableMetadataCollections describes the global metadata collections and
// the caller's personal ones. Oracle's reference puts RetrieveFields in a body
// in one place and in the query in its examples; it is sent in the query.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-metadata-get.html
func (c *Client) GetAvailableMetadataCollections(
	ctx context.Context, req GetAvailableMetadataCollectionsRequest, opts ...docferry.CallOption,
) (*GetAvailableMetadataCollectionsResponse, error) {
	return call.Do[GetAvailableMetadataCollectionsResponse](ctx, c.core, getAvailableMetadataCollections, &req, opts)
}

// readMetadataCollections reads collections by name from an object, or from a
// list of such objects.
func readMetadataCollections(dec *jsontext.Decoder, to *map[string]MetadataCollection) error {
	type plain map[string]MetadataCollection // without this reader, which would call itself
	v, err := dec.ReadValue()
	if err != nil {
		return err
	}
	return json.Unmarshal(asObject(v), (*plain)(to), dec.Options())
}

// GetMetadataCollectionRequest names a collection.
type GetMetadataCollectionRequest struct {
	CollectionName string `path:"collectionName"` // required
}

// GetMetadataCollectionResponse describes the collection.
type GetMetadataCollectionResponse struct {
	MetadataCollection
	Status
}

var getMetadataCollection = call.NewOp("GetMetadataCollection",
	"GET /documents/api/{version}/metadata/{collectionName}", call.Safe)

// GetMetadataCollection describes a metadata collection and its fields. If the
// collection does not exist, the error is [docferry.ErrInvalid].
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-metadata-collectionname-get.html
func (c *Client) GetMetadataCollection(
	ctx context.Context, req GetMetadataCollectionRequest, opts ...docferry.CallOption,
) (*GetMetadataCollectionResponse, error) {
	return call.Do[GetMetadataCollectionResponse](ctx, c.core, getMetadataCollection, &req, opts)
}

// GetSearchableMetadataFieldsRequest has no fields.
type GetSearchableMetadataFieldsRequest struct{}

// GetSearchableMetadataFieldsResponse lists fields.
type GetSearchableMetadataFieldsResponse struct {
	Type   string   `json:"type,omitzero"` // "metadata"
	Number int64    `json:"number,omitzero"`
	Fields []string `json:"fields,omitzero"` // "Collection.Field"
	Status
}

var getSearchableMetadataFields = call.NewOp("GetSearchableMetadataFields",
	"GET /documents/api/{version}/metadata/searchFields", call.Safe)

// GetSearchableMetadataFields lists the fields whose values can be searched.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-metadata-searchfields-get.html
func (c *Client) GetSearchableMetadataFields(
	ctx context.Context, req GetSearchableMetadataFieldsRequest, opts ...docferry.CallOption,
) (*GetSearchableMetadataFieldsResponse, error) {
	return call.Do[GetSearchableMetadataFieldsResponse](ctx, c.core, getSearchableMetadataFields, &req, opts)
}

// SetSearchableMetadataFieldsRequest names fields of a collection.
type SetSearchableMetadataFieldsRequest struct {
	Collection string   `json:"collection"` // required; a global one
	Fields     []string `json:"fields"`     // required; names of fields
}

var setSearchableMetadataFields = call.NewOp("SetSearchableMetadataFields",
	"POST /documents/api/{version}/metadata/searchFields", call.Idempotent)

// SetSearchableMetadataFields makes fields of a metadata collection searchable.
// The caller must be an administrator. More than 200 searchable fields, or 100
// according to the text of version 1.1, are refused with
// [docferry.ErrForbidden]; a collection or a field that does not exist, with
// [CodeNotFound].
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/op-documents-api-1.2-metadata-searchfields-post.html
func (c *Client) SetSearchableMetadataFields(
	ctx context.Context, req SetSearchableMetadataFieldsRequest, opts ...docferry.CallOption,
) error {
	return call.Exec(ctx, c.core, setSearchableMetadataFields, &req, opts)
}
