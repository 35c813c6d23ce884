// Command oracle-token lists an Oracle folder with an OAuth 2 access token
// that it gets with client credentials from an identity domain (IDCS). It
// shows how a TokenSource of golang.org/x/oauth2 becomes an oracledocs.Auth.
//
// It is a module of its own, so that the library does not depend on oauth2:
//
//	cd examples/oracle-token
//	IDCS_CLIENT_SECRET=... go run . -url https://docs.example.com \
//		-idcs https://idcs-0123.identity.example.com -client 0123abcd \
//		-scope https://docs.example.com:443/urn:opc:cec:all
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

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/docferry/docferry/oracledocs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Getenv("IDCS_CLIENT_SECRET"), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, secret string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("oracle-token", flag.ContinueOnError)
	flags.SetOutput(stderr)
	address := flags.String("url", "", "`address` of the Oracle service")
	domain := flags.String("idcs", "", "`address` of the identity domain")
	client := flags.String("client", "", "client `ID`; the secret is in IDCS_CLIENT_SECRET")
	scope := flags.String("scope", "", "`scope` of the token, which ends in urn:opc:cec:all")
	folder := flags.String("folder", "self", "`ID` of the folder to list")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 1
	}
	tokens := &clientcredentials.Config{
		ClientID: *client, ClientSecret: secret, Scopes: []string{*scope},
		TokenURL:  strings.TrimSuffix(*domain, "/") + "/oauth2/v1/token",
		AuthStyle: oauth2.AuthStyleInHeader,
	}
	if err := list(ctx, *address, tokens.TokenSource(ctx), *folder, stdout); err != nil {
		fmt.Fprintln(stderr, "oracle-token:", err)
		return 1
	}
	return 0
}

// list prints what is in a folder.
func list(ctx context.Context, address string, source oauth2.TokenSource, folder string, out io.Writer) error {
	c, err := oracledocs.New(oracledocs.Config{BaseURL: address, Auth: bearer(source)})
	if err != nil {
		return err
	}
	defer c.CloseIdleConnections()
	for item, err := range c.AllFolderContents(ctx, oracledocs.GetFolderContentsRequest{FolderID: folder}) {
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%-6s %10d %s\n", item.Type, item.Size, item.Name)
	}
	return nil
}

// bearer adapts a TokenSource, which caches its token and renews it in time.
func bearer(source oauth2.TokenSource) oracledocs.Auth {
	return oracledocs.BearerToken(func(context.Context) (string, error) {
		t, err := source.Token()
		if err != nil {
			return "", err
		}
		return t.AccessToken, nil
	})
}
