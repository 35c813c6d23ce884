package connectparticipant

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/retry"
	"github.com/go-json-experiment/json/jsontext"
)

// steady is how long a websocket must have lived for the waits before new
// connections to start again from the shortest.
const steady = 30 * time.Second

// errOver ends a range without an error: the end of the chat was delivered, the
// Chat is closed, or the loop was left.
var errOver = errors.New("over")

// Events ranges over what happens in the chat, including what the participant
// does. The first range begins with the first item of the chat, or with the one
// after ChatOptions.After. Each later range continues where the last one
// stopped.
//
// Every item is delivered exactly once and in order, even if the connection
// breaks or is renewed: Events then reads from the transcript what it has
// missed. Events that transcripts do not keep are lost while there is no
// connection. These are typing events and receipts; the latter remain visible
// in the MessageMetadata of their message. An item that changes is delivered
// once more, with Update set: an attachment whose scan has ended, or a message
// whose processing has.
//
// The range ends without an error after it has delivered the end of the chat
// (see Event.Kind), and when the Chat is closed. Otherwise it yields one error
// and ends. The error is
//   - the error of ctx, if ctx has ended;
//   - [ErrChatEnded], if the service no longer admits the participant to the
//     chat and the transcript does not show the end of it, so that the last
//     events may be missing;
//   - the reason why the connection is lost, if it could not be restored within
//     ChatOptions.Patience, with waits that grow as docferry.Retry describes;
//   - docferry.ErrProtocol, if the service sends a frame of more than 1 MiB;
//   - any other refusal, such as docferry.ErrInvalid if the chat has no item with
//     the ID ChatOptions.After.
//
// An error closes the websocket but not the Chat. Another range connects again
// and misses no item.
//
// While the body of the loop runs, and after the loop was left, the websocket is
// kept alive but not read. If it breaks then, it is restored when the loop, or
// the next one, asks for an event. A range that begins while another one is
// under way yields a [*docferry.InputError] and ends.
func (ch *Chat) Events(ctx context.Context) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		var f *follower
		select {
		case f = <-ch.idle:
			defer func() { ch.idle <- f }()
		default:
			yield(Event{}, &docferry.InputError{Service: service, Operation: "Events",
				Reason: "another range over Events is under way; end it first"})
			return
		}
		inner, cancel := context.WithCancel(ctx)
		defer cancel()
		ch.live.beginRange(cancel)
		err := f.follow(inner, yield)
		if errors.Is(err, errOver) || ch.live.isClosed() {
			return
		}
		f.drop()
		f.lost = time.Time{} // the next range begins with all of its patience
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		yield(Event{}, err)
	}
}

// follower delivers the events of a Chat and remembers which it has delivered.
// It belongs to the range over Events that has taken it from Chat.idle: nothing
// else may hold it, and its fields are not guarded otherwise. What other
// goroutines need is in Chat.live.
type follower struct {
	chat     *Chat
	patience time.Duration // see ChatOptions

	history history
	behind  bool      // the transcript may hold items that were not delivered
	ended   bool      // the end of the chat was delivered
	breaks  int       // connections that failed in a row
	lost    time.Time // when the connection was lost; zero while it works
}

// follow delivers events until it has a reason to end the range, which it
// returns. Each turn of its loop is one connection: connect, deliver from the
// transcript what was missed, then deliver what the websocket brings.
func (f *follower) follow(ctx context.Context, yield func(Event, error) bool) error {
	for {
		if f.ended || f.chat.live.isClosed() {
			return errOver
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		err := f.connect(ctx)
		if refusedEntry(err) {
			return f.readTail(ctx, yield, err)
		}
		if err == nil {
			err = f.catchUp(ctx, yield)
		}
		if err == nil {
			f.lost = time.Time{}
			err = f.listen(ctx, yield)
		}
		if f.chat.live.isClosed() || ctx.Err() != nil || !passing(err) {
			return err
		}
		renewal := f.renewing()
		f.drop()
		if renewal {
			continue
		}
		if err := f.pause(ctx, err); err != nil {
			return err
		}
	}
}

// connect makes sure that there is a websocket which has subscribed. After a new
// one the transcript has to be read: it shows what was said before.
func (f *follower) connect(ctx context.Context) error {
	ch := f.chat
	if ch.live.current() != nil {
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
	if !ch.live.put(s) {
		s.close()
		return context.Canceled
	}
	f.behind = true
	return nil
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

// renewing reports whether the websocket was closed by its own goroutine, to be
// replaced before it expires.
func (f *follower) renewing() bool {
	s := f.chat.live.current()
	return s != nil && s.renewed.Load()
}

// pause waits before the next connection is made. It returns cause if there is
// to be none: the patience is exhausted, or the client makes one attempt only.
func (f *follower) pause(ctx context.Context, cause error) error {
	h := f.chat.client.core.Peer.HTTP()
	f.breaks++
	wait := retry.Policy(h.Retry).Backoff(f.breaks)
	if refused, ok := errors.AsType[*docferry.Error](cause); ok {
		wait = max(wait, refused.RetryAfter)
	}
	switch now := time.Now(); {
	case f.lost.IsZero():
		f.lost = now
	case h.Retry.Attempts == 1, now.Add(wait).Sub(f.lost) > f.patience:
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

// listen delivers what the websocket brings, until it breaks.
func (f *follower) listen(ctx context.Context, yield func(Event, error) bool) error {
	s := f.chat.live.current()
	if s == nil {
		return errOver // the Chat was closed just now
	}
	for {
		text, err := s.read(ctx)
		if err != nil {
			return err
		}
		if e, ok := frameEvent(text); ok {
			if err := f.deliver(ctx, e, false, yield); err != nil {
				return err
			}
		}
	}
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
	if f.ended = e.isEnd(); f.ended {
		f.drop()
	}
	if !yield(e, nil) || f.ended {
		return errOver
	}
	return nil
}

// readTail delivers what can still be read of a chat that no longer admits the
// participant, since the service may accept the connection token for a while. If
// that does not include the end of the chat, the refusal is the error.
func (f *follower) readTail(ctx context.Context, yield func(Event, error) bool, refused error) error {
	f.behind = true
	if err := f.catchUp(ctx, yield); errors.Is(err, errOver) {
		return err
	}
	return chatEnded(refused)
}

// transcriptPage is a page of a transcript whose items are still JSON. They are
// decoded one by one, so that an item of an unexpected form does not cost the
// others on its page.
type transcriptPage struct {
	Transcript []jsontext.Value `json:"Transcript,omitzero,needed"`
	NextToken  string           `json:"NextToken,omitzero,needed"`
}

// catchUp delivers what the transcript holds and was not delivered yet.
func (f *follower) catchUp(ctx context.Context, yield func(Event, error) bool) error {
	for f.behind {
		from := f.history.start()
		err := f.readUp(ctx, StartPosition{ID: from.id}, yield)
		// The service refuses an ID that the transcript does not have. A websocket
		// may show such an item, or show it earlier: then its time has to do.
		if errors.Is(err, docferry.ErrInvalid) && from.id != "" && !from.at.IsZero() {
			err = f.readUp(ctx, StartPosition{AbsoluteTime: from.at}, yield)
		}
		switch {
		case err == nil:
			f.behind = false
		case errors.Is(err, docferry.ErrInvalid) && from.id != f.history.last.id:
			// This was an earlier item, read again only because it may have changed.
			f.history.settle(from.id)
		default:
			return err
		}
	}
	return nil
}

// readUp delivers what is new in the transcript from a position on.
func (f *follower) readUp(ctx context.Context, from StartPosition, yield func(Event, error) bool) error {
	ch := f.chat
	req := GetTranscriptRequest{MaxResults: 100, ScanDirection: ScanDirectionForward,
		SortOrder: SortKeyAscending, StartPosition: from}
	list := func(ctx context.Context, req GetTranscriptRequest, opts ...docferry.CallOption) (*transcriptPage, error) {
		return withToken(ctx, ch, func(token docferry.Secret) (*transcriptPage, error) {
			req.ConnectionToken = token
			return call.Do[transcriptPage](ctx, ch.client.core, getTranscript, req, opts)
		})
	}
	pages := call.Pages(ctx, ch.client.core, getTranscript, list, req, nil,
		func(r *GetTranscriptRequest) *string { return &r.NextToken },
		func(p *transcriptPage) string { return p.NextToken })
	for page, err := range pages {
		if err != nil {
			return err
		}
		for _, item := range page.Transcript {
			if err := f.deliver(ctx, newEvent(item), true, yield); err != nil {
				return err
			}
		}
	}
	return nil
}
