package connectparticipant

// ConnectionState is what has become of the connection of a [Chat].
type ConnectionState string

// States of the connection.
const (
	ConnectionEstablished  ConnectionState = "ESTABLISHED"  // for the first time
	ConnectionLost         ConnectionState = "LOST"         // Err says why; Events has given up if it yields an error too
	ConnectionReconnecting ConnectionState = "RECONNECTING" // attempt number Attempt begins
	ConnectionRestored     ConnectionState = "RESTORED"     // attempt number Attempt has succeeded
	ConnectionRenewed      ConnectionState = "RENEWED"      // replaced before it expired; nothing was missed
	ConnectionEnded        ConnectionState = "ENDED"        // for good: the chat has ended, or the Chat was closed
)

// ConnectionChange is a change in the connection of a [Chat]; see
// ChatOptions.Observe.
type ConnectionChange struct {
	State ConnectionState
	// Attempt counts the attempts since the connection was lost, beginning with 1.
	// It is 0 in the states that have none.
	Attempt int
	// Err is why the connection was lost, or why it could not be restored. It is nil
	// in the other states.
	Err error
}

// tell reports a change to the observer, if there is one.
func (ch *Chat) tell(change ConnectionChange) {
	if ch.options.Observe != nil {
		ch.options.Observe(change)
	}
}

// tellEnd reports that the connection has ended for good, once.
func (ch *Chat) tellEnd() {
	ch.ended.Do(func() { ch.tell(ConnectionChange{State: ConnectionEnded}) })
}
