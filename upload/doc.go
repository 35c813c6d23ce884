// Package upload stores content at services: one interface, [Uploader], over
// all the ways in which they take it.
//
// The packages of the services make uploaders for their destinations. For
// others there are two engines. [Presigned] asks a service for a URL, PUTs the
// content there and commits. [Multipart] sends one form. Both know no service:
// a few functions teach them one.
//
// What to upload is a [Source]. It is opened anew for each attempt and read as
// a stream with its exact length declared, so that memory does not grow with
// the content. [WithProgress], [WithThrottle] and [WithHash] decorate it.
//
// An upload either succeeds, and then the content is stored; or it ends with an
// [*Error] that says what has become of it. There is no third way.
package upload
