package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// settleWithin is how long messages may take to arrive after the last was sent.
const settleWithin = 10 * time.Second

// measure lets the customers enter, and does what the flags ask for.
func (c *config) measure(ctx context.Context, s *site, d *display) (_ *result, err error) {
	before := takeMemory(s)
	w := &crowd{site: s}
	defer w.close(ctx)
	began := time.Now()
	d.during(func() string {
		return fmt.Sprintf("%d of %d customers have entered, %.0f a second",
			w.entered.Load(), c.customers, float64(w.entered.Load())/time.Since(began).Seconds())
	}, func() { err = w.enter(ctx, c.customers) })
	if err != nil {
		return nil, err
	}
	r := &result{Customers: c.customers, EnteredSeconds: time.Since(began).Seconds()}
	switch {
	case c.idle:
		r.Idle = c.rest(ctx, w, d, before)
	case c.history > 0:
		r.History, err = c.remember(ctx, w, d)
	case c.storm > 0:
		r.Storm, err = c.weather(ctx, w, d)
	default:
		r.Talk = c.talk(ctx, w, d)
	}
	r.Errors, r.Lost = len(w.failed()), int(w.lost.Load())
	if r.Errors > 0 {
		r.FirstError = w.failed()[0].Error()
	}
	return r, errors.Join(err, ctx.Err())
}

// rest leaves the chats alone, and measures their memory.
func (c *config) rest(ctx context.Context, w *crowd, d *display, before memory) *idle {
	end := time.Now().Add(c.duration)
	d.during(func() string {
		return fmt.Sprintf("%d idle chats, %.1f KB resident each, for %v more", len(w.all),
			kilobytes((resident()-before.resident)/len(w.all)), time.Until(end).Round(time.Second))
	}, func() { wait(ctx, c.duration) })
	after := takeMemory(w.site)
	n := len(w.all)
	return &idle{
		ResidentBytes: (after.resident - before.resident) / n, GrownBytes: (after.grown - before.resident) / n,
		HeapBytes: (after.heap - before.heap) / n, StackBytes: (after.stacks - before.stacks) / n,
		Goroutines: float64(after.goroutines-before.goroutines) / float64(n),
	}
}

// warmUp is how many items are said before the memory of a history is measured, so that
// the buffers of connections, which are not part of it, have the size they need.
const warmUp = 6

// remember has a long conversation in each chat, and measures four times what a chat
// keeps of it.
func (c *config) remember(ctx context.Context, w *crowd, d *display) (all []history, err error) {
	began, said := w.heard.Load(), 0
	hear := func(items int) {
		if _, err = w.site.order(order{Say: items - said}); err != nil {
			return
		}
		said = items
		d.during(func() string {
			return fmt.Sprintf("%d of %d items have arrived", w.heard.Load()-began, c.history*len(w.all))
		}, func() {
			until(ctx, func() bool { return int(w.heard.Load()-began) >= said*len(w.all) || len(w.failed()) > 0 })
		})
	}
	hear(min(warmUp, c.history))
	before := takeMemory(w.site).heap
	for part := 1; part <= 4 && err == nil; part++ {
		hear(max(said, c.history*part/4))
		all = append(all, history{Items: said, KeptBytes: (takeMemory(w.site).heap - before) / len(w.all)})
	}
	return all, err
}

// weather breaks all connections and waits until all customers are back.
func (c *config) weather(ctx context.Context, w *crowd, d *display) (*storm, error) {
	wait(ctx, 2*time.Second) // what clients know of the rate at which they entered is over
	before, err := w.site.order(order{})
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if _, err := w.site.order(order{Drop: c.storm}); err != nil {
		return nil, err
	}
	d.during(func() string {
		return fmt.Sprintf("%d of %d customers are back after %v", w.back.Load(), len(w.all), time.Since(began).Round(time.Second))
	}, func() {
		until(ctx, func() bool { return int(w.back.Load()) >= len(w.all) || len(w.failed()) > 0 })
	})
	took := time.Since(began)
	after, err := w.site.order(order{})
	return &storm{
		Seconds: took.Seconds(), IdealSeconds: float64(len(w.all)) / float64(c.storm),
		CallsEach: float64(after.Calls-before.Calls) / float64(len(w.all)), Websockets: after.Websockets,
	}, err
}

// talk has the customers send messages, one after the other, at times that do not depend
// on how long the messages take.
func (c *config) talk(ctx context.Context, w *crowd, d *display) *talk {
	messages := max(1, int(c.rate*c.duration.Seconds()))
	began := time.Now()
	var took time.Duration
	d.during(func() string {
		p := w.percentiles(int(c.rate)) // of about the last second
		return fmt.Sprintf("%d of %d messages sent, %d arrived; now p50 %v, p90 %v, p99 %v",
			w.said.Load(), messages, w.arrived.Load(), p.P50, p.P90, p.P99)
	}, func() {
		var sending sync.WaitGroup
		for n := range messages {
			if !wait(ctx, time.Until(began.Add(time.Duration(float64(n)/c.rate*float64(time.Second))))) {
				break
			}
			text := fmt.Sprintf("%d ", n)
			text += strings.Repeat("x", max(0, c.size-len(text)))
			sending.Go(func() { w.say(ctx, w.all[n%len(w.all)], text) })
		}
		took = time.Since(began)
		sending.Wait()
		settling, cancel := context.WithTimeout(ctx, settleWithin)
		defer cancel()
		until(settling, func() bool { return w.missing() == 0 })
	})
	return &talk{
		Messages: int(w.said.Load()), Arrived: int(w.arrived.Load()), PerSecond: float64(w.said.Load()) / took.Seconds(),
		Lost: w.missing(), Doubled: int(w.doubled.Load()), percentiles: w.percentiles(0),
	}
}

// wait waits, and reports false if ctx ends before.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// until waits until done returns true, or ctx ends.
func until(ctx context.Context, done func() bool) {
	for !done() && wait(ctx, 10*time.Millisecond) {
		continue
	}
}
