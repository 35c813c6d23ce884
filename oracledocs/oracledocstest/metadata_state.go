package oracledocstest

import (
	"maps"
	"slices"
	"strings"
)

// collection is a set of metadata fields that can be assigned to items. Values
// can be set only where a collection is assigned.
type collection struct {
	name string
	// owner is nil for a global collection. Only the owner sees a personal one.
	owner   *user
	enabled bool
	fields  []*field
}

// field is one field of a metadata collection. fallback is its default value.
type field struct {
	// kind is kept and reported, but values are not checked against it.
	name, kind, description, fallback string
	enabled                           bool
}

// field returns the field with a name, whatever its case, or nil.
func (col *collection) field(name string) *field {
	for _, f := range col.fields {
		if strings.EqualFold(f.name, name) {
			return f
		}
	}
	return nil
}

// visible returns the metadata collection with a name that a user may see,
// which is a global one or one of the user's own, or nil.
func (s *Server) visible(u *user, name string) *collection {
	for _, col := range s.collections {
		if strings.EqualFold(col.name, name) && (col.owner == nil || col.owner == u) {
			return col
		}
	}
	return nil
}

// inherits returns the metadata collections of an item: those assigned to it
// and, unless direct is set, those assigned to the folders above it. Each is
// listed once.
func (it *item) inherits(direct bool) []*collection {
	all := slices.Clone(it.assigned)
	if direct || it.parent == nil {
		return all
	}
	for _, col := range it.parent.inherits(false) {
		if !slices.Contains(all, col) {
			all = append(all, col)
		}
	}
	return all
}

// value returns the value of a field: the item's own or that of the nearest
// folder above that has one, and the field's default if there is none. As
// documented, values on a folder are inherited by everything below it.
func (it *item) value(col *collection, f *field) string {
	for at := it; at != nil; at = at.parent {
		if v, ok := at.values[col.name][f.name]; ok {
			return v
		}
	}
	return f.fallback
}

// metadata returns the metadata of an item by collection and field. Fields
// without a value, disabled fields and disabled collections are left out.
func (it *item) metadata(direct bool) object {
	all := object{}
	for _, col := range it.inherits(direct) {
		values := object{}
		for _, f := range col.fields {
			if v := it.value(col, f); v != "" && f.enabled && col.enabled {
				values[f.name] = v
			}
		}
		if len(values) > 0 {
			all[col.name] = values
		}
	}
	return all
}

// setValues sets metadata values on an item, all of them or none. The
// documentation has two forms: members named after fields, next to a member
// with the name of their collection, and members named Collection.field.
func (s *Server) setValues(c *call, it *item, in *input) error {
	if in == nil {
		return nil
	}
	set := map[*collection]map[string]string{}
	// Sorted, so that of several mistakes always the same one is reported.
	for _, key := range slices.Sorted(maps.Keys(in.values)) {
		name, fieldName := in.text("collection", 0), key
		if !in.has("collection") {
			name, fieldName, _ = strings.Cut(key, ".")
		} else if key == "collection" {
			continue
		}
		value := in.text(key, 0)
		if in.err != nil {
			return in.err
		}
		col, f, err := s.assignedField(c, it, name, fieldName)
		if err != nil {
			return err
		}
		if set[col] == nil {
			set[col] = map[string]string{}
		}
		set[col][f.name] = value
	}
	for col, values := range set {
		if it.values[col.name] == nil {
			it.values[col.name] = map[string]string{}
		}
		maps.Copy(it.values[col.name], values)
	}
	return nil
}

// assignedField returns a field of a collection that is assigned to an item or
// to a folder above it. The error for a field that is not is inferred.
func (s *Server) assignedField(c *call, it *item, name, fieldName string) (*collection, *field, error) {
	col := s.visible(c.user, name)
	if col == nil || !slices.Contains(it.inherits(false), col) {
		return nil, nil, invalid("collection", "names a collection that is not assigned to the item: "+name)
	}
	f := col.field(fieldName)
	if f == nil || !f.enabled || !col.enabled {
		return nil, nil, invalid(fieldName, "is not an enabled field of "+col.name)
	}
	return col, f, nil
}
