package workdocs

import (
	"cmp"
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/fetch"
)

// DownloadRequest asks for the content of a document.
type DownloadRequest struct {
	DocumentID          string          // required
	VersionID           string          // "" means the latest version
	Source              DocumentSource  // "" means DocumentSourceOriginal
	AuthenticationToken docferry.Secret // identifies the user, as in other requests
}

// Download returns the content of a version as a stream, which the caller must
// close. It requests a presigned URL for the version from WorkDocs and reads the
// content from there without credentials. A download that breaks off is resumed
// where it stopped. It fails if the content does not have the size that WorkDocs
// reports.
func (c *Client) Download(
	ctx context.Context, req DownloadRequest, opts ...docferry.CallOption,
) (*docferry.Download, error) {
	if req.VersionID == "" {
		document, err := c.GetDocument(ctx, GetDocumentRequest{DocumentID: req.DocumentID,
			AuthenticationToken: req.AuthenticationToken}, opts...)
		if err != nil {
			return nil, err
		}
		if req.VersionID = document.Metadata.LatestVersionMetadata.ID; req.VersionID == "" {
			return nil, &docferry.Error{Service: service, Operation: getDocument.Name, StatusCode: 200, Attempts: 1,
				Kind: docferry.ErrProtocol, Message: "the answer lacks the ID of the latest version"}
		}
	}
	req.Source = cmp.Or(req.Source, DocumentSourceOriginal)
	url, size, err := c.source(ctx, req, opts)
	if err != nil {
		return nil, err
	}
	fresh := func(ctx context.Context) (docferry.Secret, error) {
		url, _, err := c.source(ctx, req, call.WithoutMeta(opts))
		return url, err
	}
	return fetch.Presigned(ctx, c.storage, url, fresh, size)
}

// source returns the presigned URL of a version and its size. The size is -1 if
// WorkDocs does not report it, and for other sources than the original, because
// the reported size is that of the original.
func (c *Client) source(
	ctx context.Context, req DownloadRequest, opts []docferry.CallOption,
) (docferry.Secret, int64, error) {
	read, err := call.Do[readVersion](ctx, c.core, getDocumentVersion,
		GetDocumentVersionRequest{DocumentID: req.DocumentID,
			VersionID: req.VersionID, Fields: "SOURCE", AuthenticationToken: req.AuthenticationToken}, opts)
	if err != nil {
		return "", 0, err
	}
	url := read.Metadata.Source[req.Source]
	if url == "" {
		return "", 0, &docferry.Error{Service: service, Operation: getDocumentVersion.Name, StatusCode: 200, Attempts: 1,
			Kind: docferry.ErrProtocol, Message: "the version has no " + string(req.Source) + " source"}
	}
	if read.Metadata.Size == nil || req.Source != DocumentSourceOriginal {
		return url, -1, nil
	}
	return url, *read.Metadata.Size, nil
}
