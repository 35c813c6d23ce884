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
	"github.com/go-json-experiment/json/jsontext"
)

// UploadTo says where an uploader stores files. Set FolderID or FileID.
type UploadTo struct {
	// FolderID is the folder for files; "self" is the home folder. A file whose
	// name is taken there becomes a new version of the one that has it, unless
	// DuplicateResolution or MustBeNew say otherwise.
	FolderID string
	// FileID is the ID of the file to add versions to.
	FileID string
	// DuplicateResolution is for FolderID only; see UploadFileRequest. With
	// DuplicateResolutionSkipDuplicates, a name that is taken by other content
	// ends the upload with docferry.ErrConflict.
	DuplicateResolution DuplicateResolution
	// MustBeNew refuses a name that is taken in the folder, in any case of its
	// letters and in any Unicode form, before anything is sent. It reads the folder to find out, so two
	// uploads at the same moment may both find the name free.
	MustBeNew bool
	// MetadataValues are metadata values, by collection and field, to store with
	// the file.
	MetadataValues map[string]map[string]string
	// FindTime is how long the uploader looks for a file whose answer was lost.
	// 0 means 2 minutes.
	FindTime time.Duration
	// SendAgain sends the file again if it was not found within FindTime. Set it if
	// a second version is better than none: the service may still store the first
	// one later. After that, Result.Left names the versions that the first may have
	// become or may still become; an upload.Ref without an ID stands for a file
	// whose name the service chooses. Another user may take such a version number
	// first, so compare the content of a version before you delete it.
	SendAgain bool
	Access
}

// Uploader returns an uploader to a folder or a file. Each upload streams one
// form. The uploader is safe for concurrent use. Success means that Oracle
// reports the size that was sent, or that a version was found which holds
// exactly the bytes that were sent.
//
// Before it sends, it notes the file's current version. A form that was cut off
// before its end is sent again, because the service stores no part of a form.
// If the answer to a complete form is lost, or comes from a gateway, such as
// status 504, the file may be stored even minutes later. So it is not sent
// again: the uploader looks for a version that was not there before, downloads
// those of the right size, and compares the SHA-256 of their content. Neither the
// name, nor the number of the version, nor its size proves anything, since
// another user may store a version at the same moment. If no such version is
// found in FindTime, the upload ends in upload.StateUnknown; Left names new
// versions that could not be read, and the version that it would become if it were
// stored now, where that is known.
// Another user may take that number first. So look at the versions of the file
// later and compare their content, or set SendAgain.
//
// The service may report a name in another Unicode form than it was sent, such as
// a composed "é" for the two characters of macOS. So files whose names differ
// only in that are looked at as well.
//
// If another user stores the same content at the same moment, the reported
// version may be theirs: it holds the same bytes. Large files take long to
// download and compare; set FindTime accordingly.
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
		result, err := engine.Upload(ctx, src)
		return result, run.named(err)
	})
}

// VersionUploader returns an uploader that adds versions to a file. It is
// Uploader with UploadTo.FileID.
func (c *Client) VersionUploader(fileID string) upload.Uploader {
	return c.Uploader(UploadTo{FileID: fileID})
}

// uploading is the state of one upload.
type uploading struct {
	*Client
	to     UploadTo
	before *File               // the file that had the name, or nil
	seen   map[string]int64    // the versions, by ID, of the files that had the name in any Unicode form
	known  bool                // whether before and seen are certain
	ids    map[string]bool     // of the files that were in the folder, if any of a new name may be the upload's
	others map[upload.Ref]bool // versions that certainly hold other content
	latest int64               // the highest version of before that was seen
	// suspects are the versions that were not there before, and may be the
	// upload's own, but could not be compared.
	suspects []upload.Ref
	lost     int // how many complete forms got no clear answer
}

func (u *uploading) engine() (*upload.Multipart, error) {
	var op *call.Op
	var req any
	switch {
	case (u.to.FolderID == "") == (u.to.FileID == ""):
		return nil, u.core.InputError("Uploader", "UploadTo.FolderID", "or UploadTo.FileID is required; set one of them")
	case u.to.FileID != "" && (u.to.MustBeNew || u.to.DuplicateResolution != ""):
		return nil, u.core.InputError("Uploader", "UploadTo.FileID",
			"cannot be combined with MustBeNew or DuplicateResolution")
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
		Look: u.look, Send: u.send, Find: u.find, FindTime: u.to.FindTime, SendAgain: u.to.SendAgain}, nil
}

// placeholder stands for the content where only the other fields are needed.
var placeholder = upload.Bytes("placeholder", nil)

func (u *uploading) fileRequest(content upload.Source) UploadFileRequest {
	return UploadFileRequest{ParentID: u.to.FolderID, DuplicateResolution: u.to.DuplicateResolution,
		Content: content, Access: u.to.Access}
}

func (u *uploading) versionRequest(content upload.Source) UploadFileVersionRequest {
	return UploadFileVersionRequest{FileID: u.to.FileID, Content: content, Access: u.to.Access}
}

// storedFile is the answer to an upload. It distinguishes an absent size from
// 0.
type storedFile struct {
	File
	Size jsontext.Value `json:"size,omitzero,instead"`
	Status
	Location string `header:"Location"`
}

// size returns the size in the answer, and false if there is none.
func (f *storedFile) size() (int64, bool) {
	n, err := strconv.ParseInt(strings.Trim(string(f.Size), `" `), 10, 64)
	return n, err == nil
}

func (u *uploading) send(ctx context.Context, form *upload.Form) (*upload.Result, error) {
	op := uploadFile
	var req any = u.fileRequest(form.Source())
	if u.to.FileID != "" {
		op, req = uploadFileVersion, u.versionRequest(form.Source())
	}
	answer, err := call.Send[storedFile](ctx, u.core, op, req, form, nil)
	var result *upload.Result
	if err == nil {
		result, err = u.confirm(ctx, op, answer, form)
	}
	switch {
	case err == nil && u.lost > 0:
		result.Left = u.mayRemain(result, form.Source().Name)
	case u.lost > 0 && docferry.OutcomeUnknown(err) && form.SHA256() != "":
		u.lost++ // the first one is counted by find, which is called for whole forms only
	}
	return result, err
}

// confirm returns the result that an answer describes. If the answer lacks the
// size, it reads that of the same version. An answer that does not name a new
// version of the file proves nothing, and is an error for which
// docferry.OutcomeUnknown is true, so that the uploader then looks for the
// content. The latest version cannot stand in for one that the answer does not
// name, because it may be another user's.
func (u *uploading) confirm(
	ctx context.Context, op *call.Op, answer *storedFile, form *upload.Form,
) (*upload.Result, error) {
	unproven := func(message string) error {
		return &docferry.Error{Service: service, Operation: op.Name, StatusCode: 200, Attempts: 1,
			Kind: docferry.ErrProtocol, Message: message}
	}
	f := answer.File
	switch {
	case f.ID == "" || f.Version == 0:
		return nil, unproven("the answer lacks the ID of the file or the number of the version")
	case u.to.FileID != "" && f.ID != u.to.FileID:
		return nil, unproven("the answer is about a file other than UploadTo.FileID")
	}
	size, ok := answer.size()
	if !ok {
		now, err := call.Do[storedFile](ctx, u.core, getFile,
			GetFileRequest{FileID: f.ID, Version: f.Version, Access: u.to.Access}, nil)
		if err == nil {
			size, ok = now.size()
		}
		if !ok || now.ID != f.ID || now.Version != f.Version {
			return nil, unproven("the answer lacks the size of the file, and GetFile did not tell it either")
		}
		f = now.File
	}
	f.Size = size
	switch {
	case u.to.DuplicateResolution == DuplicateResolutionSkipDuplicates:
		return u.notSkipped(ctx, op, &f, form)
	case u.wasThere(&f):
		return nil, unproven("the answer is about a version that existed before the upload")
	}
	return stored(&f), nil
}

// wasThere reports whether an answer describes a version that was there before.
func (u *uploading) wasThere(f *File) bool {
	return u.known && f.Version <= u.seen[f.ID]
}

// notSkipped handles an answer that may describe a file which had the name
// before: the service may have kept that file and stored nothing.
func (u *uploading) notSkipped(ctx context.Context, op *call.Op, f *File, form *upload.Form) (*upload.Result, error) {
	if !u.wasThere(f) {
		same, err := u.holds(ctx, f, form.SHA256(), form.Source().Size)
		switch {
		case err != nil:
			return nil, &docferry.TransportError{Service: service, Operation: op.Name, Attempts: 1, Sent: true,
				Err: fmt.Errorf("the file could not be compared with what was sent: %w", err)}
		case same:
			return stored(f), nil
		}
	}
	state := upload.StateNotStarted
	if u.lost > 0 { // an earlier form may be stored yet, if the name becomes free
		state = upload.StateUnknown
	}
	return nil, &upload.Error{Stage: upload.StageSend, State: state, Err: &docferry.Error{Service: service,
		Operation: op.Name, StatusCode: 200, Attempts: 1, Kind: docferry.ErrConflict,
		Message: "the name is taken, and the service kept the existing file, as UploadTo.DuplicateResolution demands"}}
}

// stored returns the result of an upload.
func stored(f *File) *upload.Result {
	return &upload.Result{ID: f.ID, Version: versionOf(f), Size: f.Size, Detail: f}
}

func versionOf(f *File) string {
	if f.Version == 0 {
		return ""
	}
	return strconv.FormatInt(f.Version, 10)
}

// named adds to an unknown ending the versions that could not be compared, and
// the one that the upload would become if it were stored now.
func (u *uploading) named(err error) error {
	ended, ok := errors.AsType[*upload.Error](err)
	if !ok || ended.State != upload.StateUnknown || len(ended.Left) > 0 || !u.known {
		return err
	}
	ended.Left = u.suspects
	if u.before != nil && u.revises() {
		next := File{ID: u.before.ID, Version: max(u.latest, u.before.Version) + 1}
		ended.Left = append(ended.Left, upload.Ref{ID: next.ID, Version: versionOf(&next)})
	}
	return ended
}

// mayRemain names what the forms that got no clear answer may have become, or
// may yet become, beside the result of a later one.
func (u *uploading) mayRemain(result *upload.Result, name string) []upload.Ref {
	if !u.revises() {
		if u.to.DuplicateResolution == DuplicateResolutionSkipDuplicates {
			return nil // they find the name taken
		}
		return make([]upload.Ref, u.lost) // under names that the service chooses
	}
	last, err := strconv.ParseInt(result.Version, 10, 64)
	if err != nil {
		return nil
	}
	var left []upload.Ref
	first := last // what was there before is not named
	file, ok := result.Detail.(*File)
	since, seen := u.seen[result.ID]
	switch {
	case u.known && seen:
		first = since + 1
	case u.known && ok && (u.to.MustBeNew || sought(name, file.Name)):
		first = 1 // in other letters, the look by the exact name would not have seen it
	}
	for n := max(first, last-maxCompared); n <= last+int64(u.lost); n++ {
		ref := upload.Ref{ID: result.ID, Version: strconv.FormatInt(n, 10)}
		if n != last && !u.others[ref] {
			left = append(left, ref)
		}
	}
	return left
}

// revises reports whether a name that is taken makes the upload a version of
// the file that has it.
func (u *uploading) revises() bool {
	return u.to.DuplicateResolution == "" || u.to.DuplicateResolution == DuplicateResolutionReviseDuplicates
}
