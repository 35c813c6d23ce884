package connectparticipant

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// key stands for an item: a hash of its ID, which takes the same memory however
// long that is.
type key [16]byte

func keyOf(text string) key {
	sum := sha256.Sum256([]byte(text))
	return key(sum[:16])
}

// recent is a map from keys to booleans that forgets what was added first, once it
// has size elements. A Chat has one that is nearly always full, so this takes half
// of the memory that a Go map would: 20 bytes an element.
type recent struct {
	size  int
	ring  []entry // in the order of arrival, as a ring buffer
	next  int     // the index of the oldest entry in ring, once ring is full
	index []uint16
	// index is a hash table: the first element for a key is at its slot, and those
	// that are taken already by others follow it without a gap. An element is the
	// position in ring plus 1, or 0 if it is free. At most half of them are taken.
}

type entry struct {
	key   key
	value bool
}

// slot returns where the search for a key begins.
func (r *recent) slot(k key) int { return int(binary.LittleEndian.Uint16(k[:])) & (len(r.index) - 1) }

// find returns where in index a key is, or the free element where it would be.
func (r *recent) find(k key) int {
	i := r.slot(k)
	for r.index[i] != 0 && r.ring[r.index[i]-1].key != k {
		i = (i + 1) & (len(r.index) - 1)
	}
	return i
}

// get returns the value of a key, and whether it is known.
func (r *recent) get(k key) (value, known bool) {
	if len(r.index) == 0 {
		return false, false
	}
	at := r.index[r.find(k)]
	if at == 0 {
		return false, false
	}
	return r.ring[at-1].value, true
}

// set adds a key, in the place of the oldest one if there are enough, or changes
// the value of one that is known.
func (r *recent) set(k key, value bool) {
	if 2*len(r.ring) >= len(r.index) && len(r.ring) < r.size {
		r.grow()
	}
	if at := r.index[r.find(k)]; at != 0 {
		r.ring[at-1].value = value
		return
	}
	at := len(r.ring)
	if at < r.size {
		if at == cap(r.ring) { // append would make room for more than size
			r.ring = slices.Grow(r.ring, min(max(at, 8), r.size-at))
		}
		r.ring = append(r.ring, entry{k, value})
	} else {
		at = r.next
		r.remove(r.ring[at].key)
		r.ring[at] = entry{k, value}
		r.next = (at + 1) % r.size
	}
	r.index[r.find(k)] = uint16(at + 1) //nolint:gosec // size is below 32,768
}

// grow doubles the index.
func (r *recent) grow() {
	r.index = make([]uint16, max(16, 2*len(r.index)))
	for at, e := range r.ring {
		r.index[r.find(e.key)] = uint16(at + 1)
	}
}

// remove takes a key out of the index. Elements behind it move up where the gap
// would otherwise separate them from their slots.
func (r *recent) remove(k key) {
	mask := len(r.index) - 1
	gap := r.find(k)
	r.index[gap] = 0
	for i := (gap + 1) & mask; r.index[i] != 0; i = (i + 1) & mask {
		home := r.slot(r.ring[r.index[i]-1].key)
		if (i-home)&mask >= (i-gap)&mask {
			r.index[gap], r.index[i] = r.index[i], 0
			gap = i
		}
	}
}
