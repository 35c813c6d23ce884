package connectparticipant

import (
	"context"
	"sync"
)

// live is what a range over Events shares with Close and Leave: the websocket, and
// the way to end the range.
type live struct {
	mu     sync.Mutex         // guards the fields below
	socket *socket            // nil while there is no connection
	old    *socket            // the one that socket has replaced, until all of it was delivered; nil if none
	cancel context.CancelFunc // ends the range that is under way, or was last; nil before the first
	closed bool               // Close was called; there will be no websocket any more
	left   bool               // the participant has left the chat by Leave
}

// current returns the websocket, or nil if there is none.
func (l *live) current() *socket {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.socket
}

// replaced returns the websocket that the current one has replaced, or nil if
// there is none.
func (l *live) replaced() *socket {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.old
}

// isClosed reports whether Close was called.
func (l *live) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// put stores a new websocket. If it returns false, the Chat was closed in the
// meantime, and the caller must close the websocket.
func (l *live) put(s *socket) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.socket = s
	return true
}

// exchange replaces the current websocket. The first one that is replaced is kept until
// everything that it has brought was delivered and forget is called; exchange returns
// it as drain when it replaces it. If another one is replaced before that, nothing that
// it has brought can be delivered, because something is missing before it: exchange
// returns it as discard, and the caller must close it. Either may be nil. If ok is
// false, the Chat was closed in the meantime, and the caller must close the new one.
func (l *live) exchange(s *socket) (drain, discard *socket, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, nil, false
	}
	if l.old == nil {
		l.old, drain = l.socket, l.socket
	} else {
		discard = l.socket
	}
	l.socket = s
	return drain, discard, true
}

// forget notes that everything was delivered that a replaced websocket has
// brought. The caller must close it.
func (l *live) forget(old *socket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.old == old {
		l.old = nil
	}
}

// take removes the websocket, which the caller must close. It returns nil if
// there is none.
func (l *live) take() *socket {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.socket
	l.socket = nil
	return s
}

// close removes all websockets, which the caller must close, and no other can be
// stored afterwards. Either may be nil.
func (l *live) close() (s, old *socket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, old = l.socket, l.old
	l.socket, l.old, l.closed = nil, nil, true
	return s, old
}

// hasLeft reports whether the participant has left the chat.
func (l *live) hasLeft() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.left
}

// setLeft notes whether the participant has left the chat.
func (l *live) setLeft(left bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left = left
}

// beginRange stores the function that ends the range which begins now.
func (l *live) beginRange(cancel context.CancelFunc) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cancel = cancel
}

// endRange ends the range that is under way, if there is one.
func (l *live) endRange() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel != nil {
		l.cancel()
	}
}
