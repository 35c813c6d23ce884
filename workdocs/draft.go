package workdocs

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

const (
	// resolving bounds the search for a draft whose answer was lost.
	resolving = 15 * time.Second
	// clockTick is how much earlier than the request its draft may seem, as
	// the service's Date has whole seconds.
	clockTick = 2 * time.Second
)

// removeLost finds and aborts the draft that an InitiateDocumentVersionUpload
// without an answer may have made. Nil means that there is none any more, and
// that beginning again is worth it. A draft that somebody else may have made
// is left alone.
func (d *destination) removeLost(ctx context.Context, src upload.Source, began time.Time, lost error) error {
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), resolving)
	defer cancel()
	mine, err := d.lostDrafts(asking, src, began)
	if err != nil {
		return &upload.Error{Stage: upload.StageBegin, State: upload.StateUnknown, Err: lost, Cleanup: err}
	}
	switch {
	case len(mine) > 1:
		return &upload.Error{Stage: upload.StageBegin, State: upload.StateUnknown, Err: lost, Left: mine,
			Cleanup: errors.New("several drafts of this name were begun at the same time; at most one is this upload's")}
	case len(mine) == 1:
		if err := d.abort(asking, &upload.Slot{ID: mine[0].ID, Version: mine[0].Version}); err != nil {
			return &upload.Error{Stage: upload.StageBegin, State: upload.StateOrphaned, Err: lost, Left: mine, Cleanup: err}
		}
	}
	switch {
	case ctx.Err() == nil:
		return nil
	case len(mine) == 1:
		return &upload.Error{Stage: upload.StageBegin, State: upload.StateRolledBack, Err: lost}
	}
	// The caller did not wait. The draft may yet appear.
	return &upload.Error{Stage: upload.StageBegin, State: upload.StateUnknown, Err: lost}
}

// lostDrafts returns the drafts that look like this upload's: of the name and
// type of the source, and begun since. The service's own clock decides.
func (d *destination) lostDrafts(ctx context.Context, src upload.Source, began time.Time) ([]upload.Ref, error) {
	var meta docferry.Meta
	var since time.Time
	var mine []upload.Ref
	consider := func(document string, v DocumentVersionMetadata) {
		if since.IsZero() {
			since = serverTime(meta.Header).Add(-time.Since(began) - clockTick)
		}
		if v.Status == DocumentStatusInitialized && v.Name == src.Name && !v.CreatedTimestamp.Before(since) &&
			(v.ContentType == "" || v.ContentType == src.ContentType) {
			mine = append(mine, upload.Ref{ID: document, Version: v.ID})
		}
	}
	if d.to.DocumentID != "" {
		for v, err := range d.AllDocumentVersions(ctx, DescribeDocumentVersionsRequest{DocumentID: d.to.DocumentID,
			Include: string(DocumentStatusInitialized), AuthenticationToken: d.to.AuthenticationToken}, docferry.WithMeta(&meta)) {
			if err != nil {
				return nil, err
			}
			consider(d.to.DocumentID, v)
		}
		return mine, nil
	}
	for page, err := range d.FolderContentsPages(ctx, DescribeFolderContentsRequest{FolderID: d.to.FolderID,
		Include: string(DocumentStatusInitialized), Type: FolderContentTypeDocument, AuthenticationToken: d.to.AuthenticationToken},
		docferry.WithMeta(&meta)) {
		if err != nil {
			return nil, err
		}
		for _, document := range page.Documents {
			consider(document.ID, document.LatestVersionMetadata)
		}
	}
	return mine, nil
}

// serverTime is the service's clock, as of an answer.
func serverTime(h http.Header) time.Time {
	if t, err := http.ParseTime(h.Get("Date")); err == nil {
		return t
	}
	return time.Now()
}

func isCode(err error, code string) bool {
	refused, ok := errors.AsType[*docferry.Error](err)
	return ok && refused.Code == code
}
