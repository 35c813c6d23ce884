package connectparticipant

import (
	"crypto/sha256"
	"slices"
	"time"
)

// How much of a chat is remembered.
//
// The order of a chat is that of its transcript, and of the frames of a
// websocket, which agree. Only at the seams an item can come twice: a new
// websocket subscribes first and the transcript is read then, so what is said
// meanwhile comes both ways. IDs tell. Times do not: they come from more than
// one clock, to the millisecond, and can be missing.
//
// An item cannot be taken for new wrongly unless more than window others were
// said while the transcript was read up. It can never be taken for old.
const (
	window  = 8192 // IDs; some 1 MB
	waiting = 100  // items that are known to change
	reach   = 1000 // how far back in items the transcript is read again for one of them
)

// place is an item's place in the transcript.
type place struct {
	id string
	at time.Time // the item's; may be zero
	n  int       // how many items were there before
}

// history knows which items were delivered. It is bounded, whatever comes.
type history struct {
	known map[string]bool // IDs of items; true if the item is known to change
	ring  []string        // the same IDs, in a circle
	next  int             // where in the circle the oldest is, once that is full
	last  place           // of the newest item that the transcript has
	open  []place         // of the items that are known to change, oldest first
	count int
}

// begin starts after an item, or at the first if the ID is empty.
func (h *history) begin(after string) {
	h.known = map[string]bool{}
	if after != "" {
		h.last.id = after
		h.remember(after, false)
	}
}

// admit reports whether an event is to be delivered, and takes it as that. It
// marks updates.
func (h *history) admit(e *Event, fromTranscript bool) bool {
	key := e.ID
	switch {
	case !fromTranscript && (key == "" || e.isReceipt()):
		return true // it does not come again
	case key == "": // no item of the API, and not to be told each time that the transcript is read
		sum := sha256.Sum256(e.Raw)
		key = string(sum[:])
	}
	changes, known := h.known[key]
	switch {
	case e.piece:
		if !known {
			h.expect(e)
		}
		return !known && !fromTranscript
	case known && (!changes || e.changing()):
		return false
	case known:
		e.Update = true
		h.known[key] = false
		h.settle(key)
		return true
	}
	h.remember(key, e.changing())
	if e.ID != "" && (fromTranscript || e.inTranscript()) {
		h.count++
		h.last = place{id: e.ID, at: e.AbsoluteTime, n: h.count}
	}
	if e.changing() {
		h.expect(e)
	} else {
		h.settle(key)
	}
	return true
}

func (h *history) remember(id string, changes bool) {
	h.known[id] = changes
	if len(h.ring) < window {
		h.ring = append(h.ring, id)
		return
	}
	delete(h.known, h.ring[h.next])
	h.ring[h.next] = id
	h.next = (h.next + 1) % window
}

// expect notes that an item will come again.
func (h *history) expect(e *Event) {
	if e.ID == "" || slices.ContainsFunc(h.open, func(p place) bool { return p.id == e.ID }) {
		return
	}
	h.open = append(h.open, place{id: e.ID, at: e.AbsoluteTime, n: h.count})
	if len(h.open) > waiting {
		h.open = h.open[1:]
	}
}

// settle notes that an item will not come again.
func (h *history) settle(id string) {
	h.open = slices.DeleteFunc(h.open, func(p place) bool { return p.id == id })
}

// start is where to read the transcript from so that nothing is missed: the
// last item, or an earlier one that may have changed. The ID is empty if that
// is the beginning.
func (h *history) start() place {
	h.open = slices.DeleteFunc(h.open, func(p place) bool { return h.count-p.n > reach })
	if len(h.open) > 0 {
		return h.open[0]
	}
	return h.last
}
