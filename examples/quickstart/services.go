package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
	"golang.org/x/text/unicode/norm"
)

// destination is a place at a service. Uploading to it is the same for all
// services; reading back is not, since each has its own way of naming things.
type destination interface {
	upload.Uploader
	Name() string
	Download(ctx context.Context, stored *upload.Result) (*docferry.Download, error)
	CloseIdleConnections()
}

// config says which services to use, and how to be let in.
type config struct {
	workdocsRegion, workdocsEndpoint, workdocsFolder, workdocsToken string
	connectRegion, connectEndpoint, connectToken                    string
	oracleURL, oracleFolder, oracleUser, oracleToken                string

	credentials aws.CredentialsProvider // for WorkDocs; nil for those in the environment
}

func (c *config) register(flags *flag.FlagSet) {
	flags.StringVar(&c.workdocsRegion, "workdocs-region", "", "AWS `region` of WorkDocs, such as eu-west-1")
	flags.StringVar(&c.workdocsEndpoint, "workdocs-endpoint", "", "`address` of WorkDocs, instead of the region's")
	flags.StringVar(&c.workdocsFolder, "workdocs-folder", "", "`ID` of the WorkDocs folder to upload to")
	flags.StringVar(&c.workdocsToken, "workdocs-token", "", "WorkDocs `token` of a user, instead of AWS credentials")
	flags.StringVar(&c.connectRegion, "connect-region", "", "AWS `region` of Connect, such as us-west-2")
	flags.StringVar(&c.connectEndpoint, "connect-endpoint", "", "`address` of Connect, instead of the region's")
	flags.StringVar(&c.connectToken, "connect-participant-token", "", "participant `token` of the chat to upload to")
	flags.StringVar(&c.oracleURL, "oracle-url", "", "`address` of the Oracle service, such as https://docs.example.com")
	flags.StringVar(&c.oracleFolder, "oracle-folder", "",
		"`ID` of the Oracle folder to upload to (default the home folder)")
	flags.StringVar(&c.oracleUser, "oracle-user", "", "Oracle user `name`; the password is in ORACLE_PASSWORD")
	flags.StringVar(&c.oracleToken, "oracle-token", "", "OAuth access `token` for Oracle, instead of a user")
}

// destinations returns those that the configuration names, in a fixed order.
// With an error come those that were opened before.
func (c *config) destinations(ctx context.Context) ([]destination, error) {
	var all []destination
	for _, service := range []struct {
		named string // not empty if any of its flags is given
		open  func(context.Context) (destination, error)
	}{
		{c.workdocsRegion + c.workdocsEndpoint + c.workdocsFolder + c.workdocsToken, c.workDocs},
		{c.connectRegion + c.connectEndpoint + c.connectToken, c.connect},
		{c.oracleURL + c.oracleFolder + c.oracleUser + c.oracleToken, c.oracle},
	} {
		if service.named == "" {
			continue
		}
		d, err := service.open(ctx)
		if err != nil {
			return all, err
		}
		all = append(all, d)
	}
	return all, nil
}

type workDocs struct {
	*workdocs.Client
	folder string
}

// Upload stores a file in the folder. A name that is taken there gets a new
// version, as it does in Oracle's service, so that the program can be run twice.
func (w workDocs) Upload(ctx context.Context, src upload.Source) (*upload.Result, error) {
	result, err := w.Uploader(workdocs.UploadTo{FolderID: w.folder}).Upload(ctx, src)
	refused, ok := errors.AsType[*docferry.Error](err)
	if !ok || refused.Code != workdocs.CodeEntityAlreadyExists {
		return result, err
	}
	taken := "" // the ID of the document that has the name, in whatever Unicode form
	for item, listing := range w.AllFolderContents(ctx, workdocs.DescribeFolderContentsRequest{FolderID: w.folder}) {
		if listing == nil && !item.IsFolder() && sameName(item.Name(), src.Name) {
			if taken = item.ID(); item.Name() == src.Name {
				break
			}
		}
	}
	if taken == "" {
		return nil, err
	}
	return w.Uploader(workdocs.UploadTo{DocumentID: taken}).Upload(ctx, src)
}

// sameName reports whether two names differ in nothing but their Unicode form:
// macOS decomposes letters with accents, and a service may compose them.
func sameName(a, b string) bool { return norm.NFC.String(a) == norm.NFC.String(b) }

func (c *config) workDocs(context.Context) (destination, error) {
	access := workdocs.Config{Region: c.workdocsRegion, Endpoint: c.workdocsEndpoint,
		Credentials: c.credentials, AuthenticationToken: docferry.Secret(c.workdocsToken)}
	if access.Credentials == nil && access.AuthenticationToken == "" {
		keys := aws.Credentials{AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"),
			SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: os.Getenv("AWS_SESSION_TOKEN")}
		if !keys.HasKeys() {
			return nil, errors.New("workdocs: -workdocs-token, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, are needed")
		}
		access.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return keys, nil })
	}
	if c.workdocsFolder == "" {
		return nil, errors.New("workdocs: -workdocs-folder is needed")
	}
	client, err := workdocs.New(access)
	if err != nil {
		return nil, err
	}
	return workDocs{client, c.workdocsFolder}, nil
}

func (workDocs) Name() string { return "workdocs" }

func (w workDocs) Download(ctx context.Context, stored *upload.Result) (*docferry.Download, error) {
	return w.Client.Download(ctx, workdocs.DownloadRequest{DocumentID: stored.ID, VersionID: stored.Version})
}

type connect struct {
	upload.Uploader
	*connectparticipant.Client
	token docferry.Secret
}

func (c *config) connect(ctx context.Context) (destination, error) {
	if c.connectToken == "" {
		return nil, errors.New("connectparticipant: -connect-participant-token is needed")
	}
	client, err := connectparticipant.New(connectparticipant.Config{Region: c.connectRegion, Endpoint: c.connectEndpoint})
	if err != nil {
		return nil, err
	}
	joined, err := client.CreateParticipantConnection(ctx, connectparticipant.CreateParticipantConnectionRequest{
		Type:               []connectparticipant.ConnectionType{connectparticipant.ConnectionTypeConnectionCredentials},
		ConnectParticipant: new(true), // since no websocket is opened
		ParticipantToken:   docferry.Secret(c.connectToken),
	})
	if err != nil {
		return nil, err
	}
	token := joined.ConnectionCredentials.ConnectionToken
	return connect{client.Uploader(token, connectparticipant.UploadOptions{
		ContentTypes: []string{}, // what it takes is set in each instance, which will say so
	}), client, token}, nil
}

func (connect) Name() string { return "connectparticipant" }

// Upload sends Markdown as the plain text that it is: the types that Connect
// documents lack it.
func (c connect) Upload(ctx context.Context, src upload.Source) (*upload.Result, error) {
	if src.ContentType == "text/markdown" {
		src.ContentType = "text/plain"
	}
	return c.Uploader.Upload(ctx, src)
}

// Download waits for the scan of the attachment, if the instance makes any:
// until it has ended well, the service refuses to hand out the content.
func (c connect) Download(ctx context.Context, stored *upload.Result) (*docferry.Download, error) {
	for tries := 20; ; tries-- {
		content, err := c.DownloadAttachment(ctx, connectparticipant.GetAttachmentRequest{
			AttachmentID: stored.ID, ConnectionToken: c.token})
		if !errors.Is(err, docferry.ErrInvalid) || tries == 1 {
			return content, err
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

type oracle struct {
	upload.Uploader
	*oracledocs.Client
}

func (c *config) oracle(context.Context) (destination, error) {
	auth := oracledocs.BasicAuth(c.oracleUser, docferry.Secret(os.Getenv("ORACLE_PASSWORD")))
	switch {
	case (c.oracleUser == "") == (c.oracleToken == ""):
		return nil, errors.New("oracledocs: -oracle-user or -oracle-token is needed, and not both")
	case c.oracleToken != "":
		auth = oracledocs.BearerToken(func(context.Context) (string, error) { return c.oracleToken, nil })
	}
	client, err := oracledocs.New(oracledocs.Config{BaseURL: c.oracleURL, Auth: auth})
	if err != nil {
		return nil, err
	}
	to := oracledocs.UploadTo{FolderID: cmp.Or(c.oracleFolder, "self")}
	return oracle{client.Uploader(to), client}, nil
}

func (oracle) Name() string { return "oracledocs" }

func (o oracle) Download(ctx context.Context, stored *upload.Result) (*docferry.Download, error) {
	version, err := strconv.ParseInt(stored.Version, 10, 64)
	if err != nil {
		return nil, err
	}
	return o.DownloadFile(ctx, oracledocs.DownloadFileRequest{FileID: stored.ID, Version: version})
}
