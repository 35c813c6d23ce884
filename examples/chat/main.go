// Command chat takes part in a live chat of Amazon Connect from a terminal.
//
//	go run ./examples/chat
//	go run ./examples/chat -demo
//	go run ./examples/chat -region us-west-2 -participant-token QVFJREFI...
//
// It needs no account: without a token it starts the test server of this
// module inside of itself, and you play both participants. Start with
// guest.go, which has the chat: opening it, what happens, sending. This file
// has the flags and the input, demo.go the conversation that runs by itself.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/examples/internal/program"
)

func main() {
	program.Main(func(ctx context.Context, args []string, stdout, stderr io.Writer) int {
		return run(ctx, args, os.Stdin, stdout, stderr)
	})
}

const usage = `Usage: chat [flags]

Takes part in a chat: what you type is said, and what happens is shown. Lines
that begin with a slash are commands:

  /file PATH   send a file
  /typing      let the others know that you are typing
  /as NAME     go on as the other participant (without a token)
  /leave       leave the chat for good
  /quit        end the program; the participant stays in the chat

Without a token nothing leaves this machine: the service is a test server inside
this program, and its two participants, Ana and Ben, are both yours. If nobody is
at the keyboard, or with -demo, they talk by themselves for a few seconds.

With a token it is a real chat: the token is what StartChatContact of Amazon
Connect has answered with.

`

// config is what the flags say.
type config struct {
	token, region, endpoint string
	demo                    bool
}

func (c *config) register(flags *flag.FlagSet) {
	flags.StringVar(&c.token, "participant-token", "", "`token` of a participant in a real chat")
	flags.StringVar(&c.region, "region", "us-east-1", "AWS `region` of that chat")
	flags.StringVar(&c.endpoint, "endpoint", "", "`URL` of the service, if it is not that of the region")
	flags.BoolVar(&c.demo, "demo", false, "let Ana and Ben talk by themselves")
}

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	err := chat(ctx, args, stdin, stdout)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "chat: interrupted")
	default:
		fmt.Fprintln(stderr, "chat:", err)
	}
	return 1
}

func chat(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	var c config
	flags := flag.NewFlagSet("chat", flag.ContinueOnError)
	c.register(flags)
	switch err := program.Parse(flags, args, usage, stdout); {
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("%q is not expected; see -h", flags.Arg(0))
	}
	scr := &screen{out: stdout, live: isTerminal(stdout)}
	if c.token != "" {
		return alone(ctx, c, stdin, scr)
	}
	room, err := newRoom(ctx, scr)
	if err != nil {
		return err
	}
	defer room.close()
	if c.demo || !isTerminal(stdin) {
		return room.demo(ctx)
	}
	return together(ctx, room, stdin)
}

// alone takes part in a real chat.
func alone(ctx context.Context, c config, stdin io.Reader, scr *screen) error {
	client, err := connectparticipant.New(connectparticipant.Config{Region: c.region, Endpoint: c.endpoint})
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	g, err := enter(ctx, client, docferry.Secret(c.token), "", scr)
	if err != nil {
		return err
	}
	defer g.chat.Close()
	return talk(ctx, []*guest{g}, stdin)
}

// together lets one person play both participants.
func together(ctx context.Context, room *room, stdin io.Reader) error {
	room.ana.screen.linef("you are Ana; /as Ben goes on as Ben, /quit ends this")
	return talk(ctx, []*guest{room.ana, room.ben}, stdin)
}

// talk shows what happens and does what the input says, until one of both ends.
func talk(ctx context.Context, guests []*guest, stdin io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, len(guests))
	for _, g := range guests {
		go func() { ended <- g.watch(ctx) }()
	}
	lines := make(chan string)
	go readLines(ctx, stdin, lines)
	speaker := guests[0]
	for {
		select {
		case err := <-ended:
			return err
		case line, more := <-lines:
			if !more || line == "/quit" {
				return nil
			}
			if name, ok := strings.CutPrefix(line, "/as "); ok {
				speaker = choose(guests, speaker, name)
				continue
			}
			if err := speaker.do(ctx, line); err != nil {
				if errors.Is(err, connectparticipant.ErrChatEnded) {
					return err
				}
				speaker.screen.linef("that did not work: %v", err)
			}
			if line == "/leave" {
				return nil
			}
		}
	}
}

// readLines sends the lines of the input that are not empty. A terminal cannot
// be made to stop reading, so it may outlive the program's work.
func readLines(ctx context.Context, in io.Reader, lines chan<- string) {
	defer close(lines)
	for scanner := bufio.NewScanner(in); scanner.Scan(); {
		line := strings.TrimSpace(scanner.Text())
		if line == "" {
			continue
		}
		select {
		case lines <- line:
		case <-ctx.Done():
			return
		}
	}
}

// choose returns the guest with a name, or else the one that speaks now.
func choose(guests []*guest, now *guest, name string) *guest {
	for _, g := range guests {
		if g.name != "" && strings.EqualFold(g.name, strings.TrimSpace(name)) {
			g.screen.linef("you are %s", g.name)
			return g
		}
	}
	now.screen.linef("there is no participant of that name")
	return now
}
