package workdocs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/names"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/tree"
)

// FSOptions are the choices of [Client.FS].
type FSOptions struct {
	// Skipped is called for each entry that has no place in a file system; see [tree.FS].
	Skipped tree.Skipped
	// Metadata lets Sys of an [fs.FileInfo] return the *DocumentMetadata or
	// *FolderMetadata, or the *DocumentVersionMetadata of an earlier version. It takes
	// memory for each entry of a folder that is listed.
	Metadata bool
	// Versions lets the earlier versions of each document be listed beside it, numbered
	// from the oldest: "a.txt.~1~", "a.txt.~2~". It takes a request for each document.
	// They are not listed where such a name is taken.
	Versions bool
	// AuthenticationToken identifies the user to read for. If it is empty, the file
	// system authenticates as the client's Config says.
	AuthenticationToken docferry.Secret
}

// FS returns a file system that reads a folder with everything in it, each document in
// its latest version. It is an [fs.ReadDirFS] and an [fs.StatFS]; see [tree.FS] for what
// else it does. The context is that of all requests. At most one FSOptions can be given.
// ModTime of an [fs.FileInfo] is the time when the content was last modified, as its
// upload gave it, or else when the version was uploaded.
func (c *Client) FS(ctx context.Context, folderID string, options ...FSOptions) fs.FS {
	var o FSOptions
	if len(options) > 0 {
		o = options[0]
	}
	return tree.FS(ctx, &destination{c: c, root: folderID, token: o.AuthenticationToken, metadata: o.Metadata,
		versions: o.Versions}, o.Skipped)
}

// Destination returns the folder of to.FolderID, which is required, as a destination for
// [tree.Copy], and for reading. to.DocumentID and to.Claim are not used. A file becomes a
// new document, or a new version of the document that has its name. It is safe for
// concurrent use.
//
// The API documents which characters a name may have, but not which names it takes for
// the same: names that differ only in case or in their Unicode form are not copied beside
// each other. Names are stored in the composed Unicode form.
func (c *Client) Destination(to UploadTo) tree.Destination {
	return &destination{c: c, root: to.FolderID, token: to.AuthenticationToken}
}

// destination is a folder with everything in it.
type destination struct {
	c        *Client
	root     string
	token    docferry.Secret
	metadata bool // entries have the service's own description
	versions bool // earlier versions are listed as well
}

var _ tree.Cleaner = (*destination)(nil)

// Root implements [tree.Reader].
func (d *destination) Root() string { return d.root }

// List implements [tree.Reader].
func (d *destination) List(ctx context.Context, folderID string) iter.Seq2[tree.Entry, error] {
	return func(yield func(tree.Entry, error) bool) {
		var documents []tree.Entry // whose earlier versions come last, since a document's own name goes first
		req := DescribeFolderContentsRequest{FolderID: folderID, AuthenticationToken: d.token}
		for item, err := range d.c.AllFolderContents(ctx, req, call.Strict()...) {
			if err != nil {
				yield(tree.Entry{}, err)
				return
			}
			e, ok := d.entry(item)
			if !ok {
				continue
			}
			if !yield(e, nil) {
				return
			}
			if d.versions && !e.Folder {
				documents = append(documents, e)
			}
		}
		for _, e := range documents {
			if !d.listEarlier(ctx, e, yield) {
				return
			}
		}
	}
}

// listEarlier yields the versions before the latest one, and reports whether to go on.
func (d *destination) listEarlier(ctx context.Context, latest tree.Entry, yield func(tree.Entry, error) bool) bool {
	var earlier []DocumentVersionMetadata
	req := DescribeDocumentVersionsRequest{DocumentID: latest.ID, AuthenticationToken: d.token}
	for v, err := range d.c.AllDocumentVersions(ctx, req, call.Strict()...) {
		if err != nil {
			yield(tree.Entry{}, err)
			return false
		}
		if v.ID != latest.Version && v.Status != DocumentStatusInitialized {
			earlier = append(earlier, v)
		}
	}
	slices.SortStableFunc(earlier, func(a, b DocumentVersionMetadata) int {
		return a.CreatedTimestamp.Compare(b.CreatedTimestamp)
	})
	for i := range earlier {
		v := &earlier[i]
		e := tree.Entry{ID: latest.ID, Version: v.ID, Name: tree.EarlierName(latest.Name, i+1), Size: v.Size,
			Modified: modified(v)}
		if d.metadata {
			e.Sys = v
		}
		if !yield(e, nil) {
			return false
		}
	}
	return true
}

// entry returns what an item is to a tree; ok is false for a draft, which has no content.
func (d *destination) entry(item FolderItem) (e tree.Entry, ok bool) {
	e = tree.Entry{ID: item.ID(), Name: item.Name(), Folder: item.IsFolder()}
	if f := item.Folder; f != nil {
		e.Modified = f.ModifiedTimestamp
		if d.metadata {
			e.Sys = f
		}
		return e, true
	}
	v := &item.Document.LatestVersionMetadata
	e.Version, e.Size, e.Modified = v.ID, v.Size, modified(v)
	if d.metadata {
		e.Sys = item.Document
	}
	return e, v.Status != DocumentStatusInitialized
}

// modified returns when the content of a version was changed, as far as that is known.
func modified(v *DocumentVersionMetadata) time.Time {
	if v.ContentModifiedTimestamp.IsZero() {
		return v.ModifiedTimestamp
	}
	return v.ContentModifiedTimestamp
}

// Open implements [tree.Reader].
func (d *destination) Open(ctx context.Context, document tree.Entry) (io.ReadCloser, error) {
	return d.c.Download(ctx, DownloadRequest{DocumentID: document.ID, VersionID: document.Version,
		AuthenticationToken: d.token})
}

// Name implements [tree.Destination].
func (d *destination) Name(name string, _ bool) (stored, key string, err error) {
	const longest = 255
	stored, err = norm.NFC.String(name), names.CheckElement(name)
	switch {
	case err != nil:
	case utf16Length(stored) > longest:
		err = fmt.Errorf("is longer than %d characters", longest)
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '\u202e' }):
		err = errors.New("has a control character, which WorkDocs does not accept")
	}
	if err != nil {
		return "", "", d.c.core.InputError("Destination", "Name", fmt.Sprintf("%q %v", name, err))
	}
	return stored, names.Key(stored), nil
}

// utf16Length returns the length of a text as Java counts characters. That the API
// counts them in this way is inferred; it can only be the stricter count.
func utf16Length(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// MakeFolder implements [tree.Destination]. A folder that has the name already is
// returned.
func (d *destination) MakeFolder(ctx context.Context, parentID, name string) (tree.Entry, bool, error) {
	resp, err := d.c.CreateFolder(ctx, CreateFolderRequest{ParentFolderID: parentID, Name: name,
		AuthenticationToken: d.token})
	if err == nil && resp.Metadata.ID != "" {
		return tree.Entry{ID: resp.Metadata.ID, Name: name, Folder: true}, true, nil
	}
	if err != nil && !isCode(err, CodeEntityAlreadyExists) && !docferry.OutcomeUnknown(err) {
		return tree.Entry{}, false, err
	}
	// It is there, or may be: the name tells which one it is.
	key := names.Key(name)
	for e, failed := range d.List(ctx, parentID) {
		if failed != nil {
			return tree.Entry{}, false, failed
		}
		if e.Folder && names.Key(e.Name) == key {
			return e, false, nil
		}
	}
	if err == nil {
		err = &docferry.Error{Service: service, Operation: createFolder.Name, StatusCode: 201, Attempts: 1,
			Kind: docferry.ErrProtocol, Message: "the answer lacks the ID of the folder"}
	}
	return tree.Entry{}, false, err
}

// Uploader implements [tree.Destination].
func (d *destination) Uploader(to tree.Target) upload.Uploader { return d.c.Uploader(d.uploadTo(to)) }

// uploadTo returns where an upload leads.
func (d *destination) uploadTo(to tree.Target) UploadTo {
	u := UploadTo{FolderID: to.FolderID, DocumentID: to.DocumentID, Claim: to.Claim, AuthenticationToken: d.token}
	if u.DocumentID != "" {
		u.FolderID = ""
	}
	return u
}

// Clean implements [tree.Cleaner]: it aborts the drafts that an upload has left.
func (d *destination) Clean(ctx context.Context, to tree.Target) error {
	_, err := d.c.AbortClaimed(ctx, d.uploadTo(to), to.Name, to.ModTime)
	if errors.Is(err, docferry.ErrNotFound) { // the folder or document has been removed, with all that was in it
		return nil
	}
	return err
}

// AbortClaimed aborts the drafts that an upload to the same place, with the same claim,
// name and modification time of its source, has left because its program was killed. It
// returns those that it has aborted. to.Claim is required. The content-created timestamp
// proves that a draft is that upload's; others are not touched. Do not call it while that
// upload may be in progress. A request of the killed program that arrives later can still
// make a draft.
func (c *Client) AbortClaimed(ctx context.Context, to UploadTo, name string, modified time.Time) ([]upload.Ref, error) {
	switch {
	case to.Claim.Key == "":
		return nil, c.core.InputError("AbortClaimed", "UploadTo.Claim", "is required")
	case (to.FolderID == "") == (to.DocumentID == ""):
		return nil, c.core.InputError("AbortClaimed", "UploadTo.FolderID",
			"or UploadTo.DocumentID is required; set one of them")
	}
	run := &uploading{Client: c, to: to}
	var mine []upload.Ref
	err := run.drafts(ctx, to.Claim.Made, func(document string, v *DocumentVersionMetadata, notBefore time.Time) {
		for n := range claimedMarks {
			b := beginning{mark: claimedMark(to.Claim, n, modified)}
			if b.kin(v, name, notBefore) == ours {
				mine = append(mine, upload.Ref{ID: document, Version: v.ID})
				return
			}
		}
	})
	if err != nil {
		return nil, err
	}
	var aborted []upload.Ref
	for _, ref := range mine {
		if err := run.abort(ctx, &upload.Slot{ID: ref.ID, Version: ref.Version}); err != nil {
			return aborted, err
		}
		aborted = append(aborted, ref)
	}
	return aborted, nil
}
