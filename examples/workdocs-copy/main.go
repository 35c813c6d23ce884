// Command workdocs-copy copies the documents of a WorkDocs site to disk, in
// folders as they are there. It shows downloads that are saved whole or not at
// all, and what to do with names that another user has chosen; copy.go has
// both.
//
//	go run ./examples/workdocs-copy
//	go run ./examples/workdocs-copy -region eu-west-1 -organization d-906724f1c0 -to backup
//	go run ./examples/workdocs-copy -region eu-west-1 -folder ID -to backup
//
// Without flags it copies from a test server inside of itself to a temporary
// folder, which it removes again.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/docferry/docferry/examples/internal/site"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

const usage = `Usage: workdocs-copy [-region REGION] [-organization ID | -folder ID] [-to FOLDER] [flags]

Copies the latest version of every document to disk: of all users of a site, or
what is below one folder. Files that are there are replaced. A document that
cannot be copied does not keep the others from it.

`

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := copySite(ctx, args, stdout, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "workdocs-copy:", err)
		return 1
	}
	return 0
}

func copySite(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var from site.Config
	flags := flag.NewFlagSet("workdocs-copy", flag.ContinueOnError)
	flags.StringVar(&from.Organization, "organization", "", "`ID` of the organization whose users' documents to copy")
	flags.StringVar(&from.Folder, "folder", "", "`ID` of the one folder to copy (default a user's own, with a token)")
	to := flags.String("to", "", "`folder` on this machine to copy to; it is made if it is not there")
	if err := from.Parse(flags, args, usage, stdout); err != nil {
		return err
	}
	s, err := from.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	if s.Demo != nil && *to == "" {
		if *to, err = os.MkdirTemp("", "workdocs-copy-"); err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(*to) }()
	}
	if *to == "" || s.Organization == "" && s.Folder == "" {
		return errors.New("-to, and -organization or -folder, are needed")
	}
	if err := os.MkdirAll(*to, 0o777); err != nil {
		return err
	}
	dir, err := os.OpenRoot(*to)
	if err != nil {
		return err
	}
	defer dir.Close()
	c := copier{site: s, stdout: stdout, stderr: stderr}
	if s.Organization != "" {
		err = c.users(ctx, dir)
	} else {
		err = c.folder(ctx, s.Folder, dir, "")
	}
	fmt.Fprintf(stdout, "%d documents copied, %d bytes\n", c.copied, c.bytes)
	if err == nil && c.failed > 0 {
		err = fmt.Errorf("%d documents or folders could not be copied", c.failed)
	}
	return err
}
