package main

import (
	"context"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/upload"
)

// newDemo starts a test server with a chat on it, and returns the participant
// token of the agent. The caller closes the server.
func newDemo(ctx context.Context) (server *connectparticipanttest.Server, token string, err error) {
	server = connectparticipanttest.New()
	room := server.NewChat()
	if err := fill(ctx, server, room); err != nil {
		server.Close()
		return nil, "", err
	}
	return server, room.Join("AGENT", "Ben"), nil
}

// fill lets a customer say something in a chat.
func fill(ctx context.Context, server *connectparticipanttest.Server, room *connectparticipanttest.Chat) error {
	client, err := connectparticipant.New(connectparticipant.Config{Endpoint: server.URL,
		HTTP: docferry.HTTP{Transport: server}})
	if err != nil {
		return err
	}
	ana, err := client.Chat(ctx, docferry.Secret(room.Join("CUSTOMER", "Ana")))
	if err != nil {
		return err
	}
	defer ana.Close()
	room.Say("Welcome! An agent will be with you in a moment.")
	if _, err := ana.SendMessage(ctx, "Hello, my parcel has not come.\nIts papers are below."); err != nil {
		return err
	}
	papers := upload.Bytes("parcel.csv", []byte(strings.Repeat("weight,3.5\n", 200)))
	_, err = ana.Uploader().Upload(ctx, papers)
	return err
}
