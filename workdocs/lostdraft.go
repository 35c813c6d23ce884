package workdocs

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/names"
	"github.com/docferry/docferry/upload"
)

const (
	// resolving limits how long one search for a draft may take.
	resolving = 15 * time.Second
	// clockTick is how long before its request a draft may seem to have been
	// created, because the service's Date header has whole seconds.
	clockTick = 2 * time.Second
	// markRange is the range of the random content-created timestamps. At the
	// millisecond precision that the API documents, it holds 3.6 million values.
	markRange = time.Hour
)

// newMark returns a content-created timestamp that no other request is likely to
// send. It is before modified, because content is created before it is modified.
func newMark(modified time.Time) time.Time {
	if modified.IsZero() {
		modified = time.Now()
	}
	back := rand.N(markRange) //nolint:gosec // it must be unique, not unpredictable
	return modified.Add(-back).Truncate(time.Millisecond)
}

// claimedMarks is how many marks are made from one claim. An upload begins at most four
// versions: two if an answer is lost, and again two if the upload URL expires.
const claimedMarks = 4

// nextMark returns the mark of the next version that the upload begins.
func (u *uploading) nextMark(modified time.Time) time.Time {
	u.begun++
	if u.to.Claim.Key == "" {
		return newMark(modified)
	}
	return claimedMark(u.to.Claim, u.begun-1, modified)
}

// claimedMark is like newMark, but returns the same mark for the same claim and number.
func claimedMark(c upload.Claim, n int, modified time.Time) time.Time {
	if modified.IsZero() {
		modified = c.Made
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", c.Key, n))
	back := time.Duration(binary.BigEndian.Uint64(sum[:]) % uint64(markRange))
	return modified.Add(-back).Truncate(time.Millisecond)
}

// kinship says whether a draft was made by a beginning whose answer was lost.
type kinship int

const (
	foreign kinship = iota // it is certainly another upload's
	maybe                  // it may be this upload's
	ours                   // it is certainly this upload's
)

// kin compares a draft with a beginning. Only the mark proves anything: another
// upload can have the same name, type, size, creator and time. The service may
// report the name in another Unicode form.
func (b beginning) kin(v *DocumentVersionMetadata, name string, notBefore time.Time) kinship {
	switch mark := v.ContentCreatedTimestamp; {
	case v.Status != DocumentStatusInitialized || !names.Same(v.Name, name):
		return foreign
	case mark.Equal(b.mark):
		return ours
	case !mark.IsZero() && mark.Sub(b.mark).Abs() >= time.Second:
		return foreign // a different mark; this upload's, truncated to seconds, would be nearer
	case v.CreatedTimestamp.Before(notBefore):
		return foreign
	}
	return maybe
}

// resolve handles the draft that a beginning without an answer may have made.
// If it returns no error, the upload may begin again; the drafts that it
// returns may be this upload's and must not be touched. An error is how the
// upload ends.
func (u *uploading) resolve(ctx context.Context, src upload.Source, b beginning, lost error) ([]upload.Ref, error) {
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), resolving)
	defer cancel()
	left, gone, err := u.search(asking, src.Name, b)
	ended := &upload.Error{Stage: upload.StageBegin, State: upload.StateUnknown, Err: lost, Left: left, Cleanup: err}
	switch {
	case err != nil:
		return nil, ended
	case !gone:
		u.lost, u.doubtful = append(u.lost, b), append(u.doubtful, left...)
	}
	switch {
	case ctx.Err() == nil:
		return left, nil
	case gone:
		ended.State = upload.StateRolledBack
	}
	return nil, ended
}

// search looks for the draft of a beginning, and aborts it if its mark proves
// that it is this upload's; gone reports whether it was aborted. The drafts in
// left are or may be this upload's, and still exist.
func (u *uploading) search(ctx context.Context, name string, b beginning) (left []upload.Ref, gone bool, err error) {
	var mine []upload.Ref
	err = u.drafts(ctx, b.at, func(document string, v *DocumentVersionMetadata, notBefore time.Time) {
		ref := upload.Ref{ID: document, Version: v.ID}
		if u.claimed(ref) {
			return // by this upload, or by another upload of this client
		}
		switch b.kin(v, name, notBefore) {
		case ours:
			mine = append(mine, ref)
		case maybe:
			left = append(left, ref)
		case foreign:
		}
	})
	if err != nil {
		return left, false, err
	}
	for _, ref := range mine {
		if err := u.abort(ctx, &upload.Slot{ID: ref.ID, Version: ref.Version}); err != nil {
			left = append(left, ref)
			continue
		}
		gone = true
	}
	return left, gone, nil
}

// drafts calls each for every draft in the folder or of the document. No draft
// that was created before notBefore, which is by the service's clock, can come
// from a request that was made at began. A listing with a member that cannot be read
// is an error, because it could hide a draft.
func (u *uploading) drafts(ctx context.Context, began time.Time,
	each func(document string, v *DocumentVersionMetadata, notBefore time.Time)) error {
	var meta docferry.Meta
	var notBefore time.Time
	consider := func(document string, v *DocumentVersionMetadata) {
		if notBefore.IsZero() {
			notBefore = serverTime(meta.Header).Add(-time.Since(began) - clockTick)
		}
		each(document, v, notBefore)
	}
	if u.to.DocumentID != "" {
		for v, err := range u.AllDocumentVersions(ctx, DescribeDocumentVersionsRequest{DocumentID: u.to.DocumentID,
			Include: string(DocumentStatusInitialized), AuthenticationToken: u.to.AuthenticationToken},
			call.Strict(docferry.WithMeta(&meta))...) {
			if err != nil {
				return err
			}
			consider(u.to.DocumentID, &v)
		}
		return nil
	}
	for page, err := range u.FolderContentsPages(ctx, DescribeFolderContentsRequest{FolderID: u.to.FolderID,
		Include: string(DocumentStatusInitialized), Type: FolderContentTypeDocument,
		AuthenticationToken: u.to.AuthenticationToken},
		call.Strict(docferry.WithMeta(&meta))...) {
		if err != nil {
			return err
		}
		for _, document := range page.Documents {
			consider(document.ID, &document.LatestVersionMetadata)
		}
	}
	return nil
}

// serverTime returns the time in an answer's Date header, or the local time if
// there is none.
func serverTime(h http.Header) time.Time {
	if t, err := http.ParseTime(h.Get("Date")); err == nil {
		return t
	}
	return time.Now()
}

// notBegun returns the error of an upload that could not begin again after an
// answer was lost. Its state is unknown while a lost draft has not been found.
func (u *uploading) notBegun(err error, left []upload.Ref) error {
	ended := &upload.Error{Stage: upload.StageBegin, State: upload.StateRolledBack, Err: err, Left: left}
	switch {
	case len(u.lost) > 0:
		ended.State = upload.StateUnknown
	case len(left) > 0:
		ended.State = upload.StateOrphaned
	}
	return ended
}

// named adds drafts to those that the error of an upload names.
func named(err error, left []upload.Ref) error {
	if ended, ok := errors.AsType[*upload.Error](err); ok {
		for _, ref := range left {
			if !slices.Contains(ended.Left, ref) {
				ended.Left = append(ended.Left, ref)
			}
		}
	}
	return err
}

// finish returns a function that completes the outcome of an upload. If the
// answer to a beginning was lost and its draft was not found, the function
// searches once more, and adds the drafts that have appeared since. If it finds
// the lost drafts, it removes those that were named only because they might
// have been this upload's.
func (u *uploading) finish(ctx context.Context, src upload.Source) func(*upload.Result, error) (*upload.Result, error) {
	return func(result *upload.Result, err error) (*upload.Result, error) {
		if len(u.lost) == 0 {
			return result, err
		}
		asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), resolving)
		defer cancel()
		var left []upload.Ref
		resolved := true
		for _, b := range u.lost {
			more, gone, err := u.search(asking, src.Name, b)
			if err != nil { // there may be a draft whose ID is not known
				more = append(more, upload.Ref{ID: u.to.DocumentID})
			}
			left = append(left, more...)
			resolved = resolved && gone
		}
		switch {
		case resolved: // the drafts that might have been this upload's are not
			left = nil
		case len(left) == 0 && u.to.Claim.Key != "": // a later run can look for what appears after this
			left = []upload.Ref{{ID: u.to.DocumentID}}
		}
		theirs := func(ref upload.Ref) bool { return resolved && slices.Contains(u.doubtful, ref) }
		if ended, ok := errors.AsType[*upload.Error](err); ok {
			_ = named(ended, left)
			if ended.Left = slices.DeleteFunc(ended.Left, theirs); resolved && ended.State == upload.StateOrphaned &&
				len(ended.Left) == 0 {
				ended.State = upload.StateRolledBack
			}
			if !resolved && (ended.State == upload.StateRolledBack || ended.State == upload.StateNotStarted ||
				ended.State == upload.StateOrphaned) {
				ended.State = upload.StateUnknown // a draft may still appear
			}
			return nil, ended
		}
		for _, ref := range left {
			if !slices.Contains(result.Left, ref) {
				result.Left = append(result.Left, ref)
			}
		}
		result.Left = slices.DeleteFunc(result.Left, theirs)
		return result, err
	}
}

// claim records that this upload was given a draft, so that no other upload of
// this client mistakes it for its own.
func (u *uploading) claim(ref upload.Ref) {
	u.draftsMu.Lock()
	defer u.draftsMu.Unlock()
	u.own = append(u.own, ref)
	if u.draftsHeld == nil {
		u.draftsHeld = make(map[upload.Ref]bool)
	}
	u.draftsHeld[ref] = true
}

// claimed reports whether a draft was given to an upload of this client that is
// in progress.
func (u *uploading) claimed(ref upload.Ref) bool {
	u.draftsMu.Lock()
	defer u.draftsMu.Unlock()
	return u.draftsHeld[ref]
}

// release ends the claims of this upload.
func (u *uploading) release() {
	u.draftsMu.Lock()
	defer u.draftsMu.Unlock()
	for _, ref := range u.own {
		delete(u.draftsHeld, ref)
	}
}

func isCode(err error, code string) bool {
	refused, ok := errors.AsType[*docferry.Error](err)
	return ok && refused.Code == code
}
