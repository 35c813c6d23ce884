// Package connectparticipanttest is an in-memory Amazon Connect Participant
// Service for tests: all its operations, the storage that attachments go to,
// and the websocket that carries a live chat.
//
// A test starts a chat, lets participants join it and passes their tokens to
// the program under test, which needs no other credentials:
//
//	srv := connectparticipanttest.NewServer(t)
//	chat := srv.NewChat()
//	token := chat.Join("CUSTOMER", "Ana")
//	// point a client at srv.URL and create a connection with token
//
// The server is strict. It enforces the documented limits, and refuses unknown
// members by name and requests with the wrong kind of token. It ignores
// signatures, because vendors' clients that have AWS credentials send them. What
// else Amazon's chat client for browsers needs is allowed too, or can be: see
// [Server.AllowEventTokenReuse] and [Server.SetCORS]. Tokens, URLs, websockets
// and scans expire by a clock that the test can set, and [Server.Next] makes the
// next call of an operation fail.
//
// The service documents the shape of its messages far better than its
// behaviour. Where this server had to choose a behaviour, a comment in its code
// says "inferred".
package connectparticipanttest
