package oracledocstest

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// searchItems searches everything that the caller can reach from the home
// folder, including the folders that others have shared.
func (s *Server) searchItems(c *call) (*reply, error) {
	return s.search(c, func(yield func(*item) bool) bool {
		for _, it := range s.sharedWith(c) {
			if !yield(it) || !it.all(yield) {
				return false
			}
		}
		return c.user.home.all(yield)
	})
}

// searchFolderItems searches everything below one folder. The caller's home
// folder is searched together with what others have shared, as in searchItems.
func (s *Server) searchFolderItems(c *call) (*reply, error) {
	it, err := s.folder(c, viewer)
	if err != nil {
		return nil, err
	}
	if it == c.user.home {
		return s.searchItems(c)
	}
	return s.search(c, it.all)
}

// search finds the items that match, among those that everything yields. They
// can be found at once, whereas the real service has an index that lags behind.
// One of fulltext and querytext is required; if both are sent, items must match
// both, which is inferred. The default page has 50 items in version 1.1 and 20
// in 1.2, and no more than 10000 matches can be reached, as documented.
func (s *Server) search(c *call, everything func(func(*item) bool) bool) (*reply, error) {
	limit := 20
	if c.version == "1.1" {
		limit = 50
	}
	withMetadata := c.query.choice("fields", "", "metadata") != ""
	p, err := c.paging("orderby", limit, "name", "size", "lastModifiedName", "lastModifiedDate")
	if err != nil {
		return nil, err
	}
	fulltext, querytext := c.query.text("fulltext", 0), c.query.text("querytext", 0)
	if fulltext == "" && querytext == "" {
		return nil, required("fulltext")
	}
	fits, err := s.parseQuery(querytext)
	if err != nil {
		return nil, err
	}
	// A folder can be reached in two ways if one above it is shared too.
	found, seen := []*item{}, map[*item]bool{}
	everything(func(it *item) bool {
		if !seen[it] && it.mentions(fulltext) && fits(it) {
			found = append(found, it)
		}
		seen[it] = true
		// More matches cannot be reached, so the search stops.
		return len(found) < maxPage
	})
	some, more := cut(p, p.sorted(found))
	items := []object{}
	for _, it := range some {
		o := c.itemObject(it)
		if withMetadata {
			o["metadata"] = it.metadata(false)
		}
		items = append(items, o)
	}
	body := object{"totalCount": strconv.Itoa(len(found)), "count": strconv.Itoa(len(items)), "hasMore": digit(more)}
	if len(items) > 0 {
		body["items"] = items
	}
	return &reply{body: body}, nil
}

// mentions reports whether an item contains every word of a full-text search:
// in its name, text content or description, or in the names of its owner and
// last modifier. A word that ends in * matches all words that begin with it.
func (it *item) mentions(fulltext string) bool {
	if fulltext == "" {
		return true
	}
	texts := []string{it.name, it.description, it.owner.displayName, it.modifier.displayName}
	if it.kind == fileKind && utf8.Valid(it.latest().content) {
		texts = append(texts, string(it.latest().content))
	}
	have := words(strings.Join(texts, "\n"))
	for term := range strings.FieldsSeq(fulltext) {
		stem, open := strings.CutSuffix(term, "*")
		wanted := words(stem)
		for i, word := range wanted {
			prefix := open && i == len(wanted)-1
			if !slices.ContainsFunc(have, func(w string) bool { return w == word || prefix && strings.HasPrefix(w, word) }) {
				return false
			}
		}
	}
	return true
}

// words splits a text into lower-case words, at everything that is neither a
// letter nor a digit.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text),
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
