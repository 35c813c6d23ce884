package workdocs

import (
	"cmp"
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/fetch"
)

// DownloadRequest asks for the content of a document.
type DownloadRequest struct {
	DocumentID          string          // required
	VersionID           string          // "" means the latest version
	Source              DocumentSource  // "" means DocumentSourceOriginal
	AuthenticationToken docferry.Secret // as in all requests
}

// Download returns the content of a version as a stream, which the caller
// closes. It asks WorkDocs for the version's URL and reads that without
// credentials. A download that breaks is taken up again where it stopped, and
// one that does not have the size that WorkDocs has on record fails.
func (c *Client) Download(ctx context.Context, req DownloadRequest, opts ...docferry.CallOption) (*docferry.Download, error) {
	if req.VersionID == "" {
		document, err := c.GetDocument(ctx, GetDocumentRequest{DocumentID: req.DocumentID, AuthenticationToken: req.AuthenticationToken}, opts...)
		if err != nil {
			return nil, err
		}
		req.VersionID = document.Metadata.LatestVersionMetadata.ID
	}
	resp, err := c.GetDocumentVersion(ctx, GetDocumentVersionRequest{DocumentID: req.DocumentID, VersionID: req.VersionID,
		Fields: "SOURCE", AuthenticationToken: req.AuthenticationToken}, opts...)
	if err != nil {
		return nil, err
	}
	form := cmp.Or(req.Source, DocumentSourceOriginal)
	url := resp.Metadata.Source[form]
	if url == "" {
		return nil, &docferry.Error{Service: service, Operation: "GetDocumentVersion", StatusCode: 200, Attempts: 1,
			Kind: docferry.ErrProtocol, Message: "the version has no " + string(form) + " source"}
	}
	size := resp.Metadata.Size
	if size == 0 || form != DocumentSourceOriginal {
		size = -1 // 0 may be the service's way not to say
	}
	return fetch.Presigned(ctx, c.storage, url, size)
}
