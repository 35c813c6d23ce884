// Command emulator serves Amazon WorkDocs, the Amazon Connect Participant
// Service and Oracle's REST API for Documents from memory, on one port, for
// clients in any language. It shows how the test servers of this module stand
// on their own, and what it prints is ready to be pasted into a shell.
//
//	go run ./examples/emulator
//	go run ./examples/emulator -addr 127.0.0.1:9090
//
// It is for tests: its credentials are known to everybody, and all that it
// keeps is gone when it ends.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/docferry/docferry/examples/internal/program"
)

func main() { program.Main(run) }

const usage = `Usage: emulator [-addr HOST:PORT]

Serves Amazon WorkDocs, the Amazon Connect Participant Service and Oracle's
REST API for Documents from memory, and prints how to reach them.

`

// run is the program; it returns the exit code when ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return program.Code(ctx, "emulator", emulate(ctx, args, stdout, stderr), stderr)
}

func emulate(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("emulator", flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:8080", "`address` to listen on; port 0 takes a free one")
	switch err := program.Parse(flags, args, usage, stdout); {
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q; see -h", flags.Arg(0))
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
	if err != nil {
		return err
	}
	e := newEmulator()
	defer e.close() // ends the websockets, which would go on otherwise
	if err := e.guide(ctx, stdout, address(listener.Addr())); err != nil {
		return errors.Join(err, listener.Close())
	}
	return serve(ctx, listener, e, stderr)
}

// serve ends with ctx: it takes no new requests, and gives those that are
// under way some time.
func serve(ctx context.Context, listener net.Listener, handler http.Handler, stderr io.Writer) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: slog.NewLogLogger(slog.NewTextHandler(stderr, nil), slog.LevelWarn)}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		return server.Close()
	}
	return nil
}

// address returns the URL at which a client on this machine finds the server.
func address(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return "http://" + net.JoinHostPort("127.0.0.1", port)
	}
	return "http://" + a.String()
}
