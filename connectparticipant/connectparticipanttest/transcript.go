package connectparticipanttest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// defaultPage is the documented number of items on a page.
const defaultPage = 10

// transcriptAnswer is the answer of GetTranscript.
type transcriptAnswer struct {
	InitialContactID string `json:"InitialContactId"`
	Transcript       []Item
	NextToken        string `json:",omitempty"`
}

// transcriptQuery is what all pages of one listing have in common.
type transcriptQuery struct {
	chat      *Chat
	direction string
	order     string
	// start is the fingerprint of StartPosition; "" if it is absent.
	start string
}

// getTranscript returns a page of the transcript. Positions count from the
// oldest item, and items are only ever appended, so pages never shift. That
// SortOrder sorts the items within a page, and does not choose the pages, is
// inferred.
func (s *Server) getTranscript(c *call) (any, *refusal) {
	// The start becomes part of the page token: see token.
	start := c.in.object("StartPosition")
	// As documented, a scan goes forward if there is a start position.
	raw, scan := "", "BACKWARD"
	if start != nil {
		raw, scan = start.fingerprint(), "FORWARD"
	}
	q := transcriptQuery{
		chat:      c.who.chat,
		direction: c.in.choice("ScanDirection", scan, "FORWARD", "BACKWARD"),
		order:     c.in.choice("SortOrder", "DESCENDING", "DESCENDING", "ASCENDING"),
		start:     raw,
	}
	contact := c.in.text("ContactId", 1, 256, false)
	size, _ := c.in.number("MaxResults", 0, 100, false)
	next := c.in.text("NextToken", 1, 1000, false)
	if no := c.in.done(); no != nil {
		return nil, no
	}
	// A chat here is a chain of one contact, so every other contact is foreign.
	if contact != "" && contact != c.who.chat.ContactID {
		return nil, denied("the contact is not part of this chat")
	}
	from, no := q.begin(start)
	if next != "" && no == nil {
		from, no = q.resume(next)
	}
	if no != nil {
		return nil, no
	}
	return q.page(from, s.pageSize(int(size))), nil
}

// pageSize returns the number of items on a page. That 0 means the default is
// inferred.
func (s *Server) pageSize(n int) int {
	if n == 0 {
		n = defaultPage
	}
	if s.limits.page > 0 {
		n = min(n, s.limits.page)
	}
	return n
}

// page returns up to n items. from is the position of the first item of a
// forward scan, and the position after the first item of a backward scan.
func (q transcriptQuery) page(from, n int) transcriptAnswer {
	low, high := from, min(from+n, len(q.chat.items))
	rest, more := high, high < len(q.chat.items)
	if q.direction == "BACKWARD" {
		low, high = max(from-n, 0), from
		rest, more = low, low > 0
	}
	a := transcriptAnswer{InitialContactID: q.chat.ContactID, Transcript: make([]Item, 0, n)}
	for _, item := range q.chat.items[low:high] {
		a.Transcript = append(a.Transcript, item.clone())
	}
	if q.order == "DESCENDING" {
		slices.Reverse(a.Transcript)
	}
	if more {
		a.NextToken = q.token(rest)
	}
	return a
}

// begin returns where the first page starts. It is inferred that the item at
// the start position is included, and that a scan without a position starts at
// the end from which it comes.
func (q transcriptQuery) begin(start *input) (int, *refusal) {
	last := len(q.chat.items)
	if start == nil {
		if q.direction == "FORWARD" {
			return 0, nil
		}
		return last, nil
	}
	given := len(start.members)
	id := start.text("Id", 1, 256, false)
	at := start.text("AbsoluteTime", 1, 100, false)
	recent, byRecent := start.number("MostRecent", 0, 100, false)
	if no := start.done(); no != nil {
		return 0, no
	}
	// The members are alternatives, and the model does not say which would win.
	if given != 1 {
		return 0, invalid("StartPosition: must have exactly one of Id, AbsoluteTime, MostRecent")
	}
	switch {
	case byRecent:
		return q.at(last - max(int(recent), 1)), nil
	case id != "":
		i := slices.IndexFunc(q.chat.items, func(item *Item) bool { return item.ID == id })
		if i < 0 {
			return 0, invalid("StartPosition.Id: no item has this id")
		}
		return q.at(i), nil
	}
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return 0, invalid("StartPosition.AbsoluteTime: must be a time in ISO 8601")
	}
	return q.since(t), nil
}

// at returns where a scan starts that includes item i.
func (q transcriptQuery) at(i int) int {
	i = max(i, 0)
	if q.direction == "BACKWARD" {
		return min(i+1, len(q.chat.items))
	}
	return i
}

// since returns where a scan starts that includes the items with the time t. An
// item whose time cannot be parsed counts as having the time of the one before
// it.
func (q transcriptQuery) since(t time.Time) int {
	for i, item := range q.chat.items {
		said, err := time.Parse(time.RFC3339, item.AbsoluteTime)
		if err != nil {
			continue
		}
		// A forward scan starts with the first item at t or later, and a
		// backward scan with the last item at t or earlier.
		if q.direction == "FORWARD" && !said.Before(t) || said.After(t) {
			return i
		}
	}
	return len(q.chat.items)
}

// token returns the NextToken for a position. It contains a hash over the
// query, so that it is accepted with the same query only.
func (q transcriptQuery) token(position int) string {
	text, _ := json.Marshal([]string{q.chat.ContactID, q.direction, q.order, q.start, strconv.Itoa(position)})
	seal := sha256.Sum256(text)
	return base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(position) + " " + string(seal[:])))
}

// resume returns the position in a NextToken, or an error if the token was not
// returned for this query.
func (q transcriptQuery) resume(token string) (int, *refusal) {
	text, err := base64.StdEncoding.DecodeString(token)
	number, _, ok := strings.Cut(string(text), " ")
	position, bad := strconv.Atoi(number)
	if err != nil || !ok || bad != nil || position < 0 || position > len(q.chat.items) || q.token(position) != token {
		return 0, invalid("NextToken: was not returned for this query")
	}
	return position, nil
}
