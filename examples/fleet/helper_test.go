package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry/upload/tree"
	"github.com/docferry/docferry/workdocs/workdocstest"
	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
)

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
	if f.queue, err = createQueue(t.Context(), f.nc, lease); err != nil {
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
	var out strings.Builder
	err := plan(f.t.Context(), f.queue, f.to(f.srv.RootFolder()), os.DirFS(f.dir), func(format string, args ...any) {
		fmt.Fprintf(&out, format+"\n", args...)
	})
	return out.String(), err
}

// planOne plans one file.
func (f *fleet) planOne() {
	f.t.Helper()
	f.write("a.txt", "a")
	if out, err := f.plan(); err != nil {
		f.t.Fatal(err, out)
	}
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

// drain lets a worker copy until the queue is empty, and compares its tally.
func (f *fleet) drain(want tally) error {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), 30*time.Second)
	defer cancel()
	w := f.worker()
	err := w.run(ctx, true)
	if ctx.Err() != nil || w.tally != want {
		f.t.Errorf("%v, error %v, context %v; want %v", w.tally, err, ctx.Err(), want)
	}
	return err
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
