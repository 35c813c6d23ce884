package connectparticipanttest

import (
	"encoding/json"
	"slices"
	"strings"
)

// The content types of events share this start.
const eventType = "application/vnd.amazonaws.connect.event."

// Chat is a contact that participants talk in. Its methods may be called at
// any time, also while clients are at work.
type Chat struct {
	// ContactID identifies the chat, also as the initial contact of its chain.
	ContactID string

	server       *Server
	participants []*participant
	items        []*Item // grows at its end only
	attachments  int     // started
	ended        bool
}

// participant is someone who was invited to a chat.
type participant struct {
	chat                        *Chat
	id, role, displayName       string
	token                       string
	connected, joined, departed bool
}

// Item is a message or an event of a chat, as GetTranscript and the websocket
// show it.
type Item struct {
	AbsoluteTime     string           `json:",omitempty"`
	Content          string           `json:",omitempty"`
	ContentType      string           `json:",omitempty"`
	ID               string           `json:"Id,omitempty"`
	Type             string           `json:",omitempty"`
	ParticipantID    string           `json:"ParticipantId,omitempty"`
	DisplayName      string           `json:",omitempty"`
	ParticipantRole  string           `json:",omitempty"`
	Attachments      []AttachmentItem `json:",omitempty"`
	MessageMetadata  *MessageMetadata `json:",omitempty"`
	RelatedContactID string           `json:"RelatedContactId,omitempty"`
	ContactID        string           `json:"ContactId,omitempty"`
}

// MessageMetadata says what became of a message.
type MessageMetadata struct {
	MessageID               string    `json:"MessageId,omitempty"`
	Receipts                []Receipt `json:",omitempty"`
	MessageProcessingStatus string    `json:",omitempty"`
}

// Receipt says when a message reached one recipient.
type Receipt struct {
	DeliveredTimestamp     string `json:",omitempty"`
	ReadTimestamp          string `json:",omitempty"`
	RecipientParticipantID string `json:"RecipientParticipantId,omitempty"`
}

// AttachmentItem is an attachment as an [Item] shows it.
type AttachmentItem struct {
	ContentType    string `json:",omitempty"`
	AttachmentID   string `json:"AttachmentId,omitempty"`
	AttachmentName string `json:",omitempty"`
	Status         string `json:",omitempty"` // APPROVED, REJECTED or IN_PROGRESS
}

// NewChat starts a chat without participants.
func (s *Server) NewChat() *Chat {
	return &Chat{ContactID: uuid(), server: s}
}

// Join invites a participant and returns the participant token. role is one of
// AGENT, CUSTOMER, SYSTEM, CUSTOM_BOT and SUPERVISOR. The participant shows up
// in the transcript with its first connection.
func (c *Chat) Join(role, displayName string) (participantToken string) {
	c.server.lock()
	defer c.server.unlock()
	p := &participant{chat: c, id: uuid(), role: role, displayName: displayName, token: newToken()}
	c.participants = append(c.participants, p)
	c.server.participants[p.token] = p
	return p.token
}

// ParticipantID returns the id of the participant that a participant token of
// this chat was made for, or "".
func (c *Chat) ParticipantID(participantToken string) string {
	c.server.lock()
	defer c.server.unlock()
	for _, p := range c.participants {
		if p.token == participantToken {
			return p.id
		}
	}
	return ""
}

// Say adds a plain message from the system, as a flow does, and returns it.
func (c *Chat) Say(text string) Item {
	return c.Add(Item{
		Type: "MESSAGE", ContentType: "text/plain", Content: text,
		DisplayName: "SYSTEM_MESSAGE", ParticipantRole: "SYSTEM",
	})
}

// Add adds an item of any kind to the transcript, sends it to the websockets
// and returns it. Members that are needed and empty are filled in: id, time,
// type, and the contact unless the item has a related one.
func (c *Chat) Add(item Item) Item {
	c.server.lock()
	defer c.server.unlock()
	return c.add(item).clone()
}

// Announce sends an item to the websockets and returns it, but the transcript
// does not keep it. The service does so with events that are over when they
// have been seen: that someone types, is idle or has returned, that a chat is
// about to be disconnected. What is empty is filled in as by [Chat.Add].
func (c *Chat) Announce(item Item) Item {
	c.server.lock()
	defer c.server.unlock()
	return c.announce(item.clone())
}

// Push sends text as it is to the websockets that have subscribed to this
// chat. Nothing is added to the transcript.
func (c *Chat) Push(text string) {
	c.server.lock()
	defer c.server.unlock()
	c.push([]byte(text))
}

// End ends the chat: an event says so, and from then on every operation is
// refused. Websockets stay open until their clients close them or their time
// is up, which is inferred.
func (c *Chat) End() {
	c.server.lock()
	defer c.server.unlock()
	c.end()
}

// end is End under the server's lock.
func (c *Chat) end() {
	if c.ended {
		return
	}
	c.add(Item{Type: "EVENT", ContentType: eventType + "chat.ended"})
	c.ended = true
}

// hasCustomer reports whether a customer has joined and not left.
func (c *Chat) hasCustomer() bool {
	return slices.ContainsFunc(c.participants, func(p *participant) bool {
		return p.role == "CUSTOMER" && p.joined && !p.departed
	})
}

// Transcript returns a copy of all items, oldest first.
func (c *Chat) Transcript() []Item {
	c.server.lock()
	defer c.server.unlock()
	items := make([]Item, len(c.items))
	for i, item := range c.items {
		items[i] = item.clone()
	}
	return items
}

// add is Add under the server's lock.
func (c *Chat) add(item Item) *Item {
	item = item.clone()
	c.complete(&item)
	c.items = append(c.items, &item)
	c.broadcast(item)
	return &item
}

// complete fills in what every item has.
func (c *Chat) complete(item *Item) {
	if item.ID == "" {
		item.ID = uuid()
	}
	if item.AbsoluteTime == "" {
		item.AbsoluteTime = timestamp(c.server.now())
	}
	if item.Type == "" {
		item.Type = "MESSAGE"
		if strings.HasPrefix(item.ContentType, eventType) {
			item.Type = "EVENT"
		}
	}
	if item.ContactID == "" && item.RelatedContactID == "" {
		item.ContactID = c.ContactID
	}
}

// broadcast sends an item to the websockets, which carry one member more than
// the transcript.
func (c *Chat) broadcast(item Item) {
	text, err := json.Marshal(struct {
		Item
		InitialContactID string `json:"InitialContactId"`
	}{item, c.ContactID})
	if err != nil {
		return // an Item has nothing that could not be marshaled
	}
	c.push(chatFrame(text))
}

// push sends a frame to the websockets that have subscribed.
func (c *Chat) push(frame []byte) {
	for k := range c.server.websockets {
		if k.who.chat == c && k.subscribed {
			k.send(frame)
		}
	}
}

// item returns an item that says who sent it.
func (p *participant) item(kind, contentType, content string) Item {
	return Item{
		Type: kind, ContentType: contentType, Content: content,
		ParticipantID: p.id, DisplayName: p.displayName, ParticipantRole: p.role,
	}
}

func (i Item) clone() Item {
	i.Attachments = slices.Clone(i.Attachments)
	if i.MessageMetadata != nil {
		metadata := *i.MessageMetadata
		metadata.Receipts = slices.Clone(metadata.Receipts)
		i.MessageMetadata = &metadata
	}
	return i
}
