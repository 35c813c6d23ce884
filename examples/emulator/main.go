// Command emulator serves Amazon WorkDocs, the Amazon Connect Participant
// Service and Oracle's REST API for Documents from memory, on one port, for
// clients in any language. It shows how the test servers of this module stand
// on their own, and what it prints is ready to be pasted into a shell.
//
//	go run ./examples/emulator
//	go run ./examples/emulator -addr 127.0.0.1:9090
//	go run ./examples/emulator -seed testdata -export out -tls
//
// A page in the browser, at the address that it prints, shows what is stored and
// which calls arrive, and switches faults on and off. See docs/emulator.md.
//
// It is for tests: its credentials are known to everybody, and all that it
// keeps is gone when it ends, unless -export names a folder.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/docferry/docferry/examples/internal/certificate"
	"github.com/docferry/docferry/examples/internal/program"
)

func main() { program.Main(run) }

const usage = `Usage: emulator [-addr HOST:PORT] [-seed DIR] [-export DIR] [-tls [-tls-pem FILE]]

Serves Amazon WorkDocs, the Amazon Connect Participant Service and Oracle's
REST API for Documents from memory, and prints how to reach them. The page at
its address shows what is stored, and makes calls fail. An interrupt ends it.

`

// options are what the command line says.
type options struct {
	addr, seed, export, pem string
	tls                     bool
}

// run is the program; it returns the exit code when ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return program.Code(ctx, "emulator", emulate(ctx, args, stdout, stderr), stderr)
}

func parse(args []string, stdout io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("emulator", flag.ContinueOnError)
	flags.StringVar(&o.addr, "addr", "127.0.0.1:8080", "`address` to listen on; port 0 takes a free one")
	flags.StringVar(&o.seed, "seed", "", "`folder` whose files are stored at WorkDocs and Oracle at the start")
	flags.StringVar(&o.export, "export", "", "`folder` to write what is stored to, at the end and from the page")
	flags.BoolVar(&o.tls, "tls", false, "serve https, with a certificate that is made at the start")
	flags.StringVar(&o.pem, "tls-pem", "", "`file` for the certificate, which replaces it (default a temporary one)")
	switch err := program.Parse(flags, args, usage, stdout); {
	case err != nil:
		return o, err
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q; see -h", flags.Arg(0))
	case o.pem != "" && !o.tls:
		return o, errors.New("-tls-pem is of no use without -tls")
	}
	return o, nil
}

func emulate(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stdout)
	if err != nil {
		return err
	}
	e := newEmulator()
	defer e.close() // ends the websockets, which would go on otherwise
	if o.export != "" {
		if e.exportTo, err = openExport(o.export); err != nil {
			return err
		}
		defer e.exportTo.root.Close()
	}
	if o.seed != "" {
		if err := e.seed(ctx, o.seed, stderr); err != nil {
			return err
		}
	}
	if err := e.listen(ctx, o, stdout, stderr); err != nil || e.exportTo == nil {
		return err
	}
	return e.export(stderr)
}

// listen serves at the address of -addr until ctx ends.
func (e *emulator) listen(ctx context.Context, o options, stdout, stderr io.Writer) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.addr)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }() // serve has closed it, unless it is not reached
	at := access{url: address(listener.Addr())}
	if o.tls {
		at.url = "https" + at.url[len("http"):]
		own, text, err := certificate.New("docferry emulator", hosts(o.addr)...)
		if err != nil {
			return fmt.Errorf("-tls: %w", err)
		}
		var remove func()
		if at.pem, remove, err = publish(text, o.pem); err != nil {
			return fmt.Errorf("-tls: %w", err)
		}
		defer remove()
		at.tls = &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}
	}
	if !loopback(listener.Addr()) {
		fmt.Fprintf(stderr, "emulator: warning: %s can be reached from other machines, "+
			"and the credentials are known to everybody; -addr 127.0.0.1:0 keeps it to this one\n", listener.Addr())
	}
	e.page = e.newPage(hosts(o.addr), stderr)
	if err := e.guide(ctx, stdout, at); err != nil {
		return err
	}
	return serve(ctx, listener, e, at.tls, stderr)
}

// access is how clients reach the emulator.
type access struct {
	url string
	pem string // the file with the certificate; "" without -tls
	tls *tls.Config
}

// serve ends with ctx: it takes no new requests, and gives those that are
// under way some time.
func serve(ctx context.Context, listener net.Listener, handler http.Handler, secure *tls.Config, stderr io.Writer) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, TLSConfig: secure,
		ErrorLog: slog.NewLogLogger(slog.NewTextHandler(stderr, nil), slog.LevelWarn)}
	// Faults break connections. With HTTP/2, they would break a stream only.
	server.Protocols = new(http.Protocols)
	server.Protocols.SetHTTP1(true)
	ended := make(chan error, 1)
	go func() {
		if secure != nil {
			ended <- server.ServeTLS(listener, "", "")
			return
		}
		ended <- server.Serve(listener)
	}()
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

// loopback reports whether an address can be reached from this machine only.
func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// hosts are the names and addresses by which clients may call the server: those
// of this machine for itself, its name, and the host of -addr.
func hosts(addr string) []string {
	all := []string{"localhost", "127.0.0.1", "::1"}
	if name, err := os.Hostname(); err == nil && name != "" && name != "localhost" {
		all = append(all, name)
	}
	host, _, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && host != "" && (ip == nil || !ip.IsUnspecified() && !ip.IsLoopback()) {
		all = append(all, host)
	}
	return all
}
