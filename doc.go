// Package docferry holds what the clients of this module share: errors, HTTP
// settings, observation, secrets and downloads.
//
// The clients are in the packages beside it: workdocs for Amazon WorkDocs,
// connectparticipant for the Amazon Connect Participant Service, and oracledocs
// for Oracle's REST API for Documents. Package upload stores content at all of
// them, and at other services. Each client has a package with an in-memory
// server to test against: workdocstest, connectparticipanttest, oracledocstest.
//
// # Errors
//
// A call fails with one of three errors. An [*Error] is a refusal by the
// service. An [*InputError] means that the request is invalid and was not sent.
// A [*TransportError] means that there was no answer. Use [errors.Is] to test
// for a kind of refusal, such as [ErrNotFound], and [OutcomeUnknown] to find
// out whether a call that failed may have had its effect.
//
// # Odd answers
//
// A member of an answer that does not have its documented form does not cost the
// others. It is read if its meaning is clear, such as a number in quotes, and
// otherwise it is zero, an entry of a list is left out, and Unread of [Meta] names
// both. If the client needs the member to go on, such as the marker of the next
// page, the call fails with [ErrProtocol]. So does one whose answer is no JSON or is
// cut off. In an error's code, message and Detail, what cannot be read is missing.
//
// # Retries
//
// Calls are retried where that is safe: each operation declares what repeating
// it does; the HTTP method alone decides nothing. If a service asks a client to
// wait, all calls of that client wait. See [Retry].
package docferry
