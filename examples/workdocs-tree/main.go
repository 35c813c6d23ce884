// Command workdocs-tree lists a folder of WorkDocs with all that is below it.
// It shows how to read a listing whose pages hold folders and documents, and how
// to go down a tree with one listing for each folder.
//
//	go run ./examples/workdocs-tree
//	go run ./examples/workdocs-tree -region eu-west-1 -folder ID
//
// Without flags it needs no account: it lists a test server inside the program.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/docferry/docferry/examples/internal/program"
	"github.com/docferry/docferry/examples/internal/site"
	"github.com/docferry/docferry/workdocs"
)

func main() { program.Main(run) }

const usage = `Usage: workdocs-tree [-region REGION] [-folder ID] [flags]

Lists a folder and everything below it.

`

// run runs the program and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return program.Code(ctx, "workdocs-tree", tree(ctx, args, stdout), stderr)
}

func tree(ctx context.Context, args []string, stdout io.Writer) error {
	var from site.Config
	flags := flag.NewFlagSet("workdocs-tree", flag.ContinueOnError)
	flags.StringVar(&from.Folder, "folder", "", "`ID` of the folder to list (default with -token: the user's own folder)")
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

// lister lists folders and counts what it has listed.
type lister struct {
	site *site.Site
	out  io.Writer

	folders, documents, bytes int64
}

// list lists the contents of a folder, indented by its depth below the first folder.
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
