package wire

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// plainReader reads an answer that is plain, which almost all are: each member has
// the documented type and comes once, no list has null for an entry, and all text is
// UTF-8. It reads it once from front to back, and takes a fraction of the time that
// the package json needs, which can do much more.
//
// It never decides that an answer is bad. Whatever it does not know makes it give up,
// and the answer is read in the general way. So it must accept only what that way
// accepts, with the same result; see FuzzPlain.
type plainReader struct {
	scanner
	readTime func(value []byte) (time.Time, bool)

	depth int
	lists int // how many lists the value is in
	spare int // how many bytes the lists may still get for entries that are not read yet

	recent *[256]string  // short texts of this answer that came lately, by their hash
	when   *time.Time    // the last time in a list
	moment reflect.Value // of when
}

// spareRatio is for how many bytes of entries there may be room in advance, for each
// byte of the answer. Most take less.
const spareRatio = 4

// readPlain reads an answer that is plain into a struct. If it returns false, the
// struct may be half filled.
func (d *Dialect) readPlain(body []byte, v reflect.Value, p *plan) bool {
	r := plainReader{scanner: scanner{body: body}, readTime: d.PlainTime, spare: spareRatio * len(body)}
	return !p.many(bytes.Count(body, []byte("{")), body) && r.value(formOf(v.Type()), v) && r.ended()
}

// value reads a value.
func (r *plainReader) value(f *form, v reflect.Value) bool {
	switch f.kind {
	case plainText:
		text, ok := r.text()
		if ok {
			v.SetString(r.keep(text))
		}
		return ok
	case plainNumber:
		n, ok := r.whole()
		v.SetInt(n)
		return ok
	case plainFlag:
		v.SetBool(r.peek() == 't')
		return r.literal("true") || r.literal("false")
	case plainTime:
		return r.time(v)
	case plainObject:
		return r.enter() && r.object(f, v) && r.leave()
	case plainList:
		return r.enter() && r.list(f, v) && r.leave()
	case plainTable:
		return r.enter() && r.table(f, v) && r.leave()
	case plainPointer:
		v.Set(reflect.New(f.elem.goType))
		return r.value(f.elem, v.Elem())
	default:
		return false
	}
}

func (r *plainReader) enter() bool {
	r.depth++
	return r.depth <= maxDepth
}

func (r *plainReader) leave() bool {
	r.depth--
	return true
}

// whole reads a whole number that surely has no more than 64 bits.
func (r *plainReader) whole() (int64, bool) {
	const most = 18 // bytes
	number := r.number()
	if len(number) > most {
		return 0, false
	}
	n, err := strconv.ParseInt(string(number), 10, 64)
	return n, err == nil
}

// time reads a time.
func (r *plainReader) time(v reflect.Value) bool {
	token := r.peek()
	start := r.at
	if token == '"' {
		if _, ok := r.text(); !ok {
			return false
		}
	} else if r.number() == nil {
		return false
	}
	t, ok := r.readTime(r.body[start:r.at])
	if r.lists == 0 {
		if to, is := reflect.TypeAssert[*time.Time](v.Addr()); is {
			*to = t
		}
		return ok
	}
	// With many times, looking up the type of the address of each would take as long as
	// reading it.
	if r.when == nil {
		r.when = new(time.Time)
		r.moment = reflect.ValueOf(r.when).Elem()
	}
	*r.when = t
	v.Set(r.moment)
	return ok
}

// object reads the members of a struct.
func (r *plainReader) object(f *form, v reflect.Value) bool {
	if !r.take('{') {
		return false
	}
	if r.take('}') {
		return true
	}
	var seen uint64
	for next := 0; ; {
		n, ok := next, true // they mostly come in the same order
		if n == len(f.members) || !r.named(f.members[n].name) {
			n, ok = r.find(f)
		}
		switch {
		case !ok || n >= 0 && seen&(1<<n) != 0: // a second one would add to the first
			return false
		case n < 0:
			ok = r.skip(r.depth)
		default:
			ok = r.member(f.members[n].form, v.FieldByIndex(f.members[n].index))
			seen |= 1 << n
			next = n + 1
		}
		if !ok {
			return false
		}
		if !r.take(',') {
			return r.take('}')
		}
	}
}

// find reads the name of a member and returns its number, or -1 if it is unknown.
func (r *plainReader) find(f *form) (n int, ok bool) {
	name, ok := r.name()
	n = slices.IndexFunc(f.members, func(m formMember) bool { return m.name == string(name) })
	return n, ok
}

// member reads a value that may be null, which is the same as no member.
func (r *plainReader) member(f *form, v reflect.Value) bool {
	if r.peek() == 'n' && f.kind != notPlain {
		return r.literal("null")
	}
	return r.value(f, v)
}

// list reads the entries of a list.
func (r *plainReader) list(f *form, v reflect.Value) bool {
	if !r.take('[') {
		return false
	}
	if r.take(']') {
		v.Set(reflect.MakeSlice(f.goType, 0, 0))
		return true
	}
	r.lists++
	start := r.at
	for n := 0; ; n++ {
		if n == v.Cap() {
			v.Grow(r.room(f, n, r.at-start))
			v.SetLen(v.Cap())
		}
		if !r.value(f.elem, v.Index(n)) {
			return false
		}
		if !r.take(',') {
			f.fit(v, n+1)
			r.lists--
			return r.take(']')
		}
	}
}

// room returns for how many entries more a list is to grow, after n entries that took
// so many bytes of the answer. It is only a guess, and must not take much memory.
func (r *plainReader) room(f *form, n, took int) int {
	rest, more := r.body[r.at:], 0
	switch {
	case f.elem.kind != plainObject:
		// There are so many up to the end of this list, unless a text has a bracket.
		more = bytes.Count(rest[:max(0, bytes.IndexByte(rest, ']'))], []byte(","))
	case n > 0 && r.lists == 1:
		more = len(rest) * n / took // the others will be about as long
	}
	size := max(1, int(f.elem.goType.Size()))
	more = min(more, r.spare/size)
	r.spare -= more * size
	return more + 1
}

// fit shortens a list to n entries, and gives back memory if most of it is unused.
func (f *form) fit(v reflect.Value, n int) {
	if v.Cap() <= 2*n {
		v.SetLen(n)
		return
	}
	fitting := reflect.MakeSlice(f.goType, n, n)
	reflect.Copy(fitting, v)
	v.Set(fitting)
}

// table reads the entries of a map.
func (r *plainReader) table(f *form, v reflect.Value) bool {
	if !r.take('{') {
		return false
	}
	v.Set(reflect.MakeMap(f.goType))
	if r.take('}') {
		return true
	}
	if f.goType == reflect.TypeFor[map[string]string]() {
		return r.texts(v)
	}
	key, entry := reflect.New(f.goType.Key()).Elem(), reflect.New(f.goType.Elem()).Elem()
	for n := 1; ; n++ {
		name, ok := r.name()
		if !ok {
			return false
		}
		key.SetString(r.keep(name))
		entry.SetZero()
		if !r.value(f.elem, entry) {
			return false
		}
		if v.SetMapIndex(key, entry); v.Len() < n {
			return false // a name that comes twice
		}
		if !r.take(',') {
			return r.take('}')
		}
	}
}

// texts reads the entries of a map of texts, whose brace was read.
func (r *plainReader) texts(v reflect.Value) bool {
	into, _ := reflect.TypeAssert[map[string]string](v)
	for n := 1; ; n++ {
		name, ok := r.name()
		key := r.keep(name)
		if !ok {
			return false
		}
		text, ok := r.text()
		if into[key] = r.keep(text); !ok || len(into) < n {
			return false
		}
		if !r.take(',') {
			return r.take('}')
		}
	}
}

// skip reads a value of an unknown member.
func (r *plainReader) skip(depth int) bool {
	switch r.peek() {
	case '"':
		_, ok := r.text()
		return ok
	case 't':
		return r.literal("true")
	case 'f':
		return r.literal("false")
	case 'n':
		return r.literal("null")
	case '{':
		return depth < maxDepth && r.skipAll('{', '}', depth)
	case '[':
		return depth < maxDepth && r.skipAll('[', ']', depth)
	default:
		return r.number() != nil
	}
}

// skipAll reads an object or a list of an unknown member.
func (r *plainReader) skipAll(first, last byte, depth int) bool {
	r.take(first)
	if r.take(last) {
		return true
	}
	for {
		if first == '{' {
			if _, ok := r.name(); !ok {
				return false
			}
		} else if r.peek() == 'n' {
			return false // an entry that is null is not plain, even here
		}
		if !r.skip(depth + 1) {
			return false
		}
		if !r.take(',') {
			return r.take(last)
		}
	}
}

// keep returns a string with the text. In an answer with many entries, a short text that
// came lately is not made again: many members have the same few values in all entries.
func (r *plainReader) keep(text []byte) string {
	const few, short = 2 << 10, 48
	if len(r.body) < few || len(text) > short {
		return string(text)
	}
	if r.recent == nil {
		r.recent = new([256]string)
	}
	kept := &r.recent[hash(text)]
	if *kept != string(text) {
		*kept = string(text)
	}
	return *kept
}

// hash returns a number for a text, from its length and its first and last bytes.
func hash(text []byte) uint8 {
	var first, last uint64
	if n := len(text); n >= 8 {
		first, last = binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[n-8:])
	} else {
		for _, c := range text {
			first = first<<8 | uint64(c)
		}
	}
	const odd = 0x9e3779b97f4a7c15 // the golden ratio, whose bits have no pattern
	return uint8((first*odd ^ last + uint64(len(text))) * odd >> 56)
}
