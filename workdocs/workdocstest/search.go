package workdocstest

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// responseItem is a hit as the API shows it. Of the four kinds of metadata, the
// one of its type is set.
type responseItem struct {
	ResourceType            string
	WebURL                  string            `json:"WebUrl,omitzero"`
	DocumentMetadata        *documentMetadata `json:",omitzero"`
	FolderMetadata          *folderMetadata   `json:",omitzero"`
	CommentMetadata         *commentMetadata  `json:",omitzero"`
	DocumentVersionMetadata *versionMetadata  `json:",omitzero"`
}

// search is what a SearchResources request asks for.
type search struct {
	// phrases are in lower case, and all of them must be found in the name or
	// in the contents, whichever of the two are searched.
	phrases         []string
	names, contents bool
	filters         filters
	field, order    string
	webURLs         bool
	window          window
}

// hit is something that a search can find. version and comment are nil unless
// the hit has one; the score says how relevant it is.
type hit struct {
	kind              string
	on                *resource
	version           *version
	comment           *comment
	name              string
	size              int64
	created, modified time.Time
	score             int
}

// searchResources finds folders, documents, versions and comments that the
// caller may read. Root folders, recycle bins and what is in a recycle bin are
// not found. A search finds changes at once, because it has no index.
func (s *Server) searchResources(c *call) (any, error) {
	in := readSearch(c)
	if c.signed {
		// A signed call belongs to no user, so as documented it must name the
		// organization.
		c.body.need("OrganizationId")
	}
	organization := c.body.text("OrganizationId", principalID)
	if err := c.valid(); err != nil {
		return nil, err
	}
	if err := ours(c, organization); err != nil {
		return nil, err
	}
	var hits []hit
	for _, r := range s.resourcesInOrder() {
		if r.parent == nil || r.recycled() || !s.may(c, toView, r) {
			continue
		}
		for _, h := range candidates(r) {
			h.score = s.matches(&in, h)
			if h.score > 0 && s.passes(c, &in.filters, h) && (h.comment == nil || s.sees(c, r, h.comment)) {
				hits = append(hits, h)
			}
		}
	}
	in.sort(hits)
	var answer struct {
		Items  []responseItem
		Marker string `json:",omitzero"`
	}
	hits, answer.Marker = cut(in.window, hits)
	answer.Items = make([]responseItem, len(hits))
	for i, h := range hits {
		answer.Items[i] = describeHit(c, h, in.webURLs)
	}
	return answer, nil
}

// readSearch reads the members of the request except the organization. The
// markers of a search consist of digits only, as the API's model requires.
func readSearch(c *call) search {
	in := search{
		phrases: phrases(c.body.text("QueryText", searchText)),
		webURLs: c.body.texts("AdditionalResponseFields", enum("WEBURL"), math.MaxInt) != nil,
	}
	scopes := c.body.texts("QueryScopes", enum("NAME", "CONTENT"), 2)
	// Without scopes, a search looks in names and in contents.
	in.names = scopes == nil || slices.Contains(scopes, "NAME")
	in.contents = scopes == nil || slices.Contains(scopes, "CONTENT")
	for _, by := range c.body.objects("OrderBy", 1) {
		in.field = by.text("Field", enum("RELEVANCE", "NAME", "SIZE", "CREATED_TIMESTAMP", "MODIFIED_TIMESTAMP"))
		in.order = by.text("Order", enum("ASC", "DESC"))
	}
	in.filters = readFilters(c.body)
	size, ok := c.body.number("Limit", 1, 100)
	if !ok {
		size = 100
	}
	if c.cap > 0 {
		size = min(size, int64(c.cap))
	}
	in.window = window{size: int(size), digits: true}
	if marker := c.body.text("Marker", matching(2048, `\d+`)); marker != "" {
		start, err := strconv.Atoi(marker)
		if in.window.start = start; err != nil {
			c.input.add("Marker", "was not returned by this operation")
		}
	}
	return in
}

// phrases splits a query into lower-case words, and keeps words in double
// quotes together.
func phrases(query string) []string {
	var found []string
	for i, part := range strings.Split(strings.ToLower(query), `"`) {
		if i%2 == 0 {
			found = append(found, strings.Fields(part)...)
		} else if part != "" {
			found = append(found, part)
		}
	}
	return found
}

// candidates returns everything that a search can find in a folder or document.
// A folder has only a name, and a comment only content; a document and its
// versions have both. A document without an active version cannot be found.
func candidates(r *resource) []hit {
	if r.folder {
		// The size of a folder is that of all active versions in it.
		size, _ := r.sizes()
		return []hit{{kind: "FOLDER", on: r, name: r.name, size: size, created: r.created, modified: r.modified}}
	}
	latest := r.activeVersion()
	if latest == nil {
		return nil
	}
	hits := []hit{{kind: "DOCUMENT", on: r, version: latest, name: r.name, size: latest.size, created: r.created,
		modified: r.modified}}
	for _, v := range r.versions {
		if v.deleted || !v.active {
			continue
		}
		hits = append(hits, hit{kind: "DOCUMENT_VERSION", on: r, version: v, name: v.name, size: v.size, created: v.created,
			modified: v.modified})
		for _, m := range v.comments {
			if !m.deleted {
				hits = append(hits, hit{kind: "COMMENT", on: r, version: v, comment: m, size: int64(len(m.text)), created: m.at,
					modified: m.at})
			}
		}
	}
	return hits
}

// matches returns how relevant a hit is, or 0 if it does not contain every
// phrase. A phrase in the name counts for more than one in the content. Without
// phrases, all hits are equally relevant.
func (s *Server) matches(in *search, h hit) int {
	score := 1
	for _, phrase := range in.phrases {
		switch {
		case in.names && strings.Contains(strings.ToLower(h.name), phrase):
			score += 2
		case in.contents && bytes.Contains(bytes.ToLower(s.content(h)), []byte(phrase)):
			score++
		default:
			return 0
		}
	}
	return score
}

// content returns the text of a hit in which a search looks for phrases. The
// content of a document is searched as it is stored, so only plain text is
// found.
func (s *Server) content(h hit) []byte {
	switch {
	case h.comment != nil:
		return []byte(h.comment.text)
	case h.version != nil:
		object, _ := s.storage.Object(contentKey(h.on, h.version))
		return object.Content
	}
	return nil
}

// sort sorts hits as the request asks. The default is by relevance, the best
// first. Hits that are equal keep the order of creation, so pages do not
// overlap.
func (in *search) sort(hits []hit) {
	// Relevance is sorted in descending order by default, and everything else
	// in ascending order.
	descending := in.order == "DESC" || in.order == "" && (in.field == "" || in.field == "RELEVANCE")
	slices.SortStableFunc(hits, func(a, b hit) int {
		var by int
		switch in.field {
		case "NAME":
			by = strings.Compare(a.name, b.name)
		case "SIZE":
			by = cmp.Compare(a.size, b.size)
		case "CREATED_TIMESTAMP":
			by = a.created.Compare(b.created)
		case "MODIFIED_TIMESTAMP":
			by = a.modified.Compare(b.modified)
		default:
			by = cmp.Compare(a.score, b.score)
		}
		if descending {
			return -by
		}
		return by
	})
}

// describeHit returns a hit as the API shows it. Nothing answers at the web
// URL.
func describeHit(c *call, h hit, webURL bool) responseItem {
	item := responseItem{ResourceType: h.kind}
	where := "document"
	switch h.kind {
	case "FOLDER":
		m := describeFolder(h.on)
		item.FolderMetadata, where = &m, "folder"
	case "DOCUMENT":
		m := describeDocument(h.on, h.version)
		item.DocumentMetadata = &m
	case "DOCUMENT_VERSION":
		m := describeVersion(h.version)
		item.DocumentVersionMetadata = &m
	case "COMMENT":
		item.CommentMetadata = describeCommentBriefly(h.comment)
	}
	if webURL {
		item.WebURL = c.base + "/workdocs/index.html#/" + where + "/" + h.on.id
	}
	return item
}
