package wire

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestPlanRefuses(t *testing.T) {
	type twice struct {
		A string `query:"a"`
	}
	for _, tt := range []struct {
		of   any
		want string // in the error
	}{
		{struct{ A string }{}, "A has no tag"},
		{struct {
			A string `xml:"a"`
		}{}, "A has no tag"},
		{struct {
			A string `query:"a" json:"a"`
		}{}, "A has the tags query and json"},
		{struct {
			A string `path:"a" header:"a"`
		}{}, "A has the tags path and header"},
		{struct {
			a string `query:"a"`
		}{}, "a is not exported"},
		{struct {
			A string `query:"a,omitempty"`
		}{}, `A has the unknown option "omitempty"`},
		{struct {
			A string `json:"a,string"`
		}{}, `A has the unknown option "string"`},
		{struct {
			A string `query:""`
		}{}, "A has no name on the wire"},
		{struct {
			A string `json:",omitzero"`
		}{}, "A has no name on the wire"},
		{struct {
			A string `json:"-"`
		}{}, "A has no name on the wire"},
		{struct {
			A string `query:"a"`
			B string `query:"a"`
		}{}, "fields A and B both claim query a"},
		{struct {
			A string `header:"X-One"`
			B string `header:"x-one"`
		}{}, "fields A and B both claim header x-one"},
		{struct {
			twice
			B string `query:"a"`
		}{}, "fields A and B both claim query a"},
		{struct {
			A string `query:"a"`
			B struct{ C string }
		}{}, "B has no tag"},
		{struct{ Inner struct{ A string } }{}, "Inner has no tag"},
		{struct {
			A []map[string]struct { // an answer could not be read member by member
				B string `json:"b"`
				C string
			} `json:"list"`
		}{}, "field A: field C has no tag"},
		{"text", "is not a struct"},
		{[]string{}, "is not a struct"},
	} {
		for range 2 { // the refusal must not be cached as a plan
			_, err := planOf(reflect.TypeOf(tt.of))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%T: %v, want %q", tt.of, err, tt.want)
			}
		}
		if _, err := dialect().Encode(tt.of); err == nil {
			t.Errorf("%T was encoded", tt.of)
		}
		if _, err := dialect().Decode(nil, nil, reflect.New(reflect.TypeOf(tt.of)).Interface()); err == nil {
			t.Errorf("%T was decoded", tt.of)
		}
	}
}

func TestPlanAccepts(t *testing.T) {
	type Common struct {
		Token secret `header:"Authentication"`
	}
	p, err := planOf(reflect.TypeFor[struct {
		Common
		ID    string    `path:"Id"`
		Query string    `query:"Id,required"` // one name in two places
		Flag  bool      `json:"flag,digit,omitzero"`
		At    time.Time `query:"at,with=Id,body=2"`
		Only  string    `cookie:"c-{Id}" api:"2"`
	}]())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range p.members {
		got = append(got, string(m.place)+":"+m.name)
	}
	if want := "header:Authentication path:Id query:Id json:flag query:at cookie:c-{Id}"; strings.Join(got, " ") != want {
		t.Errorf("members %v, want %s", got, want)
	}
	again, err := planOf(reflect.TypeFor[Common]())
	if err != nil || len(again.members) != 1 {
		t.Errorf("the embedded struct alone: %v, %v", again, err)
	}
	for version, want := range map[string]bool{"": true, "2": true} {
		if p.hasBody(version) != want {
			t.Errorf("version %q: hasBody is %v", version, !want)
		}
	}
}

// A query member that goes into the body in one version makes a body there.
func TestPlanBodyByVersion(t *testing.T) {
	p, err := planOf(reflect.TypeFor[struct {
		A string `query:"a,body=1.1"`
		B string `json:"b,omitzero" api:"1.2"`
	}]())
	if err != nil {
		t.Fatal(err)
	}
	for version, want := range map[string]bool{"1.0": false, "1.1": true, "1.2": true} {
		if got := p.hasBody(version); got != want {
			t.Errorf("version %s: hasBody is %v", version, got)
		}
	}
}
