// Package oracledocstest is an in-memory server for tests of programs that use
// Oracle's REST API for Documents (Oracle Documents Cloud Service, later
// Content and Experience, later Content Management). It works like
// [net/http/httptest].
//
// A server speaks versions 1.1 and 1.2 side by side and has all 124 operations.
// An operation that a version lacks is answered with 404 in that version.
//
//	srv := oracledocstest.NewServer(t)
//	folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
//	// point the client at srv.URL, as oracledocstest.User
//
// The server keeps real state. Names that differ only in case are the same
// name, and an upload to a taken name is a new revision. Shares, public links
// and applinks grant the roles that they were made with. Metadata can be set
// where its collection is assigned. Deleted items go to the trash. The server
// is strict: it refuses unknown members, parameters and form parts, missing
// values and values of the wrong type, with an error that names them. Uploads
// must declare their length; see [Server.AllowChunked].
//
// Oracle's command-line client, cec, works with this server. It needs
// [Server.AllowChunked] and has to register the server with the type dev_ec.
//
// All times come from the clock of [Server.SetClock]. By that clock an
// applink's access token lasts 15 minutes and its refresh token 24 hours, the
// page images of a file are ready after three seconds, and a bulk download or
// an extraction ends after two: it is pending for the first second and
// processing for the next.
//
// [Server.Next] makes the next call of an operation fail, with one of the
// faults of this package or with one that the caller writes.
//
// File contents are held in memory. Answers are JSON only, although the service
// also offers XML, and error messages are in English only. Much of the service
// is not publicly documented. Where a behaviour of this server is inferred, the
// comment on the code says so.
package oracledocstest
