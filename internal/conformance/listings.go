package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	gocmp "github.com/google/go-cmp/cmp"
)

// testListings checks that each operation that returns pages has its iterator: over
// items if a page has one list of them, and over whole pages if it has several. An
// operation returns pages if its request and its response both have a marker.
func (c *suite) testListings(t *testing.T) {
	// markers are the names of the members that lead from one page to the next.
	markers := map[string]bool{}
	for _, op := range c.Operations {
		if op.Pages != nil {
			markers[op.Pages.From], markers[op.Pages.Next] = true, true
		}
	}
	isMarker := func(m memberFacts) bool { return markers[m.Name] }
	for _, name := range c.names() {
		op := c.Operations[name]
		// A marker in the response alone does not make a listing: there would
		// be no way to send it back.
		paged := slices.ContainsFunc(op.Request, isMarker) && slices.ContainsFunc(op.Response, isMarker)
		if paged != (op.Pages != nil) {
			t.Errorf("%s has markers in its request and response: %t, but an iterator in the facts: %t",
				name, paged, op.Pages != nil)
		}
		if op.Pages == nil {
			continue
		}
		method, ok := c.client.MethodByName(op.Pages.Iterator)
		if !ok {
			t.Errorf("Client has no method %s; the facts name it as an iterator", op.Pages.Iterator)
			continue
		}
		item := "*" + c.Name + "." + GoName(name) + "Response"
		if len(op.Pages.Items) == 1 {
			i := slices.IndexFunc(op.Response, func(m memberFacts) bool { return m.Name == op.Pages.Items[0] })
			item = strings.TrimPrefix(c.goType(op.Response[i]), "[]")
		}
		// Type arguments are written with the full path of their package.
		item = strings.Replace(item, c.Name+".", c.client.Elem().PkgPath()+".", 1)
		want := fmt.Sprintf("func(*%s.Client, context.Context, %[1]s.%sRequest, ...docferry.CallOption) iter.Seq2[%s,error]",
			c.Name, GoName(name), item)
		if got := method.Type.String(); got != want {
			t.Errorf("the method %s has the type\n\t%s, want\n\t%s", op.Pages.Iterator, got, want)
		}
	}
}

// lister is a transport that serves a listing. Each page has one item, or one of each
// kind, and the n-th page leads on with the n-th marker. Requests beyond that are
// refused with status 403.
type lister struct {
	*suite
	t    *testing.T
	name string
	// markers are to be sent, one with each page; "" ends the listing. asked
	// are those that were received, one in each request.
	markers []string
	asked   []string
}

// RoundTrip implements [http.RoundTripper].
func (l *lister) RoundTrip(req *http.Request) (*http.Response, error) {
	op := l.Operations[l.name]
	i := slices.IndexFunc(op.Request, func(m memberFacts) bool { return m.Name == op.Pages.From })
	from := op.Request[i].wire()
	asked := req.URL.Query().Get(from)
	if members := jsonBody(l.t, req); members != nil {
		asked, _ = members[from].(string)
	}
	l.asked = append(l.asked, asked)
	if len(l.asked) > len(l.markers) {
		return Answer(http.StatusForbidden, "{}"), nil
	}
	// Every list of the page has one item, so that the number of values tells
	// how many pages were read.
	page := map[string]any{}
	for _, m := range op.Response {
		if slices.Contains(op.Pages.Items, m.Name) {
			_, inner := Split(m.Type)
			item := l.value(m.Name, inner[0])
			if object, ok := item.(map[string]any); ok && object["Id"] != nil {
				object["Id"] = fmt.Sprint(len(l.asked)) // iterators may skip an item that they had before
			}
			page[m.wire()] = []any{item}
		}
	}
	if marker := l.markers[len(l.asked)-1]; marker != "" {
		page[op.Pages.Next] = marker
	}
	body, err := json.Marshal(page)
	return Answer(op.Status, string(body)), err
}

// testIterators ranges over every listing, in the ways that a caller may and with the
// faults that a service may have. A marker that repeats must be an error, because
// following it would never end.
func (c *suite) testIterators(t *testing.T) {
	for _, name := range c.names() {
		pages := c.Operations[name].Pages
		if pages == nil {
			continue
		}
		// The request begins with a marker of its own, which is the value that
		// golden.Fill gives the member. That marker must count as seen, too.
		first := GoName(pages.From) + "+1"
		for _, test := range []struct {
			name    string
			markers []string
			// limit is the number of values to take, or 0 for all.
			limit int
			// ranges is how often to range over the iterator. Each range must
			// yield the given number of values and end with the error, if there
			// is one.
			ranges int
			values int
			err    error
			// asked are the markers of the requests, beginning with that of the
			// caller.
			asked []string
		}{
			{name: "one page", markers: []string{""}, ranges: 1, values: 1, asked: []string{first}},
			{name: "pages", markers: []string{"b", "c", ""}, ranges: 1, values: 3, asked: []string{first, "b", "c"}},
			{name: "twice", markers: []string{"b", "", "b", ""}, ranges: 2, values: 2, asked: []string{first, "b", first, "b"}},
			{name: "lazy", markers: []string{"b", ""}, limit: 1, ranges: 1, values: 1, asked: []string{first}},
			{name: "repeated marker", markers: []string{"b", "b"}, ranges: 1, values: 2, err: docferry.ErrProtocol,
				asked: []string{first, "b"}},
			{name: "own marker", markers: []string{first}, ranges: 1, values: 1, err: docferry.ErrProtocol,
				asked: []string{first}},
			{name: "refused", markers: []string{"b"}, ranges: 1, values: 1, err: docferry.ErrForbidden,
				asked: []string{first, "b"}},
		} {
			l := &lister{suite: c, t: t, name: name, markers: test.markers}
			seq, _ := Invoke(t, c.Client(t, docferry.HTTP{Transport: l}), pages.Iterator, c.fullRequest(t, name))
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
			if diff := gocmp.Diff(test.asked, l.asked); diff != "" {
				t.Errorf("%s, %s: the markers that were sent differ (-want +sent):\n%s", pages.Iterator, test.name, diff)
			}
		}
	}
}

// drain ranges over an iterator until it has yielded limit values, or to its end if
// limit is 0. It counts values and collects errors. An error must be yielded with a
// zero value, and a value that is not zero without an error.
func drain(seq reflect.Value, limit int) (values int, errs []error) {
	for value, failed := range seq.Seq2() {
		err, _ := reflect.TypeAssert[error](failed)
		if value.IsZero() == (err == nil) {
			err = fmt.Errorf("the value %v came with the error %v", value, err) //nolint:errorlint // it may be nil
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
