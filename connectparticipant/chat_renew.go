package connectparticipant

import (
	"context"
	"time"

	"github.com/docferry/docferry/internal/retry"
)

// A websocket is replaced before it expires. The transcript does not have everything
// that a websocket brings, so nothing may be missed in between: the new websocket is
// opened while the old one is still followed, and the old one is then followed until
// it has brought everything that the service sent before.

// renew starts to open the websocket that will replace the one that is followed.
func (f *follower) renew(ctx context.Context) {
	attempt := 1
	if !f.lost.IsZero() {
		attempt = f.nextAttempt()
	}
	f.again = nil
	f.history.overlap()
	f.opening = f.chat.begin(ctx, attempt)
}

// replace takes over the websocket that was opened meanwhile. The error is
// errReplaced if there is one. Otherwise the old one has to do for a while, and
// another attempt is made later.
func (f *follower) replace(made opened) error {
	f.opening.cancel()
	f.opening = nil
	if made.err != nil {
		f.breaks++
		f.again = time.After(max(retry.Policy(f.chat.client.core.Peer.HTTP().Retry).Backoff(f.breaks), time.Second))
		return nil //nolint:nilerr // see above
	}
	old, discard, ok := f.chat.live.exchange(made.socket)
	if !ok {
		made.socket.close()
		return errOver
	}
	f.missed()
	if old != nil {
		old.drain()
	}
	if discard != nil {
		discard.close()
	}
	if f.lost.IsZero() {
		f.breaks = 0
		f.chat.tell(ConnectionChange{State: ConnectionRenewed})
	} else {
		f.chat.tell(ConnectionChange{State: ConnectionRestored, Attempt: f.attempt})
		f.lost, f.attempt = time.Time{}, 0
	}
	return errReplaced
}

// finishOld delivers what the websocket that was replaced still brings.
func (f *follower) finishOld(ctx context.Context, yield func(Event, error) bool) error {
	old := f.chat.live.replaced()
	if old == nil {
		return nil
	}
	for {
		select {
		case text, open := <-old.frames:
			if !open {
				f.chat.live.forget(old)
				old.close()
				f.history.replaced()
				return nil
			}
			if err := f.hear(ctx, text, yield); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
