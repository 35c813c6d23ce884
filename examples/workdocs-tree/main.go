// Command workdocs-tree lists a folder of WorkDocs with all that is below it.
// It shows a listing that comes in pages of two lists, and one call per folder.
//
//	go run ./examples/workdocs-tree
//	go run ./examples/workdocs-tree -region eu-west-1 -folder ID
//
// Without flags it lists what a test server inside of itself holds.
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
	"github.com/docferry/docferry/workdocs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

const usage = `Usage: workdocs-tree [-region REGION] [-folder ID] [flags]

Lists a folder with all that is below it.

`

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := tree(ctx, args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "workdocs-tree:", err)
		return 1
	}
	return 0
}

func tree(ctx context.Context, args []string, stdout io.Writer) error {
	var from site.Config
	flags := flag.NewFlagSet("workdocs-tree", flag.ContinueOnError)
	flags.StringVar(&from.Folder, "folder", "", "`ID` of the folder to list (default a user's own, with a token)")
	if err := from.Parse(flags, args, usage, stdout); err != nil {
		return err
	}
	s, err := from.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	if s.Folder == "" {
		return errors.New("-folder is needed")
	}
	l := lister{site: s, out: stdout}
	if err := l.list(ctx, s.Folder, 0); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%d folders, %d documents, %d bytes\n", l.folders, l.documents, l.bytes)
	return nil
}

// lister lists folders, and counts what it meets.
type lister struct {
	site *site.Site
	out  io.Writer

	folders, documents, bytes int64
}

// list lists what is in a folder, at some depth below the first.
func (l *lister) list(ctx context.Context, folder string, depth int) error {
	contents := workdocs.DescribeFolderContentsRequest{FolderID: folder, Sort: workdocs.ResourceSortName}
	for page, err := range l.site.FolderContentsPages(ctx, contents) {
		if err != nil {
			return err
		}
		for _, f := range page.Folders {
			l.folders++
			fmt.Fprintf(l.out, "%*s%s/\n", 2*depth, "", site.Printable(f.Name))
			if err := l.list(ctx, f.ID, depth+1); err != nil {
				return err
			}
		}
		for _, d := range page.Documents {
			latest := d.LatestVersionMetadata
			l.documents++
			l.bytes += latest.Size
			fmt.Fprintf(l.out, "%*s%s  %d bytes, %s\n", 2*depth, "", site.Printable(latest.Name), latest.Size,
				latest.ModifiedTimestamp.Format("2006-01-02 15:04"))
		}
	}
	return nil
}
