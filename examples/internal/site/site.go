// Package site is what the examples for WorkDocs have in common: the flags
// that name a site, and the client for it. Without one of these flags, the site
// is a test server inside the program.
package site

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

const usage = `Without a flag that names a site (-region, -endpoint, -token, -organization or
-folder) the site is a test server inside this program, with a few users and
documents. Otherwise credentials come from AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, unless there is a user's token.

`

// Config says which site to use, and how to be let in.
type Config struct {
	Organization string // needed to list users and activities with credentials
	Folder       string // where to begin

	region, endpoint, token string
	demo                    bool
}

// Parse adds the flags of all examples to those of one, and parses args. Help
// goes to stdout, with about in front; a mistake is told in one line, by the
// error.
func (c *Config) Parse(flags *flag.FlagSet, args []string, about string, stdout io.Writer) error {
	flags.StringVar(&c.region, "region", "", "AWS `region` of the site, such as eu-west-1")
	flags.StringVar(&c.endpoint, "endpoint", "", "`address` of the service, instead of the region's")
	flags.StringVar(&c.token, "token", "", "`token` of a user, instead of AWS credentials")
	flags.SetOutput(io.Discard)
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, about, usage)
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return err
	case err != nil:
		return fmt.Errorf("%w; see -h", err)
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

// Open returns the site of the configuration. A user's own folder is where to
// begin if there is a token and nothing else is said.
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
		keys := aws.Credentials{AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"),
			SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: os.Getenv("AWS_SESSION_TOKEN")}
		if !keys.HasKeys() {
			return nil, errors.New("-token, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, are needed")
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

// Close ends the connections, and the test server if there is one.
func (s *Site) Close() {
	s.CloseIdleConnections()
	if s.Demo != nil {
		s.Demo.srv.Close()
	}
}

// Printable is a name for a terminal. People choose names, and not all of
// them mean well.
func Printable(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, name)
}
