// Command workdocs-copy copies the documents of a WorkDocs site to disk, with the
// folders that they are in. It shows how to save a download whole or not at all,
// and how to turn names that other users have chosen into safe file names; both
// are in copy.go.
//
//	go run ./examples/workdocs-copy
//	go run ./examples/workdocs-copy -region eu-west-1 -organization d-906724f1c0 -to backup
//	go run ./examples/workdocs-copy -region eu-west-1 -folder ID -to backup
//
// Without flags that name a site it needs no account: it copies from a test
// server inside the program. Without -to as well, the copy goes to a temporary
// folder that is removed at the end.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/docferry/docferry/examples/internal/program"
	"github.com/docferry/docferry/examples/internal/site"
)

func main() { program.Main(run) }

const usage = `Usage: workdocs-copy [-region REGION] [-organization ID | -folder ID] [-to FOLDER] [flags]

Copies the latest version of every document to disk: those of all users of a
site, or those below one folder. Existing files are replaced. If a document
cannot be copied, the program reports that and goes on with the others.

`

// run runs the program and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return program.Code(ctx, "workdocs-copy", copySite(ctx, args, stdout, stderr), stderr)
}

func copySite(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var from site.Config
	flags := flag.NewFlagSet("workdocs-copy", flag.ContinueOnError)
	flags.StringVar(&from.Organization, "organization", "", "`ID` of the organization whose users' documents to copy")
	flags.StringVar(&from.Folder, "folder", "", "`ID` of the one folder to copy (default with -token: the user's own folder)")
	to := flags.String("to", "", "`folder` on this machine to copy to; it is created if it does not exist")
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
