package main

import (
	"errors"
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/google/go-cmp/cmp"
)

// The program talks to an agent over sockets, without knowing its own ID.
func TestOverTCP(t *testing.T) {
	srv := connectparticipanttest.NewServer(t)
	chat := srv.NewChat()
	client, err := connectparticipant.New(connectparticipant.Config{Endpoint: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	agent, err := client.Chat(t.Context(), docferry.Secret(chat.Join("AGENT", "Agent")))
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	token := chat.Join("CUSTOMER", "Bot")
	var out lines
	ended := make(chan error, 1)
	go func() {
		ended <- run(t.Context(), []string{"-participant-token", token, "-endpoint", srv.URL, "-folder", t.TempDir()}, &out)
	}()
	script := []string{"one", "two", "three"}
	var said []string
	for event, err := range agent.Events(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		heard := event.ParticipantRole == connectparticipant.ParticipantRoleCustomer && !event.Update &&
			event.Kind == connectparticipant.ChatItemTypeMessage
		if heard {
			said = append(said, event.Content)
			srv.DropWebsockets()
		}
		if !heard && event.Kind != connectparticipant.ChatItemTypeParticipantJoined || event.Own ||
			event.ParticipantRole == connectparticipant.ParticipantRoleAgent {
			continue
		}
		if len(script) == 0 {
			break
		}
		if _, err := agent.SendMessage(t.Context(), script[0]); err != nil {
			t.Fatal(err)
		}
		script = script[1:]
	}
	chat.End()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"You said: one", "You said: two", "You said: three"}, said); diff != "" {
		t.Errorf("the bot's answers (-want +got):\n%s", diff)
	}
	if !strings.Contains(out.String(), "done: 3 answered, 0 answers not sent, ") {
		t.Errorf("no summary in the output:\n%s", &out)
	}
}

func TestDemo(t *testing.T) {
	var out lines
	if err := run(t.Context(), []string{"-folder", t.TempDir()}, &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, want := range []string{
		`bot: "/help shows this.`, `bot: "I have your file parcel.csv: 220000 bytes`, "bot sends week.csv",
		"the connection is restored", "the same message is sent again", "done: 7 answered, 0 answers not sent, 1 files taken",
	} {
		if strings.Count(out.String(), want) != 1 {
			t.Errorf("not one line with %q in the output:\n%s", want, &out)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, args := range [][]string{
		{"-nonsense"}, {"word"}, {"-participant-token", "t"}, {"-participant-token", "t", "-instance-id", "i"},
		{"-instance-id", "i"}, {"-contact-flow-id", "f"},
	} {
		var out lines
		err := run(t.Context(), args, &out)
		if err == nil || strings.Contains(err.Error(), "\n") || out.String() != "" {
			t.Errorf("%q: %v, output %q", args, err, &out)
		}
	}
	var out lines
	if err := run(t.Context(), []string{"-h"}, &out); !errors.Is(err, flag.ErrHelp) ||
		!strings.HasPrefix(out.String(), "Usage: bot") {
		t.Errorf("-h: %v, %q", err, &out)
	}
}

func TestAnswers(t *testing.T) {
	a := answers{now: func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }}
	for text, want := range map[string]string{
		"/time":                    "It is Wed, 04 Mar 2026 05:06:07 UTC.",
		" /help ":                  help,
		"/dance now":               "I do not know /dance. " + help,
		"hello":                    "You said: hello",
		strings.Repeat("é", 1014):  "You said: " + strings.Repeat("é", 1014),
		strings.Repeat("é", 1015):  "You said: " + strings.Repeat("é", 1013) + "…",
		strings.Repeat("é", 16384): "You said: " + strings.Repeat("é", 1013) + "…",
	} {
		got := a.to(connectparticipant.Item{ContentType: "text/plain", Content: text})
		if got.text != want || got.file != nil {
			t.Errorf("%.40q is answered with %.80q, want %.80q", text, got.text, want)
		}
	}
	if got := a.to(connectparticipant.Item{ContentType: "application/json", Content: "{}"}); got.text != "I can only read text." {
		t.Errorf("JSON is answered with %q", got.text)
	}
	if got := a.to(connectparticipant.Item{ContentType: "text/plain", Content: "/file"}).file; got == nil || got.Size != 143 {
		t.Errorf("the file is %+v", got)
	}
	if got := printable("a\x1b[2J\u202eb"); got != `a\x1b[2J\u202eb` {
		t.Errorf("printable: %q", got)
	}
}
