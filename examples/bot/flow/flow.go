// Package flow starts chats with a flow of an Amazon Connect instance, as the
// examples do that need chats of the real service.
package flow

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/docferry/docferry"
)

// Flow is a flow that chats begin with. It is safe for concurrent use.
type Flow struct {
	Region string // of the instance

	service            *connect.Client
	instanceID, flowID string
}

// Open finds the flow of an instance, with the credentials that the AWS command line
// would use, and its region if region is empty. It makes no call.
func Open(ctx context.Context, region, instanceID, flowID string) (*Flow, error) {
	if instanceID == "" || flowID == "" {
		return nil, errors.New("-instance-id and -contact-flow-id belong together; see -h")
	}
	// The service admits few starts a second. This mode finds out how many.
	mode := config.WithRetryMode(aws.RetryModeAdaptive)
	cfg, err := config.LoadDefaultConfig(ctx, mode, func(l *config.LoadOptions) error {
		if region != "" {
			l.Region = region
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &Flow{Region: cfg.Region, service: connect.NewFromConfig(cfg), instanceID: instanceID, flowID: flowID}, nil
}

// Customer is the customer of a chat, and what it takes to enter the chat.
type Customer struct {
	Token                    docferry.Secret
	ParticipantID, ContactID string
}

// Start starts a chat, with a customer of this display name.
//
// API: https://docs.aws.amazon.com/connect/latest/APIReference/API_StartChatContact.html
func (f *Flow) Start(ctx context.Context, name string) (Customer, error) {
	chat, err := f.service.StartChatContact(ctx, &connect.StartChatContactInput{
		InstanceId: aws.String(f.instanceID), ContactFlowId: aws.String(f.flowID),
		ParticipantDetails: &types.ParticipantDetails{DisplayName: aws.String(name)},
	})
	if err != nil {
		return Customer{}, err
	}
	if aws.ToString(chat.ParticipantToken) == "" {
		return Customer{}, errors.New("StartChatContact has returned no participant token")
	}
	return Customer{
		Token:         docferry.Secret(aws.ToString(chat.ParticipantToken)),
		ParticipantID: aws.ToString(chat.ParticipantId),
		ContactID:     aws.ToString(chat.ContactId),
	}, nil
}
