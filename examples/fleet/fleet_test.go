package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docferry/docferry/upload/tree"
	"github.com/docferry/docferry/workdocs/workdocstest"
	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// isFleet makes the test binary the program, for the processes that the demo starts.
const isFleet = "DOCFERRY_TEST_IS_FLEET"

func TestMain(m *testing.M) {
	if os.Getenv(isFleet) != "" {
		main()
	}
	os.Exit(m.Run())
}

// Whatever is killed, each document is stored once, and the fleet keeps to its rate.
func TestDemo(t *testing.T) {
	t.Setenv(isFleet, "1")
	for _, to := range []string{"workdocs", "oracle"} {
		t.Run(to, func(t *testing.T) {
			o := &options{account: account{to: to}, documents: 200, workers: 4, parallel: 2, kills: 10,
				killEvery: 200 * time.Millisecond, seed: 7, rate: 300, lease: time.Second}
			f, err := demo(t.Context(), o, t.Logf)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(f)
			if f.stored != 200 || f.versions != 200 || f.drafts != 0 || f.deliveries < 200 || f.kills < 3 {
				t.Errorf("the figures are %v", f)
			}
			// Each loop of a worker may be late with one request, those of new workers too.
			if late := 2 * (4 + 5); f.peak > 300+1+late {
				t.Errorf("%d requests in a second", f.peak)
			}
		})
	}
}

// fleet is a queue, and a WorkDocs to copy to.
type fleet struct {
	*queue

	t   *testing.T
	nc  *nats.Conn
	srv *workdocstest.Server
	to  func(string) tree.Destination
	dir string
}

func newFleet(t *testing.T, lease time.Duration) *fleet {
	t.Helper()
	ns, err := startNATS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ns.Shutdown(); ns.WaitForShutdown() })
	f := &fleet{t: t, dir: t.TempDir(), srv: workdocstest.NewServer(t)}
	if f.nc, err = nats.Connect(ns.ClientURL()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.nc.Close)
	if f.queue, err = createQueue(t.Context(), f.nc, "fleet", lease); err != nil {
		t.Fatal(err)
	}
	_, token := f.srv.AddUser(workdocstest.Administrator)
	t.Setenv("WORKDOCS_TOKEN", token)
	s, err := (&account{to: "workdocs", endpoint: f.srv.URL}).open(f.limiter())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	f.to = s.folder
	return f
}

// write writes a file.
func (f *fleet) write(name, content string) {
	f.t.Helper()
	full := filepath.Join(f.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o700), os.WriteFile(full, []byte(content), 0o600)); err != nil {
		f.t.Fatal(err)
	}
}

// plan plans what was written, and returns what it prints.
func (f *fleet) plan() (string, error) {
	out := &lines{}
	err := plan(f.t.Context(), f.queue, f.to(f.srv.RootFolder()), os.DirFS(f.dir), out.logf)
	return out.String(), err
}

// worker returns a worker.
func (f *fleet) worker() *worker {
	f.t.Helper()
	from, err := os.OpenRoot(f.dir)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = from.Close() })
	return &worker{queue: f.queue, folder: f.to, from: from, logf: f.t.Logf}
}

// drain lets two workers copy until the queue is empty, and returns their tally.
func (f *fleet) drain() (string, error) {
	w := f.worker()
	err := w.run(f.t.Context(), 2, true)
	return w.tally.String(), err
}

// stored returns the versions of all documents, a draft as "draft".
func (f *fleet) stored() map[string][]string {
	got := make(map[string][]string)
	for _, i := range f.srv.Items() {
		for _, v := range i.Versions {
			content, _ := f.srv.Content(i.ID, v.ID)
			if v.Draft {
				content = []byte("draft")
			}
			name := strings.Join(i.Path, "/")
			got[name] = append(got[name], string(content))
		}
	}
	return got
}

func (f *fleet) want(want map[string][]string) {
	f.t.Helper()
	if diff := cmp.Diff(want, f.stored()); diff != "" {
		f.t.Errorf("stored (-want +got):\n%s", diff)
	}
}

// lines are what a program prints.
type lines struct {
	mu sync.Mutex
	strings.Builder
}

func (l *lines) logf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.WriteString(strings.TrimSpace(fmt.Sprintf(format, args...)) + "\n")
}

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
	got, err := f.drain()
	if got != "3 stored, 0 found stored, 0 failed, 0 leases lost, 1 changed since they were planned" || err == nil {
		t.Errorf("%s, error %v", got, err)
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
	if got, err := f.drain(); err != nil || !strings.HasPrefix(got, "1 stored, 1 found stored, 0 failed") {
		t.Errorf("%s, error %v", got, err)
	}
	f.want(map[string][]string{"same.txt": {"same"}, "other.txt": {"abcd", "efgh"}})
}

// A draft that a worker has left is removed by the next one.
func TestDraftOfAnEarlierWorker(t *testing.T) {
	f := newFleet(t, time.Second)
	f.write("a.txt", "a")
	if out, err := f.plan(); err != nil {
		t.Fatal(err, out)
	}
	f.srv.Next("PutObject", workdocstest.Answer(http.StatusForbidden, ""))
	f.srv.Next("AbortDocumentVersionUpload", workdocstest.Refuse(http.StatusForbidden, "UnauthorizedOperationException", ""))
	if got, err := f.drain(); err != nil || !strings.HasPrefix(got, "1 stored, 0 found stored, 1 failed") {
		t.Errorf("%s, error %v", got, err)
	}
	f.want(map[string][]string{"a.txt": {"a"}})
}

// held is a fault that holds a call up until release is closed. begun is closed before.
func held(begun, release chan struct{}) workdocstest.Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			close(begun)
			<-release
			next.ServeHTTP(w, r)
		})
	}
}

// An upload that takes longer than a lease is delivered once.
func TestLongUpload(t *testing.T) {
	f := newFleet(t, 500*time.Millisecond)
	f.write("a.txt", "a")
	if out, err := f.plan(); err != nil {
		t.Fatal(err, out)
	}
	begun, release := make(chan struct{}), make(chan struct{})
	f.srv.Next("PutObject", held(begun, release))
	watcher, err := f.leases.WatchAll(t.Context(), jetstream.UpdatesOnly())
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(release)
		for range 20 { // eight renewals are a lease
			if <-watcher.Updates() == nil {
				return
			}
		}
	}()
	if got, err := f.drain(); err != nil || !strings.HasPrefix(got, "1 stored, 0 found stored, 0 failed, 0 leases lost") {
		t.Errorf("%s, error %v", got, err)
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
	f.write("a.txt", "a")
	if out, err := f.plan(); err != nil {
		t.Fatal(err, out)
	}
	begun, release := make(chan struct{}), make(chan struct{})
	f.srv.Next("PutObject", held(begun, release))
	first := f.worker()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- first.run(ctx, 1, true) }()
	<-begun
	keys, err := f.leases.Keys(t.Context())
	if err != nil || len(keys) != 1 {
		t.Fatal(keys, err)
	}
	if _, err := f.leases.PutString(t.Context(), keys[0], "a thief"); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	close(release)
	if got := first.tally.String(); !strings.HasPrefix(got, "1 stored, 0 found stored, 0 failed, 1 leases lost") {
		t.Error(got)
	}
	f.want(map[string][]string{"a.txt": {"a"}})
}

// Without NATS, a worker gives up before anybody else can have its lease.
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
	if took := time.Since(begun); !errors.Is(context.Cause(ctx), errLost) || took < 2*time.Second || took > 3*time.Second {
		t.Errorf("%v after %v", context.Cause(ctx), took)
	}
	h.stop()
}

// Three clients together send no more than one may.
func TestLimiter(t *testing.T) {
	f := newFleet(t, time.Second)
	if err := f.limiter().set(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	begun := time.Now()
	for range 3 {
		nc, err := nats.Connect(f.nc.ConnectedUrl())
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		q, err := openQueue(t.Context(), nc, "fleet")
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			for range 30 {
				if err := q.limiter().Wait(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if took := time.Since(begun); took < 880*time.Millisecond || took > 3*time.Second {
		t.Errorf("90 requests at 100 a second took %v", took)
	}
}

func TestMistakes(t *testing.T) {
	for _, args := range [][]string{
		{"-nonsense"}, {"dance"}, {"demo", "word"}, {"demo", "-to", "nowhere"}, {"plan"}, {"plan", "-folder", "f"},
		{"work"}, {"work", "-from", t.TempDir(), "-nats", "nats://127.0.0.1:1"}, {"work", "-rate", "1"},
	} {
		out := &lines{}
		err := run(t.Context(), args, out)
		if err == nil || strings.Contains(err.Error(), "\n") || out.String() != "" {
			t.Errorf("%q: %v, output %q", args, err, out)
		}
	}
}
