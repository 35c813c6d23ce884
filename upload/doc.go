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
// An upload either succeeds, which means that the content is stored, or returns
// an [*Error] that says how it ended.
package upload
