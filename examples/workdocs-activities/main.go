// Command workdocs-activities walks through what the users of a WorkDocs site
// did on one day. It shows a listing with an iterator, filters, and times.
//
//	go run ./examples/workdocs-activities
//	go run ./examples/workdocs-activities -region eu-west-1 -organization d-906724f1c0 -day 2026-05-31
//
// Without flags the site is a test server inside of the program, at which it
// does a few things first.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"text/tabwriter"
	"time"

	"github.com/docferry/docferry/examples/internal/site"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

const usage = `Usage: workdocs-activities [-region REGION] [-organization ID] [-day DATE] [flags]

Lists what the users of a site did on one day, the latest first.

`

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := activities(ctx, args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "workdocs-activities:", err)
		return 1
	}
	return 0
}

func activities(ctx context.Context, args []string, stdout io.Writer) error {
	var at site.Config
	flags := flag.NewFlagSet("workdocs-activities", flag.ContinueOnError)
	flags.StringVar(&at.Organization, "organization", "", "`ID` of the organization; needed with AWS credentials")
	day := flags.String("day", "", "`date`, such as 2026-05-31, in UTC (default the last 24 hours)")
	kinds := flags.String("types", "", "only these `types`, separated by commas, such as DOCUMENT_SHARED")
	if err := at.Parse(flags, args, usage, stdout); err != nil {
		return err
	}
	s, err := at.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	if s.Demo != nil {
		if err := act(ctx, s); err != nil {
			return err
		}
	}
	end := time.Now().Add(time.Minute) // other clocks may be ahead
	start := end.AddDate(0, 0, -1)
	if *day != "" {
		if start, err = time.Parse(time.DateOnly, *day); err != nil {
			return errors.New("-day is not a date such as 2026-05-31")
		}
		end = start.AddDate(0, 0, 1)
	}
	return list(ctx, s, workdocs.DescribeActivitiesRequest{
		OrganizationID: s.Organization, StartTime: start, EndTime: end, ActivityTypes: *kinds}, stdout)
}

// list prints a table of activities.
func list(ctx context.Context, s *site.Site, req workdocs.DescribeActivitiesRequest, stdout io.Writer) error {
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	defer func() { _ = table.Flush() }() // what came before an error is worth seeing
	for activity, err := range s.AllActivities(ctx, req) {
		if err != nil {
			return err
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s", activity.TimeStamp.UTC().Format(time.DateTime),
			site.Printable(activity.Initiator.Username), activity.Type, site.Printable(activity.ResourceMetadata.Name))
		for _, user := range activity.Participants.Users {
			fmt.Fprint(table, " with ", site.Printable(user.Username))
		}
		fmt.Fprintln(table)
	}
	return nil
}

// act does a few things, so that there is something to list.
func act(ctx context.Context, s *site.Site) error {
	folder, err := s.CreateFolder(ctx, workdocs.CreateFolderRequest{ParentFolderID: s.Folder, Name: "June"})
	if err != nil {
		return err
	}
	to := s.Uploader(workdocs.UploadTo{FolderID: folder.Metadata.ID})
	stored, err := to.Upload(ctx, upload.Bytes("June report.txt", []byte("All is well.\n")))
	if err != nil {
		return err
	}
	if _, err := s.CreateComment(ctx, workdocs.CreateCommentRequest{
		DocumentID: stored.ID, VersionID: stored.Version, Text: "Is it?"}); err != nil {
		return err
	}
	if _, err := s.AddResourcePermissions(ctx, workdocs.AddResourcePermissionsRequest{ResourceID: stored.ID, Principals: []workdocs.SharePrincipal{
		{ID: s.Demo.UserID, Type: workdocs.PrincipalTypeUser, Role: workdocs.RoleViewer}}}); err != nil {
		return err
	}
	return s.UpdateDocument(ctx, workdocs.UpdateDocumentRequest{DocumentID: stored.ID, ResourceState: workdocs.ResourceStateRecycled})
}
