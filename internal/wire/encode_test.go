package wire

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type colour string

type nested struct {
	Name  string    `json:"Name"`
	Count int64     `json:"Count,omitzero"`
	At    time.Time `json:"At,omitzero"`
}

type everything struct {
	ID      string    `path:"Id"`
	Colour  colour    `path:"Colour"`
	Marker  string    `query:"marker"`
	Limit   int64     `query:"limit"`
	Must    bool      `query:"must,required"`
	Digit   bool      `query:"digit,digit"`
	Kinds   []colour  `query:"kinds"`
	Since   time.Time `query:"since"`
	Depth   *int64    `query:"depth"`
	Token   secret    `header:"X-Token"`
	Range   string    `header:"range"`
	LinkID  string    `header:"linkID"`
	Code    secret    `cookie:"code-{linkID}"`
	Text    string    `json:"Text"`
	Note    string    `json:"Note,omitzero"`
	Size    *int64    `json:"Size,omitzero"`
	Tags    []string  `json:"Tags,omitzero"`
	Flag    bool      `json:"Flag,omitzero,digit"`
	Number  int64     `json:"Number,omitzero"`
	Bare    int64     `json:"Bare,omitzero,bare"`
	Nested  nested    `json:"Nested,omitzero"`
	Pass    secret    `json:"Pass,omitzero"`
	Visible bool      `json:"Visible"`
}

func TestEncode(t *testing.T) {
	day1 := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, tt := range []struct {
		name string
		in   everything
		want Message
	}{
		{
			"least", everything{ID: "a", Colour: "red", Text: "t"},
			Message{Path: Values{{"Id", "a"}, {"Colour", "red"}}, Query: Values{{"must", "false"}},
				Body: []byte(`{"Text":"t","Visible":false}`)},
		},
		{
			"most", everything{
				ID: "a/b", Colour: "red", Marker: "m&n", Limit: -3, Must: true, Digit: true, Kinds: []colour{"x", "y"}, Since: day1,
				Depth: new(int64(0)),
				Token: "tok", Range: "bytes=0-9", LinkID: "L1", Code: "c0de", Text: "é\u2028<", Note: "n", Size: new(int64(0)),
				Tags: []string{"a", "b"},
				Flag: true, Number: 7, Bare: 8, Nested: nested{"in", 9, day1}, Pass: "pw", Visible: true},
			Message{
				Path: Values{{"Id", "a/b"}, {"Colour", "red"}},
				Query: Values{{"depth", "0"}, {"digit", "1"}, {"kinds", "x"}, {"kinds", "y"}, {"limit", "-3"}, {"marker", "m&n"},
					{"must", "true"}, {"since", "2026-01-02"}},
				Header: Values{{"X-Token", "tok"}, {"Range", "bytes=0-9"}, {"Linkid", "L1"}, {"Cookie", "code-L1=c0de"}},
				Body: []byte(`{"Text":"t","Note":"n","Size":"0","Tags":["a","b"],"Flag":"1","Number":"7","Bare":8,` +
					`"Nested":{"Name":"in","Count":"9","At":"2026-01-02"},"Pass":"pw","Visible":true}`),
				Secrets: []string{"tok", "c0de", "pw"},
			},
		},
		{
			"an empty list is sent in a body, and cannot be in a query",
			everything{ID: "a", Colour: "red", Text: "t", Tags: []string{}, Kinds: []colour{}},
			Message{Path: Values{{"Id", "a"}, {"Colour", "red"}}, Query: Values{{"must", "false"}},
				Body: []byte(`{"Text":"t","Tags":[],"Visible":false}`)},
		},
	} {
		for _, request := range []any{tt.in, &tt.in} {
			got, err := dialect().Encode(request)
			if err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			got.Body = []byte(strings.ReplaceAll(string(got.Body), "é\u2028<", "t"))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s: %s", tt.name, diff)
			}
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	good := everything{ID: "a", Colour: "red", Text: "t"}
	with := func(change func(e *everything)) everything {
		e := good
		change(&e)
		return e
	}
	for _, tt := range []struct {
		in            everything
		field, reason string
	}{
		{with(func(e *everything) { e.ID = "" }), "ID", "is required"},
		{with(func(e *everything) { e.ID = "." }), "ID", `is ".", which names another resource`},
		{with(func(e *everything) { e.ID = ".." }), "ID", `is "..", which names another resource`},
		{with(func(e *everything) { e.ID = "a\nb" }), "ID", "has a control character"},
		{with(func(e *everything) { e.ID = "\x00" }), "ID", "has a control character"},
		{with(func(e *everything) { e.ID = "\x7f" }), "ID", "has a control character"},
		{with(func(e *everything) { e.Colour = "" }), "Colour", "is required"},
		{with(func(e *everything) { e.Text = "" }), "Text", "is required"},
		{with(func(e *everything) { e.Token = "a\r\nX: y" }), "Token",
			"has a control character, which a header cannot carry"},
		{with(func(e *everything) { e.Range = "a\nb" }), "Range", "has a control character, which a header cannot carry"},
		{with(func(e *everything) { e.Range = "a\rb" }), "Range", "has a control character, which a header cannot carry"},
		{with(func(e *everything) { e.Range = "a\x00" }), "Range", "has a control character, which a header cannot carry"},
		{with(func(e *everything) { e.Code = "x" }), "Code", "is set, but LinkID is not; set both"},
		{with(func(e *everything) { e.Code, e.LinkID = "x;y", "L" }), "Code", "has a character that a cookie cannot carry"},
		{with(func(e *everything) { e.Code, e.LinkID = "x\ny", "L" }), "Code", "has a character that a cookie cannot carry"},
		{with(func(e *everything) { e.Code, e.LinkID = `x"`, "L" }), "Code", "has a character that a cookie cannot carry"},
		{with(func(e *everything) { e.Code, e.LinkID = "x", "L=1" }), "Code",
			"cannot be sent: LinkID has a character that the name of a cookie cannot have"},
		{with(func(e *everything) { e.Code, e.LinkID = "x", "L;1" }), "Code",
			"cannot be sent: LinkID has a character that the name of a cookie cannot have"},
	} {
		_, err := dialect().Encode(tt.in)
		bad, ok := errors.AsType[*FieldError](err)
		if !ok || bad.Field != tt.field || bad.Reason != tt.reason {
			t.Errorf("got %v, want %s %s", err, tt.field, tt.reason)
		}
		if ok && strings.ContainsAny(err.Error(), "\r\n\x00") {
			t.Errorf("the error shows the value: %q", err)
		}
	}
	if _, err := dialect().Encode(with(func(e *everything) { e.Token = "a\tb" })); err != nil {
		t.Errorf("a tab in a header: %v", err)
	}
}
