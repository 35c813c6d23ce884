package workdocs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// UploadTo says where an uploader stores documents. Set FolderID or DocumentID.
type UploadTo struct {
	// FolderID is the folder for new documents. They take their name from the
	// source; a name that is taken there is refused with CodeEntityAlreadyExists.
	FolderID string
	// DocumentID is the document to add versions to.
	DocumentID string
	// AuthenticationToken is the user's to upload for, instead of the client's access.
	AuthenticationToken docferry.Secret
}

// Uploader returns an uploader to a folder or a document. It begins a version,
// PUTs the content to the URL that WorkDocs hands out, makes the version
// active, and reads it back: success means that WorkDocs lists it as active
// with the size that was sent. If it fails before that, the version is
// aborted. A version whose beginning or end got no answer is looked for.
//
// In a Result, ID is the document, Version the version, and Detail a
// *DocumentVersionMetadata.
func (c *Client) Uploader(to UploadTo) upload.Uploader {
	d := &destination{Client: c, to: to}
	engine := &upload.Presigned{
		Service: service, HTTP: c.storage.HTTP(),
		Begin: d.begin, Commit: d.commit, Find: d.find, Abort: d.abort,
	}
	return upload.Func(func(ctx context.Context, src upload.Source) (*upload.Result, error) {
		if (to.FolderID == "") == (to.DocumentID == "") {
			return nil, &upload.Error{Name: src.Name, Stage: upload.StageSource, State: upload.StateNotStarted,
				Err: &docferry.InputError{Service: service, Operation: "Uploader", Field: "UploadTo.FolderID",
					Reason: "or DocumentID is required, and not both"}}
		}
		return engine.Upload(ctx, src)
	})
}

// destination is a folder or a document to upload to.
type destination struct {
	*Client
	to UploadTo
}

func (d *destination) begin(ctx context.Context, src upload.Source) (*upload.Slot, error) {
	req := InitiateDocumentVersionUploadRequest{
		ID: d.to.DocumentID, ParentFolderID: d.to.FolderID, Name: src.Name, ContentType: src.ContentType,
		ContentModifiedTimestamp: src.ModTime, DocumentSizeInBytes: new(src.Size),
		AuthenticationToken: d.to.AuthenticationToken,
	}
	began := time.Now()
	resp, err := d.InitiateDocumentVersionUpload(ctx, req)
	if docferry.OutcomeUnknown(err) {
		// The draft, if there is one, is of no use: its URL was in the lost answer.
		if unresolved := d.removeLost(ctx, src, began, err); unresolved != nil {
			return nil, unresolved
		}
		resp, err = d.InitiateDocumentVersionUpload(ctx, req)
	}
	if err != nil {
		return nil, err
	}
	slot := &upload.Slot{
		ID: resp.Metadata.ID, Version: resp.Metadata.LatestVersionMetadata.ID,
		URL: resp.UploadMetadata.UploadURL, Header: resp.UploadMetadata.SignedHeaders,
	}
	if slot.ID == "" || slot.Version == "" || slot.URL == "" {
		if slot.Version == "" {
			slot.ID = "" // nothing that could be aborted
		}
		return slot, &docferry.Error{Service: service, Operation: "InitiateDocumentVersionUpload", StatusCode: 201, Attempts: 1,
			Kind: docferry.ErrProtocol, Message: "the answer lacks the ID of the document or the version, or the upload URL"}
	}
	return slot, nil
}

func (d *destination) commit(ctx context.Context, slot *upload.Slot, put upload.Put) (*upload.Result, error) {
	err := d.UpdateDocumentVersion(ctx, UpdateDocumentVersionRequest{DocumentID: slot.ID, VersionID: slot.Version,
		VersionStatus: DocumentVersionStatusActive, AuthenticationToken: d.to.AuthenticationToken})
	if err != nil {
		return nil, err
	}
	result, err := d.find(ctx, slot, put)
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

// find reads the version: active is success, and any other status certainly
// is not. A refusal says nothing of the version: WorkDocs answers 404 for what
// the caller may not see.
func (d *destination) find(ctx context.Context, slot *upload.Slot, put upload.Put) (*upload.Result, error) {
	resp, err := d.GetDocumentVersion(ctx, GetDocumentVersionRequest{DocumentID: slot.ID, VersionID: slot.Version,
		AuthenticationToken: d.to.AuthenticationToken})
	if err != nil {
		return nil, err
	}
	version := &resp.Metadata
	switch {
	case version.Status != DocumentStatusActive:
		return nil, nil
	case version.Size != 0 && version.Size != put.Source.Size: // 0 may be the service's way not to say
		return nil, &upload.Error{Stage: upload.StageCommit, State: upload.StateOrphaned,
			Err:  fmt.Errorf("%w: the version has %d bytes, not %d", upload.ErrIntegrity, version.Size, put.Source.Size),
			Left: []upload.Ref{{ID: slot.ID, Version: slot.Version}}}
	}
	return &upload.Result{ID: slot.ID, Version: slot.Version, Detail: version}, nil
}

// abort removes a draft. One that does not exist is removed.
func (d *destination) abort(ctx context.Context, slot *upload.Slot) error {
	err := d.AbortDocumentVersionUpload(ctx, AbortDocumentVersionUploadRequest{DocumentID: slot.ID, VersionID: slot.Version,
		AuthenticationToken: d.to.AuthenticationToken})
	if isCode(err, CodeEntityNotExists) {
		return nil
	}
	return err
}
