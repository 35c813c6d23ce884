package connectparticipanttest

import (
	"encoding/json"
	"slices"
)

// contentLimit has the documented content types of messages, and the largest
// number of characters that each may have.
var contentLimit = map[string]int{
	"text/plain":       1024,
	"text/markdown":    1024,
	"application/json": 12000,
	"application/vnd.amazonaws.connect.message.interactive.response": 12288,
}

// sentAnswer is the answer of SendMessage and SendEvent.
type sentAnswer struct {
	ID              string `json:"Id"`
	AbsoluteTime    string
	MessageMetadata *MessageMetadata `json:",omitempty"`
}

// sendMessage adds a message to the transcript and sends it to the websockets,
// also to those of the sender. Only the documented content types are accepted,
// each with its own limit. Content that claims to be JSON is parsed.
func (s *Server) sendMessage(c *call) (any, *refusal) {
	fingerprint := c.in.fingerprint()
	contentType := c.in.text("ContentType", 1, 100, true)
	content := c.in.text("Content", 1, 16384, true)
	token := c.in.text("ClientToken", 0, 500, false)
	limit, known := contentLimit[contentType]
	switch {
	case !known:
		c.in.complainf("ContentType", "%q is not supported", contentType)
	case contentType == "application/json" && !json.Valid([]byte(content)):
		c.in.complainf("Content", "must be JSON")
	default:
		c.in.length("Content", content, 1, limit)
	}
	if no := c.in.done(); no != nil {
		return nil, no
	}
	return s.once(c, token, fingerprint, func() (any, *refusal) {
		item := c.who.item("MESSAGE", contentType, content)
		var metadata *MessageMetadata
		// The answer and the item both have the status, but only the item's
		// metadata has the ID of the message.
		if s.process != nil {
			if status := s.process(content); status != "" {
				metadata = &MessageMetadata{MessageProcessingStatus: status}
				item.ID = uuid()
				item.MessageMetadata = &MessageMetadata{MessageID: item.ID, MessageProcessingStatus: status}
			}
		}
		sent := c.who.chat.add(item)
		return sentAnswer{sent.ID, sent.AbsoluteTime, metadata}, nil
	})
}

// sendEvent sends an event to the websockets. The transcript does not keep the
// events that participants send; of a receipt it keeps the times, in the
// metadata of the message.
func (s *Server) sendEvent(c *call) (any, *refusal) {
	fingerprint := c.in.fingerprint()
	contentType := c.in.text("ContentType", 1, 100, true)
	content := c.in.text("Content", 1, 16384, false)
	token := c.in.text("ClientToken", 0, 500, false)
	var message *Item
	switch contentType {
	case eventType + "typing", eventType + "connection.acknowledged":
	case eventType + "message.delivered", eventType + "message.read":
		if message = c.receiptFor(content); message == nil {
			c.in.complainf("Content", `must be {"messageId":"..."} with the id of a message that another participant has sent`)
		}
	default:
		c.in.complainf("ContentType", "%q is not supported", contentType)
	}
	if no := c.in.done(); no != nil {
		return nil, no
	}
	return s.once(c, token, fingerprint, func() (any, *refusal) {
		if message != nil {
			return c.receive(message, contentType)
		}
		sent := c.who.chat.announce(c.who.item("EVENT", contentType, content))
		return sentAnswer{ID: sent.ID, AbsoluteTime: sent.AbsoluteTime}, nil
	})
}

// receiptFor returns the message that a receipt is about, or nil. That
// participants cannot acknowledge their own messages is inferred.
func (c *call) receiptFor(content string) *Item {
	var receipt struct {
		MessageID string `json:"messageId"`
	}
	if json.Unmarshal([]byte(content), &receipt) != nil {
		return nil
	}
	for _, item := range c.who.chat.items {
		if item.ID == receipt.MessageID && item.Type != "EVENT" && item.ParticipantID != c.who.id {
			return item
		}
	}
	return nil
}

// receive notes a receipt in the metadata of its message and tells the others.
// A second receipt of the same kind changes nothing. The type of the notice and
// its members are those that the service's own chat libraries read.
func (c *call) receive(message *Item, contentType string) (any, *refusal) {
	chat, now := c.who.chat, timestamp(c.who.chat.server.now())
	active := 0
	for _, p := range chat.participants {
		if p.joined && !p.departed {
			active++
		}
	}
	if active > 2 {
		return nil, conflict("receipts are not supported in a chat of more than two participants")
	}
	if message.MessageMetadata == nil {
		message.MessageMetadata = &MessageMetadata{MessageID: message.ID}
	}
	receipts := &message.MessageMetadata.Receipts
	// There is one receipt per recipient, which gets a time for each kind.
	i := slices.IndexFunc(*receipts, func(r Receipt) bool { return r.RecipientParticipantID == c.who.id })
	if i < 0 {
		i = len(*receipts)
		*receipts = append(*receipts, Receipt{RecipientParticipantID: c.who.id})
	}
	receipt := &(*receipts)[i]
	switch {
	case contentType == eventType+"message.read" && receipt.ReadTimestamp == "":
		receipt.ReadTimestamp = now
	case contentType == eventType+"message.delivered" && receipt.DeliveredTimestamp == "":
		receipt.DeliveredTimestamp = now
	}
	notice := c.who.item("MESSAGEMETADATA", contentType, "")
	notice.MessageMetadata = &MessageMetadata{MessageID: message.ID, Receipts: []Receipt{*receipt}}
	sent := chat.announce(notice)
	return sentAnswer{ID: sent.ID, AbsoluteTime: sent.AbsoluteTime}, nil
}

// announce sends an item to the websockets without adding it to the transcript.
func (c *Chat) announce(item Item) Item {
	c.complete(&item)
	c.broadcast(item)
	return item
}
