package connectparticipant

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
	"github.com/go-json-experiment/json"
)

// SendMessage sends a plain text of up to 1,024 characters. The chat shows it
// to its sender too: the ID is that of the event.
func (ch *Chat) SendMessage(ctx context.Context, text string) (*SendMessageResponse, error) {
	return ch.SendContent(ctx, ContentTypePlain, text)
}

// SendContent sends a message of any type that SendMessage of the client
// takes, such as ContentTypeMarkdown.
func (ch *Chat) SendContent(ctx context.Context, contentType, content string) (*SendMessageResponse, error) {
	req := SendMessageRequest{ContentType: contentType, Content: content, ClientToken: once("")}
	var resp *SendMessageResponse
	err := ch.with(ctx, func(token docferry.Secret) (err error) {
		req.ConnectionToken = token
		resp, err = ch.client.SendMessage(ctx, req)
		return err
	})
	return resp, err
}

// SendEvent sends an event that has no method of its own.
func (ch *Chat) SendEvent(ctx context.Context, contentType, content string) (*SendEventResponse, error) {
	req := SendEventRequest{ContentType: contentType, Content: content, ClientToken: once("")}
	var resp *SendEventResponse
	err := ch.with(ctx, func(token docferry.Secret) (err error) {
		req.ConnectionToken = token
		resp, err = ch.client.SendEvent(ctx, req)
		return err
	})
	return resp, err
}

// Typing tells the others that the participant is typing.
func (ch *Chat) Typing(ctx context.Context) error {
	_, err := ch.SendEvent(ctx, ContentTypeTyping, "")
	return err
}

// MarkDelivered tells that a message of somebody else has arrived. It fails
// with docferry.ErrConflict while more than two participants are active.
func (ch *Chat) MarkDelivered(ctx context.Context, messageID string) error {
	return ch.receipt(ctx, ContentTypeMessageDelivered, messageID)
}

// MarkRead tells that a message of somebody else was read. It fails with
// docferry.ErrConflict while more than two participants are active.
func (ch *Chat) MarkRead(ctx context.Context, messageID string) error {
	return ch.receipt(ctx, ContentTypeMessageRead, messageID)
}

func (ch *Chat) receipt(ctx context.Context, contentType, messageID string) error {
	content, err := json.Marshal(struct {
		MessageID string `json:"messageId"`
	}{messageID})
	if err != nil {
		return &docferry.InputError{Service: service, Operation: sendEvent.Name, Field: "messageID", Reason: "is not valid UTF-8"}
	}
	_, err = ch.SendEvent(ctx, contentType, string(content))
	return err
}

// Uploader returns an uploader of attachments to the chat, within the limits
// that the service documents; see [Client.UploaderTo].
func (ch *Chat) Uploader() upload.Uploader { return ch.UploaderTo(UploadTo{}) }

// UploaderTo is Uploader with other limits. The ConnectionToken of to is not
// used: each request gets the one that is valid then.
func (ch *Chat) UploaderTo(to UploadTo) upload.Uploader { return ch.client.uploader(to, ch.with) }

// ConnectionToken returns a token for the operations of the client that have
// no method here. It is valid for a while: ask again for the next call.
func (ch *Chat) ConnectionToken(ctx context.Context) (docferry.Secret, error) {
	token, due, over := ch.credentials.at(time.Now())
	if !due {
		return token, nil
	}
	fresh, err := ch.renew(ctx, token)
	switch {
	case err == nil:
		return fresh, nil
	case errors.Is(err, docferry.ErrForbidden):
		return "", chatEnded(err)
	case !over:
		return token, nil // it still is good for this call
	}
	return "", err
}

// with calls do with the connection token, and once more with a new one if
// the service refuses it.
func (ch *Chat) with(ctx context.Context, do func(token docferry.Secret) error) error {
	token, err := ch.ConnectionToken(ctx)
	if err != nil {
		return err
	}
	err = do(token)
	if !errors.Is(err, docferry.ErrForbidden) {
		return err
	}
	fresh, failed := ch.renew(ctx, token)
	switch {
	case errors.Is(failed, docferry.ErrForbidden):
		return chatEnded(err)
	case failed != nil:
		return err
	}
	return do(fresh)
}

// credentials are the connection token and its life.
type credentials struct {
	gate chan struct{} // has room for one, who renews

	mu    sync.Mutex // guards what follows
	token docferry.Secret
	renew time.Time // when to renew it; zero if its life is not known
	end   time.Time // when it expires
}

// at returns the token, and whether it is due to be renewed and has expired.
func (c *credentials) at(now time.Time) (token docferry.Secret, due, over bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.token, !c.renew.IsZero() && !now.Before(c.renew), !c.end.IsZero() && !now.Before(c.end)
}

func (c *credentials) set(token docferry.Secret, life time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token, c.renew, c.end = token, time.Time{}, time.Time{}
	if life > 0 {
		now := time.Now()
		c.renew, c.end = now.Add(soon(life)), now.Add(life)
	}
}

// renew replaces a token, unless somebody else has just done it.
func (ch *Chat) renew(ctx context.Context, old docferry.Secret) (docferry.Secret, error) {
	select {
	case ch.credentials.gate <- struct{}{}:
		defer func() { <-ch.credentials.gate }()
	case <-ctx.Done():
		return "", fmt.Errorf("connectparticipant: waiting for a new connection token: %w", ctx.Err())
	}
	token, _, _ := ch.credentials.at(time.Time{})
	if token != old {
		return token, nil
	}
	if _, _, err := ch.create(ctx, ConnectionTypeConnectionCredentials); err != nil {
		return "", err
	}
	token, _, _ = ch.credentials.at(time.Time{})
	return token, nil
}

// create asks for a connection and keeps its token. It returns the websocket,
// if one was asked for, and its life: 0 if that is not known.
func (ch *Chat) create(ctx context.Context, types ...ConnectionType) (Websocket, time.Duration, error) {
	var meta docferry.Meta
	made, err := ch.client.CreateParticipantConnection(ctx, CreateParticipantConnectionRequest{
		Type: types, ParticipantToken: ch.participant}, docferry.WithMeta(&meta))
	if err != nil {
		return Websocket{}, 0, err
	}
	token, live := made.ConnectionCredentials, made.Websocket
	if token.ConnectionToken == "" || live.URL == "" && slices.Contains(types, ConnectionTypeWebsocket) {
		return Websocket{}, 0, &docferry.Error{Service: service, Operation: createParticipantConnection.Name, RequestID: meta.RequestID,
			StatusCode: meta.StatusCode, Attempts: meta.Attempts, Kind: docferry.ErrProtocol,
			Message: "the answer lacks the connection token or the websocket URL"}
	}
	ch.credentials.set(token.ConnectionToken, remaining(token.Expiry, meta.Header))
	return live, remaining(live.ConnectionExpiry, meta.Header), nil
}

// remaining is the life that an answer gives to something, by the clock of the
// service or, without that, by ours. It is 0 if that is not known, and also if
// the life is over already, which is no use to know.
func remaining(expiry time.Time, answer http.Header) time.Duration {
	life := lifetime(expiry, answer)
	if life == 0 && !expiry.IsZero() {
		life = time.Until(expiry)
	}
	if life < time.Second {
		return 0
	}
	return life
}

// soon is when to renew what has a life: a tenth before its end, or a minute
// if that is less.
func soon(life time.Duration) time.Duration { return life - min(life/10, time.Minute) }
