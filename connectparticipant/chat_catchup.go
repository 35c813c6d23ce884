package connectparticipant

import (
	"context"
	"errors"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
	"github.com/docferry/docferry/internal/option"
	"github.com/go-json-experiment/json/jsontext"
)

// readTail delivers what can still be read of a chat that no longer admits the
// participant, since the service may accept the connection token for a while. If
// that does not include the end of the chat, the refusal is the error; but not if
// the participant has left, or if what may be the end of the chat was delivered.
func (f *follower) readTail(ctx context.Context, yield func(Event, error) bool, refused error) error {
	f.behind = true
	err := f.catchUp(ctx, yield)
	if errors.Is(err, errOver) {
		return err
	}
	if f.chat.live.hasLeft() || f.maybe {
		return f.over()
	}
	return chatEnded(refused)
}

// transcriptPage is a page of a transcript whose items are still JSON. They are
// decoded one by one, so that an item of an unexpected form does not cost the
// others on its page.
type transcriptPage struct {
	Transcript []jsontext.Value `json:"Transcript,omitzero,needed"`
	NextToken  string           `json:"NextToken,omitzero,needed"`
}

// catchUp delivers what the transcript holds and was not delivered yet.
func (f *follower) catchUp(ctx context.Context, yield func(Event, error) bool) error {
	for f.behind {
		from, gaps := f.history.start(), f.gaps
		err := f.readUp(ctx, StartPosition{ID: from.id}, yield)
		// The service refuses an ID that the transcript does not have. A websocket
		// may show such an item, or show it earlier: then its time has to do.
		if errors.Is(err, docferry.ErrInvalid) && from.id != "" && !from.at.IsZero() {
			err = f.readUp(ctx, StartPosition{AbsoluteTime: from.at}, yield)
		}
		switch {
		case err == nil:
			f.behind = f.gaps != gaps // another connection was made meanwhile
		case errors.Is(err, docferry.ErrInvalid) && from.id != f.history.last.id:
			// This was an earlier item, read again only because it may have changed.
			f.history.forget(from.id)
		default:
			return err
		}
	}
	return nil
}

// readUp delivers what is new in the transcript from a position on.
//
// An item that says that a chat has ended is held back until the next one is
// known. If there is one, from another contact, then it was an earlier chat that
// has ended, which this one continues.
func (f *follower) readUp(ctx context.Context, from StartPosition, yield func(Event, error) bool) error {
	ch := f.chat
	req := GetTranscriptRequest{MaxResults: 100, ScanDirection: ScanDirectionForward,
		SortOrder: SortKeyAscending, StartPosition: from}
	// After a connection was lost, an answer is not waited for as long as usual.
	patience := func(o *option.Call) { o.Answer = ch.attempt(f.attempt).answer }
	list := func(ctx context.Context, req GetTranscriptRequest, opts ...docferry.CallOption) (*transcriptPage, error) {
		return withToken(ctx, ch, func(token docferry.Secret) (*transcriptPage, error) {
			req.ConnectionToken = token
			return call.Do[transcriptPage](ctx, ch.client.core, getTranscript, req, append(opts, patience))
		})
	}
	pages := call.Pages(ctx, ch.client.core, getTranscript, list, req, nil,
		func(r *GetTranscriptRequest) *string { return &r.NextToken },
		func(p *transcriptPage) string { return p.NextToken })
	var held *Event
	for page, err := range pages {
		if err != nil {
			return err
		}
		for _, raw := range page.Transcript {
			e := newEvent(raw)
			if held != nil {
				held.past = e.contact() != "" && held.contact() != "" && e.contact() != held.contact()
				if err := f.deliver(ctx, *held, true, yield); err != nil {
					return err
				}
			}
			if held = nil; e.isEnd() {
				held = &e
				continue
			}
			if err := f.deliver(ctx, e, true, yield); err != nil {
				return err
			}
		}
	}
	if held == nil {
		return nil
	}
	return f.deliver(ctx, *held, true, yield)
}
