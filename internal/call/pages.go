package call

import (
	"context"
	"iter"

	"github.com/docferry/docferry"
)

// Pages ranges over the pages of a listing, which list returns. A request
// says where its page begins in the member that at points to; next is where
// the page after this one begins, and zero on the last.
//
// Each range starts over from req as it was given. An error is yielded once
// and ends the range; so is a marker that was there before, which would go
// round for ever.
func Pages[Request, Page any, Marker comparable](
	ctx context.Context, c *Client, op *Op,
	list func(context.Context, Request, ...docferry.CallOption) (*Page, error), req Request, opts []docferry.CallOption,
	at func(*Request) *Marker, next func(*Page) Marker,
) iter.Seq2[*Page, error] {
	return func(yield func(*Page, error) bool) {
		var end Marker
		req := req
		seen := map[Marker]bool{*at(&req): true}
		for {
			page, err := list(ctx, req, opts...)
			if !yield(page, err) || err != nil {
				return
			}
			marker := next(page)
			switch {
			case marker == end:
				return
			case seen[marker]:
				yield(nil, &docferry.Error{Service: c.Peer.Service(), Operation: op.Name, StatusCode: 200, Attempts: 1,
					Kind: docferry.ErrProtocol, Message: "the service gave the same page marker twice"})
				return
			}
			seen[marker] = true
			*at(&req) = marker
		}
	}
}

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
