package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

// output is what a program wrote, from any goroutine.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// has wants lines in the output.
func (o *output) has(t *testing.T, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+o.String(), "\n"+line) {
			t.Errorf("no line %q in the output:\n%s", line, o)
		}
	}
}

func TestDemo(t *testing.T) {
	for name, args := range map[string][]string{"nobody at the keyboard": nil, "asked for": {"-demo"}} {
		t.Run(name, func(t *testing.T) {
			var out, complaints output
			if code := run(t.Context(), args, strings.NewReader(""), &out, &complaints); code != 0 || complaints.String() != "" {
				t.Fatalf("code %d, %s", code, &complaints)
			}
			for _, who := range []string{"Ana", "Ben"} {
				out.has(t, who+" | Ana joins", who+" | Ben joins", who+" | Ana: Hello, my parcel has not come.",
					who+" | Ben has read it",
					who+" | Ben is typing ...", who+" | Ana sends parcel.csv (in_progress)",
					who+" | Ana has sent parcel.csv (approved)",
					who+" | Ben: It comes tomorrow.", who+" | the chat has ended")
				if n := strings.Count(out.String(), who+" | Ben: It comes"); n != 1 {
					t.Errorf("%s sees the last message %d times", who, n)
				}
			}
			out.has(t, "Ana | parcel.csv: 220000 bytes sent in ", "Ben | 220000 bytes downloaded")
		})
	}
}

func TestRealChat(t *testing.T) {
	srv := connectparticipanttest.NewServer(t)
	room := srv.NewChat()
	note := filepath.Join(t.TempDir(), "note.txt")
	if err := os.WriteFile(note, []byte("all is well"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, complaints output
	input := "hello\n\n  /typing\n/file " + note + "\n/file nowhere.txt\n/nonsense\n/as Ben\n/leave\nnot said\n"
	code := run(t.Context(), []string{"-endpoint", srv.URL, "-participant-token", room.Join("CUSTOMER", "Ana")},
		strings.NewReader(input), &out, &complaints)
	if code != 0 || complaints.String() != "" {
		t.Fatalf("code %d, %s", code, &complaints)
	}
	out.has(t, "note.txt: 11 bytes sent in", "that did not work: there is no command /nonsense",
		"there is no participant of that name")
	var said []string
	for _, item := range room.Transcript() {
		said = append(said, item.Type+" "+item.Content)
		for _, a := range item.Attachments {
			said = append(said, a.AttachmentName)
		}
	}
	if got := strings.Join(said, "; "); got != "EVENT ; MESSAGE hello; ATTACHMENT ; note.txt; EVENT ; EVENT " {
		t.Errorf("the chat: %s", got)
	}

	// The chat has ended with its only customer.
	if code := run(t.Context(), []string{"-endpoint", srv.URL, "-participant-token", room.Join("CUSTOMER", "Ben")},
		strings.NewReader(""), &out, &complaints); code != 1 {
		t.Errorf("code %d for a chat that has ended", code)
	}
	complaints.has(t, "chat: connectparticipant CreateParticipantConnection: AccessDeniedException")
}

func TestTogether(t *testing.T) {
	var out output
	room, err := newRoom(t.Context(), &screen{out: &out, live: true})
	if err != nil {
		t.Fatal(err)
	}
	defer room.close()
	note := filepath.Join(t.TempDir(), "note.txt")
	if err := os.WriteFile(note, bytes.Repeat([]byte("x"), 100_000), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := together(t.Context(), room, strings.NewReader("from Ana\n/as ben\nfrom Ben\n/file "+note+"\n/as nobody\n/quit\n")); err != nil {
		t.Fatal(err)
	}
	out.has(t, "you are Ana", "you are Ben", "there is no participant of that name")
	if !strings.Contains(out.String(), "\r\x1b[Knote.txt: 100% of 100000 bytes") {
		t.Errorf("no progress in the output:\n%q", &out)
	}
	var said []string
	for _, item := range room.chat.Transcript() {
		if item.Content != "" {
			said = append(said, item.DisplayName+" "+item.Content)
		}
	}
	if got := strings.Join(said, "; "); got != "Ana from Ana; Ben from Ben" {
		t.Errorf("the chat: %s", got)
	}
}

func TestMistakesAndHelp(t *testing.T) {
	for _, test := range []struct {
		args []string
		code int
		out  string
		err  string
	}{
		{[]string{"-h"}, 0, "Usage: chat", ""},
		{[]string{"-nonsense"}, 1, "", "chat: flag provided but not defined: -nonsense; see -h\n"},
		{[]string{"word"}, 1, "", `chat: "word" is not expected; see -h` + "\n"},
		{[]string{"-participant-token", "t", "-region", "no where"}, 1, "", "chat: connectparticipant New: Config.Region"},
	} {
		var out, complaints output
		code := run(t.Context(), test.args, strings.NewReader(""), &out, &complaints)
		if code != test.code || !strings.HasPrefix(out.String(), test.out) ||
			!strings.HasPrefix(complaints.String(), test.err) {
			t.Errorf("%q: code %d, %q, %q", test.args, code, &out, &complaints)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, complaints output
	if code := run(ctx, nil, strings.NewReader(""), &out, &complaints); code != 1 ||
		complaints.String() != "chat: interrupted\n" {
		t.Errorf("interrupted: code %d, %q", code, &complaints)
	}
}

func TestDescribe(t *testing.T) {
	type event = connectparticipant.Event
	type item = connectparticipant.Item
	for _, test := range []struct {
		event event
		want  string
	}{
		{event{Kind: "MESSAGE", Item: item{DisplayName: "E\x1b[2Jve", Content: "a\nb\u202e"}}, `E\x1b[2Jve: a\nb\u202e`},
		{event{Kind: "PARTICIPANT_LEFT", Item: item{ParticipantRole: "AGENT"}}, "agent leaves"},
		{event{Kind: "TRANSFER_SUCCEEDED"}, "the chat has a new agent"},
		{event{Kind: "TRANSFER_FAILED"}, "no other agent has taken the chat"},
		{event{Kind: "MESSAGE_DELIVERED"}, ""},
		{event{Kind: "EVENT", Item: item{ContentType: "x/y\x07"}}, `something happens: x/y\a`},
		{event{Raw: []byte("\x1b?")}, `something happens: "\x1b?"`},
	} {
		if got := describe(test.event); got != test.want {
			t.Errorf("%+v: %q, want %q", test.event, got, test.want)
		}
	}
}
