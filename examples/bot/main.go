// Command bot answers messages in a chat of Amazon Connect, as its customer.
//
//	go run .
//	go run . -instance-id ID -contact-flow-id ID -region us-west-2
//	go run . -participant-token QVFJREFI... -region us-west-2
//
// It needs no account: without flags it talks to a scripted agent on the test
// server of docferry. Start with bot.go, which has the loop. The rules of its
// answers are in answers.go, what it does with attachments in attachments.go,
// and where participant tokens come from in start.go and flow; demo.go has the agent.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/docferry/docferry/examples/internal/program"
)

func main() {
	program.Main(func(ctx context.Context, args []string, stdout, stderr io.Writer) int {
		return program.Code(ctx, "bot", run(ctx, args, stdout), stderr)
	})
}

const usage = `Usage: bot [flags]

Answers messages in a chat: /help, /time and /file are commands, anything else comes
back as an echo. Attachments are stored in a folder and answered with their SHA-256.

Without flags nothing leaves this machine: a scripted agent on a test server inside
this program talks to the bot. With -instance-id and -contact-flow-id, a real chat is
started with StartChatContact. With -participant-token, the bot enters a chat that
was started elsewhere; -endpoint names the service if it is not that of -region.

An interrupt (Ctrl-C) takes the bot out of the chat.

`

// options are what the flags say.
type options struct {
	instanceID, flowID, region, name      string
	token, endpoint, participantID, after string
	folder                                string
}

func (o *options) register(flags *flag.FlagSet) {
	flags.StringVar(&o.instanceID, "instance-id", "", "`ID` of an Amazon Connect instance to start a chat with")
	flags.StringVar(&o.flowID, "contact-flow-id", "", "`ID` of the flow that the chat begins with")
	flags.StringVar(&o.region, "region", "", "AWS `region`; by default that of the AWS configuration")
	flags.StringVar(&o.name, "name", "Bot", "display `name` of the bot in a chat that it starts")
	flags.StringVar(&o.token, "participant-token", "", "`token` for a chat that was started elsewhere")
	flags.StringVar(&o.participantID, "participant-id", "", "`ID` that StartChatContact returned beside that token")
	flags.StringVar(&o.after, "after", "", "`ID` of the last item that an earlier run answered; its summary says it")
	flags.StringVar(&o.endpoint, "endpoint", "", "`URL` of the participant service, if it is not that of the region")
	flags.StringVar(&o.folder, "folder", "", "`folder` for attachments; by default a new temporary one")
}

// run is the program.
func run(ctx context.Context, args []string, stdout io.Writer) error {
	var o options
	flags := flag.NewFlagSet("bot", flag.ContinueOnError)
	o.register(flags)
	switch err := program.Parse(flags, args, usage, stdout); {
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("%q is not expected; see -h", flags.Arg(0))
	}
	var mu sync.Mutex
	logf := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(stdout, format+"\n", args...)
	}
	switch {
	case o.token != "" && (o.instanceID != "" || o.flowID != ""):
		return errors.New("either -participant-token or -instance-id can be given, not both; see -h")
	case o.token != "":
		s, err := invited(o)
		if err != nil {
			return err
		}
		return attend(ctx, s, o, logf)
	case o.instanceID != "" || o.flowID != "":
		s, err := started(ctx, o)
		if err != nil {
			return err
		}
		return attend(ctx, s, o, logf)
	}
	return demo(ctx, o, logf)
}

// attend runs the bot in its seat, and prints its summary.
func attend(ctx context.Context, s *seat, o options, logf func(string, ...any)) error {
	defer s.client.CloseIdleConnections()
	files, err := openFolder(o.folder)
	if err != nil {
		return err
	}
	defer files.Close()
	b, err := open(ctx, s, files, logf)
	if err != nil {
		return err
	}
	err = b.run(ctx)
	logf("done: %s; files in %s", b.summary(), files.Name())
	return err
}

// openFolder opens the folder for attachments, and makes it if need be.
func openFolder(name string) (*os.Root, error) {
	if name == "" {
		made, err := os.MkdirTemp("", "bot-")
		if err != nil {
			return nil, err
		}
		name = made
	} else if err := os.MkdirAll(name, 0o700); err != nil {
		return nil, err
	}
	return os.OpenRoot(name)
}
