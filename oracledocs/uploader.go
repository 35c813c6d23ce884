package oracledocs

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/upload"
)

// UploadTo says where an uploader stores files. Set FolderID or FileID.
type UploadTo struct {
	// FolderID is the folder for files; "self" is the home folder. A file whose
	// name is taken there becomes a new version of the one that has it, unless
	// DuplicateResolution or MustBeNew say otherwise.
	FolderID string
	// FileID is the file to add versions to.
	FileID string
	// DuplicateResolution is for FolderID only; see UploadFileRequest.
	DuplicateResolution DuplicateResolution
	// MustBeNew refuses a name that is taken in the folder, in any case of its
	// letters, before anything is sent. It reads the folder to find out, so two
	// uploads at the same moment may both find the name free.
	MustBeNew bool
	// MetadataValues are values by collection and field to store with it.
	MetadataValues map[string]map[string]string
	Access
}

// Uploader returns an uploader to a folder or a file. It streams one form.
// Success means that Oracle reports the size that was sent. Before it sends,
// it notes which version there is; if the answer gets lost it compares, and
// sends again only what certainly did not arrive.
//
// In a Result, ID is the file, Version the number of the version that was
// written, and Detail a *File.
func (c *Client) Uploader(to UploadTo) upload.Uploader {
	return upload.Func(func(ctx context.Context, src upload.Source) (*upload.Result, error) {
		run := &uploading{Client: c, to: to}
		engine, err := run.engine()
		if err != nil {
			return nil, &upload.Error{Name: src.Name, Stage: upload.StageSource, State: upload.StateNotStarted, Err: err}
		}
		return engine.Upload(ctx, src)
	})
}

// VersionUploader returns an uploader that adds versions to a file. It is
// Uploader with UploadTo.FileID.
func (c *Client) VersionUploader(fileID string) upload.Uploader {
	return c.Uploader(UploadTo{FileID: fileID})
}

// uploading is one upload.
type uploading struct {
	*Client
	to     UploadTo
	before *File // what had the name, or nil
	known  bool  // whether before is to be relied on
}

func (u *uploading) engine() (*upload.Multipart, error) {
	var op *call.Op
	var req any
	switch {
	case (u.to.FolderID == "") == (u.to.FileID == ""):
		return nil, u.core.InputError("Uploader", "UploadTo.FolderID", "or FileID is required, and not both")
	case u.to.FileID != "" && (u.to.MustBeNew || u.to.DuplicateResolution != ""):
		return nil, u.core.InputError("Uploader", "UploadTo.FileID", "does not go with MustBeNew or DuplicateResolution")
	case u.to.FileID != "":
		op, req = uploadFileVersion, u.versionRequest(placeholder)
	default:
		op, req = uploadFile, u.fileRequest(placeholder)
	}
	fields, err := u.fields(op, req, u.to.MetadataValues)
	if err != nil {
		return nil, err
	}
	return &upload.Multipart{Service: service, FileField: "primaryFile", Fields: fields,
		Look: u.look, Send: u.send, Find: u.find}, nil
}

// placeholder stands for the content where only the other members matter.
var placeholder = upload.Bytes("placeholder", nil)

func (u *uploading) fileRequest(content upload.Source) UploadFileRequest {
	return UploadFileRequest{ParentID: u.to.FolderID, DuplicateResolution: u.to.DuplicateResolution,
		Content: content, Access: u.to.Access}
}

func (u *uploading) versionRequest(content upload.Source) UploadFileVersionRequest {
	return UploadFileVersionRequest{FileID: u.to.FileID, Content: content, Access: u.to.Access}
}

func (u *uploading) send(ctx context.Context, form *upload.Form) (*upload.Result, error) {
	if u.to.FileID != "" {
		resp, err := call.Send[UploadFileVersionResponse](ctx, u.core, uploadFileVersion, u.versionRequest(form.Source()), form, nil)
		if err != nil {
			return nil, err
		}
		return u.confirm(ctx, &resp.File, form.Source()), nil
	}
	resp, err := call.Send[UploadFileResponse](ctx, u.core, uploadFile, u.fileRequest(form.Source()), form, nil)
	if err != nil {
		return nil, err
	}
	return u.confirm(ctx, &resp.File, form.Source()), nil
}

// confirm is the result that an answer describes. If that tells no size, the
// version is read: nothing counts as stored whose size is not known.
func (u *uploading) confirm(ctx context.Context, f *File, src upload.Source) *upload.Result {
	if f.Size == 0 && src.Size > 0 {
		now, err := u.GetFile(ctx, GetFileRequest{FileID: f.ID, Version: f.Version, Access: u.to.Access})
		if err == nil {
			f = &now.File
		}
	}
	return stored(f)
}

// stored is the result of an upload.
func stored(f *File) *upload.Result {
	r := &upload.Result{ID: f.ID, Size: f.Size, Detail: f}
	if f.Version != 0 {
		r.Version = strconv.FormatInt(f.Version, 10)
	}
	return r
}

// look notes what has the name before anything is sent. Where the caller may
// not read, as through some links, the upload goes on without.
func (u *uploading) look(ctx context.Context, src upload.Source) error {
	found, err := u.current(ctx, src.Name, u.to.MustBeNew)
	switch {
	case errors.Is(err, docferry.ErrForbidden) && !u.to.MustBeNew:
		return nil
	case err != nil:
		return err
	case found != nil && u.to.MustBeNew:
		return &docferry.InputError{Service: service, Operation: "Uploader", Field: "Source.Name", Err: docferry.ErrConflict,
			Reason: fmt.Sprintf("is taken in the folder, by %q", found.Name)}
	}
	u.before, u.known = found, true
	return nil
}

// current returns the file that an upload would add a version to, or nil. The
// service compares names without regard to case; whether its filter does is
// not documented, so a careful look reads the whole folder.
func (u *uploading) current(ctx context.Context, name string, careful bool) (*File, error) {
	if u.to.FileID != "" {
		resp, err := u.GetFile(ctx, GetFileRequest{FileID: u.to.FileID, Access: u.to.Access})
		if err != nil {
			return nil, err
		}
		return &resp.File, nil
	}
	req := GetFolderContentsRequest{FolderID: u.to.FolderID, FilterName: name, Access: u.to.Access}
	if careful {
		req.FilterName, req.Limit = "", 1000
	}
	for item, err := range u.AllFolderContents(ctx, req) {
		if err != nil {
			return nil, err
		}
		if !item.IsFolder() && strings.EqualFold(item.Name, name) {
			return item.File(), nil
		}
	}
	return nil, nil
}

// settling is how long the service gets before an unchanged file is taken to
// mean that nothing arrived.
const settling = time.Second

// find compares what is there with what was there before: the next version,
// of the right size, is this upload's. No change, twice, means that nothing
// arrived. Anything else could be somebody else's.
func (u *uploading) find(ctx context.Context, sent upload.Sent) (*upload.Result, error) {
	src := sent.Source
	if !u.known {
		return nil, errors.New("what was there before could not be read, so there is nothing to compare with")
	}
	if u.to.DuplicateResolution != "" {
		return nil, errors.New("the name it was stored under depends on DuplicateResolution and cannot be told")
	}
	for again := range 2 {
		if err := wait(ctx, time.Duration(again)*settling); err != nil {
			return nil, err
		}
		now, err := u.current(ctx, src.Name, true)
		if err != nil {
			return nil, err
		}
		if result, err := u.compare(now, src); result != nil || err != nil {
			return result, err
		}
	}
	return nil, nil
}

// compare returns the result if what is there now is this upload's, nil if
// nothing has changed, and an error if it could be somebody else's.
func (u *uploading) compare(now *File, src upload.Source) (*upload.Result, error) {
	before := u.before
	switch {
	case now == nil && before == nil:
		return nil, nil
	case now == nil:
		return nil, errors.New("the file is gone")
	case before == nil && !u.to.MustBeNew && now.Name != src.Name:
		// The look before, by the exact name, could not have seen it.
		return nil, fmt.Errorf("there is a file %q, which may have been there before", now.Name)
	case before == nil:
		before = &File{ID: now.ID}
	}
	switch {
	case now.ID == before.ID && now.Version == before.Version:
		return nil, nil
	case now.ID == before.ID && now.Version == before.Version+1 && now.Size == src.Size:
		return stored(now), nil
	}
	return nil, fmt.Errorf("there is a version %d of %d bytes, which may be somebody else's", now.Version, now.Size)
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
