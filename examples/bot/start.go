package main

import (
	"context"
	"fmt"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/examples/bot/flow"
)

// seat is the bot's place in a chat.
type seat struct {
	client *connectparticipant.Client
	token  docferry.Secret // the participant token
	// participantID and contactID come from StartChatContact. Without them the bot
	// works too, but takes what it said in an earlier run for the words of another.
	participantID, contactID string
	after                    string // the last item that was answered; "" to begin with the first
}

// started starts a chat with a flow, in which the bot is the customer.
func started(ctx context.Context, o options) (*seat, error) {
	f, err := flow.Open(ctx, o.region, o.instanceID, o.flowID)
	if err != nil {
		return nil, err
	}
	c, err := f.Start(ctx, o.name)
	if err != nil {
		return nil, err
	}
	client, err := connectparticipant.New(connectparticipant.Config{Region: f.Region, Endpoint: o.endpoint})
	return &seat{client: client, token: c.Token, participantID: c.ParticipantID, contactID: c.ContactID}, err
}

// invited takes a seat whose participant token is known.
func invited(o options) (*seat, error) {
	client, err := connectparticipant.New(connectparticipant.Config{Region: o.region, Endpoint: o.endpoint})
	if err != nil {
		return nil, fmt.Errorf("%w; set -region or -endpoint", err)
	}
	return &seat{client: client, token: docferry.Secret(o.token), participantID: o.participantID, after: o.after}, nil
}
