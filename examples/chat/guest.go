package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/upload"
)

// guest is a participant who sits at this terminal.
type guest struct {
	name   string // as the chat shows it; "" if that is not known
	client *connectparticipant.Client
	chat   *connectparticipant.Chat
	screen *screen
	seen   chan connectparticipant.Event // what was shown, for the demo; nil if it is not needed
}

// enter opens the chat.
func enter(
	ctx context.Context, client *connectparticipant.Client, token docferry.Secret, name string, scr *screen,
) (*guest, error) {
	chat, err := client.Chat(ctx, token)
	if err != nil {
		return nil, err
	}
	return &guest{name: name, client: client, chat: chat, screen: scr}, nil
}

// watch shows what happens until the chat ends.
func (g *guest) watch(ctx context.Context) error {
	for event, err := range g.chat.Events(ctx) {
		if err != nil {
			return err
		}
		if text := describe(event); text != "" {
			g.linef("%s", text)
		}
		if event.Kind == connectparticipant.ChatItemTypeMessage && g.name != "" && event.DisplayName != g.name &&
			event.ParticipantID != "" {
			if err := g.chat.MarkRead(ctx, event.ID); err != nil {
				g.linef("no receipt for that: %v", err)
			}
		}
		if g.seen != nil {
			select {
			case g.seen <- event:
			case <-ctx.Done():
			}
		}
	}
	return nil
}

// describe says in a line what an event is.
func describe(e connectparticipant.Event) string {
	who := printable(e.DisplayName)
	if who == "" {
		who = strings.ToLower(string(e.ParticipantRole))
	}
	switch e.Kind {
	case connectparticipant.ChatItemTypeMessage:
		return who + ": " + printable(e.Content)
	case connectparticipant.ChatItemTypeAttachment:
		var files []string
		for _, a := range e.Attachments {
			files = append(files, fmt.Sprintf("%s (%s)", printable(a.AttachmentName), strings.ToLower(string(a.Status))))
		}
		verb := "sends"
		if e.Update {
			verb = "has sent"
		}
		return fmt.Sprintf("%s %s %s", who, verb, strings.Join(files, ", "))
	case connectparticipant.ChatItemTypeTyping:
		return who + " is typing ..."
	case connectparticipant.ChatItemTypeMessageRead:
		return who + " has read it"
	case connectparticipant.ChatItemTypeMessageDelivered, connectparticipant.ChatItemTypeConnectionAck:
		return ""
	case connectparticipant.ChatItemTypeParticipantJoined:
		return who + " joins"
	case connectparticipant.ChatItemTypeParticipantLeft:
		return who + " leaves"
	case connectparticipant.ChatItemTypeTransferSucceeded:
		return "the chat has a new agent"
	case connectparticipant.ChatItemTypeTransferFailed:
		return "no other agent has taken the chat"
	case connectparticipant.ChatItemTypeChatEnded:
		return "the chat has ended"
	default:
		if e.ContentType != "" {
			return "something happens: " + printable(e.ContentType)
		}
		return fmt.Sprintf("something happens: %.100q", e.Raw)
	}
}

// do does what a line of input says.
func (g *guest) do(ctx context.Context, line string) error {
	command, rest, _ := strings.Cut(line, " ")
	switch {
	case !strings.HasPrefix(line, "/"):
		_, err := g.chat.SendMessage(ctx, line)
		return err
	case command == "/typing":
		return g.chat.Typing(ctx)
	case command == "/leave":
		return g.chat.Disconnect(ctx)
	case command == "/file":
		src, err := upload.File(strings.TrimSpace(rest))
		if err != nil {
			return err
		}
		_, err = g.send(ctx, src)
		return err
	}
	return fmt.Errorf("there is no command %s", command)
}

// send uploads an attachment, and shows how far that is.
func (g *guest) send(ctx context.Context, src upload.Source) (*upload.Result, error) {
	start := time.Now()
	stored, err := g.chat.Uploader().Upload(ctx, upload.WithProgress(src, func(p upload.Progress) {
		g.screen.progressf("%s: %3d%% of %d bytes", printable(p.Name), p.Sent*100/max(p.Size, 1), p.Size)
	}))
	if err != nil {
		return nil, err
	}
	g.linef("%s: %d bytes sent in %v", printable(src.Name), stored.Size, time.Since(start).Round(time.Millisecond))
	return stored, nil
}

// linef shows a line as the guest's.
func (g *guest) linef(format string, args ...any) {
	if g.name != "" {
		format = fmt.Sprintf("%-3s | %s", g.name, format)
	}
	g.screen.linef(format, args...)
}
