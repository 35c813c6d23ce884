package wire

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

type item struct {
	Name  string `json:"Name"`
	Count int64  `json:"Count,omitzero"`
}

type page struct {
	Title    string         `json:"Title"`
	Items    []item         `json:"Items,omitzero"`
	First    *item          `json:"First,omitzero"`
	Flags    map[string]int `json:"Flags,omitzero"`
	Location string         `header:"Location"`
	Kind     colour         `header:"X-Kind"`
}

func TestDecode(t *testing.T) {
	header := http.Header{"Location": {"/here"}, "X-Kind": {"blue"}}
	for _, tt := range []struct {
		name, body string
		want       page
	}{
		{"all", `{"Title":"t","Items":[{"Name":"a","Count":1},{}],"First":{"Name":"b"},"Flags":{"x":1}}`,
			page{Title: "t", Items: []item{{"a", 1}, {}}, First: &item{Name: "b"}, Flags: map[string]int{"x": 1}}},
		{"missing members", `{}`, page{}},
		{"spaces", " \n{ \"Title\" : \"t\" }\r\n\t", page{Title: "t"}},
		{"unknown members", `{"New":{"deep":[1,{"a":null}]},"Title":"t","Other":1e400}`, page{Title: "t"}},
		{"null members", `{"Title":null,"Items":null,"First":null,"Flags":null}`, page{}},
		{"twice", `{"Title":"a","Title":"b"}`, page{Title: "b"}},
		{"bad UTF-8", "{\"Title\":\"a\xff\"}", page{Title: "a\ufffd"}},
		{"surrogate alone", `{"Title":"\ud800"}`, page{Title: "\ufffd"}},
		{"a member that is a header elsewhere", `{"Location":"x","Kind":"y"}`, page{}},
	} {
		var got page
		if _, err := dialect().Decode([]byte(tt.body), header, &got); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		tt.want.Location, tt.want.Kind = "/here", "blue"
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	const value = "sensitive-value"
	for _, tt := range []struct{ name, body, want string }{
		{"empty", "", "the answer is not a JSON object"},
		{"spaces", " \n", "the answer is not a JSON object"},
		{"page", "<html>" + value + "</html>", "the answer is not a JSON object"},
		{"null", "null", "the answer is not a JSON object"},
		{"list", `["` + value + `"]`, "the answer is not a JSON object"},
		{"string", `"` + value + `"`, "the answer is not a JSON object"},
		{"cut", `{"Title":"t","Items":[{"Name":"` + value,
			"the answer does not have the documented form: it is not valid JSON"},
		{"cut behind an odd member", `{"Title":{},"Items":[{"Name":"` + value + `"},{"Nam`,
			"the answer does not have the documented form: it is not valid JSON"},
		{"cut at the last brace, behind an odd member", `{"Title":"t","Items":[null],"First":{"Name":"` + value + `"}`,
			"the answer does not have the documented form: it is not valid JSON"},
		{"two values, the first of them odd", `{"Title":{}} {}`,
			"the answer does not have the documented form: it is not valid JSON"},
		{"two values", `{"Title":"t"} {}`, "the answer does not have the documented form: it is not valid JSON"},
		{"bad syntax", `{"Title":"t",}`, "the answer does not have the documented form: it is not valid JSON"},
	} {
		got := page{}
		_, err := dialect().Decode([]byte(tt.body), http.Header{"Location": {"/here"}}, &got)
		if text(err) != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
		if diff := cmp.Diff(page{}, got); diff != "" {
			t.Errorf("%s leaves something behind: %s", tt.name, diff)
		}
	}
}

func TestDecodeWithoutBody(t *testing.T) {
	type headerOnly struct {
		Location string `header:"Location"`
	}
	for _, body := range []string{"", " \r\n", "{}", `{"unexpected":1}`} {
		var got headerOnly
		if _, err := dialect().Decode([]byte(body), http.Header{"Location": {"/x"}}, &got); err != nil ||
			got.Location != "/x" {
			t.Errorf("%q: %v, %+v", body, err, got)
		}
		if _, err := dialect().Decode([]byte(body), nil, &struct{}{}); err != nil {
			t.Errorf("%q into nothing: %v", body, err)
		}
	}
	for _, body := range []string{"<html>", "[]", "null", `{"cut`} {
		if _, err := dialect().Decode([]byte(body), nil, &struct{}{}); err == nil {
			t.Errorf("%q was taken for an answer that holds nothing", body)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"Title":"t","Items":[{"Name":"a","Count":1}],"First":{},"Flags":{"x":1}}`))
	f.Add([]byte(`{"Items":[{"Count":"x"},null,7,{"Name":[],"Count":1.0}],"Flags":{"a/~":{}},"First":[]}`))
	f.Add([]byte(`{"Flags":{"a~/b\u0000":"x"}}`))
	f.Add([]byte("\xef\xbb\xbf{}"))
	f.Add([]byte(strings.Repeat(`{"First":`, 20000)))
	f.Fuzz(func(t *testing.T, body []byte) {
		var got page
		unread, err := dialect().Decode(body, http.Header{}, &got)
		if err == nil {
			if text := bytes.TrimSpace(body); !jsontext.Value(text).IsValid(dialect().JSON) || text[0] != '{' {
				t.Errorf("%q was taken for an answer", body)
			}
			for _, path := range unread.Paths {
				if len(path) > maxPath || !utf8.ValidString(path) || path[0] != '/' {
					t.Errorf("%q is not a short path", path)
				}
			}
			if len(unread.Paths) > maxPaths || unread.LeftOut > len(body) {
				t.Errorf("%d paths, %d left out", len(unread.Paths), unread.LeftOut)
			}
			return
		}
		if diff := cmp.Diff(page{}, got); diff != "" {
			t.Errorf("%v leaves something behind: %s", err, diff)
		}
	})
}

// FuzzRoundTrip: what is written as a body reads back the same.
func FuzzRoundTrip(f *testing.F) {
	f.Add("title", "name", int64(1))
	f.Add("\u2028</script>\x00", "\"\\\x7f", int64(-1<<63))
	f.Fuzz(func(t *testing.T, title, name string, count int64) {
		type request struct {
			Title string `json:"Title,omitzero"`
			First *item  `json:"First,omitzero"`
		}
		d := &Dialect{} // strict, so it refuses bad UTF-8
		msg, err := d.Encode(request{title, &item{name, count}})
		if err != nil {
			if utf8.ValidString(title) && utf8.ValidString(name) {
				t.Errorf("%q, %q: %v", title, name, err)
			}
			return
		}
		var got page
		if _, err := d.Decode(msg.Body, http.Header{}, &got); err != nil {
			t.Fatalf("%s: %v", msg.Body, err)
		}
		if diff := cmp.Diff(page{Title: title, First: &item{name, count}}, got); diff != "" {
			t.Errorf("%s: %s", msg.Body, diff)
		}
	})
}
