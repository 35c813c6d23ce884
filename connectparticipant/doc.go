// Package connectparticipant is a client for the Amazon Connect Participant
// Service, API version 2018-09-07: the side of a chat contact's participants,
// agent or customer.
//
// A [Client] has one method for each operation of the API, of the same name.
// Requests and responses are plain structs with the members of the API under
// Go names.
//
// The service knows no AWS credentials. Access is by token: a participant
// token, which whoever starts the contact hands out, buys a connection token
// with [Client.CreateParticipantConnection], and all other operations take
// that one.
//
// [Client.Chat] does that by itself. It enters the chat with a participant
// token, opens the websocket, and gives a [Chat]: a range over its Events
// tells what happens, each thing once and in order, however often the
// connection breaks or has to be renewed; its methods send messages, receipts
// and attachments. It ends with the chat, with Close, or with the context.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/Welcome.html
package connectparticipant
