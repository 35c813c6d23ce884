// Chat starts a chat with a flow of an Amazon Connect instance and prints what
// happens in it:
//
//	go run ./chat INSTANCE-ID FLOW-ID
//
// The participant token of a customer comes from StartChatContact, which is an
// operation of Amazon Connect itself and needs AWS credentials. In production a
// server calls it and hands the token to the customer's program.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: chat INSTANCE-ID FLOW-ID")
	}
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	started, err := connect.NewFromConfig(cfg).StartChatContact(ctx, &connect.StartChatContactInput{
		InstanceId: aws.String(os.Args[1]), ContactFlowId: aws.String(os.Args[2]),
		ParticipantDetails: &types.ParticipantDetails{DisplayName: aws.String("Jane")},
	})
	if err != nil {
		log.Fatal(err)
	}
	client, err := connectparticipant.New(connectparticipant.Config{Region: cfg.Region})
	if err != nil {
		log.Fatal(err)
	}
	chat, err := client.Chat(ctx, docferry.Secret(aws.ToString(started.ParticipantToken)))
	if err != nil {
		log.Fatal(err)
	}
	defer chat.Close()
	if _, err := chat.SendMessage(ctx, "Hello"); err != nil {
		log.Fatal(err)
	}
	for event, err := range chat.Events(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(event.DisplayName, event.Content)
	}
}
