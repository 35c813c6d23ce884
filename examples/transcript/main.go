// Command transcript prints the transcript of a chat of Amazon Connect, and can
// save its attachments. It shows how to read a whole transcript and how to
// download files whose names other people have chosen.
//
//	go run ./examples/transcript
//	go run ./examples/transcript -region us-west-2 -participant-token QVFJREFI...
//	go run ./examples/transcript -json -attachments DIR
//
// Without -region and -endpoint it needs no account: it prints a chat on a test
// server inside the program.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/examples/internal/program"
)

func main() { program.Main(run) }

// tokenVariable is the environment variable with the participant token. A token in
// a flag can be seen by the other users of the computer.
const tokenVariable = "CONNECT_PARTICIPANT_TOKEN"

const usage = `Usage: transcript [-region REGION] [-json] [-attachments DIR] [flags]

Prints the transcript of a chat, oldest item first. The participant token is
what StartChatContact of Amazon Connect has answered with; it is read from
` + tokenVariable + ` if there is no flag for it.

The exit code is 1 if the transcript could not be read to its end, or if an
attachment could not be saved.

`

// config is what the flags say.
type config struct {
	token, region, endpoint, dir string
	json                         bool
}

func (c *config) parse(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("transcript", flag.ContinueOnError)
	flags.StringVar(&c.token, "participant-token", "", "`token` of a participant in the chat (default $"+tokenVariable+")")
	flags.StringVar(&c.region, "region", "", "AWS `region` of the chat")
	flags.StringVar(&c.endpoint, "endpoint", "", "`URL` of the service, if it is not that of the region")
	flags.BoolVar(&c.json, "json", false, "print each item as a line of JSON, with the names of the API")
	flags.StringVar(&c.dir, "attachments", "", "save the attachments in the directory `DIR`, which is made if need be")
	if err := program.Parse(flags, args, usage, stdout); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("%q is not expected; see -h", flags.Arg(0))
	case c.demo() && c.token != "":
		return errors.New("-participant-token needs -region or -endpoint")
	case c.demo():
		return nil
	case c.token == "":
		c.token = os.Getenv(tokenVariable)
	}
	if c.token == "" {
		return fmt.Errorf("a participant token is needed: set -participant-token or %s", tokenVariable)
	}
	return nil
}

// demo reports whether the chat is that of the test server in this program.
func (c *config) demo() bool { return c.region == "" && c.endpoint == "" }

// run runs the program and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return program.Code(ctx, "transcript", transcript(ctx, args, stdout, stderr), stderr)
}

func transcript(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c config
	if err := c.parse(args, stdout); err != nil {
		return err
	}
	at := connectparticipant.Config{Region: c.region, Endpoint: c.endpoint}
	if c.demo() {
		server, token, err := newDemo(ctx)
		if err != nil {
			return err
		}
		defer server.Close()
		at.Endpoint, at.HTTP.Transport, c.token = server.URL, server, token
	}
	client, err := connectparticipant.New(at)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	chat, err := client.Chat(ctx, docferry.Secret(c.token))
	if err != nil {
		return err
	}
	defer chat.Close()
	w := &writer{stdout: stdout, stderr: stderr, json: c.json}
	if c.dir != "" {
		if w.saver, err = newSaver(client, chat, c.dir); err != nil {
			return err
		}
		defer w.saver.dir.Close()
	}
	return w.write(ctx, chat)
}
