package toxic

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// workDocs is a WorkDocs with a folder, or a document, for one upload.
type workDocs struct {
	*workdocstest.Server
	folder string
	to     workdocs.UploadTo
	before upload.Ref // the version that was there before

	mu   sync.Mutex
	look time.Time // when the last listing of drafts began
}

func openWorkDocs(t *testing.T, rng *rand.Rand) destination {
	t.Helper()
	w := &workDocs{Server: workdocstest.New()}
	w.folder = w.AddFolder(w.RootFolder(), "Uploads")
	w.to.FolderID = w.folder
	if rng.IntN(3) == 0 {
		w.before.ID, w.before.Version = w.AddDocument(w.folder, "a.txt", []byte("before"))
		w.to = workdocs.UploadTo{DocumentID: w.before.ID}
	}
	return w
}

// ServeHTTP notes when the uploader looks for its drafts.
func (w *workDocs) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && (strings.HasSuffix(r.URL.Path, "/contents") ||
		strings.HasSuffix(r.URL.Path, "/versions")) {
		w.mu.Lock()
		w.look = time.Now()
		w.mu.Unlock()
	}
	w.Server.ServeHTTP(rw, r)
}

func (w *workDocs) uploader(endpoint string, h docferry.HTTP) (upload.Uploader, error) {
	client, err := workdocs.New(workdocs.Config{Endpoint: endpoint, Credentials: w.Credentials(), HTTP: h})
	if err != nil {
		return nil, err
	}
	return client.Uploader(w.to), nil
}

func (w *workDocs) sizes() []int { return []int{0, 1, 900, 20_000, 60_000} }

// truth lists all versions of all documents in the folder, drafts included.
func (w *workDocs) truth() (truth, error) {
	client, err := workdocs.New(workdocs.Config{Endpoint: w.URL, Credentials: w.Credentials(),
		HTTP: docferry.HTTP{Transport: w.Server}})
	if err != nil {
		return truth{}, err
	}
	found := truth{stored: make(map[upload.Ref][]byte), before: w.before}
	kept := false
	for item, err := range client.AllFolderContents(context.Background(),
		workdocs.DescribeFolderContentsRequest{FolderID: w.folder, Include: "INITIALIZED"}) {
		if err != nil {
			return truth{}, err
		}
		for v, err := range client.AllDocumentVersions(context.Background(),
			workdocs.DescribeDocumentVersionsRequest{DocumentID: item.ID(), Include: "INITIALIZED"}) {
			if err != nil {
				return truth{}, err
			}
			at := upload.Ref{ID: item.ID(), Version: v.ID}
			if at == w.before {
				kept = true
			} else if err := w.add(&found, at, &v); err != nil {
				return truth{}, err
			}
		}
	}
	if w.before.ID != "" && !kept {
		return truth{}, fmt.Errorf("the version %v that was there before is gone", w.before)
	}
	return found, nil
}

func (w *workDocs) add(found *truth, at upload.Ref, v *workdocs.DocumentVersionMetadata) error {
	switch v.Status {
	case workdocs.DocumentStatusActive:
		content, ok := w.Content(at.ID, at.Version)
		if !ok {
			return fmt.Errorf("%v is active without content", at)
		}
		found.stored[at] = content
	case workdocs.DocumentStatusInitialized:
		found.drafts = append(found.drafts, at)
		if v.CreatedTimestamp.After(w.look.Truncate(time.Millisecond)) {
			found.late = append(found.late, at)
		}
	default:
		return fmt.Errorf("%v has the status %s", at, v.Status)
	}
	return nil
}
