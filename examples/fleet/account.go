package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/examples/internal/program"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/upload/tree"
	"github.com/docferry/docferry/workdocs"
)

// account says which service to copy to.
type account struct{ to, region, endpoint string }

// service is where the documents go.
type service struct {
	folder func(id string) tree.Destination
	close  func()
}

// open returns the service, with credentials from the environment. Every request waits for
// the limiter, and is sent only if the lease of its document holds.
func (a *account) open(limit docferry.Limiter) (*service, error) {
	settings := docferry.HTTP{Limit: gate{limit}}
	switch a.to {
	case "workdocs":
		config := workdocs.Config{Region: a.region, Endpoint: a.endpoint, HTTP: settings,
			AuthenticationToken: docferry.Secret(os.Getenv("WORKDOCS_TOKEN"))}
		if config.AuthenticationToken == "" {
			keys, err := program.AWSCredentials()
			if err != nil {
				return nil, fmt.Errorf("there is no WORKDOCS_TOKEN, and %w", err)
			}
			config.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return keys, nil })
		}
		c, err := workdocs.New(config)
		if err != nil {
			return nil, err
		}
		return &service{func(id string) tree.Destination { return c.Destination(workdocs.UploadTo{FolderID: id}) },
			c.CloseIdleConnections}, nil
	case "oracle":
		if os.Getenv("ORACLE_USER") == "" {
			return nil, errors.New("ORACLE_USER and ORACLE_PASSWORD are not set")
		}
		c, err := oracledocs.New(oracledocs.Config{BaseURL: a.endpoint, HTTP: settings,
			Auth: oracledocs.BasicAuth(os.Getenv("ORACLE_USER"), docferry.Secret(os.Getenv("ORACLE_PASSWORD")))})
		if err != nil {
			return nil, err
		}
		return &service{func(id string) tree.Destination { return c.Destination(oracledocs.UploadTo{FolderID: id}) },
			c.CloseIdleConnections}, nil
	}
	return nil, fmt.Errorf("-to is %q; it has to be workdocs or oracle", a.to)
}
