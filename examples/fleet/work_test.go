package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry/workdocs/workdocstest"
	"github.com/nats-io/nats.go/jetstream"
)

// What is planned twice is there once; what has changed is planned again.
func TestPlanTwice(t *testing.T) {
	f := newFleet(t, time.Second)
	f.write("a.txt", "a")
	f.write("sub/b.txt", "b")
	f.write("sub/deep/c.txt", "")
	for _, step := range []struct {
		before func()
		want   string
		fails  bool
		then   uint64 // how many messages there are
	}{
		{nil, "plan: 3 messages, 0 of them in the queue before, 2 folders made\n", false, 3},
		{nil, "plan: 3 messages, 3 of them in the queue before, 0 folders made\n", false, 3},
		{func() { f.write("a.txt", "other") }, "plan: 3 messages, 2 of them in the queue before, 0 folders made\n", false, 4},
		{func() { f.write("A.txt", "") }, `not planned: copy "A.txt": `, true, 4},
	} {
		if step.before != nil {
			step.before()
		}
		out, err := f.plan()
		if !strings.HasPrefix(out, step.want) || (err != nil) != step.fails {
			t.Errorf("it prints %q, error %v; want %q", out, err, step.want)
		}
		if info, err := f.stream.Info(t.Context()); err != nil || info.State.Msgs != step.then {
			t.Errorf("%v; there are %d messages, want %d", err, info.State.Msgs, step.then)
		}
	}
	// The message about the first content of a.txt leads nowhere.
	if err := f.drain(tally{stored: 3, changed: 1}); err == nil {
		t.Error("that a file has changed is no error")
	}
	f.want(map[string][]string{"a.txt": {"other"}, "sub/b.txt": {"b"}, "sub/deep/c.txt": {""}})
}

// What the service has already is compared, and stored only if it is other content.
func TestThereBefore(t *testing.T) {
	f := newFleet(t, time.Second)
	f.srv.AddDocument(f.srv.RootFolder(), "same.txt", []byte("same"))
	f.srv.AddDocument(f.srv.RootFolder(), "other.txt", []byte("abcd"))
	f.write("same.txt", "same")
	f.write("other.txt", "efgh")
	if out, err := f.plan(); err != nil {
		t.Fatal(err, out)
	}
	if err := f.drain(tally{stored: 1, same: 1}); err != nil {
		t.Error(err)
	}
	f.want(map[string][]string{"same.txt": {"same"}, "other.txt": {"abcd", "efgh"}})
}

// A draft that a worker has left is removed by the next one.
func TestDraftOfAnEarlierWorker(t *testing.T) {
	f := newFleet(t, time.Second)
	f.planOne()
	f.srv.Next("PutObject", workdocstest.Answer(http.StatusForbidden, ""))
	f.srv.Next("AbortDocumentVersionUpload",
		workdocstest.Refuse(http.StatusForbidden, "UnauthorizedOperationException", ""))
	if err := f.drain(tally{stored: 1, failed: 1}); err != nil {
		t.Error(err)
	}
	f.want(map[string][]string{"a.txt": {"a"}})
}

// A document that may be stored is left alone for a lease, and then found.
func TestUnknownOutcome(t *testing.T) {
	f := newFleet(t, time.Second)
	f.planOne()
	f.srv.Next("GetDocumentVersion", workdocstest.Refuse(http.StatusForbidden, "UnauthorizedOperationException", ""))
	begun := time.Now()
	if err := f.drain(tally{same: 1, failed: 1}); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took < time.Second {
		t.Errorf("it was tried again after %v", took)
	}
	f.want(map[string][]string{"a.txt": {"a"}})
}

// held is a fault that holds a call up until release is closed. It closes begun before.
func held(begun, release chan struct{}) workdocstest.Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			close(begun)
			<-release
			next.ServeHTTP(w, r)
		})
	}
}

// An upload that takes longer than a lease is delivered once, although another worker waits.
func TestLongUpload(t *testing.T) {
	f := newFleet(t, time.Second)
	f.planOne()
	begun, release := make(chan struct{}), make(chan struct{})
	f.srv.Next("PutObject", held(begun, release))
	watcher, err := f.leases.WatchAll(t.Context(), jetstream.UpdatesOnly())
	if err != nil {
		t.Fatal(err)
	}
	second := f.worker()
	done := make(chan error, 1)
	go func() {
		defer close(release)
		<-begun
		go func() { done <- second.run(t.Context(), true) }()
		for range 16 { // eight renewals are a lease
			if <-watcher.Updates() == nil {
				return
			}
		}
	}()
	if err := f.drain(tally{stored: 1}); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil || second.tally != (tally{}) {
		t.Errorf("the second worker: %v, %v", second.tally, err)
	}
	_ = watcher.Stop()
	info, err := f.consumer.Info(t.Context())
	if err != nil || info.Delivered.Consumer != 1 {
		t.Errorf("%v; there were %d deliveries", err, info.Delivered.Consumer)
	}
	f.want(map[string][]string{"a.txt": {"a"}})
}

// A worker that lost its lease in the middle of an upload stores nothing, even if its
// content arrives after the document is stored.
func TestLostLease(t *testing.T) {
	f := newFleet(t, time.Second)
	f.planOne()
	begun, release := make(chan struct{}), make(chan struct{})
	f.srv.Next("PutObject", held(begun, release))
	go func() {
		<-begun
		keys, err := f.leases.Keys(t.Context())
		if err != nil || len(keys) != 1 {
			t.Error(keys, err)
			return
		}
		if _, err := f.leases.PutString(t.Context(), keys[0], "a thief"); err != nil {
			t.Error(err)
		}
	}()
	if err := f.drain(tally{stored: 1, lost: 1}); err != nil {
		t.Error(err)
	}
	close(release)
	f.srv.Close() // when the held request has ended
	f.want(map[string][]string{"a.txt": {"a"}})
}

// A worker that is interrupted gives its document back, and does not keep its lease.
func TestInterrupted(t *testing.T) {
	f := newFleet(t, 10*time.Minute)
	f.planOne()
	begun, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	f.srv.Next("PutObject", held(begun, release))
	ctx, interrupt := context.WithCancel(t.Context())
	go func() {
		<-begun
		interrupt()
	}()
	w := f.worker()
	if err := w.run(ctx, true); err != nil || w.tally != (tally{failed: 1}) {
		t.Errorf("%v, error %v", w.tally, err)
	}
	if err := f.drain(tally{stored: 1}); err != nil {
		t.Error(err)
	}
	f.want(map[string][]string{"a.txt": {"a"}})
}

// Without NATS, a worker gives up before another one can have its lease.
func TestSilence(t *testing.T) {
	f := newFleet(t, 4*time.Second)
	begun := time.Now()
	ctx, h, err := f.acquire(t.Context(), "key", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.acquire(t.Context(), "key", nil); !errors.Is(err, errHeld) {
		t.Errorf("a second lease: %v", err)
	}
	f.nc.Close()
	<-ctx.Done()
	if took := time.Since(begun); !errors.Is(context.Cause(ctx), errLost) || took < 2*time.Second || took > 4*time.Second {
		t.Errorf("%v after %v", context.Cause(ctx), took)
	}
	h.stop()
}

// A worker whose lease has run out while its process was stopped sends no request, except to
// clean up.
func TestGate(t *testing.T) {
	f := newFleet(t, time.Minute)
	ctx, h, err := f.acquire(t.Context(), "key", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer h.stop()
	g := gate{f.limiter()}
	if err := g.Wait(ctx); err != nil {
		t.Errorf("in time: %v", err)
	}
	h.end.Store(new(time.Now()))
	if err := g.Wait(ctx); err == nil || !errors.Is(context.Cause(ctx), errLost) {
		t.Errorf("too late: %v", err)
	}
	if err := g.Wait(context.WithoutCancel(ctx)); err != nil {
		t.Errorf("for a clean-up: %v", err)
	}
}

// Of two workers that have read the same record, one can write.
func TestRecord(t *testing.T) {
	f := newFleet(t, time.Second)
	for _, step := range []struct {
		revision uint64
		want     error
	}{{0, nil}, {0, errLost}, {1, nil}, {1, errLost}} {
		if _, err := f.save(t.Context(), "key", record{Size: 5}, step.revision); !errors.Is(err, step.want) {
			t.Errorf("revision %d: %v", step.revision, err)
		}
	}
	if r, revision, err := f.load(t.Context(), "key"); err != nil || r.Size != 5 || revision != 2 {
		t.Errorf("%+v of revision %d, %v", r, revision, err)
	}
}
