package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
)

const (
	// grace is how long the bot may take, once it was interrupted, to finish what it
	// is doing, and then to leave the chat.
	grace = 10 * time.Second
	// signalTime bounds a typing event or a receipt: answers do not wait for them longer.
	signalTime = 2 * time.Second
	// The waits before a message is sent again double, from firstWait to lastWait.
	firstWait = time.Second
	lastWait  = 30 * time.Second
)

// bot answers what the others in a chat say. Its methods belong to the goroutine
// that calls run.
type bot struct {
	client  *connectparticipant.Client
	chat    *connectparticipant.Chat
	answers answers
	files   *os.Root // the folder that attachments are stored in
	logf    func(format string, args ...any)

	// waiting holds the IDs of items that cannot be answered yet: the scan of the
	// attachment or the processing of the message is under way.
	waiting map[string]bool
	tally   tally
	drops   atomic.Int64 // connections that were lost; another goroutine counts them
}

// tally is what the bot has done.
type tally struct {
	answered, failed, files, sent, resent int
	bytes                                 int64
	last                                  string // the ID of the last item that was answered
}

// open enters the chat.
func open(ctx context.Context, s *seat, files *os.Root, logf func(string, ...any)) (*bot, error) {
	b := &bot{client: s.client, answers: answers{now: time.Now}, files: files, logf: logf, waiting: map[string]bool{}}
	b.tally.last = s.after
	var err error
	b.chat, err = s.client.Chat(ctx, s.token, connectparticipant.ChatOptions{
		ParticipantID: s.participantID,
		ContactID:     s.contactID,
		After:         s.after,
		// The connection is restored at once, also while an attachment is downloaded.
		Buffer: 16,
		// No person waits for the bot to come back, so the service may be away for long.
		Patience: time.Hour,
		Observe:  b.observe,
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

// observe is told what becomes of the connection.
func (b *bot) observe(change connectparticipant.ConnectionChange) {
	switch change.State {
	case connectparticipant.ConnectionLost:
		b.drops.Add(1)
		b.logf("the connection is lost: %v", change.Err)
	case connectparticipant.ConnectionRestored:
		b.logf("the connection is restored; nothing was missed")
	default:
	}
}

// run answers until the chat ends. If ctx ends first, the bot finishes the answer
// that it is at, and leaves the chat. The error is nil in both cases.
func (b *bot) run(ctx context.Context) error {
	defer b.chat.Close()
	// What an interrupt must not cut off has a context that ends a little later.
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		select {
		case <-time.After(grace):
			cancel()
		case <-work.Done():
		}
	})()
	for event, err := range b.chat.Events(ctx) {
		if err == nil {
			err = b.handle(work, event)
		}
		if ctx.Err() != nil {
			return b.leave(ctx)
		}
		if errors.Is(err, connectparticipant.ErrChatEnded) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// leave takes the bot out of the chat, although ctx has ended.
func (b *bot) leave(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	b.logf("interrupted; the bot leaves the chat")
	if err := b.chat.FlushReceipts(ctx); err != nil {
		b.logf("a receipt was not sent: %v", err)
	}
	if err := b.chat.Disconnect(ctx); err != nil && !errors.Is(err, connectparticipant.ErrChatEnded) {
		return fmt.Errorf("the bot may still be in the chat: %w", err)
	}
	return nil
}

// handle answers an event, if it wants an answer. An error ends the bot.
func (b *bot) handle(ctx context.Context, e connectparticipant.Event) error {
	if b.isOwn(e) || !b.wantsAnswer(e) {
		return nil
	}
	b.signal(ctx, e.ID)
	var err error
	if e.Kind == connectparticipant.ChatItemTypeMessage {
		b.logf("%s: %q", printable(e.DisplayName), e.Content)
		err = b.reply(ctx, b.answers.to(e.Item))
	} else {
		for _, a := range e.Attachments {
			b.logf("%s sends %s", printable(e.DisplayName), printable(a.AttachmentName))
			err = errors.Join(err, b.take(ctx, a))
		}
	}
	if err == nil {
		b.tally.answered++
		b.tally.last = e.ID
	}
	return err
}

// isOwn reports whether the bot has said this itself. If the seat does not name the
// participant, the Chat learns who that is from the answer to a first message, and the
// message may have come back before: so Own may lack what is known by now.
func (b *bot) isOwn(e connectparticipant.Event) bool {
	return e.Own || e.ParticipantID != "" && e.ParticipantID == b.chat.ParticipantID()
}

// wantsAnswer reports whether an event is one to answer now: a message or an
// attachment of a person, which can be read. Each is answered once, although it is
// delivered again when something about it changes.
func (b *bot) wantsAnswer(e connectparticipant.Event) bool {
	if e.Kind != connectparticipant.ChatItemTypeMessage && e.Kind != connectparticipant.ChatItemTypeAttachment {
		return false
	}
	switch e.ParticipantRole {
	case connectparticipant.ParticipantRoleSystem, connectparticipant.ParticipantRoleCustomBot:
		return false // two bots would never stop
	default:
	}
	if e.Update && !b.waiting[e.ID] {
		return false
	}
	switch e.MessageMetadata.MessageProcessingStatus {
	case connectparticipant.MessageProcessingStatusProcessing:
		b.waiting[e.ID] = true
		return false
	case connectparticipant.MessageProcessingStatusFailed, connectparticipant.MessageProcessingStatusRejected:
		delete(b.waiting, e.ID)
		return false
	default:
	}
	for _, a := range e.Attachments {
		if a.Status == connectparticipant.ArtifactStatusInProgress {
			b.waiting[e.ID] = true
			return false
		}
	}
	delete(b.waiting, e.ID)
	return true
}

// signal shows the others that their message was read and that the bot is typing.
// The chat goes on without that if need be.
func (b *bot) signal(ctx context.Context, messageID string) {
	ctx, cancel := context.WithTimeout(ctx, signalTime)
	defer cancel()
	if err := b.chat.MarkRead(ctx, messageID); err != nil {
		b.logf("a receipt was not sent: %v", err)
	}
	if err := b.chat.Typing(ctx); err != nil {
		b.logf("that the bot is typing was not shown: %v", err)
	}
}

// reply sends an answer.
func (b *bot) reply(ctx context.Context, a answer) error {
	if a.file == nil {
		return b.say(ctx, a.text)
	}
	stored, err := b.chat.Uploader().Upload(ctx, *a.file)
	switch {
	case err == nil:
		b.tally.sent++
		b.logf("bot sends %s, %d bytes", a.file.Name, stored.Size)
		return nil
	case b.isFinal(ctx, err):
		return err
	case docferry.OutcomeUnknown(err):
		// An attachment that is sent again would be there twice.
		return b.say(ctx, "I do not know whether my file has arrived. Ask again if it has not.")
	}
	b.logf("%s was not sent: %v", a.file.Name, err)
	return b.say(ctx, "My file could not be sent. Please ask again later.")
}

// say sends a message until the service has it for certain. All attempts send the same
// Message, which the service recognizes, so it is shown once.
func (b *bot) say(ctx context.Context, text string) error {
	message := connectparticipant.NewMessage(connectparticipant.ContentTypePlain, text)
	for wait := firstWait; ; wait = min(2*wait, lastWait) {
		_, err := b.chat.Send(ctx, message)
		switch {
		case err == nil:
			b.logf("bot: %q", text)
			return nil
		case b.isFinal(ctx, err):
			return err
		case !helps(err):
			b.tally.failed++
			b.logf("this answer was not sent: %q: %v", text, err)
			return nil
		}
		b.logf("the same message is sent again: %v", err)
		b.tally.resent++
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return err
		}
	}
}

// isFinal reports whether an error ends the bot: the chat has ended, or the time for
// leaving it has passed.
func (b *bot) isFinal(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, connectparticipant.ErrChatEnded)
}

// helps reports whether sending the same message again helps against an error.
func helps(err error) bool {
	_, lost := errors.AsType[*docferry.TransportError](err)
	return lost || docferry.OutcomeUnknown(err) || errors.Is(err, docferry.ErrThrottled) ||
		errors.Is(err, docferry.ErrUnavailable)
}

// summary says in a line what the bot has done.
func (b *bot) summary() string {
	t := b.tally
	line := fmt.Sprintf("%d answered, %d answers not sent, %d files taken (%d bytes), %d files sent, "+
		"%d times sent again, %d connections lost",
		t.answered, t.failed, t.files, t.bytes, t.sent, t.resent, b.drops.Load())
	if t.last != "" {
		line += "; last item " + t.last
	}
	return line
}
