package oracledocstest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// page is the part of a list that a query asks for.
type page struct {
	offset, limit int
	// order is a key of orders.
	order      string
	descending bool
}

// orders has the documented keys that sort items. Folders and searches each
// accept some of them.
var orders = map[string]func(a, b *item) int{
	"name":             byName,
	"createdTime":      func(a, b *item) int { return a.created.Compare(b.created) },
	"modifiedTime":     func(a, b *item) int { return a.modified.Compare(b.modified) },
	"lastModifiedDate": func(a, b *item) int { return a.modified.Compare(b.modified) },
	"lastModifiedName": func(a, b *item) int { return cmp.Compare(a.modifier.displayName, b.modifier.displayName) },
	"size":             func(a, b *item) int { return cmp.Compare(a.bytes, b.bytes) },
}

// byName sorts by name without regard to case, then by kind and ID, so that the
// order of a listing is always the same.
func byName(a, b *item) int {
	return cmp.Or(
		cmp.Compare(a.folded, b.folded),
		cmp.Compare(a.kind, b.kind),
		cmp.Compare(a.id, b.id))
}

// paging reads limit and offset, and an order among the given fields; the first
// one is the default. orderName is a parameter because its spelling differs
// between operations.
func (c *call) paging(orderName string, limit int, fields ...string) (page, error) {
	p := page{
		limit:  c.query.number("limit", limit, 1, maxPage),
		offset: c.query.number("offset", 0, 0, 1<<31-1),
	}
	order := c.query.text(orderName, 0)
	if order == "" {
		order = fields[0]
	}
	field, direction, _ := strings.Cut(order, ":")
	if !slices.Contains(fields, field) || direction != "" && direction != "asc" && direction != "desc" {
		c.query.fail(invalid(orderName, "must be one of "+strings.Join(fields, ", ")+" with :asc or :desc"))
	}
	p.order, p.descending = field, direction == "desc"
	return p, c.query.err
}

// sorted sorts items in the order of the page. Items that are equal by its key
// are sorted by name, so that pages never overlap.
func (p page) sorted(items []*item) []*item {
	slices.SortStableFunc(items, func(a, b *item) int {
		order := orders[p.order](a, b)
		if p.descending {
			order = -order
		}
		return cmp.Or(order, byName(a, b))
	})
	return items
}

// cut returns the elements of a page and reports whether more elements follow.
func cut[T any](p page, all []T) (some []T, more bool) {
	first := min(p.offset, len(all))
	last := min(first+p.limit, len(all))
	return all[first:last], last < len(all)
}

// contents fills in a page of a listing. Like the service, it leaves out an
// empty list of items. Numbers and flags are strings, as in the documented
// examples.
func (c *call) contents(body object, p page, items []*item) *reply {
	some, more := cut(p, p.sorted(items))
	list := []object{}
	for _, it := range some {
		list = append(list, withConversation(c.itemObject(it), it))
	}
	if len(list) > 0 {
		body["items"] = list
	}
	body["count"] = strconv.Itoa(len(list))
	body["totalResults"] = strconv.Itoa(len(items))
	body["hasMore"] = digit(more)
	body["offset"] = strconv.Itoa(p.offset)
	body["limit"] = strconv.Itoa(p.limit)
	return &reply{body: body}
}

// getHomeFolderContents lists what the caller can reach at the top level: the
// items of the home folder and the folders that others have shared with the
// caller. The default page has 50 items.
func (s *Server) getHomeFolderContents(c *call) (*reply, error) {
	p, err := c.paging("orderby", 50, "name", "createdTime", "modifiedTime")
	if err != nil {
		return nil, err
	}
	items := append(c.children(c.user.home), s.sharedWith(c)...)
	return c.contents(object{"ownerFolderID": "self"}, p, items), nil
}

// getFolderContents lists a folder. The caller's home folder is listed together
// with what others have shared, as at its own address: clients use both.
func (s *Server) getFolderContents(c *call) (*reply, error) {
	p, err := c.paging("orderby", 50, "name", "createdTime", "modifiedTime")
	if err != nil {
		return nil, err
	}
	it, err := s.folder(c, viewer)
	if err != nil {
		return nil, err
	}
	body, items := withConversation(c.folderObject(it), it), c.children(it)
	if it == c.user.home {
		body["ownerFolderID"] = "self"
		items = append(items, s.sharedWith(c)...)
	}
	return c.contents(body, p, items), nil
}

// children returns the items in a folder, in no order: all of them or, with
// filterName, those with exactly that name.
func (c *call) children(folder *item) []*item {
	if !c.query.has("filterName") {
		return slices.Collect(maps.Values(folder.children))
	}
	items := []*item{}
	for _, kind := range []string{fileKind, folderKind} {
		if it := folder.child(kind, c.query.text("filterName", 0)); it != nil && c.wants(it) {
			items = append(items, it)
		}
	}
	return items
}

// wants reports whether an item passes the filterName of a listing. It is
// inferred that case matters: the documentation says that the match is exact.
func (c *call) wants(it *item) bool {
	return !c.query.has("filterName") || it.name == c.query.text("filterName", 0)
}

// sharedWith returns the folders on which other users have given the caller a
// role, directly or through a group.
func (s *Server) sharedWith(c *call) []*item {
	found := []*item{}
	for it := range s.shared {
		if it.kind == folderKind && it.owner != c.user && !it.trashed() && c.wants(it) &&
			slices.ContainsFunc(it.shares, func(sh *share) bool { return sh.covers(c.user) }) {
			found = append(found, it)
		}
	}
	return found
}
