// Command load puts many customers into chats of Amazon Connect, each into one of its
// own, and measures what that takes. While it runs, it shows how far it is. From this
// folder:
//
//	go run . -n 100 -rate 500 -duration 10s
//	go run . -n 10000 -idle
//	go run . -n 20 -history 10000
//	go run . -n 3000 -storm 100
//	go run . -n 5 -rate 5 -instance-id ID -contact-flow-id ID -region us-west-2
//
// The first measures latency: how long it takes from the call of SendMessage until the
// loop over Events of the same chat has the message. Each message is to arrive once. It
// is lost if SendMessage has succeeded and it does not arrive within 10 seconds after the
// last one, and doubled if it arrives again.
//
// -idle measures the memory of chats in which nothing is said: what this process has
// grown by for each chat. The first figure is after a collection of garbage, and what a
// program needs that keeps such chats is between that and the second. Heap and stacks
// are parts of it. One of the goroutines is the loop of this program over Events.
//
// -history measures what a Chat keeps of a long conversation, to tell new items from
// those it has delivered. That is bounded, so the figures must stop growing at some point
// below 64 KB. The items are the worst there are: with long IDs, with receipts of many
// recipients, and messages whose processing never ends.
//
// -storm breaks all connections at once, while the service admits only so many calls a
// second. It tells how long it takes until all customers are back, beside what is ideal
// if no call is wasted, and how many calls each needed.
//
// Without a flow the chats are on the test server of docferry, in another process on
// this machine, over TLS and HTTP/2: memory is that of the client alone, but latency has
// both sides of each message, and both share the processors. With a flow, real chats are started
// with StartChatContact, which costs money; their customers leave them at the end.
//
// Each customer has a connection, and each connection is an open file. The program
// raises its own limit on those if it may, and says what to do otherwise.
//
// Start with measure.go, which has the measurements. The customers are in crowd.go, where
// their chats come from in site.go, the other process in server.go, and what is shown in
// report.go and display.go.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/docferry/docferry/examples/internal/program"
)

func main() {
	program.Main(func(ctx context.Context, args []string, stdout, stderr io.Writer) int {
		if len(args) == 1 && args[0] == serveFlag {
			return program.Code(ctx, "load", serve(ctx, os.Stdin, stdout), stderr)
		}
		return program.Code(ctx, "load", load(ctx, args, stdout, stderr), stderr)
	})
}

const usage = `Usage: load [flags]

Puts customers into chats, each into one of its own, and measures: by default, how
long it takes until a message arrives; with -idle the memory of chats in which nothing
is said, with -history what a chat keeps of a long conversation, and with -storm how
all return after their connections have broken.

Without -instance-id and -contact-flow-id nothing leaves this machine.

`

// config is what the flags say.
type config struct {
	customers          int
	rate               float64
	duration           time.Duration
	size               int
	idle               bool
	history, storm     int
	json               bool
	instanceID, flowID string
	region, endpoint   string
}

func (c *config) register(flags *flag.FlagSet) {
	flags.IntVar(&c.customers, "n", 100, "how many `customers` there are")
	flags.Float64Var(&c.rate, "rate", 100, "`messages` a second that all of them send together")
	flags.DurationVar(&c.duration, "duration", 10*time.Second, "for `how long` they send, or stay idle")
	flags.IntVar(&c.size, "size", 100, "the size of a message in `characters`, at most 1024")
	flags.BoolVar(&c.idle, "idle", false, "measure the memory of chats in which nothing is said")
	flags.IntVar(&c.history, "history", 0, "measure what a chat keeps of so many `items`")
	flags.IntVar(&c.storm, "storm", 0, "break all connections, and admit so many `calls` a second")
	flags.BoolVar(&c.json, "json", false, "print the result as JSON")
	flags.StringVar(&c.instanceID, "instance-id", "", "`ID` of an Amazon Connect instance to start the chats with")
	flags.StringVar(&c.flowID, "contact-flow-id", "", "`ID` of the flow that the chats begin with")
	flags.StringVar(&c.region, "region", "", "AWS `region` of the instance; by default that of the AWS configuration")
	flags.StringVar(&c.endpoint, "endpoint", "", "`URL` of its participant service, if it is not that of the region")
}

// real reports whether the chats are those of the real service.
func (c *config) real() bool { return c.instanceID != "" || c.flowID != "" }

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
	case c.storm < 0 || c.history < 0:
		return errors.New("-storm and -history must be greater than 0")
	case c.idle && c.history+c.storm > 0, c.history*c.storm > 0:
		return errors.New("-idle, -history and -storm are different measurements; choose one")
	case c.real() && c.storm+c.history > 0:
		return errors.New("-storm and -history need the test server; they cannot be used with chats of the real service")
	}
	return nil
}

// load is the program.
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
	// There are connections for calls, too.
	if err := allowFiles(c.customers + 1000); err != nil {
		return err
	}
	site, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer site.close()
	r, err := c.measure(ctx, site, newDisplay(stderr))
	if err != nil {
		return err
	}
	return r.print(stdout, c.json)
}
