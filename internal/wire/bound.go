package wire

import (
	"bytes"
	"reflect"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// These limits bound the memory that an answer can take. Bounding its length is
// not enough, because decoding can multiply it: in a list of structs, the two
// characters "{}" become a struct of a thousand bytes; six characters of name and
// value become an entry of a map.
//
// The entries of a page that a service really sends have an ID and a name at least,
// and so at least one byte for every eight that they take as structs. The longest
// page of any listing has ten thousand of them, and a few hundred thousand values.
// That is well below the limits.
const (
	maxEntries = 1 << 16
	maxValues  = 1 << 19

	// The entries of lists may take so many bytes as structs for each byte of the
	// answer, and so many more, however short the answer is.
	entryRatio = 16
	entryFloor = 4 << 20
)

// swells reports whether an answer would take too much memory in a struct with the
// given plan. It first counts characters, which is fast but also counts
// those inside strings, and objects that are no entries. Only if that count is too
// high does it read the JSON to count exactly.
func (d *Dialect) swells(body []byte, p *plan) bool {
	most := entryFloor + entryRatio*len(body)
	objects := bytes.Count(body, []byte("{")) + bytes.Count(body, []byte("null"))
	if !p.many(objects, body) {
		return false // and no need to tell those in texts from the others
	}
	dec := jsontext.NewDecoder(bytes.NewReader(body), d.JSON)
	entries, size, values, lists := 0, 0, 0, 0
	for entries <= maxEntries && values <= maxValues && size <= most {
		inside, n := dec.StackIndex(dec.StackDepth())
		token, err := dec.ReadToken()
		if err != nil {
			return false // at its end, or not for this function to report
		}
		if inside == '{' && n%2 == 0 {
			continue // a name, which takes nothing beside its value, or the end
		}
		values++
		switch token.Kind() {
		case '{', 'n':
			if inside == '[' { // other objects are part of the struct that they belong to
				entries++
				size += p.entries.at(lists)
			}
		case '[':
			lists++
		case ']':
			lists--
			values--
		default:
		}
	}
	return true
}

// many reports whether an answer with so many objects, of which some may be no entries
// or inside strings, might take too much memory.
func (p *plan) many(objects int, body []byte) bool {
	values := bytes.Count(body, []byte(",")) + bytes.Count(body, []byte("["))
	return objects > maxEntries || values > maxValues || objects*p.entries.largest() > entryFloor+entryRatio*len(body)
}

// entrySizes has the size of the largest entry that a list can have: first those of
// lists that are in no other list, then those of lists in these, and so on.
type entrySizes []int

// at returns the size of an entry inside so many lists.
func (s *entrySizes) at(lists int) int {
	if lists > len(*s) {
		return 0 // it is in a member that is not read
	}
	return (*s)[lists-1]
}

func (s *entrySizes) largest() int {
	size := 0
	for _, n := range *s {
		size = max(size, n)
	}
	return size
}

// add adds the lists in a value of type t which is itself inside so many lists.
// Types in within hold this value. An error is a mistake in the declaration of a
// struct, which would otherwise only be found by an odd answer.
func (s *entrySizes) add(t reflect.Type, lists int, within []reflect.Type) error {
	if slices.Contains(within, t) || t == timeType || opaque(t) {
		return nil
	}
	within = append(within, t)
	switch t.Kind() {
	case reflect.Slice:
		if lists == len(*s) {
			*s = append(*s, 0)
		}
		(*s)[lists] = max((*s)[lists], int(t.Elem().Size()))
		return s.add(t.Elem(), lists+1, within)
	case reflect.Map, reflect.Pointer:
		return s.add(t.Elem(), lists, within)
	case reflect.Struct:
		if _, err := newPlan(t); err != nil {
			return err
		}
		for f := range t.Fields() {
			if err := s.add(f.Type, lists, within); err != nil {
				return err
			}
		}
	default:
	}
	return nil
}
