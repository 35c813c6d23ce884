package call

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"

	"github.com/docferry/docferry"
	"github.com/google/go-cmp/cmp"
)

type list struct {
	Marker string
	Limit  int
}

type listed struct {
	Items []int
	Next  string
}

// book is a listing with a page for each marker.
type book struct {
	pages map[string]listed
	fail  map[string]error
	asked []string
}

func (b *book) list(_ context.Context, req list, _ ...docferry.CallOption) (*listed, error) {
	b.asked = append(b.asked, req.Marker)
	if err := b.fail[req.Marker]; err != nil {
		return nil, err
	}
	page := b.pages[req.Marker]
	return &page, nil
}

func (b *book) all(t *testing.T, from string) iter.Seq2[int, error] {
	t.Helper()
	c := client(t, "http://h.example")
	pages := Pages(t.Context(), c, NewOp("List", "GET /items", Safe), b.list, list{Marker: from}, nil,
		func(r *list) *string { return &r.Marker }, func(p *listed) string { return p.Next })
	return Items(pages, func(p *listed) []int { return p.Items })
}

func collect(seq iter.Seq2[int, error]) (items []int, err error) {
	n := 0
	for item, e := range seq {
		if e != nil {
			if n++; n > 1 {
				return items, errors.New("an error was yielded twice")
			}
			err = e
			continue
		}
		items = append(items, item)
	}
	return items, err
}

func TestPages(t *testing.T) {
	failed := errors.New("failed")
	for name, tt := range map[string]struct {
		book  book
		from  string
		items []int
		asked []string
		err   error
	}{
		"one page": {book{pages: map[string]listed{"": {[]int{1, 2}, ""}}}, "", []int{1, 2}, []string{""}, nil},
		"none":     {book{}, "", nil, []string{""}, nil},
		"three": {book{pages: map[string]listed{"": {[]int{1}, "a"}, "a": {[]int{2}, "b;%+"},
			"b;%+": {[]int{3}, ""}}}, "", []int{1, 2, 3}, []string{"", "a", "b;%+"}, nil},
		"an empty one": {book{pages: map[string]listed{"": {nil, "a"}, "a": {[]int{2}, ""}}}, "", []int{2},
			[]string{"", "a"}, nil},
		"from a marker": {book{pages: map[string]listed{"a": {[]int{2}, "b"}, "b": {[]int{3}, ""}}}, "a", []int{2, 3},
			[]string{"a", "b"}, nil},
		"error at first": {book{fail: map[string]error{"": failed}}, "", nil, []string{""}, failed},
		"error later": {book{pages: map[string]listed{"": {[]int{1}, "a"}}, fail: map[string]error{"a": failed}}, "",
			[]int{1}, []string{"", "a"}, failed},
		"the same marker": {book{pages: map[string]listed{"": {[]int{1}, "a"}, "a": {[]int{2}, "a"}}}, "", []int{1, 2},
			[]string{"", "a"}, docferry.ErrProtocol},
		"a marker again": {book{pages: map[string]listed{"": {[]int{1}, "a"}, "a": {nil, "b"}, "b": {[]int{3}, "a"}}}, "",
			[]int{1, 3}, []string{"", "a", "b"}, docferry.ErrProtocol},
		"back to the start": {book{pages: map[string]listed{"x": {[]int{1}, "a"}, "a": {nil, "x"}}}, "x", []int{1},
			[]string{"x", "a"}, docferry.ErrProtocol},
		"its own at the end": {book{pages: map[string]listed{"x": {[]int{1}, "x"}}}, "x", []int{1}, []string{"x"},
			docferry.ErrProtocol},
	} {
		seq := tt.book.all(t, tt.from)
		for round := range 2 { // each range starts over
			tt.book.asked = nil
			items, err := collect(seq)
			if diff := cmp.Diff(tt.items, items); diff != "" || !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
				t.Errorf("%s, round %d: %v %s", name, round, err, diff)
			}
			if diff := cmp.Diff(tt.asked, tt.book.asked); diff != "" {
				t.Errorf("%s, round %d: pages asked for: %s", name, round, diff)
			}
		}
	}
}

// Nothing is asked for that is not wanted.
func TestPagesAreLazy(t *testing.T) {
	b := &book{pages: map[string]listed{"": {[]int{1, 2, 3}, "a"}, "a": {[]int{4}, "b"}, "b": {nil, ""}}}
	seq := b.all(t, "")
	if len(b.asked) != 0 {
		t.Error("asked before the range")
	}
	for want, pages := range map[int]int{1: 1, 3: 1, 4: 2} {
		b.asked = nil
		for item, err := range seq {
			if err != nil || item > want {
				t.Fatal(item, err)
			}
			if item == want {
				break
			}
		}
		if len(b.asked) != pages {
			t.Errorf("up to %d: %d pages were asked for", want, len(b.asked))
		}
	}
}

// A listing that never ends does end: with a page that is repeated under new
// markers, or after a number of empty pages that grows with what there was.
func TestListingsThatNeverEnd(t *testing.T) {
	type request struct {
		Marker string `query:"marker"`
	}
	type page struct {
		Items  []string `json:"items"`
		Marker string   `json:"marker"`
	}
	c := client(t, "http://h.example")
	for name, tt := range map[string]struct {
		items func(n int) []string // of page n
		most  int                  // pages
	}{
		"the same page":         {func(int) []string { return []string{"a", "b"} }, 1003},
		"empty pages":           {func(int) []string { return nil }, 1001},
		"empty pages after 500": {func(n int) []string { return []string{fmt.Sprint(n)}[:min(max(500-n, 0), 1)] }, 1501},
	} {
		pages := 0
		list := func(context.Context, request, ...docferry.CallOption) (*page, error) {
			pages++
			return &page{tt.items(pages - 1), fmt.Sprint("m", pages)}, nil
		}
		var last error
		for _, err := range Pages(t.Context(), c, NewOp("List", "GET /items", Safe), list, request{}, nil,
			func(r *request) *string { return &r.Marker }, func(p *page) string { return p.Marker }) {
			last = err
		}
		if !errors.Is(last, docferry.ErrProtocol) || pages != tt.most {
			t.Errorf("%s: %v after %d pages, want %d", name, last, pages, tt.most)
		}
	}
}

// However long a listing is, a range remembers a bounded number of markers, and
// still finds out that they come again.
func TestMarkersOfALongListing(t *testing.T) {
	const straight, circle = maxSeen + 10, 100
	c := client(t, "http://h.example")
	pages := 0
	next := func(context.Context, list, ...docferry.CallOption) (*listed, error) {
		pages++
		marker := pages
		if pages > straight {
			marker = straight + pages%circle
		}
		return &listed{[]int{pages}, fmt.Sprint(marker)}, nil
	}
	var last error
	for _, err := range Pages(t.Context(), c, NewOp("List", "GET /items", Safe), next, list{}, nil,
		func(r *list) *string { return &r.Marker }, func(p *listed) string { return p.Next }) {
		last = err
	}
	if !errors.Is(last, docferry.ErrProtocol) || pages < straight || pages > straight+2*circle {
		t.Errorf("%v after %d pages", last, pages)
	}
}
