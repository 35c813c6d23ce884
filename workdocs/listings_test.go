package workdocs

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"testing"

	"github.com/docferry/docferry"
	"github.com/google/go-cmp/cmp"
)

// lister serves one item, or one of each kind, on every page. It answers the
// n-th request with the n-th marker, and with a refusal after the last.
type lister struct {
	t       *testing.T
	f       *facts
	name    string
	markers []string // to send
	asked   []string // received
}

func (l *lister) RoundTrip(req *http.Request) (*http.Response, error) {
	asked := req.URL.Query().Get("marker")
	if members := jsonBody(l.t, req); members != nil {
		asked, _ = members["Marker"].(string)
	}
	l.asked = append(l.asked, asked)
	if len(l.asked) > len(l.markers) {
		return answer(http.StatusForbidden, `{"code":"UnauthorizedOperationException"}`), nil
	}
	op := l.f.Operations[l.name]
	page := map[string]any{}
	for _, m := range op.Response {
		if slices.Contains(op.Pages.Items, m.Name) {
			_, inner := split(m.Type)
			page[m.Name] = []any{l.f.value(m.Name, inner[0])}
		}
	}
	if marker := l.markers[len(l.asked)-1]; marker != "" {
		page[op.Pages.Next] = marker
	}
	body, err := json.Marshal(page)
	return answer(op.Status, string(body)), err
}

// TestIterators ranges over every listing.
func TestIterators(t *testing.T) {
	tests := []struct {
		name    string
		markers []string
		limit   int      // values to take, all if 0
		ranges  int      // how often to range
		values  int      // that each range yields
		err     error    // that each range ends with
		asked   []string // markers, beginning with that of the request
	}{
		{name: "one page", markers: []string{""}, ranges: 1, values: 1, asked: []string{"Marker+1"}},
		{name: "pages", markers: []string{"b", "c", ""}, ranges: 1, values: 3, asked: []string{"Marker+1", "b", "c"}},
		{name: "twice", markers: []string{"b", "", "b", ""}, ranges: 2, values: 2, asked: []string{"Marker+1", "b", "Marker+1", "b"}},
		{name: "lazy", markers: []string{"b", ""}, limit: 1, ranges: 1, values: 1, asked: []string{"Marker+1"}},
		{name: "repeated marker", markers: []string{"b", "b"}, ranges: 1, values: 2, err: docferry.ErrProtocol, asked: []string{"Marker+1", "b"}},
		{name: "own marker", markers: []string{"Marker+1"}, ranges: 1, values: 1, err: docferry.ErrProtocol, asked: []string{"Marker+1"}},
		{name: "refused", markers: []string{"b"}, ranges: 1, values: 1, err: docferry.ErrForbidden, asked: []string{"Marker+1", "b"}},
	}
	f := loadFacts(t)
	for _, name := range f.names() {
		pages := f.Operations[name].Pages
		if pages == nil {
			continue
		}
		for _, test := range tests {
			l := &lister{t: t, f: f, name: name, markers: test.markers}
			seq := invoke(t, mustNew(t, signing(l)), pages.Iterator, fullRequest(t, name))[0]
			for range test.ranges {
				values, errs := drain(seq, test.limit)
				if values != test.values {
					t.Errorf("%s, %s: %d values, want %d", pages.Iterator, test.name, values, test.values)
				}
				switch {
				case test.err == nil && len(errs) > 0:
					t.Errorf("%s, %s: %v", pages.Iterator, test.name, errs)
				case test.err != nil && (len(errs) != 1 || !errors.Is(errs[0], test.err)):
					t.Errorf("%s, %s: errors %v, want one that is %v", pages.Iterator, test.name, errs, test.err)
				}
			}
			if diff := cmp.Diff(test.asked, l.asked); diff != "" {
				t.Errorf("%s, %s: the markers differ (-want +sent):\n%s", pages.Iterator, test.name, diff)
			}
		}
	}
}

// drain ranges over an iterator until it has taken limit values, if that is
// not 0. An error has to come with a zero value, and a value without an error.
func drain(seq reflect.Value, limit int) (values int, errs []error) {
	for value, failed := range seq.Seq2() {
		err, _ := failed.Interface().(error)
		if value.IsZero() == (err == nil) {
			err = fmt.Errorf("the value %v came with the error %v", value, err)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if values++; values == limit {
			break
		}
	}
	return values, errs
}
