package connectparticipant

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/docferry/docferry"
)

// ErrChatEnded says that the service lets a participant no more into a chat
// where it was before: the chat has ended, or the participant has left it. A
// connection that has merely expired is renewed instead. The refusal is
// wrapped with it.
var ErrChatEnded = errors.New("connectparticipant: the chat has ended for this participant")

// defaultPatience is that of a ChatOptions without one.
const defaultPatience = 5 * time.Minute

// ChatOptions are what [Client.ChatWith] can be told.
type ChatOptions struct {
	// After is the ID of the last item that is known already: events begin
	// with the one behind it. Empty means from the first item of the chat on.
	After string
	// Patience is how long Events tries to get a lost connection back before
	// it gives up. 0 means 5 minutes. If the client's Retry has one attempt,
	// it tries once.
	Patience time.Duration
}

// Chat is a live chat, as one participant sees it. [Client.Chat] opens it,
// Events tells what happens, and Close ends it.
//
// All methods may be called at any time from any goroutine, but only one
// range over Events may be under way. The methods that send, and Uploader,
// use a connection token that is valid: it is renewed before it expires, and
// once if the service refuses it.
//
// A Chat has one goroutine, which keeps its websocket alive. It ends with
// the websocket: at the latest when Close returns, when Events has told that
// the chat ended, or when it has yielded an error. Frames are read by whoever
// ranges over Events, so nothing piles up here while nobody does.
type Chat struct {
	client      *Client
	participant docferry.Secret // the token
	patience    time.Duration
	credentials credentials

	mu     sync.Mutex         // guards what follows
	socket *socket            // nil while there is none
	cancel context.CancelFunc // ends the range that is under way
	closed bool

	ranging atomic.Bool // set by the range that has what follows to itself
	history history
	behind  bool      // the transcript may hold items that were not delivered
	ended   bool      // the event that says so was delivered
	breaks  int       // how often in a row the connection failed
	lost    time.Time // since when there is no connection that works
}

// Chat enters a chat as the participant that the token is of. It creates a
// connection, opens the websocket and subscribes; the context is for that
// alone. The caller closes the Chat.
//
// The error is one of CreateParticipantConnection, or of the websocket, whose
// operation is called OpenWebsocket.
func (c *Client) Chat(ctx context.Context, participantToken docferry.Secret) (*Chat, error) {
	return c.ChatWith(ctx, participantToken, ChatOptions{})
}

// ChatWith is Chat with options.
func (c *Client) ChatWith(ctx context.Context, participantToken docferry.Secret, opts ChatOptions) (*Chat, error) {
	ch := &Chat{client: c, participant: participantToken, patience: cmp.Or(opts.Patience, defaultPatience)}
	ch.credentials.gate = make(chan struct{}, 1)
	ch.history.begin(opts.After)
	if err := ch.connect(ctx); err != nil {
		return nil, err
	}
	return ch, nil
}

// Close closes the websocket and ends the range over Events, without an error
// there. It may be called more than once, and always returns nil. The
// participant stays in the chat and may come back: Disconnect is for leaving.
func (ch *Chat) Close() error {
	ch.mu.Lock()
	s := ch.socket
	ch.socket, ch.closed = nil, true
	ch.mu.Unlock()
	if s != nil {
		s.leave()
	}
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.cancel != nil {
		ch.cancel()
	}
	return nil
}

// Disconnect takes the participant out of the chat and closes the Chat. If it
// fails, the participant may still be in the chat, and Disconnect may be
// called again.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_DisconnectParticipant.html
func (ch *Chat) Disconnect(ctx context.Context) error {
	_ = ch.Close() // first: that the service closes the websocket then is no break
	req := DisconnectParticipantRequest{ClientToken: once("")}
	return ch.with(ctx, func(token docferry.Secret) error {
		req.ConnectionToken = token
		return ch.client.DisconnectParticipant(ctx, req)
	})
}

// connect makes sure that there is a websocket which has subscribed.
func (ch *Chat) connect(ctx context.Context) error {
	if ch.current() != nil {
		return nil
	}
	made, life, err := ch.create(ctx, ConnectionTypeWebsocket, ConnectionTypeConnectionCredentials)
	if err != nil {
		return err
	}
	s, err := ch.client.openSocket(ctx, made.URL, life)
	if err != nil {
		return err
	}
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.closed {
		s.close()
		return context.Canceled
	}
	ch.socket, ch.behind = s, true
	return nil
}

// current returns the websocket, or nil.
func (ch *Chat) current() *socket {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	return ch.socket
}

// drop closes the websocket, if there is one.
func (ch *Chat) drop() {
	ch.mu.Lock()
	s := ch.socket
	ch.socket = nil
	ch.mu.Unlock()
	if s == nil {
		return
	}
	s.close()
	if s.age() >= steady {
		ch.breaks = 0
	}
}

func (ch *Chat) isClosed() bool {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	return ch.closed
}

// chatEnded is the error when a refusal means that the chat is over.
func chatEnded(refused error) error { return fmt.Errorf("%w: %w", ErrChatEnded, refused) }
