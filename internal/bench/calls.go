package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"time"
)

// call is one call of a service, which checks what comes back.
type call func(context.Context) error

// operation is a call that is measured, by client.
type operation struct {
	name    string
	clients []string // in the order of the table; the floor is the first
	calls   map[string]call
}

// operations are the calls of all clients. If shared is true, they all use
// transports that keep as many connections as there are callers.
func operations(at site, shared bool) ([]operation, error) {
	clients := []struct {
		name  string
		calls func(site, bool) (map[string]call, error)
	}{{"floor", floorCalls}, {"docferry", docferryCalls}, {"SDK v1", v1Calls}, {"SDK v2", v2Calls}}
	names := []string{startAttachmentUpload, initiateDocumentVersionUpload, getTranscript, describeFolderContents}
	list := make([]operation, len(names))
	for n, name := range names {
		list[n] = operation{name: name, calls: map[string]call{}}
	}
	for _, client := range clients {
		calls, err := client.calls(at, shared)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", client.name, err)
		}
		for n, name := range names {
			if do := calls[name]; do != nil {
				list[n].clients = append(list[n].clients, client.name)
				list[n].calls[client.name] = do
			}
		}
	}
	return list, nil
}

// The operations by name.
const (
	startAttachmentUpload         = "Connect StartAttachmentUpload"
	initiateDocumentVersionUpload = "WorkDocs InitiateDocumentVersionUpload"
	getTranscript                 = "Connect GetTranscript, 100 items"
	describeFolderContents        = "WorkDocs DescribeFolderContents, 100 documents"
)

// missing is a row for the client that has no call of an operation here.
func (o operation) missing() []series {
	if o.calls["SDK v2"] == nil {
		return []series{{name: "SDK v2 (not measured)"}}
	}
	return nil
}

// singleCalls measures calls one after the other.
func (b *bench) singleCalls(ctx context.Context) error {
	list, err := operations(b.at, false)
	if err != nil {
		return err
	}
	for _, op := range list {
		var all []contestant
		for _, client := range op.clients {
			all = append(all, contestant{client, func(ctx context.Context) (sample, error) {
				return labelled(ctx, client, op.name, func(ctx context.Context) (sample, error) {
					return repeat(ctx, op.calls[client], b.duration)
				})
			}})
		}
		results, err := compete(ctx, b.rounds, all)
		if err != nil {
			return err
		}
		table(b.out, op.name, append(results, op.missing()...),
			value("µs/op", wall, microseconds), ratio("time × floor", wall), value("CPU µs/op", cpu, microseconds),
			ratio("CPU × floor", cpu), value("allocs/op", allocs, whole), value("B/op", heap, whole))
	}
	return nil
}

// manyCalls measures calls of many goroutines on one client.
func (b *bench) manyCalls(ctx context.Context) error {
	for _, shared := range []bool{false, true} {
		list, err := operations(b.at, shared)
		if err != nil {
			return err
		}
		for _, op := range list[:2] {
			var all []contestant
			for _, client := range op.clients {
				all = append(all, contestant{client, func(ctx context.Context) (sample, error) {
					return labelled(ctx, client, op.name, func(ctx context.Context) (sample, error) {
						return together(ctx, op.calls[client], b.callers, b.duration)
					})
				}})
			}
			results, err := compete(ctx, b.rounds, all)
			if err != nil {
				return err
			}
			title := op.name + ", each with its own transport"
			if shared {
				title = op.name + ", each with a transport that keeps 64 connections"
			}
			table(b.out, title, append(results, op.missing()...), value("calls/s", rate, whole), ratio("calls/s × floor", rate),
				value("CPU µs/op", cpu, microseconds), ratio("CPU × floor", cpu))
		}
	}
	return nil
}

// labelled runs a measurement under labels that the profiler shows.
func labelled(
	ctx context.Context, client, what string, do func(context.Context) (sample, error),
) (s sample, err error) {
	pprof.Do(ctx, pprof.Labels("client", client, "what", what), func(ctx context.Context) { s, err = do(ctx) })
	return s, err
}

// repeat makes calls for a while.
func repeat(ctx context.Context, do call, while time.Duration) (sample, error) {
	runtime.GC() // of what others have left behind
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	used, start, ops := cpuTime(), time.Now(), 0
	for ops == 0 || time.Since(start) < while {
		if err := do(ctx); err != nil {
			return sample{}, err
		}
		ops++
	}
	s := sample{Ops: ops, Wall: time.Since(start), CPU: cpuTime() - used}
	runtime.ReadMemStats(&after)
	s.Allocs, s.Bytes = after.Mallocs-before.Mallocs, after.TotalAlloc-before.TotalAlloc
	return s, nil
}

// together makes calls from many goroutines for a while.
func together(ctx context.Context, do call, callers int, while time.Duration) (sample, error) {
	runtime.GC()
	failed := make([]error, callers)
	var ops atomic.Int64
	var group sync.WaitGroup
	used, start := cpuTime(), time.Now()
	for caller := range callers {
		group.Go(func() {
			for first := true; failed[caller] == nil && (first || time.Since(start) < while); first = false {
				failed[caller] = do(ctx)
				ops.Add(1)
			}
		})
	}
	group.Wait()
	s := sample{Ops: int(ops.Load()), Wall: time.Since(start), CPU: cpuTime() - used}
	return s, errors.Join(failed...)
}
