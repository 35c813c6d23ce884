package connectparticipant

import (
	"context"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/option"
	"github.com/docferry/docferry/internal/retry"
)

// Once a connection is lost, each attempt to make another waits for answers only so
// long, so that one which is stuck in a network that has changed is given up soon.
// The time doubles with each attempt, for a service that is merely slow.
const (
	firstAnswer = 7 * time.Second
	lastAnswer  = 2 * time.Minute
)

// attempt is how a connection is made.
type attempt struct {
	policy *retry.Policy // nil means that of the client
	answer time.Duration // how long an answer may take; 0 means as long as the client's settings say
}

// attempt returns how to make a connection: n is 0 for the first one of a Chat. Others
// count from 1 and are one attempt each: the caller waits between them, and attempts
// within attempts would multiply.
func (ch *Chat) attempt(n int) attempt {
	if n == 0 {
		return attempt{}
	}
	single := retry.Policy(ch.client.core.Peer.HTTP().Retry)
	single.Attempts = 1
	return attempt{policy: &single, answer: min(firstAnswer<<min(n-1, 8), lastAnswer)}
}

// option is the attempt as an option of a call.
func (a attempt) option(o *option.Call) { o.Retry, o.Answer = a.policy, a.answer }

// open makes a connection: it asks for a websocket, opens it and subscribes.
func (ch *Chat) open(ctx context.Context, n int) (*socket, error) {
	how := ch.attempt(n)
	made, life, err := ch.create(ctx, []docferry.CallOption{how.option}, ConnectionTypeWebsocket,
		ConnectionTypeConnectionCredentials)
	if err != nil {
		return nil, err
	}
	return ch.client.openSocket(ctx, made.URL, life, &ch.deep, how)
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
