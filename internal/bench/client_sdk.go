package main

import (
	"context"

	v2aws "github.com/aws/aws-sdk-go-v2/aws"
	v2workdocs "github.com/aws/aws-sdk-go-v2/service/workdocs"
	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/credentials"
	"github.com/aws/aws-sdk-go/aws/defaults"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/connectparticipant"
	"github.com/aws/aws-sdk-go/service/workdocs"
)

// v1Calls are those of Amazon's first SDK for Go. It signs calls of Connect
// unless it has no credentials; they need no signature, so it is given none.
func v1Calls(at site, shared bool) (map[string]call, error) {
	cfg := aws.NewConfig().WithRegion(region).WithEndpoint(at.HTTP)
	if shared {
		cfg = cfg.WithHTTPClient(job{}.plain())
	}
	// What session.NewSession does, without the files and variables of the machine.
	shop := (&session.Session{Config: defaults.Config(), Handlers: defaults.Handlers()}).Copy(cfg)
	chat := connectparticipant.New(shop, aws.NewConfig().WithCredentials(credentials.AnonymousCredentials))
	docs := workdocs.New(shop, aws.NewConfig().WithCredentials(credentials.NewStaticCredentials(accessKey, secretKey, "")))
	return map[string]call{
		startAttachmentUpload: func(ctx context.Context) error {
			out, err := chat.StartAttachmentUploadWithContext(ctx, &connectparticipant.StartAttachmentUploadInput{
				AttachmentName: new(attachmentName), AttachmentSizeInBytes: new(attachmentSize),
				ContentType: new(attachmentType), ClientToken: new(clientToken),
				ConnectionToken: new(connectionToken)})
			return check(err, err == nil && aws.StringValue(out.UploadMetadata.Url) != "")
		},
		getTranscript: func(ctx context.Context) error {
			out, err := chat.GetTranscriptWithContext(ctx, &connectparticipant.GetTranscriptInput{
				MaxResults: new(int64(transcriptItems)), ConnectionToken: new(connectionToken)})
			return check(err, err == nil && len(out.Transcript) == transcriptItems)
		},
		initiateDocumentVersionUpload: func(ctx context.Context) error {
			out, err := docs.InitiateDocumentVersionUploadWithContext(ctx, &workdocs.InitiateDocumentVersionUploadInput{
				Name: new(documentName), ParentFolderId: new(folderID), ContentType: new(documentType),
				DocumentSizeInBytes: new(documentSize)})
			return check(err, err == nil && aws.StringValue(out.UploadMetadata.UploadUrl) != "")
		},
		describeFolderContents: func(ctx context.Context) error {
			out, err := docs.DescribeFolderContentsWithContext(ctx,
				&workdocs.DescribeFolderContentsInput{FolderId: new(folderID)})
			return check(err, err == nil && len(out.Documents) == folderDocuments)
		},
	}, nil
}

// v2Calls are those of the second SDK, of which only the client of WorkDocs is
// measured.
func v2Calls(at site, shared bool) (map[string]call, error) {
	options := v2workdocs.Options{
		Region: region, BaseEndpoint: new(at.HTTP),
		Credentials: v2aws.CredentialsProviderFunc(func(context.Context) (v2aws.Credentials, error) { return keys, nil }),
	}
	if shared {
		options.HTTPClient = job{}.plain()
	}
	docs := v2workdocs.New(options)
	return map[string]call{
		initiateDocumentVersionUpload: func(ctx context.Context) error {
			out, err := docs.InitiateDocumentVersionUpload(ctx, &v2workdocs.InitiateDocumentVersionUploadInput{
				Name: new(documentName), ParentFolderId: new(folderID),
				ContentType: new(documentType), DocumentSizeInBytes: new(documentSize)})
			return check(err, err == nil && v2aws.ToString(out.UploadMetadata.UploadUrl) != "")
		},
		describeFolderContents: func(ctx context.Context) error {
			out, err := docs.DescribeFolderContents(ctx,
				&v2workdocs.DescribeFolderContentsInput{FolderId: new(folderID)})
			return check(err, err == nil && len(out.Documents) == folderDocuments)
		},
	}, nil
}
