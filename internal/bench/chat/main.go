// Command chat measures docferry's live chat beside the vendor's own chat client,
// amazon-connect-chatjs, which runs in Node. Both talk to the same test server, and
// each of the three has a process of its own.
//
//	go run . > table.md
//	go run . -only memory
//
// It needs Linux, Node 18 or later, and npm, which installs what package.json lists
// into a temporary folder. It takes about twenty minutes and prints a table in Markdown.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"
)

// What the program is called with to be one of the other processes.
const (
	serveFlag = "-serve-for-bench"
	guestFlag = "-guest-for-bench"
)

//go:embed package.json
var packageJSON []byte

//go:embed chatjs.mjs
var chatjs []byte

// bench is the whole of the measurement.
type bench struct {
	sizes

	self    string // this program
	clients []client
	log     io.Writer
}

// client is a program that chats.
type client struct {
	name    string
	dir     string
	command []string
}

func main() { os.Exit(program(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// program is any of the processes; it returns the exit code.
func program(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	// The other processes end when they have no more orders.
	ctx := context.Background()
	var err error
	switch {
	case len(args) == 1 && args[0] == serveFlag:
		err = serve(ctx, stdin, stdout)
	case len(args) == 1 && args[0] == guestFlag:
		err = visit(ctx, stdin, stdout)
	default:
		ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
		defer stop()
		err = run(ctx, args, stdout, stderr)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		_, _ = fmt.Fprintf(stderr, "chat: %v\n", err)
		return 1
	}
	return 0
}

// run measures both clients and prints the table.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	b := &bench{log: stderr, sizes: sizes{
		memory: []int{200, 1000}, repeat: 3, idle: 12 * time.Second,
		faults: []string{faultDrop, faultHole, faultZombie},
		chats:  20, gap: 500, patience: 60 * time.Second, settle: 5 * time.Second, linger: 35 * time.Second,
		storms: []weather{{100, true}, {300, true}, {300, false}}, admitted: 25,
		rate: 100, talkers: 50, latencyTimes: 20 * time.Second,
	}}
	flags := flag.NewFlagSet("chat", flag.ContinueOnError)
	flags.SetOutput(stderr)
	alone := flags.Bool("docferry", false, "measure docferry alone, without Node")
	only := flags.String("only", "", "measure one of `memory, recovery, storm and latency`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	err := b.choose(*only)
	if err != nil {
		return err
	}
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	b.clients = []client{{name: "docferry", command: []string{b.self, guestFlag}}}
	if !*alone {
		dir, err := install(ctx)
		defer func() { _ = os.RemoveAll(dir) }()
		if err != nil {
			return err
		}
		b.clients = append(b.clients, client{name: "amazon-connect-chatjs", dir: dir,
			command: []string{"node", "--expose-gc", "chatjs.mjs"}})
	}
	var all []figures
	for _, c := range b.clients {
		f, err := b.measure(ctx, c)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		all = append(all, f)
	}
	return b.print(stdout, all)
}

// choose leaves one kind of measurement, unless only is empty.
func (b *bench) choose(only string) error {
	all := b.sizes
	b.sizes.memory, b.faults, b.storms, b.talkers = nil, nil, nil, 0
	switch only {
	case "":
		b.sizes = all
	case "memory":
		b.sizes.memory = all.memory
	case "recovery":
		b.faults = all.faults
	case "storm":
		b.storms = all.storms
	case "latency":
		b.talkers = all.talkers
	default:
		return fmt.Errorf("-only %s is none of memory, recovery, storm and latency", only)
	}
	return nil
}

// install makes a folder with the client of the vendor. The caller removes it, also
// after an error.
func install(ctx context.Context) (dir string, err error) {
	if dir, err = os.MkdirTemp("", "docferry-bench-"); err != nil {
		return dir, err
	}
	for name, text := range map[string][]byte{"package.json": packageJSON, "chatjs.mjs": chatjs} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return dir, err
		}
	}
	npm := exec.CommandContext(ctx, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund",
		"--no-package-lock", "--loglevel=error")
	npm.Dir = dir
	if said, err := npm.CombinedOutput(); err != nil {
		return dir, fmt.Errorf("npm cannot install what package.json lists: %w: %s", err, said)
	}
	return dir, nil
}

// measure takes the figures of a client.
func (b *bench) measure(ctx context.Context, c client) (f figures, err error) {
	for _, n := range b.sizes.memory {
		var each []int
		for range b.repeat {
			bytes, err := b.memory(ctx, c, n)
			if err != nil {
				return f, err
			}
			b.logf("%s: memory of each of %d chats: %d bytes", c.name, n, bytes)
			each = append(each, bytes)
		}
		f.memory = append(f.memory, each)
	}
	for _, fault := range b.faults {
		r, err := b.recovery(ctx, c, fault)
		if err != nil {
			return f, err
		}
		b.logf("%s: recovery from %s: %s, %d lost, %d deep, %+v", c.name, fault, r.times(b.patience),
			r.lost, r.deep, r.delivery)
		f.recovery = append(f.recovery, r)
	}
	for _, w := range b.storms {
		r, err := b.storm(ctx, c, w)
		if err != nil {
			return f, err
		}
		b.logf("%s: storm %+v: %s, %.2f and %.2f calls", c.name, w, r.times(b.patience), r.connections, r.transcripts)
		f.storm = append(f.storm, r)
	}
	if b.talkers > 0 {
		f.latency, err = b.latency(ctx, c)
		b.logf("%s: latency: %+v", c.name, f.latency)
	}
	return f, err
}

// logf says how far the program is.
func (b *bench) logf(format string, args ...any) {
	_, _ = fmt.Fprintf(b.log, format+"\n", args...)
}
