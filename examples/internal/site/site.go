// Package site is what the examples for WorkDocs have in common: the flags
// that name a site, and the client for it. Without one of these flags, the site
// is a test server inside the program.
package site

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/examples/internal/program"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

const usage = `Without a flag that names a site (-region, -endpoint, -token, -organization or
-folder) the site is a test server inside this program, with a few users and
documents. Otherwise credentials come from AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, unless there is a user's token.

`

// Config says which site to use and with which credentials.
type Config struct {
	Organization string // needed to list users and activities with credentials
	Folder       string // the folder to begin with

	region, endpoint, token string
	demo                    bool
}

// Parse adds the flags that all WorkDocs examples have to those of one of them,
// and parses args. Help goes to stdout, after the text about; see [program.Parse]
// for errors.
func (c *Config) Parse(flags *flag.FlagSet, args []string, about string, stdout io.Writer) error {
	flags.StringVar(&c.region, "region", "", "AWS `region` of the site, such as eu-west-1")
	flags.StringVar(&c.endpoint, "endpoint", "", "`address` of the service, instead of the region's")
	flags.StringVar(&c.token, "token", "", "`token` of a user, instead of AWS credentials")
	switch err := program.Parse(flags, args, about+usage, stdout); {
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q; see -h", flags.Arg(0))
	}
	c.demo = c.region == "" && c.endpoint == "" && c.token == "" && c.Organization == "" && c.Folder == ""
	return nil
}

// Site is a site that is ready for calls. Close it when done with it.
type Site struct {
	*workdocs.Client

	Organization string
	Folder       string
	Demo         *Demo // nil for a real site
}

// Open returns the configured site. With a user's token and no folder, Folder is
// the user's own.
func (c *Config) Open(ctx context.Context) (*Site, error) {
	access := workdocs.Config{Region: c.region, Endpoint: c.endpoint, AuthenticationToken: docferry.Secret(c.token)}
	site := &Site{Organization: c.Organization, Folder: c.Folder}
	switch {
	case c.demo:
		srv := workdocstest.New()
		site.Demo = furnish(srv)
		site.Organization, site.Folder = srv.OrganizationID(), srv.RootFolder()
		access.Endpoint, access.Credentials, access.HTTP.Transport = srv.URL, srv.Credentials(), srv
	case c.token == "":
		keys, err := program.AWSCredentials()
		if err != nil {
			return nil, fmt.Errorf("there is no -token, and %w", err)
		}
		access.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return keys, nil })
	}
	var err error
	if site.Client, err = workdocs.New(access); err != nil {
		return nil, err
	}
	if c.token != "" && site.Folder == "" {
		me, err := site.GetCurrentUser(ctx, workdocs.GetCurrentUserRequest{})
		if err != nil {
			return nil, err
		}
		site.Folder = me.User.RootFolderID
	}
	return site, nil
}

// Close closes the idle connections, and the test server if there is one.
func (s *Site) Close() {
	s.CloseIdleConnections()
	if s.Demo != nil {
		s.Demo.srv.Close()
	}
}

// Printable returns a name with characters that are unsafe on a terminal
// replaced. Names are chosen by users, and an escape sequence in one could
// rewrite what the terminal shows.
func Printable(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, name)
}
