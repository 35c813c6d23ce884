package connectparticipant

import "slices"

// Bounds of what is remembered of messages that are being written.
const (
	maxWriting = 8        // messages at the same time
	maxWritten = 16 << 10 // bytes of one; a message has at most 1,024 characters
)

// writing is a message as far as its pieces have arrived.
type writing struct {
	id    string
	chunk int // the number of the last piece
	text  string
}

// pieces puts messages together that arrive in pieces. The zero value has none.
type pieces []writing

// stitch sets Written of an event that is a piece, and forgets the pieces of a
// message that has arrived as a whole. The pieces of a message count from 1. If one
// is missing, the message is not known until it is complete.
func (p *pieces) stitch(e *Event) {
	i := slices.IndexFunc(*p, func(w writing) bool { return w.id == e.ID })
	switch {
	case e.ID == "":
	case !e.piece && i >= 0:
		*p = slices.Delete(*p, i, i+1)
	case e.piece && i < 0 && e.Chunk == 1 && len(e.Content) <= maxWritten:
		if len(*p) == maxWriting {
			*p = slices.Delete(*p, 0, 1)
		}
		*p = append(*p, writing{id: e.ID, chunk: 1, text: e.Content})
		e.Written = e.Content
	case e.piece && i >= 0:
		w := &(*p)[i]
		if e.Chunk != w.chunk+1 || len(w.text)+len(e.Content) > maxWritten {
			*p = slices.Delete(*p, i, i+1)
			return
		}
		w.chunk, w.text = e.Chunk, w.text+e.Content
		e.Written = w.text
	}
}
