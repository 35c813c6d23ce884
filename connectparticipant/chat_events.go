package connectparticipant

import (
	"context"
	"iter"

	"github.com/docferry/docferry"
)

// Events ranges over what happens in the chat, including what the participant
// does. The first range begins with the first item of the chat, or with the one
// after ChatOptions.After. Each later range continues where the last one
// stopped.
//
// Every item is delivered exactly once and in order, even if the connection
// breaks or is renewed: Events then reads from the transcript what it has
// missed. Events that transcripts do not keep are lost while there is no
// connection: these are typing events. A connection that is replaced before it
// expires loses none. An item that changes is delivered once more, with Update set:
// an attachment whose scan has ended, a message whose processing has, or one that
// was received or read while there was no connection.
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
// kept alive, and a few of its frames are read ahead. If it breaks then, it is
// restored when the loop, or the next one, asks for an event; ChatOptions.Buffer
// makes that happen at once. A range that begins while another one is under way
// yields a [*docferry.InputError] and ends.
func (ch *Chat) Events(ctx context.Context) iter.Seq2[Event, error] {
	if ch.keeper != nil {
		return ch.keeper.events(ctx)
	}
	return func(yield func(Event, error) bool) {
		var f *follower
		select {
		case f = <-ch.idle:
			defer func() { ch.idle <- f }()
		default:
			fail(yield, underWay())
			return
		}
		if err := f.run(ctx, yield); err != nil {
			fail(yield, err)
		}
	}
}

// fail yields an error. It is not inlined, so that the empty event, which is large, takes
// no room on the stack of a goroutine that waits for events.
//
//go:noinline
func fail(yield func(Event, error) bool, err error) { yield(Event{}, err) }

// underWay returns the error for a second range.
func underWay() error {
	return &docferry.InputError{Service: service, Operation: "Events",
		Reason: "another range over Events is under way; end it first"}
}
