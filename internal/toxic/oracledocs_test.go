package toxic

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
)

// oracle is an Oracle document service with a folder, or a file, for one upload.
type oracle struct {
	*oracledocstest.Server
	folder string
	to     oracledocs.UploadTo
	before upload.Ref // the version that was there before
}

var contentBefore = []byte("before")

func openOracle(t *testing.T, rng *rand.Rand) destination {
	t.Helper()
	o := &oracle{Server: oracledocstest.New()}
	o.folder = o.AddFolder(oracledocstest.User, "self", "Uploads")
	o.to.FolderID = o.folder
	switch rng.IntN(4) {
	case 0:
		o.to.MustBeNew = true
	case 1: // the name is taken
		o.before = upload.Ref{ID: o.AddFile(oracledocstest.User, o.folder, "a.txt", contentBefore), Version: "1"}
	case 2:
		o.before = upload.Ref{ID: o.AddFile(oracledocstest.User, o.folder, "b.txt", contentBefore), Version: "1"}
		o.to = oracledocs.UploadTo{FileID: o.before.ID}
	}
	o.to.FindTime = 300 * time.Millisecond
	return o
}

func (o *oracle) uploader(endpoint string, h docferry.HTTP) (upload.Uploader, error) {
	client, err := o.client(endpoint, h)
	if err != nil {
		return nil, err
	}
	return client.Uploader(o.to), nil
}

func (o *oracle) client(endpoint string, h docferry.HTTP) (*oracledocs.Client, error) {
	return oracledocs.New(oracledocs.Config{BaseURL: endpoint, HTTP: h,
		Auth: oracledocs.BasicAuth(oracledocstest.User, oracledocstest.Password)})
}

func (o *oracle) sizes() []int { return []int{0, 1, 900, 20_000, 60_000} }

// truth lists all versions of all files in the folder.
func (o *oracle) truth() (truth, error) {
	client, err := o.client(o.URL, docferry.HTTP{Transport: o.Server})
	if err != nil {
		return truth{}, err
	}
	found := truth{stored: make(map[upload.Ref][]byte), before: o.before, nameless: o.before.ID == ""}
	for item, err := range client.AllFolderContents(context.Background(),
		oracledocs.GetFolderContentsRequest{FolderID: o.folder}) {
		if err != nil {
			return truth{}, err
		}
		versions, err := client.GetFileVersions(context.Background(), oracledocs.GetFileVersionsRequest{FileID: item.ID})
		if err != nil {
			return truth{}, err
		}
		for _, v := range versions.Items {
			at := upload.Ref{ID: item.ID, Version: strconv.FormatInt(v.Version, 10)}
			content, ok := o.Content(item.ID, int(v.Version))
			if !ok {
				return truth{}, fmt.Errorf("%v has no content", at)
			}
			found.stored[at] = content
		}
	}
	if o.before.ID != "" {
		if !bytes.Equal(found.stored[o.before], contentBefore) {
			return truth{}, fmt.Errorf("the version %v that was there before is gone", o.before)
		}
		delete(found.stored, o.before)
	}
	return found, nil
}
