package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestMain lets the test binary be the child processes that it starts. With the race
// detector, each of them would sleep for a second before it ends.
func TestMain(m *testing.M) {
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	child, err := asChild(context.Background(), os.Args)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	case !child:
		os.Exit(m.Run())
	}
}

// tiny is a run that measures everything once.
func tiny(out *strings.Builder) bench {
	b := standard()
	b.quick()
	b.out, b.rounds, b.duration, b.callers, b.size, b.files, b.documents, b.workers = out, 1, 1, 2, 2<<20, 2, 6, 2
	b.folders, b.sizes = []int{7}, []int64{100, 64 << 10}
	b.flags = []string{"-ldflags=-s -w"} // what else is built for the tests is built in the same way
	return b
}

// figure is a figure of a table that was measured.
var figure = regexp.MustCompile(`^[-−+]?\d+(\.\d+)?$`)

func TestEverything(t *testing.T) {
	var out strings.Builder
	b := tiny(&out)
	if err := b.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(b.dir); !os.IsNotExist(err) {
		t.Errorf("the folder for content is still there: %v", err)
	}
	got := rows(t, out.String())
	calls := []string{"floor", "docferry", "SDK v1", "SDK v2"}
	connect := []string{"floor", "docferry", "SDK v1", "SDK v2 (not measured)"}
	files := []string{"net/http", "docferry, with SHA-256 and MD5", "docferry, with SHA-256", "docferry, without a digest"}
	put := slices.Concat(files, []string{"curl -T", "SHA-256 of the file, nothing sent", "SHA-256 and MD5 of the file, nothing sent"})
	form := []string{"net/http", "docferry, with SHA-256", "docferry, without a digest", "curl -F"}
	if _, err := exec.LookPath("curl"); err != nil {
		put, form = append(put[:4:4], put[5:]...), form[:3]
	}
	small := []string{"net/http", "docferry, upload.Each", "minio-go, PutObject"}
	trees := []string{"minio-go, PutObject, one request a file", "docferry, tree.Copy to Oracle",
		"docferry, tree.Copy to WorkDocs", "docferry, the same with a journal"}
	read, save := []string{"net/http", "docferry, Download"}, []string{"net/http, and fsync", "docferry, Save"}
	modules := []string{"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go",
		"github.com/docferry/docferry", "github.com/go-json-experiment/json", "github.com/hashicorp/go-cleanhttp",
		"github.com/hashicorp/go-retryablehttp", "golang.org/x/text"}
	sizes := []string{"100 bytes, net/http", "100 bytes, docferry", "64 KiB, net/http", "64 KiB, docferry"}
	want := [][]string{
		connect, calls, connect, calls, // one after the other
		connect, calls, connect, calls, // many goroutines
		lengths("1", "10", "100", "1000"), lengths("1", "10", "100", "999"), sizes, sizes,
		put, form, put, form, files, files,
		small, small, trees, read, save, read, save,
		{"net/http and AWS's signer", "docferry", "SDK v1", "SDK v2"}, modules,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s\nof\n%s", diff, &out)
	}
}

// lengths are the rows of a listing of these lengths.
func lengths(all ...string) (rows []string) {
	for _, n := range all {
		rows = append(rows, n+", floor", n+", docferry")
	}
	return rows
}

// rows returns the first cells of each table, and checks the others.
func rows(t *testing.T, page string) (tables [][]string) {
	t.Helper()
	var names []string
	for line := range strings.Lines(page + "\n") {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		switch name := strings.TrimSpace(cells[0]); {
		case name == "":
			if names != nil {
				tables = append(tables, names)
			}
			names = nil
		case len(cells) == 1 || name == "client" || name == "module" || name == "---":
		default:
			names = append(names, name)
			for _, cell := range cells[1:] {
				cell = strings.TrimSpace(cell)
				if strings.Contains(name, "(not measured)") {
					if cell != "–" {
						t.Errorf("%q has %q", name, cell)
					}
				} else if !figure.MatchString(cell) {
					t.Errorf("%q has %q, which is no figure", name, cell)
				}
			}
		}
	}
	return tables
}

func TestOnlySomeParts(t *testing.T) {
	var out strings.Builder
	b := tiny(&out)
	b.only = []string{"small"}
	if err := b.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "\n## "); got != 1 || !strings.Contains(out.String(), "\n## Small documents\n") {
		t.Errorf("%d parts:\n%s", got, &out)
	}
	b.only = []string{"smal"}
	if err := b.run(t.Context()); err == nil || !strings.Contains(err.Error(), `no part "smal"; the parts are calls,`) {
		t.Errorf("a part that does not exist: %v", err)
	}
}

func TestProfiles(t *testing.T) {
	var out strings.Builder
	b := tiny(&out)
	b.only, b.profile = []string{"small"}, t.TempDir()
	if err := b.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"calls", "small-floor-http", "small-docferry-https", "small-minio-https", "locks"} {
		if info, err := os.Stat(b.profile + "/" + name + ".prof"); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

// A client whose requests are refused has no figures.
func TestRefusalsAreNoResults(t *testing.T) {
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"Message":"no"}`))
	}))
	defer refusing.Close()
	b := tiny(new(strings.Builder))
	b.dir, b.at = t.TempDir(), site{HTTP: refusing.URL}
	file, err := b.file("a.bin", 100)
	if err != nil {
		t.Fatal(err)
	}
	for name := range jobs {
		if strings.HasPrefix(name, "hash") {
			continue
		}
		if _, lookErr := exec.LookPath("curl"); lookErr != nil && strings.HasSuffix(name, "/curl") {
			continue
		}
		j := job{URL: refusing.URL, File: file, Size: 100, Count: 2, Workers: 1}
		if s, err := b.once(t.Context(), j, name); err == nil {
			t.Errorf("%s was refused, and cost %+v", name, s)
		}
	}
	list, err := operations(b.at, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range list {
		for client, do := range op.calls {
			if err := do(t.Context()); err == nil {
				t.Errorf("%s by %s was refused, and has no error", op.name, client)
			}
		}
	}
	ours, err := docferryListings(b.at)
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]listing{"transcript of docferry": ours.transcript, "folder of docferry": ours.folder,
		"transcript of the floor": floorListings(b.at).transcript, "folder of the floor": floorListings(b.at).folder} {
		if err := read(t.Context(), 1); err == nil {
			t.Errorf("the %s was refused, and has no error", name)
		}
	}
}

func TestUnknownJob(t *testing.T) {
	_, err := job{Name: "put/nobody"}.run(t.Context())
	if err == nil || !strings.Contains(err.Error(), `there is no job "put/nobody"`) {
		t.Error(err)
	}
}

func TestHashChecksTheLength(t *testing.T) {
	b := tiny(new(strings.Builder))
	b.dir = t.TempDir()
	file, err := b.file("a.bin", 100)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.once(t.Context(), job{File: file, Size: 101}, "hash")
	if err == nil || !strings.Contains(err.Error(), "100 bytes were hashed, not 101") {
		t.Error(err)
	}
}

func TestProcessorTimeAndMemory(t *testing.T) {
	before := cpuTime()
	for start := time.Now(); time.Since(start) < 20*time.Millisecond; {
	}
	if used := cpuTime() - before; used <= 0 || used > 10*time.Second {
		t.Errorf("20 ms of work took %v", used)
	}
	if got := peakMemory(os.Getpid()); got != 0 && (got < 1<<20 || got > 4<<30) {
		t.Errorf("a peak of %d bytes", got)
	}
}
