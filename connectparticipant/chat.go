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

// The defaults of a ChatOptions.
const (
	defaultPatience = 5 * time.Minute
	defaultSpread   = time.Second
)

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
	// Spread is the longest wait before the first attempt to restore a lost
	// connection. The wait is random, so that the chats of a program which loses all
	// its connections at once do not return at once. 0 means a second; a program with
	// thousands of chats may set more, at the price of a longer gap for each. A negative
	// value means no such wait.
	Spread time.Duration
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
	// ContactID is the ID of the contact, which StartChatContact returns too. It
	// tells the end of this chat from that of an earlier one which it continues.
	// Without it, Events may end a little later than with it, when the service has
	// closed the websocket.
	ContactID string
	// Buffer makes the Chat follow the conversation in the background, in another
	// goroutine of its own, until the Chat is closed. Up to Buffer events are kept for
	// the loop over Events. A connection that is lost while the loop is busy, or while
	// no loop is running, is restored at once, so that the others do not see the
	// participant leave. While the buffer is full, events that transcripts do not keep
	// can be lost. 0 means that only the loop restores a connection.
	Buffer int
	// Observe, if it is set, is called for each change of the connection. The goroutine
	// that notices the change calls it: the one in the loop over Events, the one that
	// Buffer starts, or the caller of Chat, Close or Disconnect. Observe must return
	// soon, and must not call the methods of the Chat.
	Observe func(ConnectionChange)
	// Unthrottled makes Typing, MarkDelivered and MarkRead send each time they are
	// called.
	Unthrottled bool
}

// withDefaults returns the options with the defaults filled in.
func (o ChatOptions) withDefaults() ChatOptions {
	o.Patience = cmp.Or(o.Patience, defaultPatience)
	o.Spread = cmp.Or(o.Spread, defaultSpread)
	return o
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
// A Chat has one goroutine, which reads from the websocket and ends with it: at
// the latest when Close returns, when Events has delivered the end of the chat,
// or when Events has yielded an error. It reads a few frames ahead of the loop over
// Events, and no more. While a websocket is being replaced, there are two of them.
// ChatOptions.Buffer adds another, and a receipt that waits for its time is sent by
// one of its own; both end at the latest when Close returns.
type Chat struct {
	client      *Client
	options     ChatOptions
	participant docferry.Secret // the participant token, which buys connections
	credentials credentials     // the connection token, under a mutex of its own
	live        live            // the websocket, under a mutex of its own
	self        self            // who the participant is, under a mutex of its own
	deep        deepHeartbeats  // under a mutex of its own
	signals     signals         // typing and receipts, under a mutex of its own
	keeper      *keeper         // follows in the background; nil without ChatOptions.Buffer
	ended       sync.Once       // guards the report of the end to the observer

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
	if options.Buffer < 0 {
		return nil, &docferry.InputError{Service: service, Operation: "Chat", Field: "ChatOptions.Buffer",
			Reason: "must not be negative"}
	}
	ch := &Chat{client: c, options: options.withDefaults(), participant: participantToken, idle: make(chan *follower, 1)}
	ch.self.id = options.ParticipantID
	ch.credentials.gate = make(chan struct{}, 1)
	f := &follower{chat: ch}
	f.history.begin(options.After)
	if err := f.connect(ctx); err != nil {
		return nil, err
	}
	ch.idle <- f
	if options.Buffer > 0 {
		ch.keeper = newKeeper(ch, options.Buffer)
		ch.keeper.start() //nolint:contextcheck // it lives as long as the Chat, not as long as the call
	}
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
	ch.signals.close()
	s, old := ch.live.close()
	if s != nil {
		s.leave()
	}
	if old != nil {
		old.close()
	}
	// The range is ended last: its read takes part in the closing handshake of
	// the websocket, and cancelling it would cut the connection.
	ch.live.endRange()
	if ch.keeper != nil {
		ch.keeper.end()
	}
	ch.tellEnd()
	return nil
}

// Disconnect takes the participant out of the chat and closes the Chat. If it
// fails, the Chat is closed all the same, but the participant may still be in
// the chat, and Disconnect may be called again. It fails with [ErrChatEnded] if
// the participant is not in the chat any more. To see what follows, call Leave.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_DisconnectParticipant.html
func (ch *Chat) Disconnect(ctx context.Context) error {
	// Closing comes first: the service closes the websocket of a participant who
	// leaves, and Events must not take that for a lost connection.
	_ = ch.Close()
	return ch.disconnect(ctx)
}

// Leave takes the participant out of the chat as Disconnect does, but leaves the
// websocket open, so that Events delivers what follows: that the participant has
// left, the end of the chat, or what the service says after that. Events ends
// without an error at the end of the chat, or when the service closes the
// websocket. How long that takes is up to the service: use Close or the context of
// Events to end it. If Leave fails, the participant may still be in the chat, and
// Events goes on as before.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_DisconnectParticipant.html
func (ch *Chat) Leave(ctx context.Context) error {
	// The service may close the websocket before its answer arrives.
	ch.live.setLeft(true)
	err := ch.disconnect(ctx)
	if err != nil && !docferry.OutcomeUnknown(err) {
		ch.live.setLeft(false)
	}
	return err
}

// disconnect calls the operation DisconnectParticipant.
func (ch *Chat) disconnect(ctx context.Context) error {
	req := DisconnectParticipantRequest{ClientToken: once("")}
	_, err := withToken(ctx, ch, func(token docferry.Secret) (struct{}, error) {
		req.ConnectionToken = token
		return struct{}{}, ch.client.DisconnectParticipant(ctx, req)
	})
	return err
}

// chatEnded returns the error for a refusal that means that the chat is over.
func chatEnded(refused error) error { return fmt.Errorf("%w: %w", ErrChatEnded, refused) }
