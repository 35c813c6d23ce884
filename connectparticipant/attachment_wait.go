package connectparticipant

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/option"
)

// ErrAttachmentRejected means that the scan of an attachment has rejected it.
// No participant can download it.
var ErrAttachmentRejected = errors.New("connectparticipant: the scan has rejected the attachment")

// AttachmentError is the error of [Client.WaitForAttachment] for an attachment
// that did not become available.
type AttachmentError struct {
	AttachmentID string
	Status       ArtifactStatus // as last seen; "" if the transcript has not shown the attachment

	// Err is ErrAttachmentRejected, the error of the context, or the reason why
	// the transcript could not be read.
	Err error
}

// Error returns one line that names the attachment and its status.
func (e *AttachmentError) Error() string {
	if e.Err == ErrAttachmentRejected { //nolint:errorlint // this package sets it as it is
		return fmt.Sprintf("%v: %q", e.Err, e.AttachmentID)
	}
	status := "not in the transcript"
	if e.Status != "" {
		status = string(e.Status)
	}
	return fmt.Sprintf("connectparticipant: waiting for the attachment %q (%s): %v", e.AttachmentID, status, e.Err)
}

// Unwrap returns the cause.
func (e *AttachmentError) Unwrap() error { return e.Err }

// The waits between looks at the transcript double, from firstLook to lastLook.
const (
	firstLook = 500 * time.Millisecond
	lastLook  = 10 * time.Second
)

// WaitForAttachmentRequest names the attachment to wait for.
type WaitForAttachmentRequest struct {
	AttachmentID    string          // required; the ID in the Result of an upload
	ConnectionToken docferry.Secret // required; it must be valid for as long as the wait lasts
}

// WaitForAttachment waits until the scan has approved an attachment, so that the
// participants can download it, and returns the attachment as the transcript
// shows it then. It looks at the transcript until ctx ends: at once, then after
// half a second, later every ten seconds. With a [Chat] there is no need to wait,
// since its Events deliver the attachment again when its scan has ended.
//
// A request that lacks a field fails with a [*docferry.InputError]. Any other
// error is an [*AttachmentError]. It wraps [ErrAttachmentRejected] if the scan has
// rejected the attachment, the error of ctx if ctx has ended first, and otherwise
// the error of GetTranscript, such as docferry.ErrForbidden for a token that has
// expired.
func (c *Client) WaitForAttachment(ctx context.Context, req WaitForAttachmentRequest) (*AttachmentItem, error) {
	const operation = "WaitForAttachment"
	switch {
	case req.AttachmentID == "":
		return nil, c.core.InputError(operation, "AttachmentID", "is required")
	case req.ConnectionToken == "":
		return nil, c.core.InputError(operation, "ConnectionToken", "is required")
	}
	failed := &AttachmentError{AttachmentID: req.AttachmentID}
	// The first look goes through the whole transcript. An attachment that is not
	// there can only appear later, among the newest items.
	limit := 0
	for wait := firstLook; ; wait = min(2*wait, lastLook) {
		odd := false
		note := call.Reporting(nil, func(r option.Report) { odd = odd || len(r.Unread) > 0 })
		item, err := c.findAttachment(ctx, req.ConnectionToken, req.AttachmentID, limit, note...)
		if limit = lookBack; item != nil {
			failed.Status, limit = item.Status, 0
		}
		switch {
		case err != nil:
			failed.Err = err
			return nil, failed
		case failed.Status == ArtifactStatusApproved:
			return item, nil
		case failed.Status == ArtifactStatusRejected:
			failed.Err = ErrAttachmentRejected
			return nil, failed
		case item != nil && item.Status == "" && odd:
			failed.Err = fmt.Errorf("%w: the status of the attachment cannot be read", docferry.ErrProtocol)
			return nil, failed
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			failed.Err = ctx.Err()
			return nil, failed
		}
	}
}
