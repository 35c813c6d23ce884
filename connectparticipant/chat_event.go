package connectparticipant

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Event is something that happened in a chat. Most of it is an [Item], as
// transcripts show it, with who did what and when.
type Event struct {
	Item

	// Kind says what happened. It is what Type and ContentType of the item
	// come to together:
	//
	//	MESSAGE                                  somebody said Content, of the type ContentType
	//	ATTACHMENT                               somebody sent Attachments; their Status says whether they can be downloaded
	//	TYPING                                   somebody is typing
	//	PARTICIPANT_JOINED, PARTICIPANT_LEFT     somebody came or left
	//	TRANSFER_SUCCEEDED, TRANSFER_FAILED      the chat was to be given to another agent
	//	MESSAGE_DELIVERED, MESSAGE_READ          MessageMetadata has the message and the receipts
	//	CONNECTION_ACK                           somebody has connected
	//	CHAT_ENDED                               the last event, unless RelatedContactID says that it was an earlier chat which ended
	//	EVENT                                    any other event, which only ContentType tells
	//
	// A type that the API gets in future is passed on as it is. Kind is empty
	// for what is no item, such as a frame that nobody has documented or a
	// piece of a message that is still being written. Raw has it all.
	Kind ChatItemType

	// Update says that the item was told before, and that something about it
	// has changed since: the scan of an attachment or the processing of a
	// message has come to its end.
	Update bool

	// Raw is the item as it came, in JSON, or the whole frame if that was no
	// item; then it may be anything.
	Raw []byte

	piece bool // of a message that is still being written
}

// The types of item that a websocket shows and the API does not list.
const itemTypeMetadata ChatItemType = "MESSAGEMETADATA"

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

// kind says what an item is. An attachment and a message are what their Type
// says, whatever their content is.
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

// newEvent reads an item. What is none has nothing but Raw.
func newEvent(raw []byte) Event {
	e := Event{Raw: raw}
	if jsontext.Value(raw).Kind() != '{' || json.Unmarshal(raw, &e.Item, dialect.JSON) != nil {
		e.Item = Item{}
		return e
	}
	// What follows is not in the API's reference: an agent that is a machine
	// lets others watch it write. Its message comes in pieces that have the ID
	// of the message, which comes whole at last.
	var written struct {
		MessageMetadata struct {
			MessageCompleted jsontext.Value
		}
	}
	if json.Unmarshal(raw, &written, dialect.JSON) == nil && written.MessageMetadata.MessageCompleted.Kind() == 'f' {
		e.piece = true
		return e
	}
	e.Kind = e.kind()
	return e
}

// changing reports whether the item will come again, when the scan of an
// attachment or the processing of a message has ended.
func (e *Event) changing() bool {
	return e.MessageMetadata.MessageProcessingStatus == MessageProcessingStatusProcessing ||
		slices.ContainsFunc(e.Attachments, func(a AttachmentItem) bool { return a.Status == ArtifactStatusInProgress })
}

// isReceipt reports whether the event is about another item.
func (e *Event) isReceipt() bool {
	return e.Type == itemTypeMetadata || e.Kind == ChatItemTypeMessageRead || e.Kind == ChatItemTypeMessageDelivered
}

// isEnd reports whether the event is the last. In a chat that continues an
// earlier one, the end of that is no end.
func (e *Event) isEnd() bool {
	return e.Kind == ChatItemTypeChatEnded && e.RelatedContactID == ""
}

// inTranscript reports whether the transcript surely has the item too. It does
// not have everything that a websocket shows.
func (e *Event) inTranscript() bool {
	switch e.Kind {
	case ChatItemTypeMessage, ChatItemTypeAttachment, ChatItemTypeParticipantJoined, ChatItemTypeParticipantLeft,
		ChatItemTypeTransferSucceeded, ChatItemTypeTransferFailed, ChatItemTypeChatEnded:
		return e.ID != ""
	default:
		return false
	}
}

// Topics of a websocket's frames.
const (
	topicSubscribe = "aws/subscribe"
	topicChat      = "aws/chat"
	topicHeartbeat = "aws/heartbeat"
	topicPing      = "aws/ping" // another heartbeat
)

// frame is what a websocket carries.
type frame struct {
	Topic   string         `json:"topic"`
	Content jsontext.Value `json:"content"` // of topicChat: an item as JSON in a string
}

// readFrame returns a frame, which is empty if the text is none.
func readFrame(text []byte) frame {
	var f frame
	if json.Unmarshal(text, &f, dialect.JSON) != nil {
		return frame{}
	}
	return f
}

// frameEvent returns what a frame tells, if it is not about the websocket
// itself.
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
