package connectparticipant

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/retry"
)

// steady is how long a websocket must have lived for the waits before new
// connections to start again from the shortest.
const steady = 30 * time.Second

var (
	// errOver ends a range without an error: the end of the chat was delivered, the
	// Chat is closed, or the loop was left.
	errOver = errors.New("over")
	// errReplaced ends the listening to a websocket that another one has replaced.
	errReplaced = errors.New("replaced")
)

// follower delivers the events of a Chat and remembers which it has delivered.
// It belongs to the goroutine that has taken it from Chat.idle: nothing else may
// hold it, and its fields are not guarded otherwise. What other goroutines need is
// in Chat.live.
type follower struct {
	chat *Chat

	history  history
	pieces   pieces
	contacts []string  // the contacts that items are from and that have not ended
	maybe    bool      // an event was delivered that may be the end of the chat
	behind   bool      // the transcript may hold items that were not delivered
	gaps     int       // connections that were made, after each of which that is so
	ended    bool      // the end of the chat was delivered
	breaks   int       // connections that failed in a row
	attempt  int       // attempts to connect since the connection was lost
	lost     time.Time // when the connection was lost; zero while it works

	opening *opening         // a connection that is being made meanwhile; nil if none is
	again   <-chan time.Time // when to make the next one; nil if that is not due
}

// run delivers events until it has a reason to end, and returns the error that the range
// has to yield, or nil if it ends without one. Each turn of its loop is one connection:
// connect, deliver from the transcript what was missed, then deliver what the websocket
// brings.
//
// A goroutine that has delivered events has a stack of 8 KB. While it waits, the garbage
// collector halves that only if the functions which are under way take little of it. So
// run and listen leave to others what takes much.
func (f *follower) run(ctx context.Context, yield func(Event, error) bool) error {
	inner, cancel := context.WithCancel(ctx)
	defer f.rest(cancel)
	f.chat.live.beginRange(cancel)
	for {
		err := f.connection(inner, yield)
		if err == nil {
			err = f.listen(inner, yield)
		}
		if err = f.proceed(inner, yield, err); err != nil {
			return f.conclude(ctx, err)
		}
	}
}

// connection makes a connection, if there is none, and delivers what was missed.
func (f *follower) connection(ctx context.Context, yield func(Event, error) bool) error {
	if f.ended || f.chat.live.isClosed() {
		return errOver
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := f.connect(ctx); refusedEntry(err) {
		return f.readTail(ctx, yield, err)
	} else if err != nil {
		return err
	}
	for f.behind {
		if err := f.finishOld(ctx, yield); err != nil {
			return err
		}
		if err := f.catchUp(ctx, yield); err != nil {
			return err
		}
	}
	f.lost, f.attempt = time.Time{}, 0
	return nil
}

// proceed is called when a connection has ended with err. It returns nil when the next one
// is to be made, or why there is to be none.
func (f *follower) proceed(ctx context.Context, yield func(Event, error) bool, err error) error {
	if errors.Is(err, errReplaced) {
		return nil
	}
	if f.chat.live.isClosed() || ctx.Err() != nil || !passing(err) {
		return err
	}
	f.drop()
	if f.chat.live.hasLeft() {
		return f.readTail(ctx, yield, err)
	}
	return f.pause(ctx, err)
}

// conclude returns the error that the range has to yield when it ends because of err.
func (f *follower) conclude(ctx context.Context, err error) error {
	f.abandon()
	ch := f.chat
	if errors.Is(err, errOver) || ch.live.isClosed() {
		return nil
	}
	f.drop()
	f.lost, f.attempt = time.Time{}, 0 // the next range begins with all of its patience
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if errors.Is(err, ErrChatEnded) {
		ch.tellEnd()
	} else {
		ch.tell(ConnectionChange{State: ConnectionLost, Err: err})
	}
	return err
}

// rest ends a range, even one whose loop has panicked.
func (f *follower) rest(cancel context.CancelFunc) {
	f.abandon()
	cancel()
}

// abandon ends what is under way beside the range, since no goroutine of it may
// outlive the range.
func (f *follower) abandon() {
	f.opening.abandon()
	f.opening, f.again = nil, nil
}

// over notes that the chat is over for the participant, and returns errOver.
func (f *follower) over() error {
	f.ended = true
	f.drop()
	f.chat.tellEnd()
	return errOver
}

// connect makes sure that there is a websocket which has subscribed. After a new
// one the transcript has to be read: it shows what was said before.
func (f *follower) connect(ctx context.Context) error {
	ch := f.chat
	if ch.live.current() != nil {
		return nil
	}
	s, err := f.nextSocket(ctx)
	if err != nil {
		return err
	}
	if !ch.live.put(s) {
		s.close()
		return context.Canceled
	}
	f.missed()
	if f.lost.IsZero() {
		ch.tell(ConnectionChange{State: ConnectionEstablished})
	} else {
		ch.tell(ConnectionChange{State: ConnectionRestored, Attempt: f.attempt})
	}
	return nil
}

// missed notes that there is a new websocket: what was said before it subscribed has
// to be read from the transcript.
func (f *follower) missed() {
	f.behind = true
	f.gaps++
}

// nextSocket returns the websocket that is being opened already, or opens one.
func (f *follower) nextSocket(ctx context.Context) (*socket, error) {
	if f.again != nil {
		select {
		case <-f.again:
			f.again = nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if o := f.opening; o != nil {
		f.opening = nil
		select {
		case made := <-o.made:
			o.cancel()
			return made.socket, made.err
		case <-ctx.Done():
			o.abandon()
			return nil, ctx.Err()
		}
	}
	if f.lost.IsZero() {
		return f.chat.open(ctx, 0)
	}
	return f.chat.open(ctx, f.nextAttempt())
}

// nextAttempt counts another attempt since the connection was lost, and reports it to
// the observer.
func (f *follower) nextAttempt() int {
	f.attempt++
	f.chat.tell(ConnectionChange{State: ConnectionReconnecting, Attempt: f.attempt})
	return f.attempt
}

// drop closes the websocket, if there is one.
func (f *follower) drop() {
	s := f.chat.live.take()
	if s == nil {
		return
	}
	s.close()
	if s.age() >= steady {
		f.breaks = 0
	}
}

// refusedEntry reports whether the service does not admit the participant.
func refusedEntry(err error) bool {
	refused, ok := errors.AsType[*docferry.Error](err)
	return ok && refused.Operation == createParticipantConnection.Name && refused.Kind == docferry.ErrForbidden
}

// passing reports whether a new connection may help against a failure. It may
// if the websocket was refused: each connection has a websocket URL of its own.
func passing(err error) bool {
	if _, lost := errors.AsType[*docferry.TransportError](err); lost {
		return true
	}
	if errors.Is(err, docferry.ErrUnavailable) || errors.Is(err, docferry.ErrThrottled) {
		return true
	}
	refused, ok := errors.AsType[*docferry.Error](err)
	return ok && (refused.StatusCode >= 500 ||
		refused.Operation == openWebsocket && refused.Kind == docferry.ErrForbidden)
}

// pause waits before the next connection is made. It returns cause if there is
// to be none: the patience is exhausted, or the client makes one attempt only. If the
// next one is being made already, there is no wait.
func (f *follower) pause(ctx context.Context, cause error) error {
	if f.opening != nil || f.again != nil {
		if f.lost.IsZero() { // it broke while its replacement was being made
			f.lose(cause)
			f.nextAttempt()
		}
		return nil
	}
	wait := f.wait(cause)
	now, retries := time.Now(), f.chat.client.core.Peer.HTTP().Retry
	switch {
	case f.lost.IsZero():
		f.lose(cause)
	case retries.Attempts == 1, now.Add(wait).Sub(f.lost) > f.chat.options.Patience:
		return cause
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// lose notes that the connection is lost. If the service has merely stopped to
// answer, as when the network has changed, the idle connections of the client may be
// dead too. Then they are closed, so that the next attempt makes a new one.
func (f *follower) lose(cause error) {
	f.lost, f.attempt = time.Now(), 0
	f.chat.tell(ConnectionChange{State: ConnectionLost, Err: cause})
	if errors.Is(cause, os.ErrDeadlineExceeded) {
		f.chat.client.doubtConnections()
	}
}

// wait returns how long to wait before the next attempt to connect. The wait before
// the first is random, so that chats which were dropped together do not return
// together. Those after it grow as docferry.Retry says. A service that asks for a
// longer one gets it.
func (f *follower) wait(cause error) time.Duration {
	f.breaks++
	h := f.chat.client.core.Peer.HTTP()
	wait := retry.Policy(h.Retry).Backoff(f.breaks)
	if f.lost.IsZero() {
		wait = max(wait, retry.Spread(f.chat.options.Spread))
	}
	if refused, ok := errors.AsType[*docferry.Error](cause); ok {
		wait = max(wait, refused.RetryAfter)
	}
	return wait
}

// listen delivers what the websocket brings, until it breaks or is replaced.
func (f *follower) listen(ctx context.Context, yield func(Event, error) bool) error {
	s := f.chat.live.current()
	if s == nil {
		return errOver // the Chat was closed just now
	}
	due := s.due
	if f.opening != nil || f.again != nil {
		due = nil // its replacement is being made
	}
	for {
		if f.chat.live.current() != s {
			return errReplaced // while an event was delivered; what is left of it comes first
		}
		select {
		case text, open := <-s.frames:
			if !open {
				return s.err
			}
			if err := f.hear(ctx, text, yield); err != nil {
				return err
			}
		case <-due:
			due = nil
			f.renew(ctx)
		case <-f.again:
			f.renew(ctx)
		case made := <-f.opening.result():
			if err := f.replace(made); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// hear delivers the event of a frame, if it has one.
func (f *follower) hear(ctx context.Context, text []byte, yield func(Event, error) bool) error {
	e, ok := frameEvent(text)
	if !ok {
		return nil
	}
	return f.deliver(ctx, e, false, yield)
}

// deliver yields an event, unless it was delivered before.
func (f *follower) deliver(ctx context.Context, e Event, fromTranscript bool, yield func(Event, error) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !f.history.admit(&e, fromTranscript) {
		return nil
	}
	e.Own = f.chat.self.owns(&e.Item)
	f.pieces.stitch(&e)
	if f.ends(&e) {
		_ = f.over()
	}
	if !yield(e, nil) || f.ended {
		return errOver
	}
	return nil
}

// maxContacts bounds how many contacts are remembered.
const maxContacts = 16

// ends reports whether an event is the end of this chat. That of another contact is
// not: this chat continues it. If the caller has not said which contact this is, all
// those must have ended that items are from. Until then it is unknown, and shows when
// the service no longer admits the participant; see readTail.
func (f *follower) ends(e *Event) bool {
	known := f.chat.options.ContactID
	switch {
	case !e.isEnd():
		if e.ContactID != "" && e.RelatedContactID == "" && len(e.ContactID) <= maxID &&
			len(f.contacts) < maxContacts && !slices.Contains(f.contacts, e.ContactID) {
			f.contacts = append(f.contacts, e.ContactID)
		}
		return false
	case known != "" && e.ContactID != "":
		return e.ContactID == known
	}
	f.contacts = slices.DeleteFunc(f.contacts, func(id string) bool { return id == e.ContactID })
	f.maybe = len(f.contacts) > 0 && e.ContactID != ""
	return !f.maybe
}
