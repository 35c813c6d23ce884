package call

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/google/go-cmp/cmp"
)

// echo answers with the segments and the marker that it was asked for.
func echo(t *testing.T) (address string, got *[]string) {
	t.Helper()
	got = new([]string)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /base/items/{id}/parts/{part}", func(w http.ResponseWriter, r *http.Request) {
		*got = append([]string{r.PathValue("id"), r.PathValue("part")}, r.URL.Query()["marker"]...)
		if strings.ContainsAny(r.URL.RawQuery, "+;") { // not all servers read these alike
			t.Errorf("query %s", r.URL.RawQuery)
		}
		reply(204, "")(w, r)
	})
	address, _ = serve(t, mux.ServeHTTP)
	return address + "/base/", got
}

type part struct {
	ID     string `path:"Id"`
	Part   string `path:"Part"`
	Marker string `query:"marker"`
}

// Every character arrives as it was given, in a segment and in a query.
func TestAddressesRoundTrip(t *testing.T) {
	address, got := echo(t)
	c := client(t, address)
	op := NewOp("GetPart", "GET /items/{Id}/parts/{Part}", Safe)
	check := func(in part) {
		t.Helper()
		want := []string{in.ID, in.Part}
		if in.Marker != "" {
			want = append(want, in.Marker)
		}
		*got = nil
		if err := Exec(t.Context(), c, op, in, nil); err != nil {
			t.Errorf("%+q: %v", in, err)
		} else if diff := cmp.Diff(want, *got); diff != "" {
			t.Errorf("%+q: %s", in, diff)
		}
	}
	for r := rune(0); r <= 0xff; r++ {
		in := part{ID: "x", Part: "y", Marker: "m" + string(r) + "n"}
		if r >= ' ' && r != 0x7f {
			in.ID, in.Part = "a"+string(r), string(r)+"b"
		}
		check(in)
	}
	for _, s := range []string{"a+b@c.d-e", "...", ". .", "%2e%2e", "%", "%zz", "a/../b", "//", "a;b;c", "a&b=c", "?", "#",
		"é", "\u202e", "\U0001f600", "{Id}"} {
		check(part{ID: s, Part: "v" + s, Marker: s})
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	address, got := echo(t)
	c := client(t, address)
	op := NewOp("GetPart", "GET /items/{Id}/parts/{Part}", Safe)
	for _, id := range []string{"", ".", "..", "a\r\nb", "\x00", "\x1f", "\x7f"} {
		for field, in := range map[string]part{"ID": {ID: id, Part: "p"}, "Part": {ID: "i", Part: id}} {
			err := Exec(t.Context(), c, op, in, nil)
			bad, ok := errors.AsType[*docferry.InputError](err)
			if !ok || bad.Field != field || bad.Service != "test" || bad.Operation != "GetPart" ||
				strings.ContainsAny(err.Error(), "\r\n\x00") {
				t.Errorf("%s %q: %v", field, id, err)
			}
		}
	}
	if *got != nil {
		t.Errorf("sent: %q", *got)
	}
}

func TestPrepareRefuses(t *testing.T) {
	c := client(t, "http://h.example")
	c.Dialect.Version = "1.1"
	for name, tt := range map[string]struct {
		op      *Op
		request any
		want    string
	}{
		"operation of another version": {NewOp("Get", "GET /x", Safe).In("1.2"), struct{}{},
			"test Get: Config.APIVersion is 1.1, which does not have this operation; only 1.2 does"},
		"member that the route lacks": {NewOp("Get", "GET /x/{Id}", Safe), struct{}{},
			"test Get: wire: no member for {Id} in the route"},
		"no request at all": {NewOp("Get", "GET /x", Safe), "text", "test Get: wire: string: is not a struct"},
	} {
		err := Exec(t.Context(), c, tt.op, tt.request, nil)
		if _, ok := errors.AsType[*docferry.InputError](err); !ok || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	if err := Exec(t.Context(), c, NewOp("Get", "GET /x", Safe).In("1.1"), part{}, nil); err == nil ||
		!strings.Contains(err.Error(), "ID is required") {
		t.Errorf("operation of this version: %v", err)
	}
}

func TestNewOperation(t *testing.T) {
	got := fmt.Sprintf("%+v", *NewOp("GetItem", "GET /items/{Id}", Idempotent).In("2"))
	if want := "{Name:GetItem Method:GET Route:/items/{Id} Repeat:1 Only:2}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var zero Op
	if zero.Repeat != Unsafe {
		t.Error("an operation that nobody has thought about is repeated")
	}
}
