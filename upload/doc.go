// Package upload stores content at services. One interface, [Uploader], covers
// all the ways in which they accept it.
//
// The packages of the services make uploaders for their destinations. For other
// services there are two engines. [Presigned] requests a URL from a service,
// PUTs the content there and commits it. [Multipart] sends one form. The
// engines are independent of any service: a few functions adapt them to one.
//
// What to upload is a [Source]. It is opened anew for each attempt and read as
// a stream with its exact length declared, so that memory does not grow with
// the content. [WithProgress], [WithThrottle] and [WithHash] decorate it.
//
// [Each] and [EachItem] upload many sources, and a [Meter] adds up their progress. Package
// tree copies whole trees, and package journal lets a run that was killed be finished.
//
// An upload either succeeds, which means that the content is stored, or returns
// an [*Error] that says how it ended.
//
// # What other services do
//
// Most services differ in one or two points, each of which has its hook. The
// examples of [Presigned] and [Multipart] show them all.
//
//   - S3 and the storages that resemble it, and Google Cloud Storage: Begin signs a
//     URL, and that is all. Their ETags and checksums are proof, their refusals are
//     read, and an expired URL leads to another call of Begin. CompareETag asks for
//     more where ETags are known to be MD5.
//   - Azure Blob Storage: Slot.Header has the x-ms-blob-type that a signature does
//     not cover.
//   - WebDAV servers: Slot.Header has the credentials, and "If-None-Match: *" if
//     nothing may be replaced. Accept takes the statuses 201 and 204, since not all
//     servers send an ETag.
//   - Git LFS: Begin asks for a batch of one object and passes on the href, the
//     header and the lifetime that it gets. Commit is the verify action.
//   - Slack: Slot.Method is POST, Accept reads the "OK" that comes back, and Commit
//     completes the upload.
//   - Gitea, and other services that take a form: [Multipart] with URL and Header.
//     Accept reads ID and size from the answer, and Find looks for the file if the
//     answer is lost.
//   - A service whose refusals have a form of their own: Refusal of either engine
//     reads code and message, and says whether to send again.
package upload
