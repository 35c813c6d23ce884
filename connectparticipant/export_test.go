package connectparticipant

import "time"

// SetHeartbeats changes how often a client sends heartbeats and how long it waits
// for their answers, before it opens a chat.
func SetHeartbeats(c *Client, every, answer time.Duration) {
	c.beats = beats{every: every, answer: answer}
}
