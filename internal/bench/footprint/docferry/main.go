// Command docferry lists a folder of WorkDocs with docferry.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/docferry/docferry/workdocs"
)

func main() {
	if err := list(context.Background(), "id", "secret", "folder"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func list(ctx context.Context, id, secret, folder string) error {
	keys := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret}, nil
	})
	client, err := workdocs.New(workdocs.Config{Region: "us-west-2", Credentials: keys})
	if err != nil {
		return err
	}
	out, err := client.DescribeFolderContents(ctx, workdocs.DescribeFolderContentsRequest{FolderID: folder})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(os.Stdout, len(out.Documents))
	return err
}
