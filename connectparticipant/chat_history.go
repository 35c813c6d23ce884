package connectparticipant

import (
	"crypto/sha256"
	"slices"
	"time"
)

// Each item is delivered exactly once, by this invariant:
//
// The items of a chat have one order, in which both the transcript and the
// websocket show them. An item can arrive twice only where the two overlap: a new
// websocket subscribes before the transcript is read, so that nothing is missed
// in between, and what is said meanwhile arrives both ways. Items are told apart
// by their IDs. Their times are of no use for that: they come from more than one
// clock, are rounded to milliseconds, and may be missing.
//
// An item that was delivered is taken for new, by mistake, only if more than
// window other items were said while the transcript was being read. A new item is
// never taken for one that was delivered.
const (
	window  = 8192 // IDs that are remembered, in about 1 MB
	waiting = 100  // changing items that are remembered; see history.open
	reach   = 1000 // the transcript is read again from a changing item at most so many items back
)

// place is the place of an item in the transcript.
type place struct {
	id string
	at time.Time // of the item; may be zero
	n  int       // the value of history.count when the item was seen
}

// history knows which items were delivered. Its memory is bounded, whatever the
// service sends.
//
// A changing item is one that will appear again: an attachment whose scan is
// under way, or a message that is being processed. When the connection has been
// lost, the transcript must be read from the oldest of them on, since the change
// may have happened meanwhile.
type history struct {
	known map[string]bool // IDs of delivered items; true for those that are changing
	ring  []string        // the same IDs, in the order of arrival, as a ring buffer
	next  int             // the index of the oldest ID in ring, once ring is full
	last  place           // of the newest item that the transcript has
	open  []place         // of the changing items, oldest first
	count int             // items delivered that the transcript has
}

// begin starts behind the item with the ID after, or with the first item of the
// chat if after is empty.
func (h *history) begin(after string) {
	h.known = map[string]bool{}
	if after != "" {
		h.last.id = after
		h.remember(after, false)
	}
}

// admit reports whether an event is to be delivered. If so, it remembers the
// event as delivered, and sets Update if it is the second appearance of a
// changing item.
func (h *history) admit(e *Event, fromTranscript bool) bool {
	key := e.ID
	switch {
	case !fromTranscript && (key == "" || e.isReceipt()):
		return true // only websockets show these, each of them once
	case key == "":
		// Something in the transcript that is not an item of the API. It is known
		// by its content, so that it is not delivered with each reading.
		sum := sha256.Sum256(e.Raw)
		key = string(sum[:])
	}
	changes, known := h.known[key]
	switch {
	case e.piece:
		// A piece of a message is delivered only as it is written. The whole message,
		// which has the same ID, is not: it is delivered once, when it is complete.
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

// remember adds an ID, in the place of the oldest one if there are enough.
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

// expect notes that an item is changing.
func (h *history) expect(e *Event) {
	if e.ID == "" || slices.ContainsFunc(h.open, func(p place) bool { return p.id == e.ID }) {
		return
	}
	h.open = append(h.open, place{id: e.ID, at: e.AbsoluteTime, n: h.count})
	if len(h.open) > waiting {
		h.open = h.open[1:]
	}
}

// settle notes that an item is not changing any more.
func (h *history) settle(id string) {
	h.open = slices.DeleteFunc(h.open, func(p place) bool { return p.id == id })
}

// start returns the place to read the transcript from so that nothing is missed:
// the last item, or the oldest changing item if it is earlier. The ID is empty if
// that is the beginning of the chat.
func (h *history) start() place {
	h.open = slices.DeleteFunc(h.open, func(p place) bool { return h.count-p.n > reach })
	if len(h.open) > 0 {
		return h.open[0]
	}
	return h.last
}
