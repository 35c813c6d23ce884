package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/docferry/docferry/connectparticipant"
)

// atOnce is how many customers enter or leave their chats at the same time. It is not
// more than the connections for calls that a client keeps.
const atOnce = 16

// leaveWithin bounds how long a customer takes to leave a chat.
const leaveWithin = 10 * time.Second

// customer is one participant, and its chat.
type customer struct {
	chat *connectparticipant.Chat

	mu   sync.Mutex
	sent map[string]*message // by content
}

// message is what has become of a message that a customer has sent.
type message struct {
	at              time.Time
	arrived, failed bool
}

// crowd is all customers.
type crowd struct {
	site    *site
	all     []*customer
	follows sync.WaitGroup

	entered atomic.Int64
	heard   atomic.Int64 // events
	said    atomic.Int64
	arrived atomic.Int64
	doubled atomic.Int64
	lost    atomic.Int64 // connections
	back    atomic.Int64 // connections that were restored

	mu        sync.Mutex
	latencies []time.Duration
	errs      []error
}

// several calls do with the numbers below n, at most atOnce of them at the same time.
func several(n int, do func(i int)) {
	var doing sync.WaitGroup
	room := make(chan struct{}, atOnce)
	for i := range n {
		room <- struct{}{}
		doing.Go(func() {
			do(i)
			<-room
		})
	}
	doing.Wait()
}

// enter lets n customers enter and follow their chats. They have to be closed also if
// that fails.
func (w *crowd) enter(ctx context.Context, n int) error {
	w.all = make([]*customer, n)
	several(n, func(i int) {
		if ctx.Err() != nil || len(w.failed()) > 0 {
			return
		}
		if err := w.admit(ctx, i); err != nil {
			w.fail(err)
		}
	})
	if errs := w.failed(); len(errs) > 0 {
		return fmt.Errorf("%d of %d customers have entered, and then: %w", w.entered.Load(), n, errs[0])
	}
	return ctx.Err()
}

// admit lets a customer enter, and returns when it has received its first event.
func (w *crowd) admit(ctx context.Context, n int) error {
	who, err := w.site.customer(ctx, n)
	if err != nil {
		return err
	}
	chat, err := w.site.client.Chat(ctx, who.Token, connectparticipant.ChatOptions{
		ParticipantID: who.ParticipantID, ContactID: who.ContactID, Observe: w.observe,
	})
	if err != nil {
		return err
	}
	one := &customer{chat: chat}
	w.all[n] = one
	ready := make(chan struct{})
	w.follows.Go(func() { w.follow(ctx, one, sync.OnceFunc(func() { close(ready) })) })
	<-ready
	w.entered.Add(1)
	return nil
}

// observe counts what happens to connections.
func (w *crowd) observe(change connectparticipant.ConnectionChange) {
	if change.State == connectparticipant.ConnectionLost {
		w.lost.Add(1)
	}
	if change.State == connectparticipant.ConnectionRestored {
		w.back.Add(1)
	}
}

// follow notes what arrives. ready is called with the first event, or if there is none.
func (w *crowd) follow(ctx context.Context, c *customer, ready func()) {
	defer ready()
	for e, err := range c.chat.Events(ctx) {
		if err != nil {
			if ctx.Err() == nil {
				w.fail(err)
			}
			return
		}
		w.heard.Add(1)
		ready()
		if e.Kind == connectparticipant.ChatItemTypeMessage && !e.Update {
			w.arrive(c, e.Content)
		}
	}
}

// arrive notes that a message has arrived, if it is one of the customer's own.
func (w *crowd) arrive(c *customer, content string) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.sent[content]
	switch {
	case m == nil:
	case m.arrived:
		w.doubled.Add(1)
	default:
		m.arrived = true
		w.arrived.Add(1)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.latencies = append(w.latencies, now.Sub(m.at))
	}
}

// say sends a message, whose content must be a new one.
func (w *crowd) say(ctx context.Context, c *customer, content string) {
	m := &message{at: time.Now()}
	c.mu.Lock()
	if c.sent == nil {
		c.sent = map[string]*message{}
	}
	c.sent[content] = m
	c.mu.Unlock()
	w.said.Add(1)
	if _, err := c.chat.SendMessage(ctx, content); err != nil {
		w.fail(err)
		c.mu.Lock()
		defer c.mu.Unlock()
		m.failed = true
	}
}

// missing returns how many messages were sent and have not arrived.
func (w *crowd) missing() (n int) {
	for _, c := range w.all {
		c.mu.Lock()
		for _, m := range c.sent {
			if !m.arrived && !m.failed {
				n++
			}
		}
		c.mu.Unlock()
	}
	return n
}

func (w *crowd) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.errs = append(w.errs, err)
}

// failed returns the errors so far.
func (w *crowd) failed() []error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.errs
}

// close closes all chats. Customers leave real ones also if ctx has ended, so that no
// agent waits for them.
func (w *crowd) close(ctx context.Context) {
	several(len(w.all), func(i int) {
		c := w.all[i]
		if c == nil {
			return
		}
		if w.site.leaves {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
			defer cancel()
			_ = c.chat.Disconnect(ctx)
		}
		_ = c.chat.Close()
	})
	w.follows.Wait()
}
