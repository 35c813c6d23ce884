// Package workdocs is a client for Amazon WorkDocs, API version 2016-05-01.
//
// A [Client] has one method for each operation of the API, of the same name.
// Requests and responses are plain structs. Their fields are the members of the
// API in Go spelling, so the API's reference applies to this package too. Fields
// that are left zero are not sent, unless their documentation says otherwise.
//
// Requests are authenticated with AWS credentials, for administrators, or with
// a user's authentication token: see [Config]. Each operation that returns pages
// also has an iterator over all of them. Use [Client.Uploader] to store content
// and [Client.Download] to read it.
//
// # Errors
//
// A refusal is a [*docferry.Error] with one of the codes of this package. All
// operations can fail with [CodeUnauthorizedOperation],
// [CodeUnauthorizedResourceAccess], [CodeFailedDependency] and
// [CodeServiceUnavailable]. Most can fail with [CodeEntityNotExists] if what a
// request names does not exist, with [CodeProhibitedState] if it is in a state
// that does not allow the operation, such as in the recycle bin, and with
// [CodeInvalidArgument]. The documentation of an operation names its other
// codes. A request that cannot be sent is a [*docferry.InputError] that names
// the field.
//
// AWS ended support for WorkDocs on 25 April 2025. The package workdocstest
// provides a server to test against.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/Welcome.html
package workdocs
