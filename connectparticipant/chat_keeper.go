package connectparticipant

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"
)

// keeper follows a chat in the background, for ChatOptions.Buffer. Its goroutine
// follows the chat as a range over Events would, and puts the events into a queue,
// from which the ranges take them. The goroutine ends when the chat ends, with an
// error, or when the Chat is closed. After an error, the next range starts another.
type keeper struct {
	chat    *Chat
	queue   chan Event
	ranging chan struct{} // holds an element while a range is under way

	mu     sync.Mutex // guards the fields below
	cancel context.CancelFunc
	done   chan struct{} // closed when the goroutine has ended
	err    error         // why it has ended; valid then
	closed bool
}

// errTaken stands for an error that a range has yielded.
var errTaken = errors.New("taken")

func newKeeper(ch *Chat, buffer int) *keeper {
	return &keeper{chat: ch, queue: make(chan Event, buffer), ranging: make(chan struct{}, 1)}
}

// start starts the goroutine, unless the Chat is closed. It must not be running.
func (k *keeper) start() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	k.cancel, k.done, k.err = cancel, done, nil
	go func() {
		defer close(done)
		defer cancel()
		f := <-k.chat.idle
		err := f.run(ctx, func(e Event, _ error) bool { return k.push(ctx, f, e) })
		k.chat.idle <- f
		k.mu.Lock()
		defer k.mu.Unlock()
		k.err = err
	}()
}

// running returns a channel that is closed when the goroutine has ended.
func (k *keeper) running() <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.done
}

// end ends the goroutine for good and waits for it.
func (k *keeper) end() {
	k.mu.Lock()
	k.closed = true
	k.cancel()
	done := k.done
	k.mu.Unlock()
	<-done
}

// push puts an event into the queue. While that is full, it keeps the connection. It
// returns false if the Chat was closed.
func (k *keeper) push(ctx context.Context, f *follower, e Event) bool {
	for {
		select {
		case k.queue <- e:
			return true
		default:
		}
		select {
		case k.queue <- e:
			return true
		case <-ctx.Done():
			return false
		case <-f.gone():
			f.mislay()
		case <-f.again:
			f.renew(ctx)
		case made := <-f.opening.result():
			if err := f.replace(made); errors.Is(err, errOver) {
				return false
			}
		}
	}
}

// events ranges over what the goroutine finds.
func (k *keeper) events(ctx context.Context) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		select {
		case k.ranging <- struct{}{}:
			defer func() { <-k.ranging }()
		default:
			yield(Event{}, underWay())
			return
		}
		for !k.chat.live.isClosed() {
			if ctx.Err() != nil {
				yield(Event{}, ctx.Err())
				return
			}
			select {
			case e := <-k.queue:
				if !yield(e, nil) {
					return
				}
				continue
			default:
			}
			select {
			case e := <-k.queue:
				if !yield(e, nil) {
					return
				}
			case <-ctx.Done():
				yield(Event{}, ctx.Err())
				return
			case <-k.running():
				if err, over := k.ended(); over {
					if err != nil {
						yield(Event{}, err)
					}
					return
				}
			}
		}
	}
}

// ended is called when the goroutine has ended. It returns the error that the range
// yields, if that is over: but first what the queue holds has to be delivered, and
// an error that an earlier range has yielded is followed by another try.
func (k *keeper) ended() (err error, over bool) { //nolint:revive // the error is a value here
	if len(k.queue) > 0 {
		return nil, false
	}
	k.mu.Lock()
	err, again := k.err, k.err == errTaken //nolint:errorlint // it is never wrapped
	if err != nil {
		k.err = errTaken
	}
	k.mu.Unlock()
	if again {
		k.start()
		return nil, false
	}
	return err, true
}

// gone returns a channel that is closed when the websocket has ended; nil if there is
// none, or if another one is being made already.
func (f *follower) gone() <-chan struct{} {
	if s := f.chat.live.current(); s != nil && f.opening == nil && f.again == nil {
		return s.done
	}
	return nil
}

// mislay notes, while the loop over Events is busy, that the websocket has ended, and
// plans to replace it. What the websocket has brought can still be delivered.
func (f *follower) mislay() {
	s := f.chat.live.current()
	if s == nil {
		return // the Chat was closed just now
	}
	wait := f.wait(s.err)
	f.lose(s.err)
	f.again = time.After(wait)
}
