// Command fleet copies a folder of the disk to WorkDocs or Oracle with many worker
// processes, on one machine or on many that see the same folder. Work is handed out by a
// queue of NATS JetStream; a worker that is killed loses nothing and stores nothing twice.
//
//	go run . [demo] [-to oracle]
//	go run . plan -nats nats://host -from /data -region eu-west-1 -folder ID -rate 20
//	go run . work -nats nats://host -from /data -region eu-west-1 -drain
//
// The demo needs no account and no server: it runs NATS and a test server in this process,
// kills workers while they copy, and compares every byte at the end.
//
// Start with work.go, which says what is guaranteed, and lease.go. The queue is in queue.go,
// what fills it in plan.go, and the limit that all machines share in limit.go. Both plan and
// work are a tree.Copy: the one copies the tree into the queue, the other a file of it to the
// service.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/docferry/docferry/examples/internal/program"
	"github.com/nats-io/nats.go"
)

func main() {
	program.Main(func(ctx context.Context, args []string, stdout, stderr io.Writer) int {
		return program.Code(ctx, "fleet", run(ctx, args, stdout), stderr)
	})
}

const usage = `Usage: fleet [demo|plan|work] [flags]

demo copies with workers that are killed, on servers inside this program.
plan makes the folders at the service, and puts a message for each file into the queue.
work copies the files that the messages name, one at a time. Run as many as you like.

Credentials are in the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
AWS_SESSION_TOKEN or WORKDOCS_TOKEN for WorkDocs, ORACLE_USER and ORACLE_PASSWORD for
Oracle.

`

// options are what the flags say.
type options struct {
	account

	nats, creds, from, folder string
	lease, killEvery          time.Duration
	rate                      float64
	drain                     bool
	documents, workers, kills int
	seed                      uint64
}

func (o *options) register(flags *flag.FlagSet, command string) {
	flags.StringVar(&o.to, "to", "workdocs", "`service` to copy to: workdocs or oracle")
	rate, lease := 0., time.Minute
	if command == "demo" {
		rate, lease = 400, time.Second
		flags.IntVar(&o.documents, "documents", 200, "how many documents to copy")
		flags.IntVar(&o.workers, "workers", 4, "how many workers there are at a time")
		flags.IntVar(&o.kills, "kills", 20, "how many workers are killed at most")
		flags.DurationVar(&o.killEvery, "kill-every", 200*time.Millisecond, "how often a worker is killed")
		flags.Uint64Var(&o.seed, "seed", 1, "for the choice of the workers that are killed")
	} else {
		flags.StringVar(&o.nats, "nats", nats.DefaultURL, "`URL` of the NATS server, which has JetStream")
		flags.StringVar(&o.creds, "creds", "", "`file` with credentials for NATS")
		flags.StringVar(&o.from, "from", "", "`folder` of the disk to copy")
		flags.StringVar(&o.region, "region", "", "AWS `region` of WorkDocs")
		flags.StringVar(&o.endpoint, "endpoint", "", "`URL` of the service; for WorkDocs, instead of the region's")
	}
	if command == "work" {
		flags.BoolVar(&o.drain, "drain", false, "end when the queue is empty")
		return
	}
	flags.Float64Var(&o.rate, "rate", rate, "requests a second that all processes may send together; 0 for no limit")
	flags.DurationVar(&o.lease, "lease", lease, "how long a document stays reserved for a worker that is silent")
	if command == "plan" {
		flags.StringVar(&o.folder, "folder", "", "`ID` of the folder at the service to copy into")
	}
}

// run is the program.
func run(ctx context.Context, args []string, stdout io.Writer) error {
	command := "demo"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		command, args = args[0], args[1:]
	}
	do, ok := map[string]func(context.Context, *options, func(string, ...any)) error{
		"demo": runDemo, "plan": runPlan, "work": runWork}[command]
	if !ok {
		return fmt.Errorf("%q is no command of this program; see -h", command)
	}
	var o options
	flags := flag.NewFlagSet("fleet", flag.ContinueOnError)
	o.register(flags, command)
	switch err := program.Parse(flags, args, usage, stdout); {
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("%q is not expected; see -h", flags.Arg(0))
	}
	var mu sync.Mutex
	return do(ctx, &o, func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(stdout, format+"\n", args...)
	})
}

// runPlan is the command plan.
func runPlan(ctx context.Context, o *options, logf func(string, ...any)) error {
	if o.folder == "" {
		return errors.New("-folder is required; see -h")
	}
	create := func(nc *nats.Conn) (*queue, error) { return createQueue(ctx, nc, o.lease) }
	return o.connect(create, func(q *queue, to *service, from *os.Root) error {
		if err := q.limiter().set(ctx, o.rate); err != nil {
			return err
		}
		return plan(ctx, q, to.folder(o.folder), from.FS(), logf)
	})
}

// runWork is the command work.
func runWork(ctx context.Context, o *options, logf func(string, ...any)) error {
	open := func(nc *nats.Conn) (*queue, error) { return openQueue(ctx, nc) }
	return o.connect(open, func(q *queue, to *service, from *os.Root) error {
		w := &worker{queue: q, folder: to.folder, from: from, logf: logf}
		err := w.run(ctx, o.drain)
		logf("worker %d: %v", os.Getpid(), w.tally)
		return err
	})
}

// connect connects to NATS and the service, and opens the folder of the disk, for as long
// as do runs.
func (o *options) connect(open func(*nats.Conn) (*queue, error), do func(*queue, *service, *os.Root) error) error {
	if o.from == "" {
		return errors.New("-from is required; see -h")
	}
	from, err := os.OpenRoot(o.from)
	if err != nil {
		return err
	}
	defer from.Close()
	settings := []nats.Option{nats.Name("docferry fleet")}
	if o.creds != "" {
		settings = append(settings, nats.UserCredentials(o.creds))
	}
	nc, err := nats.Connect(o.nats, settings...)
	if err != nil {
		return fmt.Errorf("NATS cannot be reached: %w", err)
	}
	defer nc.Close()
	q, err := open(nc)
	if err != nil {
		return err
	}
	to, err := o.open(q.limiter())
	if err != nil {
		return err
	}
	defer to.close()
	return do(q, to, from)
}
