// Package connectparticipant is a client for the Amazon Connect Participant
// Service, API version 2018-09-07. Agents and customers use that API to take part
// in a chat contact of Amazon Connect.
//
// A [Client] has one method for each operation of the API, with the same name.
// Requests and responses are plain structs that have the members of the API under
// Go names.
//
// The service does not use AWS credentials. A participant token, which the
// operation that started the contact returned, is exchanged for a connection
// token by [Client.CreateParticipantConnection]. All other operations take the
// connection token.
//
// [Client.Chat] does that by itself. It enters a chat with a participant token,
// opens the websocket and returns a [Chat]. Its method Events ranges over what
// happens, with each item exactly once and in order, however often the
// connection breaks or has to be renewed. Its other methods send messages,
// receipts and attachments. [Chat.Transcript] ranges over what was said, and
// [InteractiveMessage] has the lists and questions that a flow can show.
//
// A range over Events ends when the chat ends, when the Chat is closed, or with
// an error, such as that of its context. Only the first two are final: after an
// error, or when the loop was left, another range continues where the last one
// stopped. The context of [Client.Chat] bounds the opening alone. The caller ends
// a Chat with Close, which leaves the participant in the chat, or with
// Disconnect, which takes the participant out of it.
//
// A refusal is a [*docferry.Error] with one of the codes of this package. All
// operations can fail with [CodeAccessDenied], for a token that is wrong or has
// expired or for a chat that has ended, with [CodeInternalServer],
// [CodeThrottling] and [CodeValidation]. The documentation of an operation names
// its other codes.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/Welcome.html
package connectparticipant
