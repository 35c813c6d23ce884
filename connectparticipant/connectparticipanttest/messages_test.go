package connectparticipanttest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

const event = "application/vnd.amazonaws.connect.event."

func TestSendMessage(t *testing.T) {
	srv := newServer(t)
	clock := newClock(srv)
	chat := srv.NewChat()
	invited := chat.Join("CUSTOMER", "Ana")
	token := must(t, srv, "CreateParticipantConnection", invited, object{"Type": []string{"CONNECTION_CREDENTIALS"}}).
		text("ConnectionCredentials", "ConnectionToken")

	clock.advance(time.Second)
	hello := object{"ContentType": "text/plain", "Content": "hello", "ClientToken": "1"}
	sent := must(t, srv, "SendMessage", token, hello)
	if again := must(t, srv, "SendMessage", token, hello); !cmp.Equal(sent.body, again.body) {
		t.Errorf("the same ClientToken answers %v, then %v", sent.body, again.body)
	}
	must(t, srv, "SendMessage", token, with(hello, object{"ClientToken": nil}))
	must(t, srv, "SendMessage", token, with(hello, object{"ClientToken": nil}))
	items := chat.Transcript()
	if len(items) != 4 {
		t.Fatalf("%d items, want a join and three messages", len(items))
	}
	want := connectparticipanttest.Item{
		AbsoluteTime: "2026-03-04T05:06:08.089Z", Content: "hello", ContentType: "text/plain", ID: sent.text("Id"),
		Type:          "MESSAGE",
		ParticipantID: chat.ParticipantID(invited), DisplayName: "Ana", ParticipantRole: "CUSTOMER",
		ContactID: chat.ContactID,
	}
	if diff := cmp.Diff(want, items[1]); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
	if got := sent.text("AbsoluteTime"); got != want.AbsoluteTime {
		t.Errorf("sent at %s", got)
	}
	if got := chat.Say("welcome"); got.ParticipantRole != "SYSTEM" || got.ID == "" ||
		!cmp.Equal(got, chat.Transcript()[4]) {
		t.Errorf("the system says %+v", got)
	}
}

func TestSendMessageRefuses(t *testing.T) {
	srv := newServer(t)
	token := connect(t, srv, srv.NewChat(), "CUSTOMER", "Ana")
	hello := object{"ContentType": "text/plain", "Content": "hello"}
	for _, test := range []struct {
		name string
		body any
		part string
	}{
		{"no type", with(hello, object{"ContentType": nil}), "ContentType: is required"},
		{"another type", with(hello, object{"ContentType": "text/html"}), "ContentType"},
		{"no content", with(hello, object{"Content": nil}), "Content: is required"},
		{"empty", with(hello, object{"Content": ""}), "Content"},
		{"long", with(hello, object{"Content": strings.Repeat("é", 1025)}), "Content"},
		{"null", with(hello, object{"Content": (*string)(nil)}), "Content: is required"},
		{"bad JSON", object{"ContentType": "application/json", "Content": "{"}, "Content"},
		{"long ClientToken", with(hello, object{"ClientToken": strings.Repeat("x", 501)}), "ClientToken"},
		{"unknown member", with(hello, object{"Text": "x"}), "Text"},
		{"not JSON", "{", "JSON"},
		{"not an object", "[]", "JSON"},
		{"null body", "null", "JSON"},
		{"no body", nil, "is required"},
	} {
		t.Run(test.name, func(t *testing.T) {
			refused(t, srv, "SendMessage", token, test.body, 400, "ValidationException", test.part)
		})
	}
	for contentType, content := range map[string]string{
		"text/plain":       strings.Repeat("é", 1024),
		"text/markdown":    "*hello*",
		"application/json": `{"a":"` + strings.Repeat("x", 11992) + `"}`,
		"application/vnd.amazonaws.connect.message.interactive.response": strings.Repeat("x", 12288),
	} {
		must(t, srv, "SendMessage", token, object{"ContentType": contentType, "Content": content})
	}
	refused(t, srv, "SendMessage", token, strings.Repeat(" ", 1<<20+1), 413, "RequestEntityTooLargeException", "large")
	if r := do(t, srv, "POST /participant/message?x=1", token, hello); r.status != 400 ||
		!strings.Contains(r.text("Message"), "x: ") {
		t.Errorf("a query parameter: %d %v", r.status, r.body)
	}
}

func TestMessageProcessing(t *testing.T) {
	srv := newServer(t)
	srv.SetProcessing(func(content string) string {
		if content == "hello" {
			return "PROCESSING"
		}
		return ""
	})
	chat := srv.NewChat()
	token := connect(t, srv, chat, "CUSTOMER", "Ana")
	sent := must(t, srv, "SendMessage", token, object{"ContentType": "text/plain", "Content": "hello"})
	if got := sent.text("MessageMetadata", "MessageProcessingStatus"); got != "PROCESSING" {
		t.Errorf("the answer says %q", got)
	}
	want := &connectparticipanttest.MessageMetadata{MessageID: sent.text("Id"), MessageProcessingStatus: "PROCESSING"}
	if diff := cmp.Diff(want, chat.Transcript()[1].MessageMetadata); diff != "" {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
	sent = must(t, srv, "SendMessage", token, object{"ContentType": "text/plain", "Content": "bye"})
	if got := sent.at("MessageMetadata"); got != nil {
		t.Errorf("the answer has %v", got)
	}
}

func TestReceipts(t *testing.T) {
	srv := newServer(t)
	clock := newClock(srv)
	chat := srv.NewChat()
	ana := connect(t, srv, chat, "CUSTOMER", "Ana")
	invited := chat.Join("AGENT", "Ben")
	ben := must(t, srv, "CreateParticipantConnection", invited, object{"Type": []string{"CONNECTION_CREDENTIALS"}}).
		text("ConnectionCredentials", "ConnectionToken")
	id := must(t, srv, "SendMessage", ana, object{"ContentType": "text/plain", "Content": "hello"}).text("Id")
	content := `{"messageId":"` + id + `"}`
	receipt := func(kind, content string) object {
		return object{"ContentType": event + "message." + kind, "Content": content, "ClientToken": kind}
	}

	refused(t, srv, "SendEvent", ana, receipt("read", content), 400, "ValidationException", "Content")
	refused(t, srv, "SendEvent", ben, receipt("read", `{"messageId":"x"}`), 400, "ValidationException", "Content")
	refused(t, srv, "SendEvent", ben, receipt("read", "x"), 400, "ValidationException", "Content")

	sent := must(t, srv, "SendEvent", ben, receipt("delivered", content))
	clock.advance(time.Second)
	if again := must(t, srv, "SendEvent", ben, receipt("delivered", content)); !cmp.Equal(sent.body, again.body) {
		t.Errorf("the same ClientToken answers %v, then %v", sent.body, again.body)
	}
	must(t, srv, "SendEvent", ben, receipt("read", content))
	clock.advance(time.Second)
	must(t, srv, "SendEvent", ben, with(receipt("read", content), object{"ClientToken": "other"}))

	items := chat.Transcript()
	want := &connectparticipanttest.MessageMetadata{MessageID: id, Receipts: []connectparticipanttest.Receipt{{
		DeliveredTimestamp: "2026-03-04T05:06:07.089Z", ReadTimestamp: "2026-03-04T05:06:08.089Z",
		RecipientParticipantID: chat.ParticipantID(invited),
	}}}
	if diff := cmp.Diff(want, items[len(items)-1].MessageMetadata); diff != "" || len(items) != 3 {
		t.Errorf("%d items, metadata (-want +got):\n%s", len(items), diff)
	}

	connect(t, srv, chat, "SUPERVISOR", "Cleo")
	refused(t, srv, "SendEvent", ben, with(receipt("read", content), object{"ClientToken": "third"}), 409,
		"ConflictException", "two participants")
}

// TestEventTokenReuse sends receipts as amazon-connect-chatjs does: all with one
// ClientToken.
func TestEventTokenReuse(t *testing.T) {
	srv := newServer(t)
	chat := srv.NewChat()
	ana, ben := connect(t, srv, chat, "CUSTOMER", "Ana"), connect(t, srv, chat, "AGENT", "Ben")
	hello := object{"ContentType": "text/plain", "Content": "hello", "ClientToken": "1"}
	first, second := chat.Say("first"), must(t, srv, "SendMessage", ana, hello).text("Id")
	read := func(id string) object {
		return object{"ContentType": event + "message.read", "Content": `{"messageId":"` + id + `"}`,
			"ClientToken": "INCOMING_READ_RECEIPT"}
	}
	receipts := func() (n int) {
		for _, item := range chat.Transcript() {
			if item.MessageMetadata != nil {
				n += len(item.MessageMetadata.Receipts)
			}
		}
		return n
	}

	must(t, srv, "SendEvent", ben, read(first.ID))
	refused(t, srv, "SendEvent", ben, read(second), 400, "ValidationException", "ClientToken")
	srv.AllowEventTokenReuse(true)
	sent := must(t, srv, "SendEvent", ben, read(second))
	if n := receipts(); n != 2 {
		t.Errorf("%d messages have a receipt, want 2", n)
	}
	if again := must(t, srv, "SendEvent", ben, read(second)); !cmp.Equal(sent.body, again.body) {
		t.Errorf("the same event answers %v, then %v", sent.body, again.body)
	}
	refused(t, srv, "SendMessage", ana, with(hello, object{"Content": "bye"}), 400, "ValidationException", "ClientToken")
	srv.AllowEventTokenReuse(false)
	must(t, srv, "SendEvent", ben, read(first.ID))
	refused(t, srv, "SendEvent", ben, read(second), 400, "ValidationException", "ClientToken")
}

func TestNullIsAbsent(t *testing.T) {
	srv := newServer(t)
	chat := srv.NewChat()
	token := connect(t, srv, chat, "CUSTOMER", "Ana")
	sent := must(t, srv, "SendMessage", token, `{"ContentType":"text/plain","Content":"hello","ClientToken":"1"}`)
	again := must(t, srv, "SendMessage", token,
		`{"ContentType":"text/plain","Content":"hello","ClientToken":"1","X":null}`)
	if !cmp.Equal(sent.body, again.body) {
		t.Errorf("with a null more, the same message answers %v, then %v", sent.body, again.body)
	}
	must(t, srv, "SendEvent", token, `{"ContentType":"`+event+`typing","Content":null,"ClientToken":null}`)
	must(t, srv, "CreateParticipantConnection", chat.Join("AGENT", "Ben"), `{"Type":null,"ConnectParticipant":null}`)
	refused(t, srv, "CreateParticipantConnection", chat.Join("AGENT", "Ben"), `{"Type":[null]}`, 400,
		"ValidationException", "Type")
	refused(t, srv, "CompleteAttachmentUpload", token, `{"AttachmentIds":null,"ClientToken":"1"}`, 400,
		"ValidationException", "AttachmentIds: is required")
}

func TestSendEvent(t *testing.T) {
	srv := newServer(t)
	chat := srv.NewChat()
	token := connect(t, srv, chat, "CUSTOMER", "Ana")
	for _, contentType := range []string{event + "typing", event + "connection.acknowledged"} {
		if r := must(t, srv, "SendEvent", token, object{"ContentType": contentType}); r.text("Id") == "" ||
			r.text("AbsoluteTime") == "" {
			t.Errorf("%s: %v", contentType, r.body)
		}
	}
	if n := len(chat.Transcript()); n != 1 {
		t.Errorf("%d items, want only the join", n)
	}
	refused(t, srv, "SendEvent", token, object{"ContentType": event + "chat.ended"}, 400, "ValidationException",
		"ContentType")
	refused(t, srv, "SendEvent", token, object{"ContentType": event + "typing", "Content": ""}, 400, "ValidationException",
		"Content")
	refused(t, srv, "SendEvent", token, object{}, 400, "ValidationException", "ContentType: is required")
}
