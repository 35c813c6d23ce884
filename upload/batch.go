package upload

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/docferry/docferry"
)

// Item is one of many sources, and where it goes.
type Item struct {
	Source Source
	To     Uploader // required
}

// Outcome is the result of uploading one source of many.
type Outcome struct {
	Index  int // the position of the source in the sequence, from 0
	Source Source
	Result *Result // nil if Err is not
	Err    error
}

// Each uploads sources with one uploader, at most n at a time, and yields an outcome for
// each of them, as [EachItem] does.
func Each(ctx context.Context, u Uploader, n int, sources iter.Seq[Source]) iter.Seq[Outcome] {
	return EachItem(ctx, n, func(yield func(Item, error) bool) {
		for src := range sources {
			if !yield(Item{src, u}, nil) {
				return
			}
		}
	})
}

// EachItem uploads items, at most n at a time, and yields an outcome for each of them, in
// the order in which they end. An error of the sequence is the outcome of its item, which
// is not uploaded; the others are.
//
// An item is taken from the sequence only when there is room for it, so memory does not
// grow with their number. The sequence runs beside the range loop, one step at a time:
// while it waits for its next item, outcomes go on coming.
//
// When ctx ends, uploads in progress end as their uploader does, and all further items
// are reported as not started. When the caller stops ranging, uploads in progress are
// cancelled and waited for, as is a step of the sequence, and no further item is taken.
func EachItem(ctx context.Context, n int, items iter.Seq2[Item, error]) iter.Seq[Outcome] {
	return func(yield func(Outcome) bool) {
		ctx, cancel := context.WithCancel(ctx)
		b := &batch{work: make(chan job), ended: make(chan ending), step: make(chan struct{}), taken: make(chan taken)}
		next, stop := iter.Pull2(items)
		go b.take(next)
		defer func() { // also when the caller stops, or panics
			cancel()
			b.stop()
			stop()
		}()
		for more := true; more || b.busy > 0; {
			if more && !b.taking && b.busy < max(n, 1) {
				b.taking = true
				b.step <- struct{}{}
			}
			select {
			case t := <-b.taken:
				b.taking = false
				if t.panicked != nil {
					panic(t.panicked)
				}
				if more = t.ok; more {
					b.start(ctx, t)
				}
			case e := <-b.ended:
				b.count(e)
				if !yield(e.Outcome) {
					return
				}
			}
		}
	}
}

// batch is the state of uploading many items. Its goroutines are used for many items, since
// an upload needs a stack that would have to grow each time.
type batch struct {
	work    chan job // to the workers
	ended   chan ending
	workers int // goroutines for uploads
	busy    int // how many of them have one
	index   int // of the next item

	step   chan struct{} // the sequence is to make its next step
	taken  chan taken    // what that has given
	taking bool          // the sequence is at its next item
}

// count notes that an upload has ended.
func (b *batch) count(e ending) {
	b.busy--
	if e.gone {
		b.workers--
	}
}

// stop waits for what is under way, and ends the goroutines.
func (b *batch) stop() {
	for ; b.busy > 0; b.busy-- {
		<-b.ended
	}
	if b.taking {
		<-b.taken
	}
	close(b.work)
	close(b.step)
}

// taken is what a step of the sequence has given.
type taken struct {
	item     Item
	err      error
	ok       bool // false if the sequence has ended
	panicked any
}

// job is an item for a worker.
type job struct {
	taken
	index int
}

// ending is an outcome, and whether the worker has ended with it.
type ending struct {
	Outcome
	gone bool
}

// take makes the steps of the sequence.
func (b *batch) take(next func() (Item, error, bool)) {
	for range b.step {
		b.takeOne(next)
	}
}

func (b *batch) takeOne(next func() (Item, error, bool)) {
	var t taken
	defer func() { // also if the sequence panics or calls runtime.Goexit, which ends it
		t.panicked = recover()
		b.taken <- t
	}()
	t.item, t.err, t.ok = next()
}

// start gives an item to a worker.
func (b *batch) start(ctx context.Context, t taken) {
	if b.busy == b.workers {
		b.workers++
		go b.upload(ctx)
	}
	b.work <- job{t, b.index}
	b.index++
	b.busy++
}

// upload uploads items, one after the other.
func (b *batch) upload(ctx context.Context) {
	var o Outcome
	busy := false
	defer func() {
		if busy { // the upload has called runtime.Goexit
			b.ended <- ending{o, true}
		}
	}()
	for j := range b.work {
		o, busy = Outcome{Index: j.index, Source: j.item.Source, Err: errGone}, true
		if j.err != nil {
			o.Err = &Error{Name: o.Source.Name, Stage: StageSource, State: StateNotStarted, Err: j.err}
		} else {
			o.Result, o.Err = one(ctx, j.item.To, o.Source)
		}
		busy = false
		b.ended <- ending{o, false}
	}
}

// errGone is the error of an upload that called runtime.Goexit, as a failing
// test does.
var errGone = errors.New("upload: the uploader called runtime.Goexit")

// one uploads one source. A panic of a callback is that source's failure.
func one(ctx context.Context, u Uploader, src Source) (result *Result, err error) {
	defer func() {
		if v := recover(); v != nil {
			result, err = nil, &Error{Name: src.Name, Stage: StageSend, State: StateUnknown,
				Err: fmt.Errorf("the uploader panicked: %v", v)}
		}
	}()
	if err := ctx.Err(); err != nil {
		return nil, &Error{Name: src.Name, Stage: StageSource, State: StateNotStarted, Err: err}
	}
	if u == nil {
		return nil, &Error{Name: src.Name, Stage: StageSource, State: StateNotStarted,
			Err: &docferry.InputError{Service: defaultService, Operation: "EachItem", Field: "Item.To", Reason: "is required"}}
	}
	result, err = u.Upload(ctx, src)
	if err == nil && result == nil {
		err = errors.New("upload: the uploader returned neither a result nor an error")
	}
	return result, err
}
