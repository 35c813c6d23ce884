// Package connectparticipanttest is an in-memory Amazon Connect Participant
// Service for tests: all its operations, the storage that attachments go to,
// and the websocket that carries a live chat.
//
// A test seeds a chat, lets participants join it and hands their tokens to the
// program under test, which needs no other credential:
//
//	srv := connectparticipanttest.NewServer(t)
//	chat := srv.NewChat()
//	token := chat.Join("CUSTOMER", "Ana")
//	// point a client at srv.URL and create a connection with token
//
// The server is strict. What the service documents as a limit is enforced,
// members that it does not know are refused by name, and so is a request that
// carries the wrong kind of token. A signature is passed over: vendors' clients
// that have AWS credentials send one. What else Amazon's chat client for
// browsers needs is allowed too, or can be: see [Server.AllowEventTokenReuse]
// and [Server.SetCORS]. Tokens, URLs, websockets and scans age by
// a clock that the test may set, and [Server.Next] makes the next call of an
// operation fail.
//
// The service documents the shape of its messages far better than its
// behaviour. Where this server had to choose, its comments say "inferred".
package connectparticipanttest
