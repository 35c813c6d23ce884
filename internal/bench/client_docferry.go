package main

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/workdocs"
)

// What all clients send.
const (
	connectionToken = "QVFJREFIaEJZbGxKRFRyT0dMbEhGZ0hvU0ZHS1hOSmhHSw"
	clientToken     = "8a1f2c8e-3c1b-4d7f-9b5e-1f0f4b6c2d3a"
	attachmentName  = "report.csv"
	attachmentType  = "text/csv"
	documentName    = "report.pdf"
	documentType    = "application/pdf"
	folderID        = "folder-1"
)

// The sizes that all clients announce.
const (
	attachmentSize int64 = 3
	documentSize   int64 = 12345
)

var errIncomplete = errors.New("the answer was decoded, but is not what the server has sent")

// check returns err, or an error if the answer is not complete.
func check(err error, complete bool) error {
	if err == nil && !complete {
		err = errIncomplete
	}
	return err
}

func docferryCalls(at site, shared bool) (map[string]call, error) {
	var how docferry.HTTP
	if shared {
		how.Transport = job{}.plain().Transport
	}
	chat, docs, err := docferryClients(at, how)
	if err != nil {
		return nil, err
	}
	return map[string]call{
		startAttachmentUpload: func(ctx context.Context) error {
			out, err := chat.StartAttachmentUpload(ctx, connectparticipant.StartAttachmentUploadRequest{
				AttachmentName: attachmentName, AttachmentSizeInBytes: attachmentSize, ContentType: attachmentType,
				ClientToken: clientToken, ConnectionToken: connectionToken})
			return check(err, err == nil && out.UploadMetadata.URL != "")
		},
		getTranscript: func(ctx context.Context) error {
			out, err := chat.GetTranscript(ctx, connectparticipant.GetTranscriptRequest{
				MaxResults: transcriptItems, ConnectionToken: connectionToken})
			return check(err, err == nil && len(out.Transcript) == transcriptItems)
		},
		initiateDocumentVersionUpload: func(ctx context.Context) error {
			out, err := docs.InitiateDocumentVersionUpload(ctx, workdocs.InitiateDocumentVersionUploadRequest{
				Name: documentName, ParentFolderID: folderID, ContentType: documentType, DocumentSizeInBytes: new(documentSize)})
			return check(err, err == nil && out.UploadMetadata.UploadURL != "")
		},
		describeFolderContents: func(ctx context.Context) error {
			out, err := docs.DescribeFolderContents(ctx, workdocs.DescribeFolderContentsRequest{FolderID: folderID})
			return check(err, err == nil && len(out.Documents) == folderDocuments)
		},
	}, nil
}

func docferryClients(at site, how docferry.HTTP) (*connectparticipant.Client, *workdocs.Client, error) {
	chat, err := connectparticipant.New(connectparticipant.Config{Region: region, Endpoint: at.HTTP, HTTP: how})
	if err != nil {
		return nil, nil, err
	}
	docs, err := workdocs.New(workdocs.Config{
		Region: region, Endpoint: at.HTTP, HTTP: how,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return keys, nil }),
	})
	return chat, docs, err
}
