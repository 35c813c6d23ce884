package connectparticipant

import (
	"cmp"
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/fetch"
)

// DownloadAttachment returns the content of an attachment as a stream, which the
// caller must close. It asks for the download URL with GetAttachment, to which
// opts apply, and GETs the URL without the connection token. A download that
// breaks is resumed where it stopped. Reading fails if the content does not have
// the size that the service reports.
//
// The attachment must have been approved: see [Client.WaitForAttachment]. A
// participant with the role CUSTOM_BOT gets docferry.ErrForbidden.
func (c *Client) DownloadAttachment(
	ctx context.Context, req GetAttachmentRequest, opts ...docferry.CallOption,
) (*docferry.Download, error) {
	resp, err := c.GetAttachment(ctx, req, opts...)
	if err != nil {
		return nil, err
	}
	if resp.URL == "" {
		return nil, &docferry.Error{Service: service, Operation: getAttachment.Name, StatusCode: 200, Attempts: 1,
			Kind: docferry.ErrProtocol, Message: "the answer lacks the download URL"}
	}
	fresh := func(ctx context.Context) (docferry.Secret, error) {
		resp, err := c.GetAttachment(ctx, req, call.WithoutMeta(opts)...)
		if err != nil {
			return "", err
		}
		return resp.URL, nil
	}
	return fetch.Presigned(ctx, c.storage, resp.URL, fresh, cmp.Or(resp.AttachmentSizeInBytes, -1))
}
