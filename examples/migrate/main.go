// Command migrate copies a tree of files between folders of the disk, of Amazon WorkDocs
// and of Oracle's document service, in any direction.
//
//	go run .
//	go run . -workdocs-region eu-west-1 ./papers workdocs:FOLDERID
//	go run . -workdocs-region eu-west-1 -oracle-url https://docs.example.com -oracle-user ada \
//		-journal papers.journal workdocs:FOLDERID oracle:self
//
// It needs no account: without arguments it copies between test servers inside the
// program. The work is done in package transfer, which it has in common with the command
// upload; start with copy.go there.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/docferry/docferry/examples/internal/program"
	"github.com/docferry/docferry/examples/migrate/transfer"
)

func main() { program.Main(run) }

const usage = `Usage: migrate [flags] FROM TO

Copies all files and folders that are in the folder FROM into the folder TO. Without
FROM and TO, it copies a few files from one service to the other, both of which are test
servers inside this program; nothing leaves the machine.

` + transfer.Usage

// run runs the program and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return program.Code(ctx, "migrate", migrate(ctx, args, stdout, stderr), stderr)
}

func migrate(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o transfer.Options
	flags := flag.NewFlagSet("migrate", flag.ContinueOnError)
	o.Register(flags)
	if err := program.Parse(flags, args, usage, stdout); err != nil {
		return err
	}
	defer o.Close()
	switch {
	case flags.NArg() == 0 && !o.Named():
		return demo(ctx, &o, stdout, stderr)
	case flags.NArg() != 2:
		return errors.New("two addresses are needed, FROM and TO, after the flags; see -h")
	}
	return between(ctx, &o, flags.Arg(0), flags.Arg(1), stdout, stderr)
}

// between copies from one address to another.
func between(ctx context.Context, o *transfer.Options, from, to string, stdout, stderr io.Writer) error {
	source, err := o.From(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := o.To(to)
	if err != nil {
		return err
	}
	defer target.Close()
	return o.Copy(ctx, source, target, stdout, stderr)
}

// demo fills a folder of WorkDocs, and copies it to Oracle.
func demo(ctx context.Context, o *transfer.Options, stdout, stderr io.Writer) error {
	d, err := o.Demo()
	if err != nil {
		return err
	}
	defer d.Close()
	fmt.Fprintln(stderr, "This is a demonstration between test servers inside this program; see -h.")
	if err := between(ctx, transfer.Quiet(o), d.Disk, d.WorkDocs, io.Discard, stderr); err != nil {
		return err
	}
	return between(ctx, o, d.WorkDocs, d.Oracle, stdout, stderr)
}
