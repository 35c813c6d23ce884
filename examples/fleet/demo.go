package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// figures are what the demo has counted.
type figures struct {
	documents, deliveries, redeliveries, kills int
	stored, versions, drafts, requests, peak   int
	took                                       time.Duration
}

func (f *figures) String() string {
	return fmt.Sprintf("%d documents: %d deliveries, %d redeliveries, %d kills, %d stored, %d versions, %d drafts, "+
		"%.1f seconds; %d requests, at most %d in a second", f.documents, f.deliveries, f.redeliveries, f.kills,
		f.stored, f.versions, f.drafts, f.took.Seconds(), f.requests, f.peak)
}

// runDemo is the command demo.
func runDemo(ctx context.Context, o *options, logf func(string, ...any)) error {
	f, err := demo(ctx, o, logf)
	if err == nil {
		logf("%v\nEvery document is stored once, byte for byte.", f)
	}
	return err
}

// demo copies documents with workers that are killed, and checks what is stored.
func demo(ctx context.Context, o *options, logf func(string, ...any)) (*figures, error) {
	if o.documents < 0 || o.workers < 1 || o.killEvery <= 0 {
		return nil, errors.New("-workers and -kill-every have to be positive, and -documents not negative")
	}
	dir, err := os.MkdirTemp("", "fleet-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	from := filepath.Join(dir, "documents")
	want, err := makeDocuments(from, o.documents, o.seed)
	if err != nil {
		return nil, err
	}
	ns, err := startNATS(filepath.Join(dir, "nats"))
	if err != nil {
		return nil, err
	}
	defer func() { ns.Shutdown(); ns.WaitForShutdown() }()
	s, err := startSite(o.to)
	if err != nil {
		return nil, err
	}
	defer s.close()
	y := &yard{logf: logf, environ: append(os.Environ(), s.environ...),
		common: []string{"-nats", ns.ClientURL(), "-from", from, "-to", o.to, "-endpoint", s.url}}
	begun := time.Now()
	if err := y.command(ctx, "plan", "-folder", s.folder, "-lease", o.lease.String(),
		"-rate", strconv.FormatFloat(o.rate, 'g', -1, 64)).Run(); err != nil {
		return nil, fmt.Errorf("plan failed: %w", err)
	}
	f := &figures{documents: len(want)}
	if f.kills, err = y.work(ctx, o); err != nil {
		return nil, err
	}
	f.took = time.Since(begun)
	f.requests, f.peak = s.peak()
	if err := f.countDeliveries(ctx, ns.ClientURL()); err != nil {
		return nil, err
	}
	return f, f.compare(want, s.stored())
}

// makeDocuments makes small files, and returns their contents by path.
func makeDocuments(dir string, n int, seed uint64) (map[string][]byte, error) {
	random := rand.New(rand.NewPCG(seed, 0))
	made := make(map[string][]byte, n)
	for i := range n {
		content := make([]byte, random.IntN(4096))
		for j := range content {
			content[j] = byte(random.Uint32())
		}
		name := fmt.Sprintf("folder-%03d/document-%05d.bin", i/50, i)
		made[name] = content
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := cmp.Or(os.MkdirAll(filepath.Dir(full), 0o700), os.WriteFile(full, content, 0o600)); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// startNATS starts a NATS server in this process, which keeps its streams in a folder.
func startNATS(dir string) (*server.Server, error) {
	ns, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true,
		StoreDir: dir, NoLog: true, NoSigs: true})
	if err != nil {
		return nil, err
	}
	ns.Start()
	if !ns.ReadyForConnections(10 * time.Second) {
		ns.Shutdown()
		return nil, errors.New("the NATS server does not start")
	}
	return ns, nil
}

// yard starts processes of this program.
type yard struct {
	logf            func(string, ...any)
	environ, common []string
}

// Write prints what a process prints.
func (y *yard) Write(p []byte) (int, error) {
	y.logf("  %s", bytes.TrimRight(p, "\n"))
	return len(p), nil
}

func (y *yard) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	cmd := exec.CommandContext(ctx, program, append(append([]string{name}, y.common...), args...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = y.environ, y, y
	return cmd
}

// process is a worker.
type process struct {
	*exec.Cmd

	killed bool
}

// exit is the end of the process in a place.
type exit struct {
	place int
	err   error
}

// work runs workers until the queue is empty. Every so often it kills one of them, as
// kill -9 does, and starts another in its place.
func (y *yard) work(ctx context.Context, o *options) (kills int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	running := make(map[int]*process) // by place
	ended := make(chan exit)
	defer func() {
		cancel()
		for range len(running) {
			<-ended
		}
	}()
	start := func(place int) error {
		p := &process{Cmd: y.command(ctx, "work", "-drain")}
		if err := p.Start(); err != nil {
			return err
		}
		running[place] = p
		go func() { ended <- exit{place, p.Wait()} }()
		return nil
	}
	for place := range o.workers {
		if err := start(place); err != nil {
			return 0, err
		}
	}
	random := rand.New(rand.NewPCG(o.seed, 1))
	ticker := time.NewTicker(o.killEvery)
	defer ticker.Stop()
	doomed := 0
	for len(running) > 0 {
		select {
		case <-ticker.C:
			p := running[random.IntN(o.workers)]
			if p != nil && !p.killed && doomed < o.kills && p.Process.Kill() == nil {
				p.killed = true
				doomed++
			}
		case e := <-ended:
			p := running[e.place]
			delete(running, e.place)
			switch {
			case e.err == nil: // the queue was empty
			case !p.killed:
				return kills, fmt.Errorf("a worker has failed: %w", e.err)
			default:
				kills++
				if err := start(e.place); err != nil {
					return kills, err
				}
			}
		}
	}
	return kills, ctx.Err()
}

// countDeliveries asks the queue how often it has delivered messages. All are acknowledged.
func (f *figures) countDeliveries(ctx context.Context, url string) error {
	nc, err := nats.Connect(url)
	if err != nil {
		return err
	}
	defer nc.Close()
	q, err := openQueue(ctx, nc)
	if err != nil {
		return err
	}
	info, err := q.consumer.Info(ctx)
	if err != nil {
		return err
	}
	different := int(info.Delivered.Stream)
	f.deliveries = int(info.Delivered.Consumer)
	f.redeliveries = f.deliveries - different
	if info.NumPending > 0 || info.NumAckPending > 0 || different != f.documents {
		return fmt.Errorf("%d of %d messages were delivered, %d are not acknowledged",
			different, f.documents, info.NumAckPending)
	}
	return nil
}

// compare compares what is stored with what was to be copied.
func (f *figures) compare(want map[string][]byte, stored map[string]document) error {
	wrong, such := 0, ""
	for name, d := range stored {
		content, wanted := want[name]
		f.versions += len(d.versions)
		f.drafts += d.drafts
		if len(d.versions) > 0 {
			f.stored++
		}
		if !wanted || len(d.versions) != 1 || d.drafts > 0 || !bytes.Equal(d.versions[0], content) {
			wrong++
			such = fmt.Sprintf(", such as %q with %d versions and %d drafts", name, len(d.versions), d.drafts)
		}
	}
	if f.stored != len(want) || wrong > 0 {
		return fmt.Errorf("%d of %d documents are stored, %d are wrong%s", f.stored, len(want), wrong, such)
	}
	return nil
}
