package connectparticipant

import (
	"context"
	"iter"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/internal/call"
)

// Transcript ranges over the transcript of the chat as it is now: from the first
// item of the chat to the newest, over all pages. In a chat that continues an
// earlier one, the transcript begins with what the service shows of that one.
//
// Transcript requests each page when the range reaches it, with the connection
// token of the Chat, which is renewed when it expires. Each range starts over. An
// error is yielded once and ends the range: it is [ErrChatEnded] if the service no
// longer admits the participant to the chat, otherwise that of
// [Client.GetTranscript]. An entry of an unexpected form is left out, and a member
// of one stays zero: neither costs the other items.
//
// Transcript and Events know nothing of each other: an item that one has shown is
// shown by the other too. Any number of ranges over Transcript may be under way at
// the same time, and Transcript may still be called after Close.
//
// API: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_GetTranscript.html
func (ch *Chat) Transcript(ctx context.Context) iter.Seq2[Item, error] {
	list := func(
		ctx context.Context, req GetTranscriptRequest, opts ...docferry.CallOption,
	) (*GetTranscriptResponse, error) {
		return withToken(ctx, ch, func(token docferry.Secret) (*GetTranscriptResponse, error) {
			req.ConnectionToken = token
			return ch.client.GetTranscript(ctx, req, opts...)
		})
	}
	req := GetTranscriptRequest{MaxResults: 100, ScanDirection: ScanDirectionForward, SortOrder: SortKeyAscending}
	pages := call.Pages(ctx, ch.client.core, getTranscript, list, req, nil,
		func(r *GetTranscriptRequest) *string { return &r.NextToken },
		func(p *GetTranscriptResponse) string { return p.NextToken })
	return func(yield func(Item, error) bool) {
		before := map[string]bool{}
		call.Items(pages, func(p *GetTranscriptResponse) []Item { return unseen(p.Transcript, &before) })(yield)
	}
}
