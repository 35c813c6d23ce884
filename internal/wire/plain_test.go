package wire

import (
	"fmt"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// entry has a member of every form that can be plain, and some that cannot.
type entry struct {
	Name   string            `json:"Name,omitzero"`
	Colour colour            `json:"Colour,omitzero"`
	Size   int64             `json:"Size,omitzero"`
	Quota  *int64            `json:"Quota,omitzero"`
	Active bool              `json:"Active,omitzero"`
	Since  time.Time         `json:"Since,omitzero"`
	Tags   []string          `json:"Tags,omitzero"`
	Links  map[colour]secret `json:"Links,omitzero"`
	Owner  item              `json:"Owner,omitzero"`
	Items  []entry           `json:"Items,omitzero"`
	First  *entry            `json:"First,omitzero"`
	Lists  [][]string        `json:"Lists,omitzero"`
	Groups map[string][]item `json:"Groups,omitzero"`
	Small  map[string]int8   `json:"Small,omitzero"`
	Any    any               `json:"Any,omitzero"`
	Loud   shout             `json:"Loud,omitzero"`
	grouped
}

// shout has a way of its own to be read.
type shout string

func (s *shout) UnmarshalText(text []byte) error {
	*s = shout(strings.ToUpper(string(text)))
	return nil
}

type grouped struct {
	Depth int64 `json:"Depth,omitzero"`
}

// What is plain is read as such, and nothing else is.
func TestPlain(t *testing.T) {
	var names []string // many that take turns in the same places of the reader's memory
	for n := range 600 {
		names = append(names, fmt.Sprintf("%q", strings.Repeat("n", n%60)+strconv.Itoa(n%250)))
	}
	deep := func(n int) string { return strings.Repeat(`{"First":`, n) + `{}` + strings.Repeat("}", n) }
	for _, tt := range []struct {
		body  string
		plain bool
	}{
		{`{}`, true},
		{"{ \"Name\"\t:\r\n\"a\" , \"Tags\" : [ \"b\" , \"\" ] , \"Items\":[ ] }", true},
		{`{"Depth":3,"Colour":"red","Name":"é\n\u00e9\ud83d\ude00 \"","Size":-12345678901234567}`, true},
		{`{"Quota":0,"Active":true,"Since":"2026-01-02T03:04:05.678+01:00","Links":{"a":"b","c":""}}`, true},
		{`{"Owner":{"Name":"n","Count":7},"First":{"First":{}},"Lists":[[],["a","b"],["]"]],"Groups":{"x":[{},{}]}}`, true},
		{`{"Name":null,"Quota":null,"Active":null,"Since":null,"Tags":null,"Links":null,"Owner":null,"First":null}`, true},
		{`{"New":{"a":[null,true,false,-1.5e+3,"\ud800x",{"a":{"b":[]}}]}}`, false},
		{`{"New":{"b":null,"a":[true,false,-1.5e+3,"x\t",{"a":{"b":[],"c":1}},0]},"Newer":[],"Name":"n"}`, true},
		{`{"Items":[{"Items":[{"Name":"a"},{"Name":"b"}]},{"Items":[{},{},{},{},{}]},{}]}`, true},
		{`{"Tags":[` + strings.Join(names, ",") + `]}`, true},
		{deep(maxDepth - 1), true},
		{deep(maxDepth), false},
		{`{"New":` + strings.Repeat("[", maxDepth-1) + strings.Repeat("]", maxDepth-1) + `}`, true},
		{`{"New":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + `}`, false},

		{`{"Name":"a","Name":"b"}`, false}, {`{"Links":{"a":"b","a":"c"}}`, false}, {`{"Na\u006de":"a"}`, true},
		{`{"Tags":["a",null]}`, false}, {`{"Items":[null]}`, false}, {`{"Links":{"a":null}}`, false},
		{`{"Groups":{"x":[{"Name":"a","Count":1},{}],"y":[{"Count":2}],"z":[{},{}]}}`, true}, {`{"Loud":"a"}`, false},
		{`{"Small":{}}`, true}, {`{"Small":{"a":1}}`, false}, {`{"Any":1}`, false}, {`{"Any":null}`, false},
		{`{"Name":1}`, false}, {`{"Size":"1"}`, false}, {`{"Size":1.0}`, false}, {`{"Size":1234567890123456789}`, false},
		{`{"Active":1}`, false}, {`{"Active":tru}`, false}, {`{"Since":1}`, false}, {`{"Since":"soon"}`, false},
		{`{"Owner":[]}`, false}, {`{"Items":{}}`, false}, {`{"Links":[]}`, false}, {`{"Tags":"a"}`, false},
		{"{\"Name\":\"\xff\"}", false}, {"{\"Name\":\"a\nb\"}", false}, {`{"Name":"\x"}`, false}, {`{"Name":"\ud800"}`, false},
		{"{\"Name\":\"12345678\xff\"}", false}, {"{\"Name\":\"1234567\x1f890\"}", false}, {"{\"Name\":\"12\x7f345678901\"}", true},

		{``, false}, {`{`, false}, {`{"`, false}, {`{"Name`, false}, {`{"Name"`, false}, {`{"Name":`, false},
		{`{"Name":"`, false}, {`{"Name":"a`, false}, {`{"Name":"a"`, false}, {`{"Name":"a",`, false}, {`{"Name":"a",}`, false},
		{`{"Name":"a\`, false}, {`{"Name":"a\"`, false}, {`{"Name" "a"}`, false}, {`{"Name":"a"}}`, false}, {`{}{}`, false},
		{`{"Tags":[`, false}, {`{"Tags":["a",]}`, false}, {`{"Tags":["a"}`, false}, {`{"Tags":[,]}`, false}, {`{,}`, false},
		{`{"New":01}`, false}, {`{"New":-}`, false}, {`{"New":1.}`, false}, {`{"New":.5}`, false}, {`{"New":1e}`, false},
		{`{"New":1e+}`, false}, {`{"New":+1}`, false}, {`{"New":NaN}`, false}, {`{"New":nul}`, false}, {`{"New":truee}`, false},
		{`{"New":-0.0E-0}`, true}, {`{"New":10}`, true}, {"{\"New\":1\v}", false}, {"\ufeff{}", false}, {"{\"New\":\x00}", false},
		{`{"New":[null]}`, false}, {`{"New":[1,null]}`, false}, {`{"New":{"a":null}}`, true},
	} {
		if plain := samePlain(t, []byte(tt.body)); plain != tt.plain {
			t.Errorf("%.90q: plain is %v, want %v", tt.body, plain, tt.plain)
		}
	}
}

// samePlain reports whether an answer counts as plain, and checks that it is then read
// in the same way as any other.
func samePlain(t *testing.T, body []byte) bool {
	t.Helper()
	var got, want entry
	p, err := planOf(reflect.TypeFor[entry]())
	if err != nil {
		t.Fatal(err)
	}
	plain := dialect().readPlain(body, reflect.ValueOf(&got).Elem(), p)
	if !plain {
		return false
	}
	unread, err := dialect(general).Decode(body, nil, &want)
	if err != nil || unread.Paths != nil || unread.LeftOut != 0 {
		t.Errorf("%.90q is plain, but reads otherwise: %v, %v", body, unread, err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(entry{})); diff != "" {
		t.Errorf("%.90q (-general +plain): %s", body, diff)
	}
	return true
}

// A guess of how long a list will be must not cost much memory, be it wrong.
func TestPlainGuesses(t *testing.T) {
	type listing struct {
		Items []large `json:"Items"`
		Title string  `json:"Title"`
	}
	for name, body := range map[string]string{
		"a short entry first": `{"Items":[{},{"Id":"` + strings.Repeat("x", 1<<20) + `"}]}`,
		"much behind it":      `{"Items":[{"Id":"a"},{"Id":"b"}],"Title":"` + strings.Repeat("x", 1<<20) + `"}`,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var got listing
		p, err := planOf(reflect.TypeOf(got))
		if err != nil || !dialect().readPlain([]byte(body), reflect.ValueOf(&got).Elem(), p) || len(got.Items) != 2 {
			t.Fatalf("%s: %d items, %v", name, len(got.Items), err)
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
			t.Errorf("%s: 1 MiB of answer took %d bytes", name, used)
		}
		if cap(got.Items) > 2*len(got.Items) {
			t.Errorf("%s: the list keeps room for %d", name, cap(got.Items))
		}
	}
}

// FuzzPlain: an answer that is read as a plain one is read in the same way in general.
func FuzzPlain(f *testing.F) {
	for _, body := range []string{
		`{"Name":"n","Colour":"red","Size":1,"Quota":2,"Active":true,"Since":"2026-01-02T03:04:05.678Z","Tags":["a","b"]}`,
		`{"Links":{"a":"b"},"Owner":{"Name":"x","Count":3},"Items":[{"Name":"a"},{"Items":[{}]}],"First":{"First":{}}}`,
		`{"Lists":[["a"],[]],"Groups":{"x":[{"Name":"y"}],"z":[]},"Small":{"a":1},"Any":{"b":[null]},"Depth":-4}`,
		"{ \"Name\" : \"caf\u00e9 \\u00e9 \\ud83d\\ude00 \\\\ \\/\" ,\t\"New\" : [ 1.5e-3 , null , false , { \"a\" : \"\\n\" } ] }",
		`{"Name":null,"Tags":null,"Items":null,"First":null,"Since":null,"Size":null}`,
		`{"Size":9223372036854775807,"Since":"0001-01-01T00:00:00Z","Name":"\ud800"}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) { samePlain(t, body) })
}
