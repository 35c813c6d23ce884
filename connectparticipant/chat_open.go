package connectparticipant

import (
	"context"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/retry"
)

// Once a connection is lost, each attempt to make another has patience of its own,
// so that one which is stuck in a network that has changed is given up soon. It
// doubles with each attempt, for a service that is merely slow.
const (
	firstAttempt = 10 * time.Second
	lastAttempt  = 2 * time.Minute
)

// open makes a connection: it asks for a websocket, opens it and subscribes.
// attempt is 0 for the first connection of a Chat, which has the attempts that the
// client's Retry allows. Others count from 1 and are one attempt each: the caller
// waits between them, and attempts within attempts would multiply.
func (ch *Chat) open(ctx context.Context, attempt int) (*socket, error) {
	var policy *retry.Policy
	if attempt > 0 {
		single := retry.Policy(ch.client.core.Peer.HTTP().Retry)
		single.Attempts = 1
		policy = &single
		limited, cancel := context.WithTimeout(ctx, min(firstAttempt<<min(attempt-1, 8), lastAttempt))
		defer cancel()
		s, err := ch.openOnce(limited, policy)
		if err != nil && ctx.Err() == nil && limited.Err() != nil && !passing(err) {
			err = unheard(err) // this attempt has taken too long, but another may not
		}
		return s, err
	}
	return ch.openOnce(ctx, policy)
}

func (ch *Chat) openOnce(ctx context.Context, policy *retry.Policy) (*socket, error) {
	var opts []docferry.CallOption
	if policy != nil {
		opts = append(opts, docferry.WithRetry(docferry.Retry(*policy)))
	}
	made, life, err := ch.create(ctx, opts, ConnectionTypeWebsocket, ConnectionTypeConnectionCredentials)
	if err != nil {
		return nil, err
	}
	return ch.client.openSocket(ctx, made.URL, life, &ch.deep, policy)
}

// opening is an attempt to make a connection that is under way beside the delivery
// of events.
type opening struct {
	made   chan opened // gets one value
	cancel context.CancelFunc
}

// opened is how an attempt has ended.
type opened struct {
	socket *socket
	err    error
}

// begin starts an attempt.
func (ch *Chat) begin(ctx context.Context, attempt int) *opening {
	ctx, cancel := context.WithCancel(ctx)
	o := &opening{made: make(chan opened, 1), cancel: cancel}
	go func() {
		s, err := ch.open(ctx, attempt)
		o.made <- opened{s, err}
	}()
	return o
}

// result returns the channel that the result arrives at; nil if nothing is under
// way.
func (o *opening) result() <-chan opened {
	if o == nil {
		return nil
	}
	return o.made
}

// abandon ends an attempt that is not wanted any more, and waits for its end.
func (o *opening) abandon() {
	if o == nil {
		return
	}
	o.cancel()
	if made := <-o.made; made.socket != nil {
		made.socket.close()
	}
}
