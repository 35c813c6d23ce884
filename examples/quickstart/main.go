// Command quickstart uploads files to all three services through one
// interface, downloads them again and compares. It shows the whole way of a
// file: a client, an uploader for a destination, a source with progress, the
// result, and the download.
//
//	go run ./examples/quickstart
//	go run ./examples/quickstart report.pdf photo.jpg
//
// It needs no account: unless a flag names a real service, it starts the test
// servers of this module inside of itself. Start with services.go, where the
// clients and uploaders are made; this file has the flags, the order of events
// and the table.
package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/docferry/docferry/examples/internal/program"
	"github.com/docferry/docferry/upload"
)

func main() { program.Main(run) }

const usage = `Usage: quickstart [flags] [FILE...]

Uploads each file to Amazon WorkDocs, Amazon Connect (as an attachment of a
chat) and Oracle's document service, downloads it again and compares the
SHA-256 of both. Without files it takes the README.md of this project. A file
whose name is taken becomes a new version at WorkDocs and Oracle, and another
attachment at Connect. At the end it prints a table; TIME is for there and back,
and long values are cut if it goes to a terminal.

Without flags nothing leaves this machine: the three services are test servers
inside this program. They keep what they get in memory, so take files that fit
there; towards a real service, memory does not grow with the files.

With flags, only the services that they name are used, for real, and what was
uploaded stays there. Credentials for WorkDocs come from AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, unless there is a user's token; the
password for Oracle comes from ORACLE_PASSWORD.

`

// run runs the program and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return program.Code(ctx, "quickstart", ferry(ctx, args, stdout, stderr), stderr)
}

func ferry(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var to config
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	to.register(flags)
	if err := program.Parse(flags, args, usage, stdout); err != nil {
		return err
	}
	sources, err := openSources(flags.Args())
	if err != nil {
		return err
	}
	if flags.NFlag() == 0 {
		servers, stop, err := startServers()
		if err != nil {
			return err
		}
		defer stop()
		to = servers
	}
	destinations, err := to.destinations(ctx)
	defer func() {
		for _, d := range destinations {
			d.CloseIdleConnections()
		}
	}()
	if err != nil {
		return err
	}
	var done []passage
	defer func() { printTable(stdout, done) }() // what worked is worth a table even if the rest did not
	for _, d := range destinations {
		for _, src := range sources {
			p, err := pass(ctx, d, src, stderr)
			if err != nil {
				return err
			}
			done = append(done, p)
		}
	}
	return nil
}

// passage is a file that has gone there and back.
type passage struct {
	service string
	name    string
	stored  *upload.Result
	took    time.Duration
}

// pass takes a file there and back.
func pass(ctx context.Context, d destination, src upload.Source, progress io.Writer) (passage, error) {
	start := time.Now()
	bar := newBar(progress, d.Name(), src)
	stored, err := d.Upload(ctx, bar.watch())
	bar.done(err)
	if err != nil && ctx.Err() != nil {
		return passage{}, canceled(d.Name(), err)
	}
	if err != nil {
		return passage{}, fmt.Errorf("%s: %w", d.Name(), err)
	}
	back, err := digest(ctx, d, stored)
	if err != nil && ctx.Err() != nil {
		return passage{}, fmt.Errorf("%q is stored at %s, but its download was canceled", src.Name, d.Name())
	}
	if err != nil {
		return passage{}, fmt.Errorf("%s: download of %q: %w", d.Name(), src.Name, err)
	}
	if back != stored.SHA256 {
		return passage{}, fmt.Errorf("%s: %q came back changed: sent SHA-256 %s, got %s", d.Name(), src.Name,
			stored.SHA256, back)
	}
	return passage{d.Name(), src.Name, stored, time.Since(start)}, nil
}

// canceled says how an interrupted upload has ended. The error itself also says
// whether the canceled request may have been carried out, but after the clean-up
// only what remains at the service matters.
func canceled(service string, err error) error {
	failed, ok := errors.AsType[*upload.Error](err)
	if !ok {
		return fmt.Errorf("%s: %w", service, err)
	}
	parts := []string{map[upload.State]string{
		upload.StateNotStarted: "before it started",
		upload.StateRolledBack: "and rolled back",
		upload.StateOrphaned:   "and left something unfinished there",
		upload.StateUnknown:    "and may have been stored",
	}[failed.State]}
	for _, left := range failed.Left {
		parts = append(parts, left.ID)
	}
	return fmt.Errorf("the upload of %q to %s was canceled %s", failed.Name, service, strings.Join(parts, ", "))
}

// digest downloads what was stored and returns its SHA-256.
func digest(ctx context.Context, d destination, stored *upload.Result) (string, error) {
	content, err := d.Download(ctx, stored)
	if err != nil {
		return "", err
	}
	defer content.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, content); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func printTable(out io.Writer, done []passage) {
	if len(done) == 0 {
		return
	}
	fit := func(text string, _ int) string { return text }
	if isTerminal(out) { // some IDs have 78 characters, and a line must fit 80
		fit = program.Cut
	}
	rows := [][]string{{"SERVICE", "FILE", "ID", "VERSION", "SIZE", "SHA-256", "TIME"}}
	for _, p := range done {
		rows = append(rows, []string{p.service, fit(p.name, 12), fit(p.stored.ID, 8),
			fit(cmp.Or(p.stored.Version, "-"), 8), program.Size(p.stored.Size), fit(p.stored.SHA256[:12], 8),
			p.took.Round(time.Millisecond).String()})
	}
	program.Table(out, rows)
}
