package connectparticipant

import (
	"cmp"
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/fetch"
)

// DownloadAttachment returns the content of an attachment as a stream, which
// the caller closes. It asks for the URL with GetAttachment, to which the
// options apply, and reads that without the token. A download that breaks is
// taken up again where it stopped, and one that does not have the size that
// the service has on record fails.
//
// The attachment has to be approved.
func (c *Client) DownloadAttachment(ctx context.Context, req GetAttachmentRequest, opts ...docferry.CallOption) (*docferry.Download, error) {
	resp, err := c.GetAttachment(ctx, req, opts...)
	if err != nil {
		return nil, err
	}
	if resp.URL == "" {
		return nil, &docferry.Error{Service: service, Operation: getAttachment.Name, StatusCode: 200, Attempts: 1,
			Kind: docferry.ErrProtocol, Message: "the answer lacks the download URL"}
	}
	return fetch.Presigned(ctx, c.storage, resp.URL, cmp.Or(resp.AttachmentSizeInBytes, -1))
}
