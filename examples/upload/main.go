// Command upload puts files, and folders with all that is in them, into one folder of
// Amazon WorkDocs, of Oracle's document service or of the disk.
//
//	go run .
//	go run . -workdocs-region eu-west-1 report.pdf papers workdocs:FOLDERID
//	go run . -oracle-url https://docs.example.com -oracle-user ada photos oracle:self
//
// It needs no account: without arguments it uploads to a test server inside the program.
// selection.go makes one file system of the arguments. The rest is the same as in the
// command migrate, in its package transfer.
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

const usage = `Usage: upload [flags] FILE_OR_FOLDER... TO

Stores each file and each folder in the folder TO, under its own name. Without arguments,
it uploads a few files to a test server inside this program; nothing leaves the machine.

` + transfer.Usage

// run runs the program and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return program.Code(ctx, "upload", upload(ctx, args, stdout, stderr), stderr)
}

func upload(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o transfer.Options
	flags := flag.NewFlagSet("upload", flag.ContinueOnError)
	o.Register(flags)
	if err := program.Parse(flags, args, usage, stdout); err != nil {
		return err
	}
	defer o.Close()
	n := flags.NArg()
	switch {
	case n == 0 && !o.Named():
		return demo(ctx, &o, stdout, stderr)
	case n < 2:
		return errors.New("at least one file or folder and the address TO are needed, after the flags; see -h")
	}
	return into(ctx, &o, flags.Args()[:n-1], flags.Arg(n-1), stdout, stderr)
}

// into uploads files and folders to an address.
func into(ctx context.Context, o *transfer.Options, names []string, to string, stdout, stderr io.Writer) error {
	files, err := choose(names)
	if err != nil {
		return err
	}
	defer files.Close()
	target, err := o.To(to)
	if err != nil {
		return err
	}
	defer target.Close()
	return o.Copy(ctx, transfer.Files(files.String(), files), target, stdout, stderr)
}

// demo uploads a folder to WorkDocs.
func demo(ctx context.Context, o *transfer.Options, stdout, stderr io.Writer) error {
	d, err := o.Demo()
	if err != nil {
		return err
	}
	defer d.Close()
	fmt.Fprintln(stderr, "This is a demonstration with a test server inside this program; see -h.")
	return into(ctx, o, []string{d.Disk}, d.WorkDocs, stdout, stderr)
}
