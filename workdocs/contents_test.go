package workdocs_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/workdocs"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// All folders and documents come once, over pages, and a range can be left.
func TestAllFolderContents(t *testing.T) {
	b := newBench(t, workdocstest.NewServer(t), nil)
	var want []string
	for i := range 3 {
		folder := b.srv.AddFolder(b.folder, fmt.Sprint("folder-", i))
		document, _ := b.srv.AddDocument(b.folder, fmt.Sprint("document-", i), nil)
		want = append(want, folder+" folder-"+fmt.Sprint(i)+" true", document+" document-"+fmt.Sprint(i)+" false")
	}
	b.srv.SetPageSize(2)
	all := b.client.AllFolderContents(t.Context(), workdocs.DescribeFolderContentsRequest{FolderID: b.folder})
	for range 2 { // each range starts over
		var got []string
		for item, err := range all {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(item.ID(), " ", item.Name(), " ", item.IsFolder()))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	seen := 0
	for _, err := range all {
		if seen++; err != nil || seen == 2 {
			break
		}
	}
	if seen != 2 {
		t.Errorf("the listing ended after %d items", seen)
	}
	b.srv.Next("DescribeFolderContents", workdocstest.Refuse(403, workdocs.CodeUnauthorizedOperation, "no"))
	failed := 0
	for item, err := range all {
		if failed++; !errors.Is(err, docferry.ErrForbidden) || item.IsFolder() || item.ID() != "" || item.Name() != "" {
			t.Errorf("%+v, %v", item, err)
		}
	}
	if failed != 1 {
		t.Errorf("the error was yielded %d times", failed)
	}
}
