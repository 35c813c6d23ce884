package connectparticipant

// Content types of messages, in SendMessage and [Item], and their limits.
const (
	ContentTypePlain    = "text/plain"       // up to 1,024 characters
	ContentTypeMarkdown = "text/markdown"    // up to 1,024 characters
	ContentTypeJSON     = "application/json" // up to 12,000 characters

	// ContentTypeInteractive is a question with choices, from a flow or an
	// agent, and ContentTypeInteractiveResponse the answer to one, of up to
	// 12,288 characters. Both are JSON.
	ContentTypeInteractive         = "application/vnd.amazonaws.connect.message.interactive"
	ContentTypeInteractiveResponse = "application/vnd.amazonaws.connect.message.interactive.response"
)

// Types of events that SendEvent sends. The content of a receipt is
// {"messageId":"..."}, with the id of a message from another participant.
const (
	ContentTypeTyping           = "application/vnd.amazonaws.connect.event.typing"
	ContentTypeMessageDelivered = "application/vnd.amazonaws.connect.event.message.delivered"
	ContentTypeMessageRead      = "application/vnd.amazonaws.connect.event.message.read"

	// ContentTypeConnectionAcknowledged was replaced by ConnectParticipant of
	// CreateParticipantConnection.
	ContentTypeConnectionAcknowledged = "application/vnd.amazonaws.connect.event.connection.acknowledged"
)

// Types of the events that the service itself sends.
const (
	ContentTypeParticipantJoined = "application/vnd.amazonaws.connect.event.participant.joined"
	ContentTypeParticipantLeft   = "application/vnd.amazonaws.connect.event.participant.left"
	ContentTypeTransferSucceeded = "application/vnd.amazonaws.connect.event.transfer.succeeded"
	ContentTypeTransferFailed    = "application/vnd.amazonaws.connect.event.transfer.failed"
	ContentTypeChatEnded         = "application/vnd.amazonaws.connect.event.chat.ended"
)
