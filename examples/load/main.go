// Command load puts many customers into chats of Amazon Connect and measures what
// that takes: the memory of a chat, how fast messages arrive, and how many calls it
// takes until all of them are back after their connections have broken.
//
//	go run ./examples/load -n 100 -rate 500 -duration 10s
//	go run ./examples/load -n 10000 -idle
//	go run ./examples/load -n 3000 -storm 100
//
// Without -tokens it starts the test server of this module in another process, which
// it talks to over TLS: what is measured is the client's side alone. Start with
// load.go, which has the three measurements. server.go is the other process, and
// report.go what is shown.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"time"

	"github.com/docferry/docferry/examples/internal/program"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == serveFlag {
		program.Main(func(ctx context.Context, _ []string, stdout, stderr io.Writer) int {
			return program.Code(ctx, "load", serve(ctx, os.Stdin, stdout), stderr)
		})
	}
	program.Main(run)
}

const usage = `Usage: load [flags]

Puts customers into chats, each into one of its own, and measures: by default, how
long it takes until a message that a customer sends arrives as an event. -idle
measures the memory of chats in which nothing is said, and -storm what happens when
all connections break and the service admits only so many calls each second.

Without -tokens nothing leaves this machine.

`

// config is what the flags say.
type config struct {
	customers        int
	rate             float64
	duration         time.Duration
	size             int
	idle             bool
	storm            int
	json             bool
	tokens           string
	region, endpoint string
	memory           string
}

func (c *config) register(flags *flag.FlagSet) {
	flags.IntVar(&c.customers, "n", 100, "how many `customers` there are")
	flags.Float64Var(&c.rate, "rate", 100, "`messages` a second that all of them send together")
	flags.DurationVar(&c.duration, "duration", 10*time.Second, "for `how long` they send, or stay idle")
	flags.IntVar(&c.size, "size", 100, "the size of a message in `characters`, at most 1024")
	flags.BoolVar(&c.idle, "idle", false, "measure the memory of chats in which nothing is said")
	flags.IntVar(&c.storm, "storm", 0, "break all connections, and admit so many `calls` a second")
	flags.BoolVar(&c.json, "json", false, "print the result as JSON")
	flags.StringVar(&c.tokens, "tokens", "", "a `file` with a participant token of the real service on each line")
	flags.StringVar(&c.region, "region", "us-east-1", "the AWS `region` of those chats")
	flags.StringVar(&c.endpoint, "endpoint", "", "the `URL` of the service, if it is not that of the region")
	flags.StringVar(&c.memory, "memprofile", "", "write a profile of the memory to a `file`, before the chats are closed")
}

// check finds flags that make no sense together.
func (c *config) check() error {
	switch {
	case c.customers < 1:
		return errors.New("-n must be at least 1")
	case c.rate <= 0:
		return errors.New("-rate must be greater than 0")
	case c.duration <= 0:
		return errors.New("-duration must be greater than 0")
	case c.size < 1 || c.size > 1024:
		return errors.New("-size must be from 1 to 1024")
	case c.idle && c.storm > 0:
		return errors.New("-idle and -storm are two measurements; choose one")
	case c.storm < 0:
		return errors.New("-storm must be greater than 0")
	case c.storm > 0 && c.tokens != "":
		return errors.New("-storm breaks the connections of a test server; it cannot be used with -tokens")
	}
	return nil
}

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return program.Code(ctx, "load", load(ctx, args, stdout, stderr), stderr)
}

func load(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c config
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	c.register(flags)
	if err := program.Parse(flags, args, usage, stdout); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q; see -h", flags.Arg(0))
	}
	if err := c.check(); err != nil {
		return err
	}
	site, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer site.close()
	r, err := c.measure(ctx, site, newStatus(stderr))
	if err != nil {
		return err
	}
	return r.print(stdout, c.json)
}

// profile writes a profile of the memory, if one is wanted.
func (c *config) profile() error {
	if c.memory == "" {
		return nil
	}
	file, err := os.Create(c.memory)
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup("heap").WriteTo(file, 0), file.Close())
}
