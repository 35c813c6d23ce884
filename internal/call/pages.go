package call

import (
	"context"
	"hash/maphash"
	"iter"
	"reflect"

	"github.com/docferry/docferry"
)

// Pages ranges over the pages of a listing, which list returns. A request
// says where its page begins in the field that at points to; next is where the
// page after this one begins, and zero on the last page.
//
// Each range starts over from req as it was given. An error is yielded once
// and ends the range. So does a listing that would go on for ever: one that
// repeats a marker, or that [Endless] recognizes.
func Pages[Request, Page any, Marker comparable](
	ctx context.Context, c *Client, op *Op,
	list func(context.Context, Request, ...docferry.CallOption) (*Page, error), req Request, opts []docferry.CallOption,
	at func(*Request) *Marker, next func(*Page) Marker,
) iter.Seq2[*Page, error] {
	return func(yield func(*Page, error) bool) {
		var end Marker
		var endless Endless
		req := req
		seed := maphash.MakeSeed()
		seen := map[uint64]bool{maphash.Comparable(seed, *at(&req)): true}
		for {
			page, err := list(ctx, req, opts...)
			if err == nil {
				if why := endless.Check(page); why != "" {
					err = protocolError(c, op, why)
				}
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(page, nil) {
				return
			}
			marker := next(page)
			if marker == end {
				return
			}
			hash := maphash.Comparable(seed, marker)
			if seen[hash] {
				yield(nil, protocolError(c, op, "the service gave the same page marker twice"))
				return
			}
			if len(seen) == maxSeen {
				clear(seen) // the markers of a cycle come again, and are found then
			}
			seen[hash] = true
			*at(&req) = marker
		}
	}
}

// maxSeen bounds how many markers a range remembers.
const maxSeen = 1 << 16

// Items ranges over the items of all pages.
func Items[Page, Item any](pages iter.Seq2[*Page, error], items func(*Page) []Item) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for page, err := range pages {
			if err != nil {
				var none Item
				yield(none, err)
				return
			}
			for _, item := range items(page) {
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}

// emptyPages is how many more pages than items a listing may have. Filters of a
// service can leave pages empty, and equal items can fill equal pages, but not
// without end.
const emptyPages = 1000

// Endless recognizes a listing that never ends: one with ever more pages that
// hold nothing, or nothing but what the page before held. The zero value is
// ready.
type Endless struct {
	pages, items int   // items are counted where they are new
	last         []any // the lists of the page before
}

// Check counts a page, which is a pointer to a struct with lists. It returns
// why the listing must not go on, or "".
func (e *Endless) Check(page any) string {
	var lists []any
	n := 0
	for field, v := range reflect.ValueOf(page).Elem().Fields() {
		if v.Kind() == reflect.Slice && field.IsExported() {
			lists, n = append(lists, v.Interface()), n+v.Len()
		}
	}
	e.pages++
	if !reflect.DeepEqual(lists, e.last) {
		e.items += n
	}
	e.last = lists
	if e.pages > emptyPages+e.items {
		return "the listing does not end: it has more than a thousand pages that bring nothing new"
	}
	return ""
}

func protocolError(c *Client, op *Op, message string) error {
	return &docferry.Error{Service: c.Peer.Service(), Operation: op.Name, StatusCode: 200, Attempts: 1,
		Kind: docferry.ErrProtocol, Message: message}
}
