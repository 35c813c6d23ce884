package connectparticipant

import (
	"context"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// SendMessage sends a plain text message of up to 1,024 characters. Events
// delivers the message to its sender too: the event has the ID that SendMessage
// returns. The error is [ErrChatEnded] if the service no longer admits the
// participant to the chat.
func (ch *Chat) SendMessage(ctx context.Context, text string) (*SendMessageResponse, error) {
	return ch.SendContent(ctx, ContentTypePlain, text)
}

// SendContent sends a message of any content type that [Client.SendMessage]
// accepts, such as ContentTypeMarkdown.
func (ch *Chat) SendContent(ctx context.Context, contentType, content string) (*SendMessageResponse, error) {
	return ch.Send(ctx, NewMessage(contentType, content))
}

// Message is something to say that can be said again without being heard twice.
// If Send fails and [docferry.OutcomeUnknown] is true for its error, the message
// may have arrived. Send the same Message again then: the service answers for one
// that it has with the ID that it got, and shows it once.
type Message struct {
	ContentType string // such as ContentTypePlain
	Content     string
	// ClientToken is what the service recognizes the message by, 1 to 500
	// characters. [NewMessage] makes one; each message needs its own.
	ClientToken string
}

// NewMessage returns a message with a ClientToken of its own.
func NewMessage(contentType, content string) Message {
	return Message{ContentType: contentType, Content: content, ClientToken: once("")}
}

// Send sends a message, which may be one that was sent before. Without a
// ClientToken it counts as a new one. The error is [ErrChatEnded] if the service
// no longer admits the participant to the chat.
func (ch *Chat) Send(ctx context.Context, m Message) (*SendMessageResponse, error) {
	req := SendMessageRequest{ContentType: m.ContentType, Content: m.Content, ClientToken: once(m.ClientToken)}
	resp, err := withToken(ctx, ch, func(token docferry.Secret) (*SendMessageResponse, error) {
		req.ConnectionToken = token
		return ch.client.SendMessage(ctx, req)
	})
	if err == nil {
		ch.self.hasSent(resp.ID)
	}
	return resp, err
}

// SendEvent sends an event of any content type that [Client.SendEvent] accepts.
// Typing, MarkDelivered and MarkRead send the usual ones.
func (ch *Chat) SendEvent(ctx context.Context, contentType, content string) (*SendEventResponse, error) {
	req := SendEventRequest{ContentType: contentType, Content: content, ClientToken: once("")}
	return withToken(ctx, ch, func(token docferry.Secret) (*SendEventResponse, error) {
		req.ConnectionToken = token
		return ch.client.SendEvent(ctx, req)
	})
}

// Uploader returns an uploader that sends attachments to the chat, as
// [Client.Uploader] does. Each request of an upload uses the connection token
// that is valid at that time. At most one UploadOptions may be given.
func (ch *Chat) Uploader(opts ...UploadOptions) upload.Uploader { return ch.client.uploader(ch, opts) }
