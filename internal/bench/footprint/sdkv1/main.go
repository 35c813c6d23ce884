// Command sdkv1 lists a folder of WorkDocs with Amazon's first SDK for Go.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/credentials"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/workdocs"
)

func main() {
	if err := list(context.Background(), "id", "secret", "folder"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func list(ctx context.Context, id, secret, folder string) error {
	shop, err := session.NewSession(aws.NewConfig().WithRegion("us-west-2").
		WithCredentials(credentials.NewStaticCredentials(id, secret, "")))
	if err != nil {
		return err
	}
	out, err := workdocs.New(shop).DescribeFolderContentsWithContext(ctx,
		&workdocs.DescribeFolderContentsInput{FolderId: new(folder)})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(os.Stdout, len(out.Documents))
	return err
}
