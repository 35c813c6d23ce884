package workdocs_test

import (
	"context"
	"fmt"
	"io/fs"
	"log"

	"github.com/docferry/docferry/upload/tree"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// A folder is copied into another one, and the labels of its documents as well.
func ExampleClient_Destination() {
	srv := workdocstest.New()
	defer srv.Close()
	client, err := connect(srv)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	from, to := srv.AddFolder(srv.RootFolder(), "Drafts"), srv.AddFolder(srv.RootFolder(), "Archive")
	document, _ := srv.AddDocument(from, "plan.txt", []byte("all is well"))
	if err := client.CreateLabels(ctx, workdocs.CreateLabelsRequest{ResourceID: document, Labels: []string{"signed"}}); err != nil {
		log.Fatal(err)
	}

	labels := func(ctx context.Context, info fs.FileInfo, o tree.Outcome) error {
		source, ok := info.Sys().(*workdocs.DocumentMetadata)
		if !ok || len(source.Labels) == 0 {
			return nil
		}
		return client.CreateLabels(ctx, workdocs.CreateLabelsRequest{ResourceID: o.ID, Labels: source.Labels})
	}
	folder := client.FS(ctx, from, workdocs.FSOptions{Metadata: true})
	for o := range tree.Copy(ctx, client.Destination(workdocs.UploadTo{FolderID: to}), folder, tree.Options{Stored: labels}) {
		if o.Err != nil {
			log.Fatal(o.Err)
		}
		copied, err := client.GetDocument(ctx, workdocs.GetDocumentRequest{DocumentID: o.ID})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(o.Path, copied.Metadata.Labels)
	}
	// Output: plan.txt [signed]
}
