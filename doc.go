// Package docferry holds what the clients of this module share: errors, how to
// talk HTTP, observation, secrets and downloads.
//
// The clients are in the packages beside it: workdocs for Amazon WorkDocs,
// connectparticipant for the Amazon Connect Participant Service, and oracledocs
// for Oracle's REST API for Documents. Package upload stores content at all of
// them, and at others. Each client has a package with an in-memory server to
// test against: workdocstest, connectparticipanttest, oracledocstest.
//
// # Errors
//
// A call fails with one of three errors. [*Error]: the service refused.
// [*InputError]: the request cannot be sent, and was not. [*TransportError]: no
// answer was heard. The kinds of refusal that matter to a program, such as
// [ErrNotFound], are for [errors.Is]; [OutcomeUnknown] tells whether a call that
// failed may have had its effect.
//
// # Retries
//
// Calls are retried where that is safe: each operation declares what repeating
// it does, and the HTTP verb decides nothing. What a service asked to wait for
// holds back all calls of a client. See [Retry].
package docferry
