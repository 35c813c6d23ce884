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
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/option"
	"github.com/docferry/docferry/upload"
)

const (
	// maxAttachment is the 20 MB of "Amazon Connect feature specifications". That
	// a MB is a MiB is inferred from UpdateAttachedFilesConfiguration of Amazon
	// Connect, which writes 104857600 bytes as 100 MB.
	maxAttachment = 20 << 20
	maxName       = 256 // characters, by the reference of StartAttachmentUpload

	// settling bounds the search for an attachment that may have been completed,
	// and lookBack is how many items of the transcript it looks at each time.
	settling = 15 * time.Second
	lookBack = 200
)

// looks are the waits before each look for an attachment in the transcript.
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

// AttachmentContentTypes returns the media types that Amazon Connect documents
// for attachments. An instance may be set up to accept others.
func AttachmentContentTypes() []string { return slices.Clone(contentTypes) }

// UploadOptions are the optional settings of [Client.Uploader] and
// [Chat.Uploader]: what the uploader accepts, so that a source which the service
// would refuse is refused before anything is sent.
type UploadOptions struct {
	// MaxSize is the size in bytes of the largest source to accept. 0 means 20
	// MiB, the limit that Amazon Connect documents.
	MaxSize int64
	// ContentTypes are the media types to accept. Parameters such as charset, and
	// upper or lower case, make no difference. Nil means AttachmentContentTypes;
	// empty but not nil means any.
	ContentTypes []string
}

// Uploader returns an uploader that sends attachments to a chat, as the
// participant identified by the connection token. At most one UploadOptions may
// be given; with more, every upload fails with a [*docferry.InputError].
//
// An upload starts an attachment, PUTs the content to the URL that the service
// returns, and completes the attachment. A nil error means that the chat shows
// the attachment, while its scan may still be under way: see
// [Client.WaitForAttachment]. If the answer to the completion is lost, Uploader
// looks for the attachment in the transcript.
//
// A source is refused with a [*docferry.InputError], before anything is sent, if
// it is empty, is larger than UploadOptions.MaxSize, has a name of more than 256
// characters, or has a content type that is not in UploadOptions.ContentTypes.
//
// The service cannot remove an attachment that was started. If an upload fails
// after that, Left of the [*upload.Error] names the attachment. Errors of the
// service that a caller may meet are docferry.ErrForbidden for a token that is
// wrong or has expired, or for a chat that has ended, and docferry.ErrQuota for a
// chat that has all the attachments it may have.
//
// In a Result, ID is the ID of the attachment. Detail is an *AttachmentItem if
// the attachment was looked for in the transcript, and nil otherwise.
func (c *Client) Uploader(connectionToken docferry.Secret, opts ...UploadOptions) upload.Uploader {
	return c.uploader(fixedToken{connectionToken}, opts)
}

// uploader is Uploader with any source of connection tokens.
func (c *Client) uploader(tokens tokenSource, opts []UploadOptions) upload.Uploader {
	options, err := atMostOne("Uploader", opts)
	if err != nil {
		return upload.Func(func(_ context.Context, src upload.Source) (*upload.Result, error) {
			return nil, notStarted(src, err)
		})
	}
	if options.MaxSize <= 0 {
		options.MaxSize = maxAttachment
	}
	if options.ContentTypes == nil {
		options.ContentTypes = contentTypes
	}
	options.ContentTypes = slices.Clone(options.ContentTypes)
	d := &destination{Client: c, options: options, tokens: tokens}
	engine := &upload.Presigned{
		Service: service, HTTP: c.storage.HTTP(), MaxSize: options.MaxSize, CompareETagPlain: true,
		Begin: d.begin, Commit: d.commit, Find: d.find,
	}
	return upload.Func(func(ctx context.Context, src upload.Source) (*upload.Result, error) {
		src.ContentType = cmp.Or(src.ContentType, upload.DefaultContentType)
		if err := d.check(src); err != nil {
			return nil, notStarted(src, err)
		}
		return engine.Upload(ctx, src)
	})
}

// notStarted returns the error of an upload that was refused before anything was
// sent.
func notStarted(src upload.Source, err error) error {
	return &upload.Error{Name: src.Name, Stage: upload.StageSource, State: upload.StateNotStarted, Err: err}
}

// destination is a chat to upload to.
type destination struct {
	*Client
	options UploadOptions
	tokens  tokenSource
}

// check refuses the sources that the service would refuse, as far as the engine
// does not.
func (d *destination) check(src upload.Source) error {
	bad := func(field, format string, args ...any) error {
		return &docferry.InputError{Service: service, Operation: "Upload", Field: "Source." + field,
			Reason: fmt.Sprintf(format, args...)}
	}
	is := func(other string) bool { return mediaType(other) == mediaType(src.ContentType) }
	switch length := utf8.RuneCountInString(src.Name); {
	case src.Size == 0:
		return bad("Size", "is 0; an attachment must have at least 1 byte")
	case src.Size > d.options.MaxSize:
		return bad("Size", "is %d, more than the %d bytes that UploadOptions.MaxSize allows", src.Size, d.options.MaxSize)
	case length > maxName:
		return bad("Name", "has %d characters; an attachment's name may have at most %d", length, maxName)
	case len(d.options.ContentTypes) > 0 && !slices.ContainsFunc(d.options.ContentTypes, is):
		return bad("ContentType", "is %q, which is not among the UploadOptions.ContentTypes", src.ContentType)
	}
	return nil
}

// mediaType returns a media type without its parameters, in lower case.
func mediaType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	return strings.ToLower(strings.TrimSpace(s))
}

// begin starts an attachment. All requests of one begin have one ClientToken,
// also across a renewal of the connection token, and so start one attachment.
// When the engine begins again, because the first URL has expired, it needs
// another URL, and so the request needs another ClientToken.
func (d *destination) begin(ctx context.Context, src upload.Source) (*upload.Slot, error) {
	var meta docferry.Meta
	req := StartAttachmentUploadRequest{ContentType: src.ContentType, AttachmentSizeInBytes: src.Size,
		AttachmentName: src.Name, ClientToken: once("")}
	resp, err := withToken(ctx, d.tokens, func(token docferry.Secret) (*StartAttachmentUploadResponse, error) {
		req.ConnectionToken = token
		return d.StartAttachmentUpload(ctx, req, docferry.WithMeta(&meta))
	})
	if err != nil {
		return nil, err
	}
	slot := &upload.Slot{
		ID: resp.AttachmentID, Draft: true, URL: resp.UploadMetadata.URL, Header: resp.UploadMetadata.HeadersToInclude,
		Lifetime: lifetime(resp.UploadMetadata.URLExpiry, meta.Header),
	}
	if slot.ID == "" || slot.URL == "" {
		return slot, &docferry.Error{Service: service, Operation: startAttachmentUpload.Name, RequestID: meta.RequestID,
			StatusCode: meta.StatusCode, Attempts: meta.Attempts, Kind: docferry.ErrProtocol,
			Message: "the answer lacks the ID of the attachment or the upload URL"}
	}
	return slot, nil
}

// lifetime returns how long after an answer something in it expires, judged by
// the clock of the service, which is the Date of the answer. It returns 0 if that
// is unknown, and otherwise at least 1.
func lifetime(expiry time.Time, answer http.Header) time.Duration {
	now, err := http.ParseTime(answer.Get("Date"))
	if err != nil || expiry.IsZero() {
		return 0
	}
	return max(expiry.Sub(now), 1)
}

// commit completes the attachment. Its ClientToken is the ID of the attachment:
// the completion of an upload is the same request, whenever it is repeated.
func (d *destination) commit(ctx context.Context, slot *upload.Slot, put upload.Put) (*upload.Result, error) {
	_, err := withToken(ctx, d.tokens, func(token docferry.Secret) (struct{}, error) {
		return struct{}{}, d.CompleteAttachmentUpload(ctx, CompleteAttachmentUploadRequest{
			AttachmentIDs: []string{slot.ID}, ClientToken: slot.ID, ConnectionToken: token})
	})
	if err == nil {
		return &upload.Result{}, nil
	}
	refused, ok := errors.AsType[*docferry.Error](err)
	if !ok || docferry.OutcomeUnknown(err) || refused.Kind != docferry.ErrConflict {
		return nil, err // the engine looks for the attachment itself if the outcome is unknown
	}
	// Another request, perhaps of an earlier program, may have completed the
	// attachment, and this one may be refused for that reason.
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), settling)
	defer cancel()
	result, unsettled := d.find(asking, slot, put)
	switch {
	case result != nil:
		return result, nil
	case unsettled == nil:
		// The request that it conflicts with may still be under way.
		unsettled = errors.New("the transcript does not show the attachment")
	}
	err = fmt.Errorf("%w; then %v", err, unsettled) //nolint:errorlint // the cause came first
	return nil, &upload.Error{Stage: upload.StageCommit, State: upload.StateUnknown, Err: err,
		Left: []upload.Ref{{ID: slot.ID}}}
}

// find looks for the attachment at the end of the transcript. It looks several
// times, because a transcript may show an item late. It returns nil if the
// attachment does not appear.
func (d *destination) find(ctx context.Context, slot *upload.Slot, _ upload.Put) (*upload.Result, error) {
	for _, wait := range looks {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		odd := false
		note := call.Reporting(nil, func(r option.Report) { odd = odd || len(r.Unread) > 0 })
		item, err := withToken(ctx, d.tokens, func(token docferry.Secret) (*AttachmentItem, error) {
			return d.findAttachment(ctx, token, slot.ID, lookBack, note...)
		})
		switch {
		case err != nil:
			return nil, err
		case item != nil:
			return &upload.Result{Detail: item}, nil
		case odd:
			return nil, fmt.Errorf("%w: the attachment may be among what cannot be read in the transcript", docferry.ErrProtocol)
		}
	}
	return nil, nil
}

// findAttachment returns an attachment as the transcript shows it now, or nil if
// it is not among the newest items, of which it looks at limit. A limit of 0
// means all.
func (c *Client) findAttachment(
	ctx context.Context, token docferry.Secret, id string, limit int, opts ...docferry.CallOption,
) (*AttachmentItem, error) {
	newestFirst := GetTranscriptRequest{MaxResults: 100, ScanDirection: ScanDirectionBackward,
		SortOrder: SortKeyDescending, ConnectionToken: token}
	seen := 0
	for item, err := range c.AllTranscript(ctx, newestFirst, opts...) {
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
