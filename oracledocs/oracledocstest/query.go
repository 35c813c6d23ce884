package oracledocstest

import (
	"slices"
	"strings"
)

// test reports whether an item matches a search.
type test func(*item) bool

// parseQuery parses the query language of the search. A query consists of terms
// such as
//
//	Collection.Field<CONTAINS>`value`
//
// joined by <AND> and <OR>, without regard to case; <AND> binds tighter. No
// more than this, and the fields xTags and fItemType, is known of the language.
// The field fItemName, the other operators and the precedence are inferred.
func (s *Server) parseQuery(query string) (test, error) {
	if query == "" {
		return func(*item) bool { return true }, nil
	}
	var either []test
	for _, alternative := range splitOutside(query, "<OR>") {
		var all []test
		for _, term := range splitOutside(alternative, "<AND>") {
			fits, err := s.parseTerm(strings.TrimSpace(term))
			if err != nil {
				return nil, err
			}
			all = append(all, fits)
		}
		either = append(either, func(it *item) bool {
			return !slices.ContainsFunc(all, func(fits test) bool { return !fits(it) })
		})
	}
	return func(it *item) bool {
		return slices.ContainsFunc(either, func(fits test) bool { return fits(it) })
	}, nil
}

// splitOutside splits a text at a separator, except inside a value in back
// quotes.
func splitOutside(text, sep string) []string {
	parts, start, quoted := []string{}, 0, false
	for i := 0; i < len(text); i++ {
		if text[i] == '`' {
			quoted = !quoted
		} else if !quoted && len(text)-i >= len(sep) && strings.EqualFold(text[i:i+len(sep)], sep) {
			parts = append(parts, text[start:i])
			start, i = i+len(sep), i+len(sep)-1
		}
	}
	return append(parts, text[start:])
}

// operators compare a value of an item with the value in a query, both in lower
// case. CONTAINS compares whole words.
var operators = map[string]func(have, want string) bool{
	"contains": func(have, want string) bool {
		have, want = " "+strings.Join(words(have), " ")+" ", " "+strings.Join(words(want), " ")+" "
		return strings.Contains(have, want)
	},
	"matches":   func(have, want string) bool { return have == want },
	"substring": strings.Contains,
	"starts":    strings.HasPrefix,
	"ends":      strings.HasSuffix,
}

// parseTerm parses one comparison of a query. A term that cannot be parsed
// fails the search, rather than matching nothing.
func (s *Server) parseTerm(term string) (test, error) {
	field, rest, ok := strings.Cut(term, "<")
	name, value, closed := strings.Cut(rest, ">")
	compare := operators[strings.ToLower(name)]
	if !ok || !closed || compare == nil {
		return nil, invalid("querytext", "has a term without a known operator: "+term)
	}
	read, err := s.parseField(strings.TrimSpace(field))
	if err != nil {
		return nil, err
	}
	// The back quotes may be left out here.
	value = strings.ToLower(strings.Trim(strings.TrimSpace(value), "`"))
	return func(it *item) bool {
		return slices.ContainsFunc(read(it), func(have string) bool { return compare(strings.ToLower(have), value) })
	}, nil
}

// parseField returns a function that reads a field of an item. Metadata fields
// can be searched once an administrator has made them searchable.
func (s *Server) parseField(name string) (func(*item) []string, error) {
	switch strings.ToLower(name) {
	case "xtags":
		return (*item).allTags, nil
	case "fitemtype":
		return func(it *item) []string { return []string{it.kind} }, nil
	case "fitemname":
		return func(it *item) []string { return []string{it.name} }, nil
	}
	at := slices.IndexFunc(s.searchable, func(other string) bool { return strings.EqualFold(other, name) })
	if at < 0 {
		return nil, invalid("querytext", "names a field that is not searchable: "+name)
	}
	collectionName, fieldName, _ := strings.Cut(s.searchable[at], ".")
	return func(it *item) []string {
		values, _ := it.metadata(false)[collectionName].(object)
		value, _ := values[fieldName].(string)
		return []string{value}
	}, nil
}
