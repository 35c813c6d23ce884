package oracledocs

import (
	"context"
	"iter"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/option"
)

// listing is a listing in pages that begin at an offset.
type listing[Request, Page, Item any] struct {
	op    *call.Op
	list  func(context.Context, Request, ...docferry.CallOption) (*Page, error)
	at    func(*Request) *int64 // where in a request the offset is
	items func(*Page) []Item

	// more reports whether there is a page after this one, which had n items at the
	// service; req is already set to request it. An error ends the range.
	more func(page *Page, req *Request, n int64) (bool, error)
}

// all ranges over the items of all pages, from the offset of req on. Each range
// starts over. An error is yielded once and ends the range; so does an empty
// page that claims there is more, since the range would never end.
func (l listing[Request, Page, Item]) all(
	ctx context.Context, req Request, opts []docferry.CallOption,
) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		var none Item
		var endless call.Endless
		req := req
		for {
			// Entries that could not be read count too: offsets are the service's.
			var leftOut int
			count := func(r option.Report) { leftOut = r.LeftOut }
			page, err := l.list(ctx, req, call.Reporting(opts, count)...)
			if err != nil {
				yield(none, err)
				return
			}
			if why := endless.Check(page); why != "" {
				yield(none, l.protocolError(why))
				return
			}
			items := l.items(page)
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			n := int64(len(items) + leftOut)
			*l.at(&req) += n
			more, err := l.more(page, &req, n)
			if more && n == 0 {
				err = l.protocolError("a page without items says that there are more")
			}
			if err != nil {
				yield(none, err)
			}
			if err != nil || !more {
				return
			}
		}
	}
}

func (l listing[Request, Page, Item]) protocolError(message string) error {
	return &docferry.Error{Service: service, Operation: l.op.Name, StatusCode: 200, Attempts: 1,
		Kind: docferry.ErrProtocol, Message: message}
}
