// Command all uses each part of docferry once: it copies a folder of WorkDocs to
// Oracle, and follows a chat of Connect.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/upload/tree"
	"github.com/docferry/docferry/workdocs"
)

func main() {
	ctx := context.Background()
	for _, run := range []func(context.Context) error{migrate, talk} {
		if err := run(ctx); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func migrate(ctx context.Context) error {
	keys := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
	})
	from, err := workdocs.New(workdocs.Config{Region: "us-west-2", Credentials: keys})
	if err != nil {
		return err
	}
	to, err := oracledocs.New(oracledocs.Config{BaseURL: "https://docs.example.com", Auth: oracledocs.BasicAuth("user", "secret")})
	if err != nil {
		return err
	}
	into := to.Destination(oracledocs.UploadTo{FolderID: "folder"})
	for outcome := range tree.Copy(ctx, into, from.FS(ctx, "folder"), tree.Options{}) {
		if outcome.Err != nil {
			return outcome.Err
		}
	}
	return nil
}

func talk(ctx context.Context) error {
	client, err := connectparticipant.New(connectparticipant.Config{Region: "us-west-2"})
	if err != nil {
		return err
	}
	chat, err := client.Chat(ctx, docferry.Secret("token"))
	if err != nil {
		return err
	}
	defer func() { _ = chat.Close() }()
	for event, err := range chat.Events(ctx) {
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(os.Stdout, event.Content); err != nil {
			return err
		}
	}
	return nil
}
