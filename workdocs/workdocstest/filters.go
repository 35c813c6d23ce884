package workdocstest

import (
	"math"
	"slices"
	"strings"
	"time"
)

// filters are the Filters of a search. All of them must accept a hit. A nil
// list excludes nothing.
type filters struct {
	locales, categories []string
	// kinds are the types of hits. labels and ancestors are those of the
	// resource that a hit is on.
	kinds, labels     []string
	principals        []searchPrincipal
	ancestors         []string
	collections       []string
	sizes             sizeRange
	created, modified timeRange
}

// searchPrincipal stands for the resources on which a user or group has a role.
type searchPrincipal struct {
	id    string
	roles []string
}

// sizeRange is a range in bytes that includes both ends. high is -1 if the
// range has no upper limit.
type sizeRange struct{ low, high int64 }

// timeRange is a range of times that includes both ends. An end is zero if
// there is no limit on that side.
type timeRange struct{ from, to time.Time }

// has reports whether a time is in the range.
func (r timeRange) has(t time.Time) bool {
	return (r.from.IsZero() || !t.Before(r.from)) && (r.to.IsZero() || !t.After(r.to))
}

// The values that the API's model permits in filters.
var (
	languages = enum("AR", "BG", "BN", "DA", "DE", "CS", "EL", "EN", "ES", "FA", "FI", "FR", "HI", "HU", "ID", "IT",
		"JA", "KO", "LT", "LV", "NL", "NO", "PT", "RO", "RU", "SV", "SW", "TH", "TR", "ZH", "DEFAULT")
	categories  = enum("IMAGE", "DOCUMENT", "PDF", "SPREADSHEET", "PRESENTATION", "AUDIO", "VIDEO", "SOURCE_CODE", "OTHER")
	searchTypes = enum("FOLDER", "DOCUMENT", "COMMENT", "DOCUMENT_VERSION")
	searchValue = rule{max: 128}
)

// readFilters reads the member Filters. Inferred: without a filter on types,
// versions are left out, because their documents are found anyway.
func readFilters(body object) filters {
	in, _ := body.object("Filters")
	f := filters{
		locales:     in.texts("TextLocales", languages, 1),
		categories:  in.texts("ContentCategories", categories, 9),
		kinds:       in.texts("ResourceTypes", searchTypes, 4),
		labels:      in.texts("Labels", searchValue, 10),
		ancestors:   in.texts("AncestorIds", searchValue, 10),
		collections: in.texts("SearchCollectionTypes", enum("OWNED", "SHARED_WITH_ME"), 2),
		created:     readTimes(in, "CreatedRange"),
		modified:    readTimes(in, "ModifiedRange"),
		sizes:       sizeRange{high: -1},
	}
	if f.kinds == nil {
		f.kinds = []string{"FOLDER", "DOCUMENT", "COMMENT"}
	}
	for _, p := range in.objects("Principals", 10) {
		p.need("Id")
		f.principals = append(f.principals, searchPrincipal{p.text("Id", principalID), p.texts("Roles", enum(roles...), 4)})
	}
	sizes, _ := in.object("SizeRange")
	f.sizes.low, _ = sizes.number("StartValue", 0, math.MaxInt64)
	if high, ok := sizes.number("EndValue", 0, math.MaxInt64); ok {
		f.sizes.high = high
	}
	return f
}

// readTimes reads a range of times, without limits if the member is absent.
func readTimes(in object, name string) timeRange {
	times, _ := in.object(name)
	return timeRange{times.time("StartValue"), times.time("EndValue")}
}

// passes reports whether a hit passes all filters. A filter that is a list
// accepts a hit with any one of its values. Inferred: text in an unknown
// language counts as English.
func (s *Server) passes(c *call, f *filters, h hit) bool {
	r := h.on
	among := func(list []string, fits func(string) bool) bool {
		return list == nil || slices.ContainsFunc(list, fits)
	}
	return among(f.kinds, func(kind string) bool { return kind == h.kind }) &&
		among(f.locales, func(language string) bool { return language == "EN" || language == "DEFAULT" }) &&
		among(f.categories, func(category string) bool {
			return h.version != nil &&
				category == categoryOf(h.version.contentType)
		}) &&
		among(f.labels, func(label string) bool { return slices.Contains(r.labels, label) }) &&
		among(f.ancestors, func(id string) bool { return r.isWithin(id) }) &&
		among(f.collections, func(kind string) bool { return s.inCollection(c, kind, r) }) &&
		(f.principals == nil || slices.ContainsFunc(f.principals, func(p searchPrincipal) bool { return p.has(r) })) &&
		h.size >= f.sizes.low && (f.sizes.high < 0 || h.size <= f.sizes.high) &&
		f.created.has(h.created) && f.modified.has(h.modified)
}

// isWithin reports whether the folder with this ID is above the resource.
func (r *resource) isWithin(id string) bool {
	for at := range r.parent.lineage() {
		if at.id == id {
			return true
		}
	}
	return false
}

// inCollection reports whether a resource belongs to a collection of the
// caller: the resources that the caller owns, or those that others have shared
// with the caller directly or by sharing a folder above.
func (s *Server) inCollection(c *call, kind string, r *resource) bool {
	if kind == "OWNED" {
		return r.owner() == c.user
	}
	for at := range r.lineage() {
		if s.sharedWith(at, c.user) {
			return true
		}
	}
	return false
}

// has reports whether the principal has one of the given roles on the resource,
// or any role at all if none is given.
func (p searchPrincipal) has(r *resource) bool {
	for _, o := range principalsOf(r) {
		if o.ID == p.id && (len(p.roles) == 0 || slices.ContainsFunc(o.Roles,
			func(has permission) bool { return slices.Contains(p.roles, has.Role) })) {
			return true
		}
	}
	return false
}

// categoryOf returns the API's category for a content type. The first part that
// matches decides. Inferred: the documentation does not say which types belong
// to which category.
func categoryOf(contentType string) string {
	for _, known := range []struct{ part, category string }{
		{"application/pdf", "PDF"},
		{"image/", "IMAGE"},
		{"audio/", "AUDIO"},
		{"video/", "VIDEO"},
		{"spreadsheet", "SPREADSHEET"},
		{"ms-excel", "SPREADSHEET"},
		{"text/csv", "SPREADSHEET"},
		{"presentation", "PRESENTATION"},
		{"powerpoint", "PRESENTATION"},
		{"wordprocessing", "DOCUMENT"},
		{"msword", "DOCUMENT"},
		{"text/plain", "DOCUMENT"},
		{"text/", "SOURCE_CODE"},
		{"json", "SOURCE_CODE"},
		{"javascript", "SOURCE_CODE"},
	} {
		if strings.Contains(contentType, known.part) {
			return known.category
		}
	}
	return "OTHER"
}
