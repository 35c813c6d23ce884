package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/docferry/docferry"
	"github.com/nats-io/nats.go/jetstream"
)

var (
	errHeld = errors.New("another worker has the lease of the document")
	errLost = errors.New("the lease of the document was lost")
)

// hold is the right to work on a document. It is an entry in the bucket of leases, which
// NATS removes when it was not renewed for the time of a lease. The holder renews it four
// times in half of that time. If it cannot, its context ends after that half: it sends
// nothing any more while the other half of the lease passes, in which requests that are on
// their way arrive.
//
// Both halves begin when the holder sends a renewal. NATS counts from the moment when that
// arrives, which is later. So no clocks are compared; they only have to run at the same pace.
type hold struct {
	cancel   context.CancelCauseFunc
	leases   jetstream.KeyValue
	key      string
	revision uint64                    // of the entry; the loop of keep changes it
	end      atomic.Pointer[time.Time] // of the first half
	kept     chan struct{}
}

// holdKey is the key under which the context of the work has the hold.
type holdKey struct{}

// acquire takes the lease of the document that a message is about, and keeps it until it is
// stopped. Each renewal tells the queue, too, that the message is being worked on. The context
// is for the work: it ends when the lease is lost, with errLost as its cause.
func (q *queue) acquire(ctx context.Context, key string, msg jetstream.Msg) (context.Context, *hold, error) {
	begun := time.Now()
	revision, err := q.leases.Create(ctx, key, []byte(self()))
	if errors.Is(err, jetstream.ErrKeyExists) {
		return nil, nil, errHeld
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the lease cannot be taken: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	h := &hold{cancel: cancel, leases: q.leases, key: key, revision: revision, kept: make(chan struct{})}
	h.end.Store(new(begun.Add(q.lease / 2)))
	go h.keep(ctx, q.lease/2, msg)
	return context.WithValue(ctx, holdKey{}, h), h, nil
}

// keep renews the lease until the context ends, which it does when the last renewal is
// too long ago.
func (h *hold) keep(ctx context.Context, half time.Duration, msg jetstream.Msg) {
	defer close(h.kept)
	timer := time.AfterFunc(time.Until(*h.end.Load()), h.look)
	defer timer.Stop()
	ticker := time.NewTicker(half / 4)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		begun := time.Now()
		revision, err := h.leases.Update(ctx, h.key, []byte(self()), h.revision)
		switch {
		case errors.Is(err, jetstream.ErrKeyRevisionMismatch):
			// Another worker has it, or the answer to a renewal was lost.
			h.cancel(errLost)
			return
		case err != nil:
			continue // NATS may be back for the next one
		}
		h.revision = revision
		h.end.Store(new(begun.Add(half)))
		timer.Reset(time.Until(begun.Add(half)))
		_ = msg.InProgress() // if it is lost, a redelivery finds the lease taken
	}
}

// look ends the context if the half is over.
func (h *hold) look() {
	if !time.Now().Before(*h.end.Load()) {
		h.cancel(errLost)
	}
}

// gate is a limiter that looks at the lease before each request. A process that was stopped
// for long could send one before its timers fire.
type gate struct{ docferry.Limiter }

// Wait implements [docferry.Limiter].
func (g gate) Wait(ctx context.Context) error {
	if err := g.Limiter.Wait(ctx); err != nil {
		return err
	}
	if h, ok := ctx.Value(holdKey{}).(*hold); ok {
		h.look()
	}
	return ctx.Err() // nil if the request only cleans up
}

// stop ends the context. The lease runs out, unless release ends it.
func (h *hold) stop() {
	h.cancel(context.Canceled)
	<-h.kept
}

// release ends a lease that was stopped, so that another worker need not wait.
func (h *hold) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	_ = h.leases.Delete(ctx, h.key, jetstream.LastRevision(h.revision)) // it runs out in any case
}

// self names this process.
func self() string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s %d", host, os.Getpid())
}
