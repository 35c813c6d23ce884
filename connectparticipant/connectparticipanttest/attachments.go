package connectparticipanttest

import (
	"math"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// attachment is a file that a participant has started to upload. It becomes
// part of the transcript when the upload is completed.
type attachment struct {
	id, name, contentType string
	size                  int64
	owner                 *participant
	item                  *Item // nil until the upload is completed

	// verdict is the status that the scan will give, and due is when it ends.
	verdict string
	due     time.Time
}

// key returns the key of the attachment in the storage host.
func (a *attachment) key() string { return storageKeys + "attachments/" + a.id }

// status returns the status of the attachment, or "" until the upload is
// completed.
func (a *attachment) status() string {
	if a.item == nil {
		return ""
	}
	return a.item.Attachments[0].Status
}

// settle ends the scan and tells the websockets. That the item is sent once
// more, with the same ID and the new status, is inferred.
func (a *attachment) settle() {
	a.item.Attachments[0].Status = a.verdict
	a.owner.chat.broadcast(*a.item)
}

// Attachment returns the bytes that the storage host has for an attachment, and
// its status: APPROVED, REJECTED, IN_PROGRESS, or "" before the upload is
// completed. content is empty if nothing was uploaded, and ok is false if there
// is no such attachment.
func (s *Server) Attachment(id string) (content []byte, status string, ok bool) {
	s.lock()
	defer s.unlock()
	a := s.attachments[id]
	if a == nil {
		return nil, "", false
	}
	object, _ := s.storage.Object(a.key())
	return slices.Clone(object.Content), a.status(), true
}

// startedAnswer is the answer of StartAttachmentUpload. A client sends exactly
// the headers that it lists to the URL.
type startedAnswer struct {
	AttachmentID   string `json:"AttachmentId"`
	UploadMetadata struct {
		URL              string `json:"Url"`
		URLExpiry        string `json:"UrlExpiry"`
		HeadersToInclude map[string]string
	}
}

// startAttachmentUpload announces an attachment and returns a presigned URL to
// upload it to. Size and content type are checked here, before anything is
// uploaded. A chat with a quota counts attachments as soon as they are started.
func (s *Server) startAttachmentUpload(c *call) (any, *refusal) {
	fingerprint := c.in.fingerprint()
	a := &attachment{
		id:          uuid(),
		name:        c.in.text("AttachmentName", 1, 256, true),
		contentType: c.in.text("ContentType", 1, 255, true),
		owner:       c.who,
	}
	a.size, _ = c.in.number("AttachmentSizeInBytes", 1, math.MaxInt64, true)
	token := c.in.text("ClientToken", 1, 500, true)
	if strings.ContainsFunc(a.name, unicode.IsControl) {
		c.in.complainf("AttachmentName", "must not have control characters")
	}
	if kind, _, err := mime.ParseMediaType(a.contentType); err != nil || !strings.Contains(kind, "/") {
		c.in.complainf("ContentType", "must be a MIME type")
	}
	if allowed := s.limits.contentTypes; allowed != nil {
		c.in.oneOf("ContentType", a.contentType, allowed)
	}
	if a.size > s.limits.attachmentSize {
		c.in.complainf("AttachmentSizeInBytes", "must be at most %d", s.limits.attachmentSize)
	}
	if no := c.in.done(); no != nil {
		return nil, no
	}
	if s.limits.composing {
		a.name = norm.NFC.String(a.name)
	}
	return s.once(c, token, fingerprint, func() (any, *refusal) {
		chat := c.who.chat
		if quota := s.limits.attachments; quota > 0 && len(chat.attachments) >= quota {
			return nil, &refusal{status: http.StatusPaymentRequired, code: "ServiceQuotaExceededException",
				message: "the chat already has as many attachments as its quota allows"}
		}
		// An upload counts even if it is never completed.
		chat.attachments = append(chat.attachments, a)
		s.attachments[a.id] = a
		return s.presignUpload(a, baseURL(c.request)), nil
	})
}

// presignUpload signs the upload URL. The headers to include are those that the
// service has been seen to list; none are documented.
func (s *Server) presignUpload(a *attachment, base string) startedAnswer {
	header := map[string]string{
		"Content-Type":                  a.contentType,
		"Content-Length":                strconv.FormatInt(a.size, 10),
		"Content-Disposition":           disposition(a.name),
		"x-amz-acl":                     "bucket-owner-full-control",
		"x-amz-meta-account_id":         "123456789012",
		"x-amz-meta-organization_id":    "00000000-0000-4000-8000-000000000000",
		"x-amz-meta-contact_id":         a.owner.chat.ContactID,
		"x-amz-meta-initial_contact_id": a.owner.chat.ContactID,
	}
	var result startedAnswer
	result.AttachmentID = a.id
	result.UploadMetadata.URL = s.storage.PresignPut(base, a.key(), header, s.limits.url)
	result.UploadMetadata.URLExpiry = s.urlExpiry(s.limits.url)
	result.UploadMetadata.HeadersToInclude = header
	return result
}

// urlExpiry returns the time at which a URL that is signed now expires.
// Signatures have a resolution of one second, so both the time and the lifetime
// are truncated.
func (s *Server) urlExpiry(ttl time.Duration) string {
	return timestamp(s.now().Truncate(time.Second).Add(ttl.Truncate(time.Second)))
}

// disposition returns a Content-Disposition header with a file name. The header
// has ASCII characters only. The name is shortened until the header has at most
// 256 bytes, which is the limit for a header to include.
func disposition(name string) string {
	const limit = 256
	runes := []rune(name)
	for ; ; runes = runes[:len(runes)-1] {
		value := `attachment; filename="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(string(runes)) + `"`
		if strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) {
			value = "attachment; filename*=UTF-8''" + url.PathEscape(string(runes))
		}
		if len(value) <= limit {
			return value
		}
	}
}

// completeAttachmentUpload adds the attachment to the transcript. Only the
// participant who started the upload may complete it. That an upload without
// any stored content is refused is inferred, and so is the code of that error.
func (s *Server) completeAttachmentUpload(c *call) (any, *refusal) {
	fingerprint := c.in.fingerprint()
	ids := c.in.texts("AttachmentIds", 1, 1, true)
	for _, id := range ids {
		c.in.length("AttachmentIds", id, 1, 256)
	}
	token := c.in.text("ClientToken", 1, 500, true)
	if no := c.in.done(); no != nil {
		return nil, no
	}
	return s.once(c, token, fingerprint, func() (any, *refusal) {
		a := s.attachments[ids[0]]
		switch {
		case a == nil || a.owner.chat != c.who.chat:
			return nil, invalid("AttachmentIds: the chat has no such attachment")
		case a.owner != c.who:
			return nil, denied("the attachment was started by another participant")
		// Completing twice without a ClientToken in common is a conflict; see
		// once.
		case a.item != nil:
			return nil, conflict("the attachment is already being uploaded")
		}
		object, stored := s.storage.Object(a.key())
		if !stored {
			return nil, invalid("AttachmentIds: nothing was uploaded for this attachment")
		}
		s.complete(a, object.Content)
		return struct{}{}, nil
	})
}

// complete adds the item of an attachment to the transcript and starts its
// scan. If the scan takes no time, the attachment is never IN_PROGRESS.
func (s *Server) complete(a *attachment, content []byte) {
	status, delay := "APPROVED", time.Duration(0)
	if s.scan != nil {
		status, delay = s.scan(a.name, slices.Clone(content))
	}
	item := a.owner.item("ATTACHMENT", "", "")
	item.Attachments = []AttachmentItem{{
		ContentType: a.contentType, AttachmentID: a.id, AttachmentName: a.name, Status: status,
	}}
	if delay > 0 {
		item.Attachments[0].Status = "IN_PROGRESS"
		a.verdict, a.due = status, s.now().Add(delay)
		s.scans = append(s.scans, a)
		s.expect(a.due)
	}
	a.item = a.owner.chat.add(item)
}

// attachmentAnswer is the answer of GetAttachment.
type attachmentAnswer struct {
	URL                   string `json:"Url"`
	URLExpiry             string `json:"UrlExpiry"`
	AttachmentSizeInBytes int64
}

// getAttachment returns a URL from which to download an attachment. Only
// approved attachments can be downloaded; the code of the error for others is
// inferred. As documented, a URL is valid for 5 to 300 seconds. That it is
// valid for 300 seconds if the request does not say is inferred.
func (s *Server) getAttachment(c *call) (any, *refusal) {
	id := c.in.text("AttachmentId", 1, 256, true)
	seconds, given := c.in.number("UrlExpiryInSeconds", 5, 300, false)
	if !given {
		seconds = 300
	}
	if no := c.in.done(); no != nil {
		return nil, no
	}
	if c.who.role == "CUSTOM_BOT" {
		return nil, denied("a custom bot has no access to attachments")
	}
	a := s.attachments[id]
	switch {
	case a == nil || a.item == nil || a.owner.chat != c.who.chat:
		return nil, invalid("AttachmentId: the chat has no such attachment")
	case a.status() != "APPROVED":
		return nil, invalid("AttachmentId: the attachment is " + a.status() + ", not APPROVED")
	}
	ttl := time.Duration(seconds) * time.Second
	return attachmentAnswer{
		URL:                   s.storage.PresignGet(baseURL(c.request), a.key(), ttl),
		URLExpiry:             s.urlExpiry(ttl),
		AttachmentSizeInBytes: a.size,
	}, nil
}
