// Package oracledocstest is an in-memory server for tests of programs that use
// Oracle's REST API for Documents (Oracle Documents Cloud Service, later
// Content and Experience, later Content Management), in the way of
// [net/http/httptest].
//
// A server speaks the versions 1.1 and 1.2 side by side, with all 124
// operations. An operation that a version does not have is not found there.
//
//	srv := oracledocstest.NewServer(t)
//	folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
//	// point the client at srv.URL, as oracledocstest.User
//
// It keeps real state: names that differ only in case are the same name, an
// upload to a taken name is a new revision, shares, public links and applinks
// give the roles that they are made with, metadata can be set where its
// collection is assigned, what is deleted goes to the trash. It is strict:
// members, parameters and form parts that the service does not know, values of
// the wrong type and missing ones are refused with an error that names them.
// Uploads have to declare their length, see [Server.AllowChunked].
//
// Oracle's command-line client, cec, works with it: [Server.AllowChunked] and
// a server of the type dev_ec are what it needs.
//
// Time is what [Server.SetClock] says. By it an access token of an applink
// lasts 15 minutes and its refresh token 24 hours, the page images of a file
// take three seconds, and a bulk download or an extraction takes two: it is
// pending for the first and processing for the second.
//
// [Server.Next] makes the next call of an operation fail, by one of the faults
// of this package or one of the caller's own.
//
// Contents are held in memory. Answers are JSON only, where the service also
// offers XML, and error messages are English only. Much of the service is not
// publicly documented; where a behaviour here is inferred, the comment at the
// place says so.
package oracledocstest
