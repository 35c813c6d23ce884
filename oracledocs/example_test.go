package oracledocs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
)

// connect returns a client of a test server. For a real instance there is its
// address instead of srv.URL, and no Transport.
func connect(srv *oracledocstest.Server) *oracledocs.Client {
	client, err := oracledocs.New(oracledocs.Config{
		BaseURL: srv.URL,
		Auth:    oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password),
		HTTP:    docferry.HTTP{Transport: srv},
	})
	if err != nil {
		panic(err)
	}
	return client
}

func Example() {
	srv := oracledocstest.New()
	defer srv.Close()
	client, ctx := connect(srv), context.Background()

	folder, err := client.CreateFolder(ctx, oracledocs.CreateFolderRequest{FolderID: oracledocs.Self, Name: "Reports"})
	if err != nil {
		log.Fatal(err)
	}
	to := client.Uploader(oracledocs.UploadTo{FolderID: folder.ID})
	for _, content := range []string{"All is well.", "All is well again."} {
		if _, err := to.Upload(ctx, upload.Bytes("may.txt", []byte(content))); err != nil {
			log.Fatal(err)
		}
	}
	for item, err := range client.AllFolderContents(ctx, oracledocs.GetFolderContentsRequest{FolderID: folder.ID}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(item.Name, "has", item.Size, "bytes in version", item.Version)
	}
	// Output: may.txt has 18 bytes in version 2
}

func ExampleClient_DownloadFile() {
	srv := oracledocstest.New()
	defer srv.Close()
	file := srv.AddFile(oracledocstest.User, "self", "may.txt", []byte("All is well.\n"))

	download, err := connect(srv).DownloadFile(context.Background(),
		oracledocs.DownloadFileRequest{FileID: file, Version: 1})
	if err != nil {
		log.Fatal(err)
	}
	defer download.Close()
	if _, err := io.Copy(os.Stdout, download); err != nil {
		log.Fatal(err)
	}
	// Output: All is well.
}

func ExampleClient_WaitBulkDownload() {
	srv := oracledocstest.New()
	defer srv.Close()
	now := time.Now()
	srv.SetClock(func() time.Time { return now })
	folder := srv.AddFolder(oracledocstest.User, "self", "Reports")
	file := srv.AddFile(oracledocstest.User, folder, "may.txt", []byte("All is well."))
	client, ctx := connect(srv), context.Background()

	job, err := client.StartBulkDownload(ctx, oracledocs.StartBulkDownloadRequest{FolderID: folder,
		IDList: []string{file}})
	if err != nil {
		log.Fatal(err)
	}
	now = now.Add(time.Minute) // what a job takes
	done, err := client.WaitBulkDownload(ctx, oracledocs.GetBulkDownloadStatusRequest{FolderID: folder,
		JobID: job.JobID()},
		oracledocs.Wait{Progress: func(s oracledocs.JobState) { fmt.Println(s.Progress, s.CompletedPercentage, "%") },
			Abort: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(done.Details.Filename)
	// Output:
	// SUCCEEDED 100 %
	// Reports.zip
}

func ExampleClient_RenewApplink() {
	srv := oracledocstest.New()
	defer srv.Close()
	now := time.Now()
	srv.SetClock(func() time.Time { return now })
	file := srv.AddFile(oracledocstest.User, "self", "may.txt", []byte("All is well."))
	client, ctx := connect(srv), context.Background()

	made, err := client.CreateFileApplink(ctx, oracledocs.CreateFileApplinkRequest{FileID: file,
		AssignedUser: oracledocstest.User})
	if err != nil {
		log.Fatal(err)
	}
	now = now.Add(20 * time.Minute) // the access token lasts 15
	_, err = client.GetFile(ctx, oracledocs.GetFileRequest{FileID: file, Access: made.Access()})
	fmt.Println(errors.Is(err, docferry.ErrForbidden))

	fresh, err := client.RenewApplink(ctx, made.Applink)
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.GetFile(ctx, oracledocs.GetFileRequest{FileID: file, Access: fresh.Access()})
	fmt.Println(err)
	// Output:
	// true
	// <nil>
}

func ExampleErrorDetail() {
	srv := oracledocstest.New()
	defer srv.Close()

	_, err := connect(srv).GetFile(context.Background(), oracledocs.GetFileRequest{FileID: "D0"})
	refused, ok := errors.AsType[*docferry.Error](err)
	if !ok {
		log.Fatal(err)
	}
	if detail, ok := refused.Detail.(*oracledocs.ErrorDetail); ok {
		for _, key := range detail.Keys() {
			fmt.Println(refused.Code, key.Key, key.Args)
		}
	}
	// Output: -16 csItemDoesNotExist [fFileGUID:D0]
}

func ExampleParseErrorKey() {
	for _, key := range oracledocs.ParseErrorKey("!csUnableToCheckIn,a.txt!csCloudItemInsufficientPrivileges,User BB,fFileGUID:D1") {
		fmt.Println(key.Key, key.Args)
	}
	// Output:
	// csUnableToCheckIn [a.txt]
	// csCloudItemInsufficientPrivileges [User BB fFileGUID:D1]
}
