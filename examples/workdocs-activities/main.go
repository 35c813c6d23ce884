// Command workdocs-activities lists what the users of a WorkDocs site did on one
// day. It shows how to range over a listing of many pages, how to filter it, and
// how times are sent.
//
//	go run ./examples/workdocs-activities
//	go run ./examples/workdocs-activities -region eu-west-1 -organization d-906724f1c0 -day 2026-05-31
//
// Without flags it needs no account: the site is a test server inside the
// program, which first does a few things there so that there is something to list.
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"strings"
	"time"

	"github.com/docferry/docferry/examples/internal/program"
	"github.com/docferry/docferry/examples/internal/site"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
)

func main() { program.Main(run) }

const usage = `Usage: workdocs-activities [-region REGION] [-organization ID] [-day DATE] [flags]

Lists what the users of a site did on one day, the latest first.

`

// run runs the program and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return program.Code(ctx, "workdocs-activities", activities(ctx, args, stdout), stderr)
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
	end := time.Now().Add(time.Minute) // the service's clock may be ahead
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
	var rows [][]string
	defer func() { program.Table(stdout, rows) }() // also after an error: what came before it is worth seeing
	for activity, err := range s.AllActivities(ctx, req) {
		if err != nil {
			return err
		}
		what := []string{site.Printable(activity.ResourceMetadata.Name)}
		for _, user := range activity.Participants.Users {
			what = append(what, site.Printable(user.Username))
		}
		rows = append(rows, []string{activity.TimeStamp.UTC().Format(time.DateTime),
			site.Printable(activity.Initiator.Username), string(activity.Type), strings.Join(what, " with ")})
	}
	return nil
}

// act uploads, comments on, shares and recycles a document, so that there is
// something to list.
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
	viewer := workdocs.SharePrincipal{ID: s.Demo.UserID, Type: workdocs.PrincipalTypeUser, Role: workdocs.RoleViewer}
	if _, err := s.AddResourcePermissions(ctx, workdocs.AddResourcePermissionsRequest{
		ResourceID: stored.ID, Principals: []workdocs.SharePrincipal{viewer}}); err != nil {
		return err
	}
	return s.UpdateDocument(ctx, workdocs.UpdateDocumentRequest{
		DocumentID: stored.ID, ResourceState: workdocs.ResourceStateRecycled})
}
