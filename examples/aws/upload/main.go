// Upload stores a file in a folder of a WorkDocs site, with the credentials that
// the AWS command line would use:
//
//	go run ./upload FOLDER-ID FILE
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: upload FOLDER-ID FILE")
	}
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	client, err := workdocs.New(workdocs.Config{Region: cfg.Region, Credentials: cfg.Credentials})
	if err != nil {
		log.Fatal(err)
	}
	src, err := upload.File(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	stored, err := client.Uploader(workdocs.UploadTo{FolderID: os.Args[1]}).Upload(ctx, src)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("document", stored.ID, "version", stored.Version)
}
