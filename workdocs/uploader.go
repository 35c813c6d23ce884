package workdocs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/upload"
)

// UploadTo says where an uploader stores documents. Set either FolderID or
// DocumentID.
type UploadTo struct {
	// FolderID is the folder for new documents. They take their name from the
	// source; a name that is taken there is refused with CodeEntityAlreadyExists.
	FolderID string
	// DocumentID is the document to add versions to.
	DocumentID string
	// AuthenticationToken identifies the user to upload for. "" means the
	// client's own access.
	AuthenticationToken docferry.Secret
}

// Uploader returns an uploader to a folder or a document. It begins a version,
// PUTs the content to the URL that WorkDocs hands out, makes the version
// active, and reads it back: success means that WorkDocs lists it as active,
// and with the size that was sent if it lists a size. If the upload fails
// before that, the version is aborted. The uploader is safe for concurrent use.
//
// If the answer to InitiateDocumentVersionUpload is lost, a draft may exist
// whose URL is unknown. The uploader looks for it and calls the operation
// again. The content-created timestamp proves that a draft belongs to this
// upload: each call sends its own, chosen at random within the hour before the
// source's ModTime (or before now, if that is not known). A draft with that
// timestamp is aborted. A draft of the same name with no timestamp may be this
// upload's or another user's: it is not touched, and is named in Result.Left or
// Error.Left. The same holds for a draft that appears late, if it has appeared
// by the end of the upload; if the uploader cannot read whether it has, Left
// has a Ref without a version.
//
// If the answer to UpdateDocumentVersion is lost, the uploader reads the
// version, which is stored if it is active. If it cannot be read, or is not
// active yet, the upload ends in upload.StateUnknown, names the version in
// Left, and removes nothing: read the version later, and abort it if it still
// is a draft.
//
// In a Result, ID is the document, Version the version, and Detail a
// *DocumentVersionMetadata.
func (c *Client) Uploader(to UploadTo) upload.Uploader {
	return upload.Func(func(ctx context.Context, src upload.Source) (*upload.Result, error) {
		if (to.FolderID == "") == (to.DocumentID == "") {
			return nil, &upload.Error{Name: src.Name, Stage: upload.StageSource, State: upload.StateNotStarted,
				Err: c.core.InputError("Uploader", "UploadTo.FolderID", "or DocumentID is required, and not both")}
		}
		run := &uploading{Client: c, to: to}
		engine := &upload.Presigned{
			Service: service, HTTP: c.storage.HTTP(), CompareETag: true,
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
	own      []upload.Ref // the drafts that this upload was given
	lost     []beginning  // the calls without an answer whose draft, if any, was not found
	doubtful []upload.Ref // the drafts that may be those of lost
}

// beginning is one InitiateDocumentVersionUpload.
type beginning struct {
	mark time.Time // the content-created timestamp that only this request has sent
	at   time.Time // by the local clock
}

// begin begins a version, and begins it again if the first answer was lost.
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
// answer. An error is how the upload ends; without one, left has the drafts
// that may be this upload's.
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
	b := beginning{mark: newMark(src.ModTime), at: time.Now()}
	resp, err := u.InitiateDocumentVersionUpload(ctx, InitiateDocumentVersionUploadRequest{
		ID: u.to.DocumentID, ParentFolderID: u.to.FolderID, Name: src.Name, ContentType: src.ContentType,
		ContentCreatedTimestamp: b.mark, ContentModifiedTimestamp: src.ModTime, DocumentSizeInBytes: new(src.Size),
		AuthenticationToken: u.to.AuthenticationToken,
	})
	return resp, b, err
}

func (u *uploading) commit(ctx context.Context, slot *upload.Slot, put upload.Put) (*upload.Result, error) {
	err := u.UpdateDocumentVersion(ctx, UpdateDocumentVersionRequest{DocumentID: slot.ID, VersionID: slot.Version,
		VersionStatus: DocumentVersionStatusActive, AuthenticationToken: u.to.AuthenticationToken})
	if err != nil {
		return nil, err
	}
	result, err := u.find(ctx, slot, put)
	if err == nil && result == nil {
		err = fmt.Errorf("%w: the version is not active after it was made so", docferry.ErrProtocol)
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
		Size *int64 `json:"Size,omitzero"`
	} `json:"Metadata,omitzero"`
}

// find reads the version. It is stored if it is active. An answer that is about
// another version, or has no status, proves nothing; neither does a refusal,
// because WorkDocs answers 404 for what the caller may not see.
func (u *uploading) find(ctx context.Context, slot *upload.Slot, put upload.Put) (*upload.Result, error) {
	read, err := call.Do[readVersion](ctx, u.core, getDocumentVersion, GetDocumentVersionRequest{DocumentID: slot.ID,
		VersionID: slot.Version, AuthenticationToken: u.to.AuthenticationToken}, nil)
	if err != nil {
		return nil, err
	}
	size, version := read.Metadata.Size, read.Metadata.DocumentVersionMetadata
	switch {
	case version.ID != "" && version.ID != slot.Version:
		return nil, fmt.Errorf("%w: the answer is about the version %q", docferry.ErrProtocol, version.ID)
	case version.Status == DocumentStatusInitialized:
		return nil, nil
	case version.Status != DocumentStatusActive:
		return nil, fmt.Errorf("%w: the version has the status %q", docferry.ErrProtocol, version.Status)
	case size != nil && *size != put.Source.Size:
		return nil, &upload.Error{Stage: upload.StageCommit, State: upload.StateOrphaned,
			Err:  fmt.Errorf("%w: the version has %d bytes, not %d", upload.ErrIntegrity, *size, put.Source.Size),
			Left: []upload.Ref{{ID: slot.ID, Version: slot.Version}}}
	}
	version.Size = put.Source.Size
	return &upload.Result{ID: slot.ID, Version: slot.Version, Detail: &version}, nil
}

// abort removes a draft of this upload. If the draft does not exist, that is
// success. If the caller may not see it, it may exist; if it is no longer a
// draft, it may have become active.
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
