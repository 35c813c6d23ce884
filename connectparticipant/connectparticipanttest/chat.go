package connectparticipanttest

import (
	"encoding/json"
	"slices"
	"strings"
)

// eventType is the common prefix of the content types of events.
const eventType = "application/vnd.amazonaws.connect.event."

// Chat is a contact in which participants talk. Its methods may be called at
// any time, also while clients are connected. Make one with [Server.NewChat].
type Chat struct {
	// ContactID identifies the chat. It is also the initial contact of its
	// chain.
	ContactID string

	server       *Server
	participants []*participant
	// items only ever grows at its end, so a position in it stays valid.
	items []*Item
	// attachments are the uploads that were started, completed or not.
	attachments []*attachment
	websockets  map[*websocketConn]bool // those of the server's that belong to this chat
	ended       bool
}

// participant is a person, bot or system that was invited to a chat.
type participant struct {
	chat                  *Chat
	id, role, displayName string
	token                 string
	// joined is set by the first connection, connected by the first one that
	// asks for ConnectParticipant, and departed for good by
	// DisconnectParticipant.
	connected, joined, departed bool
}

// Item is a message or an event of a chat, in the form that GetTranscript and
// the websocket have in common.
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

// MessageMetadata says what has become of a message.
type MessageMetadata struct {
	MessageID               string    `json:"MessageId,omitempty"`
	Receipts                []Receipt `json:",omitempty"`
	MessageProcessingStatus string    `json:",omitempty"`
}

// Receipt says when a message was delivered to one recipient and when the
// recipient read it.
type Receipt struct {
	DeliveredTimestamp     string `json:",omitempty"`
	ReadTimestamp          string `json:",omitempty"`
	RecipientParticipantID string `json:"RecipientParticipantId,omitempty"`
}

// AttachmentItem is an attachment in an [Item].
type AttachmentItem struct {
	ContentType    string `json:",omitempty"`
	AttachmentID   string `json:"AttachmentId,omitempty"`
	AttachmentName string `json:",omitempty"`
	Status         string `json:",omitempty"` // APPROVED, REJECTED or IN_PROGRESS
}

// NewChat starts a chat without participants.
func (s *Server) NewChat() *Chat {
	s.lock()
	defer s.unlock()
	c := &Chat{ContactID: uuid(), server: s, websockets: map[*websocketConn]bool{}}
	s.chats = append(s.chats, c)
	return c
}

// Chats returns all chats, also those that have ended, in the order in which
// they were started.
func (s *Server) Chats() []*Chat {
	s.lock()
	defer s.unlock()
	return slices.Clone(s.chats)
}

// Join invites a participant and returns the participant token, which is needed
// to create a connection. role is one of AGENT, CUSTOMER, SYSTEM, CUSTOM_BOT
// and SUPERVISOR. The participant appears in the transcript only after
// connecting for the first time.
func (c *Chat) Join(role, displayName string) (participantToken string) {
	c.server.lock()
	defer c.server.unlock()
	p := &participant{chat: c, id: uuid(), role: role, displayName: displayName, token: newToken()}
	c.participants = append(c.participants, p)
	c.server.participants[p.token] = p
	return p.token
}

// ParticipantID returns the ID of the participant to whom a participant token
// of this chat belongs, or "" if there is none.
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

// Say adds a plain-text message from the system, as a flow does, and returns
// it.
func (c *Chat) Say(text string) Item {
	return c.Add(Item{
		Type: "MESSAGE", ContentType: "text/plain", Content: text,
		DisplayName: "SYSTEM_MESSAGE", ParticipantRole: "SYSTEM",
	})
}

// Add adds an item of any kind to the transcript, sends it to the websockets
// and returns it. Required members that are empty are filled in: the ID, the
// time, the type and, unless the item has a related contact, the contact.
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

// Push sends text as it is to the websockets that have subscribed to this chat.
// It adds nothing to the transcript. Use it for frames that a client may not
// expect.
func (c *Chat) Push(text string) {
	c.server.lock()
	defer c.server.unlock()
	c.push([]byte(text))
}

// End ends the chat. An event says so, and from then on every operation is
// refused. It is inferred that websockets stay open until their clients close
// them or they expire. Ending a chat again does nothing.
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

// Ended reports whether the chat has ended: by End, or because its last customer
// has left.
func (c *Chat) Ended() bool {
	c.server.lock()
	defer c.server.unlock()
	return c.ended
}

// Attachments returns the attachments whose upload was started, in that order.
// The Status of one whose upload was not completed is "". Such an upload has
// failed or is still going on, and the transcript does not have it.
// [Server.Attachment] returns the content.
func (c *Chat) Attachments() []AttachmentItem {
	c.server.lock()
	defer c.server.unlock()
	items := make([]AttachmentItem, len(c.attachments))
	for i, a := range c.attachments {
		items[i] = AttachmentItem{ContentType: a.contentType, AttachmentID: a.id, AttachmentName: a.name,
			Status: a.status()}
	}
	return items
}

// Transcript returns a copy of all items, the oldest first.
func (c *Chat) Transcript() []Item {
	c.server.lock()
	defer c.server.unlock()
	items := make([]Item, len(c.items))
	for i, item := range c.items {
		items[i] = item.clone()
	}
	return items
}

// add does the work of Add. The caller holds the server's lock. The result is
// the item in the transcript, not a copy of it.
func (c *Chat) add(item Item) *Item {
	item = item.clone()
	c.complete(&item)
	c.items = append(c.items, &item)
	c.broadcast(item)
	return &item
}

// complete fills in the members that every item has.
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

// broadcast sends an item to the websockets. There, an item has one member more
// than in the transcript: the initial contact.
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

// push sends a frame to the websockets that have subscribed to the chat.
func (c *Chat) push(frame []byte) {
	for k := range c.websockets {
		if k.subscribed {
			k.send(frame)
		}
	}
}

// item returns an item with the participant as its sender. It is not yet part
// of the transcript, and has neither an ID nor a time.
func (p *participant) item(kind, contentType, content string) Item {
	return Item{
		Type: kind, ContentType: contentType, Content: content,
		ParticipantID: p.id, DisplayName: p.displayName, ParticipantRole: p.role,
	}
}

// clone returns a deep copy, so that no caller shares memory with the
// transcript.
func (i Item) clone() Item {
	i.Attachments = slices.Clone(i.Attachments)
	if i.MessageMetadata != nil {
		metadata := *i.MessageMetadata
		metadata.Receipts = slices.Clone(metadata.Receipts)
		i.MessageMetadata = &metadata
	}
	return i
}
