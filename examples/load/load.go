package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
)

// enterAtOnce is how many customers enter their chats at the same time.
const enterAtOnce = 50

// customer is one participant, and its chat.
type customer struct {
	chat *connectparticipant.Chat

	mu   sync.Mutex
	sent map[string]time.Time // when the messages were sent that have not arrived
}

// crowd is all customers.
type crowd struct {
	all     []*customer
	follows sync.WaitGroup

	mu        sync.Mutex
	latencies []time.Duration
	errs      []error
	said      atomic.Int64
	arrived   atomic.Int64
	lost      atomic.Int64
	back      atomic.Int64 // connections that were restored
	told      chan struct{}
}

// enter lets all customers enter and follow their chats.
func (c *config) enter(ctx context.Context, s *site, show *status) (*crowd, error) {
	w := &crowd{told: make(chan struct{}, 1), all: make([]*customer, len(s.tokens))}
	var entering sync.WaitGroup
	at := make(chan struct{}, enterAtOnce)
	for n, token := range s.tokens {
		at <- struct{}{}
		entering.Go(func() {
			defer func() { <-at }()
			chat, err := s.client.Chat(ctx, docferry.Secret(token), connectparticipant.ChatOptions{Observe: w.observe})
			if err != nil {
				w.fail(err)
				return
			}
			one := &customer{chat: chat, sent: map[string]time.Time{}}
			w.all[n] = one
			ready := make(chan struct{})
			w.follows.Go(func() { w.follow(ctx, one, func() { close(ready) }) })
			<-ready
		})
		show.linef("%d of %d customers enter", n+1, len(s.tokens))
	}
	entering.Wait()
	if errs := w.failed(); len(errs) > 0 {
		w.close()
		return nil, fmt.Errorf("%d of %d customers could not enter; the first: %w", len(errs), len(s.tokens), errs[0])
	}
	return w, nil
}

// observe counts what happens to connections.
func (w *crowd) observe(change connectparticipant.ConnectionChange) {
	if change.State == connectparticipant.ConnectionLost {
		w.lost.Add(1)
	}
	if change.State != connectparticipant.ConnectionRestored {
		return
	}
	w.back.Add(1)
	select {
	case w.told <- struct{}{}:
	default: // it knows that there is something new
	}
}

func (w *crowd) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.errs = append(w.errs, err)
}

// follow notes when the messages of a customer arrive. ready is called with the
// first event, or if there is none.
func (w *crowd) follow(ctx context.Context, c *customer, ready func()) {
	first := sync.OnceFunc(ready)
	defer first()
	for e, err := range c.chat.Events(ctx) {
		first()
		if err != nil {
			if ctx.Err() == nil {
				w.fail(err)
			}
			return
		}
		if at, known := c.take(e.Content); known && e.Kind == connectparticipant.ChatItemTypeMessage {
			w.arrived.Add(1)
			w.mu.Lock()
			w.latencies = append(w.latencies, time.Since(at))
			w.mu.Unlock()
		}
	}
}

// take returns when a message was sent, and forgets it.
func (c *customer) take(content string) (at time.Time, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, known = c.sent[content]
	delete(c.sent, content)
	return at, known
}

// say sends a message.
func (w *crowd) say(ctx context.Context, c *customer, text string) {
	c.mu.Lock()
	c.sent[text] = time.Now()
	c.mu.Unlock()
	w.said.Add(1)
	if _, err := c.chat.SendMessage(ctx, text); err != nil && ctx.Err() == nil {
		w.fail(err)
	}
}

// close closes all chats.
func (w *crowd) close() {
	for _, c := range w.all {
		if c != nil {
			_ = c.chat.Close()
		}
	}
	w.follows.Wait()
}

// measure does what the flags ask for.
func (c *config) measure(ctx context.Context, s *site, show *status) (*result, error) {
	runtime.GC()
	before, goroutines := resident(), runtime.NumGoroutine()
	w, err := c.enter(ctx, s, show)
	if err != nil {
		return nil, err
	}
	defer w.close()
	r := &result{Customers: len(w.all)}
	switch {
	case c.idle:
		show.linef("idle for %v", c.duration)
		wait(ctx, c.duration)
		r.memory(s, before, goroutines)
	case c.storm > 0:
		err = c.weather(ctx, s, w, show, r)
	default:
		c.talk(ctx, w, show)
		r.messages(w, c.duration)
	}
	show.clear()
	w.mu.Lock()
	defer w.mu.Unlock()
	r.Errors, r.Lost = len(w.errs), int(w.lost.Load())
	return r, errors.Join(err, ctx.Err(), c.profile())
}

// memory measures what the chats take. What Go keeps for later is given back to the
// system first, so that the figure does not depend on when that would have happened.
func (r *result) memory(s *site, before, goroutines int) {
	s.client.CloseIdleConnections()
	runtime.GC() // pools keep what they have until the second time
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	n := r.Customers
	r.Idle = &idle{
		ResidentBytes: (resident() - before) / n, HeapBytes: int(m.HeapAlloc) / n, StackBytes: int(m.StackInuse) / n,
		Goroutines: float64(runtime.NumGoroutine()-goroutines) / float64(n),
	}
}

// weather breaks all connections and waits until all customers are back.
func (c *config) weather(ctx context.Context, s *site, w *crowd, show *status, r *result) error {
	wait(ctx, 2*time.Second) // what was admitted while they entered is over
	dropped, err := s.order(order{Drop: c.storm})
	if err != nil {
		return err
	}
	began := time.Now()
	for int(w.back.Load()) < len(w.all) && ctx.Err() == nil && len(w.failed()) == 0 {
		show.linef("%d of %d customers are back", w.back.Load(), len(w.all))
		select {
		case <-w.told:
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	took := time.Since(began)
	counted, err := s.order(order{Count: true})
	if err != nil {
		return err
	}
	ideal := time.Duration(len(w.all)) * time.Second / time.Duration(c.storm)
	r.Storm = &storm{
		Seconds: took.Seconds(), IdealSeconds: ideal.Seconds(),
		CallsEach: float64(counted.Calls-dropped.Calls) / float64(len(w.all)), Websockets: counted.Websockets,
	}
	return nil
}

// failed returns the errors so far.
func (w *crowd) failed() []error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.errs
}

// talk has the customers send messages, one after the other.
func (c *config) talk(ctx context.Context, w *crowd, show *status) {
	tick := time.NewTicker(time.Duration(float64(time.Second) / c.rate))
	defer tick.Stop()
	end := time.NewTimer(c.duration)
	defer end.Stop()
	var sending sync.WaitGroup
	began := time.Now()
	for n := 0; ; n++ {
		select {
		case <-tick.C:
		case <-end.C:
			sending.Wait()
			w.settle(ctx)
			return
		case <-ctx.Done():
			sending.Wait()
			return
		}
		text := fmt.Sprintf("%d ", n)
		text += strings.Repeat("x", max(0, c.size-len(text)))
		sending.Go(func() { w.say(ctx, w.all[n%len(w.all)], text) })
		show.linef("%d messages, %.0f a second, %d arrived", n+1, float64(n+1)/time.Since(began).Seconds(), w.arrived.Load())
	}
}

// settle waits for what is on its way.
func (w *crowd) settle(ctx context.Context) {
	for range 100 {
		if w.arrived.Load() >= w.said.Load() {
			return
		}
		wait(ctx, 50*time.Millisecond)
	}
}

// wait waits, at most until ctx ends.
func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
