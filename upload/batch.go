package upload

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// Outcome is the result of uploading one source of many.
type Outcome struct {
	Index  int // the position of the source in the sequence, from 0
	Source Source
	Result *Result // nil if Err is not
	Err    error
}

// Each uploads sources, at most n at a time, and yields an outcome for each of
// them, in the order in which they end. A source is taken from the sequence
// only when there is room for it, so memory does not grow with their number.
// When ctx ends, uploads in progress end as their uploader does, and all
// further sources are reported as not started. When the caller stops ranging,
// uploads in progress are cancelled and waited for, and no further source is
// taken.
func Each(ctx context.Context, u Uploader, n int, sources iter.Seq[Source]) iter.Seq[Outcome] {
	return func(yield func(Outcome) bool) {
		ctx, cancel := context.WithCancel(ctx)
		ended := make(chan Outcome)
		busy, index, more := 0, 0, true
		defer func() { // also when the caller stops, or panics
			cancel()
			for ; busy > 0; busy-- {
				<-ended
			}
		}()
		next, stop := iter.Pull(sources)
		defer stop()
		for more || busy > 0 {
			for more && busy < max(n, 1) {
				src, ok := next()
				if more = ok; !ok {
					break
				}
				o := Outcome{Index: index, Source: src}
				index++
				busy++
				o.Err = errGone
				go func() {
					defer func() { ended <- o }()
					o.Result, o.Err = one(ctx, u, o.Source)
				}()
			}
			if busy > 0 {
				o := <-ended
				busy--
				if !yield(o) {
					return
				}
			}
		}
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
	result, err = u.Upload(ctx, src)
	if err == nil && result == nil {
		err = errors.New("upload: the uploader returned neither a result nor an error")
	}
	return result, err
}
