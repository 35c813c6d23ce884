package connectparticipant

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Event is something that happened in a chat. Usually it is an [Item] of the
// transcript: who did what, and when.
type Event struct {
	Item

	// Kind is what happened, as it follows from Type and ContentType of the item:
	//
	//	MESSAGE              a participant or the system sent Content, of type ContentType
	//	ATTACHMENT           a participant sent Attachments; their Status says
	//	                     whether they can be downloaded
	//	TYPING               a participant is typing
	//	PARTICIPANT_JOINED   a participant has joined the chat
	//	PARTICIPANT_LEFT     a participant has left the chat
	//	TRANSFER_SUCCEEDED   the chat was transferred to another agent
	//	TRANSFER_FAILED      the chat could not be transferred
	//	MESSAGE_DELIVERED    a message has arrived; see MessageMetadata
	//	MESSAGE_READ         a message was read; see MessageMetadata
	//	CONNECTION_ACK       a participant has connected
	//	CHAT_ENDED           the chat has ended: this is the last event; but if it is
	//	                     from another contact, an earlier chat, which this one
	//	                     continues, has ended
	//	EVENT                any other event; see ContentType
	//
	// A type that is new in the API is passed on unchanged. Kind is empty for
	// what is not an item, such as an undocumented frame, or a piece of a message
	// that is still being written. Raw holds these.
	Kind ChatItemType

	// Update is set if the item was delivered before and has changed since: the
	// scan of an attachment or the processing of a message has ended, or, while
	// there was no connection, a participant has received or read the message; see
	// MessageMetadata.
	Update bool

	// Own is set if the participant of the Chat caused the event itself, so that a
	// program which answers messages does not answer its own. Without
	// ChatOptions.ParticipantID it can be missing until a first message of the
	// participant has come back; see [Chat.ParticipantID].
	Own bool

	// Raw is the item as the service sent it, in JSON. For what is not an item it
	// is the whole frame, which may be anything. A member of the item that could not
	// be read, such as a time in an unknown form, is zero in Item and can be seen here.
	Raw []byte

	// Chunk and Written are set for a piece of a message that is still being written,
	// as those of automated agents are. Content is the piece, Chunk its number, from 1
	// on, and Written the message as far as it is known: all pieces so far, or empty
	// if one of them is missing. The whole message follows as an event of its own,
	// with the same ID.
	Chunk   int
	Written string

	piece bool // this is a piece of a message that is still being written
	past  bool // this is from a chat that the chat continues
}

// itemTypeMetadata is the type of the items that carry receipts on a websocket. It
// is not in the reference of the API.
const itemTypeMetadata ChatItemType = "MESSAGEMETADATA"

// eventKinds are the kinds of the items that only their content type describes.
var eventKinds = map[string]ChatItemType{
	ContentTypeTyping:                 ChatItemTypeTyping,
	ContentTypeParticipantJoined:      ChatItemTypeParticipantJoined,
	ContentTypeParticipantLeft:        ChatItemTypeParticipantLeft,
	ContentTypeTransferSucceeded:      ChatItemTypeTransferSucceeded,
	ContentTypeTransferFailed:         ChatItemTypeTransferFailed,
	ContentTypeChatEnded:              ChatItemTypeChatEnded,
	ContentTypeMessageDelivered:       ChatItemTypeMessageDelivered,
	ContentTypeMessageRead:            ChatItemTypeMessageRead,
	ContentTypeConnectionAcknowledged: ChatItemTypeConnectionAck,
}

// kind returns the kind of an item. The Type of an attachment or a message is
// final; that of other items, such as EVENT, is less exact than their ContentType.
func (i *Item) kind() ChatItemType {
	if i.Type == ChatItemTypeAttachment || i.Type == ChatItemTypeMessage {
		return i.Type
	}
	if kind, ok := eventKinds[i.ContentType]; ok {
		return kind
	}
	if i.Type != itemTypeMetadata {
		return i.Type
	}
	if slices.ContainsFunc(i.MessageMetadata.Receipts, func(r Receipt) bool { return !r.ReadTimestamp.IsZero() }) {
		return ChatItemTypeMessageRead
	}
	return ChatItemTypeMessageDelivered
}

// newEvent decodes an item. If raw is not one, only Raw of the event is set.
func newEvent(raw []byte) Event {
	e := Event{Raw: raw}
	if _, err := dialect.Decode(raw, nil, &e.Item); err != nil {
		return e
	}
	// The messages of an automated agent arrive in pieces while they are being
	// written. Each piece has the ID of the message, and the whole message follows.
	// This is not in the reference of the API.
	var written struct {
		MessageMetadata struct {
			MessageCompleted jsontext.Value
			ChunkNumber      jsontext.Value
		}
	}
	if json.Unmarshal(raw, &written, dialect.JSON) == nil && written.MessageMetadata.MessageCompleted.Kind() == 'f' {
		e.piece = true
		e.Chunk, _ = strconv.Atoi(string(written.MessageMetadata.ChunkNumber)) // 0 if it has none
		return e
	}
	e.Kind = e.kind()
	return e
}

// changing reports whether the item will appear once more: when the scan of its
// attachment or the processing of its message has ended.
func (e *Event) changing() bool {
	return e.MessageMetadata.MessageProcessingStatus == MessageProcessingStatusProcessing ||
		slices.ContainsFunc(e.Attachments, func(a AttachmentItem) bool { return a.Status == ArtifactStatusInProgress })
}

// isReceipt reports whether the event is about another item.
func (e *Event) isReceipt() bool {
	return e.Type == itemTypeMetadata || e.Kind == ChatItemTypeMessageRead || e.Kind == ChatItemTypeMessageDelivered
}

// isEnd reports whether the event is the end of the chat. In a chat that continues
// an earlier one, the transcript shows the end of the earlier one too.
func (e *Event) isEnd() bool {
	return e.Kind == ChatItemTypeChatEnded && e.RelatedContactID == "" && !e.past
}

// contact returns the ID of the contact that the item is from.
func (e *Event) contact() string { return cmp.Or(e.RelatedContactID, e.ContactID) }

// inTranscript reports whether the transcript is sure to have the item too. It
// does not have everything that a websocket shows.
func (e *Event) inTranscript() bool {
	switch e.Kind {
	case ChatItemTypeMessage, ChatItemTypeAttachment, ChatItemTypeParticipantJoined, ChatItemTypeParticipantLeft,
		ChatItemTypeTransferSucceeded, ChatItemTypeTransferFailed, ChatItemTypeChatEnded:
		return e.ID != ""
	default:
		return false
	}
}

// The topics of the frames of a websocket.
const (
	topicSubscribe = "aws/subscribe"
	topicChat      = "aws/chat"
	topicHeartbeat = "aws/heartbeat"
	topicPing      = "aws/ping" // another form of heartbeat
)

// frame is a message on a websocket.
type frame struct {
	Topic      string         `json:"topic"`
	Content    jsontext.Value `json:"content"`    // for topicChat a string, which holds an item in JSON
	StatusCode int            `json:"statusCode"` // for topicPing
}

// readFrame decodes a frame. It returns an empty one if the text is not a frame.
func readFrame(text []byte) frame {
	var f frame
	if json.Unmarshal(text, &f, dialect.JSON) != nil {
		return frame{}
	}
	return f
}

// frameEvent returns the event that a frame carries. It returns false for frames
// that concern the websocket itself.
func frameEvent(text []byte) (Event, bool) {
	f := readFrame(text)
	switch f.Topic {
	case topicSubscribe, topicHeartbeat, topicPing:
		return Event{}, false
	case topicChat:
		item := []byte(f.Content)
		var inner string
		if f.Content.Kind() == '"' && json.Unmarshal(f.Content, &inner, dialect.JSON) == nil {
			item = []byte(inner)
		}
		if jsontext.Value(item).Kind() == '{' {
			return newEvent(item), true
		}
	}
	return Event{Raw: text}, len(bytes.TrimSpace(text)) > 0
}
