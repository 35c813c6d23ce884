// Package oracledocs is a client for Oracle's REST API for Documents, the API
// of Oracle Content Management (once Oracle Documents Cloud Service, and
// Oracle Content and Experience), in its versions 1.1 and 1.2.
//
//	client, err := oracledocs.New(oracledocs.Config{
//		BaseURL: "https://docs.example.com",
//		Auth:    oracledocs.BearerToken(token), // a function that returns one
//	})
//	...
//	home := client.Uploader(oracledocs.UploadTo{FolderID: oracledocs.Self})
//	stored, err := home.Upload(ctx, upload.Bytes("report.txt", content))
//	...
//	for item, err := range client.AllHomeFolderContents(ctx, oracledocs.GetHomeFolderContentsRequest{}) {
//		...
//	}
//
// A [Client] has one method for each operation of the API. Requests and
// responses are plain structs with the members of the API under Go names.
// Numbers, flags and times have Go types here; on the wire they are mostly
// strings. Fields that are left zero are not sent, unless their documentation
// says otherwise. A field or an operation that the chosen version lacks is
// refused before anything is sent.
//
// Besides the operations there are iterators over listings (All…), uploaders
// that find out what became of an upload whose answer was lost
// ([Client.Uploader]), and methods that wait for jobs
// ([Client.WaitBulkDownload], [Client.WaitExtract]).
//
// # Access
//
// Requests are authenticated by [BasicAuth], by [BearerToken] or [RenewableToken],
// or by a session that the Transport in Config.HTTP keeps. Requests for items that another user
// has opened to the caller, with an applink or a public link, embed an
// [Access].
//
// # Errors
//
// A refusal is a [*docferry.Error] with one of the codes of this package and an
// [*ErrorDetail]. These errors mean the same for all operations, and their
// documentation does not repeat them:
//
//   - [CodeForbidden]: the caller's role does not suffice.
//   - [CodeNotFound]: the file, folder, public link, job or application does
//     not exist, or is in the trash.
//   - [CodeAccessCodeRequired] and [CodeLinkInvalid]: the public link in
//     [Access] needs another password, or is invalid or has expired.
//   - [docferry.ErrInvalid]: the service finds the request malformed.
//
// The documentation of an operation names the errors beyond these, if Oracle
// documents any. If a session has ended, the service answers with a login page,
// and the error is [docferry.ErrUnauthenticated]. A request that cannot be sent
// is a [*docferry.InputError] that names the field.
//
// # The trash
//
// Deleting an item moves it to the trash. No documented operation lists, restores
// or empties the trash: Oracle's own clients use an older interface of the product
// for that, below /documents/integration, which this package leaves out. Package
// oracledocstest emulates it for those clients.
//
// # What is inferred
//
// Where Oracle's reference leaves a fact open, the documentation of this
// package says that it is inferred. Requests are sent as documented; answers
// are read leniently.
//
// The service is reported to have ended on 31 December 2025. The package
// oracledocstest holds a server to test against.
//
// API: https://docs.oracle.com/en/cloud/paas/content-cloud/rest-api-documents/index.html
package oracledocs
