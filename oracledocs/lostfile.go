package oracledocs

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/names"
	"github.com/docferry/docferry/upload"
)

// maxListed limits how many files of a folder are remembered by an upload that
// the service may store under another name.
const maxListed = 10_000

// maxCompared limits how many versions with other content an upload downloads
// while it looks for its own.
const maxCompared = 16

// look notes what is stored before anything is sent. If the caller may not
// read, as with some links, the upload goes on without that knowledge.
func (u *uploading) look(ctx context.Context, src upload.Source) error {
	// The filter finds a name only in exactly these letters. That is enough,
	// because a file whose name differs is compared later.
	careful := u.to.MustBeNew || u.to.DuplicateResolution != ""
	found, err := u.current(ctx, src.Name, careful)
	if err == nil && u.renames() {
		err = u.list(ctx)
	}
	switch {
	case errors.Is(err, docferry.ErrForbidden) && !u.to.MustBeNew:
		u.ids = nil
		return nil
	case err != nil:
		return err
	case len(found) > 0 && u.to.MustBeNew:
		return &docferry.InputError{Service: service, Operation: "Uploader", Field: "Source.Name", Err: docferry.ErrConflict,
			Reason: fmt.Sprintf("is %q, but the folder already has %q, and UploadTo.MustBeNew is set", src.Name, found[0].Name)}
	}
	u.known, u.seen = true, make(map[string]int64, len(found))
	for _, f := range found {
		// Without the number of the version, older ones cannot be told from newer.
		u.known, u.seen[f.ID] = u.known && f.Version != 0, f.Version
	}
	if len(found) > 0 {
		u.before = &found[0]
	}
	return nil
}

// renames reports whether the service may store the file under another name.
func (u *uploading) renames() bool {
	return u.to.DuplicateResolution != "" && u.to.DuplicateResolution != DuplicateResolutionReviseDuplicates &&
		u.to.DuplicateResolution != DuplicateResolutionSkipDuplicates
}

// list remembers the files that are in the folder.
func (u *uploading) list(ctx context.Context) error {
	u.ids = make(map[string]bool)
	for item, err := range u.AllFolderContents(ctx,
		GetFolderContentsRequest{FolderID: u.to.FolderID, Limit: 1000, Access: u.to.Access}, call.Strict()...) {
		if err != nil {
			return err
		}
		if len(u.ids) == maxListed {
			break // find reports that it cannot tell
		}
		u.ids[item.ID] = true
	}
	return nil
}

// current returns the file that an upload would add a version to. The service
// compares names without regard to case; whether its filter does is not
// documented, so to be certain it reads the whole folder.
//
// Whether the service takes the Unicode forms of a name for one name is not
// documented either. So there may be several such files; the one whose name
// differs in case at most comes first.
func (u *uploading) current(ctx context.Context, name string, careful bool) ([]File, error) {
	if u.to.FileID != "" {
		resp, err := u.GetFile(ctx, GetFileRequest{FileID: u.to.FileID, Access: u.to.Access}, call.Strict()...)
		if err != nil {
			return nil, err
		}
		return []File{resp.File}, nil
	}
	if careful {
		return u.alike(ctx, name, GetFolderContentsRequest{FolderID: u.to.FolderID, Limit: 1000, Access: u.to.Access})
	}
	var found []File
	for _, form := range names.Forms(name) {
		some, err := u.alike(ctx, name,
			GetFolderContentsRequest{FolderID: u.to.FolderID, FilterName: form, Access: u.to.Access})
		if err != nil {
			return nil, err
		}
		for _, f := range some { // a filter that knows the forms finds a file more than once
			if !slices.ContainsFunc(found, func(other File) bool { return other.ID == f.ID }) {
				found = append(found, f)
			}
		}
	}
	return found, nil
}

// alike returns the files of a listing whose name may be the given one to the
// service, the best match first.
func (u *uploading) alike(ctx context.Context, name string, list GetFolderContentsRequest) ([]File, error) {
	var found []File
	key := names.Key(name)
	for item, err := range u.AllFolderContents(ctx, list, call.Strict()...) {
		switch {
		case err != nil:
			return nil, err
		case item.IsFolder() || names.Key(item.Name) != key:
		case strings.EqualFold(item.Name, name):
			found = slices.Insert(found, 0, *item.File())
		default:
			found = append(found, *item.File())
		}
	}
	return found, nil
}

// sought reports whether the look before the upload would have found a file of
// this name, because it asked for it in exactly these letters.
func sought(name, found string) bool { return slices.Contains(names.Forms(name), found) }

// find looks for a version that was not there before and holds exactly the
// bytes that were sent. Nil means that there is none at the moment.
func (u *uploading) find(ctx context.Context, sent upload.Sent) (*upload.Result, error) {
	u.lost = max(u.lost, 1)
	switch {
	case !u.known:
		return nil, errors.New("the versions from before the upload could not be read, so a new one cannot be told from them")
	case u.ids != nil:
		return u.findNew(ctx, sent)
	}
	now, err := u.current(ctx, sent.Source.Name, true)
	if err != nil {
		return nil, err
	}
	for _, f := range now {
		if result, err := u.findIn(ctx, &f, sent); result != nil || err != nil {
			return result, err
		}
	}
	return nil, nil
}

// findIn looks among the versions of a file that the look before the upload did
// not see.
func (u *uploading) findIn(ctx context.Context, f *File, sent upload.Sent) (*upload.Result, error) {
	since, seen := u.seen[f.ID]
	if u.before != nil && u.before.ID == f.ID {
		u.latest = max(u.latest, f.Version)
	}
	if since >= f.Version && f.Version != 0 {
		return nil, nil
	}
	result, err := u.findVersion(ctx, f, since, sent)
	if !seen && u.to.FileID == "" && !u.to.MustBeNew && !sought(sent.Source.Name, f.Name) {
		// The search by the exact name, before the upload, could not have found this
		// file. So it may have been there, and is not named in Left.
		u.suspects = nil
		if result == nil {
			return nil, err
		}
		return nil, fmt.Errorf("version %s of the file %q (ID %s) holds the content, but may be older than the upload",
			result.Version, f.Name, result.ID)
	}
	return result, err
}

// findVersion looks among the versions of a file that are later than since. The
// number need not be the next one, because another user may have added a
// version in between.
func (u *uploading) findVersion(ctx context.Context, f *File, since int64, sent upload.Sent) (*upload.Result, error) {
	candidates := []File{*f}
	if f.Version != since+1 {
		resp, err := u.GetFileVersions(ctx, GetFileVersionsRequest{FileID: f.ID, Access: u.to.Access},
			call.Strict()...)
		if err != nil {
			return nil, err
		}
		candidates = append(slices.Clone(resp.Items), *f)
		slices.SortStableFunc(candidates, func(a, b File) int { return cmp.Compare(a.Version, b.Version) })
		candidates = slices.CompactFunc(candidates, func(a, b File) bool { return a.Version == b.Version })
	}
	for i, c := range candidates {
		if c.Version <= since {
			continue
		}
		c.ID = cmp.Or(c.ID, f.ID)
		if same, err := u.holds(ctx, &c, sent.SHA256, sent.Source.Size); err != nil {
			u.suspect(candidates[i:], f.ID, sent.Source.Size)
			return nil, err
		} else if same {
			c.Size = sent.Source.Size
			return stored(&c), nil
		}
	}
	return nil, nil
}

// suspect remembers versions that may be the upload's own.
func (u *uploading) suspect(versions []File, id string, size int64) {
	for _, v := range versions {
		ref := upload.Ref{ID: cmp.Or(v.ID, id), Version: versionOf(&v)}
		if !u.others[ref] && (v.Size == size || v.Size == 0) {
			u.suspects = append(u.suspects, ref)
		}
	}
}

// findNew looks among the files that were not in the folder before, since the
// service may have chosen another name. That name is made from the source's, so
// a file of any other name is not this upload's, even with the same content.
func (u *uploading) findNew(ctx context.Context, sent upload.Sent) (*upload.Result, error) {
	if len(u.ids) == maxListed {
		return nil, fmt.Errorf("the folder has %d items or more, too many to find a file that the service renamed", maxListed)
	}
	for item, err := range u.AllFolderContents(ctx,
		GetFolderContentsRequest{FolderID: u.to.FolderID, Limit: 1000, Access: u.to.Access}, call.Strict()...) {
		if err != nil {
			return nil, err
		}
		if item.IsFolder() || u.ids[item.ID] || !madeFrom(sent.Source.Name, item.Name) {
			continue
		}
		f := item.File()
		if result, err := u.findVersion(ctx, f, 0, sent); result != nil || err != nil {
			return result, err
		}
	}
	return nil, nil
}

// madeFrom reports whether the service may have made a name from another by
// adding a number or a time to it, before its extension or at its end.
func madeFrom(name, made string) bool {
	name, made = names.Key(name), names.Key(made)
	base, ext := name, path.Ext(name)
	if ext != name { // otherwise it is a name such as .profile
		base = strings.TrimSuffix(name, ext)
	}
	return strings.HasPrefix(made, name) || strings.HasPrefix(made, base) && strings.HasSuffix(made, ext)
}

// holds reports whether a version holds exactly the bytes that were sent. If
// the size is known and differs, nothing is downloaded.
func (u *uploading) holds(ctx context.Context, f *File, digest string, size int64) (bool, error) {
	ref := upload.Ref{ID: f.ID, Version: versionOf(f)}
	if u.others[ref] || f.Size != size && f.Size != 0 {
		return false, nil
	}
	if len(u.others) == maxCompared {
		return false, fmt.Errorf("%d new versions hold other content, and the upload compares no more than that", maxCompared)
	}
	content, err := u.DownloadFile(ctx, DownloadFileRequest{FileID: f.ID, Version: f.Version, Access: u.to.Access})
	if err != nil {
		return false, err
	}
	defer content.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, io.LimitReader(content, size+1))
	if err != nil && n <= size {
		return false, err
	}
	if n == size && hex.EncodeToString(hash.Sum(nil)) == digest {
		return true, nil
	}
	if f.Version != 0 { // a version does not change
		if u.others == nil {
			u.others = make(map[upload.Ref]bool)
		}
		u.others[ref] = true
	}
	return false, nil
}
