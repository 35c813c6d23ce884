package connectparticipanttest_test

import (
	"slices"
	"testing"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/google/go-cmp/cmp"
)

func TestChats(t *testing.T) {
	srv := newServer(t)
	first, second := srv.NewChat(), srv.NewChat()
	first.End()
	chats := srv.Chats()
	if len(chats) != 2 || chats[0] != first || chats[1] != second {
		t.Fatalf("%d chats: %v", len(chats), chats)
	}
	if !first.Ended() || second.Ended() {
		t.Errorf("ended: %v and %v, want only the first", first.Ended(), second.Ended())
	}
	chats[0] = nil
	if srv.Chats()[0] != first {
		t.Error("the list can be changed from outside")
	}
}

// Attachments has what the transcript lacks: uploads that were not completed.
func TestChatAttachments(t *testing.T) {
	srv := newServer(t)
	chat := srv.NewChat()
	customer := connect(t, srv, chat, "CUSTOMER", "Ana")
	started := must(t, srv, "StartAttachmentUpload", customer, note)
	done := upload(t, srv, customer, "done.txt", "done")
	want := []connectparticipanttest.AttachmentItem{
		{ContentType: "text/plain", AttachmentID: started.text("AttachmentId"), AttachmentName: "note.txt"},
		{ContentType: "text/plain", AttachmentID: done, AttachmentName: "done.txt", Status: "APPROVED"},
	}
	if diff := cmp.Diff(want, chat.Attachments()); diff != "" {
		t.Errorf("attachments (-want +got):\n%s", diff)
	}
	if got := srv.NewChat().Attachments(); len(got) != 0 {
		t.Errorf("another chat has %v", got)
	}
}

// Every name that Operations returns is one that Next and Keep accept.
func TestOperationNames(t *testing.T) {
	srv := newServer(t)
	names := srv.Operations()
	for name := range routes {
		if !slices.Contains(names, name) {
			t.Errorf("%s is missing", name)
		}
	}
	for _, name := range names {
		srv.Keep(name, connectparticipanttest.LoseRequest())()
	}
}
