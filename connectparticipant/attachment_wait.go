package connectparticipant

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/docferry/docferry"
)

// ErrAttachmentRejected says that the scan of an attachment has turned it down.
var ErrAttachmentRejected = errors.New("connectparticipant: the scan has rejected the attachment")

// AttachmentError says that the wait for an attachment was in vain.
type AttachmentError struct {
	AttachmentID string
	Status       ArtifactStatus // as last seen; "" if no transcript has shown the attachment yet
	Err          error          // ErrAttachmentRejected, the error of the context, or why the transcript could not be read
}

// Error returns one line with the attachment and its status.
func (e *AttachmentError) Error() string {
	if e.Err == ErrAttachmentRejected { //nolint:errorlint // this package sets it as it is
		return fmt.Sprintf("%v: %q", e.Err, e.AttachmentID)
	}
	status := "not in the transcript"
	if e.Status != "" {
		status = string(e.Status)
	}
	return fmt.Sprintf("connectparticipant: waiting for the attachment %q, which is %s: %v", e.AttachmentID, status, e.Err)
}

// Unwrap returns the cause.
func (e *AttachmentError) Unwrap() error { return e.Err }

// The waits between looks at an attachment grow from the first to the second.
const (
	firstLook = 500 * time.Millisecond
	lastLook  = 10 * time.Second
)

// WaitForAttachmentRequest says what to wait for.
type WaitForAttachmentRequest struct {
	AttachmentID    string          // the ID of an uploader's Result
	ConnectionToken docferry.Secret // has to last as long as the wait
}

// WaitForAttachment waits until an attachment is approved, so that the others
// can download it, and returns it as the transcript shows it then. It looks
// there as long as ctx lasts, at first after half a second, later every ten
// seconds. Who ranges over the events of a [Chat] need not wait: they tell.
//
// The error is an [*AttachmentError], which matches [ErrAttachmentRejected] if
// the scan has turned the attachment down, and the error of ctx if that has
// ended before the scan.
func (c *Client) WaitForAttachment(ctx context.Context, req WaitForAttachmentRequest) (*AttachmentItem, error) {
	const operation = "WaitForAttachment"
	switch {
	case req.AttachmentID == "":
		return nil, c.core.InputError(operation, "AttachmentID", "is required")
	case req.ConnectionToken == "":
		return nil, c.core.InputError(operation, "ConnectionToken", "is required")
	}
	failed := &AttachmentError{AttachmentID: req.AttachmentID}
	// The first look goes as far back as it must. What it has not found will
	// be among the newest.
	limit := 0
	for wait := firstLook; ; wait = min(2*wait, lastLook) {
		item, err := c.findAttachment(ctx, req.ConnectionToken, req.AttachmentID, limit)
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
