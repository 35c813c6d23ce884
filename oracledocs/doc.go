// Package oracledocs is a client for Oracle's REST API for Documents, the API
// of Oracle Content Management (once Oracle Documents Cloud Service, and
// Oracle Content and Experience), in its versions 1.1 and 1.2.
//
// A [Client] has one method for each operation of the API. Requests and
// responses are plain structs with the members of the API under Go names.
// Numbers, flags and times have Go types here; on the wire they are mostly
// strings. Members that are left zero are not sent, unless their documentation
// says otherwise. A member or an operation that the chosen version lacks is
// refused before anything is sent.
//
// Where Oracle's reference leaves a fact open, what is inferred is marked so.
//
// The service is reported to have ended on 31 December 2025. The package
// oracledocstest holds a server to test against.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/index.html
package oracledocs
