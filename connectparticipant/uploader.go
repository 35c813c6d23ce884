package connectparticipant

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

const (
	maxAttachment = 20 << 20 // documented as 20 MB
	maxName       = 256      // characters

	// settling bounds the search for an attachment that may be complete, and
	// lookBack the items that it goes through.
	settling = 15 * time.Second
	lookBack = 200
)

// looks are the waits before each look into the transcript.
var looks = []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second}

// contentTypes are the media types of the files that the service documents:
// csv, doc, docx, heic, jfif, jpeg, mov, mp4, pdf, png, ppt, pptx, rtf, txt,
// wav, xls and xlsx.
var contentTypes = []string{
	"text/csv",
	"application/msword",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"image/heic",
	"image/jpeg",
	"video/quicktime",
	"video/mp4",
	"application/pdf",
	"image/png",
	"application/vnd.ms-powerpoint",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"application/rtf", "text/rtf",
	"text/plain",
	"audio/wav", "audio/x-wav", "audio/vnd.wave",
	"application/vnd.ms-excel",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// AttachmentContentTypes returns the media types that an attachment may have,
// by the documentation of Amazon Connect. An instance may take others.
func AttachmentContentTypes() []string { return slices.Clone(contentTypes) }

// UploadTo says where an uploader puts attachments, and which it takes.
type UploadTo struct {
	// ConnectionToken is the participant's who sends the attachments.
	ConnectionToken docferry.Secret
	// MaxSize is the largest content in bytes. 0 means 20 MiB, the limit that
	// the service documents.
	MaxSize int64
	// ContentTypes are the media types to take; parameters and case do not
	// count. Nil means AttachmentContentTypes; empty but not nil means any.
	ContentTypes []string
}

// Uploader returns an uploader of attachments to the chat of a connection
// token, within the documented limits. It is UploaderTo with all defaults.
func (c *Client) Uploader(connectionToken docferry.Secret) upload.Uploader {
	return c.UploaderTo(UploadTo{ConnectionToken: connectionToken})
}

// UploaderTo returns an uploader of attachments to a chat. It starts an
// attachment, PUTs the content to the URL that the service hands out, and
// completes the attachment: success means that the chat has it, while its scan
// may still be under way. If it is not known whether that worked, the
// transcript tells.
//
// A source that is empty or larger than MaxSize, has a name of more than 256
// characters, or is of another type than ContentTypes, is refused with a
// [*docferry.InputError] before anything is sent. The service cannot remove an
// attachment that was started: if the upload fails later, Left names it.
//
// In a Result, ID is the attachment, and Detail an *AttachmentItem if the
// transcript had to be asked, else nil.
func (c *Client) UploaderTo(to UploadTo) upload.Uploader {
	return c.uploader(to, func(_ context.Context, do func(docferry.Secret) error) error { return do(to.ConnectionToken) })
}

// uploader is UploaderTo with another source of connection tokens.
func (c *Client) uploader(to UploadTo, with func(context.Context, func(token docferry.Secret) error) error) upload.Uploader {
	to.MaxSize = cmp.Or(to.MaxSize, maxAttachment)
	if to.ContentTypes == nil {
		to.ContentTypes = contentTypes
	}
	d := &destination{Client: c, to: to, with: with}
	engine := &upload.Presigned{
		Service: service, HTTP: c.storage.HTTP(), MaxSize: to.MaxSize,
		Begin: d.begin, Commit: d.commit, Find: d.find,
	}
	return upload.Func(func(ctx context.Context, src upload.Source) (*upload.Result, error) {
		src.ContentType = cmp.Or(src.ContentType, upload.DefaultContentType)
		if err := d.check(src); err != nil {
			return nil, &upload.Error{Name: src.Name, Stage: upload.StageSource, State: upload.StateNotStarted, Err: err}
		}
		return engine.Upload(ctx, src)
	})
}

// destination is a chat to upload to.
type destination struct {
	*Client
	to   UploadTo
	with func(ctx context.Context, do func(token docferry.Secret) error) error // gives do the connection token
}

// check refuses what the service would refuse, where the engine does not.
func (d *destination) check(src upload.Source) error {
	bad := func(field, format string, args ...any) error {
		return &docferry.InputError{Service: service, Operation: "Upload", Field: "Source." + field, Reason: fmt.Sprintf(format, args...)}
	}
	is := func(other string) bool { return mediaType(other) == mediaType(src.ContentType) }
	switch length := utf8.RuneCountInString(src.Name); {
	case src.Size == 0:
		return bad("Size", "is 0; an attachment has at least 1 byte")
	case length > maxName:
		return bad("Name", "has %d characters, more than %d", length, maxName)
	case len(d.to.ContentTypes) > 0 && !slices.ContainsFunc(d.to.ContentTypes, is):
		return bad("ContentType", "is %q, which is not among those that this destination takes", src.ContentType)
	}
	return nil
}

// mediaType strips a media type of what does not count in a comparison.
func mediaType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	return strings.ToLower(strings.TrimSpace(s))
}

func (d *destination) begin(ctx context.Context, src upload.Source) (*upload.Slot, error) {
	var meta docferry.Meta
	var resp *StartAttachmentUploadResponse
	err := d.with(ctx, func(token docferry.Secret) (err error) {
		resp, err = d.StartAttachmentUpload(ctx, StartAttachmentUploadRequest{ContentType: src.ContentType,
			AttachmentSizeInBytes: src.Size, AttachmentName: src.Name, ConnectionToken: token}, docferry.WithMeta(&meta))
		return err
	})
	if err != nil {
		return nil, err
	}
	slot := &upload.Slot{
		ID: resp.AttachmentID, URL: resp.UploadMetadata.URL, Header: resp.UploadMetadata.HeadersToInclude,
		Lifetime: lifetime(resp.UploadMetadata.URLExpiry, meta.Header),
	}
	if slot.ID == "" || slot.URL == "" {
		return slot, &docferry.Error{Service: service, Operation: startAttachmentUpload.Name, RequestID: meta.RequestID,
			StatusCode: meta.StatusCode, Attempts: meta.Attempts, Kind: docferry.ErrProtocol,
			Message: "the answer lacks the ID of the attachment or the upload URL"}
	}
	return slot, nil
}

// lifetime is how long after an answer an URL in it expires, by the clock of
// the service: 0 if that is not known, never less than 1.
func lifetime(expiry time.Time, answer http.Header) time.Duration {
	now, err := http.ParseTime(answer.Get("Date"))
	if err != nil || expiry.IsZero() {
		return 0
	}
	return max(expiry.Sub(now), 1)
}

// commit completes the attachment. The token is the attachment's own ID: a
// commit of the same upload is the same request whenever it is made.
func (d *destination) commit(ctx context.Context, slot *upload.Slot, put upload.Put) (*upload.Result, error) {
	err := d.with(ctx, func(token docferry.Secret) error {
		return d.CompleteAttachmentUpload(ctx, CompleteAttachmentUploadRequest{
			AttachmentIDs: []string{slot.ID}, ClientToken: slot.ID, ConnectionToken: token})
	})
	if err == nil {
		return &upload.Result{}, nil
	}
	refused, ok := errors.AsType[*docferry.Error](err)
	if !ok || docferry.OutcomeUnknown(err) || refused.Attempts == 1 && refused.Kind != docferry.ErrConflict {
		return nil, err
	}
	// An earlier attempt may have worked, and be what this one was refused for.
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), settling)
	defer cancel()
	result, unsettled := d.find(asking, slot, put)
	switch {
	case result != nil:
		return result, nil
	case unsettled == nil && refused.Kind != docferry.ErrConflict:
		return nil, err
	case unsettled == nil: // whatever it conflicts with may still complete it
		unsettled = errors.New("the transcript does not show the attachment")
	}
	return nil, &upload.Error{Stage: upload.StageCommit, State: upload.StateUnknown,
		Err: fmt.Errorf("%w; then %v", err, unsettled), Left: []upload.Ref{{ID: slot.ID}}} //nolint:errorlint // the cause came first
}

// find looks for the attachment at the end of the transcript, more than once
// since that may lag behind. It returns nil if it is not there.
func (d *destination) find(ctx context.Context, slot *upload.Slot, _ upload.Put) (*upload.Result, error) {
	for _, wait := range looks {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		var item *AttachmentItem
		err := d.with(ctx, func(token docferry.Secret) (err error) {
			item, err = d.findAttachment(ctx, token, slot.ID, lookBack)
			return err
		})
		if err != nil {
			return nil, err
		}
		if item != nil {
			return &upload.Result{Detail: item}, nil
		}
	}
	return nil, nil
}

// findAttachment returns an attachment as the transcript shows it now, or nil
// if it is not among the newest items. With a limit of 0 these are all.
func (c *Client) findAttachment(ctx context.Context, token docferry.Secret, id string, limit int) (*AttachmentItem, error) {
	seen := 0
	for item, err := range c.AllTranscript(ctx, GetTranscriptRequest{MaxResults: 100, ScanDirection: ScanDirectionBackward,
		SortOrder: SortKeyDescending, ConnectionToken: token}) {
		if err != nil {
			return nil, err
		}
		for _, attachment := range item.Attachments {
			if attachment.AttachmentID == id {
				return &attachment, nil
			}
		}
		if seen++; seen == limit {
			break
		}
	}
	return nil, nil
}
