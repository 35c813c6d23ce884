package connectparticipant

import (
	"slices"
	"sync"
)

// maxOwn bounds how many IDs are remembered to find out who the participant is.
const maxOwn = 64

// self is what is known of who the participant is. Neither the participant token
// nor an answer of the service tells it. StartChatContact does, and otherwise it
// shows when a message that this Chat has sent comes back with the ID of its
// sender. The zero value knows nothing. It is safe for concurrent use: what is
// sent and what arrives belong to different goroutines.
type self struct {
	mu     sync.Mutex
	id     string
	sent   []string          // IDs of the items that were sent, the last ones
	seen   []string          // IDs of the items that arrived, the last ones
	sender map[string]string // of these
}

// participantID returns the ID of the participant; "" while it is not known.
func (s *self) participantID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.id
}

// hasSent notes the ID of an item that the service has accepted. The item may have
// arrived before the answer to the request did.
func (s *self) hasSent(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.id != "" || id == "" {
		return
	}
	if s.id = s.sender[id]; s.id == "" {
		s.sent = append(s.sent, id)[max(0, len(s.sent)+1-maxOwn):]
	}
}

// owns reports whether an item is certainly the participant's own.
func (s *self) owns(item *Item) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.id != "" || item.ID == "" || item.ParticipantID == "" {
		return s.id != "" && s.id == item.ParticipantID
	}
	if slices.Contains(s.sent, item.ID) {
		s.id, s.sent, s.seen, s.sender = item.ParticipantID, nil, nil, nil
		return true
	}
	if s.sender == nil {
		s.sender = make(map[string]string)
	}
	if len(s.seen) == maxOwn {
		delete(s.sender, s.seen[0])
		s.seen = s.seen[1:]
	}
	s.seen, s.sender[item.ID] = append(s.seen, item.ID), item.ParticipantID
	return false
}
