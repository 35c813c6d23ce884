package workdocs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// connect returns a client of a test server. That of a real site has a Region
// in place of Endpoint and Transport.
func connect(srv *workdocstest.Server) (*workdocs.Client, error) {
	return workdocs.New(workdocs.Config{Endpoint: srv.URL, Credentials: srv.Credentials(),
		HTTP: docferry.HTTP{Transport: srv}})
}

// A document goes up, is found in its folder, and comes back.
func Example() {
	srv := workdocstest.New()
	defer srv.Close()
	client, err := connect(srv)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()

	folder, err := client.CreateFolder(ctx, workdocs.CreateFolderRequest{ParentFolderID: srv.RootFolder(),
		Name: "Reports"})
	if err != nil {
		log.Fatal(err)
	}
	to := client.Uploader(workdocs.UploadTo{FolderID: folder.Metadata.ID})
	if _, err := to.Upload(ctx, upload.Bytes("may.txt", []byte("All is well.\n"))); err != nil {
		log.Fatal(err)
	}
	for item, err := range client.AllFolderContents(ctx,
		workdocs.DescribeFolderContentsRequest{FolderID: folder.Metadata.ID}) {
		if err != nil {
			log.Fatal(err)
		}
		content, err := client.Download(ctx, workdocs.DownloadRequest{DocumentID: item.ID()})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Print(item.Name(), ": ")
		_, err = io.Copy(os.Stdout, content)
		if err := errors.Join(err, content.Close()); err != nil {
			log.Fatal(err)
		}
	}
	// Output: may.txt: All is well.
}

// Kinds of refusal are for [errors.Is]; the rest is in the [docferry.Error].
func Example_errors() {
	srv := workdocstest.New()
	defer srv.Close()
	client, err := connect(srv)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()

	_, err = client.GetDocument(ctx, workdocs.GetDocumentRequest{DocumentID: "nowhere"})
	if errors.Is(err, docferry.ErrNotFound) {
		fmt.Println("there is no such document")
	}

	srv.AddDocument(srv.RootFolder(), "may.txt", nil)
	_, err = client.Uploader(workdocs.UploadTo{FolderID: srv.RootFolder()}).Upload(ctx, upload.Bytes("may.txt", nil))
	if refused, ok := errors.AsType[*docferry.Error](err); ok && refused.Code == workdocs.CodeEntityAlreadyExists {
		fmt.Println("the name is taken:", refused.Operation, refused.StatusCode)
	}
	if failed, ok := errors.AsType[*upload.Error](err); ok {
		fmt.Println("the upload has", failed.State)
	}

	_, err = client.GetDocument(ctx, workdocs.GetDocumentRequest{})
	fmt.Println(err)
	// Output:
	// there is no such document
	// the name is taken: InitiateDocumentVersionUpload 409
	// the upload has not started
	// workdocs GetDocument: DocumentID is required
}

func ExampleNew() {
	client, err := workdocs.New(workdocs.Config{
		Region:              "eu-west-1",
		AuthenticationToken: "of a user", // or Credentials, for an administrator
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = workdocs.New(workdocs.Config{Endpoint: "https://proxy.example.com", FIPS: true})
	fmt.Println(err)
	// Output: workdocs New: Config.FIPS has no effect on a custom endpoint; leave one of them out
}

func ExampleClient_AllUsers() {
	srv := workdocstest.New()
	defer srv.Close()
	client, err := connect(srv)
	if err != nil {
		log.Fatal(err)
	}
	srv.AddUser("ada@example.com")
	srv.AddUser("ben@example.com")

	users := workdocs.DescribeUsersRequest{OrganizationID: srv.OrganizationID(), Sort: workdocs.UserSortUserName,
		Order: workdocs.OrderDescending, Limit: 1}
	for user, err := range client.AllUsers(context.Background(), users) { // asks for three pages
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(user.Username)
	}
	// Output:
	// ben@example.com
	// ada@example.com
	// Administrator
}

// Each item is a folder or a document. On each page, the folders come first.
func ExampleClient_AllFolderContents() {
	srv := workdocstest.New()
	defer srv.Close()
	client, err := connect(srv)
	if err != nil {
		log.Fatal(err)
	}
	root := srv.RootFolder()
	srv.AddDocument(root, "may.txt", []byte("All is well."))
	srv.AddFolder(root, "Drafts")

	contents := workdocs.DescribeFolderContentsRequest{FolderID: root}
	for item, err := range client.AllFolderContents(context.Background(), contents) {
		switch {
		case err != nil:
			log.Fatal(err)
		case item.IsFolder():
			fmt.Println(item.Name() + "/")
		default:
			fmt.Println(item.Name(), item.Document.LatestVersionMetadata.Size, "bytes")
		}
	}
	// Output:
	// Drafts/
	// may.txt 12 bytes
}

// A new version goes to the document, not to its folder.
func ExampleClient_Uploader() {
	srv := workdocstest.New()
	defer srv.Close()
	client, err := connect(srv)
	if err != nil {
		log.Fatal(err)
	}
	document, _ := srv.AddDocument(srv.RootFolder(), "may.txt", []byte("All is well."))

	stored, err := client.Uploader(workdocs.UploadTo{DocumentID: document}).
		Upload(context.Background(), upload.Bytes("may.txt", []byte("All is very well.")))
	if err != nil {
		log.Fatal(err)
	}
	version := stored.Detail.(*workdocs.DocumentVersionMetadata)
	fmt.Println(stored.ID == document, stored.Size, version.Status)
	// Output: true 17 ACTIVE
}

// A file appears only when it is complete.
func ExampleClient_Download() {
	srv := workdocstest.New()
	defer srv.Close()
	client, err := connect(srv)
	if err != nil {
		log.Fatal(err)
	}
	document, _ := srv.AddDocument(srv.RootFolder(), "may: draft.txt", []byte("All is well."))

	path, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(path) }()
	dir, err := os.OpenRoot(path)
	if err != nil {
		log.Fatal(err)
	}
	defer dir.Close()
	content, err := client.Download(context.Background(), workdocs.DownloadRequest{DocumentID: document})
	if err != nil {
		log.Fatal(err)
	}
	name := docferry.SafeName("may: draft.txt") // another user may have chosen it
	if err := content.Save(dir, name); err != nil {
		log.Fatal(err)
	}
	saved, err := dir.ReadFile(name)
	fmt.Println(name, len(saved), err)
	// Output: may_ draft.txt 12 <nil>
}

// Uploads that were begun and never finished are removed after a day. Those of
// other users are left alone.
func ExampleClient_AbortDrafts() {
	srv := workdocstest.New()
	defer srv.Close()
	_, token := srv.AddUser("ada@example.com")
	client, err := workdocs.New(workdocs.Config{Endpoint: srv.URL, AuthenticationToken: docferry.Secret(token),
		HTTP: docferry.HTTP{Transport: srv}})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	me, err := client.GetCurrentUser(ctx, workdocs.GetCurrentUserRequest{})
	if err != nil {
		log.Fatal(err)
	}
	folder := me.User.RootFolderID
	srv.SetClock(func() time.Time { return time.Now().AddDate(0, 0, -2) })
	if _, err := client.InitiateDocumentVersionUpload(ctx, workdocs.InitiateDocumentVersionUploadRequest{
		ParentFolderID: folder, Name: "may.txt"}); err != nil {
		log.Fatal(err)
	}
	srv.SetClock(time.Now)

	aborted, err := client.AbortDrafts(ctx, workdocs.DraftsRequest{FolderID: folder, Before: time.Now().AddDate(0, 0, -1)})
	for _, draft := range aborted {
		fmt.Println("aborted:", draft.Name)
	}
	fmt.Println(len(srv.Drafts(folder)), err)
	// Output:
	// aborted: may.txt
	// 0 <nil>
}
