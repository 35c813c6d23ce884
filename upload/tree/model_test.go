package tree_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/chaos"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/journal"
	"github.com/docferry/docferry/upload/tree"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// refusals are what any service, or a gateway, may answer at any time.
var refusals = []chaos.Refusal{
	{Status: 429, Header: http.Header{"Retry-After": {"2"}}},
	{Status: 500, Gateway: true}, {Status: 502, Body: "<html>bad gateway</html>", Gateway: true}, {Status: 503, Gateway: true},
	{Status: 200, Body: "<html>please sign in</html>", Gateway: true},
}

// world is a service, and what is to be there.
type world struct {
	*testing.T

	rng   *rand.Rand
	to    tree.Destination // through faults
	net   *chaos.Transport
	calm  tree.Destination
	drops func() int // how many drafts there are
	// content returns that of a version, by the server's own account.
	content func(id, version string) []byte

	from    fstest.MapFS
	journal *journal.Journal
	at      time.Time
	edits   int
	vague   bool           // some outcome was unknown, so that something may be there that nobody knows of
	uploads map[string]int // reported, by path
}

// TestModel compares what copies report with what the server has stored, over random
// trees, changes and faults. Nothing that is reported as stored may be missing, and in
// the end everything is there once.
func TestModel(t *testing.T) {
	for name, open := range map[string]func(w *world, seed uint64) func(){"WorkDocs": openWorkDocs, "Oracle": openOracle} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			chaos.Part(t, 25, func(t *testing.T, seed uint64) string {
				w := &world{T: t, rng: rand.New(rand.NewPCG(seed, 3)), from: fstest.MapFS{}, uploads: make(map[string]int),
					journal: openJournal(t, filepath.Join(dir, fmt.Sprint("journal", seed))), at: time.Now().Add(-24 * time.Hour)}
				defer open(w, seed)()
				return w.run()
			}, "certain", "vague")
		})
	}
}

func openWorkDocs(w *world, seed uint64) func() {
	srv := workdocstest.New()
	w.net = chaos.New(srv, seed, []float64{0.02, 0.1, 0.3}[seed%3], refusals)
	folder := srv.AddFolder(srv.RootFolder(), "Copies")
	destination := func(transport http.RoundTripper) tree.Destination {
		c, err := workdocs.New(workdocs.Config{Endpoint: srv.URL, Credentials: srv.Credentials(),
			HTTP: docferry.HTTP{Transport: transport}})
		if err != nil {
			w.Fatal(err)
		}
		return c.Destination(workdocs.UploadTo{FolderID: folder})
	}
	w.to, w.calm = destination(w.net), destination(srv)
	w.content = func(id, version string) []byte {
		content, _ := srv.Content(id, version)
		return content
	}
	w.drops = func() (n int) {
		for _, i := range srv.Items() {
			for _, v := range i.Versions {
				if v.Draft {
					n++
				}
			}
		}
		return n
	}
	return func() {
		srv.Close()
		time.Sleep(time.Hour) // the server's connections take their time to close
	}
}

func openOracle(w *world, seed uint64) func() {
	srv := oracledocstest.New()
	w.net = chaos.New(srv, seed, []float64{0.02, 0.1, 0.3}[seed%3], refusals)
	folder := srv.AddFolder(oracledocstest.User, "self", "Copies")
	destination := func(transport http.RoundTripper) tree.Destination {
		c, err := oracledocs.New(oracledocs.Config{BaseURL: srv.URL, HTTP: docferry.HTTP{Transport: transport},
			Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password)})
		if err != nil {
			w.Fatal(err)
		}
		return c.Destination(oracledocs.UploadTo{FolderID: folder})
	}
	w.to, w.calm = destination(w.net), destination(srv)
	w.content = func(id, version string) []byte {
		number, _ := strconv.Atoi(version)
		content, _ := srv.Content(id, number)
		return content
	}
	w.drops = func() int { return 0 }
	return func() {
		srv.Close()
		time.Sleep(time.Hour)
	}
}

// run makes some copies. It returns whether all that is there is certain.
func (w *world) run() string {
	for range 1 + w.rng.IntN(4) {
		w.edit()
		w.copy(w.to)
		w.net.Wait()
		time.Sleep(time.Hour)
	}
	w.copy(w.calm) // it cleans up what is left, and finishes
	if failed := w.copy(w.calm); len(failed) > 0 {
		w.Errorf("a copy without faults fails: %v", failed)
	}
	if n := w.drops(); n > 0 {
		w.Errorf("%d drafts are left", n)
	}
	w.compare()
	if w.vague {
		return "vague"
	}
	return "certain"
}

// edit makes and changes files.
func (w *world) edit() {
	for range 1 + w.rng.IntN(8) {
		w.edits++
		dir := []string{"", "", "sub/", "sub/deep/", "caf\u00e9/"}[w.rng.IntN(5)]
		name := fmt.Sprintf("%sf%d", dir, w.rng.IntN(5))
		content := bytes.Repeat([]byte(fmt.Sprint(w.edits%3)), w.rng.IntN(3)*1000)
		w.from[name] = &fstest.MapFile{Data: content, ModTime: w.at.Add(time.Duration(w.edits) * time.Minute)}
	}
}

// copy copies once, and checks what it reports.
func (w *world) copy(to tree.Destination) (failed []error) {
	for o := range tree.Copy(w.Context(), to, w.from, tree.Options{Workers: 1 + w.rng.IntN(3), Journal: w.journal}) {
		if o.Err != nil {
			failed = append(failed, o.Err)
			ended, ok := errors.AsType[*upload.Error](o.Err)
			w.vague = w.vague || docferry.OutcomeUnknown(o.Err) || ok && ended.State == upload.StateUnknown
			continue
		}
		if o.Result != nil {
			w.uploads[o.Path]++
			w.vague = w.vague || len(o.Result.Left) > 0
		}
		switch o.Action {
		case tree.ActionCreate, tree.ActionVersion, tree.ActionSkip:
			if got := w.content(o.ID, o.Version); !bytes.Equal(got, w.from[o.Path].Data) {
				w.Errorf("%+v: that version holds %.20q, and the file %.20q", o, got, w.from[o.Path].Data)
			}
		default:
		}
	}
	return failed
}

// compare compares what is there with what was copied.
func (w *world) compare() {
	there := all(w.T, w.calm)
	for name, file := range w.from {
		content, ok := there[name]
		if !ok || !w.vague && content != string(file.Data) {
			w.Errorf("%s: there is %.20q, %v, want %.20q", name, content, ok, file.Data)
		}
		delete(there, name)
		for dir := filepath.Dir(name); dir != "."; dir = filepath.Dir(dir) {
			delete(there, dir+"/")
		}
	}
	for name := range there {
		// The service may have made a folder a second time, long after it was asked to.
		if !w.vague || !strings.HasSuffix(name, ")/") {
			w.Errorf("%s was not copied, and is there", name)
		}
	}
}
