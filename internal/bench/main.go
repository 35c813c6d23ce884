// Command bench measures docferry beside other clients, in one run, and prints
// the results as Markdown. It is a module of its own, so that a program which imports
// docferry does not get what it is compared with.
//
//	go run .                    # everything; the tables in docs/BENCHMARKS.md
//	go run . -quick             # smaller content and fewer rounds
//	go run . -only calls,many   # some parts
//
// The floor of each table is a program by hand for the same task. All clients
// are measured in turn, round by round, and a ratio is that of two measurements
// of the same round. The server is a child process of the same program, on
// loopback; uploads and downloads have processes of their own as well, whose
// processor time and memory are theirs alone.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"
)

// bench is one run.
type bench struct {
	out io.Writer
	at  site
	dir string // for content, and removed at the end

	only      []string // the parts; nil means all
	profile   string   // a folder for profiles; "" makes none
	rounds    int
	duration  time.Duration // of one measurement of calls
	callers   int           // goroutines that make calls together
	size      int64         // of large content
	files     int           // of 1 MiB
	documents int           // of 4 KiB
	folders   []int         // how many files are in each folder that is copied
	sizes     []int64       // of files, from small to large
	workers   int           // that upload these
	flags     []string      // for go build
}

func standard() bench {
	return bench{
		out: os.Stdout, rounds: 11, duration: 300 * time.Millisecond, callers: 32, size: 1 << 30,
		files: 500, documents: 4000, folders: []int{1000, 100_000}, workers: 8, flags: []string{"-trimpath", "-ldflags=-s -w"},
		sizes: []int64{4 << 10, 64 << 10, 1 << 20, 16 << 20, 256 << 20, 4 << 30},
	}
}

// quick makes a run short. Its figures are rough.
func (b *bench) quick() {
	b.rounds, b.duration, b.size, b.files, b.documents = 3, 100*time.Millisecond, 64<<20, 50, 500
	b.folders, b.sizes = []int{100, 1000}, b.sizes[:4]
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	child, err := asChild(ctx, os.Args)
	if !child {
		err = mainOf(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

func mainOf(ctx context.Context) error {
	b := standard()
	quick := flag.Bool("quick", false, "a short run: 64 MiB, and few rounds")
	size := flag.Int64("size", b.size>>20, "the size of large content, in MiB")
	rounds := flag.Int("rounds", b.rounds, "how often everything is measured")
	only := flag.String("only", "", "the parts to run, separated by commas: "+strings.Join(partNames(), ", "))
	flag.StringVar(&b.profile, "profile", "", "a folder for profiles of processor time and of locks")
	flag.Parse()
	if *quick {
		b.quick()
	}
	flag.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "size":
			b.size = *size << 20
		case "rounds":
			b.rounds = *rounds
		case "only":
			b.only = strings.Split(*only, ",")
		}
	})
	if b.size <= 0 || b.rounds <= 0 {
		return errors.New("-size and -rounds must be positive")
	}
	return b.run(ctx)
}

// part is one heading.
type part struct {
	name, title string
	run         func(*bench, context.Context) error
}

func parts() []part {
	return []part{
		{"calls", "Calls, one after the other", (*bench).singleCalls},
		{"many", "Calls of many goroutines on one client", (*bench).manyCalls},
		{"growth", "How cost grows", (*bench).growth},
		{"uploads", "Uploads", (*bench).uploads},
		{"small", "Small documents", (*bench).small},
		{"trees", "Folders of many files", (*bench).trees},
		{"downloads", "Downloads", (*bench).downloads},
		{"footprint", "A program with one call of WorkDocs", (*bench).footprint},
	}
}

func partNames() []string {
	var names []string
	for _, p := range parts() {
		names = append(names, p.name)
	}
	return names
}

func (b *bench) run(ctx context.Context) (err error) {
	for _, name := range b.only {
		if !slices.Contains(partNames(), name) {
			return fmt.Errorf("there is no part %q; the parts are %s", name, strings.Join(partNames(), ", "))
		}
	}
	if b.dir, err = os.MkdirTemp("", "docferry-bench-*"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	at, stop, err := startServer(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	b.at = at
	ended, err := b.startProfile()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ended()) }()
	fmt.Fprintf(b.out, "%s, %s/%s, %d cores; medians of %d rounds, with the least and the greatest in parentheses.\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), b.rounds)
	for _, p := range parts() {
		if b.only != nil && !slices.Contains(b.only, p.name) {
			continue
		}
		fmt.Fprintf(b.out, "\n## %s\n", p.title)
		if err := p.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// startProfile profiles this process, which is the one that makes the calls: where it
// spends its time, and which locks it waits for.
func (b *bench) startProfile() (stop func() error, err error) {
	if b.profile == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(filepath.Join(b.profile, "calls.prof"))
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	before := runtime.SetMutexProfileFraction(1)
	return func() error {
		pprof.StopCPUProfile()
		runtime.SetMutexProfileFraction(before)
		return errors.Join(f.Close(), writeProfile(filepath.Join(b.profile, "locks.prof"), "mutex"))
	}, nil
}

func writeProfile(file, name string) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return pprof.Lookup(name).WriteTo(f, 0)
}
