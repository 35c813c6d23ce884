// Command workdocs-share shares a document or folder of WorkDocs with a user. It
// shows how to find a user by name, how to handle a call that can fail for some
// of the users it names, and how to tell kinds of refusal apart.
//
//	go run ./examples/workdocs-share
//	go run ./examples/workdocs-share -region eu-west-1 -organization d-906724f1c0 -document ID -with ben@example.com
//
// Without flags it needs no account: it shares a document of a test server inside
// the program.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/examples/internal/program"
	"github.com/docferry/docferry/examples/internal/site"
	"github.com/docferry/docferry/workdocs"
)

func main() { program.Main(run) }

const usage = `Usage: workdocs-share [-region REGION] [-document ID] [-with USER] [flags]

Shares a document or a folder with a user, and lists everyone who may use it.

`

// run runs the program and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := share(ctx, args, stdout)
	// WorkDocs answers with status 404 for what the caller may not use, too.
	if errors.Is(err, docferry.ErrForbidden) || errors.Is(err, docferry.ErrNotFound) {
		err = fmt.Errorf("it does not exist, or is not yours to share: %w", err)
	}
	return program.Code(ctx, "workdocs-share", err, stderr)
}

func share(ctx context.Context, args []string, stdout io.Writer) error {
	var at site.Config
	flags := flag.NewFlagSet("workdocs-share", flag.ContinueOnError)
	flags.StringVar(&at.Organization, "organization", "", "`ID` of the organization; needed with AWS credentials")
	document := flags.String("document", "", "`ID` of the document or folder to share")
	with := flags.String("with", "", "`name` or mail address of the user to share with")
	role := flags.String("role", string(workdocs.RoleViewer),
		"`role` to give the user: VIEWER, CONTRIBUTOR, COOWNER or OWNER")
	message := flags.String("message", "", "`text` of a mail to the user (default no mail)")
	if err := at.Parse(flags, args, usage, stdout); err != nil {
		return err
	}
	s, err := at.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	if s.Demo != nil {
		*document, *with = s.Demo.Document, s.Demo.User
	}
	if *document == "" || *with == "" {
		return errors.New("-document and -with are needed")
	}
	user, err := find(ctx, s, *with)
	if err != nil {
		return err
	}
	principal := workdocs.SharePrincipal{ID: user.ID, Type: workdocs.PrincipalTypeUser, Role: workdocs.Role(*role)}
	shared, err := s.AddResourcePermissions(ctx, workdocs.AddResourcePermissionsRequest{
		ResourceID:          *document,
		Principals:          []workdocs.SharePrincipal{principal},
		NotificationOptions: workdocs.NotificationOptions{SendEmail: *message != "", EmailMessage: *message},
	})
	if err != nil {
		return err
	}
	for _, result := range shared.ShareResults {
		if result.Status != workdocs.ShareStatusSuccess {
			return fmt.Errorf("not shared with %s: %s", *with, site.Printable(result.StatusMessage))
		}
	}
	return list(ctx, s, *document, stdout)
}

// find returns the user with the given name or mail address.
func find(ctx context.Context, s *site.Site, name string) (workdocs.User, error) {
	users := workdocs.DescribeUsersRequest{OrganizationID: s.Organization, Query: name}
	for user, err := range s.AllUsers(ctx, users) {
		switch {
		case err != nil:
			return workdocs.User{}, err
		case strings.EqualFold(user.Username, name) || strings.EqualFold(user.EmailAddress, name):
			return user, nil
		}
	}
	return workdocs.User{}, fmt.Errorf("there is no user %s", name)
}

// list lists who may use a document or a folder.
func list(ctx context.Context, s *site.Site, resource string, stdout io.Writer) error {
	permissions := workdocs.DescribeResourcePermissionsRequest{ResourceID: resource}
	for principal, err := range s.AllResourcePermissions(ctx, permissions) {
		if err != nil {
			return err
		}
		for _, permission := range principal.Roles {
			fmt.Fprintf(stdout, "%s %s: %s, %s\n", principal.Type, principal.ID,
				permission.Role, strings.ToLower(string(permission.Type)))
		}
	}
	return nil
}
