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
// # Retries
//
// Calls are retried where that is safe: each operation declares what repeating
// it does; the HTTP method alone decides nothing. If a service asks a client to
// wait, all calls of that client wait. See [Retry].
package docferry
