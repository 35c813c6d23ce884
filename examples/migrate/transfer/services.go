package transfer

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/examples/internal/program"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/workdocs"
)

// services are the clients, which are made when an address needs them.
type services struct {
	workdocsRegion, workdocsEndpoint string
	oracleURL, oracleUser            string

	workdocs *workdocs.Client
	oracle   *oracledocs.Client
}

func (s *services) addFlags(flags *flag.FlagSet) {
	flags.StringVar(&s.workdocsRegion, "workdocs-region", "", "AWS `region` of WorkDocs, such as eu-west-1")
	flags.StringVar(&s.workdocsEndpoint, "workdocs-endpoint", "", "`URL` of WorkDocs, instead of the region's")
	flags.StringVar(&s.oracleURL, "oracle-url", "", "`URL` of the Oracle service, such as https://docs.example.com")
	flags.StringVar(&s.oracleUser, "oracle-user", "", "`name` of the Oracle user")
}

// Named reports whether a flag names a service.
func (s *services) Named() bool {
	return s.workdocsRegion+s.workdocsEndpoint+s.oracleURL+s.oracleUser != ""
}

// Close closes the idle connections of the clients.
func (s *services) Close() {
	if s.workdocs != nil {
		s.workdocs.CloseIdleConnections()
	}
	if s.oracle != nil {
		s.oracle.CloseIdleConnections()
	}
}

func (s *services) workDocsClient() (*workdocs.Client, error) {
	if s.workdocs != nil {
		return s.workdocs, nil
	}
	config := workdocs.Config{Region: s.workdocsRegion, Endpoint: s.workdocsEndpoint,
		AuthenticationToken: docferry.Secret(os.Getenv("WORKDOCS_TOKEN"))}
	if config.AuthenticationToken == "" {
		keys, err := program.AWSCredentials()
		if err != nil {
			return nil, fmt.Errorf("WorkDocs: WORKDOCS_TOKEN is not set, and %w", err)
		}
		config.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return keys, nil })
	}
	var err error
	s.workdocs, err = workdocs.New(config)
	return s.workdocs, err
}

func (s *services) oracleClient() (*oracledocs.Client, error) {
	if s.oracle != nil {
		return s.oracle, nil
	}
	password, token := os.Getenv("ORACLE_PASSWORD"), os.Getenv("ORACLE_TOKEN")
	config := oracledocs.Config{BaseURL: s.oracleURL}
	switch {
	case s.oracleUser != "" && password != "":
		config.Auth = oracledocs.BasicAuth(s.oracleUser, docferry.Secret(password))
	case s.oracleUser == "" && token != "":
		config.Auth = oracledocs.BearerToken(func(context.Context) (string, error) { return token, nil })
	default:
		return nil, errors.New("Oracle: set -oracle-user and ORACLE_PASSWORD, or only ORACLE_TOKEN")
	}
	var err error
	s.oracle, err = oracledocs.New(config)
	return s.oracle, err
}
