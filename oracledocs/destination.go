package oracledocs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

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
	// Metadata lets Sys of an [fs.FileInfo] return the *FolderItem, or the *File of an
	// earlier version. It takes memory for each entry of a folder that is listed.
	Metadata bool
	// Versions lets the earlier versions of each file be listed beside it, by their
	// numbers: "a.txt.~1~", "a.txt.~2~". It takes a request for each file that has some.
	// They are not listed where such a name is taken.
	Versions bool
	Access
}

// FS returns a file system that reads a folder, such as "self" for the home folder, with
// everything in it, each file in its latest version. It is an [fs.ReadDirFS] and an
// [fs.StatFS]; see [tree.FS] for what else it does. The context is that of all requests.
// At most one FSOptions can be given. ModTime of an [fs.FileInfo] is when the service
// last changed the file; it keeps no other time.
func (c *Client) FS(ctx context.Context, folderID string, options ...FSOptions) fs.FS {
	var o FSOptions
	if len(options) > 0 {
		o = options[0]
	}
	return tree.FS(ctx, &destination{c: c, to: UploadTo{FolderID: folderID, Access: o.Access}, metadata: o.Metadata,
		versions: o.Versions}, o.Skipped)
}

// Destination returns the folder of to.FolderID, which is required, as a destination for
// [tree.Copy], and for reading. A file becomes a new file, or a new version of the file
// that has its name, in any case of its letters and in any Unicode form; so
// to.DuplicateResolution, to.MustBeNew and to.FileID are not used. It is safe for
// concurrent use. Names are stored in the composed Unicode form.
//
// The service gives a number to a second folder of a name, without an error. So a folder
// that got another name than it was to have is removed if it is empty, and the one that
// has the name is used.
func (c *Client) Destination(to UploadTo) tree.Destination {
	to.DuplicateResolution, to.MustBeNew, to.FileID = "", false, ""
	return &destination{c: c, to: to}
}

// destination is a folder with everything in it.
type destination struct {
	c        *Client
	to       UploadTo
	metadata bool // entries have the service's own description
	versions bool // earlier versions are listed as well
}

// Root implements [tree.Reader].
func (d *destination) Root() string { return d.to.FolderID }

// List implements [tree.Reader].
func (d *destination) List(ctx context.Context, folderID string) iter.Seq2[tree.Entry, error] {
	return func(yield func(tree.Entry, error) bool) {
		req := GetFolderContentsRequest{FolderID: folderID, Limit: 1000, Access: d.to.Access}
		var files []tree.Entry        // whose earlier versions come last, since a file's own name goes first
		seen := make(map[string]bool) // an item that moves to another page is listed twice
		for item, err := range d.c.AllFolderContents(ctx, req, call.Strict()...) {
			if err != nil {
				yield(tree.Entry{}, err)
				return
			}
			if seen[item.ID] {
				continue
			}
			seen[item.ID] = true
			e := tree.Entry{ID: item.ID, Name: item.Name, Folder: item.IsFolder(), Size: item.Size, Modified: item.ModifiedTime}
			if f := item.File(); f != nil {
				e.Version = versionOf(f)
			}
			if d.metadata {
				e.Sys = &item
			}
			if !yield(e, nil) {
				return
			}
			if d.versions && item.Version > 1 {
				files = append(files, e)
			}
		}
		for _, e := range files {
			if !d.listEarlier(ctx, e, yield) {
				return
			}
		}
	}
}

// listEarlier yields the versions before the latest one, and reports whether to go on.
func (d *destination) listEarlier(ctx context.Context, latest tree.Entry, yield func(tree.Entry, error) bool) bool {
	req := GetFileVersionsRequest{FileID: latest.ID, Access: d.to.Access}
	resp, err := d.c.GetFileVersions(ctx, req, call.Strict()...)
	if err != nil {
		yield(tree.Entry{}, err)
		return false
	}
	for i := range resp.Items {
		v := &resp.Items[i]
		e := tree.Entry{ID: latest.ID, Version: versionOf(v), Name: tree.EarlierName(latest.Name, int(v.Version)),
			Size: v.Size, Modified: v.ModifiedTime}
		if d.metadata {
			e.Sys = v
		}
		if e.Version != "" && e.Version != latest.Version && !yield(e, nil) {
			return false
		}
	}
	return true
}

// Open implements [tree.Reader].
func (d *destination) Open(ctx context.Context, document tree.Entry) (io.ReadCloser, error) {
	version, err := strconv.ParseInt(document.Version, 10, 64)
	if err != nil && document.Version != "" {
		return nil, d.c.core.InputError("Destination", "Version", fmt.Sprintf("is %q, which is no number", document.Version))
	}
	return d.c.DownloadFile(ctx, DownloadFileRequest{FileID: document.ID, Version: version, Access: d.to.Access})
}

// Name implements [tree.Destination].
func (d *destination) Name(name string, folder bool) (stored, key string, err error) {
	const longest = 255 // documented for the bulk creation of folders
	stored, err = norm.NFC.String(name), names.CheckElement(name)
	switch {
	case err != nil:
	case strings.ContainsFunc(name, unicode.IsControl):
		err = errors.New("has a control character")
	case folder && strings.ContainsAny(name, `\?*`):
		err = errors.New(`has one of the characters \ ? *, which the name of a folder cannot have`)
	case folder && utf8.RuneCountInString(stored) > longest:
		err = fmt.Errorf("is longer than %d characters", longest)
	}
	if err != nil {
		return "", "", d.c.core.InputError("Destination", "Name", fmt.Sprintf("%q %v", name, err))
	}
	return stored, names.Key(stored), nil
}

// MakeFolder implements [tree.Destination].
func (d *destination) MakeFolder(ctx context.Context, parentID, name string) (tree.Entry, bool, error) {
	key := names.Key(name)
	resp, err := d.c.CreateFolder(ctx, CreateFolderRequest{FolderID: parentID, Name: name, Access: d.to.Access})
	switch {
	case err != nil && !docferry.OutcomeUnknown(err):
		return tree.Entry{}, false, err
	case err == nil && resp.ID == "":
		err = &docferry.Error{Service: service, Operation: createFolder.Name, StatusCode: 200, Attempts: 1,
			Kind: docferry.ErrProtocol, Message: "the answer lacks the ID of the folder"}
	case err == nil && names.Key(resp.Name) == key:
		return tree.Entry{ID: resp.ID, Name: resp.Name, Folder: true}, true, nil
	}
	// It is there, or may be: its name tells which one it is.
	there, found, failed := d.folder(ctx, parentID, key)
	if failed != nil {
		return tree.Entry{}, false, failed
	}
	if err == nil { // the service has chosen another name
		if failed := d.removeEmpty(ctx, resp.ID); failed != nil {
			return tree.Entry{}, false, fmt.Errorf(
				"the service named a folder %q instead of %q, and it could not be removed: %w", resp.Name, name, failed)
		}
		if !found {
			err = fmt.Errorf("the service named the folder %q instead of %q; it was removed again", resp.Name, name)
		}
	}
	if !found {
		return tree.Entry{}, false, err
	}
	return there, false, nil
}

// folder returns the folder in another one whose name has a key.
func (d *destination) folder(ctx context.Context, parentID, key string) (e tree.Entry, found bool, err error) {
	for e, err := range d.List(ctx, parentID) {
		if err != nil {
			return tree.Entry{}, false, err
		}
		if e.Folder && names.Key(e.Name) == key {
			return e, true, nil
		}
	}
	return tree.Entry{}, false, nil
}

// removeEmpty removes a folder that this destination has made, unless something was put
// into it.
func (d *destination) removeEmpty(ctx context.Context, id string) error {
	for _, err := range d.List(ctx, id) {
		if err != nil {
			return err
		}
		return errors.New("it is not empty")
	}
	_, err := d.c.DeleteFolder(ctx, DeleteFolderRequest{FolderID: id, Access: d.to.Access})
	return err
}

// Uploader implements [tree.Destination].
func (d *destination) Uploader(to tree.Target) upload.Uploader {
	u := d.to
	u.FolderID = to.FolderID
	if to.DocumentID != "" {
		u.FolderID, u.FileID = "", to.DocumentID
	}
	return d.c.Uploader(u)
}
