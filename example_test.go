package docferry_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

func Example_workDocs() {
	srv := workdocstest.New() // for a real site: Region instead of Endpoint and Transport
	defer srv.Close()
	client, err := workdocs.New(workdocs.Config{Endpoint: srv.URL, Credentials: srv.Credentials(),
		HTTP: docferry.HTTP{Transport: srv}})
	if err != nil {
		log.Fatal(err)
	}
	to := client.Uploader(workdocs.UploadTo{FolderID: srv.RootFolder()})
	stored, err := to.Upload(context.Background(), upload.Bytes("report.txt", []byte("all is well")))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stored.Size, stored.SHA256[:8])
	// Output: 11 f70579cc
}

func Example_connectParticipant() {
	srv := connectparticipanttest.New() // for a real chat: Region instead of Endpoint and Transport
	defer srv.Close()
	token := srv.NewChat().Join("CUSTOMER", "Jane")
	client, err := connectparticipant.New(connectparticipant.Config{Endpoint: srv.URL, HTTP: docferry.HTTP{Transport: srv}})
	if err != nil {
		log.Fatal(err)
	}
	joined, err := client.CreateParticipantConnection(context.Background(), connectparticipant.CreateParticipantConnectionRequest{
		ParticipantToken: docferry.Secret(token), ConnectParticipant: new(true),
		Type: []connectparticipant.ConnectionType{connectparticipant.ConnectionTypeConnectionCredentials}})
	if err != nil {
		log.Fatal(err)
	}
	to := client.Uploader(joined.ConnectionCredentials.ConnectionToken)
	stored, err := to.Upload(context.Background(), upload.Bytes("report.txt", []byte("all is well")))
	fmt.Println(stored.Size, err)
	// Output: 11 <nil>
}

func Example_oracleDocs() {
	srv := oracledocstest.New() // for a real instance: its address instead of srv.URL, and no Transport
	defer srv.Close()
	client, err := oracledocs.New(oracledocs.Config{BaseURL: srv.URL, HTTP: docferry.HTTP{Transport: srv},
		Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password)})
	if err != nil {
		log.Fatal(err)
	}
	to := client.Uploader(oracledocs.UploadTo{FolderID: "self"})
	stored, err := to.Upload(context.Background(), upload.Bytes("report.txt", []byte("all is well")))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("version", stored.Version, "of", stored.Size, "bytes")
	// Output: version 1 of 11 bytes
}

func ExampleError() {
	srv := workdocstest.New()
	defer srv.Close()
	client, err := workdocs.New(workdocs.Config{Endpoint: srv.URL, Credentials: srv.Credentials(), HTTP: docferry.HTTP{Transport: srv}})
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.GetFolder(context.Background(), workdocs.GetFolderRequest{FolderID: "nowhere"})
	if refused, ok := errors.AsType[*docferry.Error](err); ok && errors.Is(err, docferry.ErrNotFound) {
		fmt.Println(refused.Operation, refused.Code, refused.StatusCode)
	}
	// Output: GetFolder EntityNotExistsException 404
}

func ExampleSecret() {
	fmt.Println(docferry.Secret("correct horse battery staple"))
	// Output: [redacted]
}

func ExampleLogTo() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "duration" {
				return slog.Attr{}
			}
			return a
		}}))
	srv := oracledocstest.New()
	defer srv.Close()
	client, err := oracledocs.New(oracledocs.Config{BaseURL: srv.URL, HTTP: docferry.HTTP{Transport: srv, Observer: docferry.LogTo(logger)},
		Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password)})
	if err != nil {
		log.Fatal(err)
	}
	_, _ = client.GetFolder(context.Background(), oracledocs.GetFolderRequest{FolderID: "self"})
	// Output: level=DEBUG msg=request service=oracledocs operation=GetFolder method=GET route=/documents/api/{version}/folders/{folderId} host=oracledocs.test attempt=1 status=200
}
