// Command workdocs-share shares a document of WorkDocs with a user. It shows
// how to find a user by name, a call that can fail for a part of what it was
// asked for, and how to tell the kinds of refusal apart.
//
//	go run ./examples/workdocs-share
//	go run ./examples/workdocs-share -region eu-west-1 -organization d-906724f1c0 -document ID -with ben@example.com
//
// Without flags it does so at a test server inside of itself.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/examples/internal/site"
	"github.com/docferry/docferry/workdocs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

const usage = `Usage: workdocs-share [-region REGION] [-document ID] [-with USER] [flags]

Shares a document or a folder with a user, and lists who may use it.

`

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := share(ctx, args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, docferry.ErrForbidden), errors.Is(err, docferry.ErrNotFound): // WorkDocs may not want to tell which
		fmt.Fprintln(stderr, "workdocs-share: it is not there, or not yours to share:", err)
		return 1
	case err != nil:
		fmt.Fprintln(stderr, "workdocs-share:", err)
		return 1
	}
	return 0
}

func share(ctx context.Context, args []string, stdout io.Writer) error {
	var at site.Config
	flags := flag.NewFlagSet("workdocs-share", flag.ContinueOnError)
	flags.StringVar(&at.Organization, "organization", "", "`ID` of the organization; needed with AWS credentials")
	document := flags.String("document", "", "`ID` of the document or folder to share")
	with := flags.String("with", "", "`name` or mail address of the user to share it with")
	role := flags.String("role", string(workdocs.RoleViewer), "`role` that the user gets: VIEWER, CONTRIBUTOR, COOWNER or OWNER")
	message := flags.String("message", "", "`text` to send to the user by mail (default no mail)")
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
	shared, err := s.AddResourcePermissions(ctx, workdocs.AddResourcePermissionsRequest{
		ResourceID:          *document,
		Principals:          []workdocs.SharePrincipal{{ID: user.ID, Type: workdocs.PrincipalTypeUser, Role: workdocs.Role(*role)}},
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

// find returns the user with a name or a mail address.
func find(ctx context.Context, s *site.Site, name string) (workdocs.User, error) {
	for user, err := range s.AllUsers(ctx, workdocs.DescribeUsersRequest{OrganizationID: s.Organization, Query: name}) {
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
	for principal, err := range s.AllResourcePermissions(ctx, workdocs.DescribeResourcePermissionsRequest{ResourceID: resource}) {
		if err != nil {
			return err
		}
		for _, permission := range principal.Roles {
			fmt.Fprintf(stdout, "%s %s: %s, %s\n", principal.Type, principal.ID, permission.Role, strings.ToLower(string(permission.Type)))
		}
	}
	return nil
}
