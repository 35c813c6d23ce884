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
		b := &batch{ended: make(chan Outcome), taken: make(chan taken)}
		next, stop := iter.Pull2(items)
		defer func() { // also when the caller stops, or panics
			cancel()
			for ; b.busy > 0; b.busy-- {
				<-b.ended
			}
			if b.taking {
				<-b.taken
			}
			stop()
		}()
		for more := true; more || b.busy > 0; {
			if more && !b.taking && b.busy < max(n, 1) {
				b.take(next)
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
			case o := <-b.ended:
				b.busy--
				if !yield(o) {
					return
				}
			}
		}
	}
}

// batch is the state of uploading many items.
type batch struct {
	ended  chan Outcome
	busy   int // uploads in progress
	index  int // of the next item
	taken  chan taken
	taking bool // the sequence is at its next item
}

// taken is what a step of the sequence has given.
type taken struct {
	item     Item
	err      error
	ok       bool // false if the sequence has ended
	panicked any
}

// take lets the sequence make its next step.
func (b *batch) take(next func() (Item, error, bool)) {
	b.taking = true
	go func() {
		var t taken
		defer func() { // also if the sequence panics or calls runtime.Goexit, which ends it
			t.panicked = recover()
			b.taken <- t
		}()
		t.item, t.err, t.ok = next()
	}()
}

// start uploads an item.
func (b *batch) start(ctx context.Context, t taken) {
	o := Outcome{Index: b.index, Source: t.item.Source, Err: errGone}
	b.index++
	b.busy++
	go func() {
		defer func() { b.ended <- o }()
		if t.err != nil {
			o.Err = &Error{Name: o.Source.Name, Stage: StageSource, State: StateNotStarted, Err: t.err}
			return
		}
		o.Result, o.Err = one(ctx, t.item.To, o.Source)
	}()
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
