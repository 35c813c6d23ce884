package wire

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRequired(t *testing.T) {
	type zero struct {
		Flag   bool              `query:"flag,required"`
		Number int64             `query:"number,required"`
		Text   string            `query:"text,required"`
		List   []string          `query:"list,required"`
		At     time.Time         `query:"at,required"`
		Depth  *int64            `query:"depth,required"`
		Map    map[string]string `json:"map"`
	}
	full := zero{Text: "t", List: []string{"x"}, At: time.Unix(0, 0), Depth: new(int64(0)), Map: map[string]string{}}
	got, err := dialect().Encode(full)
	if err != nil {
		t.Fatal(err)
	}
	want := "at=1970-01-01&depth=0&flag=false&list=x&number=0&text=t"
	if diff := cmp.Diff(want, got.Query.Escaped()); diff != "" {
		t.Error(diff)
	}
	for field, change := range map[string]func(z *zero){
		"Text":  func(z *zero) { z.Text = "" },
		"List":  func(z *zero) { z.List = nil },
		"At":    func(z *zero) { z.At = time.Time{} },
		"Depth": func(z *zero) { z.Depth = nil },
		"Map":   func(z *zero) { z.Map = nil },
	} {
		z := full
		change(&z)
		if _, err := dialect().Encode(z); err == nil || err.Error() != field+" is required" {
			t.Errorf("without %s: %v", field, err)
		}
	}
	full.List = []string{}
	if _, err := dialect().Encode(full); err == nil || err.Error() != "List is required" {
		t.Errorf("with nothing to send in List: %v", err)
	}
}

func TestWith(t *testing.T) {
	type pair struct {
		Name  string `query:"name,with=value"`
		Value string `json:"value,omitzero"`
	}
	for _, tt := range []struct {
		in   pair
		want string
	}{
		{pair{}, ""}, {pair{"n", "v"}, ""}, {pair{"", "v"}, ""},
		{pair{"n", ""}, "Name is set, but Value is not; set both"},
	} {
		_, err := dialect().Encode(tt.in)
		if got := text(err); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.in, got, tt.want)
		}
	}
	_, err := dialect().Encode(struct {
		A string `query:"a,with=b"`
	}{"x"})
	if text(err) != "A is set, but b is not; set both" {
		t.Errorf("with a member that is not there: %v", err)
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestVersions(t *testing.T) {
	type versioned struct {
		Old   string `query:"old" api:"1.1"`
		New   string `json:"new,omitzero" api:"1.2"`
		Need  string `query:"need,required" api:"1.2"`
		Moved string `query:"moved,body=1.1"`
		Both  string `query:"both"`
	}
	for _, tt := range []struct {
		version     string
		in          versioned
		query, body string
		err         string
	}{
		{"1.1", versioned{Old: "o", Moved: "m", Both: "b"}, "both=b&old=o", `{"moved":"m"}`, ""},
		{"1.1", versioned{}, "", `{}`, ""},
		{"1.1", versioned{New: "n"}, "", "", "New is not in version 1.1 of the API, only in 1.2"},
		{"1.2", versioned{New: "n", Moved: "m", Need: "x"}, "moved=m&need=x", `{"new":"n"}`, ""},
		{"1.2", versioned{Need: "x", Old: "o"}, "", "", "Old is not in version 1.2 of the API, only in 1.1"},
		{"1.2", versioned{}, "", "", "Need is required"},
	} {
		got, err := dialect(inVersion(tt.version)).Encode(tt.in)
		if text(err) != tt.err {
			t.Errorf("%s %+v: error %v, want %q", tt.version, tt.in, err, tt.err)
		}
		if err != nil {
			continue
		}
		if diff := cmp.Diff([]string{tt.query, tt.body}, []string{got.Query.Escaped(), string(got.Body)}); diff != "" {
			t.Errorf("%s %+v: %s", tt.version, tt.in, diff)
		}
	}
}

func TestLists(t *testing.T) {
	type lists struct {
		Names []string `query:"names"`
		Codes []int64  `header:"X-Codes"`
	}
	in := lists{[]string{"a b", "c"}, []int64{1, 2}}
	apart, err := dialect().Encode(in)
	if err != nil {
		t.Fatal(err)
	}
	together, err := dialect(joined).Encode(in)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"names=a%20b&names=c", "names=a%20b%2Cc", "X-Codes=1&X-Codes=2", "X-Codes=1%2C2"}
	got := []string{apart.Query.Escaped(), together.Query.Escaped(), apart.Header.Escaped(), together.Header.Escaped()}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	const comma = "Names has an item with a comma, which the service would read as two items"
	if _, err := dialect(joined).Encode(lists{Names: []string{"a,b"}}); text(err) != comma {
		t.Errorf("an item with a comma: %v", err)
	}
	if _, err := dialect().Encode(lists{Names: []string{"a,b"}}); err != nil {
		t.Errorf("an item with a comma of its own: %v", err)
	}
	_, err = dialect().Encode(struct {
		All []string `header:"X-All"`
	}{[]string{"fine", "a\r\nX-Other: b"}})
	if text(err) != "All has a control character, which a header cannot carry" {
		t.Errorf("a second value that ends the line: %v", err)
	}
}

func TestCookies(t *testing.T) {
	type cookies struct {
		First  string `cookie:"first"`
		Second string `cookie:"second"`
		Third  string `cookie:"x-{id}-y"`
		ID     string `query:"id"`
	}
	got, err := dialect().Encode(cookies{"a", "b c", "d", "I1"})
	if err != nil {
		t.Fatal(err)
	}
	parsed := map[string]string{}
	line, _ := got.Header.Get("Cookie")
	for _, c := range (&http.Request{Header: http.Header{"Cookie": {line}}}).Cookies() {
		parsed[c.Name] = c.Value
	}
	if diff := cmp.Diff(map[string]string{"first": "a", "second": "b c", "x-I1-y": "d"}, parsed); diff != "" {
		t.Error(diff)
	}
}

func TestEncodeRefusesWhatHasNoForm(t *testing.T) {
	type inQueryOnly struct {
		A map[string]string `query:"a"`
	}
	if _, err := dialect().Encode(inQueryOnly{map[string]string{"k": "v"}}); !strings.Contains(text(err),
		"A has the type map[string]string, which only a body can hold") {
		t.Error(err)
	}
	type inBodyOnly struct {
		A any `json:"a"`
	}
	for _, bad := range []any{make(chan int), func() {}} {
		if _, err := dialect().Encode(inBodyOnly{bad}); text(err) != "A cannot be written as JSON: a value in it has no form there" {
			t.Errorf("%T: %v", bad, err)
		}
	}
	d := dialect()
	d.JSON = nil // strict
	if _, err := d.Encode(inBodyOnly{"tok\xff"}); text(err) != "A cannot be written as JSON: it is not valid UTF-8" {
		t.Errorf("bad UTF-8: %v", err)
	}
}
