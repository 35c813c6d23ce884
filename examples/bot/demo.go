package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/upload"
)

// demo lets the bot talk to a scripted agent on a test server in this program.
func demo(ctx context.Context, o options, logf func(string, ...any)) error {
	srv := connectparticipanttest.New()
	defer srv.Close()
	// A scan takes a moment, as real ones do.
	srv.SetScan(func(string, []byte) (status string, delay time.Duration) { return "APPROVED", 300 * time.Millisecond })
	client, err := connectparticipant.New(connectparticipant.Config{Endpoint: srv.URL,
		HTTP: docferry.HTTP{Transport: srv}})
	if err != nil {
		return err
	}
	chat := srv.NewChat()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	told := make(chan error, 1)
	go func() {
		err := tell(ctx, srv, chat, client)
		if err != nil {
			cancel()
		}
		told <- err
	}()
	token := chat.Join("CUSTOMER", "Bot")
	err = attend(ctx, &seat{client: client, token: docferry.Secret(token),
		participantID: chat.ParticipantID(token), contactID: chat.ContactID}, o, logf)
	cancel()
	if failed := <-told; failed != nil && !errors.Is(failed, context.Canceled) {
		err = errors.Join(err, fmt.Errorf("the scripted agent: %w", failed))
	}
	return err
}

// tell is the agent: it says one thing after the other, each once the bot has
// answered the last, and ends the chat.
func tell(ctx context.Context, srv *connectparticipanttest.Server, chat *connectparticipanttest.Chat,
	client *connectparticipant.Client,
) error {
	agent, err := client.Chat(ctx, docferry.Secret(chat.Join("AGENT", "Agent")))
	if err != nil {
		return err
	}
	defer agent.Close()
	steps := script(ctx, srv, chat, agent)
	for event, err := range agent.Events(ctx) {
		if err != nil {
			return err
		}
		joined := event.Kind == connectparticipant.ChatItemTypeParticipantJoined
		answered := event.Kind == connectparticipant.ChatItemTypeMessage ||
			event.Kind == connectparticipant.ChatItemTypeAttachment
		if event.ParticipantRole != connectparticipant.ParticipantRoleCustomer || event.Update || !joined && !answered {
			continue
		}
		if len(steps) == 0 {
			chat.End()
			return nil
		}
		if err := steps[0](); err != nil {
			return err
		}
		steps = steps[1:]
	}
	return nil
}

// script returns what the agent does, step by step.
func script(ctx context.Context, srv *connectparticipanttest.Server, chat *connectparticipanttest.Chat,
	agent *connectparticipant.Chat,
) []func() error {
	say := func(text string) func() error {
		return func() error {
			_, err := agent.SendMessage(ctx, text)
			return err
		}
	}
	// What is added at the server itself takes no call, and none of the faults.
	add := func(text string) func() error {
		return func() error {
			chat.Add(connectparticipanttest.Item{ContentType: "text/plain", Content: text, DisplayName: "Agent",
				ParticipantRole: "AGENT"})
			return nil
		}
	}
	return []func() error{
		say("/help"),
		say("/time"),
		func() error {
			content := []byte(strings.Repeat("weight,3.5\n", 20_000))
			_, err := agent.Uploader().Upload(ctx, upload.Bytes("parcel.csv", content))
			return err
		},
		say("/file"),
		func() error {
			srv.DropWebsockets()
			return say("The network has failed. Are you still there?")()
		},
		func() error {
			// The service has the bot's answer, but does not say so in any of four attempts.
			for range 4 {
				srv.Next("SendMessage", connectparticipanttest.LoseAnswer())
			}
			return add("This answer is hard to send.")()
		},
		add("Goodbye."),
	}
}
