package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
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

// started starts a chat with a flow of an Amazon Connect instance, with the
// credentials that the AWS command line would use.
func started(ctx context.Context, o options) (*seat, error) {
	if o.instanceID == "" || o.flowID == "" {
		return nil, errors.New("-instance-id and -contact-flow-id belong together; see -h")
	}
	cfg, err := config.LoadDefaultConfig(ctx, func(l *config.LoadOptions) error {
		if o.region != "" {
			l.Region = o.region
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s, err := startChat(ctx, connect.NewFromConfig(cfg), o)
	if err != nil {
		return nil, err
	}
	s.client, err = connectparticipant.New(connectparticipant.Config{Region: cfg.Region, Endpoint: o.endpoint})
	return s, err
}

// startChat asks for a chat, in which the bot is the customer.
func startChat(ctx context.Context, service *connect.Client, o options) (*seat, error) {
	chat, err := service.StartChatContact(ctx, &connect.StartChatContactInput{
		InstanceId: aws.String(o.instanceID), ContactFlowId: aws.String(o.flowID),
		ParticipantDetails: &types.ParticipantDetails{DisplayName: aws.String(o.name)},
	})
	if err != nil {
		return nil, err
	}
	if aws.ToString(chat.ParticipantToken) == "" {
		return nil, errors.New("StartChatContact has returned no participant token")
	}
	return &seat{
		token:         docferry.Secret(aws.ToString(chat.ParticipantToken)),
		participantID: aws.ToString(chat.ParticipantId),
		contactID:     aws.ToString(chat.ContactId),
	}, nil
}

// invited takes a seat whose participant token is known.
func invited(o options) (*seat, error) {
	client, err := connectparticipant.New(connectparticipant.Config{Region: o.region, Endpoint: o.endpoint})
	if err != nil {
		return nil, fmt.Errorf("%w; set -region or -endpoint", err)
	}
	return &seat{client: client, token: docferry.Secret(o.token), participantID: o.participantID, after: o.after}, nil
}
