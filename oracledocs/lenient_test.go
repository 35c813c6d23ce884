package oracledocs

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

// Lists come as such, wrapped in an object, or as their only item.
func TestLenientLists(t *testing.T) {
	dialect := newDialect(V1_2)
	entries := []ZipEntry{{"name": "a.txt"}, {"name": "b.txt"}}
	mixed := []ZipEntry{{"name": "a.txt", "size": "7", "why": `{"code":[1]}`}}
	small := []Rendition{{Name: "small", Exists: true}}
	zip := []Link{{Href: "/package", Rel: "enclosure"}}
	gone := []UnavailableItem{{ID: "D1", Error: "Item not available"}}
	tests := []struct {
		body       string
		into, want any
	}{
		{`{"renditions":[{"name":"small","exists":"true"}]}`, &GetFileResponse{}, &GetFileResponse{Renditions: small}},
		{`{"renditions":{"items":[{"name":"small","exists":1}]}}`, &GetFileResponse{}, &GetFileResponse{Renditions: small}},
		{`{"renditions":{"items":null}}`, &GetFileResponse{}, &GetFileResponse{}},
		{`{"renditions":null}`, &GetFileResponse{}, &GetFileResponse{}},
		{`{"links":[{"href":"/package","rel":"enclosure"}]}`, &GetBulkDownloadStatusResponse{},
			&GetBulkDownloadStatusResponse{Links: zip}},
		{`{"links":{"href":"/package","rel":"enclosure"}}`, &GetBulkDownloadStatusResponse{},
			&GetBulkDownloadStatusResponse{Links: zip}},
		{`{"items":{"id":"D1","error":"Item not available"}}`, &GetBulkDownloadStatusResponse{},
			&GetBulkDownloadStatusResponse{Items: gone}},
		{`{"ignoredItems":["a.txt","b.txt"]}`, &GetExtractionStatusResponse{},
			&GetExtractionStatusResponse{IgnoredItems: entries}},
		{`{"ignoredItems":[{"name":"a.txt"},"b.txt"]}`, &GetExtractionStatusResponse{},
			&GetExtractionStatusResponse{IgnoredItems: entries}},
		{`{"skippedItems":{"items":[{"name":"a.txt"},{"name":"b.txt"}]}}`, &GetExtractionStatusResponse{},
			&GetExtractionStatusResponse{SkippedItems: entries}},
		{`{"skippedItems":{"name":"a.txt","size":7,"why":{"code":[1]}}}`, &GetExtractionStatusResponse{},
			&GetExtractionStatusResponse{SkippedItems: mixed}},
		{`{"idList":["D1",2],"tags":"a, b"}`, &GetFileTagsResponse{},
			&GetFileTagsResponse{IDList: []string{"D1", "2"}, Tags: []string{"a", "b"}}},
	}
	for _, test := range tests {
		if _, err := dialect.Decode([]byte(test.body), nil, test.into); err != nil {
			t.Errorf("%s: %v", test.body, err)
		}
		if diff := cmp.Diff(test.want, test.into); diff != "" {
			t.Errorf("%s reads as something else (-want +got):\n%s", test.body, diff)
		}
	}
}

// An odd part of such a list does not cost the others, in whatever form the list
// comes.
func TestLenientListsWithOddParts(t *testing.T) {
	dialect := newDialect(V1_2)
	small := []Rendition{{Name: "small", Exists: true}}
	entries := []ZipEntry{{"name": "a.txt"}}
	field := map[string]MetadataCollection{"A": {Type: "a"}, "B": {Type: "b"}}
	for _, test := range []struct {
		body       string
		into, want any
		unread     string
	}{
		{`{"renditions":"small","id":"F1"}`, &GetFileResponse{}, &GetFileResponse{File: File{ID: "F1"}}, "/renditions"},
		{`{"renditions":[7,{"name":"small","exists":[1]}]}`, &GetFileResponse{},
			&GetFileResponse{Renditions: []Rendition{{Name: "small"}}}, "/renditions/0 /renditions/1/exists"},
		{`{"renditions":{"items":[{"name":"small","exists":1},null]}}`, &GetFileResponse{},
			&GetFileResponse{Renditions: small}, "/renditions/1"},
		{`{"renditions":{"name":"small","exists":true,"type":{}}}`, &GetFileResponse{},
			&GetFileResponse{Renditions: small}, "/renditions/0/type"},
		{`{"links":7,"items":[{"id":"D1"}]}`, &GetBulkDownloadStatusResponse{},
			&GetBulkDownloadStatusResponse{Items: []UnavailableItem{{ID: "D1"}}}, "/links"},
		{`{"ignoredItems":[[],"a.txt"]}`, &GetExtractionStatusResponse{},
			&GetExtractionStatusResponse{IgnoredItems: entries}, "/ignoredItems/0"},
		{`{"ignoredItems":"a.txt"}`, &GetExtractionStatusResponse{}, &GetExtractionStatusResponse{}, "/ignoredItems"},
		{`{"metadataCollections":[{"A":{"type":"a"}},7,null,{},{"B":{"type":"b","items":{}}}]}`,
			&GetAvailableMetadataCollectionsResponse{}, &GetAvailableMetadataCollectionsResponse{MetadataCollections: field},
			"/metadataCollections/1 /metadataCollections/2 /metadataCollections/B/items"},
	} {
		unread, err := dialect.Decode([]byte(test.body), nil, test.into)
		if err != nil || strings.Join(unread.Paths, " ") != test.unread {
			t.Errorf("%s: %q, %v; want %q", test.body, unread.Paths, err, test.unread)
		}
		if diff := cmp.Diff(test.want, test.into); diff != "" {
			t.Errorf("%s reads as something else (-want +got):\n%s", test.body, diff)
		}
	}
}

// Whatever comes is read or refused, by every operation; what was read can be
// read again when it is written.
func FuzzAnswers(f *testing.F) {
	content, err := os.ReadFile("testdata/answers.json")
	if err != nil {
		f.Fatal(err)
	}
	var answers map[string]json.RawMessage
	if err := json.Unmarshal(content, &answers); err != nil {
		f.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(answers)) {
		f.Add([]byte(answers[name]))
	}
	f.Add([]byte(`{"renditions":{"items":[{}]},"links":{},"ignoredItems":["",{"a":[]}],"completed":2,"createdTime":7}`))
	var responses []reflect.Type
	for method := range reflect.TypeFor[*Client]().Methods() {
		for out := range method.Type.Outs() {
			if out.Kind() == reflect.Pointer && out.Elem().Name() == method.Name+"Response" {
				responses = append(responses, out.Elem())
			}
		}
	}
	dialect := newDialect(V1_2)
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, response := range responses {
			read := reflect.New(response).Interface()
			if _, err := dialect.Decode(body, nil, read); err != nil {
				continue
			}
			written, err := jsonv2.Marshal(read, dialect.JSON)
			if err != nil {
				continue // text that is not UTF-8, or a time out of range
			}
			again := reflect.New(response).Interface()
			if _, err := dialect.Decode(written, nil, again); err != nil {
				t.Errorf("%v: %s", err, written)
			}
		}
	})
}
