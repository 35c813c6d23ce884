package connectparticipant

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/docferry/docferry"
)

// ErrChatEnded means that the service no longer admits the participant to the
// chat: the chat has ended, or the participant has left it. The refusal of the
// service is wrapped along with it. A connection token that has merely expired
// is renewed and does not cause this error.
var ErrChatEnded = errors.New("connectparticipant: the chat has ended for this participant")

// defaultPatience is the Patience of a ChatOptions that does not set it.
const defaultPatience = 5 * time.Minute

// ChatOptions are the optional settings of [Client.Chat].
type ChatOptions struct {
	// After is the ID of the last item that the caller has already seen. Events
	// begins with the item that follows it. If After is empty, Events begins
	// with the first item of the chat.
	After string
	// Patience is how long Events tries to restore a lost connection before it
	// gives up. 0 means 5 minutes. If the client's Retry allows one attempt
	// only, Events tries once, whatever Patience is.
	Patience time.Duration
	// ConnectParticipant enters the chat as an agent or a manager does, and as a
	// customer whose messages are streamed elsewhere: the service marks the
	// participant as connected, and shows that to the others. Other customers need
	// not set it.
	ConnectParticipant bool
	// ParticipantID is the ID of the participant, which StartChatContact returns
	// beside the participant token. With it, Event.Own is certain from the first
	// event on. Without it, the Chat learns the ID when a message that it has sent
	// comes back.
	ParticipantID string
}

// Chat is a live chat, as one participant sees it. [Client.Chat] opens it,
// Events delivers what happens, and Close closes it.
//
// All methods may be called at any time and from any goroutine, but only one
// range over Events may be under way at a time. The methods that send, and
// uploads, use the connection token of the Chat. It is renewed shortly before
// it expires, and also if the service refuses it: then the call is repeated
// once with the new token.
//
// If a call fails after a request of it may have been carried out, with the old
// token or with the new one, docferry.OutcomeUnknown reports true for its error.
//
// A Chat has one goroutine, which keeps the websocket alive and ends with it: at
// the latest when Close returns, when Events has delivered the end of the chat,
// or when Events has yielded an error. Frames are read by the loop over Events,
// so a Chat buffers nothing while no loop is running.
type Chat struct {
	client      *Client
	participant docferry.Secret // the participant token, which buys connections
	credentials credentials     // the connection token, under a mutex of its own
	live        live            // the websocket, under a mutex of its own
	self        self            // who the participant is, under a mutex of its own
	acknowledge bool            // see ChatOptions.ConnectParticipant

	// idle holds the follower while no range over Events is under way. A range
	// takes it out and puts it back when it ends, so that the fields of the
	// follower belong to one goroutine at a time and need no mutex.
	idle chan *follower
}

// Chat enters a chat as the participant identified by participantToken, which
// StartChatContact of the Amazon Connect service returns for a customer. It
// creates a connection, opens the websocket and subscribes to the events of the
// chat. ctx bounds the opening alone: the Chat lives on when ctx ends. The
// caller must close the Chat. At most one ChatOptions may be given.
//
// The error is that of CreateParticipantConnection, such as
// docferry.ErrForbidden for a token that is wrong or for a chat that has ended,
// or that of the websocket, whose Operation is "OpenWebsocket".
func (c *Client) Chat(ctx context.Context, participantToken docferry.Secret, opts ...ChatOptions) (*Chat, error) {
	options, err := atMostOne("Chat", opts)
	if err != nil {
		return nil, err
	}
	ch := &Chat{client: c, participant: participantToken, idle: make(chan *follower, 1),
		acknowledge: options.ConnectParticipant}
	ch.self.id = options.ParticipantID
	ch.credentials.gate = make(chan struct{}, 1)
	f := &follower{chat: ch, patience: cmp.Or(options.Patience, defaultPatience)}
	f.history.begin(options.After)
	if err := f.connect(ctx); err != nil {
		return nil, err
	}
	ch.idle <- f
	return ch, nil
}

// ParticipantID returns the ID that the items of this participant have. It is
// ChatOptions.ParticipantID or, without that, empty until a message that this
// Chat has sent comes back.
func (ch *Chat) ParticipantID() string { return ch.self.participantID() }

// atMostOne returns the options of a variadic parameter that takes one value or
// none.
func atMostOne[T any](operation string, opts []T) (options T, err error) {
	switch len(opts) {
	case 0:
		return options, nil
	case 1:
		return opts[0], nil
	}
	return options, &docferry.InputError{Service: service, Operation: operation, Field: "opts",
		Reason: fmt.Sprintf("holds %d values; at most one %T may be given", len(opts), options)}
}

// Close closes the websocket and ends the range over Events, which yields no
// error then. Close may be called more than once, and always returns nil. The
// participant stays in the chat and can enter it again with [Client.Chat]. To
// leave the chat, call Disconnect.
func (ch *Chat) Close() error {
	if s := ch.live.close(); s != nil {
		s.leave()
	}
	// The range is ended last: its read takes part in the closing handshake of
	// the websocket, and cancelling it would cut the connection.
	ch.live.endRange()
	return nil
}

// Disconnect takes the participant out of the chat and closes the Chat. If it
// fails, the Chat is closed all the same, but the participant may still be in
// the chat, and Disconnect may be called again. It fails with [ErrChatEnded] if
// the participant is not in the chat any more.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_DisconnectParticipant.html
func (ch *Chat) Disconnect(ctx context.Context) error {
	// Closing comes first: the service closes the websocket of a participant who
	// leaves, and Events must not take that for a lost connection.
	_ = ch.Close()
	req := DisconnectParticipantRequest{ClientToken: once("")}
	_, err := withToken(ctx, ch, func(token docferry.Secret) (struct{}, error) {
		req.ConnectionToken = token
		return struct{}{}, ch.client.DisconnectParticipant(ctx, req)
	})
	return err
}

// chatEnded returns the error for a refusal that means that the chat is over.
func chatEnded(refused error) error { return fmt.Errorf("%w: %w", ErrChatEnded, refused) }

// live is what a range over Events shares with Close: the websocket, and the way
// to end the range.
type live struct {
	mu     sync.Mutex         // guards the fields below
	socket *socket            // nil while there is no connection
	cancel context.CancelFunc // ends the range that is under way, or was last; nil before the first
	closed bool               // Close was called; there will be no websocket any more
}

// current returns the websocket, or nil if there is none.
func (l *live) current() *socket {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.socket
}

// isClosed reports whether Close was called.
func (l *live) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// put stores a new websocket. If it returns false, the Chat was closed in the
// meantime, and the caller must close the websocket.
func (l *live) put(s *socket) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.socket = s
	return true
}

// take removes the websocket, which the caller must close. It returns nil if
// there is none.
func (l *live) take() *socket {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.socket
	l.socket = nil
	return s
}

// close is take, and no websocket can be stored afterwards.
func (l *live) close() *socket {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.socket
	l.socket, l.closed = nil, true
	return s
}

// beginRange stores the function that ends the range which begins now.
func (l *live) beginRange(cancel context.CancelFunc) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cancel = cancel
}

// endRange ends the range that is under way, if there is one.
func (l *live) endRange() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel != nil {
		l.cancel()
	}
}
