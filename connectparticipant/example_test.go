package connectparticipant_test

import (
	"context"
	"fmt"
	"log"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/upload"
)

func ExampleClient_Chat() {
	srv := connectparticipanttest.New() // for a real chat: Region instead of Endpoint and Transport
	defer srv.Close()
	room := srv.NewChat()
	token := docferry.Secret(room.Join("CUSTOMER", "Jane")) // StartChatContact answers with it
	room.Say("Hello Jane, how can we help?")

	client, err := connectparticipant.New(connectparticipant.Config{
		Endpoint: srv.URL, HTTP: docferry.HTTP{Transport: srv}})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	chat, err := client.Chat(ctx, token)
	if err != nil {
		log.Fatal(err)
	}
	defer chat.Close()
	for event, err := range chat.Events(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		switch event.Kind {
		case connectparticipant.ChatItemTypeParticipantJoined:
			fmt.Println(event.DisplayName, "joins")
			if _, err := chat.SendMessage(ctx, "Here is the form."); err != nil {
				log.Fatal(err)
			}
		case connectparticipant.ChatItemTypeMessage:
			fmt.Println(event.ParticipantRole, "says:", event.Content)
			if event.ParticipantRole == connectparticipant.ParticipantRoleCustomer {
				if _, err := chat.Uploader().Upload(ctx, upload.Bytes("form.txt", []byte("all is well"))); err != nil {
					log.Fatal(err)
				}
			}
		case connectparticipant.ChatItemTypeAttachment:
			fmt.Println(event.ParticipantRole, "sends", event.Attachments[0].AttachmentName)
			room.End()
		case connectparticipant.ChatItemTypeChatEnded:
			fmt.Println("the end")
		default: // typing, receipts and so on
		}
	}
	// Output:
	// SYSTEM says: Hello Jane, how can we help?
	// Jane joins
	// CUSTOMER says: Here is the form.
	// CUSTOMER sends form.txt
	// the end
}

func ExampleClient_WaitForAttachment() {
	srv := connectparticipanttest.New() // for a real chat: Region instead of Endpoint and Transport
	defer srv.Close()
	client, err := connectparticipant.New(connectparticipant.Config{
		Endpoint: srv.URL, HTTP: docferry.HTTP{Transport: srv}})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	joined, err := client.CreateParticipantConnection(ctx, connectparticipant.CreateParticipantConnectionRequest{
		ParticipantToken: docferry.Secret(srv.NewChat().Join("CUSTOMER", "Jane")), ConnectParticipant: new(true),
		Type: []connectparticipant.ConnectionType{connectparticipant.ConnectionTypeConnectionCredentials}})
	if err != nil {
		log.Fatal(err)
	}
	token := joined.ConnectionCredentials.ConnectionToken
	stored, err := client.Uploader(token).Upload(ctx, upload.Bytes("form.txt", []byte("all is well")))
	if err != nil {
		log.Fatal(err)
	}
	shown, err := client.WaitForAttachment(ctx, connectparticipant.WaitForAttachmentRequest{
		AttachmentID: stored.ID, ConnectionToken: token})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(shown.AttachmentName, shown.Status)
	// Output: form.txt APPROVED
}

// A customer's program answers the question that a flow asks.
func ExampleInteractiveMessage_Choose() {
	item := connectparticipant.Item{ContentType: connectparticipant.ContentTypeInteractive, Content: `{
		"templateType": "QuickReply", "version": "1.0", "data": {"content": {
			"title": "How was your experience?", "elements": [{"title": "Good"}, {"title": "Poor"}]}}}`}
	message, err := item.Interactive()
	if err != nil {
		log.Fatal(err)
	}
	if question, ok := message.Template.(connectparticipant.QuickReply); ok {
		fmt.Println(question.Title)
	}
	answer, err := message.Choose(0) // chat.Send sends it
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.ContentType, answer.Content)
	// Output:
	// How was your experience?
	// text/plain Good
}
