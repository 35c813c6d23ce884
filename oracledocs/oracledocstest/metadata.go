package oracledocstest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxMetadataName is the documented limit on the names of a collection and one
// of its fields together, in characters.
const maxMetadataName = 240

// forbiddenNames has the documented words that cannot be names of collections
// or fields, in any case.
var forbiddenNames = []string{
	"NUL", "NULL", "xSystem", "xUser", "xAF", "dMetadataUnitID", "dParentMetadataUnitID", "dMetadataInheritLevel",
	"dAssignedMetaCollection", "dMetaCollection", "dMetaCollections", "dMetadataCollectionID", "dMetadataID",
}

// checkMetadataName applies the documented rules for the names of collections
// and fields. beside is the name that shares the length limit: that of the
// collection when a field is checked. The member is the one that the error
// names.
func checkMetadataName(member, name, beside string) error {
	switch {
	case name == "":
		return required(member)
	case strings.TrimSpace(name) != name:
		return invalid(member, "begins or ends with a space")
	case strings.ContainsAny(name, `/\<>[]{}=$%'*"?:#&^.,|`):
		return invalid(member, "contains a forbidden character")
	case utf8.RuneCountInString(name+beside) > maxMetadataName:
		return invalid(member, "is too long")
	case slices.ContainsFunc(forbiddenNames, func(other string) bool { return strings.EqualFold(other, name) }):
		return invalid(member, "is a reserved name")
	}
	return nil
}

// fieldTypes has the types that a field can have. The examples in the
// documentation show string only; values are stored as strings in any case.
var fieldTypes = []string{"string", "number", "boolean", "date"}

// fieldsOf reads definitions of fields from one of two members: the array of
// objects if it was sent, which version 1.2 has, or else the list of names,
// whose fields are strings.
func fieldsOf(in *input, list, array, collectionName string) ([]*field, error) {
	fields := []*field{}
	for _, name := range in.list(list, 0) {
		fields = append(fields, &field{name: name, kind: "string", enabled: true})
	}
	// The array replaces the list, even if both were sent.
	if in.has(array) {
		fields = fields[:0]
	}
	for _, one := range in.objects(array, "fieldName", "fieldType", "fieldDescription", "defaultValue", "isEnabled") {
		fields = append(fields, &field{
			name: one.need("fieldName"), kind: one.choice("fieldType", "string", fieldTypes...),
			description: one.text("fieldDescription", 0), fallback: one.text("defaultValue", 0),
			enabled: one.flag("isEnabled", true),
		})
		if one.err != nil {
			return nil, one.err
		}
	}
	for _, f := range fields {
		if err := checkMetadataName("fieldName", f.name, collectionName); err != nil {
			return nil, err
		}
	}
	return fields, in.err
}

// createMetadataCollection creates a global collection for an administrator and
// a personal one for any other user. The name searchFields is refused: its path
// belongs to another operation.
func (s *Server) createMetadataCollection(c *call) (*reply, error) {
	name := c.path["collectionName"]
	if err := checkMetadataName("collectionName", name, ""); err != nil {
		return nil, err
	}
	// The path /metadata/searchFields is an operation of its own.
	if strings.EqualFold(name, "searchFields") {
		return nil, invalid("collectionName", "is a reserved name")
	}
	fields, err := fieldsOf(c.body, "fields", "fieldsArray", name)
	if err != nil {
		return nil, err
	}
	// The personal collections of other users do not take up the name.
	if s.visible(c.user, name) != nil {
		return nil, &refusal{
			status: http.StatusConflict, code: codeNameTaken,
			key: "!csMetadataCollectionExists," + name, message: "The collection '" + name + "' already exists.",
		}
	}
	col := &collection{name: name, enabled: true}
	if !c.user.admin {
		col.owner = c.user
	}
	if err := col.add(fields); err != nil {
		return nil, err
	}
	s.collections = append(s.collections, col)
	return &reply{body: object{}}, nil
}

// add adds fields to a collection, all of them or none. The names of fields are
// not case-sensitive.
func (col *collection) add(fields []*field) error {
	all := slices.Clone(col.fields)
	for _, f := range fields {
		if slices.ContainsFunc(all, func(other *field) bool { return strings.EqualFold(other.name, f.name) }) {
			return invalid(f.name, "is already a field of the collection")
		}
		all = append(all, f)
	}
	col.fields = all
	return nil
}

// collection returns the metadata collection that the path names. With change,
// the caller must be allowed to change it: an administrator if it is global, or
// else its owner, who is the only one to see a personal collection.
func (s *Server) collection(c *call, change bool) (*collection, error) {
	col := s.visible(c.user, c.path["collectionName"])
	if col == nil {
		return nil, invalid("collectionName", "does not name a collection")
	}
	if change && col.owner == nil {
		return col, c.requireAdmin()
	}
	return col, nil
}

// editMetadataCollection adds and removes fields and enables or disables the
// collection. Everything is checked before the first change. A collection
// cannot be renamed.
func (s *Server) editMetadataCollection(c *call) (*reply, error) {
	col, err := s.collection(c, true)
	if err != nil {
		return nil, err
	}
	settings := c.body.choice("settings", "", "enable", "disable")
	remove := c.body.list("removeFields", 0)
	add, err := fieldsOf(c.body, "addFields", "addFieldsArray", col.name)
	if err != nil {
		return nil, err
	}
	for _, name := range remove {
		if col.field(name) == nil {
			return nil, invalid("removeFields", "does not name a field of the collection: "+name)
		}
	}
	// Adding comes first: a field that is removed and added in one call is
	// refused instead of emptied.
	if err := col.add(add); err != nil {
		return nil, err
	}
	for _, name := range remove {
		s.dropField(col, col.field(name))
	}
	if settings != "" {
		col.enabled = settings == "enable"
	}
	return &reply{body: object{}}, nil
}

// dropField removes a field, its values on all items and its place in the
// search index.
func (s *Server) dropField(col *collection, f *field) {
	col.fields = slices.DeleteFunc(col.fields, func(other *field) bool { return other == f })
	s.searchable = slices.DeleteFunc(s.searchable, func(name string) bool { return name == col.name+"."+f.name })
	for _, it := range s.items {
		// Values are kept under the name of their collection, and personal
		// collections of several users may have the same name.
		if slices.Contains(it.inherits(false), col) {
			delete(it.values[col.name], f.name)
		}
	}
}

// editMetadataCollectionFields enables or disables fields. Version 1.2 can also
// change their descriptions and default values, through fieldsArray, which then
// replaces the other two members.
func (s *Server) editMetadataCollectionFields(c *call) (*reply, error) {
	col, err := s.collection(c, true)
	if err != nil {
		return nil, err
	}
	settings := c.body.choice("settings", "", "enable", "disable")
	names := c.body.list("fields", 0)
	changes := c.body.objects("fieldsArray", "fieldName", "fieldDescription", "defaultValue", "isEnabled")
	if c.body.err == nil && !c.body.has("fieldsArray") && (settings == "" || len(names) == 0) {
		c.body.fail(required("fields"))
	}
	if c.body.err != nil {
		return nil, c.body.err
	}
	if c.body.has("fieldsArray") {
		return s.changeFields(col, changes)
	}
	for _, name := range names {
		if col.field(name) == nil {
			return nil, invalid("fields", "does not name a field of the collection: "+name)
		}
	}
	for _, name := range names {
		col.field(name).enabled = settings == "enable"
	}
	return &reply{body: object{}}, nil
}

// changeFields changes fields of a collection, all of them or none. Members
// that are not sent leave the field as it is.
func (s *Server) changeFields(col *collection, changes []*input) (*reply, error) {
	changed := []field{}
	for _, in := range changes {
		f := col.field(in.need("fieldName"))
		if in.err == nil && f == nil {
			in.fail(invalid("fieldName", "does not name a field of the collection"))
		}
		if in.err != nil {
			return nil, in.err
		}
		next := *f
		if in.has("fieldDescription") {
			next.description = in.text("fieldDescription", 0)
		}
		if in.has("defaultValue") {
			next.fallback = in.text("defaultValue", 0)
		}
		next.enabled = in.flag("isEnabled", f.enabled)
		if in.err != nil {
			return nil, in.err
		}
		changed = append(changed, next)
	}
	for _, next := range changed {
		*col.field(next.name) = next
	}
	return &reply{body: object{}}, nil
}

// deleteMetadataCollection deletes a collection with its fields, their values
// and all assignments. As documented, its fields leave the search index too.
func (s *Server) deleteMetadataCollection(c *call) (*reply, error) {
	col, err := s.collection(c, true)
	if err != nil {
		return nil, err
	}
	for _, f := range slices.Clone(col.fields) {
		s.dropField(col, f)
	}
	for _, it := range s.items {
		it.assigned = slices.DeleteFunc(it.assigned, func(other *collection) bool { return other == col })
	}
	s.collections = slices.DeleteFunc(s.collections, func(other *collection) bool { return other == col })
	return &reply{body: object{}}, nil
}

// collectionObject returns a metadata collection as the API shows it. The
// fields are included if they are wanted and there are any.
func collectionObject(col *collection, withFields bool) object {
	o := object{"type": "collection", "isEnabled": digit(col.enabled)}
	items := []object{}
	for _, f := range col.fields {
		item := object{"type": "field", "fieldName": f.name, "fieldType": f.kind, "isEnabled": digit(f.enabled)}
		if f.description != "" {
			item["fieldDescription"] = f.description
		}
		if f.fallback != "" {
			item["defaultValue"] = f.fallback
		}
		items = append(items, item)
	}
	if withFields && len(items) > 0 {
		o["items"] = items
	}
	return o
}

// getAvailableMetadataCollections lists the global collections and the personal
// ones of the caller. The documentation shows retrieveFields both in a body and
// in the query, so both are read.
func (s *Server) getAvailableMetadataCollections(c *call) (*reply, error) {
	withFields := c.inputs().flag("retrieveFields", false)
	all := object{}
	for _, col := range s.collections {
		if col.owner == nil || col.owner == c.user {
			all[col.name] = collectionObject(col, withFields)
		}
	}
	return &reply{body: object{"metadataCollections": all}}, nil
}

// getMetadataCollection describes one collection with its fields, to anyone who
// can see it.
func (s *Server) getMetadataCollection(c *call) (*reply, error) {
	col, err := s.collection(c, false)
	if err != nil {
		return nil, err
	}
	return &reply{body: collectionObject(col, true)}, nil
}

// getSearchableMetadataFields lists the fields that a search can refer to, as
// Collection.Field.
func (s *Server) getSearchableMetadataFields(*call) (*reply, error) {
	return &reply{body: object{
		"type": "metadata", "number": strconv.Itoa(len(s.searchable)), "fields": strings.Join(s.searchable, ","),
	}}, nil
}

// setSearchableMetadataFields makes fields of a global collection searchable,
// in addition to those that already are. It takes an administrator. The
// documented limit, above which the answer is 403, is 100 fields in version 1.1
// and 200 in 1.2.
func (s *Server) setSearchableMetadataFields(c *call) (*reply, error) {
	name, fields := c.body.need("collection"), c.body.list("fields", 0)
	if c.body.need("fields"); c.body.err != nil {
		return nil, c.body.err
	}
	if err := c.requireAdmin(); err != nil {
		return nil, err
	}
	unknown := &refusal{
		status: http.StatusNotFound, code: codeMissing,
		key: "!csMetadataDoesNotExist," + name, message: "The collection or a field of it does not exist.",
	}
	// Without a user, only global collections are visible.
	col := s.visible(nil, name)
	if col == nil {
		return nil, unknown
	}
	next := slices.Clone(s.searchable)
	for _, fieldName := range fields {
		f := col.field(fieldName)
		if f == nil {
			return nil, unknown
		}
		if full := col.name + "." + f.name; !slices.Contains(next, full) {
			next = append(next, full)
		}
	}
	limit := 200
	if c.version == "1.1" {
		limit = 100
	}
	if len(next) > limit {
		return nil, &refusal{
			status: http.StatusForbidden, code: codeGeneral,
			key: "!csTooManySearchableFields," + strconv.Itoa(limit), message: "There are too many searchable fields.",
		}
	}
	s.searchable = next
	return &reply{body: object{}}, nil
}
