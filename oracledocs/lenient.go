package oracledocs

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"

	"github.com/docferry/docferry/internal/call"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// lenientLists returns readers of the lists whose form the reference leaves
// open.
func lenientLists() *json.Unmarshalers {
	return json.JoinUnmarshalers(
		json.UnmarshalFromFunc(readItems[Rendition]),
		json.UnmarshalFromFunc(readItems[Link]),
		json.UnmarshalFromFunc(readItems[Share]),
		json.UnmarshalFromFunc(readItems[UnavailableItem]),
		json.UnmarshalFromFunc(readItems[ZipEntry]),
		json.UnmarshalFromFunc(readZipEntry),
		json.UnmarshalFromFunc(readMetadataCollections),
	)
}

// readItems reads a list that may also come in another form; see reshape.
func readItems[Item any](dec *jsontext.Decoder, to *[]Item) error {
	v, err := dec.ReadValue()
	if err != nil {
		return err
	}
	type plain []Item // without this reader, which would call itself
	return json.Unmarshal(reshape(v, reflect.TypeFor[[]Item]()), (*plain)(to), dec.Options())
}

// reshape returns a value in the form that its type has, if it is of a type whose
// form the reference leaves open.
func reshape(v jsontext.Value, t reflect.Type) jsontext.Value {
	switch t {
	case reflect.TypeFor[[]Rendition](), reflect.TypeFor[[]Link](), reflect.TypeFor[[]Share](),
		reflect.TypeFor[[]UnavailableItem](), reflect.TypeFor[[]ZipEntry]():
		return asList(v)
	case reflect.TypeFor[map[string]MetadataCollection]():
		return asObject(v)
	}
	return v
}

// asList returns the list in a value that may also be an object: one that wraps
// the list in a member "items", or the only item.
func asList(v jsontext.Value) jsontext.Value {
	if v.Kind() != '{' {
		return v
	}
	var wrapped struct {
		Items jsontext.Value `json:"items"`
	}
	if json.Unmarshal(v, &wrapped, call.Lenient(), json.MatchCaseInsensitiveNames(true)) == nil && wrapped.Items != nil {
		return wrapped.Items
	}
	return slices.Concat(jsontext.Value("["), v, jsontext.Value("]"))
}

// asObject returns the members of an object, or of all objects in a list. What is
// no object in that list becomes a member that cannot be read, with its position
// for a name.
func asObject(v jsontext.Value) jsontext.Value {
	var list []jsontext.Value
	if v.Kind() != '[' || json.Unmarshal(v, &list, call.Lenient()) != nil {
		return v
	}
	var members [][]byte
	for i, item := range list {
		inside := []byte(`"` + strconv.Itoa(i) + `":[]`)
		if item.Kind() == '{' {
			inside = bytes.TrimSpace(item[1 : len(item)-1])
		}
		if len(inside) > 0 {
			members = append(members, inside)
		}
	}
	return slices.Concat(jsontext.Value("{"), bytes.Join(members, []byte(",")), jsontext.Value("}"))
}

// readZipEntry reads an entry from an object with values of any kind, or from
// a name alone.
func readZipEntry(dec *jsontext.Decoder, to *ZipEntry) error {
	v, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if v.Kind() != '{' {
		name, err := scalar(v)
		*to = ZipEntry{"name": name}
		return err
	}
	var members map[string]jsontext.Value
	if err := json.Unmarshal(v, &members, dec.Options()); err != nil {
		return err
	}
	*to = make(ZipEntry, len(members))
	for name, value := range members {
		text, err := scalar(value)
		if err != nil {
			text = string(value)
		}
		(*to)[name] = text
	}
	return nil
}
