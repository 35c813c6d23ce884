package connectparticipant

import (
	"fmt"
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
	window  = 1280 // items that are remembered, in 30 KB
	waiting = 32   // changing items that are remembered; see history.open
	unread  = 20   // messages whose receipts are remembered; see history.sent
	reach   = 1000 // the transcript is read again from an earlier item at most so many items back

	// receiptsOf is how many receipts of a message are remembered, and overlapping how
	// much of what has no ID, while a websocket is being replaced.
	receiptsOf  = 8
	overlapping = 64

	// maxID is the length of the longest ID that a transcript can be read from, as
	// documented.
	maxID = 256
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
// may have happened meanwhile. The same holds for messages without a receipt that
// they were read, because such a receipt may have come meanwhile.
type history struct {
	recent // the delivered items; true for those that are changing

	last  place     // of the newest item that the transcript has
	open  []place   // of the changing items, oldest first
	sent  []message // the last messages, oldest first
	count int       // items delivered that the transcript has

	// twice counts the events without an ID of their own, such as receipts, that a
	// websocket shows while it is being replaced: the new one may show them again, until
	// the time until. That is zero while the old websocket is still followed.
	twice map[key]int
	until time.Time
}

// message is a message and the receipts for it that were delivered.
type message struct {
	place

	receipts []receiptMark
}

// receiptMark says that a participant has received or read a message.
type receiptMark struct {
	who  key
	read bool
}

// begin starts behind the item with the ID after, or with the first item of the
// chat if after is empty.
func (h *history) begin(after string) {
	h.size = window
	if after != "" {
		h.last.id = after
		h.set(keyOf(after), false)
	}
}

// admit reports whether an event is to be delivered. If so, it remembers the
// event as delivered, and sets Update if it is the second appearance of a
// changing item.
func (h *history) admit(e *Event, fromTranscript bool) bool {
	k := keyOf(e.ID)
	switch {
	case e.isReceipt():
		return h.admitReceipt(e, fromTranscript)
	case e.ID == "" && !fromTranscript:
		return !h.isSecond(e)
	case e.ID == "":
		// Something in the transcript that is not an item of the API. It is known
		// by its content, so that it is not delivered with each reading.
		k = keyOf(string(e.Raw))
	}
	changes, known := h.get(k)
	switch {
	case e.piece:
		// A piece of a message is delivered only as it is written. The whole message,
		// which has the same ID, is not: it is delivered once, when it is complete.
		if !known {
			h.expect(e)
		}
		return !known && !fromTranscript && !h.isSecond(e)
	case known && changes && !e.changing():
		e.Update = true
		h.set(k, false)
		h.settle(e.ID)
		h.mark(e.ID, e.MessageMetadata.Receipts)
		return true
	case known:
		e.Update = h.mark(e.ID, e.MessageMetadata.Receipts)
		return e.Update
	}
	h.set(k, e.changing())
	if e.ID != "" && (fromTranscript || e.inTranscript()) {
		h.count++
		h.last = place{id: e.ID, at: e.AbsoluteTime, n: h.count}
		h.await(e)
	}
	if e.changing() {
		h.expect(e)
	} else {
		h.settle(e.ID)
	}
	return true
}

// admitReceipt is admit for an event about another item. Its ID may be that of the
// other item, so it is identified by everything that it says.
func (h *history) admitReceipt(e *Event, fromTranscript bool) bool {
	id, k := e.MessageMetadata.MessageID, keyOf(fmt.Sprint(e.ID, e.MessageMetadata))
	_, known := h.get(k)
	tracked := slices.ContainsFunc(h.sent, func(m message) bool { return m.id == id })
	news := h.mark(id, e.MessageMetadata.Receipts)
	if fromTranscript && (known || tracked && !news) {
		return false
	}
	h.set(k, false)
	return fromTranscript || !h.isSecond(e)
}

// expect notes that an item is changing.
func (h *history) expect(e *Event) {
	if e.ID == "" || len(e.ID) > maxID || slices.ContainsFunc(h.open, func(p place) bool { return p.id == e.ID }) {
		return
	}
	h.open = append(h.open, place{id: e.ID, at: e.AbsoluteTime, n: h.count})
	if len(h.open) > waiting {
		h.open = slices.Delete(h.open, 0, 1)
	}
}

// settle notes that an item is not changing any more.
func (h *history) settle(id string) {
	h.open = slices.DeleteFunc(h.open, func(p place) bool { return p.id == id })
}

// await notes a message that others may send receipts for.
func (h *history) await(e *Event) {
	if e.Kind != ChatItemTypeMessage && e.Kind != ChatItemTypeAttachment || len(e.ID) > maxID {
		return
	}
	if len(h.sent) == unread {
		h.sent = slices.Delete(h.sent, 0, 1)
	}
	h.sent = append(h.sent, message{place: h.last})
	h.mark(e.ID, e.MessageMetadata.Receipts)
}

// mark notes receipts for a message. It reports whether one of them is new.
func (h *history) mark(id string, receipts []Receipt) (news bool) {
	i := slices.IndexFunc(h.sent, func(m message) bool { return m.id == id })
	if i < 0 {
		return false
	}
	m := &h.sent[i]
	for _, r := range receipts {
		mark := receiptMark{who: keyOf(r.RecipientParticipantID), read: !r.ReadTimestamp.IsZero()}
		// A message that was read has been received.
		if slices.Contains(m.receipts, mark) || slices.Contains(m.receipts, receiptMark{mark.who, true}) ||
			len(m.receipts) == receiptsOf {
			continue
		}
		m.receipts = append(m.receipts, mark)
		news = true
	}
	return news
}

// forget notes that the transcript cannot be read from an item.
func (h *history) forget(id string) {
	h.settle(id)
	h.sent = slices.DeleteFunc(h.sent, func(m message) bool { return m.id == id })
}

// overlap notes that a websocket is opened to replace the one that is followed:
// from now on both may show the same.
func (h *history) overlap() { h.twice, h.until = map[key]int{}, time.Time{} }

// replaced notes that the old websocket has shown all it had. What the new one shows
// again has arrived by now, or arrives soon.
func (h *history) replaced() {
	if h.twice != nil {
		h.until = time.Now().Add(subscribeTime)
	}
}

// isSecond reports whether an event without an ID of its own was already shown by
// the websocket that was replaced.
func (h *history) isSecond(e *Event) bool {
	switch k := keyOf(string(e.Raw)); {
	case h.twice == nil:
	case h.until.IsZero():
		if len(h.twice) < overlapping {
			h.twice[k]++
		}
	case time.Now().After(h.until):
		h.twice = nil
	case h.twice[k] > 0:
		h.twice[k]--
		return true
	}
	return false
}

// start returns the place to read the transcript from so that nothing is missed:
// the last item, or an earlier one that is changing or was not read. The ID is
// empty if that is the beginning of the chat.
func (h *history) start() place {
	far := func(p place) bool { return h.count-p.n > reach }
	h.open = slices.DeleteFunc(h.open, far)
	from := h.last
	if len(h.open) > 0 {
		from = h.open[0]
	}
	for _, m := range h.sent {
		read := slices.ContainsFunc(m.receipts, func(r receiptMark) bool { return r.read })
		if !read && !far(m.place) && m.n < from.n {
			return m.place
		}
	}
	return from
}
