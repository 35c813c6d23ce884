package workdocs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/upload"
)

// UploadTo says where an uploader stores documents. Exactly one of FolderID and
// DocumentID is required.
type UploadTo struct {
	// FolderID is the folder for new documents. They are named after the source. If
	// the name is taken in the folder, the upload fails with
	// CodeEntityAlreadyExists.
	FolderID string
	// DocumentID is the document to add versions to.
	DocumentID string
	// Claim lets a later run of the program find and abort, with
	// [Client.AbortClaimed], what this upload leaves unfinished if the program is
	// killed. It is for one upload. Without one, such drafts are found by
	// [Client.AllDrafts] only. With one, Left also has a Ref without a version if a
	// draft may still appear after the upload has ended.
	Claim upload.Claim
	// AuthenticationToken identifies the user to upload for. If it is empty, the
	// uploader authenticates as the client's Config says.
	AuthenticationToken docferry.Secret
}

// Uploader returns an uploader to a folder or a document. It begins a version,
// PUTs the content to the URL that WorkDocs returns, makes the version active,
// and reads it back. Success means that WorkDocs reports the version as active
// and, if it reports a size, that this is the size that was sent. If the upload
// fails before the version is made active, the version is aborted. The uploader
// is safe for concurrent use.
//
// If the answer to InitiateDocumentVersionUpload is lost, a draft may exist
// whose URL is unknown. The uploader looks for it and calls the operation
// again. The content-created timestamp proves that a draft belongs to this
// upload: each call sends its own, chosen at random within the hour before the
// source's ModTime (or before now, if that is not known). A draft with that
// timestamp is aborted. A draft of the same name, in whatever Unicode form, with
// no timestamp may belong to this upload or to another one: it is not touched,
// and is named in Result.Left or Error.Left. At the end of the upload, the
// uploader looks again for a draft that has appeared late, and treats it in the
// same way. If it cannot find out whether there is one, Left has a Ref without a
// version.
//
// If the answer to UpdateDocumentVersion is lost, the uploader reads the
// version. The version is stored if it is active. If it cannot be read, or is
// not active yet, the upload fails with upload.StateUnknown, names the version
// in Left, and removes nothing: read the version later, and abort it if it is
// still a draft.
//
// In a Result, ID is the document, Version the version, and Detail a
// *DocumentVersionMetadata.
func (c *Client) Uploader(to UploadTo) upload.Uploader {
	return upload.Func(func(ctx context.Context, src upload.Source) (*upload.Result, error) {
		if (to.FolderID == "") == (to.DocumentID == "") {
			return nil, &upload.Error{Name: src.Name, Stage: upload.StageSource, State: upload.StateNotStarted,
				Err: c.core.InputError("Uploader", "UploadTo.FolderID", "or UploadTo.DocumentID is required; set one of them")}
		}
		run := &uploading{Client: c, to: to}
		engine := &upload.Presigned{
			Service: service, HTTP: c.storage.HTTP(), CompareETagPlain: true,
			Begin: run.begin, Commit: run.commit, Find: run.find, Abort: run.abort,
		}
		defer run.release()
		return run.finish(ctx, src)(engine.Upload(ctx, src))
	})
}

// uploading is the state of one upload.
type uploading struct {
	*Client
	to       UploadTo
	own      []upload.Ref // the drafts that WorkDocs gave this upload
	lost     []beginning  // the calls whose answer was lost and whose draft, if any, was not found
	doubtful []upload.Ref // the drafts that the calls in lost may have made
	begun    int          // how many versions it has begun
}

// beginning is one InitiateDocumentVersionUpload.
type beginning struct {
	mark time.Time // the content-created timestamp that only this request has sent
	at   time.Time // by the local clock
}

// begin begins a version, and begins another if the first answer was lost.
func (u *uploading) begin(ctx context.Context, src upload.Source) (*upload.Slot, error) {
	resp, first, err := u.initiate(ctx, src)
	var left []upload.Ref
	if docferry.OutcomeUnknown(err) {
		if resp, left, err = u.beginAgain(ctx, src, first, err); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	slot := &upload.Slot{
		ID: resp.Metadata.ID, Version: resp.Metadata.LatestVersionMetadata.ID, Draft: true, Left: left,
		URL: resp.UploadMetadata.UploadURL, Header: resp.UploadMetadata.SignedHeaders,
	}
	wrong := ""
	switch status := resp.Metadata.LatestVersionMetadata.Status; {
	case slot.ID == "" || slot.Version == "" || slot.URL == "":
		wrong = "the answer lacks the ID of the document or the version, or the upload URL"
	case u.to.DocumentID != "" && slot.ID != u.to.DocumentID:
		wrong, slot.ID = "the answer is about another document", ""
	case status != "" && status != DocumentStatusInitialized:
		wrong, slot.ID = "the answer is about a version that is not a draft", ""
	}
	if slot.Version == "" {
		slot.ID = "" // there is nothing to abort
	}
	if wrong != "" {
		return slot, &docferry.Error{Service: service, Operation: initiateDocumentVersionUpload.Name, StatusCode: 201,
			Attempts: 1,
			Kind:     docferry.ErrProtocol, Message: wrong}
	}
	u.claim(upload.Ref{ID: slot.ID, Version: slot.Version})
	return slot, nil
}

// beginAgain begins a version after the answer to the first beginning was lost.
// A draft that it may have made cannot be used, because its URL was in that
// answer. If err is not nil, the upload ends with it; otherwise left holds the
// drafts that may be this upload's.
func (u *uploading) beginAgain(ctx context.Context, src upload.Source, first beginning, lost error) (
	resp *InitiateDocumentVersionUploadResponse, left []upload.Ref, err error,
) {
	if left, err = u.resolve(ctx, src, first, lost); err != nil {
		return nil, nil, err
	}
	resp, second, err := u.initiate(ctx, src)
	if docferry.OutcomeUnknown(err) {
		more, ended := u.resolve(ctx, src, second, err)
		if ended != nil {
			return nil, nil, named(ended, left)
		}
		left = append(left, more...)
	}
	if err != nil {
		return nil, nil, u.notBegun(err, left)
	}
	return resp, left, nil
}

// initiate sends one InitiateDocumentVersionUpload.
func (u *uploading) initiate(
	ctx context.Context, src upload.Source,
) (*InitiateDocumentVersionUploadResponse, beginning, error) {
	b := beginning{mark: u.nextMark(src.ModTime), at: time.Now()}
	resp, err := u.InitiateDocumentVersionUpload(ctx, InitiateDocumentVersionUploadRequest{
		ID: u.to.DocumentID, ParentFolderID: u.to.FolderID, Name: src.Name, ContentType: src.ContentType,
		ContentCreatedTimestamp: b.mark, ContentModifiedTimestamp: src.ModTime, DocumentSizeInBytes: new(src.Size),
		AuthenticationToken: u.to.AuthenticationToken,
	})
	return resp, b, err
}

// commit makes the version active and reads it back. If the reading fails, the
// state of the upload is unknown, because the update has succeeded.
func (u *uploading) commit(ctx context.Context, slot *upload.Slot, put upload.Put) (*upload.Result, error) {
	err := u.UpdateDocumentVersion(ctx, UpdateDocumentVersionRequest{DocumentID: slot.ID, VersionID: slot.Version,
		VersionStatus: DocumentVersionStatusActive, AuthenticationToken: u.to.AuthenticationToken})
	if err != nil {
		return nil, err
	}
	result, err := u.find(ctx, slot, put)
	if err == nil && result == nil {
		err = fmt.Errorf("%w: the version is not active, although the update succeeded", docferry.ErrProtocol)
	}
	if _, ended := errors.AsType[*upload.Error](err); ended {
		return nil, err
	}
	if err != nil {
		return nil, &upload.Error{Stage: upload.StageCommit, State: upload.StateUnknown, Err: err,
			Left: []upload.Ref{{ID: slot.ID, Version: slot.Version}}}
	}
	return result, nil
}

// readVersion is GetDocumentVersionResponse, but distinguishes an absent size
// from 0.
type readVersion struct {
	Metadata struct {
		DocumentVersionMetadata
		Size *int64 `json:"Size,omitzero,instead"`
	} `json:"Metadata,omitzero"`
}

// find reads the version, which is stored if it is active. An answer that is
// about another version, or has no status, proves nothing. Neither does an
// error response, because WorkDocs answers 404 for what the caller may not see.
func (u *uploading) find(ctx context.Context, slot *upload.Slot, put upload.Put) (*upload.Result, error) {
	var meta docferry.Meta
	read, err := call.Do[readVersion](ctx, u.core, getDocumentVersion, GetDocumentVersionRequest{DocumentID: slot.ID,
		VersionID: slot.Version, AuthenticationToken: u.to.AuthenticationToken},
		[]docferry.CallOption{docferry.WithMeta(&meta)})
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"Id", "Status", "Size"} {
		if path := "/Metadata/" + name; slices.Contains(meta.Unread, path) {
			return nil, fmt.Errorf("%w: the member %s of the answer cannot be read", docferry.ErrProtocol, path)
		}
	}
	size, version := read.Metadata.Size, read.Metadata.DocumentVersionMetadata
	switch {
	case version.ID != "" && version.ID != slot.Version:
		return nil, fmt.Errorf("%w: the answer is about another version, %q", docferry.ErrProtocol, version.ID)
	case version.Status == DocumentStatusInitialized:
		return nil, nil
	case version.Status != DocumentStatusActive:
		return nil, fmt.Errorf("%w: the version is neither a draft nor active, but has the status %q",
			docferry.ErrProtocol, version.Status)
	case size != nil && *size != put.Source.Size:
		return nil, &upload.Error{Stage: upload.StageCommit, State: upload.StateOrphaned,
			Err:  fmt.Errorf("%w: the version has %d bytes, not %d", upload.ErrIntegrity, *size, put.Source.Size),
			Left: []upload.Ref{{ID: slot.ID, Version: slot.Version}}}
	}
	version.Size = put.Source.Size
	return &upload.Result{ID: slot.ID, Version: slot.Version, Detail: &version}, nil
}

// abort removes a draft of this upload. It succeeds if the draft does not exist.
// It fails if the caller may not see the draft, which may then exist. If it is
// no longer a draft, it may have become active, so the outcome is unknown.
func (u *uploading) abort(ctx context.Context, slot *upload.Slot) error {
	err := u.AbortDocumentVersionUpload(ctx, AbortDocumentVersionUploadRequest{DocumentID: slot.ID,
		VersionID:           slot.Version,
		AuthenticationToken: u.to.AuthenticationToken})
	if isCode(err, CodeEntityNotExists) {
		return nil
	}
	if isCode(err, CodeProhibitedState) {
		return fmt.Errorf("%w: %w", upload.ErrOutcomeUnknown, err)
	}
	return err
}
