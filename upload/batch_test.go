package upload_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/internal/emulate"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/uploadtest"
)

// numbered returns n sources, and counts those that were taken.
func numbered(n int, taken *atomic.Int64) iter.Seq[upload.Source] {
	return func(yield func(upload.Source) bool) {
		for i := range n {
			taken.Add(1)
			if !yield(upload.Bytes(strconv.Itoa(i), []byte(strconv.Itoa(i)))) {
				return
			}
		}
	}
}

// accounted wants each index once, with its own source, and either a result or
// an error.
func accounted(t *testing.T, outcomes []upload.Outcome, n int) {
	t.Helper()
	var got []int
	for _, o := range outcomes {
		if o.Source.Name != strconv.Itoa(o.Index) || (o.Result == nil) == (o.Err == nil) {
			t.Errorf("outcome %d: %q, %v, %v", o.Index, o.Source.Name, o.Result, o.Err)
		}
		got = append(got, o.Index)
	}
	slices.Sort(got)
	want := make([]int, n)
	for i := range want {
		want[i] = i
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("indices (-want +got):\n%s", diff)
	}
}

func TestEachIsBounded(t *testing.T) {
	for _, n := range []int{-1, 0, 1, 3, 100} {
		synctest.Test(t, func(t *testing.T) {
			var taken, busy, most atomic.Int64
			u := upload.Func(func(_ context.Context, src upload.Source) (*upload.Result, error) {
				raise(&most, busy.Add(1))
				time.Sleep(time.Second)
				busy.Add(-1)
				return &upload.Result{ID: src.Name}, nil
			})
			began := time.Now()
			outcomes := slices.Collect(upload.Each(background, u, n, numbered(50, &taken)))
			accounted(t, outcomes, 50)
			room := min(max(n, 1), 50)
			if want := time.Duration((50+room-1)/room) * time.Second; most.Load() != int64(room) || time.Since(began) != want {
				t.Errorf("n is %d: %d at once, in %v, want %v", n, most.Load(), time.Since(began), want)
			}
		})
	}
}

// raise makes n at least v.
func raise(n *atomic.Int64, v int64) {
	for {
		if old := n.Load(); v <= old || n.CompareAndSwap(old, v) {
			return
		}
	}
}

// What is taken from the sequence is uploaded: there is no queue.
func TestEachIsLazy(t *testing.T) {
	var taken atomic.Int64
	each := upload.Each(background, uploadtest.NewMemory(), 4, numbered(100, &taken))
	if taken.Load() != 0 {
		t.Error("sources are taken before anybody ranges")
	}
	ended := int64(0)
	for range each {
		if ended++; taken.Load() > ended+3 {
			t.Fatalf("%d sources are taken when %d have ended", taken.Load(), ended)
		}
	}
	for range each { // again, from the start
		ended++
	}
	if ended != 200 || taken.Load() != 200 {
		t.Errorf("%d ended, %d taken", ended, taken.Load())
	}
	for range upload.Each(background, uploadtest.NewMemory(), 4, numbered(0, &taken)) {
		t.Error("an outcome of nothing")
	}
}

// TestEachOfMany is F106: the number of sources does not matter to memory.
func TestEachOfMany(t *testing.T) {
	const n, room = 100_000, 8
	var live, most atomic.Int64
	sources := func(yield func(upload.Source) bool) {
		for i := range n {
			most.Store(max(most.Load(), live.Add(1)))
			if !yield(upload.Bytes(strconv.Itoa(i), nil)) {
				return
			}
		}
	}
	u := upload.Func(func(_ context.Context, src upload.Source) (*upload.Result, error) {
		return &upload.Result{ID: src.Name}, nil
	})
	seen := make([]bool, n)
	for o := range upload.Each(background, u, room, sources) {
		live.Add(-1)
		if o.Err != nil || seen[o.Index] {
			t.Fatalf("outcome %d: %v, seen %v", o.Index, o.Err, seen[o.Index])
		}
		seen[o.Index] = true
	}
	if slices.Contains(seen, false) || live.Load() != 0 || most.Load() > room {
		t.Errorf("%d sources were there at once, %d are left", most.Load(), live.Load())
	}
}

// TestEachWithFailures is F107.
func TestEachWithFailures(t *testing.T) {
	var taken atomic.Int64
	memory := uploadtest.NewMemory()
	cause := func(i int) error { return fmt.Errorf("%w %d", errUntyped, i) }
	u := upload.Func(func(ctx context.Context, src upload.Source) (*upload.Result, error) {
		if i, _ := strconv.Atoi(src.Name); i%7 == 0 {
			return nil, cause(i)
		}
		return memory.Upload(ctx, src)
	})
	outcomes := slices.Collect(upload.Each(background, u, 5, numbered(100, &taken)))
	accounted(t, outcomes, 100)
	for _, o := range outcomes {
		if failed := o.Index%7 == 0; failed != (o.Err != nil) || failed && o.Err.Error() != cause(o.Index).Error() {
			t.Errorf("%d: %v", o.Index, o.Err)
		}
	}
	if stored, _ := memory.Count(); stored != 85 {
		t.Errorf("%d are stored", stored)
	}
}

// TestEachCancelled is F108: what runs is cleaned up, what waits is not
// started, and all of it is told.
func TestEachCancelled(t *testing.T) {
	inBubble(t, func(s *service, _ *emulate.Desk) {
		ctx, cancel := context.WithCancel(background)
		sources := func(yield func(upload.Source) bool) {
			for i := range 40 {
				size := int64(10)
				open := upload.Bytes("", noise(10)).Open
				if i >= 20 { // does not end by itself
					size = 1 << 40
					open = func(context.Context) (io.ReadCloser, error) {
						return io.NopCloser(readerFunc(func(p []byte) (int, error) {
							time.Sleep(time.Second)
							return len(p), nil
						})), nil
					}
				}
				if !yield(upload.From(strconv.Itoa(i), size, open)) {
					return
				}
			}
		}
		s.MaxSize = 1 << 41
		time.AfterFunc(10*time.Second, cancel)
		outcomes := slices.Collect(upload.Each(ctx, s, 4, sources))
		accounted(t, outcomes, 40)
		states := make(map[upload.State]int)
		for _, o := range outcomes {
			if ended, ok := errors.AsType[*upload.Error](o.Err); ok && errors.Is(o.Err, context.Canceled) {
				states[ended.State]++
			} else if o.Err != nil {
				t.Error(o.Err)
			}
		}
		if diff := cmp.Diff(map[upload.State]int{rolledBack: 4, notStarted: 16}, states); diff != "" {
			t.Errorf("endings (-want +got):\n%s", diff)
		}
		begins := len(slices.DeleteFunc(s.made(), func(call string) bool { return call != callBegin }))
		if final, begun := s.count(); final != 20 || begun != 0 || begins != 24 {
			t.Errorf("%d were begun, %d are final and %d not", begins, final, begun)
		}
	})
}

// TestEachMintsLate is F17: a URL is asked for when its content is next, so
// that none runs out in a queue.
func TestEachMintsLate(t *testing.T) {
	inBubble(t, func(s *service, _ *emulate.Desk) {
		place := s.place
		s.place = func(id string, src upload.Source) (string, map[string]string) {
			time.Sleep(time.Second) // of the 5 s that follow
			return place(id, src)
		}
		slotWith(func(slot *upload.Slot) { slot.Lifetime = 5 * time.Second }, nil)(s)
		sources := func(yield func(upload.Source) bool) {
			for i := range 64 {
				src := upload.From(strconv.Itoa(i), 1, func(context.Context) (io.ReadCloser, error) {
					return io.NopCloser(readerFunc(func(p []byte) (int, error) {
						time.Sleep(2 * time.Second)
						p[0] = 'x'
						return 1, io.EOF
					})), nil
				})
				if !yield(src) {
					return
				}
			}
		}
		accounted(t, slices.Collect(upload.Each(background, s, 2, sources)), 64)
		final, begun := s.count()
		calls := make(map[string]int)
		for _, call := range s.made() {
			calls[call]++
		}
		if diff := cmp.Diff(map[string]int{callBegin: 64, callPut: 64, callCommit: 64}, calls); diff != "" || final != 64 ||
			begun != 0 {
			t.Errorf("%d are final, %d begun; calls (-want +got):\n%s", final, begun, diff)
		}
	})
}

// A caller that breaks off gets back control when nothing runs any more.
func TestEachBroken(t *testing.T) {
	for name, leave := range map[string]func(each iter.Seq[upload.Outcome]){
		"break": func(each iter.Seq[upload.Outcome]) {
			for range each {
				break
			}
		},
		"panic": func(each iter.Seq[upload.Outcome]) {
			defer func() { _ = recover() }()
			for range each {
				panic("oh")
			}
		},
		"stopped pull": func(each iter.Seq[upload.Outcome]) {
			next, stop := iter.Pull(each)
			_, _ = next()
			stop()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var taken, running, cancelled atomic.Int64
				u := upload.Func(func(ctx context.Context, src upload.Source) (*upload.Result, error) {
					running.Add(1)
					defer running.Add(-1)
					if src.Name == "0" {
						time.Sleep(time.Second)
						return &upload.Result{}, nil
					}
					<-ctx.Done()
					cancelled.Add(1)
					time.Sleep(time.Minute) // to clean up
					return nil, ctx.Err()
				})
				began := time.Now()
				leave(upload.Each(background, u, 4, numbered(100, &taken)))
				if running.Load() != 0 || cancelled.Load() != 3 || taken.Load() != 4 ||
					time.Since(began) != time.Second+time.Minute {
					t.Errorf("%d run, %d were cancelled, %d taken, after %v", running.Load(), cancelled.Load(), taken.Load(),
						time.Since(began))
				}
			})
		})
	}
}

// TestEachPanics is F110: a callback that panics fails its own upload, and no
// other.
func TestEachPanics(t *testing.T) {
	inBubble(t, func(s *service, _ *emulate.Desk) {
		oh := func() { panic("oh") }
		sources := []upload.Source{
			upload.Bytes("0", []byte("0")),
			upload.From("1", 1, func(context.Context) (io.ReadCloser, error) { oh(); return nil, nil }),
			upload.From("2", 1, func(context.Context) (io.ReadCloser, error) {
				return io.NopCloser(readerFunc(func([]byte) (int, error) { oh(); return 0, nil })), nil
			}),
			upload.WithProgress(upload.Bytes("3", []byte("3")), func(upload.Progress) { oh() }),
			upload.Bytes("4", []byte("4")),
			upload.Bytes("5", []byte("5")),
		}
		sources[4].Check = func() error { oh(); return nil }
		outcomes := slices.Collect(upload.Each(background, s, 2, slices.Values(sources)))
		accounted(t, outcomes, 6)
		for _, o := range outcomes {
			if good := o.Index == 0 || o.Index == 5; good != (o.Err == nil) || !good && !strings.Contains(o.Err.Error(), "oh") {
				t.Errorf("%d: %v", o.Index, o.Err)
			}
		}
		if final, begun := s.count(); final != 2 || begun != 0 {
			t.Errorf("%d are final and %d begun", final, begun)
		}
	})
}

// An uploader that gives nothing, or ends its goroutine, is told too.
func TestEachWithoutWord(t *testing.T) {
	var taken atomic.Int64
	for name, u := range map[string]upload.Uploader{
		"nothing": upload.Func(func(context.Context, upload.Source) (*upload.Result, error) { return nil, nil }),
		"gone": upload.Func(func(context.Context, upload.Source) (*upload.Result, error) {
			runtime.Goexit()
			return nil, nil
		}),
		"nil": nil,
	} {
		outcomes := slices.Collect(upload.Each(background, u, 2, numbered(5, &taken)))
		accounted(t, outcomes, 5)
		for _, o := range outcomes {
			if o.Err == nil {
				t.Errorf("%s: %+v", name, o)
			}
		}
	}
}
