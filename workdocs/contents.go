package workdocs

import (
	"context"
	"iter"

	"github.com/docferry/docferry"
)

// FolderItem is a folder or a document in a folder. Exactly one of its fields is
// set.
type FolderItem struct {
	Folder   *FolderMetadata
	Document *DocumentMetadata
}

// IsFolder reports whether the item is a folder.
func (i FolderItem) IsFolder() bool { return i.Folder != nil }

// ID returns the ID of the folder or the document.
func (i FolderItem) ID() string {
	switch {
	case i.Folder != nil:
		return i.Folder.ID
	case i.Document != nil:
		return i.Document.ID
	}
	return ""
}

// Name returns the name of the folder, or that of the document in its latest
// version.
func (i FolderItem) Name() string {
	switch {
	case i.Folder != nil:
		return i.Folder.Name
	case i.Document != nil:
		return i.Document.LatestVersionMetadata.Name
	}
	return ""
}

// AllFolderContents ranges over the folders and documents directly in a folder,
// from req.Marker on. For each page of DescribeFolderContents, it yields the
// folders before the documents. It requests each page when the range reaches
// it; each range starts over. An error is yielded once and ends the range.
func (c *Client) AllFolderContents(
	ctx context.Context, req DescribeFolderContentsRequest, opts ...docferry.CallOption,
) iter.Seq2[FolderItem, error] {
	return func(yield func(FolderItem, error) bool) {
		for page, err := range c.FolderContentsPages(ctx, req, opts...) {
			if err != nil {
				yield(FolderItem{}, err)
				return
			}
			for i := range page.Folders {
				if !yield(FolderItem{Folder: &page.Folders[i]}, nil) {
					return
				}
			}
			for i := range page.Documents {
				if !yield(FolderItem{Document: &page.Documents[i]}, nil) {
					return
				}
			}
		}
	}
}
