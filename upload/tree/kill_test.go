package tree_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload/journal"
	"github.com/docferry/docferry/upload/tree"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// order says what another process copies, and when it is killed.
type order struct {
	Service, URL, Folder, Token string
	From, Journal               string
	Die                         int64 // before the call of this number, or after it if that is odd; 0 for never
}

// destination returns the destination, through a transport.
func (o *order) destination(transport http.RoundTripper) (tree.Destination, error) {
	settings := docferry.HTTP{Transport: transport}
	if o.Service == "workdocs" {
		c, err := workdocs.New(workdocs.Config{Endpoint: o.URL, AuthenticationToken: docferry.Secret(o.Token), HTTP: settings})
		if err != nil {
			return nil, err
		}
		return c.Destination(workdocs.UploadTo{FolderID: o.Folder}), nil
	}
	c, err := oracledocs.New(oracledocs.Config{BaseURL: o.URL, HTTP: settings,
		Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password)})
	if err != nil {
		return nil, err
	}
	return c.Destination(oracledocs.UploadTo{FolderID: o.Folder}), nil
}

// deadly is a transport whose process is killed at a call.
type deadly struct {
	die   int64
	calls atomic.Int64
}

func (d *deadly) RoundTrip(r *http.Request) (*http.Response, error) {
	n := 2 * d.calls.Add(1)
	if n == d.die {
		d.kill()
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if n+1 == d.die {
		d.kill()
	}
	return resp, err
}

// kill ends the process at once, as kill -9 does.
func (d *deadly) kill() {
	p, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = p.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {} // until the signal arrives
}

// TestCopyInProcess is the other process of the tests below. It prints the number of calls.
func TestCopyInProcess(t *testing.T) {
	if flag.Arg(0) == "" {
		t.Skip("it is only for other tests")
	}
	var o order
	if err := json.Unmarshal([]byte(flag.Arg(0)), &o); err != nil {
		t.Fatal(err)
	}
	transport := &deadly{die: o.Die}
	d, err := o.destination(transport)
	if err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(o.Journal, o.Folder)
	if err != nil {
		t.Fatal(err)
	}
	for o := range tree.Copy(t.Context(), d, os.DirFS(o.From), tree.Options{Journal: j, Workers: 2}) {
		if o.Err != nil {
			t.Error(o.Err)
		}
	}
	if err := j.Close(); err != nil {
		t.Error(err)
	}
	t.Logf("calls: %d.", transport.calls.Load())
}

// run runs an order in another process. It returns what it prints, and whether it was killed.
func (o *order) run(t *testing.T) (out string, killed bool) {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^TestCopyInProcess$", string(text))
	printed, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == -1 {
		return string(printed), true
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	return string(printed), false
}

// site is a service, with a folder that has something of others in it.
type site struct {
	order

	// stored returns all contents by path, a draft as "draft", and all versions of a
	// document with a line for each.
	stored func() map[string]string
}

// theirs is what is in the folder.
const theirs = "theirs.txt"

func newWorkDocs(t *testing.T) *site {
	t.Helper()
	srv := workdocstest.NewServer(t)
	_, token := srv.AddUser(workdocstest.Administrator)
	folder := srv.AddFolder(srv.RootFolder(), "Copies")
	srv.AddDocument(folder, theirs, []byte("theirs"))
	return &site{order{Service: "workdocs", URL: srv.URL, Folder: folder, Token: token}, func() map[string]string {
		got := make(map[string]string)
		for _, i := range srv.Items() {
			text := ""
			for _, v := range i.Versions {
				if v.Draft {
					text += "draft\n"
					continue
				}
				content, _ := srv.Content(i.ID, v.ID)
				text += string(content) + "\n"
			}
			got[strings.Join(i.Path, "/")] += text
		}
		return got
	}}
}

func newOracle(t *testing.T) *site {
	t.Helper()
	srv := oracledocstest.NewServer(t)
	folder := srv.AddFolder(oracledocstest.User, "self", "Copies")
	srv.AddFile(oracledocstest.User, folder, theirs, []byte("theirs"))
	return &site{order{Service: "oracledocs", URL: srv.URL, Folder: folder}, func() map[string]string {
		got := make(map[string]string)
		for _, i := range srv.Items() {
			text := ""
			for _, v := range i.Versions {
				content, _ := srv.Content(i.ID, v.Number)
				text += string(content) + "\n"
			}
			got[strings.Join(i.Path, "/")] += text
		}
		return got
	}}
}

// write writes files, and returns what a site has to have when they are copied.
func write(t *testing.T, dir string, contents map[string]string) map[string]string {
	t.Helper()
	want := map[string]string{"Copies": "", "Copies/" + theirs: "theirs\n"}
	for name, content := range contents {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		want["Copies/"+name] = content + "\n"
		for folder := filepath.Dir(name); folder != "."; folder = filepath.Dir(folder) {
			want["Copies/"+folder] = ""
		}
	}
	return want
}

var sites = map[string]func(*testing.T) *site{"WorkDocs": newWorkDocs, "Oracle": newOracle}

// F103: a copy that is killed before or after any of its calls, and run again, has stored each
// file exactly once, leaves no draft, and touches nothing of others.
func TestKilledAtEveryCall(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process that is killed has no exit code of its own there")
	}
	from := t.TempDir()
	want := write(t, from, map[string]string{"a.txt": "", "sub/b.txt": "two"})
	for name, newSite := range sites {
		t.Run(name, func(t *testing.T) {
			whole := newSite(t)
			whole.From, whole.Journal = from, filepath.Join(t.TempDir(), "journal")
			out, _ := whole.run(t)
			var calls int64
			_, count, _ := strings.Cut(out, "calls: ")
			if _, err := fmt.Sscanf(count, "%d.", &calls); err != nil || calls < 6 {
				t.Fatalf("%v, %d calls\n%s", err, calls, out)
			}
			for die := int64(2); die < 2*calls+2; die++ {
				s := newSite(t)
				s.From, s.Journal, s.Die = from, filepath.Join(t.TempDir(), fmt.Sprint("journal", die)), die
				if out, killed := s.run(t); !killed {
					t.Fatalf("call %d of %d: it was not killed\n%s", die/2, calls, out)
				}
				s.Die = 0
				out, _ := s.run(t)
				if diff := cmp.Diff(want, s.stored()); diff != "" {
					t.Errorf("killed at call %d of %d, after it: %v; stored (-want +got):\n%s%s", die/2, calls, die%2 == 1, diff, out)
				}
			}
		})
	}
}

// F109: a file that has changed since the copy was killed is stored as it is now.
func TestChangedAfterTheKill(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process that is killed has no exit code of its own there")
	}
	for name, newSite := range sites {
		t.Run(name, func(t *testing.T) {
			for _, die := range []int64{5, 6, 7, 8, 9, 10, 11} {
				from := t.TempDir()
				write(t, from, map[string]string{"a.txt": "first"})
				s := newSite(t)
				s.From, s.Journal, s.Die = from, filepath.Join(t.TempDir(), "journal"), die
				s.run(t)
				want := write(t, from, map[string]string{"a.txt": "the second"})
				s.Die = 0
				s.run(t)
				got := s.stored()
				// The first content may be there as an earlier version: that it was stored is true.
				got["Copies/a.txt"] = strings.TrimPrefix(got["Copies/a.txt"], "first\n")
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("killed at %d; stored (-want +got):\n%s", die, diff)
				}
			}
		})
	}
}

// F104: a journal that was torn anywhere leads to the same end.
func TestTornJournal(t *testing.T) {
	from := t.TempDir()
	want := write(t, from, map[string]string{"a.txt": "one", "sub/b.txt": "two"})
	for name, newSite := range sites {
		t.Run(name, func(t *testing.T) {
			first := newSite(t)
			file := filepath.Join(t.TempDir(), "journal")
			copyTo := func(s *site, name string) {
				t.Helper()
				d, err := s.destination(nil)
				if err != nil {
					t.Fatal(err)
				}
				j, err := journal.Open(name, "run")
				if err != nil {
					t.Fatal(err)
				}
				defer j.Close()
				if _, failed := outcomes(t, d, os.DirFS(from), tree.Options{Journal: j, Workers: 1}); len(failed) > 0 {
					t.Fatal(failed)
				}
			}
			copyTo(first, file)
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for cut := 0; cut < len(content); cut += 11 { // every byte is tried where the journal itself is tested
				torn := filepath.Join(t.TempDir(), "torn")
				if err := os.WriteFile(torn, content[:cut], 0o600); err != nil {
					t.Fatal(err)
				}
				copyTo(first, torn)
			}
			for _, spoil := range []func([]byte) []byte{
				func(b []byte) []byte { return bytes.Replace(b, []byte("stored"), []byte("sTored"), 1) },
				func(b []byte) []byte { return slices.Concat(b[:len(b)/2], make([]byte, 100), b[len(b)/2:]) },
			} {
				spoiled := filepath.Join(t.TempDir(), "spoiled")
				if err := os.WriteFile(spoiled, spoil(bytes.Clone(content)), 0o600); err != nil {
					t.Fatal(err)
				}
				copyTo(first, spoiled)
			}
			if diff := cmp.Diff(want, first.stored()); diff != "" {
				t.Errorf("stored (-want +got):\n%s", diff)
			}
		})
	}
}

// From one service to the other, and back to a folder beside it.
func TestMigrate(t *testing.T) {
	from := t.TempDir()
	want := write(t, from, map[string]string{"a.txt": "one", "sub/b.txt": strings.Repeat("two", 100_000), "sub/deep/c": "",
		"caf\u00e9/d.txt": "four"})
	wd, oc := newWorkDocs(t), newOracle(t)
	first, err := wd.destination(nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := oc.destination(nil)
	if err != nil {
		t.Fatal(err)
	}
	mine := func(path string, _ fs.DirEntry) bool { return path != theirs }
	for range 2 {
		for _, c := range []struct {
			to   tree.Destination
			from fs.FS
		}{{first, os.DirFS(from)}, {second, tree.FS(t.Context(), first, nil)}, {first, tree.FS(t.Context(), second, nil)}} {
			if _, failed := outcomes(t, c.to, c.from, tree.Options{Include: mine}); len(failed) > 0 {
				t.Fatal(failed)
			}
		}
	}
	for name, s := range map[string]*site{"WorkDocs": wd, "Oracle": oc} {
		if diff := cmp.Diff(want, s.stored()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
