package connectparticipant

// Content types of messages, in SendMessage and [Item], and their limits.
const (
	ContentTypePlain    = "text/plain"       // up to 1,024 characters
	ContentTypeMarkdown = "text/markdown"    // up to 1,024 characters
	ContentTypeJSON     = "application/json" // up to 12,000 characters

	// ContentTypeInteractive is a question with choices, from a flow or an
	// agent, and ContentTypeInteractiveResponse the answer to one, of up to
	// 12,288 characters. Both are JSON; see [InteractiveMessage] and
	// [InteractiveResponse].
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

// Types of further events that the service sends. They are not in the reference
// of the API, but Amazon's chat client (amazon-connect-chatjs 5.0.0) knows them.
// What the comments say about them follows from their names and from what that
// client does. Event.Kind of these is EVENT.
const (
	// ContentTypeParticipantIdle and ContentTypeParticipantReturned say that a
	// participant has not answered for a time, and that it has answered again.
	// ContentTypeParticipantAutoDisconnection says that it was taken out of the
	// chat since it has not.
	ContentTypeParticipantIdle              = "application/vnd.amazonaws.connect.event.participant.idle"
	ContentTypeParticipantReturned          = "application/vnd.amazonaws.connect.event.participant.returned"
	ContentTypeParticipantAutoDisconnection = "application/vnd.amazonaws.connect.event.participant.autodisconnection"

	// ContentTypeParticipantActive and ContentTypeParticipantInactive are known to
	// the chat client by name only: it does nothing about them.
	ContentTypeParticipantActive   = "application/vnd.amazonaws.connect.event.participant.active"
	ContentTypeParticipantInactive = "application/vnd.amazonaws.connect.event.participant.inactive"

	// ContentTypeParticipantInvited says that a participant was invited to the
	// chat.
	ContentTypeParticipantInvited = "application/vnd.amazonaws.connect.event.participant.invited"

	// ContentTypeParticipantDisplayNameUpdated says that a participant has got
	// another name, as after a customer has signed in.
	ContentTypeParticipantDisplayNameUpdated = "application/vnd.amazonaws.connect.event.participant.displayname.updated"

	// ContentTypeChatRehydrated says that the chat continues an earlier one, whose
	// transcript it now shows too.
	ContentTypeChatRehydrated = "application/vnd.amazonaws.connect.event.chat.rehydrated"

	// ContentTypeWorkflowCancelled says that a workflow was cancelled. The chat
	// client knows it by name only.
	ContentTypeWorkflowCancelled = "application/vnd.amazonaws.connect.event.workflow.cancelled"
)

// Types of the events about a customer's signing in, which a flow asks for; see
// GetAuthenticationURL and CancelParticipantAuthentication. Like the ones above,
// they are not in the reference of the API.
const (
	ContentTypeAuthenticationInitiated = "application/vnd.amazonaws.connect.event.authentication.initiated"
	ContentTypeAuthenticationSucceeded = "application/vnd.amazonaws.connect.event.authentication.succeeded"
	ContentTypeAuthenticationFailed    = "application/vnd.amazonaws.connect.event.authentication.failed"
	ContentTypeAuthenticationTimeout   = "application/vnd.amazonaws.connect.event.authentication.timeout"
	ContentTypeAuthenticationExpired   = "application/vnd.amazonaws.connect.event.authentication.expired"
	ContentTypeAuthenticationCancelled = "application/vnd.amazonaws.connect.event.authentication.cancelled"
)
