package oracledocs

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
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
		if err := dialect.Decode([]byte(test.body), nil, test.into); err != nil {
			t.Errorf("%s: %v", test.body, err)
		}
		if diff := cmp.Diff(test.want, test.into); diff != "" {
			t.Errorf("%s reads as something else (-want +got):\n%s", test.body, diff)
		}
	}
	for _, body := range []string{`{"renditions":"small"}`, `{"renditions":[1]}`, `{"links":7}`, `{"ignoredItems":7}`,
		`{"ignoredItems":[[]]}`} {
		if dialect.Decode([]byte(body), nil, &GetFileResponse{}) == nil &&
			dialect.Decode([]byte(body), nil, &GetBulkDownloadStatusResponse{}) == nil &&
			dialect.Decode([]byte(body), nil, &GetExtractionStatusResponse{}) == nil {
			t.Errorf("%s is read by all", body)
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
			if dialect.Decode(body, nil, read) != nil {
				continue
			}
			written, err := jsonv2.Marshal(read, dialect.JSON)
			if err != nil {
				continue // text that is not UTF-8, or a time out of range
			}
			again := reflect.New(response).Interface()
			if err := dialect.Decode(written, nil, again); err != nil {
				t.Errorf("%v: %s", err, written)
			}
		}
	})
}
