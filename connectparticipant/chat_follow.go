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

// steady is how long a connection has to live for the next break to be the
// first in a row.
const steady = 30 * time.Second

// errOver ends a range without an error: all was told, the Chat is closed, or
// whoever ranges has had enough.
var errOver = errors.New("over")

// Events ranges over what happens in the chat, from the first item on that was
// not told yet: the first range begins with the history of the chat, unless
// ChatOptions.After says otherwise, and a later one goes on where the last
// stopped. What the participant does is told too.
//
// Every item is told exactly once and in order, also when the connection
// breaks or is renewed: then the transcript tells what was said meanwhile.
// What transcripts do not keep is lost if nobody is connected: that somebody
// typed, or a receipt, which the item has in its metadata from then on. An
// attachment comes when it is sent, and again, with Update set, when its scan
// has ended.
//
// The range ends without an error after the event that the chat has ended,
// and when the Chat is closed. Otherwise an error is yielded once and ends it:
// that of ctx; [ErrChatEnded] if the service refuses the participant, so that
// nobody can tell what was said at the end; docferry.ErrProtocol for a frame
// of more than 1 MiB; or why the connection could not be made again within
// ChatOptions.Patience, after waits that grow as docferry.Retry says. The
// websocket is closed then, but ranging again tries again, and misses nothing.
//
// While the loop does something else, the websocket is kept but not read, and
// a connection that is lost then is made again only when the loop goes on. A
// second range at the same time gets a [*docferry.InputError].
func (ch *Chat) Events(ctx context.Context) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if !ch.ranging.CompareAndSwap(false, true) {
			yield(Event{}, &docferry.InputError{Service: service, Operation: "Events", Reason: "has a range under way already"})
			return
		}
		defer ch.ranging.Store(false)
		inner, cancel := context.WithCancel(ctx)
		defer cancel()
		ch.mu.Lock()
		ch.cancel = cancel
		ch.mu.Unlock()
		err := ch.follow(inner, yield)
		if errors.Is(err, errOver) || ch.isClosed() {
			return
		}
		ch.drop()
		ch.lost = time.Time{} // the next range has all its patience
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		yield(Event{}, err)
	}
}

// follow tells what happens until something ends it.
func (ch *Chat) follow(ctx context.Context, yield func(Event, error) bool) error {
	for {
		if ch.ended || ch.isClosed() {
			return errOver
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		err := ch.connect(ctx)
		if refusedEntry(err) {
			return ch.readTail(ctx, yield, err)
		}
		if err == nil {
			err = ch.catchUp(ctx, yield)
		}
		if err == nil {
			ch.lost = time.Time{}
			err = ch.listen(ctx, yield)
		}
		if ch.isClosed() || ctx.Err() != nil || !passing(err) {
			return err
		}
		renewal := ch.renewing()
		ch.drop()
		if renewal {
			continue
		}
		if err := ch.pause(ctx, err); err != nil {
			return err
		}
	}
}

// refusedEntry reports whether the service does not let the participant in.
func refusedEntry(err error) bool {
	refused, ok := errors.AsType[*docferry.Error](err)
	return ok && refused.Operation == createParticipantConnection.Name && refused.Kind == docferry.ErrForbidden
}

// passing reports whether a failure may be over soon. A websocket that is
// refused is one: its URL is new, and the next will be another.
func passing(err error) bool {
	if _, lost := errors.AsType[*docferry.TransportError](err); lost {
		return true
	}
	refused, ok := errors.AsType[*docferry.Error](err)
	return ok && (refused.StatusCode >= 500 || refused.Kind == docferry.ErrUnavailable || refused.Kind == docferry.ErrThrottled ||
		refused.Operation == openWebsocket && refused.Kind == docferry.ErrForbidden)
}

// renewing reports whether the websocket was given up for a new one.
func (ch *Chat) renewing() bool {
	s := ch.current()
	return s != nil && s.renewed.Load()
}

// pause waits before the connection is made again. It returns the cause if
// that is not to be.
func (ch *Chat) pause(ctx context.Context, cause error) error {
	h := ch.client.core.Peer.HTTP()
	ch.breaks++
	wait := retry.Policy(h.Retry).Backoff(ch.breaks)
	if refused, ok := errors.AsType[*docferry.Error](cause); ok {
		wait = max(wait, refused.RetryAfter)
	}
	switch now := time.Now(); {
	case ch.lost.IsZero():
		ch.lost = now
	case h.Retry.Attempts == 1, now.Add(wait).Sub(ch.lost) > ch.patience:
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

// listen tells what the websocket says, until that breaks.
func (ch *Chat) listen(ctx context.Context, yield func(Event, error) bool) error {
	s := ch.current()
	if s == nil {
		return errOver // closed just now
	}
	for {
		text, err := s.read(ctx)
		if err != nil {
			return err
		}
		if e, ok := frameEvent(text); ok {
			if err := ch.tell(ctx, e, false, yield); err != nil {
				return err
			}
		}
	}
}

// tell yields an event, if it is new.
func (ch *Chat) tell(ctx context.Context, e Event, fromTranscript bool, yield func(Event, error) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !ch.history.admit(&e, fromTranscript) {
		return nil
	}
	if ch.ended = e.isEnd(); ch.ended {
		ch.drop()
	}
	if !yield(e, nil) || ch.ended {
		return errOver
	}
	return nil
}

// readTail tells what can still be read of a chat that cannot be entered any
// more. If that is not the end of it, the refusal is the error.
func (ch *Chat) readTail(ctx context.Context, yield func(Event, error) bool, refused error) error {
	ch.behind = true
	if err := ch.catchUp(ctx, yield); errors.Is(err, errOver) {
		return err
	}
	return chatEnded(refused)
}

// transcriptPage is a page of a transcript whose items are not read yet: one
// that is odd must not hide the others.
type transcriptPage struct {
	Transcript []jsontext.Value `json:"Transcript,omitzero"`
	NextToken  string           `json:"NextToken,omitzero"`
}

// catchUp tells what the transcript has and was not told yet.
func (ch *Chat) catchUp(ctx context.Context, yield func(Event, error) bool) error {
	for ch.behind {
		from := ch.history.start()
		err := ch.readUp(ctx, StartPosition{ID: from.id}, yield)
		// A websocket may show an item that the transcript does not have, or not yet.
		if errors.Is(err, docferry.ErrInvalid) && from.id != "" && !from.at.IsZero() {
			err = ch.readUp(ctx, StartPosition{AbsoluteTime: from.at}, yield)
		}
		switch {
		case err == nil:
			ch.behind = false
		case errors.Is(err, docferry.ErrInvalid) && from.id != ch.history.last.id:
			ch.history.settle(from.id) // it was there only in case it changes
		default:
			return err
		}
	}
	return nil
}

// readUp tells what is new in the transcript from a position on.
func (ch *Chat) readUp(ctx context.Context, from StartPosition, yield func(Event, error) bool) error {
	req := GetTranscriptRequest{MaxResults: 100, ScanDirection: ScanDirectionForward, SortOrder: SortKeyAscending, StartPosition: from}
	list := func(ctx context.Context, req GetTranscriptRequest, opts ...docferry.CallOption) (page *transcriptPage, err error) {
		err = ch.with(ctx, func(token docferry.Secret) (err error) {
			req.ConnectionToken = token
			page, err = call.Do[transcriptPage](ctx, ch.client.core, getTranscript, req, opts)
			return err
		})
		return page, err
	}
	pages := call.Pages(ctx, ch.client.core, getTranscript, list, req, nil,
		func(r *GetTranscriptRequest) *string { return &r.NextToken },
		func(p *transcriptPage) string { return p.NextToken })
	for page, err := range pages {
		if err != nil {
			return err
		}
		for _, item := range page.Transcript {
			if err := ch.tell(ctx, newEvent(item), true, yield); err != nil {
				return err
			}
		}
	}
	return nil
}
