package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

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
	revision uint64 // of the entry; the loop of keep changes it
	kept     chan struct{}
}

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
	go h.keep(ctx, begun, q.lease/2, msg)
	return ctx, h, nil
}

// keep renews the lease until the context ends, which it does when the last renewal is
// too long ago.
func (h *hold) keep(ctx context.Context, renewed time.Time, half time.Duration, msg jetstream.Msg) {
	defer close(h.kept)
	end := time.AfterFunc(time.Until(renewed.Add(half)), func() { h.cancel(errLost) })
	defer end.Stop()
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
		case !end.Stop():
			return // too late
		}
		end.Reset(time.Until(begun.Add(half)))
		h.revision = revision
		_ = msg.InProgress() // if it is lost, a redelivery finds the lease taken
	}
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
