package oracledocs

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// Times come in several forms, and go out in one.
func TestTimes(t *testing.T) {
	second := time.Date(2017, 4, 4, 12, 45, 52, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2017-04-04T12:45:52Z":           second,
		"2017-04-04T12:45:52.000Z":       second, // the reply of ReserveFile
		"2017-04-04T12:45:52":            second, // expirationTime, metadata defaults
		"2017-04-04T12:45:52.084":        second.Add(84 * time.Millisecond),
		"{ts '2017-04-04 12:45:52.084'}": second.Add(84 * time.Millisecond), // collections in 1.1
		"{ts '2017-04-04 12:45:52'}":     second,
		"2017-04-04 12:45:52":            second,
		" 2017-04-04T14:45:52+02:00 ":    second,
		"2017-04-04T14:45:52.084+0200":   second.Add(84 * time.Millisecond),
		"2017-04-04":                     second.Truncate(24 * time.Hour),
		"":                               {},
		"soon":                           {},
		"{ts '":                          {},
		"2017-13-04T12:45:52Z":           {},
		"1491309952":                     {},
	} {
		if got := parseTime(text); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
	for at, want := range map[time.Time]string{
		second: "2017-04-04T12:45:52Z",
		second.Add(999 * time.Millisecond).In(time.FixedZone("", -7200)): "2017-04-04T12:45:52Z",
	} {
		if got := formatTime(at); got != want {
			t.Errorf("%v is written as %s, want %s", at, got, want)
		}
	}
}

// Numbers and flags come as such or as texts. What is neither stays zero and is
// named, and so does a time that is none.
func TestScalars(t *testing.T) {
	type values struct {
		Number int64     `json:"number"`
		Flag   bool      `json:"flag"`
		Text   string    `json:"text"`
		Time   time.Time `json:"time"`
		List   []string  `json:"list"`
	}
	for body, want := range map[string]values{
		`{"number":"13","flag":"1","text":5}`:                             {Number: 13, Flag: true, Text: "5"},
		`{"number":-13,"flag":true,"text":true}`:                          {Number: -13, Flag: true, Text: "true"},
		`{"number":"1.4E3","flag":"TRUE","text":1.50}`:                    {Number: 1400, Flag: true, Text: "1.50"},
		`{"number":" 7 ","flag":" yes "}`:                                 {Number: 7, Flag: true},
		`{"number":true,"flag":1}`:                                        {Number: 1, Flag: true},
		`{"number":"","flag":"","text":"","time":"","list":""}`:           {},
		`{"number":null,"flag":null,"text":null,"time":null,"list":null}`: {},
		`{"number":"9223372036854775807"}`:                                {Number: 1<<63 - 1},
		`{"NUMBER":"3","Flag":"0"}`:                                       {Number: 3},
		`{"number":"9007199254740993.0"}`:                                 {Number: 1<<53 + 1},
		`{"text":"a\ud83d.txt","list":"\ud83d,b"}`: {Text: "a\ufffd.txt",
			List: []string{"\ufffd", "b"}},
		"{\"text\":\"\xff\",\"list\":[\"\xff\"]}": {Text: "\ufffd", List: []string{"\ufffd"}},
		`{"list":"a, b,c"}`:                       {List: []string{"a", "b", "c"}},
		`{"list":["a,b",3]}`:                      {List: []string{"a,b", "3"}},
	} {
		var got values
		if unread, err := newDialect(V1_2).Decode([]byte(body), nil, &got); err != nil || unread.Paths != nil {
			t.Errorf("%s: %q, %v", body, unread.Paths, err)
		}
		if got.Number != want.Number || got.Flag != want.Flag || got.Text != want.Text || !got.Time.Equal(want.Time) ||
			strings.Join(got.List, "|") != strings.Join(want.List, "|") {
			t.Errorf("%s reads as %+v", body, got)
		}
	}
	for _, body := range []string{
		`{"number":"many"}`, `{"number":1.5}`, `{"number":1e300}`, `{"number":"NaN"}`, `{"number":"Inf"}`, `{"number":[1]}`,
		`{"number":{}}`,
		`{"flag":2}`, `{"flag":"on"}`, `{"flag":[]}`, `{"text":{}}`, `{"time":{}}`, `{"list":{}}`,
		`{"number":"9223372036854775808"}`, `{"time":"soon"}`, `{"time":7}`,
	} {
		var got values
		unread, err := newDialect(V1_2).Decode([]byte(body), nil, &got)
		name := body[2 : 2+strings.IndexByte(body[2:], '"')]
		if err != nil || !slices.Equal(unread.Paths, []string{"/" + name}) || !reflect.ValueOf(got).IsZero() {
			t.Errorf("%s reads as %+v, %q, %v", body, got, unread.Paths, err)
		}
	}
}
