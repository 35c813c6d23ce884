package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

var (
	kills     = flag.Int("kills", 6, "how many times TestKill begins a copy and kills it")
	killFiles = flag.Int("files", 200, "how many files TestKill copies")
)

// door is what all requests of the program to the services come through. It kills the
// program, as kill -9 does, at a request.
type door struct {
	mu    sync.Mutex // guards what follows
	quiet *sync.Cond // there is no connection any more
	open  int        // connections
	calls int
	die   int // the request at which the program is killed; 0 for never
	kill  func() error
}

func newDoor() *door {
	d := &door{}
	d.quiet = sync.NewCond(&d.mu)
	return d
}

// to serves a service behind the door.
func (d *door) to(t *testing.T, service http.Handler) (url string) {
	t.Helper()
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.mu.Lock()
		if d.calls++; d.calls == d.die {
			go d.kill() //nolint:errcheck // the end of the process tells
		}
		d.mu.Unlock()
		service.ServeHTTP(w, r)
	}))
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		d.mu.Lock()
		defer d.mu.Unlock()
		switch state {
		case http.StateNew:
			d.open++
		case http.StateClosed, http.StateHijacked:
			d.open--
			d.quiet.Broadcast()
		default:
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.URL
}

// run runs the program, which is killed at a request. It returns what the program prints,
// its exit code, which is -1 if it was killed, and the number of requests.
func (d *door) run(t *testing.T, program *exec.Cmd, die int) (out string, code, calls int) {
	t.Helper()
	var printed bytes.Buffer
	program.Stdout, program.Stderr = &printed, &printed
	d.mu.Lock()
	d.calls, d.die = 0, die
	err := program.Start()
	if err == nil {
		d.kill = program.Process.Kill
	}
	d.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	err = program.Wait()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for d.open > 0 { // the services still finish what they have received
		d.quiet.Wait()
	}
	return printed.String(), program.ProcessState.ExitCode(), d.calls
}

// route is a way to copy, with new services.
type route struct {
	*door

	from, to string
	flags    []string
	env      []string
	// stored returns the contents of all versions by path. A draft is "draft".
	stored func() map[string][]string
}

func newRoute(from string) *route {
	return &route{door: newDoor(), from: from}
}

func (r *route) workDocs(t *testing.T) (srv *workdocstest.Server, folder string) {
	t.Helper()
	srv = workdocstest.New()
	t.Cleanup(srv.Close)
	_, token := srv.AddUser(workdocstest.Administrator)
	r.flags = append(r.flags, "-workdocs-endpoint", r.door.to(t, srv))
	r.env = append(r.env, "WORKDOCS_TOKEN="+token)
	return srv, srv.AddFolder(srv.RootFolder(), "Copies")
}

// toWorkDocs lets the route lead to a folder of WorkDocs.
func (r *route) toWorkDocs(t *testing.T) *route {
	t.Helper()
	srv, folder := r.workDocs(t)
	r.to = "workdocs:" + folder
	r.stored = func() map[string][]string {
		got := make(map[string][]string)
		for _, i := range srv.Items() {
			path := strings.Join(i.Path, "/")
			for _, v := range i.Versions {
				text := "draft"
				if !v.Draft {
					content, _ := srv.Content(i.ID, v.ID)
					text = string(content)
				}
				got[path] = append(got[path], text)
			}
		}
		return got
	}
	return r
}

// toOracle lets the route lead to a folder of Oracle.
func (r *route) toOracle(t *testing.T) *route {
	t.Helper()
	srv := oracledocstest.New()
	t.Cleanup(srv.Close)
	r.flags = append(r.flags, "-oracle-url", r.door.to(t, srv), "-oracle-user", oracledocstest.User)
	r.env = append(r.env, "ORACLE_PASSWORD="+oracledocstest.Password)
	r.to = "oracle:" + srv.AddFolder(oracledocstest.User, "self", "Copies")
	r.stored = func() map[string][]string {
		got := make(map[string][]string)
		for _, i := range srv.Items() {
			path := strings.Join(i.Path, "/")
			for _, v := range i.Versions {
				content, _ := srv.Content(i.ID, v.Number)
				got[path] = append(got[path], string(content))
			}
		}
		return got
	}
	return r
}

// toDisk lets the route lead to a folder of the disk.
func (r *route) toDisk(t *testing.T) *route {
	t.Helper()
	dir := t.TempDir()
	r.to = filepath.Join(dir, "Copies")
	r.stored = func() map[string][]string {
		got := make(map[string][]string)
		for name, content := range read(t, dir) {
			got[name] = []string{content}
		}
		return got
	}
	return r
}

// fromWorkDocs lets the route begin in a folder of WorkDocs that has the files.
func (r *route) fromWorkDocs(t *testing.T, files map[string]string) *route {
	t.Helper()
	srv, folder := r.workDocs(t)
	folders := map[string]string{".": folder}
	for name, content := range files {
		dir, base := filepath.Split(name)
		dir = filepath.Clean(dir)
		if folders[dir] == "" {
			folders[dir] = srv.AddFolder(folder, dir)
		}
		srv.AddDocument(folders[dir], base, []byte(content))
	}
	r.from = "workdocs:" + folder
	return r
}

// build builds the program.
func build(t *testing.T) (binary string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("processes end in other ways there")
	}
	binary = filepath.Join(t.TempDir(), "migrate")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// program returns the program for the route.
func (r *route) program(t *testing.T, binary string, args ...string) *exec.Cmd {
	t.Helper()
	args = append(append(args, r.flags...), r.from, r.to)
	program := exec.CommandContext(t.Context(), binary, args...)
	program.Env = r.env
	return program
}

// round begins a copy and kills it, goes on with it and kills it again, and then lets it
// end. It returns how many times it was killed.
func (r *route) round(t *testing.T, binary string, first, second int) (killed int) {
	t.Helper()
	journal := filepath.Join(t.TempDir(), "journal")
	for i, die := range []int{first, second, 0} {
		args := []string{"-journal", journal, "-resume"}
		if i == 0 {
			args = args[:2]
		}
		out, code, _ := r.run(t, r.program(t, binary, args...), die)
		switch {
		case code == -1:
			killed++
		case code != 0:
			t.Errorf("run %d, killed at request %d: the exit code is %d\n%s", i+1, die, code, out)
		}
	}
	return killed
}

// Copies that are killed at any moment, and resumed, store each file exactly once, and
// leave no draft.
func TestKill(t *testing.T) {
	binary := build(t)
	random := rand.New(rand.NewPCG(1, 2))
	files, want := make(map[string]string), make(map[string][]string)
	for i := range *killFiles {
		name := fmt.Sprintf("folder %d/file %d", i/25, i)
		files[name] = strings.Repeat(fmt.Sprint(i, " "), random.IntN(500))
		want["Copies/"+name] = []string{files[name]}
	}
	disk := write(t, files)
	for _, direction := range []struct {
		name  string
		start func(t *testing.T) *route
	}{
		{"disk to WorkDocs", func(t *testing.T) *route { return newRoute(disk).toWorkDocs(t) }},
		{"disk to Oracle", func(t *testing.T) *route { return newRoute(disk).toOracle(t) }},
		{"WorkDocs to Oracle", func(t *testing.T) *route { return newRoute("").fromWorkDocs(t, files).toOracle(t) }},
		{"WorkDocs to disk", func(t *testing.T) *route { return newRoute("").fromWorkDocs(t, files).toDisk(t) }},
	} {
		t.Run(direction.name, func(t *testing.T) {
			whole := direction.start(t)
			journal := filepath.Join(t.TempDir(), "journal")
			out, code, calls := whole.run(t, whole.program(t, binary, "-journal", journal), 0)
			if diff := cmp.Diff(want, whole.stored()); code != 0 || diff != "" {
				t.Fatalf("without a kill: exit code %d (-want +got):\n%s%s", code, diff, out)
			}
			killed := 0
			for i := range *kills {
				first := 1 + (i*calls+random.IntN(calls))/(*kills)
				second := 1 + random.IntN(calls-first+10)
				t.Run(fmt.Sprint(first, " and ", second), func(t *testing.T) {
					r := direction.start(t)
					killed += r.round(t, binary, first, second)
					if diff := cmp.Diff(want, r.stored()); diff != "" {
						t.Errorf("stored (-want +got):\n%.5000s", diff)
					}
				})
			}
			t.Logf("%d files, %d requests without a kill, %d kills in %d copies", len(files), calls, killed, *kills)
			if killed < *kills/2 {
				t.Errorf("only %d kills came before the end of the program", killed)
			}
		})
	}
}

// The second interrupt ends the program, whatever is in progress.
func TestInterruptTwice(t *testing.T) {
	s := newSite(t)
	from := write(t, map[string]string{"a.txt": "one"})
	arrived := make(chan struct{})
	s.workdocs.Next("InitiateDocumentVersionUpload", func(http.Handler) http.Handler {
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // after that, the end of the program is noticed
			close(arrived)
			<-r.Context().Done()
		})
	})
	program := exec.CommandContext(t.Context(), build(t), append(s.flags, from, s.wd)...)
	program.Env = []string{"WORKDOCS_TOKEN=" + os.Getenv("WORKDOCS_TOKEN")}
	problems, err := program.StderrPipe()
	if err == nil {
		err = program.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	<-arrived
	if err := program.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(problems).ReadString('\n')
	if err != nil || !strings.HasSuffix(line, "Interrupt again to stop at once.\n") {
		t.Errorf("after the first one: %q, %v", line, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- program.Wait() }()
	for again := time.NewTicker(10 * time.Millisecond); ; { // one that comes too early does nothing
		select {
		case <-again.C:
			_ = program.Process.Signal(os.Interrupt) // it may have ended
			continue
		case err = <-ended:
			again.Stop()
		}
		break
	}
	if err == nil || program.ProcessState.ExitCode() != -1 {
		t.Errorf("after the second one: %v", err)
	}
}
