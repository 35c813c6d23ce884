package oracledocs

import (
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
		json.UnmarshalFromFunc(readAPIVersion),
	)
}

// readItems reads a list that may also come as an object: one that wraps the
// list in a member "items", or the only item.
func readItems[Item any](dec *jsontext.Decoder, to *[]Item) error {
	v, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if v.Kind() == '{' {
		var wrapped struct {
			Items jsontext.Value `json:"items"`
		}
		if err := json.Unmarshal(v, &wrapped, dec.Options()); err != nil {
			return err
		}
		if wrapped.Items == nil {
			var item Item
			*to = []Item{}
			if err := json.Unmarshal(v, &item, dec.Options()); err != nil {
				return err
			}
			*to = append(*to, item)
			return nil
		}
		v = wrapped.Items
	}
	type plain []Item // without this reader, which would call itself
	return json.Unmarshal(v, (*plain)(to), dec.Options())
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
