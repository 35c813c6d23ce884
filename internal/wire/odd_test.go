package wire

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

// account has a member of every form that the answers of the services have.
type account struct {
	Name   string            `json:"Name,omitzero"`
	Colour colour            `json:"Colour,omitzero"`
	Size   int64             `json:"Size,omitzero"`
	Quota  *int64            `json:"Quota,omitzero"`
	Active bool              `json:"Active,omitzero"`
	Since  time.Time         `json:"Since,omitzero"`
	Tags   []string          `json:"Tags,omitzero"`
	Links  map[string]secret `json:"Links,omitzero"`
	Owner  item              `json:"Owner,omitzero"`
	Items  []item            `json:"Items,omitzero"`
	Raw    jsontext.Value    `json:"Raw,omitzero"`
	Last   string            `json:"Last,omitzero"`
}

// One odd member does not cost the others: what is clear is read, what is not stays
// zero and is named.
func TestDecodeOddMember(t *testing.T) {
	for _, tt := range []struct {
		member string // in JSON
		want   account
		unread string // the paths, with spaces between them
	}{
		{`"Name":"a\ud83d.txt"`, account{Name: "a\ufffd.txt"}, ""},
		{`"Name":"\ud83d\ud83d\udc00\udc00"`, account{Name: "\ufffd\U0001f400\ufffd"}, ""},
		{"\"Name\":\"a\xff\"", account{Name: "a\ufffd"}, ""},
		{"\"Name\":\"a\xff\",\"Size\":\"1\"", account{Name: "a\ufffd", Size: 1}, ""},
		{"\"Na\xffme\":\"a\",\"Colour\":1", account{Colour: "1"}, ""},
		{`"Name":12.50`, account{Name: "12.50"}, ""},
		{`"Name":false`, account{Name: "false"}, ""},
		{`"Name":null`, account{}, ""},
		{`"Name":{"a":"b"}`, account{}, "/Name"},
		{`"Name":["a"]`, account{}, "/Name"},
		{`"Colour":7`, account{Colour: "7"}, ""},
		{`"Colour":[]`, account{}, "/Colour"},
		{`"Size":12345.0`, account{Size: 12345}, ""},
		{`"Size":1.2345e4`, account{Size: 12345}, ""},
		{`"Size":9007199254740993.0`, account{Size: 1<<53 + 1}, ""},
		{`"Size":"12345"`, account{Size: 12345}, ""},
		{`"Size":" -1E2 "`, account{Size: -100}, ""},
		{`"Size":9223372036854775807`, account{Size: 1<<63 - 1}, ""},
		{`"Size":9223372036854775808`, account{}, "/Size"},
		{`"Size":-9223372036854775809`, account{}, "/Size"},
		{`"Size":1e999999999`, account{}, "/Size"},
		{`"Size":1e-30`, account{}, "/Size"},
		{`"Size":1` + strings.Repeat("0", 100_000), account{}, "/Size"},
		{`"Size":1.5`, account{}, "/Size"},
		{`"Size":"many"`, account{}, "/Size"},
		{`"Size":"Inf"`, account{}, "/Size"},
		{`"Size":"0x10"`, account{}, "/Size"},
		{`"Size":""`, account{}, "/Size"},
		{`"Size":true`, account{}, "/Size"},
		{`"Size":{}`, account{}, "/Size"},
		{`"Quota":"7"`, account{Quota: new(int64(7))}, ""},
		{`"Quota":7.0`, account{Quota: new(int64(7))}, ""},
		{`"Quota":"much"`, account{}, "/Quota"},
		{`"Active":"true"`, account{Active: true}, ""},
		{`"Active":"FALSE"`, account{}, ""},
		{`"Active":1`, account{Active: true}, ""},
		{`"Active":0`, account{}, ""},
		{`"Active":2`, account{}, "/Active"},
		{`"Active":"on"`, account{}, "/Active"},
		{`"Active":[true]`, account{}, "/Active"},
		{`"Since":"soon"`, account{}, "/Since"},
		{`"Since":{"at":"2026-01-02T03:04:05Z"}`, account{}, "/Since"},
		{`"Since":null`, account{}, ""},
		{`"Tags":"a"`, account{}, "/Tags"},
		{`"Tags":{"a":"b"}`, account{}, "/Tags"},
		{`"Tags":["a",{},7,null,["b"],"c"]`, account{Tags: []string{"a", "7", "c"}}, "/Tags/1 /Tags/3 /Tags/4"},
		{`"Links":"x"`, account{}, "/Links"},
		{`"Links":[]`, account{}, "/Links"},
		{`"Links":{"a":"x","b/~":{},"c":1}`, account{Links: map[string]secret{"a": "x", "c": "1"}}, "/Links/b~1~0"},
		{`"Owner":"me"`, account{}, "/Owner"},
		{`"Owner":[{"Name":"me"}]`, account{}, "/Owner"},
		{`"Owner":{"Name":{},"Count":3}`, account{Owner: item{Count: 3}}, "/Owner/Name"},
		{`"Items":"none"`, account{}, "/Items"},
		{`"Items":{"Name":"a"}`, account{}, "/Items"},
		{`"Items":["x",{"Name":"a"},null,{"Name":"b","Count":{}},[]]`,
			account{Items: []item{{Name: "a"}, {Name: "b"}}}, "/Items/0 /Items/2 /Items/3/Count /Items/4"},
		{`"Items":[ null ]`, account{Items: []item{}}, "/Items/0"},
		{`"Raw":[null,{}],"Size":"1"`, account{Raw: jsontext.Value("[null,{}]"), Size: 1}, ""},
		{`"Name":"say, null","Size":"1"`, account{Name: "say, null", Size: 1}, ""},

		{`"Name":"a","Name":{}`, account{}, "/Name"},
		{`"Name":{},"Name":"a"`, account{Name: "a"}, "/Name"},
		{`"Owner":{"Name":"me"},"Owner":{"Count":"3"}`, account{Owner: item{"me", 3}}, ""},
		{`"name":"a","Size":"1"`, account{Size: 1}, ""}, // another name in this dialect
		{`"New":{"Items":[null]},"Size":"1"`, account{Size: 1}, ""},
	} {
		var got account
		body := `{` + tt.member + `,"Last":"delivered"}`
		unread, err := dialect().Decode([]byte(body), nil, &got)
		if err != nil || strings.Join(unread.Paths, " ") != tt.unread {
			t.Errorf("%.80s: unread %q, want %q; %v", body, unread.Paths, tt.unread, err)
		}
		tt.want.Last = "delivered"
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%.80s: %s", body, diff)
		}
	}
}

// With names in any letter case, odd members are found in all of them.
func TestDecodeOddMemberInOtherCase(t *testing.T) {
	var got account
	unread, err := dialect(insensitive).Decode([]byte(`{"NAME":7,"si-ze":"many","oWNER":{"COUNT":[]},"last":"x"}`),
		nil, &got)
	if err != nil || !slices.Equal(unread.Paths, []string{"/Size", "/Owner/Count"}) {
		t.Errorf("unread %q, %v", unread.Paths, err)
	}
	if diff := cmp.Diff(account{Name: "7", Last: "x"}, got); diff != "" {
		t.Error(diff)
	}
}

// One bad entry of many is left out, named and counted.
func TestDecodeOddEntry(t *testing.T) {
	for _, bad := range []string{`"x"`, "null", "7", "[]"} {
		entries := slices.Repeat([]string{`{"Name":"a","Count":1}`}, 500)
		entries[123] = bad
		var got page
		unread, err := dialect().Decode([]byte(`{"Items":[`+strings.Join(entries, ", ")+`],"Title":"t"}`), nil, &got)
		if err != nil || !slices.Equal(unread.Paths, []string{"/Items/123"}) || unread.LeftOut != 1 {
			t.Errorf("%s: %+v, %v", bad, unread, err)
		}
		if want := (page{Items: slices.Repeat([]item{{"a", 1}}, 499), Title: "t"}); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %d items, title %q", bad, len(got.Items), got.Title)
		}
	}
}

// Only entries of the outermost lists count as left out: those make up a page.
func TestDecodeCountsEntriesLeftOut(t *testing.T) {
	type outer struct {
		Pages []page            `json:"Pages"`
		Flags map[string]secret `json:"Flags"`
	}
	var got outer
	unread, err := dialect().Decode([]byte(`{"Pages":[{"Items":["x",{}]},"x",null],"Flags":{"a":[]}}`), nil, &got)
	want := Unread{Paths: []string{"/Pages/0/Items/0", "/Pages/1", "/Pages/2", "/Flags/a"}, LeftOut: 2}
	if diff := cmp.Diff(want, unread); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
}

// A member that is needed has to be read, but it may be missing.
func TestDecodeNeeds(t *testing.T) {
	type target struct {
		URL     secret            `json:"Url,needed"`
		Headers map[string]string `json:"Headers,needed"`
		Name    string            `json:"Name"`
	}
	type listing struct {
		Items  []item `json:"Items,needed"`
		Marker string `json:"Marker,needed"`
		More   bool   `json:"More,needed"`
		Target target `json:"Target,needed"`
	}
	for body, member := range map[string]string{
		`{}`: "",
		`{"Items":["x",{"Name":{}}],"Marker":7,"More":"1","Target":{"Name":[]}}`: "",
		`{"Items":null,"Marker":null,"More":null,"Target":null,"X":[null]}`:      "",
		`{"Marker":{}}`:                           "/Marker",
		`{"Marker":["m"],"More":"x"}`:             "/Marker",
		`{"More":"perhaps"}`:                      "/More",
		`{"Items":"none"}`:                        "/Items",
		`{"Items":{}}`:                            "/Items",
		`{"Target":"x"}`:                          "/Target",
		`{"Target":{"Url":[]}}`:                   "/Target/Url",
		`{"Target":{"Headers":{"a":"b","c":1}}}`:  "",
		`{"Target":{"Headers":{"a":"b","c":{}}}}`: "/Target/Headers",
		`{"Marker":"m","Marker":{}}`:              "/Marker",
	} {
		var got listing
		_, err := dialect().Decode([]byte(body), nil, &got)
		want := ""
		if member != "" {
			want = "the answer cannot be used, because its member " + member + " cannot be read"
		}
		if text(err) != want || err != nil && !reflect.ValueOf(got).IsZero() {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
	}
}

// However much is odd, what is told of it is short, and holds no values.
func TestUnreadIsBounded(t *testing.T) {
	const value = "sensitive-value"
	long := strings.Repeat("n", 1<<20)
	var members strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&members, `"%d%s":[%q],`, i, long[:1<<10], value)
	}
	body := `{"Links":{` + members.String() + `"` + long + "\xff" + `":{}},"Items":[` + strings.Repeat(`"`+value+`",`,
		20_000) +
		`{"Name":"a"}]}`
	var got account
	unread, err := dialect().Decode([]byte(body), http.Header{}, &got)
	if err != nil || len(unread.Paths) != maxPaths || unread.LeftOut != 20_000 || len(got.Items) != 1 {
		t.Fatalf("%d paths, %d left out, %d items, %v", len(unread.Paths), unread.LeftOut, len(got.Items), err)
	}
	for i, path := range unread.Paths {
		if len(path) > maxPath || strings.Contains(path, value) || !strings.HasPrefix(path, "/Links/"+strconv.Itoa(i)+"n") {
			t.Errorf("%q", path)
		}
	}
}
