package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// limiter is a [docferry.Limiter] that all processes of a fleet share, for the requests that
// a service admits in total. It gives each request a slot of its own, by the clock of the NATS
// server, and no request is sent before its slot. In any second, there is at most one request
// more than the rate, beside those that come late because their process was held up.
//
// Such limiters are often kept in Redis, for its atomic scripts. None is needed here: an
// update that fails if another one was faster is enough, and the queue's own store has that.
// Each request takes a read and an update of NATS, which is little beside a request to a
// document service. For many hundred requests a second, take several slots at a time.
type limiter struct{ records jetstream.KeyValue }

// slots is the state of the limiter.
type slots struct {
	Every time.Duration `json:"every"` // between two slots; 0 for no limit
	Next  time.Time     `json:"next"`  // the first slot that is free
}

const slotsKey = "slots"

// set sets how many requests a second there may be; 0 is no limit.
func (l *limiter) set(ctx context.Context, perSecond float64) error {
	if perSecond < 0 {
		return fmt.Errorf("-rate is %v; it cannot be negative", perSecond)
	}
	var s slots
	if perSecond > 0 {
		s.Every = time.Duration(float64(time.Second) / perSecond)
	}
	before, _, err := l.get(ctx)
	if err != nil || before.Every == s.Every {
		return err
	}
	text, err := json.Marshal(s)
	if err == nil {
		_, err = l.records.Put(ctx, slotsKey, text)
	}
	return err
}

// Wait takes the next slot and waits for it.
//
// The clocks of the machines are not compared. An entry has the time when the server wrote it,
// and is read after that. So a slot that is a second after that time has come at the server,
// too, when a second has passed here since the entry was read.
func (l *limiter) Wait(ctx context.Context) error {
	for {
		s, entry, err := l.get(ctx)
		if err != nil || s.Every == 0 {
			return err
		}
		read, written := time.Now(), entry.Created()
		slot := s.Next
		if slot.Before(written) {
			slot = written // the slots before that were not needed
		}
		s.Next = slot.Add(s.Every)
		text, err := json.Marshal(s)
		if err != nil {
			return err
		}
		switch _, err := l.records.Update(ctx, slotsKey, text, entry.Revision()); {
		case err == nil:
			return sleep(ctx, time.Until(read.Add(slot.Sub(written))))
		case !errors.Is(err, jetstream.ErrKeyRevisionMismatch): // otherwise another request was faster
			return err
		}
	}
}

func (l *limiter) get(ctx context.Context) (s slots, entry jetstream.KeyValueEntry, err error) {
	entry, err = l.records.Get(ctx, slotsKey)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return slots{}, nil, nil
	}
	if err != nil {
		return slots{}, nil, err
	}
	err = json.Unmarshal(entry.Value(), &s)
	return s, entry, err
}

// sleep waits, unless the context ends first.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
