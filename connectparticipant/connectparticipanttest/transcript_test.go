package connectparticipanttest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

// contents returns what the items of a page say, in order.
func contents(r reply) []string {
	got := []string{}
	list, _ := r.at("Transcript").([]any)
	for _, item := range list {
		text, _ := item.(object)["Content"].(string)
		got = append(got, text)
	}
	return got
}

// pages lists until there is no NextToken. before runs before each page.
func pages(t *testing.T, srv *connectparticipanttest.Server, token string, query object, before func()) [][]string {
	t.Helper()
	var all [][]string
	for query = with(query, nil); ; {
		before()
		r := must(t, srv, "GetTranscript", token, query)
		all = append(all, contents(r))
		next := r.text("NextToken")
		if next == "" {
			return all
		}
		query["NextToken"] = next
	}
}

func TestGetTranscript(t *testing.T) {
	srv := newServer(t)
	clock := newClock(srv)
	chat := srv.NewChat()
	token := connect(t, srv, chat, "CUSTOMER", "Ana")
	var ids, times []string
	for i := range 7 {
		clock.advance(time.Second)
		item := chat.Say(fmt.Sprint(i))
		ids, times = append(ids, item.ID), append(times, item.AbsoluteTime)
	}
	// The join comes first and says nothing.
	for _, test := range []struct {
		name  string
		query object
		want  [][]string
	}{
		{"defaults", object{}, [][]string{{"6", "5", "4", "3", "2", "1", "0", ""}}},
		{"pages", object{"MaxResults": 3}, [][]string{{"6", "5", "4"}, {"3", "2", "1"}, {"0", ""}}},
		{"ascending", object{"MaxResults": 3, "SortOrder": "ASCENDING"},
			[][]string{{"4", "5", "6"}, {"1", "2", "3"}, {"", "0"}}},
		{"forward", object{"MaxResults": 5, "ScanDirection": "FORWARD", "SortOrder": "ASCENDING"},
			[][]string{{"", "0", "1", "2", "3"}, {"4", "5", "6"}}},
		{"forward descending", object{"MaxResults": 5, "ScanDirection": "FORWARD"},
			[][]string{{"3", "2", "1", "0", ""}, {"6", "5", "4"}}},
		{"exact page", object{"MaxResults": 8}, [][]string{{"6", "5", "4", "3", "2", "1", "0", ""}}},
		{"from id", object{"StartPosition": object{"Id": ids[5]}, "SortOrder": "ASCENDING"}, [][]string{{"5", "6"}}},
		{"back from id", object{"StartPosition": object{"Id": ids[1]}, "ScanDirection": "BACKWARD"},
			[][]string{{"1", "0", ""}}},
		{"from time", object{"StartPosition": object{"AbsoluteTime": times[5]}}, [][]string{{"6", "5"}}},
		{"from between", object{"StartPosition": object{"AbsoluteTime": "2026-03-04T05:06:13.000Z"}}, [][]string{{"6", "5"}}},
		{"back from time", object{"StartPosition": object{"AbsoluteTime": times[1]}, "ScanDirection": "BACKWARD"},
			[][]string{{"1", "0", ""}}},
		{"after all", object{"StartPosition": object{"AbsoluteTime": "2030-01-01T00:00:00Z"}}, [][]string{{}}},
		{"most recent", object{"StartPosition": object{"MostRecent": 2}}, [][]string{{"6", "5"}}},
		{"most recent 0", object{"StartPosition": object{"MostRecent": 0}}, [][]string{{"6"}}},
		{"more recent than there are", object{"StartPosition": object{"MostRecent": 100}, "MaxResults": 2},
			[][]string{{"0", ""}, {"2", "1"}, {"4", "3"}, {"6", "5"}}},
		{"back from most recent", object{"StartPosition": object{"MostRecent": 6}, "ScanDirection": "BACKWARD"},
			[][]string{{"1", "0", ""}}},
		{"pages from id", object{"StartPosition": object{"Id": ids[3]}, "MaxResults": 2, "SortOrder": "ASCENDING",
			"ContactId": chat.ContactID}, [][]string{{"3", "4"}, {"5", "6"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, pages(t, srv, token, test.query, func() {})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	srv.SetPageSize(6)
	if got := pages(t, srv, token, object{"MaxResults": 100}, func() {}); len(got) != 2 || len(got[0]) != 6 {
		t.Errorf("pages of 6: %q", got)
	}
	r := must(t, srv, "GetTranscript", token, object{"MaxResults": 1})
	if got := r.text("InitialContactId"); got != chat.ContactID {
		t.Errorf("InitialContactId is %q", got)
	}
}

func TestTranscriptWhileItGrows(t *testing.T) {
	srv := newServer(t)
	chat := srv.NewChat()
	token := connect(t, srv, chat, "CUSTOMER", "Ana")
	n := 0
	say := func() { chat.Say(fmt.Sprint(n)); n++ }
	for range 5 {
		say()
	}
	back := pages(t, srv, token, object{"MaxResults": 2}, say)
	if diff := cmp.Diff([][]string{{"5", "4"}, {"3", "2"}, {"1", "0"}, {""}}, back); diff != "" {
		t.Errorf("backward (-want +got):\n%s", diff)
	}
	forward := pages(t, srv, token, object{"MaxResults": 3, "ScanDirection": "FORWARD", "SortOrder": "ASCENDING"}, say)
	if diff := cmp.Diff([][]string{{"", "0", "1"}, {"2", "3", "4"}, {"5", "6", "7"}, {"8", "9", "10"}, {"11", "12", "13"}},
		forward); diff != "" {
		t.Errorf("forward (-want +got):\n%s", diff)
	}
}

func TestGetTranscriptRefuses(t *testing.T) {
	srv := newServer(t)
	chat := srv.NewChat()
	token := connect(t, srv, chat, "CUSTOMER", "Ana")
	chat.Say("hello")
	next := must(t, srv, "GetTranscript", token, object{"MaxResults": 1}).text("NextToken")
	for _, test := range []struct {
		query object
		part  string
	}{
		{object{"MaxResults": 101}, "MaxResults"},
		{object{"MaxResults": -1}, "MaxResults"},
		{object{"ScanDirection": "UP"}, "ScanDirection"},
		{object{"SortOrder": ""}, "SortOrder"},
		{object{"StartPosition": object{"Id": "x", "MostRecent": 1}}, "exactly one"},
		{object{"StartPosition": object{"Id": "x"}}, "StartPosition.Id"},
		{object{"StartPosition": object{"Id": ""}}, "StartPosition.Id"},
		{object{"StartPosition": object{"AbsoluteTime": "yesterday"}}, "StartPosition.AbsoluteTime"},
		{object{"StartPosition": object{"MostRecent": 101}}, "StartPosition.MostRecent"},
		{object{"StartPosition": object{"Index": 1}}, "StartPosition.Index"},
		{object{"StartPosition": "x"}, "StartPosition"},
		{object{"NextToken": ""}, "NextToken"},
		{object{"NextToken": "MTIz"}, "NextToken"},
		{object{"NextToken": "!"}, "NextToken"},
		{object{"NextToken": next, "SortOrder": "ASCENDING"}, "NextToken"},
		{object{"NextToken": next, "StartPosition": object{"MostRecent": 1}}, "NextToken"},
		{object{"ContactId": ""}, "ContactId"},
		{object{"Contact": "x"}, "Contact"},
	} {
		refused(t, srv, "GetTranscript", token, test.query, 400, "ValidationException", test.part)
	}
	refused(t, srv, "GetTranscript", token, object{"ContactId": "x"}, 403, "AccessDeniedException", "contact")
	other := connect(t, srv, srv.NewChat(), "CUSTOMER", "Eve")
	refused(t, srv, "GetTranscript", other, object{"NextToken": next}, 400, "ValidationException", "NextToken")
	must(t, srv, "GetTranscript", token, object{"NextToken": next, "MaxResults": 5})
}

// amazon-connect-chatjs always sends a StartPosition, which is empty unless a
// program gives one.
func TestEmptyStartPosition(t *testing.T) {
	srv := newServer(t)
	chat := srv.NewChat()
	token := connect(t, srv, chat, "CUSTOMER", "Ana")
	id := chat.Say("0").ID
	for i := 1; i < 4; i++ {
		chat.Say(fmt.Sprint(i))
	}
	for _, start := range []string{`{}`, `null`, `{"Id":null,"MostRecent":null}`} {
		query := `{"MaxResults":2,"StartPosition":` + start
		first := must(t, srv, "GetTranscript", token, query+"}")
		if diff := cmp.Diff([]string{"3", "2"}, contents(first)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", start, diff)
		}
		// The next page may have any of them, or none.
		next := `"MaxResults":2,"NextToken":"` + first.text("NextToken") + `"`
		for _, query := range []string{`{` + next + `}`, `{` + next + `,"StartPosition":{}}`} {
			if diff := cmp.Diff([]string{"1", "0"}, contents(must(t, srv, "GetTranscript", token, query))); diff != "" {
				t.Errorf("%s after %s (-want +got):\n%s", query, start, diff)
			}
		}
	}
	r := must(t, srv, "GetTranscript", token, `{"MaxResults":1,"StartPosition":{"AbsoluteTime":null,"Id":"`+id+`"}}`)
	if diff := cmp.Diff([]string{"0"}, contents(r)); diff != "" {
		t.Errorf("a start with a null beside (-want +got):\n%s", diff)
	}
}

func TestItemsOfATest(t *testing.T) {
	srv := newServer(t)
	chat := srv.NewChat()
	token := connect(t, srv, chat, "CUSTOMER", "Ana")
	past := connectparticipanttest.Item{
		ID: "past", AbsoluteTime: "garbage", Type: "SURPRISE", Content: "old", RelatedContactID: "contact",
		Attachments:     []connectparticipanttest.AttachmentItem{{AttachmentID: "a", Status: "NEW"}},
		MessageMetadata: &connectparticipanttest.MessageMetadata{MessageID: "past"},
	}
	if diff := cmp.Diff(past, chat.Add(past)); diff != "" {
		t.Errorf("Add changed the item (-want +got):\n%s", diff)
	}
	if got := chat.Add(connectparticipanttest.Item{ContentType: event + "transfer.succeeded"}); got.Type != "EVENT" ||
		got.ContactID != chat.ContactID {
		t.Errorf("Add made %+v", got)
	}
	past.Attachments[0].Status = "changed"
	if got := chat.Transcript()[1]; got.Attachments[0].Status != "NEW" {
		t.Error("the server shares memory with its caller")
	}
	r := must(t, srv, "GetTranscript", token, object{"StartPosition": object{"AbsoluteTime": "2000-01-01T00:00:00Z"}})
	if got := len(contents(r)); got != 3 {
		t.Errorf("%d items, want 3", got)
	}
}
