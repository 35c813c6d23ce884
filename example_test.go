package docferry_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/journal"
	"github.com/docferry/docferry/upload/tree"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// oracle returns a client for a test server.
func oracle() (*oracledocs.Client, *oracledocstest.Server) {
	srv := oracledocstest.New() // for a real instance: its address instead of srv.URL, and no Transport
	client, err := oracledocs.New(oracledocs.Config{BaseURL: srv.URL, HTTP: docferry.HTTP{Transport: srv},
		Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password)})
	if err != nil {
		log.Fatal(err)
	}
	return client, srv
}

func Example_upload() {
	client, srv := oracle()
	defer srv.Close()
	ctx, content := context.Background(), []byte("all is well")
	src := upload.WithProgress(upload.Bytes("report.txt", content), func(p upload.Progress) {
		fmt.Printf("%d of %d bytes\n", p.Sent, p.Size)
	})
	stored, err := client.Uploader(oracledocs.UploadTo{FolderID: "self"}).Upload(ctx, src)
	if err != nil {
		log.Fatal(err)
	}
	download, err := client.DownloadFile(ctx, oracledocs.DownloadFileRequest{FileID: stored.ID})
	if err != nil {
		log.Fatal(err)
	}
	defer download.Close()
	text, err := io.ReadAll(download)
	fmt.Printf("version %s: %s %v\n", stored.Version, text, err)
	// Output:
	// 0 of 11 bytes
	// 11 of 11 bytes
	// version 1: all is well <nil>
}

func Example_manyFiles() {
	client, srv := oracle()
	defer srv.Close()
	ctx, to := context.Background(), client.Uploader(oracledocs.UploadTo{FolderID: "self"})
	sources := slices.Values([]upload.Source{upload.Bytes("a.txt", []byte("a")), upload.Bytes("", []byte("b"))})
	for outcome := range upload.Each(ctx, to, 8, sources) {
		if outcome.Err != nil {
			fmt.Println(outcome.Source.Name, "failed:", outcome.Err)
		}
	}
	// Output: failed: upload "": source: oracledocs Upload: Source.Name is required (not started)
}

// A folder of WorkDocs goes to Oracle.
func Example_tree() {
	other, oracleSrv := oracle()
	defer oracleSrv.Close()
	srv := workdocstest.New()
	defer srv.Close()
	client, err := workdocs.New(workdocs.Config{Endpoint: srv.URL, Credentials: srv.Credentials(),
		HTTP: docferry.HTTP{Transport: srv}})
	if err != nil {
		log.Fatal(err)
	}
	folder := srv.RootFolder()
	srv.AddDocument(srv.AddFolder(folder, "reports"), "may.txt", []byte("all is well"))
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	runs, err := journal.Open(filepath.Join(dir, "journal"), "WorkDocs to Oracle")
	if err != nil {
		log.Fatal(err)
	}
	defer runs.Close()
	ctx := context.Background()
	from := client.FS(ctx, folder) // or the FS of an os.Root, a zip.Reader, ...
	to := other.Destination(oracledocs.UploadTo{FolderID: "self"})
	for outcome := range tree.Copy(ctx, to, from, tree.Options{Workers: 8, Journal: runs}) {
		if outcome.Err != nil {
			fmt.Println(outcome.Err)
		}
	}
	content, err := fs.ReadFile(other.FS(ctx, "self"), "reports/may.txt")
	fmt.Println(string(content), err)
	// Output: all is well <nil>
}

func Example_listing() {
	client, srv := oracle()
	defer srv.Close()
	srv.AddFile(oracledocstest.User, "self", "report.txt", []byte("all is well"))
	ctx := context.Background()
	for item, err := range client.AllFolderContents(ctx, oracledocs.GetFolderContentsRequest{FolderID: "self"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(item.Name)
	}
	// Output: report.txt
}

func Example_chat() {
	srv := connectparticipanttest.New() // for a real chat: Region instead of Endpoint and Transport
	defer srv.Close()
	room := srv.NewChat()
	participantToken := docferry.Secret(room.Join("CUSTOMER", "Jane"))
	room.Say("Welcome")
	srv.Next("GetTranscript", func(next http.Handler) http.Handler { // the chat ends once its history was read
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			room.End()
		})
	})
	client, err := connectparticipant.New(connectparticipant.Config{Endpoint: srv.URL,
		HTTP: docferry.HTTP{Transport: srv}})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	chat, err := client.Chat(ctx, participantToken)
	if err != nil {
		log.Fatal(err)
	}
	defer chat.Close()
	for event, err := range chat.Events(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(event.DisplayName, event.Content)
	}
	// Output:
	// SYSTEM_MESSAGE Welcome
	// Jane
}

func ExampleError() {
	srv := workdocstest.New()
	defer srv.Close()
	client, err := workdocs.New(workdocs.Config{Endpoint: srv.URL, Credentials: srv.Credentials(),
		HTTP: docferry.HTTP{Transport: srv}})
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
	client, err := oracledocs.New(oracledocs.Config{BaseURL: srv.URL,
		HTTP: docferry.HTTP{Transport: srv, Observer: docferry.LogTo(logger)},
		Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password)})
	if err != nil {
		log.Fatal(err)
	}
	_, _ = client.GetFolder(context.Background(), oracledocs.GetFolderRequest{FolderID: "self"})
	// Output: level=DEBUG msg=request service=oracledocs operation=GetFolder method=GET route=/documents/api/{version}/folders/{folderId} host=oracledocs.test attempt=1 status=200
}
