package connectparticipant

import (
	"context"
	"iter"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// MessageProcessingStatus is the progress of processing a message, in a chat
// whose messages are processed before others see them.
type MessageProcessingStatus string

// Values of MessageProcessingStatus. A message that was processed successfully
// is shown and has no status.
const (
	MessageProcessingStatusProcessing MessageProcessingStatus = "PROCESSING"
	MessageProcessingStatusFailed     MessageProcessingStatus = "FAILED"
	MessageProcessingStatusRejected   MessageProcessingStatus = "REJECTED"
)

// MessageProcessingMetadata describes the processing of a message that was just
// sent.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_MessageProcessingMetadata.html
type MessageProcessingMetadata struct {
	MessageProcessingStatus MessageProcessingStatus `json:"MessageProcessingStatus,omitzero"`
}

// SendMessageRequest is a message to the chat.
type SendMessageRequest struct {
	// ContentType is the type of Content, such as ContentTypePlain; up to 100
	// characters. Required.
	ContentType string `json:"ContentType"`
	// Content is the message, of up to 16,384 characters; the limits of some types
	// are lower. Required.
	Content string `json:"Content"`
	// ClientToken identifies this request, up to 500 characters. The client fills
	// it in if it is empty.
	ClientToken     string          `json:"ClientToken,omitzero"`
	ConnectionToken docferry.Secret `header:"X-Amz-Bearer,required"` // required
}

// SendMessageResponse describes the message that was sent.
type SendMessageResponse struct {
	ID              string                    `json:"Id,omitzero"` // as in the transcript
	AbsoluteTime    time.Time                 `json:"AbsoluteTime,omitzero"`
	MessageMetadata MessageProcessingMetadata `json:"MessageMetadata,omitzero"`
}

var sendMessage = call.NewOp("SendMessage", "POST /participant/message", call.Idempotent)

// SendMessage sends a message to the chat. It is retried when an answer is
// lost: all attempts have the same ClientToken, so the message is sent only
// once.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_SendMessage.html
func (c *Client) SendMessage(
	ctx context.Context, req SendMessageRequest, opts ...docferry.CallOption,
) (*SendMessageResponse, error) {
	req.ClientToken = once(req.ClientToken)
	return call.Do[SendMessageResponse](ctx, c.core, sendMessage, &req, opts)
}

// SendEventRequest is an event to send to the chat.
type SendEventRequest struct {
	// ContentType is the type of event, such as ContentTypeTyping; up to 100
	// characters. Required.
	ContentType string `json:"ContentType"`
	// Content is the JSON of a receipt, up to 16,384 characters.
	Content string `json:"Content,omitzero"`
	// ClientToken identifies this request, up to 500 characters. The client fills
	// it in if it is empty.
	ClientToken     string          `json:"ClientToken,omitzero"`
	ConnectionToken docferry.Secret `header:"X-Amz-Bearer,required"` // required
}

// SendEventResponse names the event.
type SendEventResponse struct {
	ID           string    `json:"Id,omitzero"`
	AbsoluteTime time.Time `json:"AbsoluteTime,omitzero"`
}

var sendEvent = call.NewOp("SendEvent", "POST /participant/event", call.Idempotent)

// SendEvent notifies the other participants that this one is typing, or has
// received or read a message. Receipts fail with docferry.ErrConflict while
// more than two participants are active in the chat. It can fail with
// [CodeConflict].
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_SendEvent.html
func (c *Client) SendEvent(
	ctx context.Context, req SendEventRequest, opts ...docferry.CallOption,
) (*SendEventResponse, error) {
	req.ClientToken = once(req.ClientToken)
	return call.Do[SendEventResponse](ctx, c.core, sendEvent, &req, opts)
}

// ChatItemType is the type of an item of a transcript. The item's ContentType
// is more specific.
type ChatItemType string

// Types of items. In transcripts most are MESSAGE, EVENT or ATTACHMENT.
const (
	ChatItemTypeTyping            ChatItemType = "TYPING"
	ChatItemTypeParticipantJoined ChatItemType = "PARTICIPANT_JOINED"
	ChatItemTypeParticipantLeft   ChatItemType = "PARTICIPANT_LEFT"
	ChatItemTypeChatEnded         ChatItemType = "CHAT_ENDED"
	ChatItemTypeTransferSucceeded ChatItemType = "TRANSFER_SUCCEEDED"
	ChatItemTypeTransferFailed    ChatItemType = "TRANSFER_FAILED"
	ChatItemTypeMessage           ChatItemType = "MESSAGE"
	ChatItemTypeEvent             ChatItemType = "EVENT"
	ChatItemTypeAttachment        ChatItemType = "ATTACHMENT"
	ChatItemTypeConnectionAck     ChatItemType = "CONNECTION_ACK"
	ChatItemTypeMessageDelivered  ChatItemType = "MESSAGE_DELIVERED"
	ChatItemTypeMessageRead       ChatItemType = "MESSAGE_READ"
)

// ParticipantRole is the role of a participant in the chat.
type ParticipantRole string

// Roles.
const (
	ParticipantRoleAgent      ParticipantRole = "AGENT"
	ParticipantRoleCustomer   ParticipantRole = "CUSTOMER"
	ParticipantRoleSystem     ParticipantRole = "SYSTEM" // a flow
	ParticipantRoleCustomBot  ParticipantRole = "CUSTOM_BOT"
	ParticipantRoleSupervisor ParticipantRole = "SUPERVISOR" // a supervisor who monitors the chat, or has joined it
)

// ScanDirection is the direction in which a transcript is read from the start
// position.
type ScanDirection string

// Directions.
const (
	ScanDirectionForward  ScanDirection = "FORWARD"  // towards the newest item
	ScanDirectionBackward ScanDirection = "BACKWARD" // towards the oldest item
)

// SortKey is the order of the items.
type SortKey string

// Orders, by time.
const (
	SortKeyDescending SortKey = "DESCENDING" // the newest item first
	SortKeyAscending  SortKey = "ASCENDING"  // the oldest item first
)

// Receipt says when a message was delivered to, and read by, another
// participant.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_Receipt.html
type Receipt struct {
	DeliveredTimestamp     time.Time `json:"DeliveredTimestamp,omitzero"`
	ReadTimestamp          time.Time `json:"ReadTimestamp,omitzero"`
	RecipientParticipantID string    `json:"RecipientParticipantId,omitzero"`
}

// MessageMetadata describes the delivery of a message.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_MessageMetadata.html
type MessageMetadata struct {
	MessageID               string                  `json:"MessageId,omitzero"`
	Receipts                []Receipt               `json:"Receipts,omitzero"`
	MessageProcessingStatus MessageProcessingStatus `json:"MessageProcessingStatus,omitzero"`
}

// Item is a message, an event or an attachment in a transcript.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_Item.html
type Item struct {
	AbsoluteTime    time.Time        `json:"AbsoluteTime,omitzero"` // when it was sent
	Content         string           `json:"Content,omitzero"`
	ContentType     string           `json:"ContentType,omitzero"` // such as ContentTypePlain
	ID              string           `json:"Id,omitzero"`
	Type            ChatItemType     `json:"Type,omitzero"`
	ParticipantID   string           `json:"ParticipantId,omitzero"` // of the sender
	DisplayName     string           `json:"DisplayName,omitzero"`   // of the sender
	ParticipantRole ParticipantRole  `json:"ParticipantRole,omitzero"`
	Attachments     []AttachmentItem `json:"Attachments,omitzero"`
	MessageMetadata MessageMetadata  `json:"MessageMetadata,omitzero"`
	// RelatedContactID is the contact that the item is from, in a chat that
	// continues an earlier one.
	RelatedContactID string `json:"RelatedContactId,omitzero"`
	// ContactID is the contact that the item is from, if RelatedContactID is not
	// set.
	ContactID string `json:"ContactId,omitzero"`
}

// StartPosition is a position in a transcript. Set one of its fields.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_StartPosition.html
type StartPosition struct {
	ID           string    `json:"Id,omitzero"` // of an item
	AbsoluteTime time.Time `json:"AbsoluteTime,omitzero"`
	// MostRecent is a number of items from the end, 0 to 100.
	MostRecent *int64 `json:"MostRecent,omitzero"`
}

// GetTranscriptRequest asks for a page of a transcript.
type GetTranscriptRequest struct {
	// ContactID is the contact of the chat, or one that it continues.
	ContactID string `json:"ContactId,omitzero"`
	// MaxResults is the number of items on a page, up to 100; 0 means 10.
	MaxResults int64 `json:"MaxResults,omitzero"`
	// NextToken comes from the response for the page before.
	NextToken string `json:"NextToken,omitzero"`
	// ScanDirection is FORWARD by default with a StartPosition, otherwise BACKWARD.
	ScanDirection ScanDirection `json:"ScanDirection,omitzero"`
	// SortOrder is the order of the items on a page; DESCENDING by default.
	SortOrder       SortKey         `json:"SortOrder,omitzero"`
	StartPosition   StartPosition   `json:"StartPosition,omitzero"`
	ConnectionToken docferry.Secret `header:"X-Amz-Bearer,required"` // required
}

// GetTranscriptResponse is a page of a transcript.
type GetTranscriptResponse struct {
	// InitialContactID is the first contact, if the chat continues others.
	InitialContactID string `json:"InitialContactId,omitzero"`
	Transcript       []Item `json:"Transcript,omitzero,needed"`
	NextToken        string `json:"NextToken,omitzero,needed"` // for the next page; "" on the last page
}

var getTranscript = call.NewOp("GetTranscript", "POST /participant/transcript", call.Safe)

// GetTranscript returns a page of the chat's transcript. AllTranscript ranges
// over all of it.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_GetTranscript.html
func (c *Client) GetTranscript(
	ctx context.Context, req GetTranscriptRequest, opts ...docferry.CallOption,
) (*GetTranscriptResponse, error) {
	return call.Do[GetTranscriptResponse](ctx, c.core, getTranscript, &req, opts)
}

// AllTranscript ranges over the items of GetTranscript on all pages, from
// req.NextToken on. It requests each page when the range reaches it; each range
// starts over. An error is yielded once and ends the range.
//
// Pages follow each other in the direction of the scan, while SortOrder is the
// order within a page. For one order throughout, choose FORWARD and ASCENDING,
// or BACKWARD and DESCENDING. An item that a page repeats from the page before
// is not yielded again.
func (c *Client) AllTranscript(
	ctx context.Context, req GetTranscriptRequest, opts ...docferry.CallOption,
) iter.Seq2[Item, error] {
	pages := call.Pages(ctx, c.core, getTranscript, c.GetTranscript, req, opts,
		func(r *GetTranscriptRequest) *string { return &r.NextToken },
		func(p *GetTranscriptResponse) string { return p.NextToken })
	return func(yield func(Item, error) bool) {
		before := map[string]bool{}
		call.Items(pages, func(p *GetTranscriptResponse) []Item { return unseen(p.Transcript, &before) })(yield)
	}
}

// unseen returns the items of a page without those of the page before, whose
// ids it replaces by its own. A page without items leaves them as they are.
func unseen(page []Item, before *map[string]bool) []Item {
	var items []Item
	ids := make(map[string]bool, len(page))
	for _, item := range page {
		if item.ID == "" || !(*before)[item.ID] {
			items = append(items, item)
		}
		ids[item.ID] = true
	}
	if len(page) > 0 {
		*before = ids
	}
	return items
}
